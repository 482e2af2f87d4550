"""Rotation: a station's next card, with new keys or another address, signed by the keys of the card before.

    new keys beside the old -> card signed by both -> card in its place: from here it counts -> old keys destroyed

Whatever breaks off before the card is in its place changes nothing; what is left to do after it is done at the next
start. The tree of the log goes on under the same origin (docs/decisions/0110).
"""

from __future__ import annotations

import os
from pathlib import Path

from msgspec.structs import replace

from comity.exchange import cards
from comity.exchange.cards import Former, Own
from comity.foundation import keys
from comity.foundation.canonical import digest
from comity.foundation.clock import wall
from comity.foundation.keys import HardwareUri, Keys
from comity.foundation.store import partner_cards
from comity.foundation.store.store import Store
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Fault
from comity.vocabulary.partner import Card

CARD = "card.txt"
KEYS = "keys"
ROTATED = ("identity", "identity_pq", "witness", "witness_pq")
"""The keys that a rotation makes anew; the log's only where it is asked for."""


def loaded(folder: Path) -> Own:
    """Return the station itself, with what its card names; keys that the card does not name any more are destroyed.

    A station made by the first version gets the keys that came later, and a card that names them.

    Raises:
        Missing: a file is not there.
        Fault: a key or the card cannot be read, or they do not belong together.
    """
    signed = cards.from_text((folder / CARD).read_text("ascii"), CARD)
    card = cards.read(signed, CARD)
    if not card.identity_pq:
        keys.complete(folder / KEYS)
        return _succeeded(folder, Own(card=card, keys=keys.load(folder / KEYS, card.serial), signed=signed), card)
    held = keys.load(folder / KEYS, card.serial)
    _expect_match(card, held, folder)
    keys.destroy_former(folder / KEYS, card.serial)
    return Own(card=card, keys=held, signed=signed)


def rotate(folder: Path, *, log: bool = False, within: HardwareUri | None = None) -> Own:
    """Give the station new identity and witness keys, and with `log` a new log key; return it with its new card.

    With `within` the Ed25519 keys among them are made in hardware, and stay there.

    Raises:
        Missing: a file is not there.
        Fault: a key or the card cannot be read.
    """
    own = loaded(folder)
    names = (*ROTATED, "log") if log and own.card.log else ROTATED
    made = keys.rotate(folder / KEYS, names, own.card.serial + 1, within)
    rotated = _succeeded(folder, own, own.card, made)
    keys.destroy_former(folder / KEYS, rotated.card.serial)
    return rotated


def readdress(folder: Path, endpoint: str) -> Own:
    """Give the station a card with another endpoint and the same keys; return it.

    Raises:
        Missing: a file is not there.
        Fault: the endpoint is no address, or a key or the card cannot be read.
    """
    own = loaded(folder)
    return _succeeded(folder, own, replace(own.card, endpoint=endpoint))


def remember(store: Store, own: Own, officer: str, reason: str) -> None:
    """Keep the station's own card with those it had before; one that succeeds another is entered in the log."""
    with store.reading() as transaction:
        if any(kept.card == own.signed for kept in partner_cards.of(transaction, own.card.name)):
            return
    if own.card.serial == 1:
        with store.upkeep() as transaction:
            partner_cards.put(transaction, own.card.name, 1, own.signed, wall())
        return
    with store.acting() as act:
        partner_cards.put(act, own.card.name, own.card.serial, own.signed, wall())
        act.log(
            Entry(
                act=Act.PARTNER,
                officer=officer,
                subject=own.card.name,
                digest=digest(own.signed),
                detail=f"own card {own.card.serial} with fingerprint {cards.fingerprint(own.signed)}: {reason}"[:500],
            )
        )


def _succeeded(folder: Path, own: Own, card: Card, made: Keys | None = None) -> Own:
    """Put the next card in the place of this one."""
    held = made or own.keys
    following = replace(
        card,
        identity=held.identity.public,
        identity_pq=held.identity_pq.public,
        log=held.log.public if card.log else b"",
        witness=held.witness.public,
        witness_pq=held.witness_pq.public,
        serial=own.card.serial + 1,
        succeeds=cards.body_digest(own.signed),
        created=wall(),
    )
    former = Former(own.keys.identity, own.keys.identity_pq if own.card.identity_pq else None)
    signed = cards.sign(following, held.identity, held.identity_pq, former)
    _put(folder / CARD, cards.text(signed))
    return Own(card=following, keys=held, signed=signed)


def _put(file: Path, text: str) -> None:
    """Put the text in the file's place, all of it or nothing, durably."""
    beside = file.with_suffix(".next")
    with beside.open("w", encoding="ascii") as opened:
        opened.write(text)
        opened.flush()
        os.fsync(opened.fileno())
    beside.replace(file)
    keys.settle(file.parent)


def _expect_match(card: Card, held: Keys, folder: Path) -> None:
    named = (card.identity, card.identity_pq, card.witness, card.witness_pq, card.log or held.log.public)
    there = (held.identity, held.identity_pq, held.witness, held.witness_pq, held.log)
    if named != tuple(key.public for key in there):
        raise Fault(
            "the keys are not those that the card names",
            where=str(folder),
            remedy="Restore keys and card from the same backup.",
        )
