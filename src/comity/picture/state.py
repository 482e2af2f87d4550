"""A state: how a track of the core stands, as the rest of the picture has it."""

from __future__ import annotations

import numpy as np

from comity.picture.arrays import Rows
from comity.picture.filter import Estimate, moved
from comity.picture.sphere import degrees
from comity.vocabulary.instant import SECOND, Instant
from comity.vocabulary.place import Position


def estimate_of(rows: Rows, at: int, time: Instant) -> Estimate:
    """Return a row's state, which is for `time`, over its modes, with what both axes have in common."""
    mode, mean, spread = rows.mode[at], rows.mean[at], rows.spread[at]
    middle = mode @ mean
    whole = np.einsum("k,kij->ij", mode, spread) + np.einsum("k,ki,kj->ij", mode, mean - middle, mean - middle)
    latitude, longitude = degrees(rows.place[at : at + 1])[0].tolist()
    return Estimate(
        time,
        Position(latitude, longitude),
        float(middle[1]),
        float(middle[3]),
        float(whole[0, 0] + whole[2, 2]) / 2.0,
        float(whole[0, 1] + whole[2, 3]) / 2.0,
        float(whole[1, 1] + whole[3, 3]) / 2.0,
    )


def put_back(rows: Rows, at: int, time: Instant) -> Estimate:
    """Return a row's state as it was at a `time` not later than its own: moved back as it moves now."""
    now = estimate_of(rows, at, time)
    seconds = float(rows.time[at]) - time / SECOND
    place = moved(now.position, -now.east * seconds, -now.north * seconds)
    variance = now.position_variance
    return Estimate(time, place, now.east, now.north, variance, now.covariance, now.velocity_variance)
