"""The bank: room for tracks, how they begin in it, and how it is packed when some are dropped."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from comity.foundation.compiled import compiled
from comity.picture.arrays import Flags, Floats, Models, Plots, Rows, Whole
from comity.picture.imm import clear

_LEAST = 0.05
"""The probability of being of nothing known below which a plot begins no track."""
_MEASURED = 0.5
"""Metres a second on each axis: the deviation of a velocity that a sensor gives."""


class First(NamedTuple):
    """What first plots are worth."""

    fresh: Floats
    """(m,) The probability that it is of nothing known."""
    share: Floats
    """(m,) The probability that it then is of something new."""


def empty(count: int, modes: int) -> Rows:
    """Return room for so many tracks."""
    place, mean, spread = np.zeros((count, 3)), np.zeros((count, modes, 4)), np.zeros((count, modes, 4, 4))
    one, whole = np.zeros(count), np.zeros(count, np.int64)
    numbers = (one.copy(), one.copy(), whole.copy(), whole.copy(), one.copy(), one.copy(), one.copy())
    return Rows(place, mean, spread, np.zeros((count, modes)), *numbers, whole.copy(), whole.copy())


def grown(rows: Rows) -> Rows:
    """Return the tracks with room for twice as many."""
    bigger = empty(2 * len(rows.time), rows.mode.shape[1])
    for old, new in zip(rows, bigger, strict=True):
        new[: len(old)] = old
    return bigger


def packed(rows: Rows, kept: Flags) -> int:
    """Move the tracks to keep together, in their order; return how many."""
    stay = np.flatnonzero(kept)
    for array in rows:
        array[: len(stay)] = array[stay]
    return len(stay)


def first_rows(rows: Rows, count: int) -> Rows:
    """Return views of the first rows; each array keeps its type."""
    return Rows(*(array[:count] for array in rows))  # type: ignore[arg-type]


@compiled
def begin(rows: Rows, ends: tuple[int, int], now: float, plots: Plots, models: Models, first: First) -> Whole:
    """Begin tracks at the end of the rows; `ends` is the number of rows in use and the next number of a track.

    Return the number of each plot's track, -1 for none.
    """
    count, serial = ends
    begun = np.empty(len(first.fresh), np.int64)
    for plot in range(len(begun)):
        begun[plot] = -1
        exists = first.fresh[plot] * first.share[plot]
        if first.fresh[plot] < _LEAST:
            continue
        begun[plot] = serial + plot
        for i in range(3):
            rows.place[count, i] = plots.place[plot, i]
        rows.exists[count], rows.time[count], rows.kind[count] = exists, now, plots.kind[plot]
        rows.looks[count], rows.hits[count], rows.serial[count] = 1, 1.0, serial + plot
        rows.watcher[count] = 0
        rows.odds[count], rows.began[count] = first.share[plot] / (1.0 - first.share[plot]), first.fresh[plot]
        started(rows, count, plots, plot, models)
        count += 1
    return begun


@compiled
def started(rows: Rows, at: int, plots: Plots, plot: int, models: Models) -> None:
    """Fill in a first state in each mode."""
    east, north = plots.velocity[plot, 0], plots.velocity[plot, 1]
    measured = not math.isnan(east)
    deviation = _MEASURED if measured else models.typical[plots.kind[plot]]
    for k in range(len(models.first)):
        rows.mode[at, k] = models.first[k]
        mean, spread = rows.mean[at, k], rows.spread[at, k]
        clear(mean, spread)
        spread[0, 0], spread[2, 2] = plots.noise[plot, 0], plots.noise[plot, 2]
        spread[0, 2] = spread[2, 0] = plots.noise[plot, 1]
        spread[1, 1] = spread[3, 3] = deviation * deviation
        if measured:
            mean[1], mean[3] = east, north
