"""Unusual motion: a vessel or aircraft moves where or as hardly any other did in the traffic that was learned.

An a-contrario test (Desolneux, Moisan, Morel: Meaningful alignments, 2000): raised only where so few as odd are to be
expected in a day, by the learned background, that the false-alarm budget holds them.
"""

from __future__ import annotations

import math
from collections import deque

import msgspec
import numpy as np

from comity.detection.detector import HandlingOf, alert_id, none_of, watchable
from comity.detection.evidence import Evidence
from comity.detection.memory import TRACKS, Memory
from comity.detection.stretch import Passed, Stretch
from comity.detection.traffic_model import Background, Expectation, TrafficModel
from comity.detection.wording import called, capitalised
from comity.foundation.cell import COARSE, fine, parent
from comity.foundation.traffic import SPEEDS, motion, told
from comity.vocabulary.alert import Alert, AlertKind, Severity
from comity.vocabulary.columns import Moves, Truths
from comity.vocabulary.handling import strictest
from comity.vocabulary.instant import DAY, Instant, written
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.track import Track

RULE = "unusual-motion"
VERSION = 1


class UnusualSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How many false alarms are borne."""

    budget: int = 3
    """Alerts a day in an area (an H3 cell of resolution 3, about 12,400 km²): expected at most, and raised at most."""
    revised: float = math.log(10)
    """An alert is told anew when its score has grown by so much: ten times as improbable."""
    tracks: int = TRACKS
    """Tracks remembered."""


class Seen(msgspec.Struct, frozen=True):
    """A passage as it was seen."""

    sighting: Sighting
    place: int
    motion: int


class _Watched(msgspec.Struct):
    stretch: Stretch[Seen]
    time: Instant
    told: float = 0.0
    """The score with which its alert was told last; 0: it has none."""


class Unusual:
    """Watches for motion that the model does not know."""

    timeless = True

    def __init__(self, settings: UnusualSettings, handling: HandlingOf, model: TrafficModel | None = None) -> None:
        """Watch with `handling` telling that of a source; without a model, nothing is unusual."""
        self._settings = settings
        self._handling = handling
        self._watched: Memory[_Watched] = Memory(settings.tracks)
        self._raised: dict[int, deque[Instant]] = {}
        self._background: Background | None = None
        self.use(model)

    def use(self, model: TrafficModel | None) -> None:
        """Judge by this model from now on."""
        self._background = None if model is None else Background(model)

    def observe(self, track: Track, sighting: Sighting) -> list[Alert]:
        """See where one track is and how it moves."""
        kind, background = track.identity.kind, self._background
        if background is None or kind not in SPEEDS or not watchable(track):
            return []
        if sighting.position is None or sighting.speed is None:
            return []
        moving = motion(kind, sighting.speed, sighting.course)
        watched = self._of(track.id, sighting.time)
        if moving is None or sighting.time < watched.time:  # a late report: what came after it was judged without it
            return []
        watched.time = sighting.time
        place = fine(sighting.position)
        if not watched.stretch.is_new(sighting.time, place, moving):
            return []
        odd = background.counts.odd(kind.value, place, moving)
        if odd is None:
            return []
        found = watched.stretch.add(sighting.time, odd, Seen(sighting, place, moving))
        return self._judged(track, watched, found, background)

    def wants(self, moves: Moves) -> Truths:
        """Want every quiet row that says its speed, if there is a model; none without."""
        return none_of(moves) if self._background is None else ~np.isnan(moves.speed)

    def advance(self, now: Instant) -> list[Alert]:  # noqa: ARG002 - nothing here comes of time alone
        """Nothing becomes unusual by time passing."""
        return []

    def _of(self, track: str, time: Instant) -> _Watched:
        watched = self._watched.get(track)
        if watched is None or watched.stretch.is_over(time):
            watched = _Watched(Stretch[Seen](time), time)
        self._watched.put(track, watched)
        return watched

    def _judged(self, track: Track, watched: _Watched, found: float, background: Background) -> list[Alert]:
        if found <= watched.told or (watched.told and found < watched.told + self._settings.revised):
            return []
        last = watched.stretch.passed[-1]
        expected = background.expected(track.identity.kind.value, last.seen.place, found)
        if expected is None or expected.a_day > self._settings.budget:
            return []
        if not watched.told and not self._within_budget(parent(last.seen.place, COARSE), last.time):
            return []
        watched.told = found
        return [self._alert(track, watched.stretch, expected, background.model)]

    def _within_budget(self, area: int, time: Instant) -> bool:
        """Whether the area had fewer alerts in the last 24 hours than are borne; if so, it has one more."""
        raised = self._raised.setdefault(area, deque())
        while raised and time - raised[0] >= DAY:
            raised.popleft()
        if len(raised) >= self._settings.budget:
            return False
        raised.append(time)
        return True

    def _alert(self, track: Track, stretch: Stretch[Seen], expected: Expectation, model: TrafficModel) -> Alert:
        evidence = Evidence()
        for each in stretch.passed:
            evidence.add(each.seen.sighting)
        last = stretch.passed[-1].seen.sighting
        position = last.position
        assert position is not None  # noqa: S101 - a passage has a place
        marks = [evidence.handling(self._handling), *(self._handling(source) for source in model.sources)]
        return Alert(
            id=alert_id(RULE, VERSION, [track.id], stretch.begin),
            kind=AlertKind.UNUSUAL_MOTION,
            severity=Severity.MEDIUM,
            time=stretch.passed[0].time,
            until=last.time,
            position=position,
            tracks=(track.id,),
            subjects=(track.identity,),
            sightings=evidence.sightings(),
            rule=RULE,
            version=VERSION,
            confidence=round(1.0 - (expected.as_odd + 1) / (expected.watches + 1), 3),
            explanation=_explained(track, stretch, expected, model),
            would_change=(
                "a fairway, works or weather that came after the model was learned; a diversion that is on record;"
                " a longer period to learn from"
            ),
            sources=tuple(sorted(evidence.sources)),
            handling=strictest(*marks),
            simulated=evidence.simulated,
        )


def _explained(track: Track, stretch: Stretch[Seen], expected: Expectation, model: TrafficModel) -> str:
    """Return what was seen, what would have been usual, and how often such is to be expected."""
    oddest: Passed[Seen] = min(stretch.passed, key=lambda each: each.odd.p)
    kind, odd = track.identity.kind, oddest.odd
    doing = f"{called(track.identity)} was {told(kind, oddest.seen.motion)}"
    if odd.motion:
        usual = ", ".join(f"{told(kind, one)} ({number})" for one, number in odd.usual)
        beside = f"of {odd.total} passages learned there {odd.seen} were so; usual are {usual}"
    else:
        beside = f"of {odd.total} passages learned around there {odd.seen} were in this place of 5 km²"
    return (
        f"{capitalised(doing)} at {written(oddest.time)}; {beside}. Its {len(stretch.passed)} passages of late together"
        f" are as odd as in {expected.as_odd} of {expected.watches} watches of 24 h learned in the area: at most"
        f" {expected.a_day:.2g} a day are to be expected. Model {model.number}, learned from"
        f" {written(model.since)[:10]} to {written(model.until)[:10]} ({', '.join(model.sources)})."
    )
