"""The inbox: messages of partners, each with the receipt that was answered."""

from __future__ import annotations

import msgspec

from comity.foundation.store.store import ActTransaction, Row, Transaction
from comity.vocabulary.instant import Instant

_COLUMNS = "sender, id, kind, lane, sequence, received, envelope, payload, record, keep_until, receipt"


class KeptArrival(msgspec.Struct, frozen=True, kw_only=True):
    """One message of a partner. Envelope and payload are kept only if it was accepted, and only until it is erased."""

    sender: str
    id: bytes
    kind: str
    lane: str
    sequence: int
    received: Instant
    envelope: bytes = b""
    payload: bytes | None = None
    record: str | None = None
    keep_until: Instant | None = None
    receipt: bytes


def expected(t: Transaction, sender: str, lane: str) -> int:
    """Return the sequence number that comes next from the sender in this lane: 1 at first."""
    row = t.row("SELECT next FROM inbox_sequence WHERE sender = %s AND lane = %s", sender, lane)
    return int(row[0]) if row else 1


def claim(t: ActTransaction, sender: str, lane: str) -> int:
    """Return what `expected` does, and let nobody else take in a message of this lane before this transaction ends."""
    t.run(
        "INSERT INTO inbox_sequence (sender, lane, next) VALUES (%s, %s, 1) ON CONFLICT DO NOTHING",
        *(sender, lane),
    )
    row = t.row("SELECT next FROM inbox_sequence WHERE sender = %s AND lane = %s FOR UPDATE", sender, lane)
    assert row is not None  # noqa: S101 - the row is there since the line above
    return int(row[0])


def advance(t: ActTransaction, sender: str, lane: str) -> None:
    """Expect the next sequence number."""
    t.run("UPDATE inbox_sequence SET next = next + 1 WHERE sender = %s AND lane = %s", sender, lane)


def add(t: ActTransaction, arrival: KeptArrival) -> None:
    """Add a message with its receipt."""
    t.run(
        "INSERT INTO inbox (sender, id, kind, lane, sequence, received, envelope, payload, record, keep_until, receipt)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        *msgspec.structs.astuple(arrival),
    )


def get(t: Transaction, sender: str, id: bytes) -> KeptArrival | None:  # noqa: A002 - the column's name
    """Return the sender's message of this id, if it came."""
    row = t.row(f"SELECT {_COLUMNS} FROM inbox WHERE sender = %s AND id = %s", sender, id)  # noqa: S608 - fixed
    return _arrival(row) if row else None


def recent(t: Transaction, limit: int = 100) -> list[KeptArrival]:
    """Return the newest messages, newest first."""
    rows = t.rows(f"SELECT {_COLUMNS} FROM inbox ORDER BY received DESC, id LIMIT %s", limit)  # noqa: S608 - fixed
    return [_arrival(row) for row in rows]


def releases(t: Transaction, now: Instant, limit: int = 100) -> list[KeptArrival]:
    """Return the newest releases that were accepted and may still be kept, newest first.

    What is overdue for erasure cannot be read any more, whether it has been erased yet or not.
    """
    rows = t.rows(
        f"SELECT {_COLUMNS} FROM inbox WHERE kind = 'release' AND payload IS NOT NULL"  # noqa: S608 - fixed columns
        " AND keep_until > %s ORDER BY received DESC, id LIMIT %s",
        *(now, limit),
    )
    return [_arrival(row) for row in rows]


def newest(t: Transaction, limit: int) -> list[tuple[str, bytes, Instant]]:
    """Return sender, id and time of the newest releases that were accepted and not erased since, newest first."""
    rows = t.rows(
        "SELECT sender, id, received FROM inbox WHERE kind = 'release' AND payload IS NOT NULL"
        " ORDER BY received DESC, id LIMIT %s",
        limit,
    )
    return [(row[0], row[1], row[2]) for row in rows]


def count(t: Transaction) -> int:
    """Return how many releases were accepted and are kept."""
    row = t.row("SELECT count(*) FROM inbox WHERE kind = 'release' AND payload IS NOT NULL")
    return int(row[0]) if row else 0


def due_for_erasure(t: Transaction, now: Instant, limit: int) -> list[KeptArrival]:
    """Return messages whose content may no longer be kept, the longest overdue first."""
    rows = t.rows(
        f"SELECT {_COLUMNS} FROM inbox WHERE payload IS NOT NULL AND keep_until <= %s"  # noqa: S608 - fixed columns
        " ORDER BY keep_until LIMIT %s",
        *(now, limit),
    )
    return [_arrival(row) for row in rows]


def erase(t: ActTransaction, sender: str, id: bytes) -> bool:  # noqa: A002 - the column's name
    """Erase what the message held, the sealed form included, which we could open again; False if it is gone already.

    That it came, and the receipt, stay.
    """
    return (
        t.run(
            "UPDATE inbox SET payload = NULL, envelope = '' WHERE sender = %s AND id = %s AND payload IS NOT NULL",
            *(sender, id),
        )
        == 1
    )


def _arrival(row: Row) -> KeptArrival:
    return KeptArrival(**dict(zip(KeptArrival.__struct_fields__, row, strict=True)))
