"""Loitering: found by the definition of Global Fishing Watch, over midnight, whoever shares the MMSI, however late."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.shuffling import delayed, standing
from builders.tracks import BEGIN, World, legs, straight, vessel
from builders.watching import handling, latest, watched
from comity.detection.loitering import Loitering, LoiteringSettings
from comity.foundation.geodesy import NAUTICAL_MILE, distance, offset
from comity.vocabulary.alert import Alert, AlertKind
from comity.vocabulary.instant import DAY, HOUR, MINUTE, SECOND
from comity.vocabulary.place import Position
from comity.vocabulary.sighting import Sighting

SHORE = Position(45.0, -20.0)
SEA = offset(SHORE, 0, 30 * NAUTICAL_MILE)
MIDNIGHT = BEGIN + DAY


def offshore(position: Position, metres: float) -> bool:
    return distance(SHORE, position) >= metres


def rule(chosen: LoiteringSettings | None = None) -> Loitering:
    return Loitering(chosen or LoiteringSettings(), offshore, handling)


def seen(world: World) -> list[Alert]:
    return latest(watched([rule()], world.ordered()))


def waiting(begin: int, end: int, place: Position = SEA, mmsi: int = 219_000_001) -> World:
    """Return a vessel that comes, drifts at one knot between the two times, and goes."""
    world = World()
    there = offset(place, 1_800 * (end - begin) / HOUR, 0)
    far = offset(place, -40_000, 40_000)
    path = legs([(begin - 2 * HOUR, far), (begin, place), (end, there), (end + 2 * HOUR, far)])
    world.ais(vessel(mmsi), path, (begin - 2 * HOUR, end + 2 * HOUR), every=60 * SECOND)
    return world


def test_five_hours_over_midnight_are_one_alert() -> None:
    """A day's end cuts nothing: begin, end and figures are those of the whole."""
    (alert,) = seen(waiting(MIDNIGHT - 150 * MINUTE, MIDNIGHT + 150 * MINUTE))
    assert alert.kind is AlertKind.LOITERING
    assert abs(alert.time - (MIDNIGHT - 150 * MINUTE)) <= 10 * MINUTE
    assert abs(alert.until - (MIDNIGHT + 150 * MINUTE)) <= 10 * MINUTE
    assert "more than 37.0 km from any shore" in alert.explanation
    assert len(alert.sightings) > 50
    assert (alert.rule, alert.version) == ("loitering", 1)
    assert alert.would_change


@pytest.mark.parametrize("case", ["short", "near", "fast"])
def test_what_is_no_loitering(case: str) -> None:
    """Less than four hours, within twenty miles of the shore, or at three knots."""
    world = waiting(BEGIN, BEGIN + (3 if case == "short" else 6) * HOUR, SHORE if case == "near" else SEA)
    if case == "fast":
        world = World()
        world.ais(vessel(219_000_001), straight(SEA, 3.0, 0.0), (BEGIN, BEGIN + 6 * HOUR), every=60 * SECOND)
    assert seen(world) == []


def test_two_under_one_mmsi_are_not_mixed() -> None:
    """One drifts, the other passes far away at speed under the same number: the first still loiters, alone."""
    world = waiting(BEGIN, BEGIN + 5 * HOUR)
    world.ais(vessel(219_000_001), straight(offset(SEA, 200_000, 0), 15.0, 0.0), (BEGIN, BEGIN + 5 * HOUR))
    (alert,) = seen(world)
    assert abs(alert.until - alert.time - 5 * HOUR) <= 10 * MINUTE


def test_reports_that_come_late_take_it_back() -> None:
    """A fast hour in the middle, read last: the alert that was told is withdrawn, and says why."""
    world = waiting(BEGIN, BEGIN + 6 * HOUR)
    middle = (BEGIN + 150 * MINUTE, BEGIN + 210 * MINUTE)
    told = [one for one in world.ordered() if not middle[0] <= one.time < middle[1]]
    there = World(2)
    back = legs([(middle[0], SEA), (BEGIN + 3 * HOUR, offset(SEA, 20_000, 0)), (middle[1], SEA)])
    there.ais(vessel(219_000_001), back, middle, every=60 * SECOND)
    early = [one for one in told if one.time < BEGIN + 255 * MINUTE]
    rest = told[len(early) :]
    found = watched([rule(LoiteringSettings(lag=3 * HOUR))], early + there.ordered() + rest)
    ((first, *_, last),) = found.values()
    assert first.confidence > 0.6
    assert last.confidence == 0.0
    assert last.explanation.startswith("This does not stand any more: ")
    assert first.explanation in last.explanation


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 1_000), batch=st.integers(10, 4_000))
def test_order_and_cuts_change_nothing(seed: int, batch: int) -> None:
    """Reports up to half an hour late, however the stream is cut: the alerts that stand are the same."""
    world = LATE
    assert standing(watched([rule()], delayed(world, 30 * MINUTE, seed), batch=batch * SECOND, after=0)) == EXPECTED


LATE: list[Sighting] = [
    *waiting(BEGIN, BEGIN + 5 * HOUR).ordered()[::4],
    *waiting(BEGIN + HOUR, BEGIN + 3 * HOUR, offset(SEA, 0, 90_000), 219_000_002).ordered()[::4],
]
LATE.sort(key=lambda one: one.time)
EXPECTED = standing(watched([rule()], LATE))


def test_false_identities_push_out_nobody_beyond_the_limit() -> None:
    """Tracks remembered are bounded."""
    watching = rule(LoiteringSettings(tracks=50, sightings=1))
    world = World()
    for k in range(500):
        world.add("ais", BEGIN + k * SECOND, vessel(300_000_000 + k), offset(SEA, 100.0 * k, 0), speed=0.5)
    assert watched([watching], world.sightings) == {}
    assert len(watching._tracks) == 50
