"""Geodesy: distances, bearings and local planes on the Earth, and points in areas."""

from __future__ import annotations

import math

from comity.vocabulary.place import Area, Position

RADIUS = 6_371_008.8
"""Mean radius of the Earth, metres (IUGG)."""
NAUTICAL_MILE = 1_852.0
"""Metres."""
KNOT = NAUTICAL_MILE / 3_600
"""Metres a second."""


def distance(one: Position, other: Position) -> float:
    """Return the great-circle distance in metres (haversine on the mean sphere: within 0.6 % of the ellipsoid)."""
    phi_a, phi_b = math.radians(one.latitude), math.radians(other.latitude)
    half_phi = (phi_b - phi_a) / 2
    half_lambda = math.radians(other.longitude - one.longitude) / 2
    root = math.sin(half_phi) ** 2 + math.cos(phi_a) * math.cos(phi_b) * math.sin(half_lambda) ** 2
    return 2 * RADIUS * math.asin(math.sqrt(min(root, 1.0)))


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
