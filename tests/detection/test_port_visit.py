"""Port visits: in at 3 km, out at 4 km, with a stop, by the definition of Global Fishing Watch."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from builders.shuffling import delayed, standing
from builders.tracks import BEGIN, KATTEGAT, World, legs, vessel
from builders.watching import handling, latest, watched
from comity.detection.port_visit import PortVisit, PortVisitSettings
from comity.foundation.geodesy import offset
from comity.picture.areas import Areas
from comity.vocabulary.alert import Alert, AlertKind
from comity.vocabulary.instant import DAY, HOUR, MINUTE, SECOND
from comity.vocabulary.place import Area

QUAY = Area(name="quay", polygons=((tuple(offset(KATTEGAT, e, n) for e, n in ((0, 0), (100, 0), (100, 100))),),))
AREAS = Areas([QUAY])
MIDNIGHT = BEGIN + DAY


def rule() -> PortVisit:
    return PortVisit(PortVisitSettings(ports=("quay",)), AREAS.within, handling)


def seen(world: World) -> list[Alert]:
    return latest(watched([rule()], world.ordered()))


def visit(begin: int, stay: int, at: float = 500.0) -> World:
    """Return a vessel that comes from 20 km in the west to `at` metres, stays, and goes back."""
    world, away, here = World(), offset(KATTEGAT, -20_000, 0), offset(KATTEGAT, -at, 0)
    path = legs([(begin, away), (begin + HOUR, here), (begin + HOUR + stay, here), (begin + 2 * HOUR + stay, away)])
    world.ais(vessel(219_000_001), path, (begin, begin + 2 * HOUR + stay), every=30 * SECOND, noise=1.0)
    return world


def test_a_visit_over_midnight_is_one() -> None:
    """When it came within 3 km, where it stopped, and when it was beyond 4 km again."""
    (alert,) = seen(visit(MIDNIGHT - 2 * HOUR, 3 * HOUR))
    assert (alert.kind, alert.area) == (AlertKind.PORT_VISIT, "quay")
    assert abs(alert.time - (MIDNIGHT - 2 * HOUR + 52 * MINUTE)) <= 6 * MINUTE
    assert abs(alert.until - (MIDNIGHT + 2 * HOUR + 11 * MINUTE)) <= 6 * MINUTE
    assert alert.confidence == 0.95
    assert "It left at" in alert.explanation


def test_passing_or_lying_off_is_no_visit() -> None:
    """Without a stop, and with one at 3.5 km, there is none."""
    assert seen(visit(BEGIN, 0)) == []
    assert seen(visit(BEGIN, 3 * HOUR, 3_500.0)) == []


def test_moving_off_to_three_and_a_half_kilometres_is_the_same_visit() -> None:
    """Between 3 and 4 km a vessel that is in stays in."""
    world, here, out = World(), offset(KATTEGAT, -500, 0), offset(KATTEGAT, -3_600, 0)
    times = [BEGIN + k * HOUR for k in range(6)]
    path = legs(list(zip(times, (here, here, out, out, here, here), strict=True)))
    world.ais(vessel(219_000_001), path, (BEGIN, times[-1]), every=60 * SECOND, noise=1.0)
    (alert,) = seen(world)
    assert alert.until - alert.time >= 4 * HOUR
    assert "was first seen" in alert.explanation


def test_silence_in_port_is_a_stop() -> None:
    """A vessel that switches off in port for four hours has stopped."""
    world, here = World(), offset(KATTEGAT, -500, 0)
    path = legs([(BEGIN, offset(KATTEGAT, -20_000, 0)), (BEGIN + HOUR, here), (BEGIN + 6 * HOUR, here)])
    off = (BEGIN + HOUR - 2 * MINUTE, BEGIN + 6 * HOUR)
    world.ais(vessel(219_000_001), path, (BEGIN, BEGIN + 7 * HOUR), silent=off, every=30 * SECOND, noise=1.0)
    (alert,) = seen(world)
    assert "for at least 5 h" in alert.explanation


def test_longer_than_marks_are_kept_is_one_alert() -> None:
    """Longer than marks are kept, the visit goes on under its alert, and its begin stands."""
    world = visit(BEGIN, 30 * HOUR)
    world.sightings = world.sightings[::10]
    (alert,) = seen(world)
    assert alert.until - alert.time > 30 * HOUR
    assert alert.confidence > 0


@settings(max_examples=4, deadline=None)
@given(seed=st.integers(0, 1_000), batch=st.integers(10, 4_000))
def test_order_and_cuts_change_nothing(seed: int, batch: int) -> None:
    """Reports up to half an hour late, however the stream is cut: the alerts that stand are the same."""
    mixed = delayed(LATE, 30 * MINUTE, seed)
    assert standing(watched([rule()], mixed, batch=batch * SECOND, after=0)) == EXPECTED


LATE = visit(BEGIN, 3 * HOUR).ordered()[::4]
EXPECTED = standing(watched([rule()], LATE))
