"""Obligations: what parties owe each other once an agreement has ended, and whether it was proven."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from comity.foundation.store.page import bounded
from comity.foundation.store.store import ActTransaction, Row, Transaction
from comity.vocabulary.instant import Instant

_COLUMNS = "agreement, partner, ours, made, due, effect, entry, met"
_UNDER = "sender = %s AND message IN (SELECT id FROM inbox WHERE sender = %s AND (agreement = %s OR agreement IS NULL))"
"""Records of a partner under an agreement; where it was not kept under which, it counts as under any."""


class KeptObligation(msgspec.Struct, frozen=True, kw_only=True):
    """One debt. Times are the node's."""

    agreement: bytes
    partner: str
    ours: bool
    """This node owes it to the partner; else the partner owes it to this node."""
    made: Instant
    due: Instant
    effect: bytes | None = None
    """What was done, in canonical form."""
    entry: int | None = None
    """Ours: where it stands in our log."""
    met: Instant | None = None
    """When it was proven."""


class Held(msgspec.Struct, frozen=True):
    """How many records a partner gave under an agreement."""

    erased: int
    kept: int
    due: int
    """Of those kept: how many must go."""


def add(t: ActTransaction, owed: KeptObligation) -> None:
    """Add what is owed from now on."""
    t.run(
        "INSERT INTO obligation (agreement, partner, ours, made, due) VALUES (%s, %s, %s, %s, %s)"
        " ON CONFLICT DO NOTHING",
        *(owed.agreement, owed.partner, owed.ours, owed.made, owed.due),
    )


def get(t: Transaction, agreement: bytes, partner: str, *, ours: bool) -> KeptObligation | None:
    """Return what is owed between this node and the partner under the agreement, None if nothing is."""
    row = t.row(
        f"SELECT {_COLUMNS} FROM obligation WHERE agreement = %s AND partner = %s AND ours = %s",  # noqa: S608 - fixed
        *(agreement, partner, ours),
    )
    return _obligation(row) if row else None


def open_ones(t: Transaction, limit: int) -> list[KeptObligation]:
    """Return what this node owes and has not proven yet, the first due first."""
    rows = t.rows(
        f"SELECT {_COLUMNS} FROM obligation WHERE met IS NULL AND ours ORDER BY due, agreement, partner LIMIT %s",  # noqa: S608
        bounded(limit),
    )
    return [_obligation(row) for row in rows]


def overdue(t: Transaction, now: Instant, limit: int) -> list[KeptObligation]:
    """Return what partners owe and have not proven in time, the longest overdue first."""
    rows = t.rows(
        f"SELECT {_COLUMNS} FROM obligation WHERE met IS NULL AND NOT ours AND due < %s"  # noqa: S608 - fixed columns
        " ORDER BY due, agreement, partner LIMIT %s",
        *(now, bounded(limit)),
    )
    return [_obligation(row) for row in rows]


def unreminded(t: Transaction, now: Instant, limit: int) -> list[KeptObligation]:
    """Return those that are overdue and of which there has been no finding yet, the longest overdue first."""
    rows = t.rows(
        f"SELECT {_COLUMNS} FROM obligation WHERE met IS NULL AND NOT ours AND due < %s AND NOT EXISTS ("  # noqa: S608
        "SELECT FROM finding WHERE origin = obligation.partner || '/log' AND kind = 'overdue'"
        " AND shown_by = encode(obligation.agreement, 'hex')) ORDER BY due, agreement, partner LIMIT %s",
        *(now, bounded(limit)),
    )
    return [_obligation(row) for row in rows]


def owed_to_us(t: Transaction) -> set[bytes]:
    """Return the agreements after whose end a partner has not proven yet what it owes this node."""
    return {row[0] for row in t.rows("SELECT DISTINCT agreement FROM obligation WHERE met IS NULL AND NOT ours")}


def recent(t: Transaction, limit: int) -> list[KeptObligation]:
    """Return the newest, newest first."""
    rows = t.rows(
        f"SELECT {_COLUMNS} FROM obligation ORDER BY made DESC, agreement, partner, ours LIMIT %s",  # noqa: S608
        bounded(limit),
    )
    return [_obligation(row) for row in rows]


def done(t: ActTransaction, owed: KeptObligation, effect: bytes, entry: int) -> bool:
    """Say what this node has done, and where its log says so; False if that was said already."""
    return (
        t.run(
            "UPDATE obligation SET effect = %s, entry = %s"
            " WHERE agreement = %s AND partner = %s AND ours AND effect IS NULL",
            *(effect, entry, owed.agreement, owed.partner),
        )
        == 1
    )


def met(t: ActTransaction, owed: KeptObligation, effect: bytes, now: Instant) -> bool:
    """Say that it was proven; False if it was before."""
    return (
        t.run(
            "UPDATE obligation SET effect = %s, met = %s"
            " WHERE agreement = %s AND partner = %s AND ours = %s AND met IS NULL",
            *(effect, now, owed.agreement, owed.partner, owed.ours),
        )
        == 1
    )


def shorten(t: ActTransaction, sender: str, agreement: bytes, until: Instant, kept: Sequence[str]) -> int:
    """Let records of the sender under the agreement be kept no longer than until then, and return how many those are.

    Records of the kinds `kept` are left alone.
    """
    return t.run(
        f"UPDATE inbox_item SET keep_until = %s WHERE {_UNDER} AND item IS NOT NULL AND keep_until > %s"  # noqa: S608
        " AND record_kind <> ALL (%s)",
        *(until, sender, sender, agreement, until, list(kept)),
    )


def held(t: Transaction, sender: str, agreement: bytes, kept: Sequence[str]) -> Held:
    """Return how many records of the sender under the agreement are erased, kept, and must still go."""
    row = t.row(
        "SELECT count(*) FILTER (WHERE item IS NULL), count(*) FILTER (WHERE item IS NOT NULL),"  # noqa: S608 - fixed
        " count(*) FILTER (WHERE item IS NOT NULL AND record_kind <> ALL (%s))"
        f" FROM inbox_item WHERE {_UNDER} AND record_kind IS NOT NULL",
        *(list(kept), sender, sender, agreement),
    )
    assert row is not None  # noqa: S101 - counting gives one row
    return Held(*row)


def erased(t: Transaction, sender: str, agreement: bytes, kinds: Sequence[str], limit: int) -> list[tuple[bytes, int]]:
    """Return message and place of records of these kinds that the sender gave under the agreement and that are gone."""
    return [
        (message, place)
        for message, place in t.rows(
            f"SELECT message, place FROM inbox_item WHERE {_UNDER} AND item IS NULL"  # noqa: S608 - a fixed condition
            " AND record_kind = ANY (%s) ORDER BY message, place LIMIT %s",
            *(sender, sender, agreement, list(kinds), limit),
        )
    ]


def _obligation(row: Row) -> KeptObligation:
    return KeptObligation(**dict(zip(KeptObligation.__struct_fields__, row, strict=True)))
