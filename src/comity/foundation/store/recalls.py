"""Recalls: records of ours called back from partners, and records of partners called back from us."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from comity.foundation.store.store import ActTransaction, Row, Transaction
from comity.vocabulary.instant import Instant
from comity.vocabulary.recall import RecallAct, RecallOutcome

_COLUMNS = (
    "id, partner, message, place, record, act, reason, officer, made, due, outcome, answered, answer, cover, proof"
)


class KeptRecall(msgspec.Struct, frozen=True, kw_only=True):
    """One recall that we sent. Times are the node's."""

    id: bytes
    partner: str
    message: bytes
    place: int
    record: str
    act: RecallAct
    reason: str
    officer: str
    made: Instant
    due: Instant
    outcome: RecallOutcome | None = None
    """What the holder did; None: it has not answered yet."""
    answered: Instant | None = None
    answer: bytes | None = None
    cover: bytes | None = None
    proof: bytes | None = None
    """That the holder's entry stands in its log, under a witnessed checkpoint."""


class RecalledHere(msgspec.Struct, frozen=True, kw_only=True):
    """One record of a partner that it called back from us."""

    sender: str
    message: bytes
    place: int
    record: str
    act: RecallAct
    reason: str
    corrected_by: bytes | None
    time: Instant
    outcome: RecallOutcome


def add(t: ActTransaction, recall: KeptRecall) -> None:
    """Keep a recall that is on its way."""
    t.run(
        "INSERT INTO recall (id, partner, message, place, record, act, reason, officer, made, due)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        *(recall.id, recall.partner, recall.message, recall.place, recall.record, recall.act.value),
        *(recall.reason, recall.officer, recall.made, recall.due),
    )


def get(t: Transaction, id: bytes) -> KeptRecall | None:  # noqa: A002 - the column's name
    """Return the recall, if there is one."""
    row = t.row(f"SELECT {_COLUMNS} FROM recall WHERE id = %s", id)  # noqa: S608 - fixed columns
    return _kept(row) if row else None


def pending(t: Transaction, message: bytes, place: int) -> bool:
    """Whether a recall of this item waits for its answer, or has been answered."""
    return t.row("SELECT 1 FROM recall WHERE message = %s AND place = %s LIMIT 1", message, place) is not None


def pending_places(t: Transaction, messages: Sequence[bytes]) -> frozenset[tuple[bytes, int]]:
    """Return the items, by message and place, of which `pending` is true."""
    rows = t.rows("SELECT DISTINCT message, place FROM recall WHERE message = ANY(%s)", list(messages))
    return frozenset((message, place) for message, place in rows)


def answered(t: ActTransaction, recall: KeptRecall) -> bool:
    """Keep the holder's answer; False if there is one already, which stands."""
    return (
        t.run(
            "UPDATE recall SET outcome = %s, answered = %s, answer = %s, cover = %s WHERE id = %s AND outcome IS NULL",
            *(
                recall.outcome.value if recall.outcome else None,
                recall.answered,
                recall.answer,
                recall.cover,
                recall.id,
            ),
        )
        == 1
    )


def prove(t: Transaction, id: bytes, proof: bytes) -> None:  # noqa: A002 - the column's name
    """Keep the proof that the holder's entry stands in its log; the first one stands."""
    t.run("UPDATE recall SET proof = %s WHERE id = %s AND proof IS NULL", proof, id)


def unproven(t: Transaction, limit: int) -> list[KeptRecall]:
    """Return answered recalls whose entries the holders' logs have not proven yet, oldest first, so many a partner.

    Of partners that were cut off there are none: nothing can be had from them.
    """
    rows = t.rows(
        f"SELECT {_COLUMNS} FROM (SELECT recall.*, row_number() OVER (PARTITION BY recall.partner ORDER BY answered)"  # noqa: S608
        " AS turn FROM recall JOIN partner ON partner.name = recall.partner AND partner.cut_off IS NULL"
        " WHERE outcome IS NOT NULL AND proof IS NULL) AS due_ones WHERE turn <= %s ORDER BY answered",
        limit,
    )
    return [_kept(row) for row in rows]


