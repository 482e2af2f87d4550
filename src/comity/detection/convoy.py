"""Convoy: three or more keep their places beside each other under way, for longer than chance lets them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from comity.detection.beside import Beside, BesideSettings, Pair, Side, lasting_from
from comity.detection.detector import HandlingOf, alert_id
from comity.detection.evidence import Evidence
from comity.detection.memory import Memory
from comity.detection.told import Found, Told
from comity.detection.trail import mark_of
from comity.detection.wording import called, capitalised, knots, lasting, metres
from comity.foundation.geodesy import KNOT, distance
from comity.vocabulary.alert import Alert, AlertKind, Severity
from comity.vocabulary.columns import Moves, Truths
from comity.vocabulary.instant import HOUR, MINUTE, Duration, Instant, written
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import SubjectKind
from comity.vocabulary.track import Track

RULE = "convoy"
VERSION = 1
_KINDS = frozenset({SubjectKind.VESSEL, SubjectKind.VEHICLE})
_LARGEST = 40
"""Members that are looked for."""


class ConvoySettings(BesideSettings, frozen=True, kw_only=True):
    """How near, how steady, how long, how many."""

    members: int = 3
    distance: float = 2_000.0
    """Metres from each to the next."""
    apart: float = 100.0
    """Metres: nearer, two tracks may be one seen twice."""
    slack: float = 400.0
    """Metres by which the distance between two may change in all that time: ships that happen to go the same way at
    half a knot's difference lose twice as much in an hour."""
    speed: float = 3.0 * KNOT
    """Metres a second that each makes at least."""
    angle: float = 30.0
    """Degrees between their courses."""
    duration: Duration = HOUR
    missing: int = 2
    longest: int = 30
    revised: Duration = 20 * MINUTE
    convoys: int = 500
    """Convoys remembered."""


class _Station(msgspec.Struct):
    """Two that keep their places."""

    pair: Pair
    begin: Instant
    until: Instant


class _Group(msgspec.Struct):
    members: frozenset[str]
    told: Told


