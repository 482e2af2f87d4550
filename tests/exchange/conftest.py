"""Fixtures of the exchange: two nodes that know each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from builders import pair
from builders.pair import Party
from comity.foundation.store.store import Store


@pytest.fixture
def make_party(borrow_database: Callable[[], str]) -> Iterator[Callable[[str, int], Party]]:
    """Return a maker of nodes, each with a store of its own."""
    made: list[Store] = []

    def make(name: str, number: int) -> Party:
        clock = pair.clock()
        made.append(Store(borrow_database(), node=name, clock=clock))
        return Party(own=pair.own(name, number), store=made[-1], clock=clock, standing=pair.in_force())

    yield make
    for store in made:
        store.close()


@pytest.fixture
def north(make_party: Callable[[str, int], Party]) -> Party:
    """Return the sender, which knows the receiver."""
    party = make_party("dk.coord", 1)
    party.knows(pair.own("se.coord", 2))
    return party


@pytest.fixture
def south(make_party: Callable[[str, int], Party]) -> Party:
    """Return the receiver, which knows the sender."""
    party = make_party("se.coord", 2)
    party.knows(pair.own("dk.coord", 1))
    return party
