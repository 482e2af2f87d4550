"""Attendance: whether each witness that an agreement requires cosigns a log in time, with every key on its card.

The newest note of the log counts, and what the witness itself shows; a tree that it has not cosigned is waited for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from comity.exchange.cards import cosigning_keys
from comity.foundation.clock import wall
from comity.foundation.ledger import checkpoint as checkpoint_format
from comity.foundation.ledger import note as notes
from comity.foundation.ledger.note import NoteKey
from comity.foundation.store import followed
from comity.foundation.store.followed import Awaited
from comity.foundation.store.store import Store
from comity.node.witnesses import keys_ever
from comity.vocabulary.finding import Finding, FindingKind
from comity.vocabulary.instant import Duration
from comity.vocabulary.partner import Card

_KeyOn = tuple[str, type]
"""Whose cosigning key, and of which mathematics: what an earlier card of a witness signed counts still."""


class SeenLog(msgspec.Struct, frozen=True):
    """A log as it is now: whose, by which key, its newest note, and its size."""

    partner: str
    key: NoteKey
    note: bytes
    size: int

    def finding(self, kind: FindingKind, shown_by: str, words: str, before: bytes, now: bytes) -> Finding:
        """Return what is found about this log, with both notes."""
        return Finding(
            kind=kind,
            partner=self.partner,
            origin=self.key.name,
            shown_by=shown_by,
            words=words,
            before=before,
            now=now,
        )


class Reached(msgspec.Struct, frozen=True):
    """The largest tree that a witness is known to have cosigned, and whether with every key on its card."""

    size: int = 0
    whole: bool = False


class Attendance:
    """Who has cosigned what. `patience` is how long a required witness may stay behind, milliseconds of wall time."""

    def __init__(self, store: Store, patience: Duration) -> None:
        self._store = store
        self._patience = patience

    def cosigned_by(self, witness: Card, key: NoteKey, note: bytes) -> Reached:
        """Return how large the tree of a note is that this witness has cosigned, and whether with all its keys.

        Raises:
            NoteFault: the log has not signed the note, or a cosignature does not hold.
        """
        size = checkpoint_format.opened(note, key)[0].size
        return Reached(size, _keys_on(witness) <= self._signed(note, [witness], key.name))

    def late(self, seen: SeenLog, need: Sequence[Card], reached: Mapping[str, Reached]) -> list[Finding]:
        """Return of which required witnesses a log has waited too long; `reached` is how far each is known to be.

        Raises:
            NoteFault: a cosignature under the log's newest note does not hold.
        """
        signed = self._signed(seen.note, need, seen.key.name)
        found = (self._behind(seen, card, signed, reached.get(card.name, Reached())) for card in need)
        return [finding for finding in found if finding is not None]

    def _behind(self, seen: SeenLog, card: Card, signed: set[_KeyOn], last: Reached) -> Finding | None:
        on = _keys_on(card)
        late = self._overdue(seen, card.name, seen.size if on <= signed else last.size * last.whole)
        if late is None:
            return None
        half = bool(on & signed) or (last.size >= late.size and not last.whole)
        how = f"with every key on its card: it leaves out one of {len(on)}" if half else "in time"
        words = f"{card.name} has not cosigned the log's tree of {late.size} entries {how}, nor a larger one"
        return seen.finding(FindingKind.UNCOSIGNED, card.name, words, late.note, seen.note)

    def _overdue(self, seen: SeenLog, witness: str, size: int) -> Awaited | None:
        """Return what the witness should long have cosigned, knowing that it has cosigned up to `size` entries."""
        origin = seen.key.name
        with self._store.upkeep() as transaction:
            kept = followed.awaited(transaction, origin, witness)
            if kept is not None and size >= kept.size:
                followed.arrived(transaction, origin, witness)
                kept = None
            if kept is None:
                if size < seen.size:
                    followed.wait_for(transaction, origin, witness, Awaited(seen.size, seen.note, wall()))
                return None
        return kept if wall() - kept.since >= self._patience else None

    def _signed(self, note: bytes, witnesses: Sequence[Card], log: str) -> set[_KeyOn]:
        """Return which keys of these witnesses, of earlier cards too, have signed the note, by name and type."""
        with self._store.reading() as transaction:
            keys = [key for card in witnesses for key in keys_ever(transaction, card)]
        return {(key.name, type(key)) for key in notes.verified(notes.read(note), keys, log)}


def _keys_on(card: Card) -> set[_KeyOn]:
    """Return the cosigning keys on a card, by name and type."""
    return {(key.name, type(key)) for key in cosigning_keys(card)}
