"""Lasting: which of the node's own records an officer or a rule made long ago, and what keeps one beyond its term."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from comity.foundation.canonical import own
from comity.foundation.store.store import ActTransaction, Row, Transaction
from comity.vocabulary.alert import Alert
from comity.vocabulary.decision import Decision
from comity.vocabulary.instant import Instant

_STANDS = "judgement IN ('confirmed', 'unsure')"
_ALERT = (
    f"SELECT sequence, id, {_STANDS}, raised, body, (SELECT body FROM decision"  # noqa: S608 - fixed
    " WHERE alert = alert.id ORDER BY decision.sequence DESC LIMIT 1) FROM alert"
)
_NAMES = "position(convert_to(asked, 'UTF8') IN {})"
_OF_HELD = "SELECT FROM hold JOIN {} WHERE lifted IS NULL AND hold.record <> '' AND {} > 0"
_NAMED = " OR EXISTS ".join(
    f"({_OF_HELD.format(joined, _NAMES.format(column))})"
    for joined, column in (
        ("ledger_entry ON subject = hold.record", "entry"),
        ("decision ON alert = hold.record", "body"),
        ("writing_version ON writing = hold.record", "body"),
    )
)
_HELD = f"""
SELECT asked, CASE
    WHEN EXISTS (SELECT FROM hold WHERE lifted IS NULL AND record IN ('', asked)) THEN 'held'
    WHEN EXISTS {_NAMED} THEN 'named by what is held'
    WHEN EXISTS (SELECT FROM recall WHERE recall.record = asked AND proof IS NULL) THEN 'called back without proof'
    WHEN EXISTS (SELECT FROM inquiry_found JOIN inquiry ON id = inquiry WHERE inquiry_found.record = asked
        AND state IN ('asked', 'found', 'hit')) THEN 'in an open inquiry'
    WHEN EXISTS (SELECT FROM onward WHERE onward.record = asked AND state = 'asked') THEN 'in an open request'
    WHEN EXISTS (SELECT FROM outbox_item JOIN outbox ON id = message JOIN partner ON name = partner
        WHERE outbox_item.record = asked AND receipt IS NULL AND cut_off IS NULL) THEN 'on its way'
END FROM unnest(%s::text[]) AS asked"""  # noqa: S608 - fixed
"""Of what is put together here nothing comes from outside."""


class OldAlert(msgspec.Struct, frozen=True):
    """An alert as it is judged whether its term is over."""

    sequence: int
    id: str
    stands: bool
    """An officer has confirmed it, or is unsure of it."""
    since: Instant
    """When it was raised, went on to, or was judged last."""


def alerts(t: Transaction, before: Instant, before_of_standing: Instant, after: int, limit: int) -> list[OldAlert]:
    """Return alerts raised by then, those that stand by another time; those after a number, in order."""
    rows = t.rows(
        f"{_ALERT} WHERE raised <= %s AND raised <= CASE WHEN {_STANDS} THEN %s ELSE %s END AND sequence > %s"
        " ORDER BY sequence LIMIT %s",
        *(max(before_of_standing, before), before_of_standing, before, after, limit),
    )
    return [_alert(row) for row in rows]


def alert(t: Transaction, id: str) -> OldAlert | None:  # noqa: A002 - what every record calls it
    """Return the alert, or None."""
    row = t.row(f"{_ALERT} WHERE id = %s", id)
    return _alert(row) if row else None


def writings(t: Transaction, before: Instant, after: str, limit: int) -> list[str]:
    """Return the ids of reports and notices last changed by then, those after one, in order."""
    rows = t.rows(
        "SELECT id FROM writing WHERE changed <= %s AND id > %s ORDER BY id LIMIT %s", *(before, after, limit)
    )
    return [row[0] for row in rows]


def held(t: Transaction, records: Sequence[str]) -> dict[str, str]:
    """Return which of these records are kept beyond their term, each with what keeps it in words.

    They are those under a hold, named by what is under one, called back without proof yet, in an inquiry or a request
    that waits for an officer, or on their way. What partners still hold is told by `keeping.given`.
    """
    return {record: reason for record, reason in t.rows(_HELD, sorted(set(records))) if reason}


def claim(t: ActTransaction, record: str) -> bool:
    """Let nobody else change the alert, report or notice, nor begin to keep it, before this transaction ends.

    False where somebody is changing it, or it is gone. Whatever is committed after this, a hold or a release, comes
    after what is done here: every act waits for the log's head. The record is locked before it, as by all others.
    """
    for table in ("alert", "writing"):
        if t.row(f"SELECT 1 FROM {table} WHERE id = %s FOR UPDATE SKIP LOCKED", record):  # noqa: S608 - fixed
            t.row("SELECT size FROM ledger_head FOR UPDATE")
            return True
    return False


def copies(t: ActTransaction, record: str) -> list[tuple[bytes, int]]:
    """Return message and place of our own copies of what was given of the record."""
    rows = t.rows("SELECT message, place FROM outbox_item WHERE record = %s AND item IS NOT NULL", record)
    return [(row[0], row[1]) for row in rows]


def _alert(row: Row) -> OldAlert:
    sequence, id, stands, raised, body, decision = row  # noqa: A001 - what every record calls it
    judged = own(decision, Decision).time if decision is not None else 0
    return OldAlert(sequence, id, stands, max(raised, own(body, Alert).until, judged))
