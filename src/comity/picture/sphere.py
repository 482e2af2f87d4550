"""The sphere: from one point in space to another, in metres east and north of the first, and back. Compiled.

Local tangent planes, with the arc's length in place of the chord's: exact along great circles at every distance.
Directions are carried along the way, so that a course over a pole stays the course it was.
"""

from __future__ import annotations

import math

import numpy as np

from comity.foundation.compiled import compiled
from comity.foundation.geodesy import RADIUS
from comity.picture.arrays import Floats

_R = RADIUS
_POLE = 1e-3
"""Metres from the axis within which east is taken as at longitude 0."""


@compiled
def axes(x: float, y: float, z: float) -> tuple[float, float, float, float, float]:
    """Return east (its x and y; its z is 0) and north (x, y, z) at a point, as unit vectors."""
    across = math.hypot(x, y)
    east_x, east_y = (-y / across, x / across) if across > _POLE else (0.0, 1.0)
    return east_x, east_y, -z * east_y / _R, z * east_x / _R, (x * east_y - y * east_x) / _R


@compiled
def away(one: Floats, other: Floats, flat: bool) -> tuple[float, float]:  # noqa: FBT001 - compiled code has no keywords
    """Return metres east and north from one point to another, along the great circle."""
    x, y, z = other[0] - one[0], other[1] - one[1], other[2] - one[2]
    if flat:
        return x, y
    east_x, east_y, north_x, north_y, north_z = axes(one[0], one[1], one[2])
    east, north = x * east_x + y * east_y, x * north_x + y * north_y + z * north_z
    chord = math.sqrt(x * x + y * y + z * z)
    if chord < 2_000.0:
        return east, north
    level = math.hypot(east, north)
    arc = 2.0 * _R * math.asin(min(chord / (2.0 * _R), 1.0))
    scale = arc / max(level, 1e-9)
    return east * scale, north * scale


@compiled
def moved(place: Floats, east: float, north: float, flat: bool) -> tuple[float, float]:  # noqa: FBT001
    """Move the point in place; return cosine and sine of the angle by which directions turn to the left there."""
    if flat:
        place[0] += east
        place[1] += north
        return 1.0, 0.0
    length = math.hypot(east, north)
    if length < 1e-6:
        return 1.0, 0.0
    east_x, east_y, north_x, north_y, north_z = axes(place[0], place[1], place[2])
    a, b = east / length, north / length
    ahead_x, ahead_y, ahead_z = a * east_x + b * north_x, a * east_y + b * north_y, b * north_z
    left_x, left_y, left_z = a * north_x - b * east_x, a * north_y - b * east_y, a * north_z
    cosine, sine = math.cos(length / _R), math.sin(length / _R)
    then_x = cosine * ahead_x - sine * place[0] / _R
    then_y = cosine * ahead_y - sine * place[1] / _R
    then_z = cosine * ahead_z - sine * place[2] / _R
    place[0] = cosine * place[0] + sine * _R * ahead_x
    place[1] = cosine * place[1] + sine * _R * ahead_y
    place[2] = cosine * place[2] + sine * _R * ahead_z
    scale = _R / math.sqrt(place[0] ** 2 + place[1] ** 2 + place[2] ** 2)  # or errors of rounding would add up
    place[0] *= scale
    place[1] *= scale
    place[2] *= scale
    new = axes(place[0], place[1], place[2])
    was_x, was_y, was_z = a * then_x - b * left_x, a * then_y - b * left_y, a * then_z - b * left_z
    return was_x * new[0] + was_y * new[1], was_x * new[2] + was_y * new[3] + was_z * new[4]


def points(degrees: Floats) -> Floats:
    """Return the points in space, (n, 3), of rows of latitude and longitude in degrees."""
    phi, lam = np.radians(degrees[:, 0]), np.radians(degrees[:, 1])
    level = np.cos(phi)
    return _R * np.column_stack([level * np.cos(lam), level * np.sin(lam), np.sin(phi)])


def degrees(places: Floats) -> Floats:
    """Return latitude and longitude in degrees of points in space: the inverse of `points`."""
    level = np.hypot(places[:, 0], places[:, 1])
    longitude = np.degrees(np.arctan2(places[:, 1], places[:, 0]))
    longitude = np.where(longitude >= 180.0, -180.0, longitude)
    return np.column_stack([np.degrees(np.arctan2(places[:, 2], level)), longitude])
