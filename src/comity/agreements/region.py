"""A region: an area made ready to be asked whether it holds a position, with the same answer as geodesy gives.

Its edges lie in bands of latitude, so that only those that pass near a position are looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TypeAlias

from comity.vocabulary.place import Area, Position

MOST_BANDS = 64
MOST_COPIES = 8
"""In so many bands an edge lies at most, on average: memory stays in proportion to the area."""

_LOWEST = 1e-9
"""Degrees. What is not higher is one band."""

Edge: TypeAlias = tuple[float, float, float, float, float]
"""Latitudes of both ends, longitude of the first, how much latitude and longitude it goes from there."""
_Polygon: TypeAlias = tuple[tuple[Edge, ...], ...]
"""The edges of the outline that pass a band, then those of each hole."""


class Region:
    """An area, the box around it, and its edges by bands."""

    __slots__ = ("_bands", "_scale", "area", "east", "north", "south", "west")

    def __init__(self, area: Area) -> None:
        points = [point for polygon in area.polygons for ring in polygon for point in ring]
        latitudes, longitudes = [one.latitude for one in points], [one.longitude for one in points]
        self.area = area
        self.south, self.north = min(latitudes), max(latitudes)
        self.west, self.east = min(longitudes), max(longitudes)
        rings = [[_edges(ring) for ring in polygon] for polygon in area.polygons]
        count = len(points)
        bands = max(min(MOST_BANDS, count // 4), 1)
        while bands > 1 and self._copies(rings, bands) > MOST_COPIES * count:
            bands //= 2
        self._scale = self._scaled(bands)
        self._bands = tuple(self._band(rings, number) for number in range(bands))

    def holds(self, position: Position) -> bool:
        """Whether the position lies in the area: exactly what `geodesy.contains` says."""
        latitude, longitude = position.latitude, position.longitude
        if not (self.south <= latitude < self.north and self.west <= longitude <= self.east):
            return False
        for polygon in self._bands[int((latitude - self.south) * self._scale)]:
            if _odd(polygon[0], latitude, longitude) and not any(
                _odd(hole, latitude, longitude) for hole in polygon[1:]
            ):
                return True
        return False

    def edges(self, south: float, north: float) -> Iterator[Edge]:
        """Yield at least every edge that comes into this range of latitude; one can come twice."""
        if south > self.north or north < self.south:
            return
        first, last = (
            int((min(max(one, self.south), self.north) - self.south) * self._scale) for one in (south, north)
        )
        for band in self._bands[first : last + 1]:
            for polygon in band:
                for ring in polygon:
                    yield from ring

    def _scaled(self, bands: int) -> float:
        """Return how many bands a degree holds: the latitude of the northern end falls into the last."""
        height = self.north - self.south
        return (bands - 0.5) / height if height > _LOWEST else 0.0

    def _copies(self, rings: list[list[list[Edge]]], bands: int) -> int:
        scale = self._scaled(bands)
        return sum(
            int((max(edge[0], edge[1]) - self.south) * scale) - int((min(edge[0], edge[1]) - self.south) * scale) + 1
            for polygon in rings
            for ring in polygon
            for edge in ring
        )

    def _band(self, rings: list[list[list[Edge]]], number: int) -> tuple[_Polygon, ...]:
        polygons = (
            tuple(tuple(edge for edge in ring if self._passes(edge, number)) for ring in each) for each in rings
        )
        return tuple(polygon for polygon in polygons if polygon and polygon[0])

    def _passes(self, edge: Edge, band: int) -> bool:
        """Whether the edge comes into the band. Rounding keeps the order of latitudes, so that none is missed."""
        low, high = min(edge[0], edge[1]), max(edge[0], edge[1])
        return int((low - self.south) * self._scale) <= band <= int((high - self.south) * self._scale)


def _edges(ring: tuple[Position, ...]) -> list[Edge]:
    return [
        (
            corner.latitude,
            before.latitude,
            corner.longitude,
            before.latitude - corner.latitude,
            before.longitude - corner.longitude,
        )
        for before, corner in pairwise((ring[-1], *ring))
    ]


def _odd(edges: tuple[Edge, ...], latitude: float, longitude: float) -> bool:
    """Whether a line from the position eastwards crosses an odd number of the edges."""
    inside = False
    for corner, before, start, up, across in edges:
        if (corner > latitude) != (before > latitude) and longitude < start + (latitude - corner) / up * across:
            inside = not inside
    return inside
