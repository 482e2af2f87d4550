"""What is proven: a partner is accepted only by a person who has the fingerprint, and cut off for good at once."""

from __future__ import annotations

import pytest

from builders import pair
from builders.pair import Party
from comity.agreements import revocation
from comity.agreements.revocation import Revocation
from comity.exchange import cards, partner_prekeys, partners
from comity.exchange.cards import Own
from comity.foundation.keys import BadSignature
from comity.foundation.store import partner_cards
from comity.foundation.store import partners as kept_partners
from comity.foundation.store.store import Transaction
from comity.vocabulary.entry import Act
from comity.vocabulary.fault import Fault, Missing, Refused
from comity.vocabulary.suite import Suite

GERMANY = pair.own("de.coord", 3)
SOUTH = pair.own("se.coord", 2)


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


def test_no_partner_is_of_a_country_that_is_none(north: Party, monkeypatch: pytest.MonkeyPatch) -> None:
    """A card that another program signed, of the United Kingdom by a code that no mark of protection names."""
    with monkeypatch.context() as other:
        other.setattr(cards, "expect_country", lambda _: None)
        strange = pair.own("gb.coord", 9, country="UK")
    with pytest.raises(Fault, match="UK is the code of no country"):
        accept(north, strange, cards.fingerprint(strange.signed))
    with north.store.reading() as t, pytest.raises(Missing):
        partners.card(t, "gb.coord")


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


def test_a_partner_is_followed_to_its_next_card(north: Party) -> None:
    """Signed by the keys before, it needs no fingerprint typed; the log says who followed, and the old card is kept."""
    accept(north, GERMANY, cards.fingerprint(GERMANY.signed))
    following = pair.successor(GERMANY, 7, endpoint="https://new.de.example:8443")
    with north.store.acting() as act:
        assert partners.renew(act, north.own, following.signed, officer="bo", now=pair.NOW + 1) == following.card
    with north.store.reading() as t:
        assert partners.card(t, "de.coord") == following.card
        assert partners.history(t, "de.coord") == [following.card, GERMANY.card]
    entry = north.did(Act.PARTNER)[-1]
    print_ = cards.fingerprint(following.signed)
    assert (entry.officer, entry.partner, entry.detail) == (
        "bo",
        "de.coord",
        f"followed to card 2 with fingerprint {print_}",
    )


def test_nobody_is_followed_whose_old_keys_have_not_signed(north: Party) -> None:
    """Neither a stranger's card in the partner's name, nor one of somebody unknown or cut off."""
    accept(north, GERMANY, cards.fingerprint(GERMANY.signed))
    before = north.acts()
    impostor = pair.successor(pair.own("de.coord", 9), 7)
    itself = pair.successor(north.own, 7)
    stranger = pair.successor(pair.own("no.coord", 8), 9)
    for other, kind in ((impostor, Refused), (itself, Refused), (stranger, Missing)):
        with pytest.raises(kind), north.store.acting() as act:
            partners.renew(act, north.own, other.signed, officer="bo", now=pair.NOW)
    assert north.acts() == before
    north.cuts_off("de.coord")
    with pytest.raises(Missing), north.store.acting() as act:
        partners.renew(act, north.own, pair.successor(GERMANY, 7).signed, officer="bo", now=pair.NOW)


def cut_off(party: Party, name: str, size: int | None) -> None:
    with party.store.acting() as act:
        partners.cut_off(act, name, officer="anna", reason="key stolen", now=pair.NOW + 5, size=size)


def believed(transaction: Transaction, key: bytes, index: int) -> bool:
    return partners.believed(partner_cards.of(transaction, "se.coord"), key, index)


