"""Encounters by the definition of Global Fishing Watch, without its two faults."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.shuffling import delayed, standing
from builders.tracks import BEGIN, KATTEGAT, World, legs, straight, vessel
from builders.watching import handling, latest, watched
from comity.detection.encounter import Encounter, EncounterSettings
from comity.foundation.geodesy import offset
from comity.picture.areas import Areas
from comity.vocabulary.alert import Alert, AlertKind
from comity.vocabulary.instant import DAY, HOUR, MINUTE, SECOND
from comity.vocabulary.place import Area

SPOT = tuple(offset(KATTEGAT, e, n) for e, n in ((0, -9_000), (50, -9_000), (50, -9_050)))
AREAS = Areas([Area(name="roads", polygons=((SPOT,),))])
MIDNIGHT = BEGIN + DAY


def rule(anchorages: tuple[str, ...] = ()) -> Encounter:
    return Encounter(EncounterSettings(anchorages=anchorages), AREAS.within, handling)


def seen(world: World, anchorages: tuple[str, ...] = ()) -> list[Alert]:
    return latest(watched([rule(anchorages)], world.ordered(), after=0))


def together(begin: int, stay: int, apart: float = 300.0, mmsis: tuple[int, int] = (219_000_001, 219_000_002)) -> World:
    """Return two that come from two sides, lie beside each other, and part."""
    world = World()
    for side, mmsi in zip((-1, 1), mmsis, strict=True):
        here, away = offset(KATTEGAT, side * apart / 2, 0), offset(KATTEGAT, side * 20_000, 0)
        path = legs([(begin - HOUR, away), (begin, here), (begin + stay, here), (begin + stay + HOUR, away)])
        world.ais(vessel(mmsi), path, (begin - HOUR, begin + stay + HOUR), every=60 * SECOND, noise=5.0)
    return world


def test_a_short_encounter_round_midnight_is_found_whole() -> None:
    """Two hours and a half, half before and half after: one alert, not two too short to count."""
    (alert,) = seen(together(MIDNIGHT - 75 * MINUTE, 150 * MINUTE))
    assert alert.kind is AlertKind.ENCOUNTER
    assert abs(alert.time - (MIDNIGHT - 75 * MINUTE)) <= 6 * MINUTE
    assert abs(alert.until - (MIDNIGHT + 75 * MINUTE)) <= 6 * MINUTE
    assert alert.time < MIDNIGHT < alert.until
    assert "from each other" not in alert.explanation
    assert "2 h" in alert.explanation


def test_two_that_share_an_mmsi_make_no_encounter_and_hide_none() -> None:
    """A third under the number of one of the two sails far away: the encounter is found, with the right tracks."""
    world = together(BEGIN + HOUR, 3 * HOUR)
    world.ais(vessel(219_000_001), straight(offset(KATTEGAT, 200_000, 0), 14.0, 0.0), (BEGIN, BEGIN + 5 * HOUR))
    (alert,) = seen(world)
    assert alert.until - alert.time >= 2 * HOUR + 50 * MINUTE
    assert {who.mmsi for who in alert.subjects} == {219_000_001, 219_000_002}
    assert seen(together(BEGIN + HOUR, 3 * HOUR, mmsis=(219_000_001, 219_000_001))) == []


@pytest.mark.parametrize(("stay", "apart"), [(110 * MINUTE, 300.0), (4 * HOUR, 600.0)])
def test_too_short_or_too_far(stay: int, apart: float) -> None:
    """Less than two hours, or more than 500 m."""
    assert seen(together(BEGIN + HOUR, stay, apart)) == []


def test_near_an_anchorage_it_is_ordinary() -> None:
    """Nine kilometres from one raises nothing."""
    world = together(BEGIN + HOUR, 3 * HOUR)
    assert seen(world, ("roads",)) == []
    assert len(seen(world)) == 1


def test_reports_that_come_late_make_it_whole() -> None:
    """What one of them reported in the middle comes an hour late: two short times become one encounter."""
    reports = together(BEGIN + HOUR, 3 * HOUR).ordered()
    middle = (BEGIN + 2 * HOUR, BEGIN + 3 * HOUR)
    late = [one for one in reports if one.identity.mmsi == 219_000_002 and middle[0] <= one.time < middle[1]]
    timely = [one for one in reports if one not in late]
    assert watched([rule()], timely, after=0) == {}
    delayed_ones = sorted(reports, key=lambda one: one.time + (HOUR if one in late else 0))
    assert standing(watched([rule()], delayed_ones, after=0)) == EXPECTED


@settings(max_examples=4, deadline=None)
@given(seed=st.integers(0, 1_000), batch=st.integers(10, 4_000))
def test_order_and_cuts_change_nothing(seed: int, batch: int) -> None:
    """Reports up to half an hour late, however the stream is cut: the alerts that stand are the same."""
    found = standing(watched([rule()], delayed(LATE, 30 * MINUTE, seed), batch=batch * SECOND, after=0))
    assert {(kind, begin, who) for kind, begin, _, who in found} == {
        (kind, begin, who) for kind, begin, _, who in EXPECTED
    }


LATE = together(BEGIN + HOUR, 3 * HOUR).ordered()
EXPECTED = standing(watched([rule()], LATE, after=0))
