"""Crossing: a passage from one side's waters to another's, away from every crossing point."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from comity.detection.detector import First, HandlingOf, Noted, Shown, Where, alert_id, watchable
from comity.detection.evidence import Evidence
from comity.detection.homes import Homes, Side
from comity.detection.memory import TRACKS, Memory
from comity.detection.told import withdrawn
from comity.detection.wording import called, capitalised, lasting, metres
from comity.foundation.geodesy import distance, offset, plane
from comity.vocabulary.alert import Alert, AlertKind, Severity
from comity.vocabulary.columns import NONE, Floats, Moves, Whole
from comity.vocabulary.instant import MINUTE, Duration, Instant, written
from comity.vocabulary.place import Position
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.track import Track

RULE = "crossing"
VERSION = 1
_SAMPLES = 16
"""Points of the line between two sightings that are held against the crossing points."""


class CrossingSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Which borders are watched, and what makes a passage sure."""

    borders: tuple[tuple[str, str], ...]
    """Pairs of areas whose passage, either way, is a crossing."""
    points: tuple[str, ...] = ()
    """Areas in which passing is regular."""
    confirmations: int = 5
    """Sightings in a row on one side before the track counts as being there."""
    depth: float = 500.0
    """Metres that it must have gone on from where it was first seen on the far side."""
    silence: Duration = 15 * MINUTE
    """Beyond this between the two sides nobody knows where it passed: half the confidence."""
    exempt: tuple[int, ...] = tuple(range(60, 90))
    """Types of ship that pass without remark: passenger, cargo and tanker (ITU-R M.1371-5, table 53)."""


class _Told(msgspec.Struct, frozen=True):
    """The last alert about a track, and when it was last seen at home before."""

    alert: Alert
    since: Instant


