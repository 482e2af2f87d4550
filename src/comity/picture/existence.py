"""Existence: what a scan makes of each track: whether there is something, where, and how it moves. Compiled.

The track-oriented marginal multi-Bernoulli filter (TOMB/P): Williams, "Marginal multi-Bernoulli filters: RFS derivation
of MHT, JIPDA, and association-based MeMBer", IEEE Transactions on Aerospace and Electronic Systems 51 (2015), section
III.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from comity.foundation.compiled import compiled
from comity.picture.arrays import Edges, Floats, Plots, Rows, Whole
from comity.picture.imm import centre
from comity.picture.marginals import Belief

_LEAST = 1e-4
"""Share of a track's state below which a plot is left out of it."""


@compiled
def total(likely: Floats, edge: int) -> float:
    """Return the density of a pair's plot over all modes."""
    found = 0.0
    for k in range(likely.shape[1]):
        found += likely[edge, k]
    return found


@compiled
def weights(rows: Rows, chosen: Whole, edges: Edges, seen: Floats, otherwise: Floats) -> Floats:
    """Return for each pair its odds alone, as `marginals` wants them.

    `seen[i]` is the probability that the sensor sees what `chosen[i]` follows; `otherwise[j]` the density of plots
    there that are of nothing known, 1 a square metre.
    """
    found = np.empty(len(edges.plot))
    for i in range(len(chosen)):
        known = rows.exists[chosen[i]] * seen[i]
        for edge in range(edges.start[i], edges.start[i + 1]):
            found[edge] = known / (1.0 - known) * total(edges.likely, edge) / otherwise[edges.plot[edge]]
    return found


class Shares(NamedTuple):
    """Of one track and mode: what each plot counts for, how far it lies off, and how noisy it is."""

    weight: Floats
    away: Floats
    noise: Floats


@compiled
def update(  # noqa: C901 - one pass over the arrays
    rows: Rows,
    chosen: Whole,
    plots: Plots,
    edges: Edges,
    belief: Belief,
    seen: Floats,
    flat: bool,  # noqa: FBT001
) -> None:
    """Take the scan into the chosen tracks."""
    count, largest = rows.mode.shape[1], 1
    for i in range(len(chosen)):
        largest = max(largest, edges.start[i + 1] - edges.start[i])
    shares = Shares(np.empty(largest), np.empty((largest, 2)), np.empty((largest, 3)))
    room, work, mode = np.zeros((4, 4)), np.zeros((4, 4)), np.zeros(count)
    for i in range(len(chosen)):
        at, first, last = chosen[i], edges.start[i], edges.start[i + 1]
        was = rows.exists[at]
        unseen = belief.none[i] * was * (1.0 - seen[i]) / (1.0 - was * seen[i])
        there = unseen
        for edge in range(first, last):
            there += belief.pair[edge]
        rows.exists[at] = min(there, 1.0 - 1e-9)
        if first == last or there <= 0.0:
            continue
        rows.hits[at] += there - unseen
        whole = 0.0
        for k in range(count):
            held = 0
            for edge in range(first, last):
                weight = belief.pair[edge] / there * edges.likely[edge, k] / total(edges.likely, edge)
                if weight > _LEAST * rows.mode[at, k]:
                    shares.weight[held] = weight
                    for axis in range(2):
                        shares.away[held, axis] = edges.away[edge, axis]
                    for term in range(3):
                        shares.noise[held, term] = plots.noise[edges.plot[edge], term]
                    held += 1
            missed = unseen / there * rows.mode[at, k]
            mode[k] = blend(rows.mean[at, k], rows.spread[at, k], shares, held, missed, room, work)
            whole += mode[k]
        for k in range(count):
            rows.mode[at, k] = mode[k] / whole
        centre(rows.place[at], rows.mean[at], rows.spread[at], rows.mode[at], flat)


@compiled
def blend(  # noqa: C901 - products of small matrices, written out
    mean: Floats, spread: Floats, shares: Shares, count: int, missed: float, room: Floats, work: Floats
) -> float:
    """Replace one mode's state by the mean of what each plot, and none, would make of it; return its probability.

    `work` holds the gain in its first two columns, the shift by one plot in the third, the mean shift in the fourth.
    """
    whole = missed
    for i in range(4):
        work[i, 3] = 0.0
        for j in range(4):
            room[i, j] = 0.0
    for one in range(count):
        share = shares.weight[one]
        whole += share
        gains(spread, shares.noise[one, 0], shares.noise[one, 1], shares.noise[one, 2], work)
        east, north = shares.away[one, 0] - mean[0], shares.away[one, 1] - mean[2]
        for i in range(4):
            work[i, 2] = work[i, 0] * east + work[i, 1] * north
            work[i, 3] += share * work[i, 2]
        for i in range(4):
            for j in range(i, 4):
                off = work[i, 2] * work[j, 2]
                room[i, j] += share * (off - work[i, 0] * spread[0, j] - work[i, 1] * spread[2, j])
    if whole <= 0.0:
        return 0.0
    for i in range(4):
        work[i, 3] /= whole
        mean[i] += work[i, 3]
    for i in range(4):
        for j in range(i, 4):
            spread[i, j] += room[i, j] / whole - work[i, 3] * work[j, 3]
            spread[j, i] = spread[i, j]
    return whole


@compiled
def gains(spread: Floats, noise_ee: float, noise_en: float, noise_nn: float, gain: Floats) -> None:
    """Put the Kalman gain for a position with that noise into the first two columns of `gain`."""
    ee, en, nn = spread[0, 0] + noise_ee, spread[0, 2] + noise_en, spread[2, 2] + noise_nn
    determinant = ee * nn - en * en
    for i in range(4):
        gain[i, 0] = (spread[i, 0] * nn - spread[i, 2] * en) / determinant
        gain[i, 1] = (spread[i, 2] * ee - spread[i, 0] * en) / determinant
