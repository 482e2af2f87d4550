"""Shadowing: one follows another, and goes on following through its changes of course and speed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from comity.detection.beside import Beside, BesideSettings, Pair, Side, lasting_from
from comity.detection.detector import HandlingOf, alert_id
from comity.detection.evidence import Evidence
from comity.detection.memory import Memory
from comity.detection.told import Found, Told
from comity.detection.trail import mark_of
from comity.detection.wording import called, capitalised, lasting, metres
from comity.foundation.geodesy import KNOT, distance, plane
from comity.vocabulary.alert import Alert, AlertKind, Severity
from comity.vocabulary.columns import Moves, Truths
from comity.vocabulary.instant import MINUTE, Duration, Instant, written
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import SubjectKind
from comity.vocabulary.track import Track

RULE = "shadowing"
VERSION = 1


class ShadowingSettings(BesideSettings, frozen=True, kw_only=True):
    """How near, how long, and through how many changes."""

    nearest: float = 200.0
    """Metres: nearer, it is a tow or one seen twice."""
    farthest: float = 5_000.0
    """Metres."""
    spread: float = 2_000.0
    """Metres by which the distance may change in all that time."""
    speed: float = 3.0 * KNOT
    """Metres a second that each makes at least."""
    duration: Duration = 90 * MINUTE
    changes: int = 2
    """Changes of course or speed of the one ahead that the other must have followed."""
    turn: float = 40.0
    """Degrees that are a change of course."""
    quicker: float = 4.0 * KNOT
    """Metres a second that are a change of speed."""
    astern: float = 0.8
    """Share of the moments at which the follower must have had the other ahead."""


class Shadowing:
    """Watches vessels follow each other."""

    timeless = True

    def __init__(self, settings: ShadowingSettings, handling: HandlingOf) -> None:
        self._settings = settings
        self._handling = handling
        self._beside = Beside(settings, settings.farthest)
        self._told: Memory[Told] = Memory(settings.pairs)

    def observe(self, track: Track, sighting: Sighting) -> list[Alert]:
        """See where one is, and who is near."""
        if track.identity.kind is not SubjectKind.VESSEL or track.sightings < self._settings.sightings:
            return []
        mark = mark_of(track, sighting)
        if mark is None or mark.course is None or mark.speed < self._settings.speed:
            return []
        if not self._beside.due(track.id, mark):
            return []
        return [alert for pair in self._beside.put(track, mark) for alert in self._judged(pair)]

    def wants(self, moves: Moves) -> Truths:
        """Want a quiet row that may be of one under way, where none is kept of its moment."""
        told = ~np.isnan(moves.speed)
        idle = told & (np.isnan(moves.course) | (moves.speed < self._settings.speed))
        return self._beside.kept.of(moves, (moves.seen >= self._settings.sightings) & ~idle, told)

    def advance(self, now: Instant) -> list[Alert]:  # noqa: ARG002 - each moment is told of as it comes
        """Return nothing."""
        return []

    def _judged(self, pair: Pair) -> list[Alert]:
        times = pair.times()
        if not times or (times[-1] - times[0]) * self._settings.every < self._settings.duration:
            return []
        found: list[Found] = []
        for run in lasting_from(times, self._settings.missing):
            sides = [pair.moments[moment] for moment in run]
            if (run[-1] - run[0]) * self._settings.every < self._settings.duration or not self._steady(sides):
                continue
            followed = [self._follows(sides), self._follows([(other, one) for one, other in sides])]
            best = max((one for one in followed if one is not None), key=lambda one: one[1], default=None)
            if best is not None:
                found.append(Found(self._alert(*best), over=run[-1] != times[-1]))
        name = "/".join(track.id for track in pair.tracks)
        told = self._told.get(name)
        if not found and told is None:
            return []
        told = told or Told(self._settings.revised)
        self._told.put(name, told)
        since = times[0] * self._settings.every if len(times) >= self._settings.longest else 0
        return told.settle(found, since, "further reports show that the one does not follow the other.")

    def _steady(self, sides: Sequence[tuple[Side, Side]]) -> bool:
        apart = [distance(one.place, other.place) for one, other in sides]
        return min(apart) >= self._settings.nearest and max(apart) - min(apart) <= self._settings.spread

    def _follows(self, sides: Sequence[tuple[Side, Side]]) -> tuple[Sequence[tuple[Side, Side]], int] | None:
        """Return the sides and how many changes were followed, if the second of each follows the first."""
        behind = sum(_ahead(follower, leader) for leader, follower in sides) / len(sides)
        changes = self._changes([leader for leader, _ in sides])
        return (sides, changes) if behind >= self._settings.astern and changes >= self._settings.changes else None

    def _changes(self, leader: Sequence[Side]) -> int:
        """Return how often course or speed became another, for two moments at least."""
        course, speed, changes = leader[0].mark.course or 0.0, leader[0].mark.speed, 0
        for before, now in pairwise(leader[1:]):
            turned = [_between(course, side.mark.course or 0.0) >= self._settings.turn for side in (before, now)]
            slower = [abs(side.mark.speed - speed) >= self._settings.quicker for side in (before, now)]
            if all(turned) or all(slower):
                course, speed, changes = now.mark.course or 0.0, now.mark.speed, changes + 1
        return changes

    def _alert(self, sides: Sequence[tuple[Side, Side]], changes: int) -> Alert:
        marks = {side.mark.id: side.mark for both in sides for side in both}
        ordered = sorted(marks.values(), key=lambda mark: (mark.time, mark.id))
        begin, until = ordered[0].time, ordered[-1].time
        leader, follower = sides[-1]
        apart = [distance(one.place, other.place) for one, other in sides]
        evidence = Evidence.of(ordered)
        tracks = sorted((leader.track, follower.track), key=lambda track: track.id)
        return Alert(
            id=alert_id(RULE, VERSION, [track.id for track in tracks], begin),
            kind=AlertKind.SHADOWING,
            severity=Severity.MEDIUM,
            time=begin,
            until=until,
            position=follower.mark.position,
            tracks=tuple(track.id for track in tracks),
            subjects=(follower.track.identity, leader.track.identity),
            sightings=evidence.sightings(),
            rule=RULE,
            version=VERSION,
            confidence=round(changes / (changes + 2.0), 3),
            explanation=capitalised(
                f"{called(follower.track.identity)} followed {called(leader.track.identity)} from {written(begin)} to"
                f" {written(until)}, {lasting(until - begin)}, between {metres(min(apart))} and {metres(max(apart))}"
                f" astern, through {changes} changes of course or speed."
            ),
            would_change="A tow, an escort or a pilot that was announced, two that work together, or a lane that all"
            " ships take there.",
            sources=tuple(sorted(evidence.sources)),
            handling=evidence.handling(self._handling),
            simulated=evidence.simulated,
        )


def _between(one: float, other: float) -> float:
    return abs((one - other + 180.0) % 360.0 - 180.0)


def _ahead(follower: Side, leader: Side) -> bool:
    """Whether the leader lies ahead of the follower, within 60 degrees to each side."""
    east, north = plane(follower.place, leader.place)
    apart = distance(follower.place, leader.place)
    return (east, north) != (0.0, 0.0) and _cosine(follower.mark.course or 0.0, east, north) >= 0.5 * apart


def _cosine(course: float, east: float, north: float) -> float:
    """Return how far ahead, in metres, a point so far east and north lies."""
    angle = math.radians(course)
    return east * math.sin(angle) + north * math.cos(angle)
