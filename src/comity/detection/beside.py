"""Beside: who was near whom at one moment, and what pairs did for how long.

Each track has one mark for a moment, the earliest in it, moved on to the moment's middle at its speed and course. What
is kept of a pair depends on the marks and not on the order in which they were read.
"""

from __future__ import annotations

import math
from collections import OrderedDict

import msgspec

from comity.detection.due import Due
from comity.detection.memory import Memory
from comity.detection.trail import Mark
from comity.foundation.geodesy import distance, offset
from comity.foundation.grid import Grid
from comity.vocabulary.instant import MINUTE, Duration
from comity.vocabulary.place import Position
from comity.vocabulary.track import Track


class BesideSettings(msgspec.Struct, frozen=True, kw_only=True):
    """At which moments two are held against each other, and how much is remembered of it."""

    every: Duration = 4 * MINUTE
    """Moments at which they are held against each other."""
    missing: int = 3
    """Moments in a row at which two need not have been seen together."""
    moments: int = 15
    """Moments remembered for reports that come late."""
    longest: int = 60
    """Moments of one pair that are remembered."""
    revised: Duration = 30 * MINUTE
    """While it lasts, the alert is brought up to date this often."""
    sightings: int = 3
    """Reports that a track must have."""
    pairs: int = 10_000
    """Pairs remembered."""


class Side(msgspec.Struct, frozen=True):
    """One of two at one moment."""

    track: Track
    mark: Mark
    place: Position
    """Where it was in the middle of the moment."""


class Pair(msgspec.Struct):
    """Two tracks, in the order of their ids, and their sides at the moments at which they were near each other."""

    tracks: tuple[Track, Track]
    moments: dict[int, tuple[Side, Side]]

    def times(self) -> list[int]:
        """Return the moments in order."""
        return sorted(self.moments)


class Beside:
    """The marks of the latest moments by place, and the pairs near each other."""

    def __init__(self, settings: BesideSettings, reach: float) -> None:
        """Remember pairs within `reach` metres of each other."""
        self._every, self._reach = settings.every, reach
        self._most, self._longest = settings.moments, settings.longest
        self._moments: OrderedDict[int, tuple[Grid[str], dict[str, Side]]] = OrderedDict()
        self._pairs: Memory[Pair] = Memory(settings.pairs)
        self.kept = Due(settings.every)
        """Of which tracks the mark of a moment is there."""

    def __len__(self) -> int:
        return len(self._pairs)

    def due(self, track: str, mark: Mark) -> bool:
        """Whether the mark would be kept: none is, or a later one."""
        held = self._moments.get(mark.time // self._every)
        side = held[1].get(track) if held else None
        return side is None or (mark.time, mark.id) < (side.mark.time, side.mark.id)

    def put(self, track: Track, mark: Mark) -> list[Pair]:
        """Take a mark that is due; return the pairs that it changes, by the other track's id."""
        moment = mark.time // self._every
        grid, sides = self._moment(moment)
        old = sides.get(track.id)
        side = Side(track, mark, self._placed(mark, moment))
        near = self._near(grid, sides, side)
        gone = [] if old is None else [name for name in self._near(grid, sides, old) if name not in near]
        sides[track.id] = side
        grid.put(track.id, side.place)
        changed = [self._apart(track.id, name, moment) for name in gone]
        changed += [self._together(side, sides[name], moment) for name in near]
        return [pair for pair in changed if pair is not None]

    def pair(self, one: str, other: str) -> Pair | None:
        """Return what is remembered of two tracks."""
        return self._pairs.get("/".join(sorted((one, other))))

    def _moment(self, moment: int) -> tuple[Grid[str], dict[str, Side]]:
        """Return the moment's marks; of too many moments, the one written to longest ago is forgotten."""
        held = self._moments.pop(moment, None) or (Grid(0.05), {})
        self._moments[moment] = held
        if len(self._moments) > self._most:
            self._moments.popitem(last=False)
            self.kept.forget()
        return held

    def _placed(self, mark: Mark, moment: int) -> Position:
        if mark.course is None:
            return mark.position
        gone = mark.speed * ((moment + 0.5) * self._every - mark.time) / 1000.0
        angle = math.radians(mark.course)
        return offset(mark.position, gone * math.sin(angle), gone * math.cos(angle))

    def _near(self, grid: Grid[str], sides: dict[str, Side], side: Side) -> list[str]:
        found = grid.near(side.place, self._reach)
        others = [name for name in found if name != side.track.id]
        return sorted(name for name in others if distance(sides[name].place, side.place) <= self._reach)

    def _together(self, side: Side, other: Side, moment: int) -> Pair | None:
        first, second = sorted((side, other), key=lambda one: one.track.id)
        mmsi = first.track.identity.mmsi
        if mmsi is not None and mmsi == second.track.identity.mmsi:
            return None  # two tracks of one number may be one vessel
        name = f"{first.track.id}/{second.track.id}"
        pair = self._pairs.get(name) or Pair((first.track, second.track), {})
        pair.tracks, pair.moments[moment] = (first.track, second.track), (first, second)
        if len(pair.moments) > self._longest:
            del pair.moments[min(pair.moments)]
        self._pairs.put(name, pair)
        return pair

    def _apart(self, one: str, other: str, moment: int) -> Pair | None:
        pair = self.pair(one, other)
        if pair is not None:
            pair.moments.pop(moment, None)
        return pair


def lasting_from(times: list[int], most: int) -> list[list[int]]:
    """Return runs of moments between which no more than `most` are missing."""
    runs: list[list[int]] = []
    for time in times:
        if runs and time - runs[-1][-1] <= most + 1:
            runs[-1].append(time)
        else:
            runs.append([time])
    return runs
