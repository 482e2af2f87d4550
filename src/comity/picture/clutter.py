"""Clutter: what one sensor reports where, learned as it goes, cell by cell.

Three rates a cell: how many plots a scan come of nothing known; which share of those proves to be something; how
probable it is that something there is seen. A cell begins with what the sensor shows elsewhere, that with what the
settings expect, and soon believes its own counts. What was long ago fades. A cell that has never had a plot is not
watched: nothing is missed there.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import msgspec
import numpy as np

from comity.foundation.compiled import compiled
from comity.foundation.geodesy import RADIUS
from comity.picture.arrays import Floats, Rows, Whole
from comity.picture.gating import key, slot

_R = RADIUS
VERDICT = 3
"""Looks after which a track has shown whether its first plot was of something."""
_FADES = 0.95
"""What a scan's counts are worth one scan later."""
_SCANS, _PLOTS, _CHANCES = 0.2, 10.0, 20.0
"""What an expectation weighs against counts: scans of clutter, first plots, chances to be seen."""
_MEMORY = 300.0
"""First plots that are remembered: what is new comes in waves."""
_SURE = 0.9
"""Existence from which a track's plots and misses tell how well the sensor sees."""
_MOST_CELLS = 1 << 16
"""Cells of one sensor; what lies beyond them goes by the sensor's whole."""


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """What is expected of a sensor before it has shown itself."""

    clutter: float = 1e-6
    """Plots of nothing, a scan and square metre."""
    birth: float = 1e-7
    """Things newly seen, a scan and square metre."""
    seen: float = 0.9
    """The probability that something is seen by a scan."""
    cell: float = 10_000.0
    """Metres: the side of a cell."""

    @property
    def share(self) -> float:
        """The share of plots of nothing known that are of something, within what can be mended by counting."""
        return min(max(self.birth / (self.birth + self.clutter), 0.02), 0.3)


class Cells(NamedTuple):
    """The cells of one sensor: a hash of their numbers, and a row of counts each; the first is the sensor's whole."""

    keys: Whole
    rows: Whole
    used: Whole
    """(1,) How many rows are taken."""
    box: Floats
    """(n, 4) West, east, south, north of the plots so far, metres."""
    points: Floats
    """(n,) How many those were."""
    fresh: Floats
    """(n,) Plots of nothing known, and..."""
    scans: Floats
    """(n,) ...in how many scans."""
    proved: Floats
    """(n,) First plots that proved to be of something, of..."""
    tried: Floats
    """(n,) ...so many."""
    found: Floats
    """(n,) Plots of what is surely there, of..."""
    chances: Floats
    """(n,) ...so many that could have been."""


class Rates:
    """The rates of one sensor."""

    def __init__(self, expected: Expected, *, flat: bool = False) -> None:
        self.expected = expected
        self._flat = flat
        self.cells = _made(64)
        self._wanted = np.array([expected.clutter, expected.share, expected.seen, expected.cell])

    def copy(self) -> Rates:
        """Return the same rates, to go on by themselves."""
        other = Rates(self.expected, flat=self._flat)
        other.cells = Cells(*(array.copy() for array in self.cells))  # type: ignore[arg-type]
        return other

    @property
    def size(self) -> int:
        """Bytes of what is counted."""
        return sum(array.nbytes for array in self.cells)

    def located(self, places: Floats) -> Whole:
        """Return the row of the cell of each plot, made where it is new."""
        while self.cells.used[0] + len(places) > len(self.cells.points) <= _MOST_CELLS:
            self.cells = _grown(self.cells)
        return locate(self.cells, places, self.expected.cell, self._flat)

    def density(self, at: Whole) -> Floats:
        """Return how many plots of nothing known are expected in those cells, a scan and square metre."""
        return density(self.cells, at, self._wanted)

    def share(self, at: Whole) -> Floats:
        """Return which share of those is expected to be of something."""
        return share(self.cells, at, self._wanted)

    def seen(self, rows: Rows, chosen: Whole) -> tuple[Whole, Floats]:
        """Return the cell of each track, -1 where the sensor does not watch, and how probable it is seen there."""
        return seen(self.cells, rows, chosen, self._wanted, self._flat)

    def usual(self) -> float:
        """Return how probable it is that the sensor sees something where it looks."""
        return float((_CHANCES * self.expected.seen + self.cells.found[0]) / (_CHANCES + self.cells.chances[0]))

    def learn(self, at: Whole, fresh: Floats, part: float) -> None:
        """Count the plots of one scan that are of nothing known; `part` of a whole scan over all cells."""
        learn(self.cells, at, fresh, part)


def _made(rows: int) -> Cells:
    keys, index = np.full(4 * rows, -1, np.int64), np.zeros(4 * rows, np.int64)
    counts = [np.zeros(rows) for _ in range(7)]
    return Cells(keys, index, np.ones(1, np.int64), np.zeros((rows, 4)), *counts)


def _grown(cells: Cells) -> Cells:
    bigger = _made(2 * len(cells.points))
    for old, new in zip(cells[2:], bigger[2:], strict=True):
        new[: len(old)] = old
    rehash(cells.keys, cells.rows, bigger.keys, bigger.rows)
    return bigger


@compiled
def rehash(keys: Whole, index: Whole, new_keys: Whole, new_index: Whole) -> None:
    """Put all cells into a larger table."""
    for at in range(len(keys)):
        if keys[at] >= 0:
            place = slot(keys[at], new_keys)
            new_keys[place], new_index[place] = keys[at], index[at]


