"""A trail: where a track was, thinned to one mark every so often, in the order in which it happened.

Which mark is kept depends on what was reported and not on when it was read: a report that comes late, by up to `lag`,
takes the place that it would have had.
"""

from __future__ import annotations

from bisect import bisect_left

import msgspec

from comity.vocabulary.instant import HOUR, MINUTE, Duration, Instant
from comity.vocabulary.place import Position
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.track import Track


class TrailSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of a track, and for how many."""

    every: Duration = 5 * MINUTE
    """One mark is kept of each so long."""
    lag: Duration = HOUR
    """A report that comes so late is still taken in as if it had come in time."""
    horizon: Duration = 12 * HOUR
    """Marks are kept for so long; what lasts longer goes on under the same alert."""
    revised: Duration = HOUR
    """While it goes on, the alert is brought up to date this often."""
    sightings: int = 3
    """Reports that a track must have."""
    tracks: int = 50_000
    """Tracks remembered."""


class Mark(msgspec.Struct, frozen=True):
    """Where a track was at a time, and the sighting that says so."""

    time: Instant
    id: str
    """The sighting's."""
    source: str
    position: Position
    speed: float
    """Over ground, metres a second."""
    course: float | None
    """Over ground, degrees from true north."""
    simulated: bool
    inside: bool = False
    """Whether it is such as the rule looks for."""
    near: tuple[str, ...] = ()
    """Areas near, where the rule asks for them."""
    entered: tuple[str, ...] = ()
    """Those of them that are so near that it is in them."""


def mark_of(track: Track, sighting: Sighting) -> Mark | None:
    """Return where the sighting places the track.

    By its own word where it says who it is, or comes late: the filter's state depends on what was read before. A plot
    is noisy, and placed by the state.
    """
    itself = sighting.identity.mmsi is not None or sighting.identity.icao is not None
    position = sighting.position if itself or sighting.time < track.last else track.position
    if position is None or sighting.position is None:
        return None
    speed, course = (track.speed or 0.0, track.course) if sighting.speed is None else (sighting.speed, sighting.course)
    return Mark(sighting.time, sighting.id, sighting.source, position, speed, course, sighting.simulated)


class Trail:
    """The marks of one track, oldest first."""

    __slots__ = ("_every", "_horizon", "_lag", "marks", "since", "track")

    def __init__(self, track: Track, *, every: Duration, horizon: Duration, lag: Duration) -> None:
        """Keep a mark for each `every`, for as long as `horizon`, and those inside only that are older than `lag`."""
        self.track = track
        self._every, self._horizon, self._lag = every, horizon, lag
        self.marks: list[Mark] = []
        self.since: Instant = 0
        """What was before then is forgotten."""

    def due(self, time: Instant) -> bool:
        """Whether a mark of that time would be kept, as far as its time alone tells."""
        if not self.marks:
            return True
        last = self.marks[-1].time
        return time >= self.since and (time // self._every != last // self._every or time <= last)

    def put(self, mark: Mark) -> bool:
        """Take a mark in; return whether that changes anything."""
        if mark.time < self.since:
            return False
        place = bisect_left(self.marks, mark.time // self._every, key=self._slot)
        if place < len(self.marks) and self._slot(self.marks[place]) == mark.time // self._every:
            held = self.marks[place]
            if (held.time, held.id) <= (mark.time, mark.id):
                return False
            self.marks[place] = mark
        else:
            self.marks.insert(place, mark)
        self._forget()
        return True

    def _slot(self, mark: Mark) -> int:
        return mark.time // self._every

    def _forget(self) -> None:
        """Forget what is too old, and of what is old the marks outside that stand between others outside."""
        newest = self.marks[-1].time
        while self.marks[0].time < newest - self._horizon:
            self.since = self.marks.pop(0).time + 1
        settled = bisect_left(self.marks, newest - self._lag, key=lambda mark: mark.time)
        for place in range(settled - 2, max(0, settled - 4), -1):
            if not any(mark.inside for mark in self.marks[place - 1 : place + 2]):
                del self.marks[place]
