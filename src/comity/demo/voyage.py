"""A voyage: where a simulated vessel is at any time, between places that it passes at given times."""

from __future__ import annotations

import math
from itertools import pairwise

import msgspec

from comity.foundation.geodesy import offset, plane
from comity.vocabulary.instant import Duration
from comity.vocabulary.place import Position


class Leg(msgspec.Struct, frozen=True):
    """A place, and when the vessel is there, in milliseconds of the story."""

    at: Duration
    place: Position


class Moment(msgspec.Struct, frozen=True):
    """Where a vessel is and how it moves: metres a second, degrees from true north."""

    position: Position
    speed: float
    course: float


class Voyage:
    """Straight legs, each at one speed. Before the first place and after the last the vessel lies still."""

    def __init__(self, *legs: Leg) -> None:
        self._legs = legs

    def at(self, moment: Duration) -> Moment:
        """Return where the vessel is at this time of the story."""
        for begin, end in pairwise(self._legs):
            if begin.at <= moment < end.at:
                return _between(begin, end, moment)
        resting = self._legs[0] if moment < self._legs[0].at else self._legs[-1]
        return Moment(resting.place, 0.0, 0.0)


def _between(begin: Leg, end: Leg, moment: Duration) -> Moment:
    east, north = plane(begin.place, end.place)
    share = (moment - begin.at) / (end.at - begin.at)
    speed = math.hypot(east, north) / ((end.at - begin.at) / 1_000)
    course = math.degrees(math.atan2(east, north)) % 360
    return Moment(offset(begin.place, east * share, north * share), speed, course)
