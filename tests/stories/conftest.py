"""Towns for the stories: one that nobody harms, for all to share, and a builder for those who will."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from builders.ports import free_addresses
from stories.duties import past
from stories.fleet import Fleet
from stories.link import Link
from stories.town import Town

BuildNothing = Callable[..., Town]
BuildTown = Callable[..., Town]
CALM = Fleet(begin=0, silent=6, beacon=True)
"""How the calm town's fleet is made up; it has sailed before the town is built."""


@pytest.fixture(scope="session")
def calm_town() -> Iterator[Town]:
    """Return `north` and `south` with an agreement in force and a fleet seen by `north`; for tests that leave it so."""
    with tempfile.TemporaryDirectory(prefix="comity-town-") as folder:
        town = Town(Path(folder), "north", "south")
        try:
            town.create()
            town.feed(town.houses[0], Fleet(begin=past(CALM.length), silent=CALM.silent, beacon=True))
            town.start()
            town.introduce()
            town.agree()
            yield town
        finally:
            town.end()


@pytest.fixture(scope="session")
def rough_town() -> Iterator[tuple[Town, Link]]:
    """Return `north`, `south` and `marsh` with an agreement in force, and the line on which all reach `south`.

    A fleet is seen by `north` and by `marsh`. For tests that do harm and leave the three running as they found them.
    """
    with tempfile.TemporaryDirectory(prefix="comity-town-") as folder:
        town = Town(Path(folder), "north", "south", "marsh")
        (address,) = free_addresses(1)
        with Link(address, town.houses[1].exchange) as link:
            town.houses[1].endpoint = f"http://{address}"
            try:
                town.create()
                for house in (town.houses[0], town.houses[2]):
                    town.feed(house, Fleet(begin=past(CALM.length), silent=CALM.silent))
                town.start()
                town.introduce()
                town.agree()
                yield town, link
            finally:
                town.end()


@pytest.fixture
def build_nothing() -> Iterator[BuildNothing]:
    """Return a builder of towns of which nothing is made yet; all are ended after the test."""
    with tempfile.TemporaryDirectory(prefix="comity-town-") as folder:
        built: list[Town] = []

        def build(*names: str) -> Town:
            built.append(Town(Path(folder) / f"town-{len(built)}", *names))
            built[-1].folder.mkdir()
            return built[-1]

        try:
            yield build
        finally:
            for town in built:
                town.end()


@pytest.fixture
def build_town(build_nothing: BuildNothing) -> BuildTown:
    """Return a builder of towns, which are made and not started; all are ended after the test."""

    def build(*names: str) -> Town:
        town = build_nothing(*names)
        town.create()
        return town

    return build