def test_stolen_keys_do_not_count_from_the_cut_on(north: Party) -> None:
    """Entries before the size at which they were cut off are believed, those at it and beyond are not; logged."""
    key, log = SOUTH.card.identity, SOUTH.card.log
    with north.store.reading() as t:
        assert believed(t, key, 10**9)
        assert not believed(t, GERMANY.card.identity, 0)
    cut_off(north, "se.coord", 100)
    assert north.did(Act.PARTNER)[-1].detail == "cut off at 100 entries of its log: key stolen"
    with north.store.reading() as t:
        for each in (key, log):
            assert [believed(t, each, index) for index in (0, 99, 100, 101)] == [
                True,
                True,
                False,
                False,
            ]
    cut_off(north, "se.coord", 500)
    cut_off(north, "se.coord", 50)
    with north.store.reading() as t:
        assert [believed(t, key, index) for index in (49, 50, 99)] == [True, False, False]


def test_only_new_keys_take_a_partner_in_again_whose_keys_were_cut_off(north: Party) -> None:
    """The stolen card is refused whoever reads its fingerprint; a card with new keys counts, the old keys do not."""
    cut_off(north, "se.coord", 100)
    with pytest.raises(Refused, match="cut off at 100 entries"):
        accept(north, SOUTH, cards.fingerprint(SOUTH.signed))
    fresh = pair.successor(SOUTH, 7)
    with north.store.acting() as act:
        typed = cards.fingerprint(fresh.signed)
        partners.accept(act, north.own, fresh.signed, typed, officer="anna", now=pair.NOW + 10)
    with north.store.reading() as t:
        assert partners.card(t, "se.coord") == fresh.card
        assert believed(t, fresh.card.identity, 100)
        assert believed(t, fresh.card.log, 100), "an officer has accepted the log's key anew"
        assert not believed(t, SOUTH.card.identity, 100)
        assert believed(t, SOUTH.card.identity, 99)


def test_a_partner_cut_off_without_theft_comes_back_with_its_card(north: Party) -> None:
    """Where nothing was stolen, everything that was signed still counts."""
    cut_off(north, "se.coord", None)
    accept(north, SOUTH, cards.fingerprint(SOUTH.signed))
    with north.store.reading() as t:
        assert partners.card(t, "se.coord") == SOUTH.card
        assert believed(t, SOUTH.card.identity, 10**9)
        assert set(partners.history(t, "se.coord")) == {SOUTH.card}


def test_what_is_signed_by_keys_cut_off_ends_no_agreement(north: Party) -> None:
    """Earlier keys of a partner still revoke what they signed; those that were stolen do not, whoever has them."""
    withdrawn = Revocation(agreement=bytes(32), party="se.coord", time=pair.NOW, reason="the treaty ended")
    signed = revocation.sign(withdrawn, SOUTH.keys.identity)
    fresh = pair.successor(SOUTH, 7)
    with north.store.acting() as act:
        partners.renew(act, north.own, fresh.signed, officer="bo", now=pair.NOW + 1)
    with north.store.reading() as t:
        assert partners.signed_revocation(t, fresh.card, signed, Suite.ED25519) == withdrawn
    cut_off(north, "se.coord", 100)
    newest = pair.successor(fresh, 8)
    accept(north, newest, cards.fingerprint(newest.signed))
    with north.store.reading() as t, pytest.raises(BadSignature):
        partners.signed_revocation(t, newest.card, signed, Suite.ED25519)


def test_with_a_new_card_the_prekey_of_the_one_before_is_forgotten(north: Party, south: Party) -> None:
    """It was signed by keys that are used no more: nothing is sealed to it, and the next one may be an older one."""
    with north.store.upkeep() as t:
        known = partner_prekeys.learn(t, SOUTH.card, south.prekeys.present(), pair.NOW)
        assert partner_prekeys.sealing(t, SOUTH.card, pair.NOW) == known.public
    fresh = pair.successor(SOUTH, 7)
    with north.store.acting() as act:
        partners.renew(act, north.own, fresh.signed, officer="bo", now=pair.NOW + 1)
    with north.store.reading() as t:
        assert partner_prekeys.known(t, fresh.card) is None
        assert partner_prekeys.sealing(t, fresh.card, pair.NOW) == fresh.card.sealing
