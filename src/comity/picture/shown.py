"""Shown: which tracks are worth being shown. Compiled.

To show a track that exists with probability p, whose place is in doubt by d metres (root of the mean square), costs
less in the mean of squared GOSPA with cut-off c than not to if p (1 - d²/c²) is at least a half. Where several tracks
may be of one thing, none of which is worth it, one is if that is so of their sum.
"""

from __future__ import annotations

import numpy as np

from comity.foundation.compiled import compiled
from comity.picture.arrays import Flags, Floats, Rows, Whole
from comity.picture.imm import doubt
from comity.picture.lattice import gather, sorted_by_cell

_COUNTED = 0.02
"""Existence from which a track counts in such a sum."""


@compiled
def shown(rows: Rows, least: float, hits: float, vague: float, near: float) -> Whole:
    """Return the rows of the tracks to be shown: worth at least `least`, of at least so many `hits`; metres."""
    count = len(rows.time)
    square, given, among = np.zeros(count), np.zeros(count, np.bool_), np.zeros(count, np.bool_)
    for at in range(count):
        if rows.watcher[at] < 0 or rows.exists[at] < _COUNTED:
            continue
        ee, _, nn = doubt(rows.mean[at], rows.spread[at], rows.mode[at])
        square[at] = ee + nn
        given[at] = rows.hits[at] >= hits and worth(rows, at, square, 0.0, vague) >= least
        among[at] = not given[at] and square[at] < vague * vague
    together(rows, (given, among), square, (least, hits, vague, near))
    return np.flatnonzero(given)


@compiled
def worth(rows: Rows, at: int, square: Floats, away: float, vague: float) -> float:
    """Return what a track is worth that would be shown so many square metres from where it is."""
    return float(rows.exists[at] * max(1.0 - (square[at] + away) / (vague * vague), 0.0))


@compiled
def together(
    rows: Rows,
    flags: tuple[Flags, Flags],
    square: Floats,
    limits: tuple[float, float, float, float],
) -> None:
    """Give the surest of those tracks that are worth it together only; the rest of them then counts no more."""
    given, among = flags
    least, hits, vague, near = limits
    left = np.flatnonzero(among)
    lattice = sorted_by_cell(rows.place[left], near)
    found = np.empty(len(left), np.int64)
    for lead in left[np.argsort(-rows.exists[left])]:
        if not among[lead] or rows.hits[lead] < hits:
            continue
        close, whole = gather(rows.place[lead], near, lattice, found), 0.0
        for index in range(close):
            at, away = left[found[index]], 0.0
            for axis in range(3):
                away += (rows.place[at, axis] - rows.place[lead, axis]) ** 2
            if among[at]:
                whole += worth(rows, at, square, away, vague)
        if whole >= least:
            given[lead] = True
            for index in range(close):
                among[left[found[index]]] = False
