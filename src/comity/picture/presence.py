"""Presence: which tracks are in which areas, with margins so that noise at an edge does not go in and out."""

from __future__ import annotations

from collections import OrderedDict
from enum import Enum

import msgspec

from comity.picture.areas import Areas
from comity.vocabulary.fault import Fault
from comity.vocabulary.instant import Duration, Instant
from comity.vocabulary.place import Position
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
    """When it went in, or out."""
    position: Position
    stayed: Duration = 0
    """How long it had been in when this was told."""


class PresenceSettings(msgspec.Struct, frozen=True, kw_only=True):
    """When a track is in an area, and when out of it again."""

    entry: float = 0.0
    """Metres from the area within which a track is in: 0, when the area holds it (a port, as Global Fishing Watch has
    it: 3,000)."""
    exit: float = 1_000.0
    """Metres beyond which it is out again; not less than `entry` (a port: 4,000)."""
    dwell: Duration = 0
    """How long it must have been in before its entry is told; who leaves before was never there."""
    tracks: int = 50_000
    """Tracks followed; the one heard longest ago is forgotten first."""


class _Stay(msgspec.Struct):
    since: Instant
    place: Position
    told: bool


class _Stays(msgspec.Struct):
    """One track's stays by area, and when it was last heard."""

    last: Instant
    areas: dict[str, _Stay]


class Presence:
    """Follows tracks in and out. A report older than the last of its track changes nothing."""

    def __init__(self, areas: Areas, settings: PresenceSettings | None = None) -> None:
        """Follow tracks through the areas.

        Raises:
            Fault: a track would be out of an area nearer to it than it is in.
        """
        self._areas = areas
        self._settings = settings or PresenceSettings()
        if not 0.0 <= self._settings.entry <= self._settings.exit:
            raise Fault("a track would be out of an area before it is in", remedy="Set 0 <= entry <= exit, in metres.")
        self._inside: OrderedDict[str, _Stays] = OrderedDict()

    def inside(self, track: str) -> frozenset[str]:
        """Return the names of the areas that the track is in, for as long as `dwell` asks."""
        return frozenset(name for name, stay in self._stays(track).areas.items() if stay.told)

    def moved(self, track: Track) -> list[Passage]:
        """Note where the track is now; return its entries and exits, exits first."""
        position = track.position
        held = self._stays(track.id)
        if position is None or track.last < held.last:
            return []
        before = held.areas
        entered = self._near(position)
        stays = {name: stay for name, stay in before.items() if name in entered or self._still(name, position)}
        gone = [(name, before[name]) for name in sorted(before.keys() - stays.keys())]
        for name in entered:
            stays.setdefault(name, _Stay(track.last, position, told=False))
        self._keep(track, stays)
        exits = [self._passage(track, name, Way.EXIT, track.last, position, stay) for name, stay in gone if stay.told]
        return exits + [
            self._entry(track, name, stay) for name, stay in sorted(stays.items()) if self._due(track, stay)
        ]

    def _near(self, position: Position) -> tuple[str, ...]:
        entry = self._settings.entry
        return self._areas.within(position, entry) if entry else self._areas.at(position)

    def _still(self, name: str, position: Position) -> bool:
        return self._areas.distance(name, position) <= self._settings.exit

    def _due(self, track: Track, stay: _Stay) -> bool:
        return not stay.told and track.last - stay.since >= self._settings.dwell

    def _entry(self, track: Track, name: str, stay: _Stay) -> Passage:
        stay.told = True
        return self._passage(track, name, Way.ENTRY, stay.since, stay.place, stay)

    def _passage(self, track: Track, name: str, way: Way, time: Instant, position: Position, stay: _Stay) -> Passage:
        return Passage(track=track.id, area=name, way=way, time=time, position=position, stayed=track.last - stay.since)

    def _stays(self, track: str) -> _Stays:
        return self._inside.get(track) or _Stays(0, {})

    def _keep(self, track: Track, stays: dict[str, _Stay]) -> None:
        self._inside.pop(track.id, None)
        if stays:
            self._inside[track.id] = _Stays(track.last, stays)
            if len(self._inside) > self._settings.tracks:
                self._inside.popitem(last=False)
