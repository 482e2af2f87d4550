"""Going dark: found where reception is known good, and nowhere else."""

from __future__ import annotations

import msgspec

from builders.tracks import BEGIN, KATTEGAT, World, legs, straight, vessel
from builders.watching import handling, latest, watched
from comity.detection.dark import Dark, DarkSettings
from comity.foundation.geodesy import offset
from comity.picture.tracks import Picture
from comity.vocabulary.alert import Alert, AlertKind, Severity
from comity.vocabulary.handling import Tlp
from comity.vocabulary.instant import HOUR, MINUTE, SECOND
from comity.vocabulary.place import Position

END = BEGIN + 5 * HOUR
SILENT = (BEGIN + HOUR, BEGIN + HOUR + 150 * MINUTE)


def seen(world: World) -> list[Alert]:
    return latest(watched([Dark(DarkSettings(), handling)], world.ordered()))


def others(world: World, until: int = END, count: int = 3) -> None:
    for k in range(count):
        path = straight(offset(KATTEGAT, 4_000 * k, 6_000), 4.0, 70.0 * k)
        world.ais(vessel(219_000_100 + k), path, (BEGIN, until), every=60 * SECOND)


def test_two_vessels_that_fall_silent_among_three_that_do_not() -> None:
    """Both are found at their last report; when they return, the same alerts say how long they were silent."""
    world = World()
    others(world)
    for k in range(2):
        path = straight(offset(KATTEGAT, 2_000 * k, 0), 6.0, 20.0)
        world.ais(vessel(219_000_001 + k), path, (BEGIN, END), silent=SILENT, every=30 * SECOND)
    told = watched([Dark(DarkSettings(), handling)], world.ordered())
    assert len(told) == 2
    for first, last in told.values():
        assert first.kind is AlertKind.GOING_DARK
        assert abs(first.time - SILENT[0]) <= 30 * SECOND
        assert first.until - first.time <= 31 * MINUTE
        assert "went on hearing 3 of the 4 other tracks" in first.explanation
        assert "after 2 h 30 min" in last.explanation
        assert last.until >= SILENT[1]
        assert last.handling.tlp is Tlp.GREEN
        assert last.sources == ("ais",)
        assert 0.5 < last.confidence < 0.6


def test_when_the_recording_ends_nobody_has_gone_dark() -> None:
    """All of sixty vessels fall silent at once: the source stopped, and nothing is concluded, whoever else goes on."""
    world = World()
    for k in range(60):
        path = straight(offset(KATTEGAT, 500.0 * k, 300.0 * k), 10.0, 6.0 * k)
        world.ais(vessel(219_000_000 + k), path, (BEGIN, BEGIN + 10 * MINUTE))
    assert seen(world) == []
    others(world)
    assert seen(world) == []


def test_one_silent_vessel_alone_is_unknown_not_dark() -> None:
    """Where the source hears nobody near, its silence tells nothing."""
    world = World()
    world.ais(vessel(219_000_001), straight(KATTEGAT, 10.0, 0.0), (BEGIN, END), silent=SILENT)
    for k in range(5):
        far = Position(54.5, 10.5 + 0.02 * k)
        world.ais(vessel(219_000_100 + k), straight(far, 3.0, 0.0), (BEGIN, END), every=60 * SECOND)
    assert seen(world) == []


def test_a_moored_vessel_and_a_short_silence_are_not_dark() -> None:
    """Lying still, or silent for less than the gap, raises nothing."""
    world = World()
    others(world)
    world.ais(vessel(219_000_001), straight(KATTEGAT, 0.1, 0.0), (BEGIN, END), silent=SILENT)
    short = (BEGIN + HOUR, BEGIN + HOUR + 25 * MINUTE)
    world.ais(vessel(219_000_002), straight(KATTEGAT, 10.0, 45.0), (BEGIN, END), silent=short)
    assert seen(world) == []


def test_heard_by_another_source_is_not_dark() -> None:
    """A vessel that one feed loses and another hears goes on being heard."""
    world, path = World(), straight(KATTEGAT, 8.0, 10.0)
    others(world)
    world.ais(vessel(219_000_001), path, (BEGIN, END), silent=SILENT, every=30 * SECOND)
    world.ais(vessel(219_000_001), path, SILENT, source="ais-2", every=30 * SECOND)
    assert seen(world) == []


def test_a_return_on_another_track_is_a_return() -> None:
    """Radar mixes up the tracks of two that meet in the dark; each alert still ends when its vessel speaks again."""
    world = World(3)
    others(world)
    for side in (-1, 1):
        path = legs(
            [
                (BEGIN, offset(KATTEGAT, side * 15_000, 0)),
                (BEGIN + 2 * HOUR, offset(KATTEGAT, side * 10, 0)),
                (BEGIN + 3 * HOUR, offset(KATTEGAT, -side * 10, 500)),
                (END, offset(KATTEGAT, side * 15_000, 0)),
            ]
        )
        world.ais(vessel(219_000_002 + side), path, (BEGIN, END), silent=SILENT, every=30 * SECOND)
        world.radar([path], (BEGIN, END))
    assert [alert.until >= SILENT[1] for alert in seen(world)] == [True, True]


