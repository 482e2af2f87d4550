"""Notices: that an alert, a release, a recall, an arrival or a finding is new or has changed, for consoles to fetch it.

The store is asked when the node's bell says that there is something new, for that alone. It is asked for everything
besides when a console asks, at most twice a second for all of them together. What changed is kept in a ring of bounded
length; whoever falls behind it is told to fetch the lists anew.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterator, Mapping, Set
from contextlib import contextmanager
from threading import Lock
from typing import Any

import msgspec
import structlog

from comity.foundation.clock import steady
from comity.foundation.store import acknowledgements, alerts, decisions, findings, inbox, outbox_state, recalls
from comity.foundation.store.store import News, Store, Transaction, Unavailable
from comity.vocabulary.decision import Judgement

NEWEST = 500
"""How many of the newest of each kind are watched."""
MOST_AT_ONCE = 100
"""Changes of one kind told one by one; more are told as `missed`."""
PAUSE = 0.45
"""Seconds between two looks into the store."""

_FINDINGS = 50
_RING = 1_000
_log = structlog.get_logger()
_LISTS = {
    "alert": "alerts",
    "judged": "alerts",
    "release": "releases",
    "recall": "recalls",
    "received": "received",
    "cancelled": "received",
    "acknowledged": "reports",
    "finding": "findings",
}
_CHANGED_BY = {News.RECEIPT.value: "release"}
"""Words of the bell that say of another kind that it has changed."""

Seen = dict[Hashable, tuple[Any, dict[str, object]]]
"""For each thing its place in the order of things, and what is told of it."""


class Notices:
    """The ring. Its methods may be called from any thread."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._looking = Lock()
        self._turn = Lock()
        self._ring: deque[tuple[int, bytes]] = deque(maxlen=_RING)
        self._number = 0
        self._wakers: list[Callable[[], object]] = []
        self._before: dict[str, Seen] | None = None
        self._looked = 0.0
        self.well = True
        """Whether the store answered when it was last asked."""

    @contextmanager
    def followed(self, waker: Callable[[], object]) -> Iterator[None]:
        """Have the waker called within the block when there are notices, from whatever thread found them."""
        with self._turn:
            self._wakers.append(waker)
        try:
            yield
        finally:
            with self._turn:
                self._wakers.remove(waker)

    def hear(self, words: frozenset[str]) -> None:
        """Look for what these words say is new, if anybody follows, and wake those who do."""
        kinds = {_CHANGED_BY.get(word, word) for word in words} & _LISTS.keys()
        if not kinds or not self._wakers or self._before is None:
            return
        with self._looking:
            told = self._find(kinds)
        if told:
            with self._turn:
                wakers = list(self._wakers)
            for waker in wakers:
                waker()

    def now(self) -> int:
        """Look into the store, and return the number after which notices are yet to come."""
        self._look()
        with self._turn:
            return self._number

    def since(self, number: int) -> tuple[int, list[bytes]]:
        """Return the newest number and the notices after `number`, each the JSON of a text frame."""
        self._look()
        return self.newer(number)

    def newer(self, number: int) -> tuple[int, list[bytes]]:
        """Return what `since` does of the notices that are here, without a look into the store."""
        with self._turn:
            first = self._ring[0][0] if self._ring else self._number + 1
            if number + 1 < first:
                return self._number, [_missed(set(_LISTS.values()))]
            return self._number, [notice for at, notice in self._ring if at > number]

    def _look(self) -> None:
        """Find what changed, unless somebody does already or did a moment ago."""
        if steady() < self._looked + PAUSE or not self._looking.acquire(blocking=False):
            return
        try:
            self._find(_LISTS.keys())
        finally:
            self._looked = steady()
            self._looking.release()

    def _find(self, kinds: Set[str]) -> bool:
        """Look into the store for changes of these kinds, and return whether there are notices of them."""
        try:
            with self._store.reading() as transaction:
                found = _found(transaction, kinds)
            self.well = True
        except Unavailable as fault:
            self.well = False
            _log.warning("live notices wait", fault=str(fault))
            return False
        return self._tell(found)

    def _tell(self, found: dict[str, Seen]) -> bool:
        before = self._before
        self._before = (before or {}) | found
        if before is None:
            return False
        missed: set[str] = set()
        with self._turn:
            reached = self._number
            for kind, seen in found.items():
                changed = fresh(before[kind], seen, NEWEST)
                if len(changed) > MOST_AT_ONCE:
                    missed.add(_LISTS[kind])
                    continue
                for notice in changed:
                    self._keep(msgspec.json.encode(notice))
            if missed:
                self._keep(_missed(missed))
            return self._number > reached

    def _keep(self, notice: bytes) -> None:
        self._number += 1
        self._ring.append((self._number, notice))


