"""What the log tells of a record: what was done with it, and to whom it ever went."""

from __future__ import annotations

import msgspec

from comity.foundation.store import ledger
from comity.foundation.store.store import Transaction
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.instant import Instant

_MOST = 1_000
"""Entries told of each record."""
_TELLS_OF_IT = frozenset(Act) - {Act.ACCESS, Act.PARTNER, Act.AGREEMENT, Act.POSTURE}


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was done with a record, as the log has it. Who at this node did it is not told."""

    index: int
    """Where it stands in the log."""
    act: Act
    time: Instant
    partner: str
    basis: str
    clause: str
    purpose: str
    detail: str


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What the log tells of a record, under all its ids."""

    events: tuple[Event, ...]
    recipients: tuple[str, ...]
    whole: bool


def told(transaction: Transaction, *ids: str) -> Told:
    """Return what the log tells of the record that has these ids, oldest first, and to whom it ever went."""
    found = [ledger.of_subject(transaction, record, _MOST + 1) for record in ids]
    kept = sorted((one for each in found for one in each[:_MOST]), key=lambda one: one.index)
    entries = ((one.index, entry) for one in kept if (entry := one.read()) is not None)
    return Told(
        events=tuple(_event(index, entry) for index, entry in entries if entry.act in _TELLS_OF_IT),
        recipients=tuple(sorted(set[str]().union(*(ledger.disclosed_to(transaction, record) for record in ids)))),
        whole=all(len(each) <= _MOST for each in found),
    )


def _event(index: int, entry: Entry) -> Event:
    return Event(
        index=index,
        act=entry.act,
        time=entry.time,
        partner=entry.partner,
        basis=entry.basis,
        clause=entry.clause,
        purpose=entry.purpose,
        detail=entry.detail,
    )
