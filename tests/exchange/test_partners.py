"""What is proven: a partner is accepted only by a person who has the fingerprint, and cut off for good at once."""

from __future__ import annotations

import pytest

from builders import pair
from builders.pair import Party
from comity.exchange import cards, partners
from comity.exchange.cards import Own
from comity.foundation.store import partners as kept_partners
from comity.vocabulary.entry import Act
from comity.vocabulary.fault import Fault, Missing, Refused

GERMANY = pair.own("de.coord", 3)


def accept(party: Party, other: Own, typed: str) -> None:
    with party.store.acting() as act:
        partners.accept(act, party.own, other.signed, typed, officer="anna", now=pair.NOW)


def test_the_fingerprint_opens_and_the_log_says_who_looked(north: Party) -> None:
    """The card is kept as it came, and the entry names the officer and the fingerprint."""
    typed = cards.fingerprint(GERMANY.signed)
    accept(north, GERMANY, typed)
    with north.store.reading() as t:
        assert partners.card(t, "de.coord") == GERMANY.card
    entry = north.did(Act.PARTNER)[-1]
    assert (entry.officer, entry.partner, entry.detail) == (
        "anna",
        "de.coord",
        f"accepted node with fingerprint {typed}",
    )


def test_a_swapped_card_is_refused(north: Party) -> None:
    """A card with the partner's name and another's keys does not have the fingerprint that was read aloud."""
    before = north.acts()
    with pytest.raises(Refused, match="fingerprint"):
        accept(north, pair.own("de.coord", 9), cards.fingerprint(GERMANY.signed))
    with north.store.reading() as t, pytest.raises(Missing):
        partners.card(t, "de.coord")
    assert north.acts() == before


def test_a_node_is_not_its_own_partner(north: Party) -> None:
    """Neither its own card nor another in its name is accepted."""
    for impostor in (north.own, pair.own("dk.coord", 9), pair.own("no.coord", 1)):
        with pytest.raises(Refused, match="itself"):
            accept(north, impostor, cards.fingerprint(impostor.signed))


def test_what_is_cut_off_has_no_card(north: Party) -> None:
    """Nobody in the exchange gets the card of a partner cut off; that it was one is kept, and said why."""
    north.cuts_off("se.coord")
    with north.store.reading() as t:
        with pytest.raises(Missing):
            partners.card(t, "se.coord")
        kept = kept_partners.get(t, "se.coord")
    assert kept is not None
    assert kept.cut_off is not None
    assert north.did(Act.PARTNER)[-1].detail == "cut off: key stolen"
    with pytest.raises(Fault):
        north.cuts_off("no.coord")
