"""Notices: that an alert, a release, an arrival or a finding is new or has changed, for consoles to fetch it.

The store is asked when a console asks, at most twice a second for all of them together; what changed is kept in a ring
of bounded length. Whoever falls behind the ring is told to fetch the lists anew.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Mapping
from threading import Lock
from typing import Any

import msgspec
import structlog

from comity.foundation.clock import steady
from comity.foundation.store import acknowledgements, alerts, decisions, findings, inbox, outbox
from comity.foundation.store.store import Store, Transaction, Unavailable
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
    "received": "received",
    "cancelled": "received",
    "acknowledged": "reports",
    "finding": "findings",
}

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
        self._before: dict[str, Seen] | None = None
        self._looked = 0.0
        self.well = True
        """Whether the store answered when it was last asked."""

    def now(self) -> int:
        """Look into the store, and return the number after which notices are yet to come."""
        self._look()
        with self._turn:
            return self._number

    def since(self, number: int) -> tuple[int, list[bytes]]:
        """Return the newest number and the notices after `number`, each the JSON of a text frame."""
        self._look()
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
            with self._store.reading() as transaction:
                found = _found(transaction)
            self._tell(found)
            self.well = True
        except Unavailable as fault:
            self.well = False
            _log.warning("live notices wait", fault=str(fault))
        finally:
            self._looked = steady()
            self._looking.release()

    def _tell(self, found: dict[str, Seen]) -> None:
        before, self._before = self._before, found
        if before is None:
            return
        missed: set[str] = set()
        with self._turn:
            for kind, seen in found.items():
                changed = fresh(before[kind], seen, NEWEST)
                if len(changed) > MOST_AT_ONCE:
                    missed.add(_LISTS[kind])
                    continue
                for notice in changed:
                    self._keep(msgspec.json.encode(notice))
            if missed:
                self._keep(_missed(missed))

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


def _found(transaction: Transaction) -> dict[str, Seen]:
    unreviewed = Judgement.UNREVIEWED.value
    return {
        "alert": {
            alert: (number, {"alert": alert, "sequence": number, "judgement": unreviewed})
            for alert, number in alerts.newest(transaction, NEWEST)
        },
        "judged": {
            item.sequence: (
                item.sequence,
                {"alert": item.alert, "sequence": item.number, "judgement": item.judgement.value},
            )
            for item in decisions.newest(transaction, NEWEST)
        },
        "release": {
            item.id: (
                item.entry,
                {"release": item.id.hex(), "state": item.state, "attempts": item.attempts, "proven": item.proven},
            )
            for item in outbox.progress(transaction, NEWEST)
        },
        "received": {
            (sender, message): (received, {"received": message.hex(), "sender": sender})
            for sender, message, received in inbox.newest(transaction, NEWEST)
        },
        "finding": {
            kept.sequence: (kept.sequence, {"finding": kept.sequence, "open": kept.acknowledged is None})
            for kept in findings.newest(transaction, _FINDINGS)
        },
        "cancelled": {
            number: (number, {"cancelled": record, "sender": sender})
            for number, sender, record in acknowledgements.newest_cancelled(transaction, NEWEST)
        },
        "acknowledged": {
            number: (number, {"acknowledged": message.hex()})
            for number, message in acknowledgements.newest_partners(transaction, NEWEST)
        },
    }


def _missed(lists: set[str]) -> bytes:
    return msgspec.json.encode({"missed": sorted(lists)})
