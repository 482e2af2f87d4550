"""Partners: other nodes and witnesses, accepted by a person who has compared the card's fingerprint."""

from __future__ import annotations

from comity.exchange import cards
from comity.exchange.cards import Own
from comity.foundation.canonical import digest
from comity.foundation.store import partners
from comity.foundation.store.store import ActTransaction, Transaction
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Missing, Refused
from comity.vocabulary.instant import Instant
from comity.vocabulary.partner import Card


def accept(act: ActTransaction, own: Own, signed: bytes, fingerprint: str, *, officer: str, now: Instant) -> Card:
    """Accept the partner of this signed card, whose fingerprint the officer typed, and log it.

    A card of a partner already known takes the old one's place: its keys or address have changed.

    Raises:
        Refused: the fingerprint is another card's, or the card is this node's own or bears its name.
        Fault: the bytes are no card.
    """
    card = cards.read(signed, "card")
    cards.confirm(signed, fingerprint)
    if card.name == own.card.name or card.identity == own.card.identity:
        raise Refused(
            "this is the card of this node itself", where=card.name, remedy="Exchange cards with the partner."
        )
    partners.add(act, card.name, card.station, signed, officer, now)
    act.log(
        Entry(
            act=Act.PARTNER,
            officer=officer,
            subject=card.name,
            partner=card.name,
            digest=digest(signed),
            detail=f"accepted {card.station.value} with fingerprint {cards.fingerprint(signed)}",
        )
    )
    return card


def cut_off(act: ActTransaction, name: str, *, officer: str, reason: str, now: Instant) -> None:
    """Cut the partner off: from the end of this transaction nothing goes to it or comes from it any more.

    Raises:
        Missing: there is no such partner.
    """
    partners.cut_off(act, name, now)
    act.log(Entry(act=Act.PARTNER, officer=officer, subject=name, partner=name, detail=f"cut off: {reason}"[:500]))


def card(transaction: Transaction, name: str) -> Card:
    """Return the card of a partner that is not cut off.

    Raises:
        Missing: there is no such partner, or it was cut off.
    """
    kept = partners.get(transaction, name)
    if kept is None or kept.cut_off is not None:
        raise Missing("there is no such partner", where=name, remedy="Accept its card first: comity partner add.")
    return cards.read(kept.card, name)
