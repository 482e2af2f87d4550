"""What is proven: what the annex draws goes before the coastline, and within the error of a line both sides count."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from agreements.waters import MILE, NORTH, PLAIN, TERMS, off, sea
from comity.agreements.drawn import Baseline, Breadth, DrawnZone
from comity.agreements.terms import Terms
from comity.agreements.zone import Chart, Source
from comity.node import coastlines
from comity.vocabulary.place import Position
from comity.vocabulary.zone import INSIDE, Zone, ZoneKind, read


def _box(west: float, east: float) -> tuple[tuple[tuple[Position, ...], ...], ...]:
    """Return a strip along the coast, between places so many miles off the Danish one."""
    low, high = off(west).longitude, off(east).longitude
    corners = [(55.5, low), (55.5, high), (56.5, high), (56.5, low), (55.5, low)]
    return ((tuple(Position(north, each) for north, each in corners),),)


def drawn(*zones: DrawnZone, baselines: tuple[Baseline, ...] = ()) -> Terms:
    return replace(PLAIN, zones=zones, baselines=baselines)


def zones(chart: Chart, position: Position) -> list[str]:
    return [str(zone) for zone in chart.at(position).zones]


def test_the_coastline_is_indicative() -> None:
    found = Chart([PLAIN], sea()).at(off(5))
    assert found.zones == (read("dk.territorial-sea"),)
    assert found.indicative
    assert "5.0 nm from dk" in found.words
    assert "indicative: by a straight sea, known within 0 km" in found.words


def test_what_is_drawn_goes_before_the_coastline() -> None:
    """The parties' own line: five miles off the Danish coast may be Swedish, if both signed it."""
    chart = Chart([drawn(DrawnZone(zone=read("se.territorial-sea"), polygons=_box(4, 8)))], sea())
    assert zones(chart, off(5)) == ["se.territorial-sea"]
    assert not chart.at(off(5)).indicative
    assert zones(chart, off(9)) == ["dk.territorial-sea"]


def test_within_the_error_of_a_drawn_line_both_sides_count() -> None:
    chart = Chart([drawn(DrawnZone(zone=read("se.territorial-sea"), polygons=_box(4, 8), error=1_852))], sea())
    assert zones(chart, off(7.5)) == ["se.territorial-sea", "dk.territorial-sea"]
    assert zones(chart, off(8.5)) == ["se.territorial-sea", "dk.territorial-sea"]
    assert zones(chart, off(6)) == ["se.territorial-sea"]


def test_the_innermost_of_a_states_drawn_zones_counts() -> None:
    eez, inner = read("se.eez"), read("se.territorial-sea")
    chart = Chart([drawn(DrawnZone(zone=eez, polygons=_box(1, 90)), DrawnZone(zone=inner, polygons=_box(4, 8)))], None)
    assert zones(chart, off(5)) == ["se.territorial-sea"]
    assert zones(chart, off(20)) == ["se.eez"]


def test_two_states_draw_one_place() -> None:
    one = DrawnZone(zone=read("dk.territorial-sea"), polygons=_box(1, 8))
    two = DrawnZone(zone=read("se.territorial-sea"), polygons=_box(5, 12))
    assert zones(Chart([drawn(one, two)], None), off(6)) == ["dk.territorial-sea", "se.territorial-sea"]


def test_a_baseline_goes_before_the_coastline() -> None:
    """A straight baseline three miles out: within it internal waters, and every limit three miles further."""
    line = Baseline(state="dk", polygons=_box(-100, 3))
    chart = Chart([drawn(baselines=(line,))], sea())
    assert zones(chart, off(-1)) == ["dk.land"]
    assert zones(chart, off(2)) == ["dk.internal-waters"]
    assert zones(chart, off(14.9)) == ["dk.territorial-sea"]
    assert zones(chart, off(15.1)) == ["dk.contiguous-zone"]
    assert chart.at(off(2)).source is Source.BASELINES


def test_without_a_coastline_land_and_internal_waters_are_one() -> None:
    chart = Chart([drawn(baselines=(Baseline(state="dk", polygons=_box(-100, 3)),))], None)
    assert zones(chart, off(2)) == ["dk.land", "dk.internal-waters"]
    assert zones(chart, off(20)) == []


