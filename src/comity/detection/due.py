"""Due: which quiet reports a rule need not look at, because it keeps one of each while and has that one.

A rule that keeps the first report of every so long learns nothing from those after it. What it has kept is noted here
beside it, by the track's number, for all tracks at once; whatever is not sure is looked at.
"""

from __future__ import annotations

import numpy as np

from comity.foundation.compiled import compiled
from comity.vocabulary.columns import Moves, Truths, Whole
from comity.vocabulary.instant import Duration

_ROOM = 1 << 16
"""Tracks of which it is noted; two that have one place in it push each other out, and are looked at the more often."""


class Due:
    """What one rule has kept of each track's present while."""

    def __init__(self, every: Duration) -> None:
        self._every = every
        self._held: Whole | None = None

    def forget(self) -> None:
        """Note that the rule has forgotten something: all is looked at anew."""
        self._held = None

    def of(self, moves: Moves, chosen: Truths, sure: Truths | None = None) -> Truths:
        """Return which of the chosen rows are to be looked at; where it is not `sure` that they are kept, all are."""
        if self._held is None:
            self._held = np.full((3, _ROOM), -1, np.int64)
        wanted = np.zeros(len(moves), np.bool_)
        rows = (moves.quiet & chosen, chosen if sure is None else sure)
        mark(self._held, self._every, moves.serial, moves.time, rows, wanted)
        return wanted


@compiled
def mark(held: Whole, every: int, serial: Whole, time: Whole, rows: tuple[Truths, Truths], wanted: Truths) -> None:
    """Mark the rows that are wanted, and note that they are kept: `held` has number, while and time of each.

    `rows` tells which can be wanted, and of which it is sure that they are kept if they are shown.
    """
    chosen, sure = rows
    for i in range(len(chosen)):
        if not chosen[i]:
            continue
        place, moment = serial[i] % held.shape[1], time[i] // every
        if held[0, place] == serial[i] and held[1, place] == moment and time[i] > held[2, place]:
            continue
        wanted[i] = True
        if sure[i]:
            held[0, place], held[1, place], held[2, place] = serial[i], moment, time[i]
