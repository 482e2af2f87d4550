"""Holds: what must not be erased when its time is over, while proceedings or an audit need it."""

from __future__ import annotations

import msgspec

from comity.foundation.store.page import bounded
from comity.foundation.store.store import ActTransaction, Transaction
from comity.vocabulary.fault import Missing
from comity.vocabulary.instant import Instant


class KeptHold(msgspec.Struct, frozen=True, kw_only=True):
    """One hold. Times are the node's."""

    sequence: int
    record: str
    """Id of what the entries are about; empty: all entries."""
    officer: str
    reason: str
    since: Instant
    lifted: Instant | None = None


def add(t: ActTransaction, record: str, officer: str, reason: str, since: Instant) -> int:
    """Keep a hold, and return its number."""
    row = t.row(
        "INSERT INTO hold (record, officer, reason, since) VALUES (%s, %s, %s, %s) RETURNING sequence",
        *(record, officer, reason, since),
    )
    return int(row[0]) if row else 0


def lift(t: ActTransaction, sequence: int, now: Instant) -> None:
    """End a hold.

    Raises:
        Missing: none of this number stands.
    """
    if t.run("UPDATE hold SET lifted = %s WHERE sequence = %s AND lifted IS NULL", now, sequence) == 0:
        raise Missing("no such hold stands", where=str(sequence), remedy="Take its number from: comity ledger kept.")


def standing(t: Transaction, limit: int = 100) -> list[KeptHold]:
    """Return the holds that stand, newest first."""
    rows = t.rows(
        "SELECT sequence, record, officer, reason, since, lifted FROM hold WHERE lifted IS NULL"
        " ORDER BY sequence DESC LIMIT %s",
        bounded(limit),
    )
    return [KeptHold(**dict(zip(KeptHold.__struct_fields__, row, strict=True))) for row in rows]
