"""Coverage: what each source could have seen, where and when, judged by what it did see, as a map and for a question.

A source reaches a cell in a span of time if it saw there, or in a neighbouring cell, so many tracks; or if the cell
lies within a reach that was declared for it and the source was not silent. That nothing was seen proves nothing: then
the answer is `unknown`. Whatever the order in which reports are read, the map is the same.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Iterator
from enum import Enum
from typing import TypeVar

import msgspec

from comity.foundation.geodesy import distance
from comity.vocabulary.instant import HOUR, MINUTE, Duration, Instant
from comity.vocabulary.place import Position
from comity.vocabulary.track import Track


class CoverageSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How fine the map is, and what it takes to know that a source reaches a place."""

    cell: float = 0.1
    """Degrees on each side."""
    span: Duration = HOUR
    """Time that one map stands for."""
    beat: Duration = 5 * MINUTE
    """A source that gives nothing for so long is silent."""
    tracks: int = 2
    """Tracks that it must have seen in a cell and those around it."""
    sightings: int = 3
    """Reports that a track must have to count: false identities give no coverage."""
    spans: int = 500
    """Spans remembered, of all sources; the one written to longest ago is forgotten first."""
    beats: int = 2_000
    """Beats remembered of each source."""
    sources: int = 200
    """Sources remembered."""


