"""Geodesy: distances, bearings and local planes on the Earth, points in areas, and areas that touch."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import product
from typing import TypeAlias

from comity.vocabulary.place import Area, Position

RADIUS = 6_371_008.8
"""Mean radius of the Earth, metres (IUGG)."""
NAUTICAL_MILE = 1_852.0
"""Metres."""
KNOT = NAUTICAL_MILE / 3_600
"""Metres a second."""
STILL = 0.2
"""Metres a second: what moves no faster has no course."""
MOST_PAIRS = 100_000
"""Pairs of edges looked at before two areas are taken to touch."""

_Edge: TypeAlias = tuple[Position, Position]
_Box: TypeAlias = tuple[float, float, float, float]


def distance(one: Position, other: Position) -> float:
    """Return the great-circle distance in metres (haversine on the mean sphere: within 0.6 % of the ellipsoid)."""
    phi_a, phi_b = math.radians(one.latitude), math.radians(other.latitude)
    half_phi = (phi_b - phi_a) / 2
    half_lambda = math.radians(other.longitude - one.longitude) / 2
    root = math.sin(half_phi) ** 2 + math.cos(phi_a) * math.cos(phi_b) * math.sin(half_lambda) ** 2
    return 2 * RADIUS * math.asin(math.sqrt(min(root, 1.0)))


EQUATOR = 6_378_137.0
SQUARED = 0.006_694_379_990_141_317
"""Equatorial radius in metres and squared eccentricity of the WGS 84 ellipsoid."""


def earth_centred(latitude: float, longitude: float) -> tuple[float, float, float]:
    """Return the Cartesian coordinates in metres of a point on the ellipsoid, given in degrees (EPSG 9602)."""
    phi, lam = math.radians(latitude), math.radians(longitude)
    across = EQUATOR / math.sqrt(1 - SQUARED * math.sin(phi) ** 2)
    level = across * math.cos(phi)
    return level * math.cos(lam), level * math.sin(lam), across * (1 - SQUARED) * math.sin(phi)


def arc(chord: float) -> float:
    """Return metres along the surface between two points that lie `chord` metres apart in a straight line.

    The way over a sphere of the mean radius on that chord: how far the Earth's curvature differs from the sphere's
    comes in only with the third power of the distance. Good to 1 m up to 400 km, to 20 m up to 1,000 km.
    """
    return 2 * RADIUS * math.asin(min(chord / (2 * RADIUS), 1.0))


def geodesic(one: Position, other: Position) -> float:
    """Return the distance over the WGS 84 ellipsoid in metres, as good as `arc` is."""
    return arc(math.dist(earth_centred(one.latitude, one.longitude), earth_centred(other.latitude, other.longitude)))


def offset(origin: Position, east: float, north: float) -> Position:
    """Return the position that lies so many metres east and north, on the plane that touches at `origin`.

    Straight lines in degrees are straight on it. Within 50 km, lengths from the origin are good to 0.3 % up to 60
    degrees of latitude and to 0.9 % up to 80, and nearer by in proportion better.
    """
    latitude = origin.latitude + math.degrees(north / RADIUS)
    scale = max(math.cos(math.radians(origin.latitude)), 1e-9)
    longitude = origin.longitude + math.degrees(east / (RADIUS * scale))
    return Position(max(-90.0, min(90.0, latitude)), wrapped(longitude))


def plane(origin: Position, position: Position) -> tuple[float, float]:
    """Return metres east and north of `origin`: the inverse of `offset`."""
    scale = max(math.cos(math.radians(origin.latitude)), 1e-9)
    across = wrapped(position.longitude - origin.longitude)
    return math.radians(across) * RADIUS * scale, math.radians(position.latitude - origin.latitude) * RADIUS


def over_ground(east: float, north: float) -> tuple[float, float | None]:
    """Return speed and course of what moves so many metres a second east and north; no course where it lies still."""
    speed = math.hypot(east, north)
    course = math.degrees(math.atan2(east, north)) % 360.0 if speed > STILL else None
    return speed, 0.0 if course == 360.0 else course


def wrapped(longitude: float) -> float:
    """Return the longitude in [-180, 180)."""
    return (longitude + 180.0) % 360.0 - 180.0


def contains(area: Area, position: Position) -> bool:
    """Whether the area holds the position; a point on an edge belongs to the side that the crossing rule gives it."""
    return any(
        _in_ring(rings[0], position) and not any(_in_ring(hole, position) for hole in rings[1:])
        for rings in area.polygons
        if rings
    )


def _in_ring(ring: tuple[Position, ...], position: Position) -> bool:
    inside = False
    before = ring[-1]
    for corner in ring:
        if (corner.latitude > position.latitude) != (before.latitude > position.latitude):
            share = (position.latitude - corner.latitude) / (before.latitude - corner.latitude)
            if position.longitude < corner.longitude + share * (before.longitude - corner.longitude):
                inside = not inside
        before = corner
    return inside


def touches(one: Area, other: Area) -> bool:
    """Whether the two areas have a point in common; yes where that would take too long to tell."""
    common = _overlap(_box(_corners(one)), _box(_corners(other)))
    if common is None:
        return False
    near = [[edge for edge in _edges(area) if _overlap(_box(edge), common)] for area in (one, other)]
    if len(near[0]) * len(near[1]) > MOST_PAIRS or any(_cross(*pair) for pair in product(*near)):
        return True
    return _begins_in(one, other) or _begins_in(other, one)


def _begins_in(inner: Area, outer: Area) -> bool:
    """Whether a polygon of an area begins in another whose edges it does not cross: then all of it lies there."""
    return any(contains(outer, rings[0][0]) for rings in inner.polygons if rings and rings[0])


def _corners(area: Area) -> list[Position]:
    return [corner for rings in area.polygons for ring in rings for corner in ring]


def _edges(area: Area) -> Iterator[_Edge]:
    for rings in area.polygons:
        for ring in rings:
            yield from zip(ring, (*ring[1:], *ring[:1]), strict=True)


def _box(points: list[Position] | _Edge) -> _Box | None:
    """Return south, north, west and east of the points; None if there are none."""
    if not points:
        return None
    latitudes, longitudes = [one.latitude for one in points], [one.longitude for one in points]
    return min(latitudes), max(latitudes), min(longitudes), max(longitudes)


def _overlap(one: _Box | None, other: _Box | None) -> _Box | None:
    if one is None or other is None:
        return None
    south, north = max(one[0], other[0]), min(one[1], other[1])
    west, east = max(one[2], other[2]), min(one[3], other[3])
    return (south, north, west, east) if south <= north and west <= east else None


def _cross(one: _Edge, other: _Edge) -> bool:
    """Whether two edges have a point in common."""
    apart = _side(one, other[0]) * _side(one, other[1]) > 0 or _side(other, one[0]) * _side(other, one[1]) > 0
    return not apart and _overlap(_box(one), _box(other)) is not None


def _side(edge: _Edge, point: Position) -> float:
    """Return on which side of the edge the point lies, by its sign; 0 on the line."""
    begin, end = edge
    east, north = end.longitude - begin.longitude, end.latitude - begin.latitude
    return east * (point.latitude - begin.latitude) - north * (point.longitude - begin.longitude)
