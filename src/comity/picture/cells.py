"""The making of a raster, in machine code: which cells an edge passes through, and what decides in each."""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from comity.foundation.compiled import compiled

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Truths = NDArray[np.bool_]
Filled: TypeAlias = tuple[Whole, Truths, Whole, Whole]
"""Of each entry its area, whether it is inside and two ends in the last, which holds numbers of edges."""


@compiled
def row_of(latitude: float, fine: int) -> int:
    """Return the row of cells in which the latitude lies."""
    return max(0, min(180 * fine - 1, math.floor((latitude + 90.0) * fine)))


@compiled
def column_of(longitude: float, fine: int) -> int:
    """Return the column of cells in which the longitude lies."""
    return max(0, min(360 * fine - 1, math.floor((longitude + 180.0) * fine)))


@compiled
def by_row(edges: Floats, number: int, rows: tuple[int, int], fine: int) -> tuple[Whole, Whole]:
    """Return where each row begins and, row by row, the numbers of the edges in it; the first edge's is `number`."""
    low, high = rows
    counts = np.zeros(high - low + 2, dtype=np.int64)
    for edge in range(len(edges)):
        for row in range(_lowest(edges, edge, fine), _highest(edges, edge, fine) + 1):
            counts[row - low + 1] += 1
    starts = np.cumsum(counts)
    held, filled = np.zeros(starts[-1], dtype=np.int64), starts.copy()
    for edge in range(len(edges)):
        for row in range(_lowest(edges, edge, fine), _highest(edges, edge, fine) + 1):
            held[filled[row - low]] = number + edge
            filled[row - low] += 1
    return starts, held


@compiled
def _lowest(edges: Floats, edge: int, fine: int) -> int:
    return row_of(min(edges[edge, 0], edges[edge, 2]) - 1e-9, fine)


@compiled
def _highest(edges: Floats, edge: int, fine: int) -> int:
    return row_of(max(edges[edge, 0], edges[edge, 2]) + 1e-9, fine)


@compiled
def touched_by(edges: Floats, held: Whole, where: tuple[int, int, int], fine: int) -> Truths:
    """Return which columns an edge may pass through; `where` is the row, the first column and the last."""
    row, left, right = where
    touched = np.zeros(right - left + 1, dtype=np.bool_)
    south, north = row / fine - 90.0 - 1e-9, (row + 1) / fine - 90.0 + 1e-9
    for edge in held:
        lat, lon, lat2, lon2 = edges[edge, 0], edges[edge, 1], edges[edge, 2], edges[edge, 3]
        one, other = lon, lon2
        if lat != lat2:
            slope = (lon2 - lon) / (lat2 - lat)
            one = lon + (min(max(lat, south), north) - lat) * slope
            other = lon + (min(max(lat2, south), north) - lat) * slope
        for column in range(
            max(left, column_of(min(one, other) - 1e-9, fine)), min(right, column_of(max(one, other) + 1e-9, fine)) + 1
        ):
            touched[column - left] = True
    return touched


@compiled
def odd_of(edges: Floats, held: Whole, latitude: float, longitude: float) -> bool:
    """Whether a ray to the east crosses an odd number of the edges."""
    inside = False
    for edge in held:
        lat, before = edges[edge, 0], edges[edge, 2]
        if (lat > latitude) != (before > latitude):
            share = (latitude - lat) / (before - lat)
            if longitude < edges[edge, 1] + share * (edges[edge, 3] - edges[edge, 1]):
                inside = not inside
    return inside


@compiled
def _looked_at(edges: Floats, edge: int, cell: tuple[float, float, float, float]) -> int:
    """Return 0 for an edge that tells the cell nothing, 1 for one that every ray crosses, 2 for one to be looked at."""
    south, west, north, east = cell
    if max(edges[edge, 1], edges[edge, 3]) < west - 1e-9:
        return 0
    low, high = min(edges[edge, 0], edges[edge, 2]), max(edges[edge, 0], edges[edge, 2])
    spans = low < south - 1e-9 and high > north + 1e-9
    return 1 if spans and min(edges[edge, 1], edges[edge, 3]) > east + 1e-9 else 2


@compiled
def fill_row(
    edges: Floats,
    held: Whole,
    touched: Truths,
    where: tuple[int, int, int],
    grid: tuple[int, Whole],
    counts: tuple[Whole, Whole],
    filled: Filled,
) -> None:
    """Count the entries of one polygon in one row, cell by cell and all together; where there is room, fill them in.

    `where` is the row, its first column and the number of the area; `counts` where the next entry of each cell goes,
    and how many entries and numbers of edges there are.
    """
    row, left, number = where
    fine, block = grid
    place, sizes = counts
    area, inside, span, index = filled
    south, north = row / fine - 90.0, (row + 1) / fine - 90.0
    for step in range(len(touched)):
        column = left + step
        west, east = column / fine - 180.0, (column + 1) / fine - 180.0
        begin, odd = sizes[1], False
        if touched[step]:
            for edge in held:
                kind = _looked_at(edges, edge, (south, west, north, east))
                odd = odd != (kind == 1)
                if kind == 2:
                    if len(index):
                        index[sizes[1]] = edge
                    sizes[1] += 1
        else:
            odd = odd_of(edges, held, (south + north) / 2.0, (west + east) / 2.0)
        if not odd and begin == sizes[1]:
            continue
        group = block[(row // fine) * 360 + column // fine]
        cell = (group * fine + row % fine) * fine + column % fine
        if len(area):
            entry = place[cell]
            area[entry], inside[entry] = number, odd
            span[2 * entry], span[2 * entry + 1] = begin, sizes[1]
        place[cell] += 1
        sizes[0] += 1
