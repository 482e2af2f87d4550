"""The filter: interacting multiple models: constant velocity, turns to the left and right, lying still. Compiled.

Each track has a Gaussian state in every mode and a probability of each; with one mode it is a plain Kalman filter.
Blom and Bar-Shalom, "The interacting multiple model algorithm for systems with Markovian switching coefficients", IEEE
Transactions on Automatic Control 33 (1988); the turn is that of Bar-Shalom, Li, Kirubarajan, "Estimation with
Applications to Tracking and Navigation" (2001), section 11.7.1.
"""

from __future__ import annotations

import math

import numpy as np

from comity.foundation.compiled import compiled
from comity.picture.arrays import Floats, Models, Rows, Whole
from comity.picture.sphere import moved

_DRIFT = 0.05
"""Square metres a second by which something that lies still wanders on each axis."""
_STILL = 0.01
"""Square metres a square second: the variance of its velocity."""


@compiled
def advance(rows: Rows, models: Models, chosen: Whole, now: float, flat: bool) -> None:  # noqa: FBT001
    """Bring the chosen tracks forward to the time `now` (seconds), nothing new being known."""
    count = rows.mode.shape[1]
    step, turned = np.zeros((4, 4)), np.zeros((4, 4))
    means, spreads = np.zeros((count, 4)), np.zeros((count, 4, 4))
    for at in chosen:
        passed = now - rows.time[at]
        if passed <= 0.0:
            continue
        mean, spread = rows.mean[at], rows.spread[at]
        if count > 1:
            mix(mean, spread, rows.mode[at], models.stay, passed, means, spreads)
        for k in range(count):
            speed = mean[k, 1] ** 2 + mean[k, 3] ** 2
            kind = rows.kind[at]
            noise = models.noise[kind] * (1.0 + speed / models.brisk[kind] ** 2)
            predict(mean[k], spread[k], models.turn[kind, k], noise, passed, step, turned)
        rows.time[at] = now
        centre(rows.place[at], mean, spread, rows.mode[at], flat)


@compiled
def mix(  # noqa: C901 - sums over small matrices, written out
    mean: Floats, spread: Floats, mode: Floats, stay: Floats, passed: float, means: Floats, spreads: Floats
) -> None:
    """Let each mode begin from all that may have changed to it."""
    count = len(mode)
    before = np.empty(count)
    for source in range(count):
        before[source] = mode[source]
        for i in range(4):
            means[source, i] = mean[source, i]
            for j in range(4):
                spreads[source, i, j] = spread[source, i, j]
    for to in range(count):
        total = 0.0
        clear(mean[to], spread[to])
        for source in range(count):
            kept = math.exp(-passed / stay[source])
            weight = before[source] * (kept if source == to else (1.0 - kept) / (count - 1))
            total += weight
            for i in range(4):
                mean[to, i] += weight * means[source, i]
        for i in range(4):
            mean[to, i] /= total
        for source in range(count):
            kept = math.exp(-passed / stay[source])
            weight = before[source] * (kept if source == to else (1.0 - kept) / (count - 1)) / total
            for i in range(4):
                for j in range(4):
                    off = (means[source, i] - mean[to, i]) * (means[source, j] - mean[to, j])
                    spread[to, i, j] += weight * (spreads[source, i, j] + off)
        mode[to] = total


@compiled
def clear(mean: Floats, spread: Floats) -> None:
    """Make a state nought."""
    for i in range(4):
        mean[i] = 0.0
        for j in range(4):
            spread[i, j] = 0.0


@compiled
def predict(
    mean: Floats, spread: Floats, turn: float, noise: float, passed: float, step: Floats, turned: Floats
) -> None:
    """Move one Gaussian forward in place; `step` and `turned` are room to work in."""
    if math.isnan(turn):
        for i in (1, 3):
            mean[i] = 0.0
            for j in range(4):
                spread[i, j] = spread[j, i] = 0.0
            spread[i, i] = _STILL
            spread[i - 1, i - 1] += _DRIFT * passed
        return
    if turn == 0.0:
        straight(mean, spread, passed)
    else:
        fill(step, turn, passed)
        through(mean, spread, step, turned)
    for i in (0, 2):
        spread[i, i] += noise * passed**3 / 3.0
        spread[i, i + 1] += noise * passed**2 / 2.0
        spread[i + 1, i] += noise * passed**2 / 2.0
        spread[i + 1, i + 1] += noise * passed


