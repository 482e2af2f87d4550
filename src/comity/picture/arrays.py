"""Arrays: what the fusion core works on. One row a track or a plot, one array a quantity, metres and seconds.

Positions are points in space, so that nothing is special at a pole or the antimeridian: on the sphere of the Earth's
mean radius, or on a plane with z = 0 (`flat`, for simulations). Around such a point, e and n are metres east and north.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Whole: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]


class Rows(NamedTuple):
    """Tracks. `k` counts the modes of motion between which a track may change."""

    place: Floats
    """(n, 3) Where its state is centred."""
    mean: Floats
    """(n, k, 4) e, its rate, n, its rate, in each mode, from `place`."""
    spread: Floats
    """(n, k, 4, 4) The covariance of that."""
    mode: Floats
    """(n, k) The probability of each mode."""
    exists: Floats
    """(n,) The probability that there is something."""
    time: Floats
    """(n,) Seconds: what the state is for."""
    kind: Whole
    """(n,) Which row of `Models`."""
    looks: Whole
    """(n,) How often it was looked for since it began."""
    hits: Floats
    """(n,) How many plots it has had: the sum of their probabilities."""
    odds: Floats
    """(n,) The odds, of being something, that its first plot began with."""
    began: Floats
    """(n,) The probability that its first plot was of nothing known before."""
    watcher: Whole
    """(n,) The number of the sensor that looked for it last, -1 if that one no longer sees as far, 0: none has yet."""
    serial: Whole
    """(n,) Its number, never used again."""


class Plots(NamedTuple):
    """What one sensor reports at one instant."""

    place: Floats
    """(m, 3)"""
    noise: Floats
    """(m, 3) The covariance of its error: of e, of e and n, of n; square metres."""
    velocity: Floats
    """(m, 2) Metres a second east and north; no number where it was not measured."""
    kind: Whole
    """(m,)"""


class Edges(NamedTuple):
    """Pairs of a track and a plot within its gate, track by track."""

    start: Whole
    """(n + 1,) Where the pairs of each track begin."""
    plot: Whole
    """(e,)"""
    away: Floats
    """(e, 2) e and n of the plot from the track's `place`."""
    likely: Floats
    """(e, k) The density of the plot there in each mode, times the mode's probability: 1 a square metre."""


class Models(NamedTuple):
    """How each kind of subject moves, one row a kind; the modes are the same for all."""

    noise: Floats
    """Spectral density of acceleration on each axis, square metres a cubic second."""
    brisk: Floats
    """Metres a second at which that is doubled; infinite where speed makes no difference."""
    typical: Floats
    """Metres a second: deviation of a velocity that nobody has measured."""
    turn: Floats
    """(kinds, k) Radians a second at which each mode turns left; no number for the mode that lies still."""
    first: Floats
    """(k,) The probability of each mode at first."""
    stay: Floats
    """(k,) Seconds for which a mode is kept on average."""
