"""Evidence: the parts of a bundle as they are read, not yet held against each other (docs/formats/bundle.md)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Annotated, TypeVar

import msgspec
from msgspec import UNSET, UnsetType

from comity.agreements import onward, redaction, terms
from comity.agreements.onward import Granted
from comity.agreements.terms import Terms
from comity.exchange import cards, receipts, wire
from comity.foundation import canonical
from comity.foundation.keys import BadSignature
from comity.foundation.ledger import note as notes
from comity.foundation.ledger.note import NoteKey
from comity.foundation.ledger.proof import LogProof
from comity.vocabulary.entry import Entry
from comity.vocabulary.fault import Fault
from comity.vocabulary.message import Digest, Given, Receipt
from comity.vocabulary.onward import Leave
from comity.vocabulary.partner import Card
from comity.vocabulary.record import Value

_T = TypeVar("_T")
_Key = TypeVar("_Key", bound=NoteKey)
VERSION = 1
LARGEST = 8 * 1024 * 1024
"""Bytes of a bundle."""


class NotProven(Fault):
    """A bundle that does not prove what it should."""


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What lets a sender give a record that another originated."""

    leave: bytes
    """In its canonical form."""
    signature: bytes
    """The originator's."""


class Bundle(msgspec.Struct, frozen=True, kw_only=True):
    """The parts, as they stand in the file."""

    version: int = VERSION
    cards: tuple[bytes, ...]
    agreement: bytes
    signatures: dict[str, bytes]
    cover: bytes
    place: Annotated[int, msgspec.Meta(ge=0, lt=wire.MOST)]
    count: Annotated[int, msgspec.Meta(ge=1, le=wire.MOST)]
    path: Annotated[tuple[Digest, ...], msgspec.Meta(max_length=10)]
    item: bytes
    entry: bytes
    salt: bytes
    disclosed: LogProof
    receipt: bytes
    received: LogProof
    onward: Shown | UnsetType = UNSET
    """Of a record passed on, and left out of any other."""


def read(data: bytes) -> Bundle:
    """Return the parts of a bundle, not yet believed.

    Raises:
        Fault: the bytes are no bundle of this version.
    """
    if len(data) > LARGEST:
        raise NotProven(f"{len(data)} bytes are too many for a bundle")
    bundle = canonical.read(data, Bundle, where="bundle")
    if bundle.version != VERSION:
        raise NotProven(
            f"the bundle is of version {bundle.version}", remedy="Verify it with a newer version of comity."
        )
    return bundle


class Evidence:
    """The parts of one bundle as they are read; every part raises a Fault where it is not what it should be."""

    def __init__(self, bundle: Bundle, cut_offs: Mapping[str, int] | None = None) -> None:
        self.bundle = bundle
        self.cut_offs = cut_offs or {}
        self.used: set[tuple[str, int]] = set()
        """Name and serial number of the cards under which something was signed, as far as it was checked."""

    @cached_property
    def cards(self) -> dict[str, tuple[Card, ...]]:
        """The cards by name, newest first, each signed by the keys it names."""
        found = [cards.read(signed, "bundle") for signed in self.bundle.cards]
        order = [(card.name, card.serial) for card in found]
        if order != sorted(set(order)):
            raise NotProven("the cards are not in the order of their names and serial numbers, each once")
        names = dict.fromkeys(name for name, _ in order)
        return {name: tuple(card for card in reversed(found) if card.name == name) for name in names}

    @cached_property
    def terms(self) -> Terms:
        """The agreement."""
        return terms.from_canonical(self.bundle.agreement)

    @cached_property
    def cover(self) -> wire.Cover:
        """The signed outside of the envelope as sent."""
        return wire.cover(self.bundle.cover, "envelope")

    @cached_property
    def header(self) -> wire.Header:
        """What stands on it."""
        return wire.head(self.cover.header, "envelope")

    @cached_property
    def given(self) -> Given:
        """The record as given."""
        return canonical.read(self.bundle.item, Given, where="record")

    @cached_property
    def fields(self) -> dict[str, Value]:
        """The fields that were given."""
        return redaction.disclosed(self.given)

    @cached_property
    def leave(self) -> Leave | None:
        """The originator's leave to pass the record on; None: the bundle holds none."""
        shown = self.bundle.onward
        return None if shown is UNSET else canonical.read(shown.leave, Leave, where="leave")

    @cached_property
    def granted(self) -> Granted | None:
        """The same, signed by the originator."""
        leave, shown = self.leave, self.bundle.onward
        if leave is None or shown is UNSET:
            return None
        return self.signed(
            leave.originator,
            lambda card: onward.granted(leave, shown.signature, card.identity, card.identity_pq),
        )

    @cached_property
    def entry(self) -> Entry:
        """The sender's entry."""
        return canonical.read(self.bundle.entry, Entry, where="entry")

    @cached_property
    def receipt(self) -> Receipt:
        """The receiver's receipt."""
        return self.signed(
            self.header.recipient,
            lambda card: receipts.read(self.bundle.receipt, card.identity, "receipt", card.identity_pq),
        )

    def card(self, name: str) -> Card:
        """Return the newest card of that name."""
        return self.cards_of(name)[0]

    def cards_of(self, name: str) -> tuple[Card, ...]:
        """Return the cards of that name, newest first."""
        if name not in self.cards:
            raise NotProven("a card is missing", where=name)
        return self.cards[name]

    def _candidates(self, name: str) -> list[Card]:
        """Return the cards of that name, those under which something else was signed first, then the newest."""
        return sorted(self.cards_of(name), key=lambda card: (card.name, card.serial) not in self.used)

    def signed(self, name: str, check: Callable[[Card], _T]) -> _T:
        """Return what the check gives for a card of that name under which the signature holds.

        Raises:
            BadSignature: it holds under none.
        """
        fault = BadSignature("the signature does not hold")
        for card in self._candidates(name):
            try:
                found = check(card)
            except BadSignature as failed:
                fault = failed
                continue
            self.used.add((card.name, card.serial))
            return found
        raise fault

    def below(self, name: str, checkpoint: bytes, keys: Callable[[Card], Sequence[_Key]]) -> list[_Key]:
        """Return those keys of the cards of that name that have put signatures below the checkpoint.

        Of each key the first card that names it counts as used. Without any signature, the newest card's are returned.
        """
        signatures = {(each.name, each.id) for each in notes.read(checkpoint).signatures}
        found: dict[tuple[str, bytes], _Key] = {}
        for card in self._candidates(name):
            named = {(key.name, key.id): key for key in keys(card)}
            new = {place: key for place, key in named.items() if place in signatures and place not in found}
            if new:
                self.used.add((card.name, card.serial))
                found |= new
        return list(found.values()) or list(keys(self.card(name)))
