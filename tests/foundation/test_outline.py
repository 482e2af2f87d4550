"""What is proven: outlines tell inside from outside as shapely does, and distances as GeographicLib does."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
import shapely
from geographiclib.geodesic import Geodesic
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from comity.foundation import geodesy
from comity.foundation.outline import Outlines, _centred
from comity.vocabulary.place import Position

_NEAR = st.tuples(st.floats(-3, 3), st.floats(-3, 3))


def _ring(corners: list[tuple[float, float]], north: float, east: float) -> list[tuple[float, float]]:
    ring = [(north + up, east + across) for up, across in corners]
    return [*ring, ring[0]]


def _star(radii: list[float], north: float, east: float) -> list[tuple[float, float]]:
    """Return a ring that does not cross itself."""
    angles = [2 * math.pi * place / len(radii) for place in range(len(radii))]
    corners = [
        (radius * math.sin(angle), radius * math.cos(angle)) for radius, angle in zip(radii, angles, strict=True)
    ]
    return _ring(corners, north, east)


@settings(deadline=None)
@given(st.lists(st.floats(0.1, 2.5), min_size=3, max_size=30), st.floats(-70, 70), st.floats(-170, 170), _NEAR)
def test_inside_is_what_shapely_says(radii: list[float], north: float, east: float, away: tuple[float, float]) -> None:
    """Of any ring and place, but for places on its edge."""
    ring = _star(radii, north, east)
    point = Position(north + away[0], east + away[1])
    polygon = shapely.Polygon([(lon, lat) for lat, lon in ring])
    assume(polygon.exterior.distance(shapely.Point(point.longitude, point.latitude)) > 1e-9)
    found = Outlines([(("a",), np.array(ring))]).at(point, 1_000_000)
    assert (found["a"] < 0) == polygon.contains(shapely.Point(point.longitude, point.latitude))


def _searched(ring: list[tuple[float, float]], point: Position) -> float:
    """Return the distance to the nearest of many points on each edge, by another's calculation."""
    best = math.inf
    for (north, east), (up, across) in pairwise(ring):
        for step in range(201):
            share = step / 200
            there = (north + share * (up - north), east + share * (across - east))
            best = min(best, Geodesic.WGS84.Inverse(point.latitude, point.longitude, *there)["s12"])
    return best


@settings(deadline=None, max_examples=15)
@given(st.lists(st.floats(0.2, 1.5), min_size=3, max_size=5), st.floats(-65, 65), st.floats(-170, 170), _NEAR)
def test_distances_are_what_geographiclib_says(
    radii: list[float], north: float, east: float, away: tuple[float, float]
) -> None:
    """To 10 m and what searching along an edge in 200 steps leaves open."""
    ring = _star(radii, north, east)
    point = Position(north + away[0], east + away[1])
    found = abs(Outlines([(("a",), np.array(ring))]).at(point, 1_000_000)["a"])
    searched = _searched(ring, point)
    assert found - 10 <= searched <= math.hypot(found, 2_000) + 10


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_all_at_once_is_one_by_one(north: float, east: float) -> None:
    """The coordinates of many are those of each."""
    assert _centred(np.array([[north, east]]))[0] == pytest.approx(geodesy.earth_centred(north, east), abs=1e-6)


def test_two_owners_of_a_border() -> None:
    """Two countries with one line between them: inside of one, outside of the other, the line is both's."""
    west = [(0.0, 1.0), (0.0, 0.0), (1.0, 0.0), (1.0, 1.0)]
    east = [(1.0, 1.0), (1.0, 2.0), (0.0, 2.0), (0.0, 1.0)]
    border = [(0.0, 1.0), (1.0, 1.0)]
    found = Outlines([(("w",), np.array(west)), (("e",), np.array(east)), (("e", "w"), np.array(border))]).at(
        Position(0.5, 0.9), 400_000
    )
    assert found["w"] == pytest.approx(-11_131, abs=10)
    assert found["e"] == pytest.approx(11_131, abs=10)


def test_the_antimeridian_is_no_shore() -> None:
    """A region that is cut there has no edge there; across it the rest of the region is near."""
    box = [(0.0, 179.0), (0.0, 180.0), (1.0, 180.0), (1.0, 179.0), (0.0, 179.0)]
    outlines = Outlines([(("a",), np.array(box))])
    assert outlines.at(Position(0.5, 179.999), 400_000)["a"] == pytest.approx(-55_287, abs=50)
    assert outlines.at(Position(1.1, -179.999), 400_000)["a"] == pytest.approx(11_057, abs=20)


def test_what_is_far_is_left_out() -> None:
    box = [(0.0, 0.0), (0.0, 5.0), (5.0, 5.0), (5.0, 0.0), (0.0, 0.0)]
    outlines = Outlines([(("a",), np.array(box))])
    assert outlines.at(Position(-2.0, 2.0), 100_000) == {}
    assert outlines.at(Position(2.5, 2.5), 100_000) == {"a": -math.inf}
    assert Outlines([]).at(Position(0.0, 0.0), 100_000) == {}
