"""Gating: which plots may be of which tracks, found by the cells they lie in. Compiled."""

from __future__ import annotations

import math

import numpy as np

from comity.foundation.compiled import compiled
from comity.picture.arrays import Edges, Floats, Plots, Rows, Whole
from comity.picture.imm import doubt
from comity.picture.lattice import ACROSS, gather, sorted_by_cell
from comity.picture.sphere import away

_HALF = 1 << 20
_SMALLEST = 20.0
"""Metres: the smallest cell."""


@compiled
def key(x: int, y: int, z: int) -> int:
    """Return one number for a cell."""
    return ((x + _HALF) << 42) | ((y + _HALF) << 21) | (z + _HALF)


@compiled
def spread(wanted: int) -> int:
    """Return a number that differs in its lower bits for keys that lie side by side."""
    return (wanted * 0x5851F42D4C957F2D) >> 20


@compiled
def slot(wanted: int, keys: Whole) -> int:
    """Return where a key is in the table, or the free place where it would be."""
    mask = len(keys) - 1
    at = spread(wanted) & mask
    while keys[at] != -1 and keys[at] != wanted:
        at = (at + 1) & mask
    return at


@compiled
def doubts(rows: Rows, chosen: Whole) -> Floats:
    """Return the covariance of each track's position: of e, of e and n, of n."""
    found = np.empty((len(chosen), 3))
    for i in range(len(chosen)):
        at = chosen[i]
        found[i, 0], found[i, 1], found[i, 2] = doubt(rows.mean[at], rows.spread[at], rows.mode[at])
    return found


@compiled
def reaches(known: Floats, plots: Plots, gate: float, widest: float) -> Floats:
    """Return metres within which each track's plots lie."""
    worst = 0.0
    for plot in range(len(plots.noise)):
        worst = max(worst, plots.noise[plot, 0] + plots.noise[plot, 2])
    found = np.empty(len(known))
    for i in range(len(known)):
        ee, en, nn = known[i, 0], known[i, 1], known[i, 2]
        largest = (ee + nn) / 2.0 + math.sqrt((ee - nn) ** 2 / 4.0 + en * en)
        found[i] = min(math.sqrt(gate * (largest + worst)), widest)
    return found


@compiled
def edges(rows: Rows, chosen: Whole, plots: Plots, gate: float, widest: float, flat: bool) -> Edges:  # noqa: FBT001
    """Return all pairs of a chosen track and a plot within its gate: `gate` deviations squared, `widest` metres.

    The pairs of `chosen[i]` are those from `start[i]` to `start[i + 1]`; plots of another kind are none of its.
    """
    known = doubts(rows, chosen)
    reach = reaches(known, plots, gate, widest)
    mean = most = 0.0
    for one in reach:
        mean += one / len(reach)
        most = max(most, one)
    cell = max(_SMALLEST, mean, most / ACROSS)
    lattice = sorted_by_cell(plots.place, cell)
    count, room, end = rows.mode.shape[1], 4 * len(chosen) + 64, 0
    start = np.zeros(len(chosen) + 1, np.int64)
    plot_of, off, likely = np.empty(room, np.int64), np.empty((room, 2)), np.empty((room, count))
    near = np.empty(len(plots.place), np.int64)
    for i in range(len(chosen)):
        at = chosen[i]
        for j in range(gather(rows.place[at], reach[i], lattice, near)):
            plot = near[j]
            east, north = away(rows.place[at], plots.place[plot], flat)
            ee, en, nn = plots.noise[plot, 0], plots.noise[plot, 1], plots.noise[plot, 2]
            squared = distance(east, north, known[i, 0] + ee, known[i, 1] + en, known[i, 2] + nn)[0]
            if squared > gate or math.hypot(east, north) > widest or plots.kind[plot] != rows.kind[at]:
                continue
            if end == room:
                room *= 2
                plot_of, off, likely = longer(plot_of, off, likely, room)
            plot_of[end], off[end, 0], off[end, 1] = plot, east, north
            for k in range(count):
                squared, root = distance(
                    east - rows.mean[at, k, 0],
                    north - rows.mean[at, k, 2],
                    rows.spread[at, k, 0, 0] + ee,
                    rows.spread[at, k, 0, 2] + en,
                    rows.spread[at, k, 2, 2] + nn,
                )
                likely[end, k] = rows.mode[at, k] * math.exp(-0.5 * squared) / (2.0 * math.pi * root)
            end += 1
        start[i + 1] = end
    return Edges(start, plot_of[:end], off[:end], likely[:end])


@compiled
def longer(plot_of: Whole, off: Floats, likely: Floats, room: int) -> tuple[Whole, Floats, Floats]:
    """Return the arrays with room for more pairs."""
    count = likely.shape[1]
    new_plot_of, new_off, new_likely = np.empty(room, np.int64), np.empty((room, 2)), np.empty((room, count))
    for edge in range(len(plot_of)):
        new_plot_of[edge] = plot_of[edge]
        new_off[edge, 0], new_off[edge, 1] = off[edge, 0], off[edge, 1]
        for k in range(count):
            new_likely[edge, k] = likely[edge, k]
    return new_plot_of, new_off, new_likely


@compiled
def distance(east: float, north: float, ee: float, en: float, nn: float) -> tuple[float, float]:
    """Return the squared distance in deviations (Mahalanobis), and the root of the covariance's determinant."""
    determinant = ee * nn - en * en
    return (nn * east * east - 2.0 * en * east * north + ee * north * north) / determinant, math.sqrt(determinant)
