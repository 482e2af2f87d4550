"""Faces: every combination of areas that there is, and none that there is not."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from agreements.test_mosaic import areas
from builders.chance import EXAMPLE, Chance, area
from comity.agreements import faces
from comity.agreements.chart import Chart
from comity.agreements.faces import Faces
from comity.agreements.region import Region
from comity.foundation.geodesy import contains
from comity.vocabulary.fault import Fault
from comity.vocabulary.place import Area, Position


def quiet(_: str) -> None:
    return None


def box(name: str, south: float, west: float, north: float, east: float) -> Area:
    corners = ((south, west), (north, west), (north, east), (south, east), (south, west))
    return Area(name=name, polygons=((tuple(Position(*corner) for corner in corners),),))


def around(several: tuple[Area, ...], position: Position) -> int:
    return sum(1 << turn for turn, one in enumerate(several) if contains(one, position))


@settings(max_examples=100)
@given(areas())
def test_every_combination_is_found(drawn: tuple[Area, ...]) -> None:
    """Of areas of any form: wherever one looks, the combination is known; and each known one is where it says."""
    found = Faces(drawn, quiet).combinations
    assert all(around(drawn, place) == combination for combination, place in found.items())
    grid = np.linspace(-12.003, 12.007, 31)
    for north in grid:
        for east in grid:
            if (here := around(drawn, Position(float(north), float(east)))) not in found:
                assert thin(drawn, Position(float(north), float(east))), here


def thin(drawn: tuple[Area, ...], position: Position) -> bool:
    """Whether the position lies so near an edge that rounding may have put it there."""
    near = [Position(position.latitude + up, position.longitude + across) for up in (0, 1e-8) for across in (0, 1e-8)]
    return len({around(drawn, one) for one in near}) > 1


@settings(max_examples=40)
@given(st.integers(0, 10**9))
def test_containment_and_overlap_are_those_of_geometry(seed: int) -> None:
    """Which area contains, overlaps or avoids which is what shapely says of their shapes, where these are sound."""
    draw = Chance(seed)
    drawn = tuple(area(draw, f"area-{turn}") for turn in range(4))
    shapes = [shapely.Polygon([(one.longitude, one.latitude) for one in each.polygons[0][0]]) for each in drawn]
    found = Faces(drawn, quiet).combinations
    for one, shape in enumerate(shapes):
        for other, second in enumerate(shapes):
            if one == other or not (shape.is_valid and second.is_valid):
                continue
            both = [each for each in found if each >> one & 1 and each >> other & 1]
            alone = [each for each in found if each >> one & 1 and not each >> other & 1]
            assert bool(both) is (shape.intersection(second).area > 1e-9)
            assert bool(alone) is (shape.difference(second).area > 1e-9)


@pytest.mark.parametrize(
    ("several", "combinations"),
    [
        ((), {0}),
        ((box("a", 0, 0, 1, 1),), {0, 1}),
        ((box("a", 0, 0, 1, 1), box("b", 0, 0, 1, 1)), {0, 3}),
        ((box("a", 0, 0, 3, 3), box("b", 1, 1, 2, 2)), {0, 1, 3}),
        ((box("a", 0, 0, 1, 1), box("b", 0, 1, 1, 2)), {0, 1, 2}),
        ((box("a", 0, 0, 1, 1), box("b", 1, 0, 2, 1)), {0, 1, 2}),
        ((box("a", 0, 0, 2, 2), box("b", 1, 1, 3, 3)), {0, 1, 2, 3}),
        ((box("a", 0, 0, 2, 2), box("b", 0, 1, 2, 3), box("c", 0.5, 0.5, 1.5, 2.5)), {0, 1, 2, 3, 5, 6, 7}),
        ((box("a", 0, 0, 2, 1), box("b", 0, 1, 2, 2), box("c", 0, 0, 2, 2)), {0, 5, 6}),
        ((box("a", -90, -180, 90, 180),), {1}),
    ],
    ids=["none", "one", "twins", "within", "beside", "above", "overlap", "three", "covered by two", "the Earth"],
)
def test_known_drawings(several: tuple[Area, ...], combinations: set[int]) -> None:
    """Shared edges make no sliver, a corner on an edge is seen, and the outside is there unless there is none."""
    assert set(Faces(several, quiet).combinations) == combinations


def test_a_hole_is_outside() -> None:
    """An area in the hole of another does not overlap it; one drawn over the rim does."""
    outer, hole = box("a", 0, 0, 4, 4).polygons[0][0], box("h", 1, 1, 3, 3).polygons[0][0]
    ring = Area(name="ring", polygons=((outer, hole),))
    assert set(Faces((ring, box("b", 1.5, 1.5, 2.5, 2.5)), quiet).combinations) == {0, 1, 2}
    assert set(Faces((ring, box("b", 1, 1, 3, 3)), quiet).combinations) == {0, 1, 2}
    assert set(Faces((ring, box("b", 1.5, 1.5, 3.5, 2.5)), quiet).combinations) == {0, 1, 2, 3}


def test_progress_is_told_and_work_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits hears of it; areas that cut each other without end are refused with a remedy."""
    said: list[str] = []
    Faces(EXAMPLE.areas, said.append)
    assert "edge 0 of" in said[0]
    monkeypatch.setattr(faces, "MOST_PIECES", 10)
    with pytest.raises(Fault, match="too many pieces"):
        Faces(EXAMPLE.areas, quiet)


def test_a_chart_knows_areas_by_name_and_drawing() -> None:
    """Two versions' areas that are drawn alike are one drawing; which contain each other and which touch is known."""
    chart = Chart((EXAMPLE, EXAMPLE), quiet)
    assert chart.size == len(EXAMPLE.areas) == 3
    assert [chart.number(0, name) for name in chart.names] == [chart.number(1, name) for name in chart.names]
    kattegat, sound = (chart.number(0, name) for name in ("kattegat", "sound"))
    assert not chart.beside[kattegat] >> sound & 1
    assert chart.within[kattegat] == 1 << kattegat
    both = chart.bits(0, ("kattegat", "sound"))
    assert chart.position(both, both) is None
    assert chart.conflict(both, 0b111) == both
    place = chart.position(1 << sound, both)
    assert place is not None
    assert Region(EXAMPLE.areas[1]).holds(place)
    assert chart.areas(1, place) == ("sound",)