def test_breadths_of_the_annex() -> None:
    breadth = Breadth(territorial_sea=5_556, contiguous_zone=0)
    chart = Chart([drawn(baselines=(Baseline(state="dk", polygons=_box(-100, 0), breadth=breadth),))], sea())
    assert zones(chart, off(2)) == ["dk.territorial-sea"]
    assert zones(chart, off(4)) == ["dk.eez"]


def test_nobody_can_tell() -> None:
    """Without a drawing and a coastline, and where the coastline has no more land."""
    assert zones(Chart([PLAIN], None), off(5)) == []
    assert zones(Chart([PLAIN], sea()), Position(40.0, 11.0)) == []
    assert Chart([], None).at(off(5)).source is Source.NOTHING


def test_the_example_draws_the_sound() -> None:
    chart = Chart([TERMS], coastlines.load())
    assert zones(chart, Position(55.88, 12.72)) == ["se.territorial-sea"]
    assert set(zones(chart, Position(55.80, 12.6855))) == {"se.territorial-sea", "dk.territorial-sea"}
    assert chart.at(Position(55.61, 12.71)).disputed[0].area == "middle-ground"


@settings(deadline=None)
@given(st.floats(-5, 105), st.integers(0, 5_000), st.integers(0, 5_000), st.integers(0, 3_000))
def test_a_larger_error_only_adds(miles: float, error: int, more: int, line: int) -> None:
    """Of the coastline and of drawn lines alike."""

    def chart(coast: int, drawing: int) -> Chart:
        zone = DrawnZone(zone=Zone(ZoneKind.TERRITORIAL_SEA, "se"), polygons=_box(10, 20), error=drawing)
        outer = DrawnZone(zone=Zone(ZoneKind.EEZ, "se"), polygons=_box(8, 30), error=drawing)
        return Chart([drawn(zone, outer)], sea(error=coast))

    finer = chart(error, line).at(off(miles)).zones
    assert set(finer) <= set(chart(error + more, line + more).at(off(miles)).zones)


_KNOWN = [
    ("off Skagen, in the Skagerrak", 57.95, 10.2, {"dk.contiguous-zone", "dk.eez", "dk.territorial-sea"}, False),
    ("the Great Belt", 55.35, 11.05, {"dk.territorial-sea"}, True),
    ("off Gothenburg", 57.62, 11.50, {"se.territorial-sea"}, True),
    ("the Bay of Kiel", 54.45, 10.25, {"de.territorial-sea"}, True),
    ("the Bay of Hanö", 55.85, 14.50, {"se.territorial-sea"}, True),
    ("off Bornholm's south", 54.95, 15.0, {"dk.territorial-sea"}, True),
    ("the German Bight, off Heligoland", 54.15, 7.75, {"de.territorial-sea"}, True),
    ("the Oslofjord's mouth", 58.98, 10.45, {"no.territorial-sea"}, True),
    ("off Rügen's east", 54.40, 13.85, {"de.territorial-sea"}, True),
    ("off Hirtshals", 57.72, 9.85, {"dk.territorial-sea"}, True),
]


@pytest.mark.parametrize(("place", "north", "east", "among", "sure"), _KNOWN, ids=[each[0] for each in _KNOWN])
def test_known_places(place: str, north: float, east: float, among: set[str], sure: bool) -> None:  # noqa: FBT001
    """By the coastline that ships: where one answer is right it is given, or is among several."""
    found = set(zones(Chart([], coastlines.load()), Position(north, east)))
    assert (found == among) if sure else bool(found & among), place


def test_in_the_narrow_sound_the_coastline_leaves_it_open() -> None:
    """Off Elsinore the Sound is two miles wide, which is within the error of 1:10m: both States are named."""
    found = Chart([], coastlines.load()).at(Position(56.04, 12.65))
    assert {zone.state for zone in found.zones if zone.kind in INSIDE} == {"dk", "se"}


def test_miles_are_miles() -> None:
    """The tests' own measure of distance from the coast is right."""
    assert sea().shores(off(10))["dk"] == pytest.approx(18_520, rel=0.005)
    assert off(10) == Position(NORTH, 10 + 10 * MILE)
