"""Distances, local planes and areas."""

from __future__ import annotations

import math

import pytest
import shapely
from geographiclib.geodesic import Geodesic
from hypothesis import assume, given
from hypothesis import strategies as st

from comity.foundation import geodesy
from comity.vocabulary.place import Area, Position

_ANYWHERE = st.builds(Position, st.floats(-90, 90), st.floats(-180, 180))
_NO_POLE = st.builds(Position, st.floats(-80, 80), st.floats(-180, 180))
_METRES = st.floats(-35_000, 35_000)


def test_known_distances() -> None:
    """A degree of latitude, a quarter of the equator, and pole to pole."""
    degree = math.pi * geodesy.RADIUS / 180
    assert geodesy.distance(Position(0.0, 0.0), Position(1.0, 0.0)) == pytest.approx(degree)
    assert geodesy.distance(Position(0.0, 0.0), Position(0.0, 90.0)) == pytest.approx(90 * degree)
    assert geodesy.distance(Position(90.0, 17.0), Position(-90.0, 5.0)) == pytest.approx(180 * degree)


@given(_ANYWHERE, _ANYWHERE, _ANYWHERE)
def test_distance_is_a_metric(one: Position, two: Position, three: Position) -> None:
    """It is nothing to itself, the same both ways, never longer than half round, and no detour is shorter."""
    assert geodesy.distance(one, one) == 0
    there = geodesy.distance(one, two)
    assert there == pytest.approx(geodesy.distance(two, one), abs=1e-6)
    assert 0 <= there <= math.pi * geodesy.RADIUS
    # Near the antipode the haversine resolves a metre at best.
    assert there <= geodesy.distance(one, three) + geodesy.distance(three, two) + 1


@given(_ANYWHERE)
def test_the_antimeridian_is_no_edge(position: Position) -> None:
    """The same place by its longitude a full turn on is no distance away."""
    turned = Position(position.latitude, position.longitude + 360)
    assert geodesy.distance(position, turned) == pytest.approx(0, abs=0.01)


@given(_NO_POLE, _METRES, _METRES)
def test_plane_is_the_inverse_of_offset(origin: Position, east: float, north: float) -> None:
    """Metres east and north become a position and the same metres again, across the antimeridian too."""
    there = geodesy.offset(origin, east, north)
    assert -180 <= there.longitude < 180
    assert geodesy.plane(origin, there) == (pytest.approx(east, abs=1e-4), pytest.approx(north, abs=1e-4))


@given(_NO_POLE, _METRES, _METRES)
def test_the_plane_is_as_good_as_it_says(origin: Position, east: float, north: float) -> None:
    """Lengths on the plane are those on the sphere to 0.9 % up to 80 degrees, to 0.3 % up to 60."""
    length = math.hypot(east, north)
    assume(length > 1)
    tolerance = 0.003 if abs(origin.latitude) <= 60 else 0.009
    assert geodesy.distance(origin, geodesy.offset(origin, east, north)) == pytest.approx(length, rel=tolerance)


@given(st.floats(-1_000, 1_000))
def test_wrapped(longitude: float) -> None:
    """The longitude stays the same place and lies in [-180, 180)."""
    wrapped = geodesy.wrapped(longitude)
    assert -180 <= wrapped < 180
    assert (wrapped - longitude) / 360 == pytest.approx(round((wrapped - longitude) / 360), abs=1e-9)


Ring = tuple[Position, ...]


@st.composite
def _star(draw: st.DrawFn, smallest: float, largest: float) -> Ring:
    """Return a ring around the origin of a plane in degrees, of any shape that sees its whole inside from there."""
    radii = draw(st.lists(st.floats(smallest, largest), min_size=3, max_size=12))
    turns = [2 * math.pi * number / len(radii) for number in range(len(radii))]
    ring = [Position(56 + r * math.sin(a), 11 + r * math.cos(a)) for r, a in zip(radii, turns, strict=True)]
    return (*ring, ring[0]) if draw(st.booleans()) else tuple(ring)


def _shape(ring: Ring) -> list[tuple[float, float]]:
    return [(corner.longitude, corner.latitude) for corner in ring]


@given(_star(2, 5), _star(0.2, 0.9), st.floats(-6, 6), st.floats(-6, 6))
def test_contains_agrees_with_shapely(outer: Ring, hole: Ring, north: float, east: float) -> None:
    """A point lies in a ring with a hole exactly if an independent library says so, edges aside."""
    area = Area(name="bay", polygons=((outer, hole),))
    polygon = shapely.Polygon(_shape(outer), [_shape(hole)])
    point = shapely.Point(11 + east, 56 + north)
    assume(polygon.boundary.distance(point) > 1e-9)
    assert geodesy.contains(area, Position(56 + north, 11 + east)) == polygon.contains(point)


def test_areas_of_none_and_of_several() -> None:
    """An area without polygons holds nothing; one of two holds what either holds."""

    def square(west: float) -> tuple[Ring]:
        return ((Position(0.0, west), Position(0.0, west + 1), Position(1.0, west + 1), Position(1.0, west)),)

    assert not geodesy.contains(Area(name="none", polygons=()), Position(0.5, 0.5))
    assert not geodesy.contains(Area(name="empty", polygons=((),)), Position(0.5, 0.5))
    two = Area(name="two", polygons=(square(0), square(5)))
    assert [geodesy.contains(two, Position(0.5, longitude)) for longitude in (0.5, 3.0, 5.5)] == [True, False, True]


@given(st.integers(0, 10), st.integers(0, 10))
def test_neighbours_share_no_point(row: int, column: int) -> None:
    """A point on the edge between areas that meet belongs to exactly one of them."""
    squares = [
        Area(name=f"{south}-{west}", polygons=((_square(south, west),),)) for south in range(4) for west in range(4)
    ]
    point = Position(0.5 + row * 0.25, 0.5 + column * 0.25)
    assert sum(geodesy.contains(square, point) for square in squares) == 1


def _square(south: int, west: int) -> Ring:
    return tuple(Position(float(south + up), float(west + right)) for up, right in ((0, 0), (0, 1), (1, 1), (1, 0)))


def _there(origin: Position, azimuth: float, metres: float) -> Position:
    found = Geodesic.WGS84.Direct(origin.latitude, origin.longitude, azimuth, metres)
    return Position(found["lat2"], found["lon2"])


@given(_ANYWHERE, st.floats(0, 360), st.floats(0, 1_000_000))
def test_geodesic_is_as_good_as_it_says(origin: Position, azimuth: float, metres: float) -> None:
    """Against GeographicLib: 1 m up to 400 km, 20 m up to 1,000 km, anywhere and in any direction."""
    tolerance = 1 if metres <= 400_000 else 20
    assert geodesy.geodesic(origin, _there(origin, azimuth, metres)) == pytest.approx(metres, abs=tolerance)


@given(_ANYWHERE, _ANYWHERE)
def test_geodesic_is_the_same_both_ways(one: Position, two: Position) -> None:
    assert geodesy.geodesic(one, two) == geodesy.geodesic(two, one)
    assert geodesy.geodesic(one, one) == 0
