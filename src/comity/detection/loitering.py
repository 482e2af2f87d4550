"""Loitering: a vessel goes slowly far from any shore for hours, as those do that wait for another.

By the definition of Global Fishing Watch: less than 2 knots for at least 4 hours, at least 20 nautical miles offshore.
Days are no boundary, and the rule follows tracks, so that two vessels under one MMSI are not mixed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

import msgspec
from msgspec.structs import replace

from comity.detection.detector import HandlingOf, alert_id
from comity.detection.due import Due
from comity.detection.evidence import Evidence
from comity.detection.memory import Memory
from comity.detection.told import Found, Told
from comity.detection.trail import Mark, Trail, TrailSettings, mark_of
from comity.detection.wording import called, capitalised, knots, lasting, metres
from comity.foundation.geodesy import KNOT, NAUTICAL_MILE, distance
from comity.vocabulary.alert import Alert, AlertKind, Severity
from comity.vocabulary.columns import Moves, Truths
from comity.vocabulary.instant import HOUR, Duration, Instant, written
from comity.vocabulary.place import Position
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import SubjectKind
from comity.vocabulary.track import Track

RULE = "loitering"
VERSION = 1
_NOISE = 50.0
"""Metres by which a position may be off, where speed is measured between two."""

Offshore: TypeAlias = Callable[[Position, float], bool | None]
"""Whether no shore is so many metres near; None where nobody knows."""


class LoiteringSettings(TrailSettings, frozen=True, kw_only=True):
    """How slow, how long, and how far out."""

    speed: float = 2.0 * KNOT
    """Metres a second, as reported or estimated and as made good between two marks."""
    duration: Duration = 4 * HOUR
    shore: float = 20.0 * NAUTICAL_MILE
    """Metres to the nearest shore."""
    silence: Duration = 2 * HOUR
    """Not heard for so long, nobody knows what it did: what comes after is another time."""


class _Held(msgspec.Struct):
    trail: Trail
    told: Told


class Loitering:
    """Watches vessels go slowly far out."""

    timeless = True

    def __init__(self, settings: LoiteringSettings, offshore: Offshore, handling: HandlingOf) -> None:
        """Watch with `offshore` telling whether a position is far from shores and `handling` a source's handling."""
        self._settings = settings
        self._offshore = offshore
        self._handling = handling
        self._due = Due(settings.every)
        self._tracks: Memory[_Held] = Memory(settings.tracks)

    def observe(self, track: Track, sighting: Sighting) -> list[Alert]:
        """See where one vessel is."""
        if track.identity.kind is not SubjectKind.VESSEL or track.sightings < self._settings.sightings:
            return []
        held = self._tracks.get(track.id) or self._new(track)
        if not held.trail.due(sighting.time):
            return []
        mark = mark_of(track, sighting)
        if mark is None:
            return []
        if self._tracks.put(track.id, held) is not None:
            self._due.forget()
        held.trail.track = track
        if not held.trail.put(replace(mark, inside=mark.speed < self._settings.speed)):
            return []
        why = "reports that came late show that it moved on, came near a shore, or was not heard in between."
        return held.told.settle(self._found(held.trail), held.trail.since, why)

    def wants(self, moves: Moves) -> Truths:
        """Want a quiet row where none is kept of its while."""
        return self._due.of(moves, moves.seen >= self._settings.sightings)

    def advance(self, now: Instant) -> list[Alert]:  # noqa: ARG002 - each mark is told of as it comes
        """Return nothing."""
        return []

    def _new(self, track: Track) -> _Held:
        chosen = self._settings
        return _Held(Trail(track, every=chosen.every, horizon=chosen.horizon, lag=chosen.lag), Told(chosen.revised))

    def _found(self, trail: Trail) -> list[Found]:
        """Return the times of loitering; how far the shore is, is asked only of those that are slow for long enough."""
        slow = self._runs(trail.marks, over=False, inside=lambda mark: mark.inside)
        out = [found for run, over in slow for found in self._runs(run, over=over, inside=self._far)]
        return [Found(self._alert(trail.track, run), over) for run, over in out]

    def _far(self, mark: Mark) -> bool:
        return bool(self._offshore(mark.position, self._settings.shore))

    def _runs(
        self, marks: Sequence[Mark], *, over: bool, inside: Callable[[Mark], bool]
    ) -> Iterator[tuple[Sequence[Mark], bool]]:
        """Yield runs of such marks that last, each with whether something came after it."""
        begin = 0
        for place in range(len(marks) + 1):
            ends = place == len(marks) or not inside(marks[place])
            if ends or (place > begin and self._broken(marks[place - 1], marks[place])):
                if place > begin and marks[place - 1].time - marks[begin].time >= self._settings.duration:
                    yield marks[begin:place], over or place < len(marks)
                begin = place + 1 if ends else place

    def _broken(self, before: Mark, after: Mark) -> bool:
        elapsed = after.time - before.time
        gone = distance(before.position, after.position)
        return elapsed > self._settings.silence or gone >= self._settings.speed * elapsed / 1000.0 + 2 * _NOISE

    def _alert(self, track: Track, run: Sequence[Mark]) -> Alert:
        settings, first, last = self._settings, run[0], run[-1]
        lasted = last.time - first.time
        evidence = Evidence.of(run)
        spread = max(distance(first.position, mark.position) for mark in run)
        mean = sum(mark.speed for mark in run) / len(run)
        return Alert(
            id=alert_id(RULE, VERSION, [track.id], first.time),
            kind=AlertKind.LOITERING,
            severity=Severity.LOW if track.identity.mmsi is not None else Severity.MEDIUM,
            time=first.time,
            until=last.time,
            position=last.position,
            tracks=(track.id,),
            subjects=(track.identity,),
            sightings=evidence.sightings(),
            rule=RULE,
            version=VERSION,
            confidence=round(lasted / (lasted + settings.duration / 2), 3),
            explanation=capitalised(
                f"{called(track.identity)} made {knots(mean)} on average and never {knots(settings.speed)} from"
                f" {written(first.time)} to {written(last.time)}, {lasting(lasted)}, more than"
                f" {metres(settings.shore)} from any shore. It went no farther than {metres(spread)} from where it"
                f" began; {len(run)} marks of its track say so."
            ),
            would_change="Fishing, drifting for orders or weather, work at a buoy or cable, a breakdown, or reports"
            " that show it faster in between.",
            sources=tuple(sorted(evidence.sources)),
            handling=evidence.handling(self._handling),
            simulated=evidence.simulated,
        )
