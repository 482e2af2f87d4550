"""A raster over many polygons: which of them hold a point, by a lookup and a few edges.

The Earth is cut into squares of one degree, and those in which there is a polygon into cells. A cell knows of every
polygon whether it holds all of the cell, or else which edges decide: those of the cell's row that do not lie wholly to
the west of it; edges to the east that span the row are counted beforehand. The decision on an edge is computed as
`foundation.geodesy.contains` does, so that the answers are the same to the last bit wherever holes lie within their
outer ring.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeAlias

import msgspec
import numpy as np

from comity.foundation.compiled import compiled
from comity.foundation.geodesy import RADIUS
from comity.picture.cells import (
    Filled,
    Floats,
    Truths,
    Whole,
    by_row,
    column_of,
    fill_row,
    odd_of,
    row_of,
    touched_by,
)
from comity.vocabulary.fault import Fault
from comity.vocabulary.place import Area

_FINEST, _COARSEST = 128, 1
"""Cells to a degree."""
_ACROSS = 16.0
"""Cells that a middling polygon should measure from side to side."""
_MOST_CELLS = 1 << 22
_MOST_ENTRIES = 1 << 25
_DOUBT = 1e-9
"""Degrees by which a cell is taken to be larger than it is."""


class Parts(msgspec.Struct, frozen=True):
    """Polygons as arrays: the edges of one follow each other, as (latitude, longitude) of an end and the other."""

    edges: Floats
    first: Whole
    """Where the edges of each polygon begin; one longer than there are polygons."""
    area: Whole
    """The number of the area that each polygon is of."""


Index: TypeAlias = tuple[int, Whole, Whole, Whole, Truths, Whole, Whole, Floats]
"""The raster, in the order in which machine code takes it apart; entries of a cell are in the order of the polygons.

