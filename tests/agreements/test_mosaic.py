"""Regions and mosaics say of every position exactly what the plain crossing rule says."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from comity.agreements.mosaic import Mosaic
from comity.agreements.region import Region
from comity.foundation.geodesy import contains
from comity.vocabulary.place import Area, Position

ROUGH = st.integers(-40, 40).map(lambda step: step / 4)
FINE = st.floats(-12, 12)


@st.composite
def rings(draw: st.DrawFn) -> tuple[Position, ...]:
    """Return a ring of any form: convex, jagged, crossing itself, with level edges and corners that repeat."""
    points = draw(st.lists(st.builds(Position, ROUGH | FINE, ROUGH | FINE), min_size=3, max_size=40))
    return (*points, points[0])


@st.composite
def areas(draw: st.DrawFn) -> tuple[Area, ...]:
    """Return up to four areas of up to two polygons, some with holes."""
    polygons = st.lists(st.lists(rings(), min_size=1, max_size=3).map(tuple), min_size=1, max_size=2).map(tuple)
    drawn = draw(st.lists(polygons, min_size=1, max_size=4))
    return tuple(Area(name=f"area-{turn}", polygons=each) for turn, each in enumerate(drawn))


def boxed(area: Area, position: Position) -> bool:
    """Whether the area holds the position by the plain rule, and so does the box around it."""
    points = [point for polygon in area.polygons for ring in polygon for point in ring]
    south, north = min(one.latitude for one in points), max(one.latitude for one in points)
    west, east = min(one.longitude for one in points), max(one.longitude for one in points)
    return south <= position.latitude <= north and west <= position.longitude <= east and contains(area, position)


@given(areas(), st.data())
def test_the_same_as_the_crossing_rule(drawn: tuple[Area, ...], data: st.DataObject) -> None:
    """Anywhere, on corners and on edges too; and again, when the cell is known."""
    corners = [point for area in drawn for polygon in area.polygons for ring in polygon for point in ring]
    anywhere = st.builds(Position, ROUGH | FINE, ROUGH | FINE) | st.sampled_from(corners)
    mosaic = Mosaic([Region(area) for area in drawn])
    for position in data.draw(st.lists(anywhere, min_size=1, max_size=20)):
        held = [boxed(area, position) for area in drawn]
        assert [Region(area).holds(position) for area in drawn] == held
        expected = sum(1 << turn for turn, inside in enumerate(held) if inside)
        assert mosaic.around(position) == mosaic.around(position) == expected


def _wheel(corners: int) -> Area:
    turns = [2 * math.pi * turn / corners for turn in range(corners)]
    reach = [9.0 if turn % 2 else 6.0 for turn in range(corners)]
    ring = [Position(far * math.sin(turn), far * math.cos(turn)) for far, turn in zip(reach, turns, strict=True)]
    return Area(name="wheel", polygons=(((*ring, ring[0]),),))


@given(st.lists(st.builds(Position, st.floats(-9, 9), st.floats(-9, 9)), min_size=50, max_size=50))
def test_cells_near_edges(positions: list[Position]) -> None:
    """With many teeth many cells are mixed, and whole ones lie between them: all say what the rule says."""
    area = _wheel(120)
    mosaic = Mosaic([Region(area)])
    assert [mosaic.around(one) for one in positions] == [int(boxed(area, one)) for one in positions]


def test_memory_stays_in_proportion() -> None:
    """A comb whose every edge passes all latitudes is not copied into every band."""
    teeth = [Position(float(place % 2) * 10, place / 1_000) for place in range(2_000)]
    region = Region(Area(name="comb", polygons=(((*teeth, Position(-1.0, 0.0), teeth[0]),),)))
    copies = sum(1 for _ in region.edges(-1.0, 10.0))
    assert copies <= 9 * len(teeth)
    assert region.holds(Position(5.0, 0.5)) == contains(region.area, Position(5.0, 0.5))


def test_an_area_of_no_height() -> None:
    """An area lower than any number can tell holds nothing, and breaks nothing."""
    flat = Area(
        name="flat", polygons=((tuple(Position(y, x) for y, x in ((0.0, 0.0), (5e-324, 1.0), (0.0, 2.0)) * 2),),)
    )
    assert not Region(flat).holds(Position(0.0, 5.0))
    assert Mosaic([Region(flat)]).around(Position(1.0, 1.0)) == 0


def test_no_areas() -> None:
    """Nothing lies in none, and what is no number lies nowhere."""
    assert Mosaic([]).around(Position(0.0, 0.0)) == 0
    assert Mosaic([Region(_wheel(12))]).around(Position(math.nan, 0.0)) == 0