def test_radar_that_still_sees_it_does_not_make_it_heard() -> None:
    """A vessel whose transmitter is off is dark though radar holds its track."""
    world, path = World(), straight(KATTEGAT, 8.0, 10.0)
    others(world)
    world.ais(vessel(219_000_001), path, (BEGIN, END), silent=SILENT, every=30 * SECOND)
    world.radar([path], (BEGIN, END))
    (alert,) = seen(world)
    assert alert.subjects == (vessel(219_000_001),)


def test_leaving_the_range_is_told_with_half_the_confidence() -> None:
    """With everybody astern, the alert says that it may have left the range."""
    world = World()
    others(world, count=4)
    ahead = offset(KATTEGAT, 0, 8_000)
    world.ais(vessel(219_000_001), straight(ahead, 15.0, 0.0), (BEGIN, END), silent=(SILENT[0], END))
    (alert,) = seen(world)
    assert alert.severity is Severity.LOW
    assert "none ahead of it" in alert.explanation
    assert alert.confidence < 0.5


def test_order_and_simulation_are_carried() -> None:
    """Neighbours swapped in time change no alert; what stands on simulated sightings is simulated."""
    world = World()
    others(world)
    world.ais(vessel(219_000_001), straight(KATTEGAT, 6.0, 20.0), (BEGIN, END), silent=SILENT, every=30 * SECOND)
    reports = [msgspec.structs.replace(sighting, simulated=True) for sighting in world.ordered()]
    swapped = list(reports)
    for place in range(0, len(swapped) - 1, 5):
        swapped[place : place + 2] = reversed(swapped[place : place + 2])
    (one,), (other,) = (latest(watched([Dark(DarkSettings(), handling)], each)) for each in (reports, swapped))
    assert one.simulated
    assert (one.id, one.time) == (other.id, other.time)


def test_a_gap_of_twelve_hours_over_midnight_is_one() -> None:
    """Global Fishing Watch: at least 12 hours where reception is known good. Found as told, and not at 11 hours."""
    for hours, count in ((13, 1), (11, 0)):
        world = World()
        for k in range(3):
            path = straight(offset(KATTEGAT, 4_000 * k, 6_000), 0.5, 70.0 * k)
            world.ais(vessel(219_000_100 + k), path, (BEGIN, BEGIN + 32 * HOUR), every=5 * MINUTE)
        quiet = (BEGIN + 17 * HOUR, BEGIN + (17 + hours) * HOUR)
        path = straight(KATTEGAT, 2.5, 45.0, BEGIN + 17 * HOUR)
        world.ais(vessel(219_000_001), path, (BEGIN + 15 * HOUR, BEGIN + 32 * HOUR), silent=quiet, every=2 * MINUTE)
        rule = Dark(DarkSettings(gap=12 * HOUR), handling)
        alerts = latest(watched([rule], world.ordered(), batch=600 * SECOND, after=0))
        assert len(alerts) == count
        assert all("after 13 h" in alert.explanation for alert in alerts)


def test_a_report_that_comes_late_takes_it_back() -> None:
    """Another source had heard it meanwhile, and its report comes after the alert: that does not stand any more."""
    world = World()
    others(world, BEGIN + 2 * HOUR)
    path = straight(KATTEGAT, 6.0, 20.0)
    world.ais(vessel(219_000_001), path, (BEGIN, BEGIN + 2 * HOUR), silent=SILENT, every=30 * SECOND)
    late = World(2)
    heard = SILENT[0] + 20 * MINUTE
    late.ais(vessel(219_000_001), path, (heard, heard + 2 * MINUTE), source="ais-2", every=30 * SECOND)
    ((first, last),) = watched([Dark(DarkSettings(), handling)], world.ordered() + late.ordered(), after=0).values()
    assert first.confidence > 0.5
    assert last.confidence == 0.0
    assert "shows that it was heard within the gap" in last.explanation


def test_false_identities_are_not_remembered() -> None:
    """200,000 MMSIs heard once each leave nothing behind in the rule."""
    rule, world = Dark(DarkSettings(), handling), World()
    picture = Picture()
    for k in range(200_000):
        world.add("ais", BEGIN + k, vessel(300_000_000 + k), Position(50.0 + k % 997 / 100.0, k / 10_000 % 20))
        if len(world.sightings) == 5_000:
            for placed in picture.take(world.sightings):
                assert placed.state is not None
                assert rule.observe(placed.state, placed.sighting) == []
            assert rule.advance(BEGIN + k) == []
            world.sightings.clear()
    assert sum(len(coverage) for coverage in rule._sources.values()) == 0
