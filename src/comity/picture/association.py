"""Association: which plot belongs to which track, so that the sum of the costs is least (global nearest neighbour).

Exact, by shortest augmenting paths (Jonker and Volgenant, Computing 38, 1987), in each group of plots and tracks that
compete; a group beyond `LARGEST` plots is settled greedily, cheapest pair first.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

LARGEST = 60
"""Plots in one group that are still settled exactly."""
_UNPLACED = 1e6
"""Cost of leaving a plot over: above any gated cost, so that as many as can be are placed."""


def assigned(costs: Sequence[Mapping[str, float]]) -> list[str | None]:
    """Return for each plot the track it belongs to, or None; no track is given twice.

    `costs[i]` holds the cost of each track within the gate of plot i.
    """
    result: list[str | None] = [None] * len(costs)
    for group in _groups(costs):
        settle = _exact if len(group) <= LARGEST else _greedy
        for plot, track in settle([costs[plot] for plot in group]):
            result[group[plot]] = track
    return result


def _groups(costs: Sequence[Mapping[str, float]]) -> list[list[int]]:
    """Return the plots that compete, directly or through others, together."""
    group_of: dict[str, int] = {}
    groups: dict[int, list[int]] = {}
    for plot, row in enumerate(costs):
        joined = {group_of[track] for track in row if track in group_of}
        members = [plot]
        for name in sorted(joined):
            members = groups.pop(name) + members
        groups[plot] = members
        for member in members:
            group_of.update(dict.fromkeys(costs[member], plot))
    return [members for members in groups.values() if costs[members[0]]]


def _greedy(costs: Sequence[Mapping[str, float]]) -> list[tuple[int, str]]:
    pairs = sorted((cost, plot, track) for plot, row in enumerate(costs) for track, cost in row.items())
    plots: dict[int, str] = {}
    taken: set[str] = set()
    for _, plot, track in pairs:
        if plot not in plots and track not in taken:
            plots[plot] = track
            taken.add(track)
    return list(plots.items())


def _exact(costs: Sequence[Mapping[str, float]]) -> list[tuple[int, str]]:
    if len(costs) == 1:
        return [(0, min(costs[0], key=lambda track: (costs[0][track], track)))]
    tracks = sorted({track for row in costs for track in row})
    matrix = [
        [row.get(track, math.inf) for track in tracks] + [_UNPLACED if k == i else math.inf for k in range(len(costs))]
        for i, row in enumerate(costs)
    ]
    chosen = _least(matrix)
    return [(plot, tracks[column]) for plot, column in enumerate(chosen) if column < len(tracks)]


def _least(matrix: list[list[float]]) -> list[int]:
    """Return the column of each row in the assignment of least sum; every row must have a finite column of its own."""
    width = len(matrix[0])
    row_of = [-1] * (width + 1)
    row_price, column_price = [0.0] * len(matrix), [0.0] * (width + 1)
    for start in range(len(matrix)):
        row_of[width] = start
        _augment(matrix, row_of, row_price, column_price)
    chosen = [0] * len(matrix)
    for column in range(width):
        if row_of[column] >= 0:
            chosen[row_of[column]] = column
    return chosen


def _augment(matrix: list[list[float]], row_of: list[int], row_price: list[float], column_price: list[float]) -> None:
    """Place the row that waits at the last column, moving others where that is cheaper."""
    width = len(row_of) - 1
    least, came_from, seen = [math.inf] * width, [width] * width, [False] * (width + 1)
    column = width
    while row_of[column] >= 0:
        seen[column] = True
        row = row_of[column]
        step, following = math.inf, width
        for other in range(width):
            if seen[other]:
                continue
            reduced = matrix[row][other] - row_price[row] - column_price[other]
            if reduced < least[other]:
                least[other], came_from[other] = reduced, column
            if least[other] < step:
                step, following = least[other], other
        for other in range(width + 1):
            if seen[other]:
                row_price[row_of[other]] += step
                column_price[other] -= step
            elif other < width:
                least[other] -= step
        column = following
    while column != width:
        before = came_from[column]
        row_of[column] = row_of[before]
        column = before
    row_of[width] = -1
