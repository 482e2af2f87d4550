"""Partners: other nodes and witnesses, accepted by a person who has compared the card's fingerprint."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from comity.agreements import revocation, signing
from comity.agreements.revocation import Revocation
from comity.exchange import cards, receipts
from comity.exchange.cards import Own
from comity.foundation.canonical import digest
from comity.foundation.keys import BadSignature
from comity.foundation.ledger.note import Ed25519Key
from comity.foundation.store import partner_cards, partner_prekeys, partners
from comity.foundation.store.partner_cards import KeptCard
from comity.foundation.store.store import ActTransaction, Transaction
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Missing, Refused
from comity.vocabulary.instant import Instant
from comity.vocabulary.message import Receipt
from comity.vocabulary.partner import Card, Station
from comity.vocabulary.suite import Suite


def accept(act: ActTransaction, own: Own, signed: bytes, fingerprint: str, *, officer: str, now: Instant) -> Card:
    """Accept the partner of this signed card, whose fingerprint the officer typed, and log it.

    A card of a partner already known takes the old one's place: its keys or address have changed.

    Raises:
        Refused: the fingerprint is another card's, or the card is this node's own or bears its name.
        Fault: the bytes are no card, or its country is none.
    """
    card = cards.read(signed, "card")
    cards.confirm(signed, fingerprint)
    _expect_other(own, card)
    cards.expect_country(card)
    _keep(act, card, signed, officer, now)
    _enter(act, card, signed, officer, f"accepted {card.station.value} with fingerprint {cards.fingerprint(signed)}")
    return card


def renew(act: ActTransaction, own: Own, signed: bytes, *, officer: str, now: Instant) -> Card:
    """Follow a partner to its next card, which the keys of the card before have signed, and log it.

    Nobody need meet again for that; whoever doubts compares the fingerprint, which the entry names.

    Raises:
        Missing: there is no such partner, or it was cut off: then only a fingerprint helps.
        Refused: the card does not succeed the one known here, is of another country, or is this node's own.
        Fault: the bytes are no card.
    """
    card = cards.read(signed, "card")
    _expect_other(own, card)
    kept = partners.get(act, card.name)
    if kept is None or kept.cut_off is not None:
        raise Missing("there is no such partner", where=card.name, remedy="Accept its card: comity partner add.")
    cards.follow(signed, kept.card, card.name)
    _keep(act, card, signed, officer, now)
    _enter(act, card, signed, officer, f"followed to card {card.serial} with fingerprint {cards.fingerprint(signed)}")
    return card


def _expect_other(own: Own, card: Card) -> None:
    if card.name == own.card.name or card.identity == own.card.identity:
        raise Refused(
            "this is the card of this node itself", where=card.name, remedy="Exchange cards with the partner."
        )


def _keep(act: ActTransaction, card: Card, signed: bytes, officer: str, now: Instant) -> None:
    _expect_not_cut_off(act, card)
    partners.add(act, card.name, card.station, signed, officer, now)
    partner_cards.put(act, card.name, card.serial, signed, now)
    partner_prekeys.remove(act, card.name)


def _expect_not_cut_off(act: ActTransaction, card: Card) -> None:
    """Refuse keys that were cut off before: who holds them now is not known, whatever fingerprint they have."""
    for kept in partner_cards.of(act, card.name):
        if kept.cut_off is not None and cards.read(kept.card, card.name).identity == card.identity:
            raise Refused(
                f"the keys of this card were cut off at {kept.cut_off} entries of its log",
                where=card.name,
                remedy="Ask the partner for a card with new keys.",
            )


def _enter(act: ActTransaction, card: Card, signed: bytes, officer: str, detail: str) -> None:
    act.log(
        Entry(
            act=Act.PARTNER,
            officer=officer,
            subject=card.name,
            partner=card.name,
            digest=digest(signed),
            detail=detail,
        )
    )


def cut_off(
    act: ActTransaction, name: str, *, officer: str, reason: str, now: Instant, size: int | None = None
) -> None:
    """Cut the partner off: from the end of this transaction nothing goes to it or comes from it any more.

    Where its keys were stolen, `size` is the size of its log up to which they were its own: receipts and entries at or
    beyond it that they signed are not believed from now on, earlier ones stay provable. It stands in the log here. A
    witness has no log by which one could tell: nothing that it cosigned counts any more.

    Raises:
        Missing: there is no such partner.
    """
    partners.cut_off(act, name, now)
    kept = partners.get(act, name)
    if size is None and kept is not None and kept.station is Station.WITNESS:
        size = 0
    where = ""
    if size is not None:
        partner_cards.cut_off(act, name, size)
        where = f" at {size} entries of its log"
    act.log(
        Entry(act=Act.PARTNER, officer=officer, subject=name, partner=name, detail=f"cut off{where}: {reason}"[:500])
    )


def believed(had: Sequence[KeptCard], key: bytes, index: int) -> bool:
    """Tell whether an entry of this index in the log counts, where this identity or log key on those cards vouches.

    The newest card that names the key decides: the entry does not count if that card was cut off at or before it, nor
    if no card names the key.
    """
    for kept in had:
        card = cards.read(kept.card, kept.name)
        if key in (card.identity, card.log):
            return kept.cut_off is None or index < kept.cut_off
    return False


def receipt(transaction: Transaction, name: str, signed: bytes) -> Receipt:
    """Return the receipt that the partner signed, under the card that it has or one that it had.

    Raises:
        Refused: its keys had been cut off by then: at or before the entry that it names.
        Fault: the bytes are no receipt, or none of the partner's cards has the key that signed it.
    """
    return receipt_under(partner_cards.of(transaction, name), name, signed)


def receipt_under(had: Sequence[KeptCard], name: str, signed: bytes) -> Receipt:
    """Do what `receipt` does with the cards that the partner has and had, newest first.

    Raises:
        Fault: as `receipt` does.
    """
    fault = BadSignature("the signature is not one by the partner", where=name)
    for card in (cards.read(kept.card, name) for kept in had):
        try:
            found = receipts.read(signed, card.identity, name, card.identity_pq)
        except BadSignature:
            continue
        if not believed(had, card.identity, found.index):
            raise Refused(
                f"the receipt names entry {found.index}, and the keys that signed it were cut off before",
                where=name,
                remedy="What it says is not known: ask the partner's people.",
            )
        return found
    raise fault


def signed_agreement(transaction: Transaction, present: Card, digest: bytes, signature: bytes, suite: Suite) -> None:
    """Check a partner's, or this node's own, signature over an agreement, under any card whose keys still count.

    Raises:
        BadSignature: it does not hold under any.
    """
    earlier = [kept for kept in partner_cards.of(transaction, present.name) if kept.cut_off is None]
    for each in (present, *(cards.read(kept.card, present.name) for kept in earlier)):
        with suppress(BadSignature):
            second = each.identity_pq if suite is Suite.BOTH else None
            return signing.verify(each.identity, digest, signature, second)
    raise BadSignature("the signature does not hold", where=present.name)


def signed_revocation(transaction: Transaction, present: Card, signed: bytes, suite: Suite) -> Revocation:
    """Return a partner's revocation, signed under any card whose keys still count.

    Raises:
        Fault: it is none.
        BadSignature: it is signed under no such card.
    """
    earlier = [kept for kept in partner_cards.of(transaction, present.name) if kept.cut_off is None]
    for each in (present, *(cards.read(kept.card, present.name) for kept in earlier)):
        with suppress(BadSignature):
            return revocation.read(signed, each.identity, each.identity_pq if suite is Suite.BOTH else None)
    raise BadSignature("the signature does not hold", where=present.name)


def history(transaction: Transaction, name: str) -> list[Card]:
    """Return every card that the partner, or this node itself, has had, newest first: for what was signed earlier."""
    return [cards.read(kept.card, name) for kept in partner_cards.of(transaction, name)]


def log_keys(transaction: Transaction, present: Card) -> list[Ed25519Key]:
    """Return the key that the log of this card has, and those that it had, by which earlier checkpoints are signed."""
    every = (present, *history(transaction, present.name))
    return list(dict.fromkeys(Ed25519Key(each.origin, each.log) for each in every if each.log))


def card(transaction: Transaction, name: str) -> Card:
    """Return the card of a partner that is not cut off.

    Raises:
        Missing: there is no such partner, or it was cut off.
    """
    return cards.read(signed_card(transaction, name), name)


def signed_card(transaction: Transaction, name: str) -> bytes:
    """Return the card of a partner that is not cut off, as it came.

    Raises:
        Missing: there is no such partner, or it was cut off.
    """
    kept = partners.get(transaction, name)
    if kept is None or kept.cut_off is not None:
        raise Missing("there is no such partner", where=name, remedy="Accept its card first: comity partner add.")
    return kept.card