@compiled
def through(mean: Floats, spread: Floats, step: Floats, room: Floats) -> None:
    """Put a Gaussian through a linear step, in place (Numba's own product of matrices would want SciPy)."""
    for i in range(4):
        room[0, i] = mean[i]
    for i in range(4):
        mean[i] = 0.0
        for j in range(4):
            mean[i] += step[i, j] * room[0, j]
    for i in range(4):
        for j in range(4):
            room[i, j] = 0.0
            for k in range(4):
                room[i, j] += step[i, k] * spread[k, j]
    for i in range(4):
        for j in range(4):
            spread[i, j] = 0.0
            for k in range(4):
                spread[i, j] += room[i, k] * step[j, k]


@compiled
def straight(mean: Floats, spread: Floats, passed: float) -> None:
    """Move on at the same velocity."""
    for i in (0, 2):
        mean[i] += passed * mean[i + 1]
    for i in (0, 2):
        for j in range(4):
            spread[i, j] += passed * spread[i + 1, j]
    for i in (0, 2):
        for j in range(4):
            spread[j, i] += passed * spread[j, i + 1]


@compiled
def fill(step: Floats, turn: float, passed: float) -> None:
    """Fill in the transition of a turn to the left at `turn` radians a second."""
    sine, cosine = math.sin(turn * passed), math.cos(turn * passed)
    for i in range(4):
        for j in range(4):
            step[i, j] = 0.0
    step[0, 0] = step[2, 2] = 1.0
    step[0, 1] = step[2, 3] = sine / turn
    step[0, 3] = -(1.0 - cosine) / turn
    step[2, 1] = (1.0 - cosine) / turn
    step[1, 1] = step[3, 3] = cosine
    step[1, 3] = -sine
    step[3, 1] = sine


@compiled
def centre(place: Floats, mean: Floats, spread: Floats, mode: Floats, flat: bool) -> None:  # noqa: FBT001
    """Move a track's place to the mean of its modes, and turn what has a direction with the way there."""
    east = north = 0.0
    for k in range(len(mode)):
        east += mode[k] * mean[k, 0]
        north += mode[k] * mean[k, 2]
    cosine, sine = moved(place, east, north, flat)
    for k in range(len(mode)):
        mean[k, 0] -= east
        mean[k, 2] -= north
        if sine != 0.0:
            for i in range(2):
                e, n = mean[k, i], mean[k, i + 2]
                mean[k, i], mean[k, i + 2] = cosine * e - sine * n, sine * e + cosine * n
            turn(spread[k], cosine, sine)


@compiled
def turn(spread: Floats, cosine: float, sine: float) -> None:
    """Turn a covariance by an angle to the left."""
    for i in range(2):
        for j in range(4):
            e, n = spread[i, j], spread[i + 2, j]
            spread[i, j], spread[i + 2, j] = cosine * e - sine * n, sine * e + cosine * n
    for i in range(2):
        for j in range(4):
            e, n = spread[j, i], spread[j, i + 2]
            spread[j, i], spread[j, i + 2] = cosine * e - sine * n, sine * e + cosine * n


@compiled
def doubt(mean: Floats, spread: Floats, mode: Floats) -> tuple[float, float, float]:
    """Return the covariance of a centred track's position over its modes: of e, of e and n, of n."""
    ee = en = nn = 0.0
    for k in range(len(mode)):
        ee += mode[k] * (spread[k, 0, 0] + mean[k, 0] * mean[k, 0])
        en += mode[k] * (spread[k, 0, 2] + mean[k, 0] * mean[k, 2])
        nn += mode[k] * (spread[k, 2, 2] + mean[k, 2] * mean[k, 2])
    return ee, en, nn
