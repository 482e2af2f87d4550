"""Identity changes: names, call signs, IMO numbers and MMSIs that become others, or are claimed by turns."""

from __future__ import annotations

import random  # noqa: TID251 - seeded scenarios

from hypothesis import given, settings
from hypothesis import strategies as st

from builders.shuffling import standing
from builders.tracks import BEGIN, KATTEGAT, World
from builders.watching import handling, latest, watched
from comity.detection.claims import is_imo
from comity.detection.identity_change import IdentityChange, IdentityChangeSettings
from comity.foundation.geodesy import offset
from comity.vocabulary.alert import Alert, AlertKind
from comity.vocabulary.instant import DAY, HOUR, MINUTE
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import Identity, SubjectKind

MIDNIGHT = BEGIN + DAY
IMO = 9_074_729


def rule() -> IdentityChange:
    return IdentityChange(IdentityChangeSettings(), handling)


def saying(world: World, begin: int, count: int, every: int = 6 * MINUTE, **said: object) -> None:
    for k in range(count):
        identity = Identity(kind=SubjectKind.VESSEL, **{"mmsi": 219_000_001, **said})  # type: ignore[arg-type]
        world.add("ais", begin + k * every, identity, offset(KATTEGAT, 0, 300.0 * k), 10.0, 1.0, 0.0)


def seen(world: World) -> list[Alert]:
    return latest(watched([rule()], world.ordered(), after=0))


def test_a_name_that_changes_at_sea_over_midnight() -> None:
    """From the last report of the old name to the first of the new one."""
    world = World()
    saying(world, MIDNIGHT - HOUR, 10, name="SEA STAR")
    saying(world, MIDNIGHT, 10, name="BLUE MOON")
    (alert,) = seen(world)
    assert alert.kind is AlertKind.IDENTITY_CHANGE
    assert alert.time < MIDNIGHT <= alert.until
    assert {who.name for who in alert.subjects} == {"SEA STAR", "BLUE MOON"}
    assert "the name SEASTAR was claimed 10 times" in alert.explanation
    assert alert.confidence >= 0.75


def test_an_imo_number_that_goes_on_under_another_mmsi() -> None:
    """The hull is the same: both identities are subjects."""
    world = World()
    saying(world, BEGIN, 5, imo=IMO)
    saying(world, BEGIN + HOUR, 5, imo=IMO, mmsi=372_000_001)
    (alert,) = seen(world)
    assert alert.kind is AlertKind.IDENTITY_CHANGE
    assert {who.mmsi for who in alert.subjects} == {219_000_001, 372_000_001}


def test_an_imo_number_under_two_mmsis_by_turns_is_shared() -> None:
    """Both go on."""
    world = World()
    saying(world, BEGIN, 10, imo=IMO)
    saying(world, BEGIN + 3 * MINUTE, 10, imo=IMO, mmsi=372_000_001)
    (alert,) = seen(world)
    assert alert.kind is AlertKind.SHARED_IDENTITY
    assert "by turns" in alert.explanation


def test_what_is_no_change() -> None:
    """A name cut off, one garbled report, a number that is no IMO number, and a new name after weeks."""
    world = World()
    saying(world, BEGIN, 5, name="SEA STAR OF THE NORTH", imo=1_234_568)
    saying(world, BEGIN + HOUR, 5, name="SEA STAR OF", imo=1_234_569)
    saying(world, BEGIN + 2 * HOUR, 1, name="S#A $T")
    saying(world, BEGIN + 30 * DAY, 5, name="BLUE MOON")
    assert seen(world) == []
    assert is_imo(IMO)
    assert not is_imo(IMO + 1)
    assert not is_imo(None)


def claimed() -> list[Sighting]:
    world = World()
    saying(world, BEGIN, 10, name="SEA STAR")
    saying(world, BEGIN + HOUR, 10, name="BLUE MOON")
    saying(world, BEGIN + 2 * HOUR, 10, name="SEA STAR", mmsi=219_000_002)
    return world.ordered()


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_order_changes_nothing(seed: int) -> None:
    """Read in whatever order, what stands is the same."""
    mixed = claimed()
    random.Random(seed).shuffle(mixed)  # noqa: S311 - a scenario, not a secret
    assert standing(watched([rule()], mixed, batch=DAY, after=0)) == EXPECTED


EXPECTED = standing(watched([rule()], claimed(), after=0))


def test_an_alert_becomes_another_when_late_reports_show_both() -> None:
    """The old name is claimed after the new one: what was told is told anew as shared, under its id."""
    world = World()
    saying(world, BEGIN, 5, name="SEA STAR")
    saying(world, BEGIN + HOUR, 10, name="BLUE MOON")
    late = World(2)
    saying(late, BEGIN + 70 * MINUTE, 3, name="SEA STAR")
    ((first, *_, last),) = watched([rule()], world.ordered() + late.ordered(), after=0).values()
    assert (first.kind, last.kind) == (AlertKind.IDENTITY_CHANGE, AlertKind.SHARED_IDENTITY)
