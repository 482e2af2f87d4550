"""Assignment: which plot belongs to which track, so that the sum of the costs is least. Compiled.

Exact, by shortest augmenting paths (Jonker and Volgenant, Computing 38, 1987), in each group that competes.
"""

from __future__ import annotations

import math

import numpy as np

from comity.foundation.compiled import compiled
from comity.picture.arrays import Edges, Floats, Whole
from comity.picture.components import components


@compiled
def assigned(edges: Edges, cost: Floats, missed: float, plots: int) -> Whole:
    """Return the pair of each track in the assignment of least sum, -1 for none, which costs `missed`."""
    order, begin = components(edges, plots)
    chosen = np.empty(len(edges.start) - 1, np.int64)
    for track in range(len(chosen)):
        chosen[track] = -1
    number = np.empty(plots, np.int64)
    for group in range(len(begin) - 1):
        tracks = order[begin[group] : begin[group + 1]]
        matrix = table(edges, cost, missed, tracks, number)
        columns = least(matrix)
        for row in range(len(tracks)):
            track = tracks[row]
            for pair in range(edges.start[track], edges.start[track + 1]):
                if number[edges.plot[pair]] == columns[row]:
                    chosen[track] = pair
    return chosen


@compiled
def table(edges: Edges, cost: Floats, missed: float, tracks: Whole, number: Whole) -> Floats:
    """Return the costs of one group, a row a track, a column a plot (`number` says which), then one a row for none."""
    width = 0
    for track in tracks:
        for pair in range(edges.start[track], edges.start[track + 1]):
            number[edges.plot[pair]] = -1
    for track in tracks:
        for pair in range(edges.start[track], edges.start[track + 1]):
            if number[edges.plot[pair]] < 0:
                number[edges.plot[pair]] = width
                width += 1
    matrix = np.empty((len(tracks), width + len(tracks)))
    for row in range(len(tracks)):
        for column in range(width + len(tracks)):
            matrix[row, column] = math.inf
        matrix[row, width + row] = missed
        for pair in range(edges.start[tracks[row]], edges.start[tracks[row] + 1]):
            matrix[row, number[edges.plot[pair]]] = cost[pair]
    return matrix


@compiled
def least(matrix: Floats) -> Whole:
    """Return the column of each row in the assignment of least sum; every row must have a finite column of its own."""
    height, width = matrix.shape
    row_of, chosen = np.empty(width + 1, np.int64), np.empty(height, np.int64)
    for column in range(width + 1):
        row_of[column] = -1
    row_price, column_price = np.zeros(height), np.zeros(width + 1)
    for start in range(height):
        row_of[width] = start
        augment(matrix, row_of, row_price, column_price)
    for column in range(width):
        if row_of[column] >= 0:
            chosen[row_of[column]] = column
    return chosen


@compiled
def augment(  # noqa: C901 - one step of a known algorithm
    matrix: Floats, row_of: Whole, row_price: Floats, column_price: Floats
) -> None:
    """Place the row that waits at the last column, moving others where that is cheaper."""
    width = len(row_of) - 1
    lowest, came_from, seen = np.empty(width), np.empty(width, np.int64), np.zeros(width + 1, np.int64)
    for column in range(width):
        lowest[column], came_from[column] = math.inf, width
    column = width
    while row_of[column] >= 0:
        seen[column] = 1
        row = row_of[column]
        step, following = math.inf, width
        for other in range(width):
            if seen[other] == 0:
                reduced = matrix[row, other] - row_price[row] - column_price[other]
                if reduced < lowest[other]:
                    lowest[other], came_from[other] = reduced, column
                if lowest[other] < step:
                    step, following = lowest[other], other
        for other in range(width + 1):
            if seen[other] == 1:
                row_price[row_of[other]] += step
                column_price[other] -= step
            elif other < width:
                lowest[other] -= step
        column = following
    while column != width:
        before = came_from[column]
        row_of[column] = row_of[before]
        column = before
    row_of[width] = -1
