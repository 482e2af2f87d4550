"""Marginals: how probable it is that each plot is of each track, all ways to share them out considered. Compiled.

Loopy belief propagation between tracks and plots: Williams and Lau, "Approximate evaluation of marginal association
probabilities with belief propagation", IEEE Transactions on Aerospace and Electronic Systems 50 (2014).
Exact where the graph has no loops; it always converges.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from comity.foundation.compiled import compiled
from comity.picture.arrays import Edges, Floats, Whole
from comity.picture.components import components

_MOST = 300
"""Rounds in one component."""
_ENOUGH = 1e-4
"""Change of every message, in proportion, at which rounds end."""


class Belief(NamedTuple):
    """The marginals."""

    pair: Floats
    """(e,) That the plot of the pair is of its track."""
    none: Floats
    """(n,) That no plot is of the track."""
    fresh: Floats
    """(m,) That the plot is of no track."""


@compiled
def marginals(edges: Edges, weight: Floats, plots: int) -> Belief:
    """Return the marginals.

    `weight` holds for each pair the odds of it alone: that the track gave this plot against that it gave none, over
    that the plot comes from nothing known.
    """
    order, begin = components(edges, plots)
    told, total = np.zeros(len(weight)), np.zeros(plots)  # track to plot, and their sums by plot
    for group in range(len(begin) - 1):
        settle(edges, weight, told, total, order[begin[group] : begin[group + 1]])
    pair, none, fresh = np.zeros(len(weight)), np.zeros(len(edges.start) - 1), np.empty(plots)
    for track in range(len(none)):
        first, last = edges.start[track], edges.start[track + 1]
        whole = 1.0
        for edge in range(first, last):
            pair[edge] = weight[edge] / (1.0 + max(total[edges.plot[edge]] - told[edge], 0.0))
            whole += pair[edge]
        none[track] = 1.0 / whole
        for edge in range(first, last):
            pair[edge] /= whole
    for plot in range(plots):
        fresh[plot] = 1.0 / (1.0 + total[plot])
    return Belief(pair, none, fresh)


@compiled
def settle(edges: Edges, weight: Floats, told: Floats, total: Floats, tracks: Whole) -> None:
    """Exchange messages in one component until they change no more."""
    for _ in range(_MOST):
        change = 0.0
        for track in tracks:
            first, last = edges.start[track], edges.start[track + 1]
            whole = 1.0
            for edge in range(first, last):
                whole += weight[edge] / (1.0 + max(total[edges.plot[edge]] - told[edge], 0.0))
            for edge in range(first, last):
                other = max(total[edges.plot[edge]] - told[edge], 0.0)
                new = weight[edge] / max(whole - weight[edge] / (1.0 + other), 1.0)
                change = max(change, abs(new - told[edge]) / (1e-9 + new))
                total[edges.plot[edge]] = other + new
                told[edge] = new
        if change < _ENOUGH or len(tracks) == 1:
            return
