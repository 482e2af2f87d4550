"""What this node has witnessed of others' logs: the newest tree that it has cosigned of each."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

import msgspec

from comity.foundation.ledger import note as notes
from comity.foundation.ledger import witness
from comity.foundation.ledger.note import NoteKey, Signature
from comity.foundation.ledger.witness import Decision, Remembered, Request
from comity.foundation.store.store import Row, Transaction
from comity.vocabulary.fault import Fault

_LOCK = 0x434F_4D57
"""First half of an advisory lock; the other is made from the log's origin."""


class Witnessed(msgspec.Struct, frozen=True):
    """The newest tree of a log that was cosigned, and its note with the log's signature and ours."""

    origin: str
    size: int
    root: bytes
    note: bytes


def get(transaction: Transaction, origin: str) -> Witnessed | None:
    """Return what was cosigned of this log."""
    row = transaction.row("SELECT origin, size, root, note FROM witnessed WHERE origin = %s", origin)
    return _kept(row) if row else None


def by_hash(transaction: Transaction, digest: bytes) -> Witnessed | None:
    """Return what was cosigned of the log whose origin has this SHA-256."""
    row = transaction.row(
        "SELECT origin, size, root, note FROM witnessed WHERE sha256(convert_to(origin, 'UTF8')) = %s", digest
    )
    return _kept(row) if row else None


def put(transaction: Transaction, kept: Witnessed, old_size: int) -> bool:
    """Remember a tree if the one remembered has `old_size` (0: none is), and return whether that was so.

    A smaller tree, or another one of the same size, is never remembered, whoever asks.
    """
    if old_size == 0:
        transaction.run(
            "INSERT INTO witnessed (origin, size, root, note) VALUES (%s, 0, sha256(''), '') ON CONFLICT DO NOTHING",
            kept.origin,
        )
    changed = transaction.run(
        "UPDATE witnessed SET size = %s, root = %s, note = %s"
        " WHERE origin = %s AND size = %s AND (size < %s OR (size = %s AND root = %s))",
        *(kept.size, kept.root, kept.note, kept.origin, old_size, kept.size, kept.size, kept.root),
    )
    return changed == 1


def consider(
    transaction: Transaction, request: Request, key: NoteKey | None, cosign: Callable[[str], Sequence[Signature]]
) -> tuple[Decision, tuple[Signature, ...]]:
    """Decide on a log's request and, if it is granted, remember the tree; return the decision and the cosignatures.

    There is one for each key of the witness, and none if it refuses. They may be given away only once this transaction
    is committed. Requests for one log wait for each other, so that none is judged by a memory that another is about to
    change.
    """
    origin = request.checkpoint.origin
    if key is not None:
        transaction.row("SELECT pg_advisory_xact_lock(%s, %s)", _LOCK, _number(origin))
    kept = get(transaction, origin)
    remembered = Remembered(kept.size, kept.root) if kept else Remembered()
    decision = witness.decide(request, remembered, key)
    if decision.remember is None or key is None:
        return decision, ()
    cosignatures = tuple(cosign(request.note.text))
    note = notes.written(notes.joined(notes.only(request.note, [key]), cosignatures))
    if not put(transaction, Witnessed(origin, decision.remember.size, decision.remember.root, note), remembered.size):
        raise Fault("what was witnessed of the log changed meanwhile", where=origin, remedy="Ask again.")
    return decision, cosignatures


def _number(origin: str) -> int:
    return int.from_bytes(hashlib.sha256(origin.encode()).digest()[:4], "big", signed=True)


def _kept(row: Row) -> Witnessed:
    origin, size, root, note = row
    return Witnessed(origin, size, bytes(root), bytes(note))
