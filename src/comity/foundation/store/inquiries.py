"""Inquiries: what partners asked this node, what it asked them, and what was found."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from comity.foundation.canonical import read, written
from comity.foundation.store.page import bounded
from comity.foundation.store.store import ActTransaction, Row, Transaction
from comity.vocabulary.inquiry import InquiryState, Question
from comity.vocabulary.instant import Instant
from comity.vocabulary.record import RecordKind

_COLUMNS = "id, owner, asker, question, salt, state, simulated, made, officer, message, due, told, answered, keep_until"


class KeptInquiry(msgspec.Struct, frozen=True, kw_only=True):
    """One inquiry. Times are the node's."""

    id: bytes
    owner: str
    """Who is asked."""
    asker: str
    question: Question
    salt: bytes
    state: InquiryState = InquiryState.ASKED
    simulated: bool = False
    """All that was hit is."""
    made: Instant
    officer: str = ""
    """Of this node: who asked, gave or declined."""
    message: bytes
    """That carried the question: at the asker in the outbox, at the owner in the inbox."""
    due: Instant = 0
    """At the owner: when the answer is told."""
    told: bytes | None = None
    """At the owner: the message that carries the answer."""
    answered: Instant | None = None
    keep_until: Instant

    def partner(self, own: str) -> str:
        """Return the other side."""
        return self.owner if self.asker == own else self.asker


class Sent(msgspec.Struct, frozen=True):
    """What became of the message that carried a question of ours."""

    state: str
    receipt: bytes | None


def add(t: ActTransaction, made: KeptInquiry) -> bool:
    """Keep an inquiry that was asked; False if its id is taken."""
    question = made.question
    return (
        t.run(
            "INSERT INTO inquiry (id, owner, asker, agreement, clause, question, salt, weight, state, made, officer,"
            " message, due, keep_until) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
            " ON CONFLICT DO NOTHING",
            *(made.id, made.owner, made.asker, question.agreement, question.clause, written(question), made.salt),
            *(question.weight, made.state.value, made.made, made.officer, made.message, made.due, made.keep_until),
        )
        == 1
    )


def get(t: Transaction, id: bytes) -> KeptInquiry | None:  # noqa: A002 - the column's name
    """Return the inquiry, if there is one."""
    row = t.row(f"SELECT {_COLUMNS} FROM inquiry WHERE id = %s", id)  # noqa: S608 - fixed columns
    return _kept(row) if row else None


def hold(t: ActTransaction, id: bytes) -> KeptInquiry | None:  # noqa: A002 - the column's name
    """Return the inquiry, if there is one, and let nobody else change it until the act is over."""
    row = t.row(f"SELECT {_COLUMNS} FROM inquiry WHERE id = %s FOR UPDATE", id)  # noqa: S608 - fixed columns
    return _kept(row) if row else None


def change(t: ActTransaction, changed: KeptInquiry) -> None:
    """Keep the inquiry's new state, who brought it about, and when and in which message it was answered."""
    t.run(
        "UPDATE inquiry SET state = %s, simulated = %s, officer = %s, told = %s, answered = %s WHERE id = %s",
        *(changed.state.value, changed.simulated, changed.officer, changed.told, changed.answered, changed.id),
    )


def counted(t: ActTransaction, asked: KeptInquiry, since: Instant) -> int:
    """Return how many questions of this asker to this owner were taken under the clause since then.

    From here to the end of the transaction nobody else counts them.
    """
    between = (asked.asker, asked.owner, asked.question.agreement, asked.question.clause)
    t.run("SELECT pg_advisory_xact_lock(hashtextextended(%s, 8))", "\n".join(between))
    row = t.row(
        "SELECT coalesce(sum(weight), 0) FROM inquiry WHERE asker = %s AND owner = %s AND agreement = %s"
        " AND clause = %s AND made > %s",
        *(*between, since),
    )
    return int(row[0]) if row else 0


def unfound(t: Transaction, owner: str, each: int, limit: int) -> list[KeptInquiry]:
    """Return inquiries that are to be looked up, in order of arrival, of each asker no more than `each`."""
    rows = t.rows(
        f"SELECT {_COLUMNS} FROM (SELECT inquiry.*, row_number() OVER (PARTITION BY asker ORDER BY made, id) AS turn"  # noqa: S608
        " FROM inquiry WHERE owner = %s AND state = 'asked') AS one WHERE turn <= %s ORDER BY made, id LIMIT %s",
        *(owner, each, bounded(limit)),
    )
    return [_kept(row) for row in rows]


def untold(t: Transaction, owner: str, now: Instant, limit: int) -> list[KeptInquiry]:
    """Return inquiries that were looked up and are to be told by now, in the order in which that is due."""
    rows = t.rows(
        f"SELECT {_COLUMNS} FROM inquiry WHERE owner = %s AND state = 'found' AND due <= %s"  # noqa: S608 - fixed
        " ORDER BY due, made, id LIMIT %s",
        *(owner, now, bounded(limit)),
    )
    return [_kept(row) for row in rows]


