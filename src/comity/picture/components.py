"""Components: tracks and plots that compete, directly or through others, settled apart from all the rest. Compiled."""

from __future__ import annotations

import numpy as np

from comity.foundation.compiled import compiled
from comity.picture.arrays import Edges, Whole


@compiled
def root(parent: Whole, one: int) -> int:
    """Return the one that stands for a group, and shorten the way there."""
    while parent[one] != one:
        parent[one] = parent[parent[one]]
        one = parent[one]
    return one


@compiled
def components(edges: Edges, plots: int) -> tuple[Whole, Whole]:
    """Return tracks (their places in `edges.start`) group by group, and where each group begins.

    Tracks without a pair are left out. Groups are in the order of their first tracks, and tracks in order within.
    """
    tracks = len(edges.start) - 1
    parent, taker = np.empty(tracks, np.int64), np.empty(plots, np.int64)
    for track in range(tracks):
        parent[track] = track
    for plot in range(plots):
        taker[plot] = -1
    for track in range(tracks):
        for pair in range(edges.start[track], edges.start[track + 1]):
            plot = edges.plot[pair]
            if taker[plot] < 0:
                taker[plot] = track
            else:
                one, other = root(parent, track), root(parent, taker[plot])
                parent[max(one, other)] = min(one, other)
    return grouped(edges, parent)


@compiled
def grouped(edges: Edges, parent: Whole) -> tuple[Whole, Whole]:
    """Return the tracks by the one that stands for their group, and where each group begins."""
    tracks = len(parent)
    number = np.empty(tracks, np.int64)
    for track in range(tracks):
        number[track] = -1
    sizes = np.zeros(tracks + 1, np.int64)
    groups = 0
    for track in range(tracks):
        if edges.start[track] < edges.start[track + 1]:
            head = root(parent, track)
            if number[head] < 0:
                number[head] = groups
                groups += 1
            sizes[number[head] + 1] += 1
    begin, place = np.zeros(groups + 1, np.int64), np.zeros(groups + 1, np.int64)
    for group in range(groups):
        begin[group + 1] = place[group + 1] = begin[group] + sizes[group + 1]
    order = np.empty(begin[groups], np.int64)
    for track in range(tracks):
        if edges.start[track] < edges.start[track + 1]:
            group = number[root(parent, track)]
            order[place[group]] = track
            place[group] += 1
    return order, begin
