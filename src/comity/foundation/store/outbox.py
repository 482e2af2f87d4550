"""The outbox: messages to partners, from the act that made them until their receipts."""

from __future__ import annotations

import msgspec

from comity.foundation.store.store import ActTransaction, Row, Transaction
from comity.vocabulary.fault import Fault
from comity.vocabulary.instant import Instant

_COLUMNS = (
    "id, partner, kind, lane, sequence, created, decided_wall, envelope, payload, record, request, entry,"
    " withdrawal, attempts, last_fault, state, receipt, receipted_wall"
)


class KeptMessage(msgspec.Struct, frozen=True, kw_only=True):
    """One message to a partner. Times are the node's, but for those by the wall clock, which say so."""

    id: bytes
    partner: str
    kind: str
    lane: str
    sequence: int
    """For each partner and lane, from 1, without gaps."""
    created: Instant
    decided_wall: Instant
    envelope: bytes
    payload: bytes
    """What is sealed in the envelope."""
    record: str | None = None
    request: bytes | None = None
    """What the permit was asked, to ask it again before delivery."""
    entry: int
    """Where the act stands in our log."""
    withdrawal: bytes | None = None
    """The envelope that is sent in its place since it was stopped."""
    attempts: int = 0
    last_fault: str = ""
    state: str = "queued"
    """`queued`, `accepted`, `refused` or `withdrawn`."""
    receipt: bytes | None = None
    receipted_wall: Instant | None = None


def next_entry(t: Transaction) -> int:
    """Return the index at which the next entry of this transaction will stand, and let no other act come between.

    Whoever adds a message calls this before anything else of the outbox: every act then takes its locks in one
    order, the log's head first and a partner's sequence after it, and two acts never wait for each other.
    """
    head = t.row("SELECT size FROM ledger_head FOR UPDATE")
    if head is None:
        raise Fault("the ledger has lost its head", remedy="Restore the database from its backup.")
    return int(head[0])


def next_sequence(t: ActTransaction, partner: str, lane: str) -> int:
    """Return the next number of the partner's lane, taken for good if the transaction commits, else given back."""
    row = t.row(
        "INSERT INTO outbox_sequence (partner, lane, next) VALUES (%s, %s, 2)"
        " ON CONFLICT (partner, lane) DO UPDATE SET next = outbox_sequence.next + 1 RETURNING next - 1",
        *(partner, lane),
    )
    assert row is not None  # noqa: S101 - RETURNING always returns
    return int(row[0])


def add(t: ActTransaction, message: KeptMessage) -> None:
    """Add a message that waits for delivery."""
    t.run(
        "INSERT INTO outbox (id, partner, kind, lane, sequence, created, decided_wall, envelope, payload, record,"
        " request, entry) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        *(message.id, message.partner, message.kind, message.lane, message.sequence, message.created),
        *(message.decided_wall, message.envelope, message.payload, message.record, message.request, message.entry),
    )


def get(t: Transaction, id: bytes) -> KeptMessage | None:  # noqa: A002 - the column's name
    """Return the message, if there is one."""
    row = t.row(f"SELECT {_COLUMNS} FROM outbox WHERE id = %s", id)  # noqa: S608 - fixed columns
    return _message(row) if row else None


def waiting(t: Transaction, partner: str, lane: str, limit: int) -> list[KeptMessage]:
    """Return the partner's messages without receipt, in the order in which they are sent."""
    rows = t.rows(
        f"SELECT {_COLUMNS} FROM outbox WHERE partner = %s AND lane = %s AND receipt IS NULL"  # noqa: S608 - fixed
        " ORDER BY sequence LIMIT %s",
        *(partner, lane, limit),
    )
    return [_message(row) for row in rows]


def between(t: Transaction, partner: str, lane: str, first: int, end: int, limit: int) -> list[KeptMessage]:
    """Return the partner's messages from sequence `first` up to but not including `end`, receipted or not."""
    rows = t.rows(
        f"SELECT {_COLUMNS} FROM outbox WHERE partner = %s AND lane = %s AND sequence >= %s"  # noqa: S608 - fixed
        " AND sequence < %s ORDER BY sequence LIMIT %s",
        *(partner, lane, first, end, limit),
    )
    return [_message(row) for row in rows]


