"""Shared identities and impossible motion: told apart by whether the first place goes on."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from builders.shuffling import delayed, standing
from builders.tracks import BEGIN, KATTEGAT, World, straight, vessel
from builders.watching import handling, latest, watched
from comity.detection.bearers import Bearers, BearersSettings
from comity.foundation.geodesy import offset
from comity.vocabulary.alert import Alert, AlertKind, Severity
from comity.vocabulary.instant import DAY, HOUR, MINUTE, SECOND

FAR = offset(KATTEGAT, 150_000, 0)
MIDNIGHT = BEGIN + DAY


def rule() -> Bearers:
    return Bearers(BearersSettings(), handling)


def seen(world: World) -> list[Alert]:
    return latest(watched([rule()], world.ordered(), after=0))


def sharing(begin: int = BEGIN) -> World:
    world = World()
    for place, course in ((KATTEGAT, 0.0), (FAR, 180.0)):
        world.ais(vessel(219_000_001), straight(place, 8.0, course, begin), (begin, begin + 2 * HOUR), every=MINUTE)
    return world


def leaping(mmsi: int = 219_000_001, east: float = 0.0) -> World:
    world = World(mmsi)
    place, there = offset(KATTEGAT, east, 0), offset(FAR, east / 10, 0)
    world.ais(vessel(mmsi), straight(place, 8.0, 0.0), (BEGIN, BEGIN + HOUR), every=MINUTE)
    world.ais(vessel(mmsi), straight(there, 8.0, 0.0), (BEGIN + HOUR, BEGIN + 2 * HOUR), every=MINUTE)
    return world


def test_two_under_one_number_share_it_over_midnight() -> None:
    """One alert from the first turn to the last, with both tracks; nobody is said to have leapt."""
    (alert,) = seen(sharing(MIDNIGHT - HOUR))
    assert alert.kind is AlertKind.SHARED_IDENTITY
    assert len(set(alert.tracks)) == 2
    assert alert.time < MIDNIGHT < alert.until
    assert alert.confidence > 0.9
    assert "by turns at two places" in alert.explanation


def test_one_that_ceases_here_and_goes_on_there_has_moved_impossibly() -> None:
    """Where it was, where it went on, and how fast that would have been."""
    (alert,) = seen(leaping())
    assert (alert.kind, alert.severity) == (AlertKind.IMPOSSIBLE_MOTION, Severity.MEDIUM)
    assert abs(alert.time - (BEGIN + HOUR)) <= 3 * MINUTE
    assert "went on 149.5 km away" in alert.explanation


def test_several_that_leap_to_one_place_are_deceived() -> None:
    """The later ones name the others."""
    world = World()
    for k in range(4):
        world.sightings += leaping(219_000_001 + k, 5_000.0 * k).sightings
    alerts = seen(world)
    assert len(alerts) == 4
    assert any("3 others leapt there" in alert.explanation and alert.severity is Severity.HIGH for alert in alerts)


def test_a_leap_is_taken_back_when_the_first_place_goes_on() -> None:
    """Another source has heard the first place meanwhile, and its reports come late: two share the number."""
    world = leaping()
    other = World(7)
    path = straight(KATTEGAT, 8.0, 0.0)
    other.ais(vessel(219_000_001), path, (BEGIN + HOUR, BEGIN + 2 * HOUR), source="ais-2", every=MINUTE)
    lagging = sorted(world.sightings + other.sightings, key=lambda s: s.time + (s.source == "ais-2") * 15 * MINUTE)
    told = watched([rule()], lagging, after=0)
    kinds = {alerts[-1].kind: alerts[-1].confidence for alerts in told.values()}
    assert kinds[AlertKind.IMPOSSIBLE_MOTION] == 0.0
    assert kinds[AlertKind.SHARED_IDENTITY] > 0.8


def test_a_fast_ferry_and_a_long_silence_are_possible() -> None:
    """40 knots, and 150 km in five hours unheard, are no leaps."""
    world = World()
    world.ais(vessel(219_000_001), straight(KATTEGAT, 40.0, 90.0), (BEGIN, BEGIN + 2 * HOUR), every=30 * SECOND)
    quiet = (BEGIN + 20 * MINUTE, BEGIN + 5 * HOUR)
    world.ais(
        vessel(219_000_002), straight(KATTEGAT, 16.0, 90.0), (BEGIN, BEGIN + 6 * HOUR), silent=quiet, every=MINUTE
    )
    assert seen(world) == []


@settings(max_examples=4, deadline=None)
@given(seed=st.integers(0, 1_000), batch=st.integers(10, 1_000))
def test_order_and_cuts_change_nothing(seed: int, batch: int) -> None:
    """Reports up to ten minutes late, however the stream is cut: the same identities are shared, over the same time."""
    found = standing(watched([rule()], delayed(LATE, 2 * MINUTE, seed), batch=batch * SECOND, after=0))
    assert {(kind, who) for kind, _, _, who in found} == {(kind, who) for kind, _, _, who in EXPECTED}


LATE = sharing().ordered()
EXPECTED = standing(watched([rule()], LATE, after=0))


def test_one_that_is_lost_and_found_again_is_one() -> None:
    """Silent for a day, it goes on where it can have come to: two tracks of one number, and nothing in that."""
    world = World()
    world.ais(vessel(219_000_001), straight(KATTEGAT, 8.0, 0.0), (BEGIN, BEGIN + HOUR), every=MINUTE)
    again = BEGIN + 20 * HOUR
    world.ais(vessel(219_000_001), straight(FAR, 8.0, 0.0, again), (again, again + HOUR), every=MINUTE)
    assert seen(world) == []


def test_one_that_comes_back_has_leapt_all_the_same() -> None:
    """Twenty minutes elsewhere: that the first place goes on afterwards takes nothing back, however long it goes on."""
    world = World()
    path = straight(KATTEGAT, 8.0, 0.0)
    for begin, end in ((0, 60), (80, 160)):
        world.ais(vessel(219_000_001), path, (BEGIN + begin * MINUTE, BEGIN + end * MINUTE), every=MINUTE)
    there = straight(FAR, 8.0, 0.0, BEGIN + HOUR)
    world.ais(vessel(219_000_001), there, (BEGIN + 60 * MINUTE, BEGIN + 80 * MINUTE), every=MINUTE)
    (alert,) = seen(world)
    assert (alert.kind, alert.confidence > 0.6) == (AlertKind.IMPOSSIBLE_MOTION, True)
    assert alert.until < BEGIN + 80 * MINUTE