@compiled
def surface(place: Floats, cell: float, flat: bool) -> tuple[float, float]:  # noqa: FBT001
    """Return metres by which the surface is laid out in rows of cells: along the row, and across."""
    if flat:
        return place[0], place[1]
    north = math.atan2(place[2], math.hypot(place[0], place[1]))
    row = (math.floor(north * _R / cell) + 0.5) * cell / _R
    return math.atan2(place[1], place[0]) * math.cos(row) * _R, north * _R


@compiled
def locate(cells: Cells, places: Floats, cell: float, flat: bool) -> Whole:  # noqa: FBT001
    """Return the row of each plot's cell, made where it is new and there is room, and widen the boxes."""
    found = np.zeros(len(places), np.int64)
    for plot in range(len(places)):
        east, north = surface(places[plot], cell, flat)
        wanted = key(math.floor(east / cell), math.floor(north / cell), 0)
        place = slot(wanted, cells.keys)
        if cells.keys[place] < 0 and cells.used[0] < len(cells.points):
            cells.keys[place] = wanted
            cells.rows[place] = cells.used[0]
            cells.used[0] += 1
        row = cells.rows[place]
        found[plot] = row
        box = cells.box[row]
        if cells.points[row] == 0.0:
            box[0] = box[1] = east
            box[2] = box[3] = north
        box[0], box[1] = min(box[0], east), max(box[1], east)
        box[2], box[3] = min(box[2], north), max(box[3], north)
        cells.points[row] += 1.0
        cells.points[0] += 1.0
    return found


@compiled
def area(cells: Cells, row: int, cell: float) -> float:
    """Return the square metres of a cell that are watched: the box of its plots, and a margin by their number."""
    points = cells.points[row]
    margin = (points + 1.0) / max(points - 1.0, 1.0)
    least = cell / 10.0
    east = min(max((cells.box[row, 1] - cells.box[row, 0]) * margin, least), cell)
    north = min(max((cells.box[row, 3] - cells.box[row, 2]) * margin, least), cell)
    return float(east * north)


@compiled
def density(cells: Cells, at: Whole, expected: Floats) -> Floats:
    """Return the density of plots of nothing known in each plot's cell; in a cell's first scan, by its own plots."""
    now = np.zeros(cells.used[0])
    for row in at:
        now[row] += 1.0
    found = np.empty(len(at))
    for plot in range(len(at)):
        row = at[plot]
        metres = area(cells, row, expected[3])
        count, scans = cells.fresh[row], cells.scans[row]
        if scans == 0.0:
            count, scans = now[row], 1.0
        found[plot] = (_SCANS * expected[0] * metres + count + 0.5) / ((_SCANS + scans) * metres)
    return found


@compiled
def share(cells: Cells, at: Whole, expected: Floats) -> Floats:
    """Return the share of plots of nothing known that will prove to be of something."""
    whole = (_PLOTS * expected[1] + cells.proved[0]) / (_PLOTS + cells.tried[0])
    found = np.empty(len(at))
    for plot in range(len(at)):
        row = at[plot]
        own = (_PLOTS * whole + cells.proved[row]) / (_PLOTS + cells.tried[row])
        found[plot] = min(max(own, 1e-4), 0.95)
    return found


@compiled
def seen(
    cells: Cells,
    rows: Rows,
    chosen: Whole,
    expected: Floats,
    flat: bool,  # noqa: FBT001
) -> tuple[Whole, Floats]:
    """Return the row of each track's cell, -1 if there is none, and the probability that the sensor sees it there."""
    cell = expected[3]
    whole = (_CHANCES * expected[2] + cells.found[0]) / (_CHANCES + cells.chances[0])
    at, found = np.empty(len(chosen), np.int64), np.zeros(len(chosen))
    for i in range(len(chosen)):
        east, north = surface(rows.place[chosen[i]], cell, flat)
        place = slot(key(math.floor(east / cell), math.floor(north / cell), 0), cells.keys)
        at[i] = -1
        if cells.keys[place] >= 0:
            row = cells.rows[place]
            at[i] = row
            own = (_CHANCES * whole + cells.found[row]) / (_CHANCES + cells.chances[row])
            found[i] = min(max(own, 0.02), 0.995)
    return at, found


def learn(cells: Cells, at: Whole, fresh: Floats, part: float) -> None:
    """Count a scan; what was counted before fades."""
    used = cells.used[0]
    fades = _FADES**part
    for counts in (cells.fresh, cells.scans, cells.found, cells.chances):
        counts[:used] *= fades
    cells.scans[:used] += part
    cells.fresh[:used] += np.bincount(at, fresh, minlength=used)


class Trial(NamedTuple):
    """What a scan did to the chosen tracks."""

    was: Floats
    """Existence before it."""
    pairs: Floats
    """The probability that it had a plot of the track."""
    floor: Floats
    """Existence below which each is dropped."""


@compiled
def judge(cells: Cells, rows: Rows, chosen: Whole, at: Whole, trial: Trial) -> None:
    """Learn from tracks: from those that have shown what they are, and from the sure ones, whether they were seen."""
    for i in range(len(chosen)):
        row = at[i]
        if row < 0:
            continue
        one = chosen[i]
        dropped = rows.exists[one] < trial.floor[i] and rows.looks[one] < VERDICT
        if dropped or rows.looks[one] == VERDICT:
            for counted in range(0, row + 1, max(row, 1)):
                kept = 1.0 - rows.began[one] / _MEMORY
                cells.proved[counted] = kept * cells.proved[counted] + rows.exists[one]
                cells.tried[counted] = kept * cells.tried[counted] + rows.began[one]
        if trial.was[i] > _SURE:
            missed = rows.exists[one] * (1.0 - trial.pairs[i])  # what may have gone was hardly missed
            for counted in range(0, row + 1, max(row, 1)):
                cells.found[counted] += trial.pairs[i]
                cells.chances[counted] += trial.pairs[i] + missed
