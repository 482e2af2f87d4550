"""Fixtures of the exchange: two nodes that know each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from builders import pair
from builders.pair import Party
from comity.exchange.cards import Own


@pytest.fixture
def make_party(borrow_database: Callable[[], str]) -> Iterator[Callable[[str, int, Own], Party]]:
    """Return a maker of nodes, each with a store of its own, that know one other."""
    made: list[Party] = []

    def make(name: str, number: int, knows: Own) -> Party:
        made.append(pair.party(name, number, borrow_database(), knows))
        return made[-1]

    yield make
    for party in made:
        party.store.close()


@pytest.fixture
def north(make_party: Callable[[str, int, Own], Party]) -> Party:
    """Return the sender, which knows the receiver."""
    return make_party("dk.coord", 1, pair.own("se.coord", 2))


@pytest.fixture
def south(make_party: Callable[[str, int, Own], Party]) -> Party:
    """Return the receiver, which knows the sender."""
    return make_party("se.coord", 2, pair.own("dk.coord", 1))