def recent(t: Transaction, limit: int) -> list[KeptRecall]:
    """Return the newest recalls, newest first."""
    rows = t.rows(f"SELECT {_COLUMNS} FROM recall ORDER BY made DESC, id LIMIT %s", limit)  # noqa: S608 - fixed columns
    return [_kept(row) for row in rows]


class Progress(msgspec.Struct, frozen=True):
    """How far a recall has come."""

    id: bytes
    made: Instant
    outcome: str | None
    proven: bool


def progress(t: Transaction, limit: int) -> list[Progress]:
    """Return how far each of the newest recalls has come, newest first."""
    rows = t.rows("SELECT id, made, outcome, proof IS NOT NULL FROM recall ORDER BY made DESC, id LIMIT %s", limit)
    return [Progress(*row) for row in rows]


def overdue(t: Transaction, now: Instant, limit: int) -> list[KeptRecall]:
    """Return recalls that should have been answered and proven by now, the longest overdue first."""
    rows = t.rows(
        f"SELECT {_COLUMNS} FROM recall WHERE proof IS NULL AND due <= %s ORDER BY due LIMIT %s",  # noqa: S608 - fixed
        *(now, limit),
    )
    return [_kept(row) for row in rows]


def unreminded(t: Transaction, now: Instant, limit: int) -> list[KeptRecall]:
    """Return those that are overdue and of which there has been no finding yet, the longest overdue first.

    What nobody will ever prove, as of a partner that was cut off, so keeps none of the others from being found.
    """
    rows = t.rows(
        f"SELECT {_COLUMNS} FROM recall WHERE proof IS NULL AND due <= %s AND NOT EXISTS (SELECT FROM finding"  # noqa: S608
        " WHERE origin = recall.partner || '/log' AND kind = 'overdue' AND shown_by = encode(recall.id, 'hex'))"
        " ORDER BY due LIMIT %s",
        *(now, limit),
    )
    return [_kept(row) for row in rows]


def outstanding(t: Transaction, record: str, limit: int) -> list[tuple[bytes, int]]:
    """Return message and place of releases of a record that are neither erased here nor recalled."""
    rows = t.rows(
        "SELECT outbox_item.message, outbox_item.place FROM outbox_item WHERE record = %s AND item IS NOT NULL"
        " AND NOT EXISTS (SELECT FROM recall WHERE recall.message = outbox_item.message"
        " AND recall.place = outbox_item.place) ORDER BY message, place LIMIT %s",
        *(record, limit),
    )
    return [(row[0], row[1]) for row in rows]


def add_here(t: ActTransaction, recalled: RecalledHere) -> None:
    """Keep that a partner recalled a record of its own here; of a second recall nothing is kept."""
    t.run(
        "INSERT INTO recalled_here (sender, message, place, record, act, reason, corrected_by, time, outcome)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
        *(recalled.sender, recalled.message, recalled.place, recalled.record, recalled.act.value, recalled.reason),
        *(recalled.corrected_by, recalled.time, recalled.outcome.value),
    )


def here(t: Transaction, limit: int) -> list[RecalledHere]:
    """Return the newest records that partners recalled here, newest first."""
    rows = t.rows(
        "SELECT sender, message, place, record, act, reason, corrected_by, time, outcome FROM recalled_here"
        " ORDER BY time DESC, message, place LIMIT %s",
        limit,
    )
    return [
        RecalledHere(
            sender=row[0],
            message=row[1],
            place=row[2],
            record=row[3],
            act=RecallAct(row[4]),
            reason=row[5],
            corrected_by=row[6],
            time=row[7],
            outcome=RecallOutcome(row[8]),
        )
        for row in rows
    ]


def _kept(row: Row) -> KeptRecall:
    found = dict(zip(KeptRecall.__struct_fields__, row, strict=True))
    outcome = found["outcome"]
    return KeptRecall(
        **{**found, "act": RecallAct(found["act"]), "outcome": RecallOutcome(outcome) if outcome else None}
    )
