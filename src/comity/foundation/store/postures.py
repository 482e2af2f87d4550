"""Postures: how wide relations with each partner allow the node to give, now and before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from comity.foundation.store.page import LARGEST, bounded
from comity.foundation.store.store import ActTransaction, Row, Transaction
from comity.vocabulary.instant import Instant
from comity.vocabulary.posture import Posture

_COLUMNS = "sequence, partner, posture, officer, reason, since, review"
_NEWEST = f"SELECT DISTINCT ON (partner) {_COLUMNS} FROM posture ORDER BY partner, sequence DESC"  # noqa: S608 - fixed


class KeptPosture(msgspec.Struct, frozen=True, kw_only=True):
    """A posture as an officer set it."""

    sequence: int
    partner: str
    posture: Posture
    officer: str
    reason: str
    since: Instant
    review: Instant
    """When it must be looked at again."""


def add(t: ActTransaction, made: KeptPosture) -> None:
    """Keep a posture that counts from now on; its number is given here."""
    t.run(
        "INSERT INTO posture (partner, posture, officer, reason, since, review) VALUES (%s, %s, %s, %s, %s, %s)",
        *(made.partner, made.posture.value, made.officer, made.reason, made.since, made.review),
    )


def current(t: Transaction, partner: str) -> KeptPosture | None:
    """Return the posture that counts towards a partner, None where nobody has set any: then it is open."""
    rows = history(t, partner, 1)
    return rows[0] if rows else None


def history(t: Transaction, partner: str, limit: int) -> list[KeptPosture]:
    """Return the postures towards a partner, newest first."""
    rows = t.rows(
        f"SELECT {_COLUMNS} FROM posture WHERE partner = %s ORDER BY sequence DESC LIMIT %s",  # noqa: S608 - fixed
        *(partner, bounded(limit)),
    )
    return [_kept(row) for row in rows]


def all(t: Transaction) -> list[KeptPosture]:  # noqa: A001 - read as postures.all
    """Return the posture that counts towards each partner to whom one was ever set, by name."""
    rows = t.rows(f"{_NEWEST} LIMIT %s", LARGEST)
    return [_kept(row) for row in rows]


def due(t: Transaction, now: Instant, limit: int) -> list[KeptPosture]:
    """Return the postures that count and whose review is due, the longest due first."""
    rows = t.rows(
        f"SELECT * FROM ({_NEWEST}) AS newest WHERE review <= %s ORDER BY review, partner LIMIT %s",  # noqa: S608 - fixed
        *(now, bounded(limit)),
    )
    return [_kept(row) for row in rows]


@contextmanager
def tried(t: ActTransaction, made: KeptPosture) -> Iterator[None]:
    """Let a posture count within the block, and there alone: nobody else sees it, and it is undone at the end."""
    t.run("SAVEPOINT tried")
    try:
        add(t, made)
        yield
    finally:
        t.run("ROLLBACK TO SAVEPOINT tried")


def _kept(row: Row) -> KeptPosture:
    found = dict(zip(KeptPosture.__struct_fields__, row, strict=True))
    return KeptPosture(**{**found, "posture": Posture(found["posture"])})