Cells to a degree; for each square of one degree the number of its cells' group, or -1; where the entries of each cell
begin; of each entry its area, whether what was counted beforehand leaves it inside, and two ends in the next; the
numbers of the edges to be looked at; the edges.
"""


def parts_of(areas: Sequence[Area]) -> Parts:
    """Return the polygons of the areas as arrays."""
    edges: list[tuple[float, float, float, float]] = []
    first, area = [0], list[int]()
    for number, one in enumerate(areas):
        for rings in one.polygons:
            for ring in rings:
                for corner, before in zip(ring, (ring[-1], *ring[:-1]), strict=True):
                    edges.append((corner.latitude, corner.longitude, before.latitude, before.longitude))
            first.append(len(edges))
            area.append(number)
    flat = np.array(edges, dtype=np.float64).reshape(-1, 4)
    return Parts(flat, np.array(first, dtype=np.int64), np.array(area, dtype=np.int64))


class Raster:
    """A raster over areas, numbered in their order."""

    def __init__(self, areas: Sequence[Area]) -> None:
        """Make it.

        Raises:
            Fault: together they span so much that it would not fit into memory.
        """
        parts = parts_of(areas)
        self._parts, self._boxes, self._most = parts, _boxes(parts), max(len(areas), 1)
        self._index = indexed(parts, self._boxes)

    def at(self, latitude: float, longitude: float, found: Whole) -> int:
        """Put the numbers of the areas that hold the point into `found`, one longer at most than there are areas."""
        if not (-90.0 <= latitude <= 90.0 and -180.0 <= longitude <= 180.0):
            return 0
        return at_point(latitude, longitude, self._index, found)

    def at_many(self, latitudes: Floats, longitudes: Floats) -> tuple[Whole, Whole]:
        """Return the numbers of points and beside each that of an area that holds it; every point must be one."""
        return at_points(np.asarray(latitudes, float), np.asarray(longitudes, float), self._index, self._most)

    def to_edge(self, area: int, latitude: float, longitude: float) -> float:
        """Return metres to the nearest edge of the area on the plane at the point; infinite if it has none."""
        low, high = np.searchsorted(self._parts.area, [area, area + 1])
        first, last = int(self._parts.first[low]), int(self._parts.first[high])
        return to_edges(self._parts.edges, first, last, latitude, longitude)

    def boxed(self, latitude: float, longitude: float, metres: float) -> tuple[int, ...]:
        """Return the numbers of the areas of which the box around a polygon comes so near, and some beyond."""
        up = math.degrees(metres / RADIUS) * 1.001
        across = up / max(math.cos(math.radians(min(abs(latitude) + up, 90.0))), 0.01)
        south, west, north, east = self._boxes.T
        near = (south <= latitude + up) & (north >= latitude - up)
        beside = np.zeros_like(near)
        for turn in (-360.0, 0.0, 360.0):
            beside |= (west <= longitude + turn + across) & (east >= longitude + turn - across)
        return tuple(np.unique(self._parts.area[near & beside]).tolist())


def indexed(parts: Parts, boxes: Floats) -> Index:
    """Return the raster over the polygons, or raise the fault that they span too much."""
    fine = _fineness(boxes)
    block, groups = _squares(boxes)
    counts, sizes = np.zeros(groups * fine * fine + 1, dtype=np.int64), np.zeros(2, dtype=np.int64)
    _every(parts, boxes, (fine, block), counts, sizes, _room(0, 0))
    begin = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(counts[:-1])))
    filled = _room(int(sizes[0]), int(sizes[1]))
    sizes[:] = 0
    _every(parts, boxes, (fine, block), begin[:-1].copy(), sizes, filled)
    return (fine, block, begin, *filled, parts.edges)


def _room(entries: int, looked_at: int) -> Filled:
    return (
        np.zeros(entries, dtype=np.int64),
        np.zeros(entries, dtype=np.bool_),
        np.zeros(2 * entries, dtype=np.int64),
        np.zeros(looked_at, dtype=np.int64),
    )


def _boxes(parts: Parts) -> Floats:
    """Return south, west, north and east of each polygon."""
    boxes = np.zeros((len(parts.area), 4))
    for number in range(len(parts.area)):
        edges = parts.edges[parts.first[number] : parts.first[number + 1]]
        if len(edges):
            boxes[number] = (*edges[:, :2].min(axis=0), *edges[:, :2].max(axis=0))
    return boxes


def _fineness(boxes: Floats) -> int:
    """Return how many cells to a degree suit polygons of these boxes."""
    if not len(boxes):
        return _COARSEST
    extent = max(float(np.median(np.maximum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]))), 1e-6)
    fine = max(_COARSEST, min(_FINEST, math.ceil(_ACROSS / extent)))
    spans = np.floor(boxes[:, 2:]) - np.floor(boxes[:, :2]) + 1.0
    while fine > _COARSEST and _too_many(boxes, spans, fine):
        fine = max(_COARSEST, fine // 2)
    if _too_many(boxes, spans, fine):
        raise Fault("the areas cover too much together", remedy="Leave out or cut areas that span continents.")
    return fine


def _too_many(boxes: Floats, spans: Floats, fine: int) -> bool:
    entries = ((boxes[:, 2:] - boxes[:, :2]) * fine + 2.0).prod(axis=1).sum()
    squares = min(float(spans.prod(axis=1).sum()), 180.0 * 360.0)
    return bool(entries > _MOST_ENTRIES or squares * fine * fine > _MOST_CELLS)


def _squares(boxes: Floats) -> tuple[Whole, int]:
    """Return for each square of one degree its number among those in which a polygon may be, and how many those are."""
    held = np.zeros((180, 360), dtype=np.bool_)
    for south, west, north, east in boxes:
        rows = slice(_square(south - _DOUBT, 90, 180), _square(north + _DOUBT, 90, 180) + 1)
        held[rows, _square(west - _DOUBT, 180, 360) : _square(east + _DOUBT, 180, 360) + 1] = True
    block = np.full(180 * 360, -1, dtype=np.int64)
    chosen = np.flatnonzero(held.ravel())
    block[chosen] = np.arange(len(chosen))
    return block, len(chosen)


def _square(degrees: float, shift: int, most: int) -> int:
    return max(0, min(most - 1, math.floor(degrees + shift)))


def _every(parts: Parts, boxes: Floats, grid: tuple[int, Whole], place: Whole, sizes: Whole, filled: Filled) -> None:
    """Go through all polygons, row by row: first to count what there will be, then to fill it in."""
    fine = grid[0]
    for number in range(len(parts.area)):
        first, last = int(parts.first[number]), int(parts.first[number + 1])
        if first == last:
            continue
        south, west, north, east = (float(side) for side in boxes[number])
        low, high = row_of(south - _DOUBT, fine), row_of(north + _DOUBT, fine)
        left, right = column_of(west - _DOUBT, fine), column_of(east + _DOUBT, fine)
        row_first, row_edges = by_row(parts.edges[first:last], first, (low, high), fine)
        for row in range(low, high + 1):
            held = row_edges[row_first[row - low] : row_first[row - low + 1]]
            touched = touched_by(parts.edges, held, (row, left, right), fine)
            fill_row(parts.edges, held, touched, (row, left, int(parts.area[number])), grid, (place, sizes), filled)


@compiled
def at_point(latitude: float, longitude: float, raster: Index, found: Whole) -> int:
    """Put the numbers of the areas that hold the point into `found`, and return how many there are."""
    fine, block, begin, area, inside, span, index, edges = raster
    row, column = row_of(latitude, fine), column_of(longitude, fine)
    group = block[(row // fine) * 360 + column // fine]
    if group < 0:
        return 0
    cell = (group * fine + row % fine) * fine + column % fine
    count = 0
    for entry in range(begin[cell], begin[cell + 1]):
        odd = inside[entry]
        if odd_of(edges, index[span[2 * entry] : span[2 * entry + 1]], latitude, longitude):
            odd = not odd
        if odd and (count == 0 or found[count - 1] != area[entry]):
            found[count] = area[entry]
            count += 1
    return count


@compiled
def at_points(latitudes: Floats, longitudes: Floats, raster: Index, most: int) -> tuple[Whole, Whole]:
    """Return the numbers of points and beside each that of an area that holds it, by point and then by area."""
    points, areas = np.empty(len(latitudes), dtype=np.int64), np.empty(len(latitudes), dtype=np.int64)
    found, count = np.empty(most, dtype=np.int64), 0
    for point in range(len(latitudes)):
        held = at_point(latitudes[point], longitudes[point], raster, found)
        if count + held > len(points):
            points, areas = _longer(points, held), _longer(areas, held)
        for place in range(held):
            points[count], areas[count] = point, found[place]
            count += 1
    return points[:count].copy(), areas[:count].copy()


@compiled
def _longer(array: Whole, more: int) -> Whole:
    longer = np.empty(2 * len(array) + more, dtype=np.int64)
    longer[: len(array)] = array
    return longer


@compiled
def to_edges(edges: Floats, first: int, last: int, latitude: float, longitude: float) -> float:
    """Return metres from the point to the nearest of these edges, on the plane that touches there."""
    north, nearest = math.pi / 180.0 * RADIUS, np.inf
    east = north * max(math.cos(math.radians(latitude)), 1e-9)
    for edge in range(first, last):
        y = (edges[edge, 0] - latitude) * north
        x = ((edges[edge, 1] - longitude + 180.0) % 360.0 - 180.0) * east
        up = (edges[edge, 2] - edges[edge, 0]) * north
        right = (edges[edge, 3] - edges[edge, 1]) * east
        length = up * up + right * right
        share = 0.0 if length == 0.0 else min(max(-(x * right + y * up) / length, 0.0), 1.0)
        nearest = min(nearest, math.hypot(x + share * right, y + share * up))
    return nearest