def attempted(t: Transaction, id: bytes, fault: str) -> None:  # noqa: A002 - the column's name
    """Count an attempt to deliver that brought no receipt, and keep what was wrong in words."""
    t.run("UPDATE outbox SET attempts = attempts + 1, last_fault = %s WHERE id = %s", fault[:500], id)


def receipted(t: ActTransaction, id: bytes, state: str, receipt: bytes, wall: Instant) -> bool:  # noqa: A002
    """Keep the partner's receipt; False if the message has one already, which stands."""
    return (
        t.run(
            "UPDATE outbox SET state = %s, receipt = %s, receipted_wall = %s, attempts = attempts + 1, last_fault = ''"
            " WHERE id = %s AND receipt IS NULL",
            *(state, receipt, wall, id),
        )
        == 1
    )


def withdraw(t: ActTransaction, id: bytes, withdrawal: bytes) -> bool:  # noqa: A002 - the column's name
    """Keep the envelope that goes in the message's place from now on; False if there is one already.

    The message itself stays: it may have arrived before it was stopped, and then its receipt counts.
    """
    return (
        t.run(
            "UPDATE outbox SET withdrawal = %s, state = CASE WHEN receipt IS NULL THEN 'withdrawn' ELSE state END"
            " WHERE id = %s AND withdrawal IS NULL",
            *(withdrawal, id),
        )
        == 1
    )


def of_record(t: Transaction, record: str, limit: int = 100) -> list[KeptMessage]:
    """Return the releases of a record, newest first."""
    rows = t.rows(
        f"SELECT {_COLUMNS} FROM outbox WHERE record = %s ORDER BY created DESC, id LIMIT %s",  # noqa: S608 - fixed
        *(record, limit),
    )
    return [_message(row) for row in rows]


def recent(t: Transaction, limit: int = 100) -> list[KeptMessage]:
    """Return the newest messages, newest first."""
    rows = t.rows(f"SELECT {_COLUMNS} FROM outbox ORDER BY entry DESC, id LIMIT %s", limit)  # noqa: S608 - fixed
    return [_message(row) for row in rows]


def counts(t: Transaction) -> dict[str, dict[str, int]]:
    """Return for each partner how many messages are in each state."""
    counted: dict[str, dict[str, int]] = {}
    for partner, state, number in t.rows("SELECT partner, state, count(*) FROM outbox GROUP BY partner, state"):
        counted.setdefault(partner, {})[state] = number
    return counted


def newest_waiting(t: Transaction) -> dict[str, int]:
    """Return for each partner for whom something waits the newest entry that it stands on."""
    return dict(t.rows("SELECT partner, max(entry) FROM outbox WHERE receipt IS NULL GROUP BY partner"))


def releases(t: Transaction, limit: int = 100) -> list[KeptMessage]:
    """Return the newest releases, newest first."""
    rows = t.rows(
        f"SELECT {_COLUMNS} FROM outbox WHERE kind = 'release' ORDER BY entry DESC, id LIMIT %s",  # noqa: S608 - fixed
        limit,
    )
    return [_message(row) for row in rows]


class Progress(msgspec.Struct, frozen=True):
    """How far a release has come."""

    id: bytes
    entry: int
    state: str
    attempts: int
    proven: bool


def progress(t: Transaction, limit: int) -> list[Progress]:
    """Return how far each of the newest releases has come, newest first."""
    rows = t.rows(
        "SELECT id, entry, state, attempts, EXISTS (SELECT FROM receipt_proof WHERE message = id) FROM outbox"
        " WHERE kind = 'release' ORDER BY entry DESC, id LIMIT %s",
        limit,
    )
    return [Progress(*row) for row in rows]


def release_states(t: Transaction) -> dict[str, int]:
    """Return how many releases are in each state."""
    return dict(t.rows("SELECT state, count(*) FROM outbox WHERE kind = 'release' GROUP BY state ORDER BY state"))


def _message(row: Row) -> KeptMessage:
    return KeptMessage(**dict(zip(KeptMessage.__struct_fields__, row, strict=True)))