def fresh(before: Mapping[Hashable, tuple[Any, Any]], now: Mapping[Hashable, tuple[Any, Any]], most: int) -> list[Any]:
    """Return what is told of the things that are new or changed, in their order.

    Both hold the newest things only, at most `most`: what comes back into sight because newer ones are gone is no news.
    """
    floor = min((place for place, _ in before.values()), default=None) if len(before) >= most else None
    changed = [
        (place, told)
        for key, (place, told) in now.items()
        if before.get(key) != (place, told) and (key in before or floor is None or place >= floor)
    ]
    return [told for _, told in sorted(changed, key=lambda item: item[0])]


def _found(transaction: Transaction, kinds: Set[str]) -> dict[str, Seen]:
    return {kind: find(transaction) for kind, find in _FINDERS.items() if kind in kinds}


def _alerts(transaction: Transaction) -> Seen:
    unreviewed = Judgement.UNREVIEWED.value
    return {
        alert: (number, {"alert": alert, "sequence": number, "judgement": unreviewed})
        for alert, number in alerts.newest(transaction, NEWEST)
    }


def _judged(transaction: Transaction) -> Seen:
    return {
        item.sequence: (
            item.sequence,
            {"alert": item.alert, "sequence": item.number, "judgement": item.judgement.value},
        )
        for item in decisions.newest(transaction, NEWEST)
    }


def _releases(transaction: Transaction) -> Seen:
    return {
        item.id: (
            item.entry,
            {"release": item.id.hex(), "state": item.state, "attempts": item.attempts, "proven": item.proven},
        )
        for item in outbox_state.progress(transaction, NEWEST)
    }


def _recalls(transaction: Transaction) -> Seen:
    return {
        item.id: (item.made, {"recall": item.id.hex(), "outcome": item.outcome, "proven": item.proven})
        for item in recalls.progress(transaction, NEWEST)
    }


def _received(transaction: Transaction) -> Seen:
    return {
        (sender, message): (received, {"received": message.hex(), "sender": sender})
        for sender, message, received in inbox.newest(transaction, NEWEST)
    }


def _cancelled(transaction: Transaction) -> Seen:
    return {
        number: (number, {"cancelled": record, "sender": sender})
        for number, sender, record in acknowledgements.newest_cancelled(transaction, NEWEST)
    }


def _acknowledged(transaction: Transaction) -> Seen:
    return {
        number: (number, {"acknowledged": message.hex()})
        for number, message in acknowledgements.newest_partners(transaction, NEWEST)
    }


def _findings(transaction: Transaction) -> Seen:
    return {
        kept.sequence: (kept.sequence, {"finding": kept.sequence, "open": kept.acknowledged is None})
        for kept in findings.newest(transaction, _FINDINGS)
    }


_FINDERS: Mapping[str, Callable[[Transaction], Seen]] = {
    "alert": _alerts,
    "judged": _judged,
    "release": _releases,
    "recall": _recalls,
    "received": _received,
    "finding": _findings,
    "cancelled": _cancelled,
    "acknowledged": _acknowledged,
}


def _missed(lists: set[str]) -> bytes:
    return msgspec.json.encode({"missed": sorted(lists)})
