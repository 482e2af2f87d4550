"""Port visit: a vessel comes to a port, stops there, and leaves.

By the definition of Global Fishing Watch: in within 3 km, out beyond 4 km; a stop from less than 0.2 knots until more
than 0.5, or a silence of 4 hours while in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

import msgspec
from msgspec.structs import replace

from comity.detection.detector import HandlingOf, alert_id, none_of
from comity.detection.due import Due
from comity.detection.evidence import Evidence
from comity.detection.memory import Memory
from comity.detection.told import Found, Told
from comity.detection.trail import Mark, Trail, TrailSettings, mark_of
from comity.detection.wording import called, capitalised, lasting
from comity.foundation.geodesy import KNOT
from comity.vocabulary.alert import Alert, AlertKind, Severity
from comity.vocabulary.columns import Moves, Truths
from comity.vocabulary.instant import DAY, HOUR, Duration, Instant, written
from comity.vocabulary.place import Position
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import SubjectKind
from comity.vocabulary.track import Track

RULE = "port-visit"
VERSION = 1

Near: TypeAlias = Callable[[Position, float], Sequence[str]]
"""Names of the areas that hold a position or lie within so many metres of it."""


class PortVisitSettings(TrailSettings, frozen=True, kw_only=True):
    """Which ports are watched, and what a visit is."""

    ports: tuple[str, ...]
    """Areas."""
    entry: float = 3_000.0
    """Metres from the area within which a vessel is in port."""
    exit: float = 4_000.0
    """Metres beyond which it is out again."""
    stopped: float = 0.2 * KNOT
    """Metres a second below which it has stopped."""
    moving: float = 0.5 * KNOT
    """Metres a second above which it has not any more."""
    silence: Duration = 4 * HOUR
    """Not heard for so long while in port, it is taken to have stopped."""
    horizon: Duration = DAY


class _Visit(msgspec.Struct):
    port: str
    came: bool
    """Whether it was seen to come."""
    marks: list[Mark]
    stop: tuple[Mark, Mark] | None = None
    """The first stop: where it begins, and where it was last seen to go on."""
    stopping: bool = False
    left: bool = False

    def see(self, mark: Mark, settings: PortVisitSettings) -> None:
        before = self.marks[-1] if self.marks else mark
        self.marks.append(mark)
        if self.stop is None and mark.time - before.time >= settings.silence:
            self.stop = (before, mark)
        if self.stop is None and mark.speed < settings.stopped:
            self.stop, self.stopping = (mark, mark), True
        elif self.stop is not None and self.stopping:
            self.stopping = mark.speed <= settings.moving
            self.stop = (self.stop[0], mark)


class _Held(msgspec.Struct):
    trail: Trail
    told: dict[str, Told]


class PortVisit:
    """Watches vessels come to ports, stop and leave."""

    timeless = True

    def __init__(self, settings: PortVisitSettings, near: Near, handling: HandlingOf) -> None:
        """Watch with `near` telling which areas are near and `handling` the handling of a source."""
        self._settings = settings
        self._near = near
        self._handling = handling
        self._ports = frozenset(settings.ports)
        self._due = Due(settings.every)
        self._tracks: Memory[_Held] = Memory(settings.tracks)

    def observe(self, track: Track, sighting: Sighting) -> list[Alert]:
        """See where one vessel is."""
        chosen = self._settings
        if track.identity.kind is not SubjectKind.VESSEL or track.sightings < chosen.sightings or not self._ports:
            return []
        trail = Trail(track, every=chosen.every, horizon=chosen.horizon, lag=chosen.lag)
        held = self._tracks.get(track.id) or _Held(trail, {})
        mark = mark_of(track, sighting) if held.trail.due(sighting.time) else None
        if mark is None:
            return []
        if self._tracks.put(track.id, held) is not None:
            self._due.forget()
        held.trail.track = track
        return self._judged(held) if held.trail.put(self._placed(mark)) else []

    def wants(self, moves: Moves) -> Truths:
        """Want a quiet row where none is kept of its while."""
        if not self._ports:
            return none_of(moves)
        return self._due.of(moves, moves.seen >= self._settings.sightings)

    def advance(self, now: Instant) -> list[Alert]:  # noqa: ARG002 - each mark is told of as it comes
        """Return nothing."""
        return []

    def _placed(self, mark: Mark) -> Mark:
        near = tuple(name for name in self._near(mark.position, self._settings.exit) if name in self._ports)
        entered = self._near(mark.position, self._settings.entry) if near else ()
        return replace(mark, inside=bool(near), near=near, entered=tuple(name for name in entered if name in near))

    def _judged(self, held: _Held) -> list[Alert]:
        trail, told = held.trail, list[Alert]()
        ports = {name for mark in trail.marks for name in mark.near} | held.told.keys()
        for port in sorted(ports):
            one = held.told.setdefault(port, Told(self._settings.revised))
            found = [
                Found(self._alert(trail.track, visit), visit.left)
                for visit in self._visits(trail, port)
                if visit.stop is not None
            ]
            told += one.settle(found, trail.since, "reports that came late show that it did not stop there.")
            if not len(one):
                del held.told[port]
        return told

    def _visits(self, trail: Trail, port: str) -> Iterator[_Visit]:
        """Yield its stays in the port, oldest first."""
        visit: _Visit | None = None
        for place, mark in enumerate(trail.marks):
            if visit is None:
                before = place == 0 and trail.since > 0  # it may have come before what is remembered
                if port in mark.entered or (before and port in mark.near):
                    visit = _Visit(port, place > 0, [])
            if visit is not None:
                visit.left = port not in mark.near
                visit.see(mark, self._settings)
                if visit.left:
                    yield visit
                    visit = None
        if visit is not None:
            yield visit

    def _alert(self, track: Track, visit: _Visit) -> Alert:
        first, last = visit.marks[0], visit.marks[-1]
        begin, end = visit.stop or (first, last)
        evidence = Evidence.of(visit.marks)
        came = "came" if visit.came else "was first seen"
        left = f"It left at {written(last.time)}." if visit.left else f"It was still there at {written(last.time)}."
        return Alert(
            id=alert_id(RULE, VERSION, [track.id, visit.port], first.time),
            kind=AlertKind.PORT_VISIT,
            severity=Severity.LOW,
            time=first.time,
            until=last.time,
            position=begin.position,
            area=visit.port,
            tracks=(track.id,),
            subjects=(track.identity,),
            sightings=evidence.sightings(),
            rule=RULE,
            version=VERSION,
            confidence=round(0.5 + 0.25 * visit.came + 0.2 * visit.left, 3),
            explanation=capitalised(
                f"{called(track.identity)} {came} within {self._settings.entry / 1_000:g} km of {visit.port} at"
                f" {written(first.time)} and stopped from {written(begin.time)} for at least"
                f" {lasting(end.time - begin.time)}. {left}"
            ),
            would_change="Reports that show it moving all the while, or an area that is drawn where no port is.",
            sources=tuple(sorted(evidence.sources)),
            handling=evidence.handling(self._handling),
            simulated=evidence.simulated,
        )
