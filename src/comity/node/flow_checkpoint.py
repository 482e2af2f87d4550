"""The story of a checkpoint: entries enter the tree, the log signs it, witnesses cosign it, and the log keeps all that.

    integrate -> sign, if the tree has grown -> ask each witness that has not cosigned yet -> keep its cosignature

A witness that does not answer is left out and asked again next time. One that has seen a larger tree than there is
here says that this log was rolled back, by a restored backup or by hand: that is a fault which no retry mends.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import msgspec

from comity.exchange import witnessing
from comity.exchange.answer import Unreachable
from comity.exchange.cards import Own, cosigning_keys
from comity.exchange.witnessing import Behind, NotCosigned
from comity.foundation.ledger import checkpoint as checkpoint_format
from comity.foundation.ledger import note as notes
from comity.foundation.ledger import witness as witness_format
from comity.foundation.ledger.checkpoint import Checkpoint
from comity.foundation.ledger.note import Note, Signature
from comity.foundation.store import checkpoints, ledger
from comity.foundation.store.checkpoints import KeptCheckpoint
from comity.foundation.store.store import Store
from comity.vocabulary.fault import Fault
from comity.vocabulary.partner import Card

_AT_ONCE = 8
"""Witnesses asked at the same time."""


class Published(msgspec.Struct, frozen=True):
    """What happened: how large the tree is, whether it was signed anew, who cosigned, who not and why."""

    size: int
    signed: bool
    cosigned: tuple[str, ...] = ()
    unreachable: dict[str, str] = {}
    refused: dict[str, str] = {}
    """A witness refuses, or says that our log contradicts itself: somebody must look."""


def checkpoint_once(
    store: Store, own: Own, witnesses: Sequence[Card], timeout: float = witnessing.TIMEOUT
) -> Published:
    """Take all entries into the tree, sign it if it has grown, and gather the cosignatures that are missing."""
    kept, signed = _sign(store, own)
    if kept is None:
        return Published(0, signed=False)
    asked = _missing(kept, witnesses)
    with ThreadPoolExecutor(_AT_ONCE, "witness") as pool:
        faults = dict(
            zip(asked, pool.map(lambda card: _gather(store, kept, card, timeout), asked.values()), strict=True)
        )
    return Published(
        kept.size,
        signed,
        cosigned=tuple(name for name, fault in faults.items() if fault is None),
        unreachable={name: str(fault) for name, fault in faults.items() if isinstance(fault, Unreachable)},
        refused={name: str(fault) for name, fault in faults.items() if fault and not isinstance(fault, Unreachable)},
    )


def _sign(store: Store, own: Own) -> tuple[KeptCheckpoint | None, bool]:
    """Integrate, and return the newest checkpoint and whether it was signed just now."""
    with store.upkeep() as transaction:
        ledger.integrate(transaction)
        size, root = ledger.head(transaction)
        newest = checkpoints.newest(transaction)
        if size == 0 or (newest is not None and newest.size >= size):
            return newest, False
        note = checkpoint_format.sign(Checkpoint(own.card.origin, size, root), own.keys.log)
        checkpoints.put(transaction, size, note)
        return KeptCheckpoint(size, note, 0), True


def _missing(kept: KeptCheckpoint, witnesses: Sequence[Card]) -> dict[str, Card]:
    """Return the witnesses that have not cosigned the checkpoint with all the keys that they have now, by name."""
    note = notes.read(kept.note)
    return {card.name: card for card in witnesses if _withheld(note, card)}


def _withheld(note: Note, card: Card) -> set[tuple[str, bytes]]:
    """Return by name and id with which keys the witness with this card has not signed the note."""
    have = {(each.name, each.id) for each in note.signatures}
    return {(key.name, key.id) for key in cosigning_keys(card)} - have


def _gather(store: Store, kept: KeptCheckpoint, card: Card, timeout: float) -> Fault | None:
    """Ask one witness and keep its cosignature; return the fault that prevented it, if any."""
    note = notes.read(kept.note)
    try:
        with store.reading() as transaction:
            last = checkpoints.last_seen(transaction, card.witness_name)
        answer = _ask(store, kept, note, card, last, timeout)
        if isinstance(answer, Behind):
            answer = _ask(store, kept, note, card, _believable(answer, kept, card), timeout)
        if isinstance(answer, Behind):
            raise Unreachable("the witness is being asked by somebody else at the same time", where=card.name)
        with store.upkeep() as transaction:
            renewed = checkpoints.add_cosignatures(transaction, kept.size, answer)
        _expect_all(notes.read(renewed.note), card)
    except Fault as fault:
        return fault
    return None


def _expect_all(note: Note, card: Card) -> None:
    """Refuse that a witness names two keys on its card and signs with one: under many an agreement that is nothing.

    Raises:
        NotCosigned: it has left out a key. What it gave counts for whomever it is enough.
    """
    if _withheld(note, card):
        raise NotCosigned(
            "the witness has two keys on its card and cosigned with one of them",
            where=card.name,
            remedy="Tell its operator. It is asked again; agreements of two signatures wait for both.",
        )


def _ask(
    store: Store, kept: KeptCheckpoint, note: Note, card: Card, old: int, timeout: float
) -> tuple[Signature, ...] | Behind:
    """Ask a witness with a proof that starts from the size it last saw."""
    with store.reading() as transaction:
        proof = ledger.consistency(transaction, min(old, kept.size), kept.size)
    bare = notes.written(Note(note.text, note.signatures[:1]))  # the log's own signature is all that a witness needs
    return witnessing.cosign(card, witness_format.written(min(old, kept.size), proof, bare), note.text, timeout)


def _believable(behind: Behind, kept: KeptCheckpoint, card: Card) -> int:
    if behind.size > kept.size:
        raise Fault(
            f"the witness has cosigned {behind.size} entries of this log, which has only {kept.size}",
            where=card.name,
            remedy="The log was rolled back: stop this node and restore the newest backup.",
        )
    return behind.size