def recent(t: Transaction, limit: int) -> list[KeptInquiry]:
    """Return the newest inquiries of both sides, newest first."""
    rows = t.rows(
        f"SELECT {_COLUMNS} FROM inquiry ORDER BY made DESC, id LIMIT %s",  # noqa: S608 - fixed columns
        bounded(limit),
    )
    return [_kept(row) for row in rows]


def unlooked(t: Transaction, owner: str, limit: int) -> list[KeptInquiry]:
    """Return hits of partners' questions at which no officer has looked, the oldest first."""
    rows = t.rows(
        f"SELECT {_COLUMNS} FROM inquiry WHERE owner = %s AND state = 'hit' ORDER BY made, id LIMIT %s",  # noqa: S608
        *(owner, bounded(limit)),
    )
    return [_kept(row) for row in rows]


def page(t: Transaction, after: bytes, limit: int) -> list[KeptInquiry]:
    """Return inquiries of both sides in the order of their ids, from after this one."""
    rows = t.rows(
        f"SELECT {_COLUMNS} FROM inquiry WHERE id > %s ORDER BY id LIMIT %s",  # noqa: S608 - fixed columns
        *(after, bounded(limit)),
    )
    return [_kept(row) for row in rows]


def sent(t: Transaction, messages: Sequence[bytes]) -> dict[bytes, Sent]:
    """Return what became of each of these messages of ours."""
    rows = t.rows("SELECT id, state, receipt FROM outbox WHERE id = ANY(%s)", list(messages))
    return {bytes(id): Sent(state, receipt) for id, state, receipt in rows}  # noqa: A001


def find(t: ActTransaction, id: bytes, hits: Sequence[tuple[RecordKind, str]], *, simulated: bool) -> None:  # noqa: A002
    """Keep what was hit, for the owner's officers: nothing, perhaps. It is told later."""
    t.run(
        "INSERT INTO inquiry_found (inquiry, kind, record) SELECT %s, * FROM unnest(%s::text[], %s::text[])",
        *(id, [kind.value for kind, _ in hits], [record for _, record in hits]),
    )
    t.run("UPDATE inquiry SET state = 'found', simulated = %s WHERE id = %s", simulated, id)


def unfind(t: ActTransaction, record: str) -> None:
    """Forget of every inquiry that it hit this record: it is erased."""
    t.run("DELETE FROM inquiry_found WHERE record = %s", record)


def found(t: Transaction, id: bytes) -> list[tuple[RecordKind, str]]:  # noqa: A002 - the column's name
    """Return the records that were hit."""
    rows = t.rows("SELECT kind, record FROM inquiry_found WHERE inquiry = %s ORDER BY kind, record", id)
    return [(RecordKind(kind), record) for kind, record in rows]


def give(t: ActTransaction, id: bytes, messages: Sequence[bytes]) -> None:  # noqa: A002 - the column's name
    """Keep which messages bring what lies behind the hit."""
    t.run(
        "INSERT INTO inquiry_given (inquiry, message) SELECT %s, unnest(%s::bytea[]) ON CONFLICT DO NOTHING",
        *(id, list(messages)),
    )


def given(t: Transaction, id: bytes) -> list[bytes]:  # noqa: A002 - the column's name
    """Return the messages that bring what lies behind the hit."""
    return [
        bytes(row[0]) for row in t.rows("SELECT message FROM inquiry_given WHERE inquiry = %s ORDER BY message", id)
    ]


def over(t: Transaction, now: Instant, limit: int) -> list[KeptInquiry]:
    """Return inquiries that must be kept no longer, the longest overdue first."""
    rows = t.rows(
        f"SELECT {_COLUMNS} FROM inquiry WHERE keep_until <= %s ORDER BY keep_until LIMIT %s",  # noqa: S608 - fixed
        *(now, bounded(limit)),
    )
    return [_kept(row) for row in rows]


def erase(t: ActTransaction, kept: KeptInquiry) -> None:
    """Erase the inquiry with its question, in the message that carried it too, on its way or not.

    A message that still waits is found empty by the courier, and withdrawn.
    """
    t.run("DELETE FROM inquiry WHERE id = %s", kept.id)
    t.run("UPDATE outbox SET envelope = '' WHERE id = %s", kept.message)
    t.run("UPDATE outbox_item SET item = NULL, request = NULL WHERE message = %s", kept.message)
    t.run("UPDATE inbox_item SET item = NULL WHERE sender = %s AND message = %s", kept.asker, kept.message)


def _kept(row: Row) -> KeptInquiry:
    columns = dict(zip(KeptInquiry.__struct_fields__, row, strict=True))
    question, state = read(columns["question"], Question, where="inquiry"), InquiryState(columns["state"])
    return KeptInquiry(**{**columns, "question": question, "state": state})
