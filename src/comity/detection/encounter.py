"""Encounter: two vessels lie together at sea for hours, by the definition of Global Fishing Watch.

Within 500 m of each other for at least 2 hours, each slower than 2 knots, at least 10 km from any anchorage. Days are
no boundary, so that none is missed or cut at midnight; tracks are paired and not numbers, so that two vessels under one
MMSI are not mixed. What lasts shorter, or is done by an unidentified craft, is a `meeting`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from comity.detection.beside import Beside, BesideSettings, Pair, Side, lasting_from
from comity.detection.detector import HandlingOf, alert_id
from comity.detection.evidence import Evidence
from comity.detection.memory import Memory
from comity.detection.port_visit import Near
from comity.detection.told import Found, Told
from comity.detection.trail import mark_of
from comity.detection.wording import called, capitalised, knots, lasting, metres
from comity.foundation.geodesy import KNOT, distance, offset, plane
from comity.vocabulary.alert import Alert, AlertKind, Severity
from comity.vocabulary.columns import Moves, Truths
from comity.vocabulary.instant import HOUR, MINUTE, Duration, Instant, written
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import SubjectKind
from comity.vocabulary.track import Track

RULE = "encounter"
VERSION = 1


class EncounterSettings(BesideSettings, frozen=True, kw_only=True):
    """How near, how slow, how long, and how far from where lying together is ordinary."""

    distance: float = 500.0
    """Metres between the two."""
    speed: float = 2.0 * KNOT
    """Metres a second."""
    duration: Duration = 2 * HOUR
    anchorages: tuple[str, ...] = ()
    """Areas."""
    clear: float = 10_000.0
    """Metres to the nearest anchorage."""
    every: Duration = 5 * MINUTE
    moments: int = 24
    longest: int = 288
    """A longer one goes on under the same alert."""
    revised: Duration = HOUR
    pairs: int = 5_000


class Encounter:
    """Watches slow vessels for others beside them."""

    timeless = False

    def __init__(self, settings: EncounterSettings, near: Near, handling: HandlingOf) -> None:
        """Watch with `near` telling which areas are near and `handling` the handling of a source."""
        self._settings = settings
        self._near = near
        self._handling = handling
        self._anchorages = frozenset(settings.anchorages)
        self._beside = Beside(settings, settings.distance)
        self._told: Memory[Told] = Memory(settings.pairs)
        self._open: dict[str, Pair] = {}
        """Pairs of which it is not told yet how it ended."""
        self._looked: Instant = 0

    def observe(self, track: Track, sighting: Sighting) -> list[Alert]:
        """See where one vessel is, and who is beside it."""
        if track.identity.kind is not SubjectKind.VESSEL or track.identity.mmsi is None:
            return []
        if track.sightings < self._settings.sightings:
            return []
        mark = mark_of(track, sighting)
        if mark is None or mark.speed >= self._settings.speed or not self._beside.due(track.id, mark):
            return []
        if self._anchorages and not self._anchorages.isdisjoint(self._near(mark.position, self._settings.clear)):
            return []
        return [alert for pair in self._beside.put(track, mark) for alert in self._judged(pair)]

    def wants(self, moves: Moves) -> Truths:
        """Want a quiet row that may be of a slow one, where none is kept of its moment."""
        told = ~np.isnan(moves.speed)
        idle = told & (moves.speed >= self._settings.speed)
        sure = np.zeros_like(told) if self._anchorages else told
        return self._beside.kept.of(moves, (moves.seen >= self._settings.sightings) & ~idle, sure)

    def advance(self, now: Instant) -> list[Alert]:
        """Tell how long those were together that have not been seen so any more."""
        if abs(now - self._looked) < self._settings.every:
            return []
        self._looked = now
        oldest = now // self._settings.every - self._settings.missing - 1
        parted = {name: pair for name, pair in self._open.items() if max(pair.moments, default=0) < oldest}
        for name in parted:
            del self._open[name]
        return [alert for pair in parted.values() for alert in self._judged(pair, over=True)]

    def _judged(self, pair: Pair, *, over: bool = False) -> list[Alert]:
        times = pair.times()
        found = []
        for run in lasting_from(times, self._settings.missing):
            sides = [pair.moments[moment] for moment in run]
            if _end(sides[-1]) - _begin(sides[0]) >= self._settings.duration:
                found.append(Found(self._alert(pair, sides), over or run[-1] != times[-1]))
        name = "/".join(track.id for track in pair.tracks)
        told = self._told.get(name)
        if not found and told is None:
            return []
        told = told or Told(self._settings.revised)
        self._keep(name, pair, told, over=over)
        since = times[0] * self._settings.every if len(times) >= self._settings.longest else 0
        return told.settle(found, since, "reports that came late show that the two were not together all the while.")

    def _keep(self, name: str, pair: Pair, told: Told, *, over: bool) -> None:
        self._told.put(name, told)
        if not over:
            self._open[name] = pair
            if len(self._open) > self._settings.pairs:
                del self._open[next(iter(self._open))]

    def _alert(self, pair: Pair, sides: Sequence[tuple[Side, Side]]) -> Alert:
        begin, end = _begin(sides[0]), _end(sides[-1])
        apart = [distance(one.place, other.place) for one, other in sides]
        fastest = max(side.mark.speed for both in sides for side in both)
        marks = {side.mark.id: side.mark for both in sides for side in both}
        evidence = Evidence.of(sorted(marks.values(), key=lambda mark: mark.time))
        one, other = sides[-1]
        east, north = plane(one.place, other.place)
        return Alert(
            id=alert_id(RULE, VERSION, [track.id for track in pair.tracks], begin),
            kind=AlertKind.ENCOUNTER,
            severity=Severity.MEDIUM,
            time=begin,
            until=end,
            position=offset(one.place, east / 2.0, north / 2.0),
            tracks=tuple(track.id for track in pair.tracks),
            subjects=tuple(track.identity for track in pair.tracks),
            sightings=evidence.sightings(),
            rule=RULE,
            version=VERSION,
            confidence=round((end - begin) / (end - begin + self._settings.duration / 2), 3),
            explanation=capitalised(
                f"{called(pair.tracks[0].identity)} and {called(pair.tracks[1].identity)} were within"
                f" {metres(max(apart))} of each other, at {len(sides)} moments from {written(begin)} to {written(end)},"
                f" {lasting(end - begin)}, neither faster than {knots(fastest)}."
            ),
            would_change="An anchorage or place of work there, a tow, bunkering that was announced, or reports that"
            " show them apart in between.",
            sources=tuple(sorted(evidence.sources)),
            handling=evidence.handling(self._handling),
            simulated=evidence.simulated,
        )


def _begin(sides: tuple[Side, Side]) -> Instant:
    return max(side.mark.time for side in sides)


def _end(sides: tuple[Side, Side]) -> Instant:
    return min(side.mark.time for side in sides)
