"""A stretch: what a track has passed of late, and how improbable all of that together is."""

from __future__ import annotations

from collections import deque
from typing import Generic, TypeVar

import msgspec

from comity.detection.usual import Odd, score
from comity.foundation.traffic import AGAIN
from comity.vocabulary.instant import DAY, HOUR, Instant

WINDOW = 2 * HOUR
"""What lies further back says nothing of now."""
MOST = 12
"""Passages of a stretch."""
LEAST = 2
"""One passage alone may be one false position."""
WATCH = DAY
"""A track is watched anew after so long: what is expected is counted a watch."""

_Kind = TypeVar("_Kind")


class Passed(msgspec.Struct, Generic[_Kind], frozen=True):
    """One passage of the stretch, with what it was seen in."""

    time: Instant
    odd: Odd
    seen: _Kind


class Stretch(Generic[_Kind]):
    """The passages of one track, as they come."""

    def __init__(self, begin: Instant) -> None:
        self.begin = begin
        """When the watch began."""
        self.passed: deque[Passed[_Kind]] = deque(maxlen=MOST)
        self._hour = 0
        self._known: set[tuple[int, int]] = set()

    def is_new(self, time: Instant, place: int, motion: int) -> bool:
        """Whether the track was not yet seen in the place with this motion in this hour; now it was."""
        if time // AGAIN != self._hour:
            self._hour = time // AGAIN
            self._known.clear()
        if (place, motion) in self._known:
            return False
        self._known.add((place, motion))
        return True

    def add(self, time: Instant, odd: Odd, seen: _Kind) -> float:
        """Add a passage and return the score of the stretch that ends with it."""
        self.passed.append(Passed(time, odd, seen))
        while time - self.passed[0].time > WINDOW:
            self.passed.popleft()
        return score([each.odd.p for each in self.passed]) if len(self.passed) >= LEAST else 0.0

    def is_over(self, time: Instant) -> bool:
        """Whether a watch that began with this one has ended by then."""
        return time - self.begin >= WATCH
