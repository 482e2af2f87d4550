"""Drift: how slowly a track has moved of late, whatever the noise of its single reports."""

from __future__ import annotations

from collections import deque

import msgspec

from comity.foundation.geodesy import distance
from comity.vocabulary.instant import SECOND, Duration, Instant
from comity.vocabulary.place import Position
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.track import Track

_APART = 15 * SECOND
"""Reports nearer in time than this add nothing to the speed made good."""
_SOURCES = 4
"""Sources whose last report of a track is remembered."""


class Drift(msgspec.Struct):
    """A track as the rule of meetings remembers it."""

    track: Track
    time: Instant
    position: Position
    points: deque[tuple[Instant, Position]] = msgspec.field(default_factory=deque)
    """Where it was, from a window ago to now."""
    speed: float | None = None
    """Made good over the window, metres a second; None while it has not been seen for so long."""
    under_way: bool = False
    """Whether it was ever seen to move faster than a drifting vessel does."""
    heard: dict[str, Instant] = msgspec.field(default_factory=dict)
    """When each source last reported it."""
    partners: set[str] = msgspec.field(default_factory=set)
    """Tracks that it is together with."""

    def move(self, track: Track, position: Position, sighting: Sighting, window: Duration, stale: Duration) -> None:
        """Note where the track is now; after a silence longer than `stale` its speed is unknown again."""
        if sighting.time - self.time > stale:
            self.points.clear()
        self.track, self.time, self.position = track, sighting.time, position
        if not self.points or sighting.time - self.points[-1][0] >= _APART:
            self.points.append((sighting.time, position))
        while len(self.points) > 1 and sighting.time - self.points[1][0] >= window:
            self.points.popleft()
        begin, origin = self.points[0]
        elapsed = sighting.time - begin
        self.speed = distance(origin, position) / (elapsed / 1000.0) if elapsed >= window else None
        self._hear(sighting)

    def _hear(self, sighting: Sighting) -> None:
        self.heard.pop(sighting.source, None)
        self.heard[sighting.source] = sighting.time
        if len(self.heard) > _SOURCES:
            del self.heard[next(iter(self.heard))]
