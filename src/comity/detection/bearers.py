"""Bearers: the tracks that go by one number; what does not go together is a shared identity or an impossible motion.

Which of the two depends on whether the first place goes on: reports that come late can turn one into the other.
"""

from __future__ import annotations

from collections import deque

import msgspec

from comity.detection.detector import HandlingOf
from comity.detection.due import Due
from comity.detection.impossible_motion import Leap, impossible, stayed
from comity.detection.memory import Memory
from comity.detection.shared_identity import shared, switches
from comity.detection.told import Found, Told
from comity.detection.trail import Trail, mark_of
from comity.vocabulary.alert import Alert
from comity.vocabulary.columns import Moves, Truths
from comity.vocabulary.instant import DAY, HOUR, MINUTE, Duration, Instant
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import SubjectKind
from comity.vocabulary.track import Track

_LEAPS = 500
"""Leaps remembered, of all identities."""


class BearersSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What cannot be one vessel or aircraft."""

    vessel: float = 50.0
    """Metres a second (97 kn) that no vessel makes."""
    aircraft: float = 700.0
    """Metres a second that no aircraft makes."""
    slack: float = 5_000.0
    """Metres that positions may be off, clocks of receivers that differ included."""
    turns: int = 4
    """Times that the reports must go over between two places for it to be a shared identity."""
    marks: int = 3
    """Marks at the new place before a leap is told."""
    every: Duration = 2 * MINUTE
    """One mark is kept of each so long."""
    lag: Duration = 20 * MINUTE
    """A report that comes so late is still taken in as if it had come in time."""
    horizon: Duration = DAY
    """How far back two tracks of one number are held against each other."""
    radius: float = 30_000.0
    """Metres within which leaps of several are to one place."""
    window: Duration = HOUR
    """Time within which leaps of several are one event."""
    revised: Duration = HOUR
    """While it goes on, an alert is brought up to date this often."""
    sightings: int = 2
    """Reports that a track must have: a flood of false numbers leaves nothing behind."""
    tracks: int = 4
    """Tracks of one number that are remembered."""
    numbers: int = 50_000
    """Numbers remembered."""


class _Bearers(msgspec.Struct):
    trails: dict[str, Trail]
    told: dict[str, Told]


class Bearers:
    """Watches the tracks of each number."""

    timeless = True

    def __init__(self, settings: BearersSettings, handling: HandlingOf) -> None:
        self._settings = settings
        self._handling = handling
        self._due = Due(settings.every)
        self._numbers: Memory[_Bearers] = Memory(settings.numbers)
        self._leaps: deque[Leap] = deque(maxlen=_LEAPS)

    def observe(self, track: Track, sighting: Sighting) -> list[Alert]:
        """See where one track is; reports without a number tell nothing."""
        key = _key(sighting)
        if key is None or sighting.position is None or track.sightings < self._settings.sightings:
            return []
        held = self._numbers.get(key) or _Bearers({}, {})
        trail = held.trails.get(track.id) or self._new(track)
        mark = mark_of(track, sighting) if trail.due(sighting.time) else None
        if mark is None:
            return []
        if self._numbers.put(key, held) is not None:
            self._due.forget()
        held.trails[track.id] = trail
        trail.track = track
        if not trail.put(mark) or len(held.trails) < 2:
            return []
        self._forget(held, track.id)
        fastest = self._settings.aircraft if track.identity.kind is SubjectKind.AIRCRAFT else self._settings.vessel
        others = [other for name, other in held.trails.items() if name != track.id]
        return [alert for other in others for alert in self._judged(key, held, (trail, other), fastest)]

    def wants(self, moves: Moves) -> Truths:
        """Want a quiet row where none is kept of its while."""
        return self._due.of(moves, moves.seen >= self._settings.sightings)

    def advance(self, now: Instant) -> list[Alert]:  # noqa: ARG002 - time alone moves nobody
        """Return nothing."""
        return []

    def _new(self, track: Track) -> Trail:
        chosen = self._settings
        return Trail(track, every=chosen.every, horizon=chosen.horizon, lag=chosen.lag)

    def _forget(self, held: _Bearers, present: str) -> None:
        """Forget those of the number that were last heard too long ago, and the longest silent of too many."""
        newest = held.trails[present].marks[-1].time
        by_age = sorted(held.trails, key=lambda name: held.trails[name].marks[-1].time)
        gone = [name for name in by_age if held.trails[name].marks[-1].time < newest - self._settings.horizon]
        for name in {*gone, *by_age[: max(0, len(by_age) - self._settings.tracks)]} - {present}:
            del held.trails[name]
            self._due.forget()
            for pair in [pair for pair in held.told if name in pair.split("/")]:
                del held.told[pair]

    def _judged(self, key: str, held: _Bearers, pair: tuple[Trail, Trail], fastest: float) -> list[Alert]:
        one, other = sorted(pair, key=lambda trail: (trail.marks[0].time, trail.track.id))
        turns = switches(one, other, fastest, self._settings.slack)
        apart: list[Found] = []
        if len(turns) >= self._settings.turns:
            apart.append(Found(shared(one, other, turns, self._handling), over=False))
        elif turns and len(stay := stayed(one, other, turns[0])) >= self._settings.marks:
            others = self._others(Leap(key, turns[0].before, turns[0].after))
            apart.append(Found(impossible(one, other, turns[0], stay, others, self._handling), over=False))
        return self._settled(held, (one, other), apart)

    def _settled(self, held: _Bearers, pair: tuple[Trail, Trail], found: list[Found]) -> list[Alert]:
        """Hold what is found against what was told of the two, each kind for itself."""
        since = max(trail.since for trail in pair)
        settled = max(since, max(trail.marks[-1].time for trail in pair) - self._settings.lag)
        alerts: list[Alert] = []
        # A leap older than the lag stands: of the marks from which it was seen most are forgotten by then.
        for kind, known in (("shared-identity", since), ("impossible-motion", settled)):
            name = f"{pair[0].track.id}/{pair[1].track.id}/{kind}"
            mine = [one for one in found if one.alert.rule == kind]
            if mine or name in held.told:
                told = held.told.setdefault(name, Told(self._settings.revised))
                alerts += told.settle(mine, known, "reports that came late show where it was in between.")
        return alerts

    def _others(self, leap: Leap) -> int:
        """Remember the leap, and return how many others have leapt to the same place."""
        if all((one.key, one.before.id) != (leap.key, leap.before.id) for one in self._leaps):
            self._leaps.append(leap)
        alike = {one.key for one in self._leaps if leap.like(one, self._settings.radius, self._settings.window)}
        return len(alike)


def _key(sighting: Sighting) -> str | None:
    identity = sighting.identity
    if identity.mmsi is not None:
        return f"mmsi/{identity.mmsi}"
    return f"icao/{identity.icao}" if identity.icao is not None else None
