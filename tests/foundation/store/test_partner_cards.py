"""Partner cards in the store."""

from __future__ import annotations

from comity.foundation.canonical import digest
from comity.foundation.store import partner_cards
from comity.foundation.store.partner_cards import KeptCard
from comity.foundation.store.store import Store


def test_cards_are_kept_newest_first(store: Store) -> None:
    """Each comes back as it went in; the same again changes nothing."""
    with store.upkeep() as t:
        assert partner_cards.put(t, "south", 1, b"one", 10)
        assert partner_cards.put(t, "south", 2, b"two", 20)
        assert not partner_cards.put(t, "south", 1, b"one", 30)
        assert partner_cards.put(t, "court", 1, b"court", 5)
        one, two = KeptCard("south", 1, b"one", 10, None), KeptCard("south", 2, b"two", 20, None)
        assert partner_cards.of(t, "south") == [two, one]
        assert partner_cards.of(t, "none") == []


def test_a_cut_is_for_the_cards_there_are_and_never_moves_up(store: Store) -> None:
    """Cards that come after it are not touched, nor are others'."""
    with store.upkeep() as t:
        partner_cards.put(t, "south", 1, b"one", 10)
        partner_cards.put(t, "court", 1, b"court", 5)
        for size in (100, 500, 50, 70):
            partner_cards.cut_off(t, "south", size)
        partner_cards.put(t, "south", 2, b"two", 20)
        assert [kept.cut_off for kept in partner_cards.of(t, "south")] == [None, 50]
        assert [kept.cut_off for kept in partner_cards.of(t, "court")] == [None]


def test_cards_accepted_before_there_was_this_table_are_in_it(store: Store) -> None:
    """The migration takes over the cards that partners have, under the digest that a new one would get."""
    with store.upkeep() as t:
        t.run("INSERT INTO partner (name, station, card, accepted_by, since) VALUES ('a', 'node', 'x', 'anna', 7)")
        t.run("DROP TABLE partner_card, partner_prekey")
        step = _step("0004_cards.sql")
        for statement in step.split(";\n"):
            if statement.strip():
                t.run(statement)
        assert partner_cards.of(t, "a") == [KeptCard("a", 1, b"x", 7, None)]
        assert t.row("SELECT digest FROM partner_card") == (digest(b"x"),)


def _step(name: str) -> str:
    from importlib.resources import files  # noqa: PLC0415 - for this test alone

    return (files("comity.foundation.store") / "migrations" / name).read_text("utf-8")
