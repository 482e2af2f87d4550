"""Witnesses: whose cosignatures the node knows, and how many of them an agreement demands."""

from __future__ import annotations

from collections.abc import Sequence

from comity.agreements.standing import State, unproven
from comity.agreements.terms import Terms
from comity.exchange import cards
from comity.exchange.cards import Own, cosigning_keys
from comity.foundation.ledger.cosignature import CosigningKey
from comity.foundation.ledger.policy import Quorum
from comity.foundation.store import partner_cards, partners
from comity.foundation.store.store import Transaction
from comity.node.standings import standings
from comity.vocabulary.partner import Card, Station
from comity.vocabulary.suite import Suite


def known(transaction: Transaction) -> list[Card]:
    """Return the cards of all partners and witnesses that are not cut off."""
    return [cards.read(kept.card, kept.name) for kept in partners.all(transaction) if kept.cut_off is None]


def witness_keys(transaction: Transaction, own: Own, agreed: Terms, log_of: str) -> list[CosigningKey]:
    """Return the cosigning keys of those who count as witnesses of one party's log under an agreement.

    They are the witnesses that the agreement requires and its other parties: every party knows them, so that every
    party can check what they cosigned. Nobody witnesses their own log. What was cosigned under an earlier card counts
    still, unless the keys of that card were cut off.
    """
    count = {*agreed.between, *agreed.witnesses.required} - {log_of}
    present = [card for card in (own.card, *known(transaction)) if card.name in count]
    return [key for card in present for key in keys_ever(transaction, card)]


def keys_ever(transaction: Transaction, card: Card) -> list[CosigningKey]:
    """Return the cosigning keys of this card and of those before it, but for keys that were cut off."""
    kept = partner_cards.of(transaction, card.name)
    earlier = [cards.read(each.card, card.name) for each in kept if each.cut_off is None]
    return list(dict.fromkeys(key for each in (card, *earlier) for key in cosigning_keys(each)))


def quorum(agreed: Terms) -> Quorum:
    """Return what the agreement demands of a checkpoint: so many witnesses, certain ones among them, by its suite."""
    required = frozenset(f"{name}/witness" for name in agreed.witnesses.required)
    return Quorum(agreed.witnesses.quorum, required, agreed.suite is Suite.BOTH)


def required(transaction: Transaction, own: Own, cards: Sequence[Card]) -> dict[str, list[Card]]:
    """Return for each log, by its node's name, the cards of those who must cosign it.

    They are the witnesses required by agreements that have come into force between us and that node; for our own log
    also every witness station that we have accepted. Whose card we do not have, we cannot judge.
    """
    wanted: dict[str, set[str]] = {own.card.name: {card.name for card in cards if card.station is Station.WITNESS}}
    for standing in standings(transaction):
        if standing.state is State.TERMINATED or unproven(standing) is not None:
            continue
        for party in standing.terms.between:
            wanted.setdefault(party, set()).update(standing.terms.witnesses.required)
    return {
        party: [card for card in cards if card.name in names and card.name != party] for party, names in wanted.items()
    }
