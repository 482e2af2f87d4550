"""Keeping: which entries can still be opened, which are due to be closed for good, and what keeps one longer.

An entry is closed by destroying its salt and content (docs/formats/entry.md). What else here could open it goes with
it: the receipts that carry it, the proofs of them, and the names under which messages list the record.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from comity.foundation.store import ledger
from comity.foundation.store.store import ActTransaction, Transaction
from comity.vocabulary.entry import CLOSED, Act
from comity.vocabulary.instant import Instant

_ALWAYS = (Act.AGREEMENT.value, Act.PARTNER.value)
"""Acts of the agency with its partners: what stands between them rests on these entries."""
_OF_MANY = ("", CLOSED, "messages", "sightings", "tracks", "movements", "traffic model")
"""Subjects that are no record: what is erased under them says nothing of when a record went."""
_LAST = 100
"""Entries of a record among which its erasing is looked for, newest first."""
_HELD = """
SELECT asked FROM unnest(%s::text[]) AS asked
WHERE EXISTS (SELECT FROM hold WHERE lifted IS NULL AND record IN ('', asked))
OR (asked <> ALL (%s::text[]) AND (
    EXISTS (SELECT FROM alert WHERE id = asked) OR EXISTS (SELECT FROM track WHERE id = asked)
    OR EXISTS (SELECT FROM writing WHERE id = asked) OR EXISTS (SELECT FROM person WHERE id = asked)
    OR EXISTS (SELECT FROM partner JOIN inbox_item ON sender = name WHERE record = asked AND item IS NOT NULL)
    OR EXISTS (SELECT FROM recall WHERE record = asked AND proof IS NULL)
    OR EXISTS (SELECT FROM (SELECT act, time FROM ledger_entry WHERE subject = asked
        ORDER BY index DESC LIMIT %s) AS last WHERE act = 'erased' AND time > %s)))"""
_TOUCHED = """
SELECT DISTINCT sender, message FROM partner JOIN inbox_item ON sender = name WHERE record = ANY(%s)"""


class Aged(msgspec.Struct, frozen=True):
    """An entry as it is listed, which is all that is needed to judge how long it is kept."""

    index: int
    act: str
    subject: str
    time: Instant
    open: bool
    """Whether it can be opened still."""

    @property
    def always(self) -> bool:
        """Whether it is kept for good; so is what says how many were closed, which `fsck` counts."""
        return self.act in _ALWAYS or (self.act, self.subject) == (Act.ERASED.value, CLOSED)


def reached(t: Transaction) -> int:
    """Return the index up to which the log was gone through."""
    row = t.row("SELECT reached FROM ledger_term")
    return int(row[0]) if row else 0


def next_ones(t: Transaction, limit: int) -> list[Aged]:
    """Return the entries from there on, oldest first."""
    return _aged(t, "index >= (SELECT reached FROM ledger_term) ORDER BY index LIMIT %s", limit)


def over(t: Transaction, after: int, limit: int) -> list[Aged]:
    """Return entries whose term is over and that something keeps longer, from an index on."""
    return _aged(t, "index IN (SELECT index FROM ledger_over WHERE index > %s ORDER BY index LIMIT %s)", after, limit)


def held(t: Transaction, subjects: Sequence[str], before: Instant) -> set[str]:
    """Return which of these subjects keep their entries longer.

    They are those that are held here, called back without proof yet, were erased after `before`, or are under a hold.
    """
    rows = t.rows(_HELD, sorted(set(subjects)), list(_OF_MANY), _LAST, before)
    return {row[0] for row in rows}


def given(t: Transaction, subjects: Sequence[str], limit: int) -> list[tuple[str, bytes]]:
    """Return our own copies of what was given of these records, each with the record's id."""
    rows = t.rows(
        "SELECT record, item FROM outbox_item WHERE record = ANY(%s) AND item IS NOT NULL LIMIT %s",
        *(sorted(set(subjects)), limit),
    )
    return [(row[0], row[1]) for row in rows]


def advance(t: Transaction, to: int, kept: Sequence[int]) -> None:
    """Remember how far the log was gone through, and which of these entries are kept longer."""
    t.run("UPDATE ledger_term SET reached = greatest(reached, %s)", to)
    t.run("INSERT INTO ledger_over SELECT unnest(%s::bigint[]) ON CONFLICT DO NOTHING", list(kept))


def close(t: ActTransaction, entries: Sequence[Aged]) -> int:
    """Close these entries for good, with all that could open them here, and return how many."""
    indexes = [each.index for each in entries]
    closed = ledger.erase(t, indexes)
    t.run("DELETE FROM ledger_over WHERE index = ANY(%s)", indexes)
    subjects = sorted({each.subject for each in entries} - {""})
    gone = [
        row[0]
        for row in t.rows(
            "SELECT asked FROM unnest(%s::text[]) AS asked"
            " WHERE NOT EXISTS (SELECT FROM ledger_entry WHERE subject = asked)",
            subjects,
        )
    ]
    _forget_given(t, gone)
    _forget_received(t, gone)
    return closed


