"""Checkpoints of the node's own log, and the cosignatures gathered for them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from comity.foundation.ledger import checkpoint as formats
from comity.foundation.ledger import note as notes
from comity.foundation.ledger.cosignature import CosigningKey
from comity.foundation.ledger.note import Signature
from comity.foundation.ledger.policy import Quorum, weigh
from comity.foundation.store.store import Row, Transaction
from comity.vocabulary.fault import Missing
from comity.vocabulary.instant import Instant

_LOOK_BACK = 64
"""How many of the newest checkpoints are weighed in search of one with enough cosignatures, besides each witness's."""


class KeptCheckpoint(msgspec.Struct, frozen=True):
    """A checkpoint of our log: the tree's size, and the note with all signatures gathered so far."""

    size: int
    note: bytes
    cosigned: int


def put(transaction: Transaction, size: int, note: bytes) -> bool:
    """Keep a checkpoint that the log has signed, and return whether there was none of that size."""
    added = transaction.run(
        "INSERT INTO ledger_checkpoint (size, note) VALUES (%s, %s) ON CONFLICT (size) DO NOTHING", size, note
    )
    return added == 1


def at(transaction: Transaction, size: int) -> KeptCheckpoint | None:
    """Return the checkpoint of that size."""
    row = transaction.row("SELECT size, note, cosigned FROM ledger_checkpoint WHERE size = %s", size)
    return _kept(row) if row else None


def newest(transaction: Transaction, cosigned: int = 0) -> KeptCheckpoint | None:
    """Return the newest checkpoint that at least so many witnesses have cosigned."""
    row = transaction.row(
        "SELECT size, note, cosigned FROM ledger_checkpoint WHERE cosigned >= %s ORDER BY size DESC LIMIT 1", cosigned
    )
    return _kept(row) if row else None


def after(transaction: Transaction, size: int, limit: int) -> list[KeptCheckpoint]:
    """Return checkpoints larger than that, smallest first."""
    rows = transaction.rows(
        "SELECT size, note, cosigned FROM ledger_checkpoint WHERE size > %s ORDER BY size LIMIT %s", size, limit
    )
    return [_kept(row) for row in rows]


def satisfying(
    transaction: Transaction, index: int, witnesses: Sequence[CosigningKey], quorum: Quorum
) -> KeptCheckpoint | None:
    """Return the newest checkpoint that holds the entry `index` and that enough of these witnesses have cosigned.

    Of those that could satisfy the quorum by their number of cosignatures the newest 64 are looked at, and the newest
    of each witness: while one that is required is away, what it cosigned before still counts.
    """
    least = max(quorum.number, len(quorum.required))
    rows = transaction.rows(
        "SELECT size, note, cosigned FROM ledger_checkpoint WHERE size > %s AND cosigned >= %s AND size IN ("
        "(SELECT size FROM ledger_checkpoint WHERE size > %s AND cosigned >= %s ORDER BY size DESC LIMIT %s)"
        " UNION SELECT size FROM ledger_cosigner) ORDER BY size DESC",
        *(index, least, index, least, _LOOK_BACK),
    )
    for kept in map(_kept, rows):
        note = notes.read(kept.note, f"checkpoint {kept.size}")
        if weigh(note, witnesses, quorum).satisfied:
            return kept
    return None


def add_cosignatures(transaction: Transaction, size: int, cosignatures: Sequence[Signature]) -> KeptCheckpoint:
    """Add cosignatures, already verified, to the checkpoint of that size, and remember how far each witness has seen.

    A newer cosignature takes the place of an older one by the same key.

    Raises:
        Missing: there is no checkpoint of that size.
    """
    row = transaction.row("SELECT note FROM ledger_checkpoint WHERE size = %s FOR UPDATE", size)
    if row is None:
        raise Missing("there is no checkpoint of this size", where=str(size))
    note = notes.joined(notes.read(bytes(row[0]), f"checkpoint {size}"), cosignatures)
    witnesses = {each.name for each in note.signatures[1:]}  # one may sign with several keys, and counts once
    kept = KeptCheckpoint(size, notes.written(note), len(witnesses))
    transaction.run(
        "UPDATE ledger_checkpoint SET note = %s, cosigned = %s WHERE size = %s", kept.note, kept.cosigned, size
    )
    for name in {cosignature.name for cosignature in cosignatures}:
        seen(transaction, name, size)
    return kept


def seen(transaction: Transaction, witness: str, size: int) -> None:
    """Remember the size of our tree that a witness says it last cosigned."""
    transaction.run(
        "INSERT INTO ledger_cosigner (name, size) VALUES (%s, %s)"
        " ON CONFLICT (name) DO UPDATE SET size = excluded.size",
        *(witness, size),
    )


def last_seen(transaction: Transaction, witness: str) -> int:
    """Return the size of our tree that a witness last cosigned, as far as we know; 0 if it never has."""
    row = transaction.row("SELECT size FROM ledger_cosigner WHERE name = %s", witness)
    return int(row[0]) if row else 0


class Aged(msgspec.Struct, frozen=True):
    """A checkpoint as it is judged whether it is kept on."""

    size: int
    note: bytes
    time: Instant
    """When the last entry of its tree was made."""
    needed: bool
    """A proof was given under it, or it is the newest that some witness has cosigned: the next proof starts there."""


def oldest(transaction: Transaction, after: int, limit: int) -> list[Aged]:
    """Return checkpoints larger than that, smallest first, with their age."""
    rows = transaction.rows(
        "SELECT size, note, (SELECT time FROM ledger_entry WHERE index = kept.size - 1), referred"
        " OR EXISTS (SELECT FROM ledger_cosigner WHERE size = kept.size)"
        " FROM (SELECT * FROM ledger_checkpoint WHERE size > %s ORDER BY size LIMIT %s) AS kept ORDER BY size",
        *(after, limit),
    )
    return [Aged(size, bytes(note), time, needed) for size, note, time, needed in rows if time is not None]


def refer(transaction: Transaction, note: bytes) -> None:
    """Keep for good the checkpoint that this note states: a proof was given under it."""
    size = formats.read(notes.read(note).text).size
    transaction.run("UPDATE ledger_checkpoint SET referred = true WHERE size = %s", size)


def drop(transaction: Transaction, sizes: Sequence[int]) -> int:
    """Let go of the checkpoints of these sizes, and return how many there were; none that is needed by now."""
    return transaction.run(
        "DELETE FROM ledger_checkpoint AS kept WHERE size = ANY(%s) AND NOT referred"
        " AND NOT EXISTS (SELECT FROM ledger_cosigner WHERE size = kept.size)",
        list(sizes),
    )


def _kept(row: Row) -> KeptCheckpoint:
    size, note, cosigned = row
    return KeptCheckpoint(size, bytes(note), cosigned)
