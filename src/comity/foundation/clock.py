"""The clock: the only place that reads the time of day, and the only source of new ids."""

from __future__ import annotations

import time
from bisect import bisect_right
from itertools import pairwise

from comity.vocabulary.fault import Fault
from comity.vocabulary.instant import Duration, Instant


def wall() -> Instant:
    """Return the time of day by the machine's clock, whatever the node's clock shows."""
    return time.time_ns() // 1_000_000


def steady() -> float:
    """Return seconds that only ever grow, for measuring how long something took."""
    return time.monotonic()


class Clock:
    """A node's clock: the wall clock, or one that passes through given points on its way to it.

    `points` are pairs (wall, shown), both growing: between two of them the clock runs evenly; before the first it
    stands still; after the last it runs as the wall clock does, at the last one's offset. A rehearsal or a replay
    uses this to let hours pass in seconds; every node of it is given the same points.
    """

    def __init__(self, points: tuple[tuple[Instant, Instant], ...] = ()) -> None:
        for (wall_a, shown_a), (wall_b, shown_b) in pairwise(points):
            if wall_b <= wall_a or shown_b < shown_a:
                raise Fault("the clock's points must grow", remedy="List them by time, as [wall, shown] pairs.")
        self._points = points

    def now(self) -> Instant:
        """Return the instant that the clock shows."""
        return self.shown(wall())

    def shown(self, moment: Instant) -> Instant:
        """Return what the clock shows at the wall clock's `moment`."""
        if not self._points:
            return moment
        place = bisect_right(self._points, moment, key=lambda point: point[0])
        if place == 0:
            return self._points[0][1]
        wall_a, shown_a = self._points[place - 1]
        if place == len(self._points):
            return shown_a + (moment - wall_a)
        wall_b, shown_b = self._points[place]
        return shown_a + (moment - wall_a) * (shown_b - shown_a) // (wall_b - wall_a)

    def until(self, instant: Instant) -> Duration:
        """Return how many wall milliseconds pass from now until the clock shows `instant`; 0 if it has."""
        moment = wall()
        if self.shown(moment) >= instant:
            return 0
        for (wall_a, shown_a), (wall_b, shown_b) in pairwise(self._points):
            if shown_a <= instant <= shown_b and shown_b > shown_a:
                due = wall_a + -(-(instant - shown_a) * (wall_b - wall_a) // (shown_b - shown_a))
                return max(due - moment, 0)
        last_wall, last_shown = self._points[-1] if self._points else (0, 0)
        return max(last_wall + instant - last_shown - moment, 0)
