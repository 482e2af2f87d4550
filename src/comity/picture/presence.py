"""Presence: which tracks are in which areas, with a margin so that noise at an edge does not go in and out."""

from __future__ import annotations

from collections import OrderedDict
from enum import Enum

import msgspec

from comity.foundation.geodesy import contains, plane
from comity.picture.areas import Areas
from comity.vocabulary.instant import Instant
from comity.vocabulary.place import Area, Position
from comity.vocabulary.track import Track


class Way(Enum):
    """Into an area or out of it."""

    ENTRY = "entry"
    EXIT = "exit"


class Passage(msgspec.Struct, frozen=True, kw_only=True):
    """One track's entry into one area, or its exit."""

    track: str
    area: str
    way: Way
    time: Instant
    position: Position


class Presence:
    """Follows tracks in and out: in when the area holds the position, out when it lies beyond the margin."""

    def __init__(self, areas: Areas, margin: float = 1_000.0, limit: int = 50_000) -> None:
        """Follow at most `limit` tracks; a track is out of an area when it is `margin` metres away."""
        self._areas = areas
        self._margin = margin
        self._limit = limit
        self._inside: OrderedDict[str, frozenset[str]] = OrderedDict()

    def inside(self, track: str) -> frozenset[str]:
        """Return the names of the areas that the track is in."""
        return self._inside.get(track, frozenset())

    def moved(self, track: Track) -> list[Passage]:
        """Note where the track is now; return its entries and exits, exits first."""
        position = track.position
        if position is None:
            return []
        before = self.inside(track.id)
        now = set(self._areas.at(position))
        now |= {name for name in before - now if self._within_margin(name, position)}
        self._keep(track.id, frozenset(now))
        changes = [(name, Way.EXIT) for name in sorted(before - now)]
        changes += [(name, Way.ENTRY) for name in sorted(now - before)]
        return [
            Passage(track=track.id, area=name, way=way, time=track.last, position=position) for name, way in changes
        ]

    def _within_margin(self, name: str, position: Position) -> bool:
        area = self._areas.get(name)
        return area is not None and distance_to(area, position) <= self._margin

    def _keep(self, track: str, inside: frozenset[str]) -> None:
        self._inside.pop(track, None)
        if inside:
            self._inside[track] = inside
            if len(self._inside) > self._limit:
                self._inside.popitem(last=False)


def distance_to(area: Area, position: Position) -> float:
    """Return metres from the position to the area, 0 inside; on the plane at the position, so for near ones only."""
    if contains(area, position):
        return 0.0
    return min(
        (
            _to_edge(plane(position, before), plane(position, after))
            for rings in area.polygons
            for ring in rings
            for before, after in zip(ring, (*ring[1:], ring[0]), strict=True)
        ),
        default=float("inf"),
    )


def _to_edge(start: tuple[float, float], end: tuple[float, float]) -> float:
    """Return the distance of the origin from the edge between two points of the plane."""
    east, north = end[0] - start[0], end[1] - start[1]
    length = east * east + north * north
    share = 0.0 if length == 0.0 else max(0.0, min(1.0, -(start[0] * east + start[1] * north) / length))
    return float(((start[0] + share * east) ** 2 + (start[1] + share * north) ** 2) ** 0.5)
