"""Marginals beside the sum over every way to share plots out, assignment beside every permutation."""

from __future__ import annotations

from itertools import product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.picture.arrays import Edges, Floats
from comity.picture.assignment import assigned
from comity.picture.components import components
from comity.picture.marginals import marginals

tables = st.integers(1, 4).flatmap(
    lambda plots: st.lists(
        st.lists(st.sampled_from([0.0, 0.0, 0.05, 0.7, 3.0, 40.0]), min_size=plots, max_size=plots),
        min_size=1,
        max_size=4,
    )
)
"""What the odds of each pair may be; 0 is no pair."""


def edges_of(table: Floats) -> Edges:
    row, column = np.nonzero(table)
    start = np.searchsorted(row, np.arange(len(table) + 1))
    return Edges(start, column, np.zeros((len(row), 2)), np.ones((len(row), 1)))


def every(table: Floats) -> list[tuple[tuple[int, ...], float]]:
    """Return each way to give tracks a plot or none (-1), no plot twice, and what it weighs."""
    ways = []
    for way in product(range(-1, table.shape[1]), repeat=len(table)):
        given_out = [plot for plot in way if plot >= 0]
        if len(given_out) == len(set(given_out)):
            ways.append((way, float(np.prod([table[track, plot] for track, plot in enumerate(way) if plot >= 0]))))
    return ways


def exact(table: Floats) -> Floats:
    ways = every(table)
    whole = sum(weight for _, weight in ways)
    found = np.zeros(table.shape)
    for way, weight in ways:
        for track, plot in enumerate(way):
            if plot >= 0:
                found[track, plot] += weight / whole
    return found


@settings(max_examples=40, deadline=None)
@given(rows=tables)
def test_marginals_equal_the_sum_over_all_ways_or_nearly(rows: list[list[float]]) -> None:
    """Exact where there are no loops; elsewhere within what Williams and Lau report; always probabilities."""
    table = np.array(rows)
    edges = edges_of(table)
    belief = marginals(edges, table[np.nonzero(table)], table.shape[1])
    found = np.zeros(table.shape)
    found[np.nonzero(table)] = belief.pair
    order, begin = components(edges, table.shape[1])
    tracks = len(order)
    plots = len(np.unique(edges.plot))
    loops = len(edges.plot) - (tracks + plots) + (len(begin) - 1)
    assert np.abs(found - exact(table)).max() < (1e-3 if loops == 0 else 0.25)
    assert np.allclose(found.sum(axis=1) + belief.none, 1.0)
    assert (np.abs(found.sum(axis=0) + belief.fresh - 1.0) < 1e-2).all()


@settings(max_examples=40, deadline=None)
@given(rows=tables, missed=st.floats(0.1, 5.0))
def test_assignment_is_the_cheapest_of_all_ways(rows: list[list[float]], missed: float) -> None:
    """Its sum equals the least of every way, and no plot is given twice."""
    table = np.array(rows)
    edges = edges_of(table)
    cost = table[np.nonzero(table)]
    chosen = assigned(edges, cost, missed, table.shape[1])
    taken = chosen[chosen >= 0]
    assert len(set(edges.plot[taken].tolist())) == len(taken)
    sums = [
        sum(table[track, plot] if plot >= 0 else missed for track, plot in enumerate(way))
        for way, weight in every(table)
        if weight > 0.0
    ]
    assert cost[taken].sum() + missed * (chosen < 0).sum() <= min(sums) + 1e-9
