"""Coverage: which tracks one source hears, where and since when; what it could have heard is judged by them."""

from __future__ import annotations

import math
from collections import deque

import msgspec

from comity.detection.memory import Memory
from comity.foundation.geodesy import distance, plane
from comity.foundation.grid import Grid
from comity.vocabulary.instant import Duration, Instant
from comity.vocabulary.place import Position
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.track import Track

_RECENT = 5
"""Sightings kept of each track."""


class Heard(msgspec.Struct):
    """One track as one source hears it."""

    track: Track
    position: Position
    first: Instant
    last: Instant
    recent: deque[Sighting]
    judged: bool = False
    """Its present silence has been looked at."""


class Coverage:
    """The tracks that one source hears, at most so many."""

    def __init__(self, limit: int) -> None:
        self._heard: Memory[Heard] = Memory(limit)
        self._places: Grid[str] = Grid(0.2)
        self._bearers: Memory[Heard] = Memory(limit)
        self.newest: Instant = 0
        """Event time of the source: its newest report."""

    def __len__(self) -> int:
        return len(self._heard)

    def get(self, track: str) -> Heard | None:
        """Return what is known of the track."""
        return self._heard.get(track)

    def hear(self, track: Track, sighting: Sighting) -> None:
        """Note that the source has heard the track; an older report than the last changes nothing."""
        if track.position is None:
            return
        self.newest = max(self.newest, sighting.time)
        heard = self._heard.get(track.id)
        if heard is None:
            heard = Heard(track, track.position, sighting.time, sighting.time, deque(maxlen=_RECENT))
        elif sighting.time < heard.last:
            return
        heard.track, heard.position, heard.last, heard.judged = track, track.position, sighting.time, False
        heard.recent.append(sighting)
        self._places.put(track.id, heard.position)
        self._bearers.put(str(track.identity.mmsi), heard)
        forgotten = self._heard.put(track.id, heard)
        if forgotten is not None:
            self._places.drop(forgotten.track.id)

    def bearer(self, mmsi: int | None) -> Heard | None:
        """Return the track heard last under that MMSI."""
        return self._bearers.get(str(mmsi))

    def silent(self, since: Instant) -> list[Heard]:
        """Return those not heard since then whose silence has not been looked at."""
        found: list[Heard] = []
        for heard in self._heard:
            if heard.last > since:
                break
            if not heard.judged:
                found.append(heard)
        return found

    def forget(self, before: Instant) -> None:
        """Forget those last heard before then."""
        gone: list[str] = []
        for heard in self._heard:
            if heard.last >= before:
                break
            gone.append(heard.track.id)
        for track in gone:
            self._heard.drop(track)
            self._places.drop(track)

    def present(self, subject: Heard, radius: float, window: Duration) -> list[Heard]:
        """Return the other tracks within `radius` metres that were being heard when the subject was last heard."""
        found = (self._heard.get(track) for track in self._places.near(subject.position, radius))
        return [
            other
            for other in found
            if other is not None
            and other is not subject
            and other.first <= subject.last <= other.last + window
            and distance(subject.position, other.position) <= radius
        ]


def ahead_of(subject: Heard, other: Heard) -> bool:
    """Whether the other lies ahead of the subject's last course; true where that had none."""
    if subject.track.course is None:
        return True
    east, north = plane(subject.position, other.position)
    angle = math.radians(subject.track.course)
    return east * math.sin(angle) + north * math.cos(angle) >= 0.0
