"""Crossings: found away from the crossing points, once, and only when sure."""

from __future__ import annotations

from pathlib import Path as File

import msgspec
import pytest

import comity.demo
from builders.tracks import ANYBODY, BEGIN, Path, World, legs, vessel
from builders.watching import handling, latest, watched
from comity.detection.crossing import Crossing, CrossingSettings
from comity.foundation.geodesy import offset
from comity.picture.areas import Areas, read_geojson
from comity.vocabulary.alert import Alert, AlertKind, Severity
from comity.vocabulary.instant import HOUR, MINUTE, SECOND
from comity.vocabulary.place import Position

AREAS = Areas(read_geojson((File(comity.demo.__file__).parent / "areas.geojson").read_text("utf-8")))
SETTINGS = CrossingSettings(
    borders=(("dk-waters", "se-waters"), ("dk-waters", "de-waters"), ("se-waters", "de-waters")),
    points=("helsingor-helsingborg", "oresund-bridge", "rodby-puttgarden"),
)
END = BEGIN + 2 * HOUR
WEST, EAST = Position(55.80, 12.60), Position(55.80, 12.85)
OVER = legs([(BEGIN, WEST), (BEGIN + 80 * MINUTE, EAST)])


def seen(world: World) -> list[Alert]:
    return latest(watched([Crossing(SETTINGS, AREAS.at, handling)], world.ordered()))


def test_a_craft_that_crosses_the_sound_is_found() -> None:
    """On radar, unidentified: one alert, where and when it passed, of high severity."""
    world = World()
    world.radar([OVER], (BEGIN, END), around=WEST, clutter=2)
    (alert,) = seen(world)
    assert (alert.kind, alert.area, alert.severity) == (AlertKind.CROSSING, "se-waters", Severity.HIGH)
    assert alert.subjects == (ANYBODY,)
    assert AREAS.at(OVER(alert.time - 2 * MINUTE))[0] == "dk-waters"
    assert AREAS.at(OVER(alert.time + 2 * MINUTE))[0] == "se-waters"
    assert alert.confidence > 0.9
    assert len(alert.sightings) >= SETTINGS.confirmations + 1
    assert "last seen in dk-waters" in alert.explanation


def test_there_and_back_is_two_crossings() -> None:
    """Each passage is its own alert."""
    world = World()
    path = legs([(BEGIN, WEST), (BEGIN + 50 * MINUTE, EAST), (BEGIN + 100 * MINUTE, WEST)])
    world.ais(vessel(219_000_001), path, (BEGIN, END))
    assert [alert.area for alert in seen(world)] == ["se-waters", "dk-waters"]


@pytest.mark.parametrize(
    "path",
    [
        legs([(BEGIN, Position(56.04, 12.615)), (BEGIN + 20 * MINUTE, Position(56.04, 12.69))]),
        legs([(BEGIN, Position(55.60, 12.74)), (BEGIN + 40 * MINUTE, Position(55.563, 12.92))]),
        legs([(BEGIN, Position(54.50, 11.23)), (BEGIN + 60 * MINUTE, Position(54.655, 11.355))]),
    ],
)
def test_regular_crossings_pass(path: Path) -> None:
    """The ferry lines and the bridge raise nothing, nor does a sparse report on each side of them."""
    for every in (10 * SECOND, 5 * MINUTE):
        world = World()
        world.ais(vessel(219_000_001), path, (BEGIN, END), every=every)
        assert seen(world) == []


def test_wavering_on_the_line_is_no_crossing() -> None:
    """A vessel that lies on the border, its noise on both sides, raises nothing."""
    world = World(4)
    place = Position(55.75, 12.76)
    world.ais(vessel(219_000_001), legs([(BEGIN, place)]), (BEGIN, END), noise=60.0)
    assert seen(world) == []


def test_who_appears_on_a_side_has_not_crossed() -> None:
    """A track that begins on a side belongs there, and going along the border is no passage."""
    world = World()
    path = legs([(BEGIN, Position(55.80, 12.75)), (END, Position(55.88, 12.70))])
    world.ais(vessel(219_000_001), path, (BEGIN, END))
    assert seen(world) == []


def test_merchant_ships_pass() -> None:
    """Types of ship that the settings exempt raise nothing."""
    for ship_type, alerts in ((70, 0), (37, 1)):
        world = World()
        world.ais(msgspec.structs.replace(vessel(219_000_001), ship_type=ship_type), OVER, (BEGIN, END))
        assert len(seen(world)) == alerts


def test_a_passage_nobody_saw_has_half_the_confidence() -> None:
    """After a silence between the two sides it is known that it passed, and not where."""
    world = World()
    world.ais(vessel(219_000_001), OVER, (BEGIN, END), silent=(BEGIN + 10 * MINUTE, BEGIN + 60 * MINUTE))
    (alert,) = seen(world)
    assert alert.confidence <= 0.5
    assert "later" in alert.explanation


def test_two_that_share_an_mmsi_do_not_cross_by_turns() -> None:
    """One vessel on each side, one MMSI between them: two tracks, no crossing."""
    world = World()
    for middle, course in ((WEST, 5_000), (EAST, -5_000)):
        path = legs([(BEGIN, middle), (END, offset(middle, 0, course))])
        world.ais(vessel(219_000_001), path, (BEGIN, END), every=30 * SECOND)
    assert seen(world) == []


def test_a_report_that_comes_late_takes_it_back() -> None:
    """It went over by the ferry line, as another source tells after the alert: the alert does not stand any more."""
    world, north, south = World(), Position(56.036, 12.66), Position(55.95, 12.60)
    path = legs([(BEGIN, south), (BEGIN + 20 * MINUTE, north), (BEGIN + 40 * MINUTE, Position(55.95, 12.78))])
    out = (BEGIN + 8 * MINUTE, BEGIN + 36 * MINUTE)
    world.ais(vessel(219_000_001), path, (BEGIN, BEGIN + HOUR), silent=out)
    late = World(2)
    late.ais(vessel(219_000_001), path, (BEGIN + 20 * MINUTE, BEGIN + 21 * MINUTE), source="ais-2")
    told = watched([Crossing(SETTINGS, AREAS.at, handling)], world.ordered() + late.ordered())
    ((first, last),) = told.values()
    assert first.confidence > 0.4
    assert last.confidence == 0.0
    assert "went by a crossing point" in last.explanation
