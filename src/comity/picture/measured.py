"""Measured: where a range and an azimuth put a plot, and how far it may be off in which direction.

Azimuth errors put plots on an arc whose mean lies nearer to the radar than the target does: what is measured is moved
outward by as much, and its covariance is that of the whole arc. Longbin, Xiaoquan, Yizu, Kang, Bar-Shalom, "Unbiased
converted measurements for tracking", IEEE Transactions on Aerospace and Electronic Systems 34 (1998), turned from the
axes into the ray.
"""

from __future__ import annotations

import math

from comity.picture.filter import displacement, moved
from comity.picture.settings import PictureSettings
from comity.vocabulary.place import Position
from comity.vocabulary.ray import Ray
from comity.vocabulary.sighting import Sighting

Noise = tuple[float, float, float]
"""The covariance of a place: of east, of east and north, of north; square metres."""


def converted(distance: float, range_error: float, azimuth_error: float) -> tuple[float, float, float]:
    """Return metres by which to move outward, and the variances along and across (metres, radians)."""
    shrunk, twice = math.exp(-(azimuth_error**2) / 2), math.exp(-2 * azimuth_error**2)
    squares = distance**2 + range_error**2
    along = (shrunk**-2 - 2) * distance**2 + squares * (1 + twice) / 2
    return distance * (1 / shrunk - 1), max(along, range_error**2), squares * (1 - twice) / 2


def outward(place: Position, ray: Ray) -> tuple[float, float]:
    """Return the direction of a ray where it arrives: a unit vector, east and north."""
    east, north = displacement(place, ray.station)
    length = math.hypot(east, north)
    return (-east / length, -north / length) if length > 0.0 else (0.0, 1.0)


def measured(sighting: Sighting, settings: PictureSettings) -> tuple[Position, Noise]:
    """Return where a sighting with a position most probably is, and the covariance of that."""
    place, ray = sighting.position or Position(0.0, 0.0), sighting.ray
    if ray is None:
        variance = settings.deviation(sighting) ** 2
        return place, (variance, 0.0, variance)
    away, along, across = converted(ray.range, ray.range_error, math.radians(ray.azimuth_error))
    east, north = outward(place, ray)
    noise = (
        along * east**2 + across * north**2,
        (along - across) * east * north,
        along * north**2 + across * east**2,
    )
    return moved(place, away * east, away * north), noise
