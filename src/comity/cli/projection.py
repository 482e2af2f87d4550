"""A projection: the part of the globe that a chart shows, and where a place lies on it. Mercator's, north up."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from comity.foundation.geodesy import RADIUS
from comity.vocabulary.place import Position

WIDTH = 1_100.0
"""Of the map, pixels."""
_TALLEST, _FLATTEST = 1.25, 2.2
"""Width to height: what is taller or flatter gets more to its sides."""
_MANY = 200
"""From so many places on, the farthest half of a hundredth does not widen the map: one false position is enough."""
_LEAST = 0.02
"""Degrees that a map spans at least."""
_POLE = 85.0


class Projection:
    """From places to pixels, for a map that shows all of them, across the antimeridian if they lie there."""

    def __init__(self, places: Sequence[Position]) -> None:
        self.middle = _middle(places)
        """The longitude from which `west` and `east` are measured."""
        south, north, west, east = self._bounds(places)
        low, high = mercator(south), mercator(north)
        wide, tall = east - west, high - low
        wide, tall = min(max(wide, _TALLEST * tall), 360.0), max(tall, wide / _FLATTEST)
        across, up = (west + east) / 2, (low + high) / 2
        self.west, self.east = across - wide / 2, across + wide / 2
        self._top = up + tall / 2
        self.south, self.north = _latitude(up - tall / 2), _latitude(up + tall / 2)
        self._scale = WIDTH / wide
        self.height = tall * self._scale

    def xy(self, place: Position) -> tuple[float, float]:
        """Return the pixels to the right and down."""
        return (self.across(place.longitude) - self.west) * self._scale, self.y(place.latitude)

    def x(self, across: float) -> float:
        """Return the pixels to the right of so many degrees from the middle."""
        return (across - self.west) * self._scale

    def y(self, latitude: float) -> float:
        """Return the pixels down."""
        return (self._top - mercator(latitude)) * self._scale

    def across(self, longitude: float) -> float:
        """Return the degrees from the middle, the short way round."""
        return (longitude - self.middle + 180.0) % 360.0 - 180.0

    def metres(self, pixels: float) -> float:
        """Return the length of so many pixels in the middle of the map."""
        metre = self._scale / (math.radians(1.0) * RADIUS * math.cos(math.radians((self.south + self.north) / 2)))
        return pixels / metre

    def _bounds(self, places: Sequence[Position]) -> tuple[float, float, float, float]:
        """Return south and north in degrees, west and east in degrees from the middle."""
        latitudes = np.array([place.latitude for place in places] or [0.0])
        across = np.array([self.across(place.longitude) for place in places] or [0.0])
        ends = (0.005, 0.995) if len(places) >= _MANY else (0.0, 1.0)
        south, north = (float(value) for value in np.quantile(latitudes, ends))
        west, east = (float(value) for value in np.quantile(across, ends))
        tall, wide = max(north - south, _LEAST) * 0.06, max(east - west, _LEAST) * 0.06
        return max(south - tall, -_POLE), min(north + tall, _POLE), max(west - wide, -180.0), min(east + wide, 180.0)


def mercator(latitude: float) -> float:
    """Return the height of a latitude in degrees of longitude at the equator (Snyder, USGS 1395, 7-2)."""
    limited = max(-_POLE, min(_POLE, latitude))
    return math.degrees(math.asinh(math.tan(math.radians(limited))))


def _latitude(height: float) -> float:
    """Return the latitude of a height (Snyder, USGS 1395, 7-4)."""
    return math.degrees(math.atan(math.sinh(math.radians(height))))


def _middle(places: Sequence[Position]) -> float:
    """Return the longitude round which the places lie, so that a map can cross the antimeridian."""
    angles = np.radians([place.longitude for place in places] or [0.0])
    return round(math.degrees(math.atan2(float(np.sin(angles).sum()), float(np.cos(angles).sum()))), 6)