def forget_told(t: Transaction, before: Instant, limit: int) -> int:
    """Erase what messages without a record said, recalls and answers above all, and what was refused; return how many.

    Of ours it is kept that they went, of partners' that their places are taken. While any hold stands none is erased:
    what is inside of them nobody looks at for it. What passed about an agreement is kept.
    """
    if t.row("SELECT 1 FROM hold WHERE lifted IS NULL LIMIT 1") is not None:
        return 0
    ours = t.rows(
        "SELECT id FROM outbox WHERE kind NOT IN ('release', 'agreement') AND receipt <> '' AND created < %s"
        " ORDER BY created LIMIT %s",
        *(before, limit),
    )
    ids = [row[0] for row in ours]
    t.run("UPDATE outbox_item SET item = NULL, request = NULL, record = NULL WHERE message = ANY(%s)", ids)
    t.run("UPDATE outbox SET receipt = '', record = NULL WHERE id = ANY(%s)", ids)
    theirs = t.rows(
        "SELECT sender, id FROM inbox WHERE (kind <> 'release' OR count = 0) AND kind <> 'agreement' AND received < %s"
        " ORDER BY received LIMIT %s",
        *(before, limit),
    )
    _forget_messages(t, [row[0] for row in theirs], [row[1] for row in theirs])
    return len(ours) + len(theirs)


def _forget_given(t: ActTransaction, records: list[str]) -> None:
    """Of messages of ours keep that they went, and not with which record or under which receipt."""
    messages = [row[0] for row in t.rows("SELECT DISTINCT message FROM outbox_item WHERE record = ANY(%s)", records)]
    t.run("DELETE FROM recall WHERE record = ANY(%s)", records)
    t.run("DELETE FROM person_given WHERE record = ANY(%s)", records)
    t.run("DELETE FROM archive_order WHERE record = ANY(%s) AND done IS NOT NULL", records)
    t.run("UPDATE outbox_item SET item = NULL, request = NULL, record = NULL WHERE record = ANY(%s)", records)
    bare = "NOT EXISTS (SELECT FROM outbox_item WHERE message = outbox.id AND record IS NOT NULL)"
    t.run(
        "UPDATE outbox SET record = NULL, receipt = CASE WHEN receipt IS NULL THEN NULL ELSE ''::bytea END,"  # noqa: S608
        f" proven = true WHERE id = ANY(%s) AND {bare}",
        messages,
    )
    t.run(
        "DELETE FROM receipt_proof USING outbox"  # noqa: S608 - fixed
        f" WHERE receipt_proof.message = outbox.id AND outbox.id = ANY(%s) AND {bare}",
        messages,
    )


def _forget_received(t: ActTransaction, records: list[str]) -> None:
    """Of partners' messages keep nothing but that their places in the lanes are taken."""
    touched = t.rows(_TOUCHED, records)
    senders, messages = [row[0] for row in touched], [row[1] for row in touched]
    t.run("UPDATE inbox_item SET record = NULL WHERE sender = ANY(%s) AND record = ANY(%s)", senders, records)
    empty = (
        "SELECT asked.sender, asked.message FROM unnest(%s::text[], %s::bytea[]) AS asked (sender, message)"
        " WHERE NOT EXISTS (SELECT FROM inbox_item WHERE inbox_item.sender = asked.sender"
        " AND inbox_item.message = asked.message AND (record IS NOT NULL OR item IS NOT NULL))"
    )
    found = t.rows(empty, senders, messages)
    _forget_messages(t, [row[0] for row in found], [row[1] for row in found])
    t.run("DELETE FROM cancelled WHERE sender = ANY(%s) AND record = ANY(%s)", senders, records)


def _forget_messages(t: Transaction, senders: list[str], messages: list[bytes]) -> None:
    for table, name in (("acknowledgement", "message"), ("recalled_here", "message"), ("inbox_item", "message")):
        t.run(_deleting(table, name), senders, messages)
    t.run(_deleting("inbox", "id"), senders, messages)


def _deleting(table: str, name: str) -> str:
    return (
        f"DELETE FROM {table} USING unnest(%s::text[], %s::bytea[]) AS gone (of, id)"  # noqa: S608 - fixed
        f" WHERE {table}.sender = gone.of AND {table}.{name} = gone.id"
    )


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """How much of the log can be opened."""

    entries: int
    reached: int
    """Up to this index every entry was judged by its age."""
    closed: int
    over: int
    """Entries before it that can still be opened: kept for good, or longer."""
    oldest: Instant | None
    """When the first entry beyond it was made."""


def kept(t: Transaction) -> Kept:
    """Return how much of the log can be opened; what was gone through and is not kept longer is closed."""
    begun, later = reached(t), t.row("SELECT count(*) FROM ledger_over")
    first = t.row("SELECT time FROM ledger_entry WHERE index >= %s ORDER BY index LIMIT 1", begun)
    longer = int(later[0]) if later else 0
    return Kept(
        entries=ledger.logged(t),
        reached=begun,
        closed=begun - longer,
        over=longer,
        oldest=first[0] if first else None,
    )


def _aged(t: Transaction, condition: str, *values: object) -> list[Aged]:
    rows = t.rows(
        f"SELECT index, act, subject, time, entry IS NOT NULL FROM ledger_entry WHERE {condition}",  # noqa: S608 - fixed
        *values,
    )
    return sorted((Aged(*row) for row in rows), key=lambda each: each.index)