class Crossing:
    """Watches tracks pass between areas."""

    def __init__(
        self, settings: CrossingSettings, where: Where, handling: HandlingOf, first: First | None = None
    ) -> None:
        """Watch with `where` telling the areas of a position and `handling` the handling of a source.

        `first` tells what `where` does for many positions at once: of some areas the number of the first that holds it.
        """
        self._settings = settings
        self._where = where
        self._handling = handling
        self._borders = {frozenset(pair) for pair in settings.borders}
        self._sides = {side for pair in settings.borders for side in pair}
        self._points = set(settings.points)
        self._first = first or (lambda *asked: _first(where, *asked))
        self._tracks: Memory[Side] = Memory()
        self._homes = Homes(sorted(self._sides), TRACKS)
        self._told: Memory[_Told] = Memory(10_000)

    def observe(self, track: Track, sighting: Sighting) -> list[Alert]:
        """See where the track has come to."""
        position = track.position
        if position is None or sighting.position is None or not watchable(track):
            return []
        name = next((area for area in self._where(position) if area in self._sides), None)
        if name is None:
            return []
        side = self._tracks.get(track.id)
        if side is None:
            self._begin(track.id, Side(name, 1, sighting, position, sighting.time))
            return []
        self._homes.write(track.id, side)
        if sighting.time < side.time:
            return self._late(track, sighting.position, sighting.time)
        self._tracks.put(track.id, side)
        side.time = sighting.time
        return self._moved(side, name, position, track, sighting)

    def advance(self, now: Instant) -> list[Alert]:  # noqa: ARG002 - time alone moves nobody
        """Return nothing."""
        return []

    def sweep(self, moves: Moves, shown: Shown) -> list[Noted]:
        """See where the tracks of a batch have come to; those that stay on their side are not looked at."""
        side, row, found = self._side(moves), 0, list[Noted]()
        self._homes.begin(moves)
        while (row := self._homes.stay(row, moves, side, self._settings.confirmations)) < len(moves):
            track, sighting = shown(row)
            if track is not None:
                found += [(row, False, alert) for alert in self.observe(track, sighting)]
                self._homes.load(track.id, self._tracks.get(track.id))
            row += 1
        self._homes.end()
        return found

    def _side(self, moves: Moves) -> Whole:
        """Return for each quiet row the number of the side on which its track is, NONE where on none."""
        side = np.full(len(moves), NONE, np.int64)
        side[moves.quiet] = self._first(self._homes.sides, *moves.state[:2, moves.quiet])
        return side

    def _begin(self, track: str, side: Side) -> None:
        """Remember a track; before the one used longest ago is forgotten for it, see which that is."""
        if self._tracks.full:
            for name in self._homes.ordered():
                self._tracks.renew(name)
        forgotten = self._tracks.put_new(track, side)
        if forgotten is not None:
            self._homes.write(*forgotten)

    def _late(self, track: Track, position: Position, time: Instant) -> list[Alert]:
        """Take the last crossing back if a report that comes late shows that it went by a crossing point."""
        told = self._told.get(track.id)
        if told is None or not told.since < time <= told.alert.time or self._points.isdisjoint(self._where(position)):
            return []
        self._told.drop(track.id)
        return [withdrawn(told.alert, "a report that came late shows that it went by a crossing point.")]

    def _moved(self, side: Side, name: str, position: Position, track: Track, sighting: Sighting) -> list[Alert]:
        if name == side.home or side.seen < self._settings.confirmations:
            side.seen = side.seen + 1 if name == side.home else 1
            side.home, side.last_home, side.last_place = name, sighting, position
            side.back()
            return []
        if name != side.far:
            side.far, side.far_seen, side.first_far, side.first_place = name, 0, sighting.time, position
            side.evidence = Evidence()
            side.evidence.add(side.last_home)
        side.far_seen += 1
        side.evidence.add(sighting)
        return self._judged(side, position, track, sighting)

    def _judged(self, side: Side, position: Position, track: Track, sighting: Sighting) -> list[Alert]:
        first = side.first_place or position
        gone_on = distance(first, position)
        if side.far_seen < self._settings.confirmations or gone_on < self._settings.depth:
            return []
        alerts = [] if self._regular(side, first, track) else [self._alert(side, first, gone_on, track, sighting)]
        for alert in alerts:
            self._told.put(track.id, _Told(alert, side.last_home.time))
        side.home, side.last_home, side.last_place = side.far, sighting, position
        side.back()
        return alerts

    def _regular(self, side: Side, first: Position, track: Track) -> bool:
        if frozenset((side.home, side.far)) not in self._borders or track.identity.ship_type in self._settings.exempt:
            return True
        east, north = plane(side.last_place, first)
        line = (offset(side.last_place, east * k / _SAMPLES, north * k / _SAMPLES) for k in range(_SAMPLES + 1))
        return any(self._points.intersection(self._where(place)) for place in line)

    def _alert(self, side: Side, first: Position, gone_on: float, track: Track, sighting: Sighting) -> Alert:
        identified = track.identity.mmsi is not None
        silence = side.first_far - side.last_home.time
        unseen = silence > self._settings.silence
        return Alert(
            id=alert_id(RULE, VERSION, [track.id], side.first_far),
            kind=AlertKind.CROSSING,
            severity=Severity.LOW if identified else Severity.HIGH,
            time=side.first_far,
            until=sighting.time,
            position=first,
            area=side.far,
            tracks=(track.id,),
            subjects=(track.identity,),
            sightings=side.evidence.sightings(),
            rule=RULE,
            version=VERSION,
            confidence=round(min(1.0 - 0.5**side.far_seen, 0.99) * (0.5 if unseen else 1.0), 3),
            explanation=capitalised(
                f"{called(track.identity)} was last seen in {side.home} at {written(side.last_home.time)} and first in"
                f" {side.far} at {written(side.first_far)}, {lasting(silence)} later, away from every crossing point."
                f" It has been seen there {side.far_seen} times until {written(sighting.time)} and has gone on"
                f" {metres(gone_on)}."
            ),
            would_change="A notice of its passage, a regular line that takes this way, or positions that place it on"
            f" one side throughout; so would a border that runs elsewhere than the area {side.far} is drawn.",
            sources=tuple(sorted(side.evidence.sources)),
            handling=side.evidence.handling(self._handling),
            simulated=side.evidence.simulated,
        )


def _first(where: Where, names: Sequence[str], latitudes: Floats, longitudes: Floats) -> Whole:
    """Return for each position the number among the names of the first area that holds it, NONE where none does."""
    number = {name: place for place, name in enumerate(names)}
    places = map(Position, latitudes.tolist(), longitudes.tolist())
    found = [next((number[area] for area in where(place) if area in number), NONE) for place in places]
    return np.array(found, np.int64)
