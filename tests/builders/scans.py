"""Seeded scans of one sensor on a plane, with their truth, and how well tracks follow it."""

from __future__ import annotations

import numpy as np

from comity.picture.arrays import Edges, Floats, Models, Plots
from comity.picture.assignment import assigned

SIDE, STEP, DEVIATION, CUT = 10_000.0, 5.0, 30.0, 200.0
STRAIGHT = Models(
    noise=np.array([0.2]),
    brisk=np.array([np.inf]),
    typical=np.array([12.0]),
    turn=np.array([[0.0]]),
    first=np.ones(1),
    stay=np.ones(1),
)
"""One kind, one mode: nearly constant velocity."""


def plots_at(points: Floats, deviation: float = DEVIATION) -> Plots:
    """Return plots at points (n, 2) or (n, 3), of one kind, without velocities."""
    count = len(points)
    place = np.zeros((count, 3))
    place[:, : points.shape[1]] = points
    noise = np.tile([deviation**2, 0.0, deviation**2], (count, 1))
    return Plots(place, noise, np.full((count, 2), np.nan), np.zeros(count, np.int64))


def scans(targets: int, clutter: int, seed: int, *, count: int = 25, seen: float = 0.9) -> list[tuple[Floats, Plots]]:
    """Return the true places and the plots of each scan; targets come in the first quarter and go in the last."""
    draw = np.random.default_rng(seed)
    place, angle = draw.uniform(0.1 * SIDE, 0.9 * SIDE, (targets, 2)), draw.uniform(0, 2 * np.pi, targets)
    rate = draw.uniform(2, 15, (targets, 1)) * np.column_stack([np.cos(angle), np.sin(angle)])
    born, dead = draw.integers(0, count // 4, targets), draw.integers(3 * count // 4, count + 8, targets)
    made = []
    for scan in range(count):
        there = (born <= scan) & (scan < dead)
        true = place[there & (draw.random(targets) < seen)]
        false = draw.uniform(0, SIDE, (draw.poisson(clutter), 2))
        points = np.concatenate([true + draw.normal(0, DEVIATION, true.shape), false])
        made.append((place[there], plots_at(points[draw.permutation(len(points))])))
        rate = rate + draw.normal(0, 1.0, rate.shape)
        place = place + STEP * rate
    return made


def gospa(found: Floats, true: Floats) -> float:
    """Return the distance between two sets of points (cut-off 200 m, order 2, alpha 2)."""
    apart = np.hypot(found[:, None, 0] - true[None, :, 0], found[:, None, 1] - true[None, :, 1])
    one, other = np.nonzero(apart < CUT)
    squared, half = apart[one, other] ** 2, CUT**2 / 2
    start = np.searchsorted(one, np.arange(len(found) + 1))
    chosen = assigned(
        Edges(start, other, np.zeros((len(one), 2)), np.ones((len(one), 1))), squared - 2 * half, 0.0, len(true)
    )
    held = squared[chosen[chosen >= 0]]
    return float(np.sqrt(held.sum() + half * (len(found) + len(true) - 2 * len(held))))