class Convoy:
    """Watches those under way keep their places beside each other."""

    timeless = True

    def __init__(self, settings: ConvoySettings, handling: HandlingOf) -> None:
        self._settings = settings
        self._handling = handling
        self._beside = Beside(settings, settings.distance)
        self._stations: Memory[_Station] = Memory(settings.pairs)
        self._beside_of: dict[str, set[str]] = {}
        self._groups: Memory[_Group] = Memory(settings.convoys)

    def observe(self, track: Track, sighting: Sighting) -> list[Alert]:
        """See where one is, and who is beside it."""
        if track.identity.kind not in _KINDS or track.sightings < self._settings.sightings:
            return []
        mark = mark_of(track, sighting)
        if mark is None or mark.course is None or mark.speed < self._settings.speed:
            return []
        if not self._beside.due(track.id, mark):
            return []
        changed = [pair for pair in self._beside.put(track, mark) if self._keeps(pair)]
        return self._judged(track.id) if changed else []

    def wants(self, moves: Moves) -> Truths:
        """Want a quiet row that may be of one under way, where none is kept of its moment."""
        told = ~np.isnan(moves.speed)
        idle = told & (np.isnan(moves.course) | (moves.speed < self._settings.speed))
        return self._beside.kept.of(moves, (moves.seen >= self._settings.sightings) & ~idle, told)

    def advance(self, now: Instant) -> list[Alert]:  # noqa: ARG002 - each moment is told of as it comes
        """Return nothing."""
        return []

    def _keeps(self, pair: Pair) -> bool:
        """Note whether the two keep their places, and since when; return whether they do."""
        name = "/".join(track.id for track in pair.tracks)
        run = self._steady(pair)
        if run and (run[-1] - run[0]) * self._settings.every >= self._settings.duration:
            marks = [side.mark.time for moment in run for side in pair.moments[moment]]
            self._link(self._stations.put(name, _Station(pair, min(marks), max(marks))), join=False)
            self._link(self._stations.get(name), join=True)
            return True
        self._link(self._stations.drop(name), join=False)
        return False

    def _link(self, station: _Station | None, *, join: bool) -> None:
        if station is None:
            return
        one, other = (track.id for track in station.pair.tracks)
        for name, beside in ((one, other), (other, one)):
            held = self._beside_of.setdefault(name, set())
            held.add(beside) if join else held.discard(beside)
            if not held:
                del self._beside_of[name]

    def _steady(self, pair: Pair) -> list[int]:
        """Return the moments since which the two have kept their distance and course, the latest last."""
        runs = lasting_from(pair.times(), self._settings.missing)
        least, most = float("inf"), 0.0
        steady: list[int] = []
        for moment in reversed(runs[-1] if runs else []):
            apart = self._apart(pair.moments[moment])
            least, most = min(least, apart), max(most, apart)
            if apart < self._settings.apart or most - least > self._settings.slack:
                break
            steady.append(moment)
        return steady[::-1]

    def _apart(self, sides: tuple[Side, Side]) -> float:
        """Return metres between the two, 0 where they do not go the same way."""
        one, other = sides
        turned = abs(((one.mark.course or 0.0) - (other.mark.course or 0.0) + 180.0) % 360.0 - 180.0)
        return distance(one.place, other.place) if turned <= self._settings.angle else 0.0

    def _judged(self, track: str) -> list[Alert]:
        """Find all that keep their places with the track, or with one that does."""
        members, pending = {track}, [track]
        while pending and len(members) < _LARGEST:
            fresh = self._beside_of.get(pending.pop(), set()) - members
            members |= fresh
            pending += sorted(fresh)
        names = ("/".join(sorted((one, two))) for one in members for two in self._beside_of.get(one, ()) if one < two)
        stations = [station for name in sorted(names) if (station := self._stations.get(name)) is not None]
        oldest = max((one.until for one in stations), default=0) - (self._settings.missing + 1) * self._settings.every
        stations = [one for one in stations if one.until >= oldest]
        present = {track.id for station in stations for track in station.pair.tracks}
        if len(present) < self._settings.members:
            return []
        alert = self._alert(stations)
        group = self._group(frozenset(present), alert)
        return group.told.settle([Found(alert, over=False)], alert.time, "")

    def _group(self, members: frozenset[str], alert: Alert) -> _Group:
        """Return the convoy that these are, though some may have come or gone."""
        for group in self._groups:
            if len(group.members & members) >= 2 and group.told.until >= alert.time:
                group.members = members
                return group
        fresh = _Group(members, Told(self._settings.revised))
        self._groups.put(alert.id, fresh)
        return fresh

    def _alert(self, stations: Sequence[_Station]) -> Alert:
        begin, until = min(one.begin for one in stations), max(one.until for one in stations)
        tracks = {track.id: track for one in stations for track in one.pair.tracks}
        sides = [side for one in stations for both in one.pair.moments.values() for side in both]
        marks = {side.mark.id: side.mark for side in sides}
        evidence = Evidence.of(sorted(marks.values(), key=lambda mark: (mark.time, mark.id)))
        last = max(sides, key=lambda side: (side.mark.time, side.mark.id))
        mean = sum(side.mark.speed for side in sides) / len(sides)
        names = sorted(tracks)
        unknown = any(tracks[name].identity.mmsi is None for name in names)
        return Alert(
            id=alert_id(RULE, VERSION, names, begin),
            kind=AlertKind.CONVOY,
            severity=Severity.MEDIUM if unknown else Severity.LOW,
            time=begin,
            until=until,
            position=last.mark.position,
            tracks=tuple(names),
            subjects=tuple(tracks[name].identity for name in names),
            sightings=evidence.sightings(),
            rule=RULE,
            version=VERSION,
            confidence=round((until - begin) / (until - begin + self._settings.duration / 2), 3),
            explanation=capitalised(
                f"{len(names)} go together, among them {called(tracks[names[0]].identity)} and"
                f" {called(tracks[names[1]].identity)}: from {written(begin)} to {written(until)},"
                f" {lasting(until - begin)}, each within {metres(self._settings.distance)} of another, at"
                f" {knots(mean)} on average, and the distance from each to its neighbour changed by no more than"
                f" {metres(self._settings.slack)}."
            ),
            would_change="A fishing fleet, a race, a tow, an escort that was announced, or tracks that are one vessel"
            " seen by two sensors.",
            sources=tuple(sorted(evidence.sources)),
            handling=evidence.handling(self._handling),
            simulated=evidence.simulated,
        )
