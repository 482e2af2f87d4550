"""Branches: a young track that two plots may be of goes on as two; tracks that come to the same become one. Compiled.

Taken together at once, as those of a settled track are, plots that lie apart would leave a young track with a velocity
that is none of theirs. Splitting is that of Mušicki, La Scala, Evans, "Integrated track splitting filter", IEEE
Transactions on Aerospace and Electronic Systems 43 (2007); here each branch is a track with an existence of its own.
Two tracks that are one share its plots from then on, and neither would be believed: the older takes the other in.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from comity.foundation.compiled import compiled
from comity.picture.arrays import Edges, Floats, Plots, Rows, Whole
from comity.picture.existence import Shares, blend
from comity.picture.imm import centre
from comity.picture.marginals import Belief
from comity.picture.sphere import away

ESTABLISHED = 10.0
"""Plots from which a track is not taken in by another."""
_YOUNG = 2.2
"""Plots up to which a track is split, unless..."""
_SETTLED = 0.9
"""...it exists as surely as this."""
_WORTH, _LEAST = 0.05, 1e-3
"""Part of what a track's plots are worth that a branch must have, and the least existence."""
_PART = 0.5
"""Part of a track's existence that a plot must account for to say where the track is."""
_NEAR = 9.0
"""Squared deviations within which two tracks are one: of place and velocity, four degrees of freedom."""
_SUREST = 1.0 - 1e-6


class Ends(NamedTuple):
    """Where branches begin."""

    rows: int
    """In use."""
    serial: int
    """The next number of a track."""
    now: float
    """The time of the scan, seconds."""


@compiled
def split(
    rows: Rows,
    ends: Ends,
    chosen: Whole,
    plots: Plots,
    edges: Edges,
    belief: Belief,
    flat: bool,  # noqa: FBT001
) -> Whole:
    """Begin branches at the end of the rows, where there must be room; return each pair's, by its number, -1 for none.

    What a branch takes with it is taken from the pair's belief. Tracks with a state later than now stay as they are.
    """
    count, serial, now = ends
    branch = np.full(len(edges.plot), -1, np.int64)
    shares = Shares(np.empty(1), np.empty((1, 2)), np.empty((1, 3)))
    room, work = np.zeros((4, 4)), np.zeros((4, 4))
    for i in range(len(chosen)):
        at, first, last = chosen[i], edges.start[i], edges.start[i + 1]
        young = rows.hits[at] <= _YOUNG and rows.exists[at] <= _SETTLED and rows.time[at] <= now
        if last - first < 2 or not young:
            continue
        best, whole = first, 0.0
        for edge in range(first, last):
            whole += belief.pair[edge]
            if belief.pair[edge] > belief.pair[best]:
                best = edge
        for edge in range(first, last):
            if edge == best or belief.pair[edge] < max(_WORTH * whole, _LEAST):
                continue
            moved(rows, at, count)
            rows.time[count], rows.kind[count], rows.odds[count] = rows.time[at], rows.kind[at], rows.odds[at]
            rows.looks[count], rows.hits[count] = rows.looks[at] + 1, rows.hits[at] + 1.0
            rows.serial[count], rows.exists[count], rows.began[count] = serial, belief.pair[edge], 0.0
            rows.watcher[count] = 0
            for axis in range(2):
                shares.away[0, axis] = edges.away[edge, axis]
            for term in range(3):
                shares.noise[0, term] = plots.noise[edges.plot[edge], term]
            taken(rows, count, shares, edges.likely[edge], (room, work), flat)
            branch[edge], belief.pair[edge] = serial, 0.0
            count += 1
            serial += 1
    return branch


@compiled
def taken(
    rows: Rows,
    at: int,
    shares: Shares,
    likely: Floats,
    rooms: tuple[Floats, Floats],
    flat: bool,  # noqa: FBT001
) -> None:
    """Take one plot into a track; `likely` is its density in each mode."""
    whole = 0.0
    for k in range(len(likely)):
        shares.weight[0] = likely[k]
        rows.mode[at, k] = blend(rows.mean[at, k], rows.spread[at, k], shares, 1, 0.0, rooms[0], rooms[1])
        whole += rows.mode[at, k]
    for k in range(len(likely)):
        rows.mode[at, k] /= whole
    centre(rows.place[at], rows.mean[at], rows.spread[at], rows.mode[at], flat)


@compiled
def moved(rows: Rows, source: int, to: int) -> None:
    """Copy where a track is and how it moves to another row."""
    for i in range(3):
        rows.place[to, i] = rows.place[source, i]
    for k in range(rows.mode.shape[1]):
        rows.mode[to, k] = rows.mode[source, k]
        for i in range(4):
            rows.mean[to, k, i] = rows.mean[source, k, i]
            for j in range(4):
                rows.spread[to, k, i, j] = rows.spread[source, k, i, j]


@compiled
def absorb(
    rows: Rows,
    now: float,
    chosen: Whole,
    edges: Edges,
    pair: Floats,
    plots: int,
    flat: bool,  # noqa: FBT001
) -> None:
    """Let the older of two tracks that have come to the same take the other in, whose existence becomes nought."""
    holder = np.full(plots, -1, np.int64)
    for i in range(len(chosen)):
        at = chosen[i]
        for edge in range(edges.start[i], edges.start[i + 1]):
            if pair[edge] <= _PART * rows.exists[at] or rows.time[at] > now:
                continue
            plot = edges.plot[edge]
            other = holder[plot]
            if other < 0:
                holder[plot] = at
                continue
            older = rows.hits[other] > rows.hits[at] or (
                rows.hits[other] == rows.hits[at] and rows.exists[other] >= rows.exists[at]
            )
            kept, gone = (other, at) if older else (at, other)
            holder[plot] = kept
            if rows.hits[gone] < ESTABLISHED and apart(rows, kept, gone, flat) < _NEAR:
                if rows.exists[gone] > rows.exists[kept]:
                    moved(rows, gone, kept)
                rows.exists[kept] = min(rows.exists[kept] + rows.exists[gone], _SUREST)
                rows.exists[gone] = 0.0


@compiled
def apart(rows: Rows, one: int, other: int, flat: bool) -> float:  # noqa: FBT001
    """Return the squared deviations by which two tracks differ, each axis for itself."""
    off, found = away(rows.place[one], rows.place[other], flat), 0.0
    for axis in range(2):
        one_rate, one_pp, one_pv, one_vv = along(rows, one, 2 * axis)
        other_rate, other_pp, other_pv, other_vv = along(rows, other, 2 * axis)
        place, rate = off[axis], other_rate - one_rate
        pp, pv, vv = one_pp + other_pp, one_pv + other_pv, one_vv + other_vv
        found += (vv * place * place - 2.0 * pv * place * rate + pp * rate * rate) / (pp * vv - pv * pv)
    return found


@compiled
def along(rows: Rows, at: int, axis: int) -> tuple[float, float, float, float]:
    """Return a track's velocity on one axis, and the variances: of place, of place and velocity, of velocity."""
    mode, mean, spread = rows.mode[at], rows.mean[at], rows.spread[at]
    rate = pp = pv = vv = 0.0
    for k in range(len(mode)):
        rate += mode[k] * mean[k, axis + 1]
    for k in range(len(mode)):
        place, off = mean[k, axis], mean[k, axis + 1] - rate
        pp += mode[k] * (spread[k, axis, axis] + place * place)
        pv += mode[k] * (spread[k, axis, axis + 1] + place * off)
        vv += mode[k] * (spread[k, axis + 1, axis + 1] + off * off)
    return rate, pp, pv, vv
