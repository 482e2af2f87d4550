"""The story of a term: what this node made itself goes when nothing needs it any more, and the ledger says so.

    alert, report or notice, its term over -> under a hold, called back, asked after, on its way, at a partner?
                                           -> no: erased with its decisions or versions and our copies of what was
                                              given, with one entry; from then on the term of its history runs
                                           -> yes: kept, and looked at again the next day

Which terms, and why: docs/decisions/0245-own-records-have-a-term.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import chain

import msgspec

from comity.foundation.clock import Clock
from comity.foundation.store import alerts, inquiries, lasting, outbox, writings
from comity.foundation.store.lasting import OldAlert
from comity.foundation.store.store import Store, Transaction
from comity.foundation.store.writings import KeptWriting
from comity.node.copies import held_elsewhere
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.instant import DAY, Duration, Instant
from comity.vocabulary.record import RecordKind

_PAGE = 500
_GIVEN = "a partner may hold it"


class _Needed(Exception):  # noqa: N818 - nothing is wrong: what was begun is left
    """The record is kept after all."""


class Lasting(msgspec.Struct, frozen=True, kw_only=True):
    """For how long records of our own are kept, milliseconds, each by the name of its setting."""

    alerts: Duration
    decisions: Duration
    reports: Duration
    notices: Duration


class OwnKept(msgspec.Struct, frozen=True, kw_only=True):
    """What of one kind is kept beyond its term."""

    kind: str
    """The name of its setting."""
    over: int
    because: dict[str, int]
    """In words, how many for each reason."""


class Expiring:
    """Erasing the node's own alerts with what was decided on them, reports and notices, when their terms are over."""

    def __init__(self, store: Store, clock: Clock, terms: Lasting) -> None:
        self._store = store
        self._clock = clock
        self._terms = terms
        self._looked: Instant | None = None

    def expire(self) -> int:
        """Erase what nothing keeps beyond its term, and return how many records; looked at once a day."""
        now = self._clock.now()
        if self._looked is not None and now < self._looked + DAY:
            return 0
        gone = sum(self._erased(record, now) for page, kept in self._over(now) for record in page if record not in kept)
        self._looked = now
        return gone

    def kept(self) -> list[OwnKept]:
        """Return what is kept beyond its term, and why."""
        found = {kind: Counter[str]() for kind in Lasting.__struct_fields__}
        for page, kept in self._over(self._clock.now()):
            for record, kind in page.items():
                found[kind][kept.get(record, "due")] += 1
        return [OwnKept(kind=kind, over=reasons.total(), because=dict(reasons)) for kind, reasons in found.items()]

    def _over(self, now: Instant) -> Iterator[tuple[dict[str, str], dict[str, str]]]:
        """Yield pages of records whose term is over, each under which setting, and of those kept longer why."""
        for due in filter(None, chain(self._old_alerts(now), self._old_writings(now))):
            with self._store.reading() as transaction:
                kept = _kept(transaction, list(due), now)
            yield due, kept

    def _old_alerts(self, now: Instant) -> Iterator[dict[str, str]]:
        """Yield pages of alerts whose term is over; each is done with before the next is read."""
        last = 0
        while True:
            before, standing = now - self._terms.alerts, now - self._terms.decisions
            with self._store.reading() as transaction:
                page = lasting.alerts(transaction, before, standing, last, _PAGE)
            yield {one.id: kind for one in page if (kind := self._over_alert(one, now))}
            if len(page) < _PAGE:
                return
            last = page[-1].sequence

    def _old_writings(self, now: Instant) -> Iterator[dict[str, str]]:
        """Yield pages of reports and notices whose term is over, likewise."""
        last = ""
        while True:
            with self._store.reading() as transaction:
                page = lasting.writings(transaction, now - min(self._terms.reports, self._terms.notices), last, _PAGE)
                read = [writings.get(transaction, each) for each in page]
            yield {one.writing.id: kind for one in read if one and (kind := self._over_writing(one, now))}
            if len(page) < _PAGE:
                return
            last = page[-1]

    def _over_alert(self, one: OldAlert, now: Instant) -> str:
        """Return by which setting the alert's term is over, nothing if it is not."""
        kind = "decisions" if one.stands else "alerts"
        return kind if one.since + getattr(self._terms, kind) <= now else ""

    def _over_writing(self, one: KeptWriting, now: Instant) -> str:
        """Return by which setting the term of a report or notice is over: it runs from when it counts no more."""
        kind = "notices" if one.kind is RecordKind.NOTICE else "reports"
        ended = one.cancellation.time if one.cancellation else one.writing.expires
        return kind if max(one.changed, ended) + getattr(self._terms, kind) <= now else ""

    def _due(self, transaction: Transaction, record: str, now: Instant) -> str:
        """Return by which setting the term of a record is over by now, nothing if it is not or the record is gone."""
        alert = lasting.alert(transaction, record)
        if alert is not None:
            return self._over_alert(alert, now)
        kept = writings.get(transaction, record)
        return self._over_writing(kept, now) if kept is not None else ""

    def _erased(self, record: str, now: Instant) -> bool:
        """Erase one record, unless something keeps it by now or somebody is changing it."""
        with suppress(_Needed), self._store.acting() as act:
            kind = self._due(act, record, now) if lasting.claim(act, record) else ""
            if not kind or _kept(act, [record], now):
                raise _Needed
            copies = sum(outbox.erase(act, *place) for place in lasting.copies(act, record))
            alerts.erase(act, record)
            writings.erase(act, record)
            inquiries.unfind(act, record)
            detail = f"with {copies} copies of what was given" if copies else ""
            act.log(Entry(act=Act.ERASED, basis=f"retention.{kind}", subject=record, detail=detail))
            return True
        return False


def _kept(transaction: Transaction, records: Sequence[str], now: Instant) -> dict[str, str]:
    given = dict.fromkeys(held_elsewhere(transaction, records, now), _GIVEN)
    return {**given, **lasting.held(transaction, records)}
