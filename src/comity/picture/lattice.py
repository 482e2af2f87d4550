"""The lattice: plots sorted by the square cells that they lie over, to find those near a place. Compiled.

Cells lie on the plane of two of the three axes, those along which the plots lie furthest apart. Their rows and columns
begin anew after so many, so that the table is never larger than the scan; plots that only share a place in it are
sifted out by their distance, which is measured in space.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from comity.foundation.compiled import compiled
from comity.picture.arrays import Floats, Whole

ACROSS = 6.0
"""Cells that may be reached over to each side: with the middle one fewer than..."""
_LEAST_SIDE = 16
"""...the cells to each side of the smallest table."""


class Lattice(NamedTuple):
    """The plots of one scan."""

    cell: float
    """Metres: the side of a cell."""
    axes: tuple[int, int]
    """Which of x, y and z span the plane."""
    side: int
    """Cells to each side of the table, a power of two."""
    start: Whole
    """(side * side + 1,) Where the plots of each place in the table begin, row by row."""
    plot: Whole
    """(m,) The plots in that order, and..."""
    place: Floats
    """(m, 3) ...where they are."""


@compiled
def plane(places: Floats) -> tuple[int, int]:
    """Return the two axes along which places lie furthest apart."""
    across = np.zeros(3)
    for axis in range(3):
        least, most = math.inf, -math.inf
        for at in range(len(places)):
            least, most = min(least, places[at, axis]), max(most, places[at, axis])
        across[axis] = most - least
    if across[2] <= min(across[0], across[1]):
        return 0, 1
    return (0, 2) if across[1] <= across[0] else (1, 2)


@compiled
def sorted_by_cell(places: Floats, cell: float) -> Lattice:
    """Return the plots by cells."""
    count, axes, side = len(places), plane(places), _LEAST_SIDE
    while side * side < 2 * count:
        side *= 2
    start, at = np.zeros(side * side + 2, np.int64), np.empty(count, np.int64)
    for plot in range(count):
        column, row = math.floor(places[plot, axes[0]] / cell), math.floor(places[plot, axes[1]] / cell)
        at[plot] = (row & (side - 1)) * side + (column & (side - 1))
        start[at[plot] + 2] += 1
    for index in range(side * side):
        start[index + 2] += start[index + 1]
    number, place = np.empty(count, np.int64), np.empty((count, 3))
    for plot in range(count):  # as each place is filled, its begin becomes the next one's
        here = start[at[plot] + 1]
        start[at[plot] + 1] = here + 1
        number[here] = plot
        for axis in range(3):
            place[here, axis] = places[plot, axis]
    return Lattice(cell, axes, side, start, number, place)


@compiled
def gather(place: Floats, reach: float, lattice: Lattice, near: Whole) -> int:
    """Put the plots within `reach` metres in a straight line of a place into `near`; return how many.

    No more than `ACROSS` cells may be reached over.
    """
    cell, side, found = lattice.cell, lattice.side, 0
    one, other = place[lattice.axes[0]], place[lattice.axes[1]]
    low, high = math.floor((one - reach) / cell), math.floor((one + reach) / cell)
    for row in range(math.floor((other - reach) / cell), math.floor((other + reach) / cell) + 1):
        column = low
        while column <= high:  # cells side by side, plots in one run: two runs where columns begin anew
            first = column & (side - 1)
            last = min(first + high - column, side - 1)
            base = (row & (side - 1)) * side
            for at in range(lattice.start[base + first], lattice.start[base + last + 1]):
                squared = 0.0
                for axis in range(3):
                    squared += (lattice.place[at, axis] - place[axis]) ** 2
                if squared <= reach * reach:
                    near[found] = lattice.plot[at]
                    found += 1
            column += last - first + 1
    return found