class Could(Enum):
    """Whether a source could have seen something."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Answer(msgspec.Struct, frozen=True):
    """The answer, with what it stands on."""

    could: Could
    tracks: int
    """Tracks that it saw there, and around, in that span; counted up to what is asked for."""
    why: str


class Reach(msgspec.Struct, frozen=True):
    """A reach that was declared for a source: metres around a place, as of a radar or a camera."""

    place: Position
    metres: float


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """One cell of the map of one source."""

    source: str
    south: float
    west: float
    north: float
    east: float
    """Its edges, degrees."""
    spans: int
    """In how many spans it saw tracks here itself."""
    tracks: int
    """The most that it saw in one of them, counted up to what is asked for."""
    last: Instant
    """The end of the newest of these spans."""


_Place = tuple[int, int]
_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class CoverageMap:
    """What every source has seen of late, cell by cell."""

    def __init__(self, settings: CoverageSettings | None = None) -> None:
        self._settings = settings or CoverageSettings()
        self._spans: OrderedDict[tuple[str, int], dict[_Place, set[str]]] = OrderedDict()
        self._beats: OrderedDict[str, OrderedDict[int, None]] = OrderedDict()
        self._reaches: dict[str, tuple[Reach, ...]] = {}

    def declare(self, source: str, *reaches: Reach) -> None:
        """Note where a source reaches by its nature, whatever it sees."""
        self._reaches[source] = reaches

    def see(self, source: str, track: Track, position: Position, time: Instant) -> None:
        """Note that a source has seen a track at a place."""
        chosen = self._settings
        beats = self._beats.pop(source, None) or OrderedDict()
        self._beats[source] = beats
        beats.pop(time // chosen.beat, None)
        beats[time // chosen.beat] = None
        _cut(beats, chosen.beats)
        _cut(self._beats, chosen.sources)
        if track.sightings < chosen.sightings:
            return
        key = (source, time // chosen.span)
        cells = self._spans.pop(key, None) or {}
        self._spans[key] = cells
        _cut(self._spans, chosen.spans)
        seen = cells.setdefault(self._cell(position), set())
        if len(seen) < chosen.tracks:
            seen.add(track.id)

    def could(self, source: str, position: Position, time: Instant) -> Answer:
        """Return whether the source could have seen something there and then."""
        chosen = self._settings
        if not self._alive(source, time):
            return Answer(Could.NO, 0, f"{source} gave nothing at all at that time")
        for reach in self._reaches.get(source, ()):
            if distance(reach.place, position) <= reach.metres:
                return Answer(Could.YES, 0, f"it lies within the reach declared for {source}, which was not silent")
        tracks = self._around(source, time // chosen.span, position)
        if len(tracks) >= chosen.tracks:
            return Answer(Could.YES, len(tracks), f"{source} saw others there in that span of time")
        if any(name == source and len(self._around(source, span, position)) for name, span in self._spans):
            return Answer(Could.UNKNOWN, len(tracks), f"{source} sees there at times; too few were seen then")
        return Answer(Could.UNKNOWN, len(tracks), f"{source} is not known to see there")

    def gaps(self, source: str, begin: Instant, end: Instant) -> list[tuple[Instant, Instant]]:
        """Return the times from `begin` to `end` at which the source gave nothing, as far as is remembered."""
        beat, beats = self._settings.beat, self._beats.get(source, OrderedDict())
        first = max(begin // beat, min(beats, default=end // beat))
        found: list[tuple[Instant, Instant]] = []
        for number in range(first, min(-(-end // beat), first + self._settings.beats)):
            if number not in beats:
                since, until = max(begin, number * beat), min(end, (number + 1) * beat)
                joined = found and found[-1][1] == since
                found[-1:] = [(found[-1][0], until)] if joined else [*found[-1:], (since, until)]
        return found

    def cells(self, begin: Instant, end: Instant, source: str | None = None) -> list[Cell]:
        """Return the map of a time, of one source or all, by source and from south-west."""
        span, size = self._settings.span, self._settings.cell
        held: dict[tuple[str, _Place], list[tuple[int, int]]] = {}
        for (name, number), places in self._spans.items():
            if source in {None, name} and number * span < end and (number + 1) * span > begin:
                for place, tracks in places.items():
                    held.setdefault((name, place), []).append((number, len(tracks)))
        return [
            Cell(
                source=name,
                south=place[0] * size - 90.0,
                west=place[1] * size - 180.0,
                north=(place[0] + 1) * size - 90.0,
                east=(place[1] + 1) * size - 180.0,
                spans=len(seen),
                tracks=max(tracks for _, tracks in seen),
                last=(max(number for number, _ in seen) + 1) * span,
            )
            for (name, place), seen in sorted(held.items())
        ]

    def geojson(self, begin: Instant, end: Instant, source: str | None = None) -> bytes:
        """Return that map as a GeoJSON FeatureCollection (RFC 7946), a polygon for each cell with its figures."""
        features = [self._feature(cell) for cell in self.cells(begin, end, source)]
        return msgspec.json.encode({"type": "FeatureCollection", "features": features})

    def _feature(self, cell: Cell) -> dict[str, object]:
        south, west, north, east = (round(edge, 6) for edge in (cell.south, cell.west, cell.north, cell.east))
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        told = {"source": cell.source, "spans": cell.spans, "tracks": cell.tracks, "last": cell.last}
        return {"type": "Feature", "properties": told, "geometry": {"type": "Polygon", "coordinates": [ring]}}

    def _cell(self, position: Position) -> _Place:
        size = self._settings.cell
        return math.floor((position.latitude + 90.0) / size), math.floor((position.longitude + 180.0) / size)

    def _alive(self, source: str, time: Instant) -> bool:
        number = time // self._settings.beat
        beats = self._beats.get(source, OrderedDict())
        return any(near in beats for near in (number - 1, number, number + 1))

    def _around(self, source: str, span: int, position: Position) -> set[str]:
        cells = self._spans.get((source, span), {})
        return set().union(*(cells.get(place, set()) for place in self._neighbours(position)))

    def _neighbours(self, position: Position) -> Iterator[_Place]:
        row, column = self._cell(position)
        columns = round(360.0 / self._settings.cell)
        for up in (-1, 0, 1):
            for right in (-1, 0, 1):
                yield row + up, (column + right) % columns


def _cut(held: OrderedDict[_Key, _Value], most: int) -> None:
    """Forget what was written to longest ago, beyond so much."""
    while len(held) > most:
        held.popitem(last=False)
