"""Going dark: a moving vessel falls silent where its source goes on hearing others.

A source is judged by its own event time: where the source itself has stopped, nothing is concluded.
"""

from __future__ import annotations

import msgspec
import numpy as np

from comity.detection.ahead import looks
from comity.detection.coverage import Coverage, Heard, ahead_of
from comity.detection.detector import HandlingOf, Noted, Shown, alert_id, watchable
from comity.detection.evidence import Evidence
from comity.detection.memory import Memory
from comity.detection.told import withdrawn
from comity.detection.wording import called, capitalised, knots, lasting, metres
from comity.foundation.geodesy import distance
from comity.vocabulary.alert import Alert, AlertKind, Severity
from comity.vocabulary.columns import Moves, Truths
from comity.vocabulary.instant import MINUTE, SECOND, Duration, Instant, written
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.track import Track

RULE = "going-dark"
VERSION = 1
_STEP = 30 * SECOND
"""Event time between two looks."""


class DarkSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What is a silence, and what is good reception."""

    gap: Duration = 30 * MINUTE
    """Silence after which a vessel has gone dark."""
    moving: float = 1.0
    """Metres a second at its last report: slower ones may have moored and switched off."""
    fastest: float = 35.0
    """Metres a second: where its identity is heard within reach of that, it is taken for the same vessel."""
    radius: float = 40_000.0
    """Metres around its last position within which reception is judged."""
    others: int = 2
    """Other tracks there that the source must have gone on hearing."""
    share: float = 0.5
    """Of the other tracks there, how many the source must have gone on hearing: if most fell silent too, it is the
    source."""
    window: Duration = 6 * MINUTE
    """A track heard within so long is being heard: twice the slowest reporting interval of AIS."""
    sightings: int = 3
    """Reports that a track must have before its silence means anything."""
    tracks: int = 50_000
    """Tracks remembered for each source."""


class _Silence(msgspec.Struct):
    """A vessel gone dark, until it is heard again: kept by its MMSI, for radar may have led its track astray."""

    alert: Alert
    said: str
    evidence: Evidence


class Dark:
    """Watches tracks that say who they are fall silent and come back."""

    def __init__(self, settings: DarkSettings, handling: HandlingOf) -> None:
        self._settings = settings
        self._handling = handling
        self._sources: dict[str, Coverage] = {}
        self._looked: dict[str, Instant] = {}
        self._dark: Memory[_Silence] = Memory(10_000)
        self._begun: Moves | None = None

    def observe(self, track: Track, sighting: Sighting) -> list[Alert]:
        """Hear a track; if it had gone dark, return its alert with how long it was silent."""
        if sighting.identity.mmsi is None or track.position is None or not watchable(track):
            return []
        if track.sightings >= self._settings.sightings:
            self._coverage(sighting.source).hear(track, sighting)
        mmsi = str(sighting.identity.mmsi)
        silence = self._dark.get(mmsi)
        if silence is None or not self._is_back(silence, track, sighting):
            return []
        self._dark.drop(mmsi)
        return [self._returned(silence, track, sighting)]

    def _coverage(self, source: str) -> Coverage:
        coverage = self._sources.get(source)
        if coverage is None:
            coverage = self._sources[source] = Coverage(self._settings.tracks)
            if self._begun is not None:
                coverage.begin(self._begun)
        return coverage

    def _is_back(self, silence: _Silence, track: Track, sighting: Sighting) -> bool:
        """Whether this is the vessel that fell silent: its track, or its identity where it can have come to."""
        alert, position = silence.alert, track.position
        if sighting.time <= alert.time or position is None:
            return False
        reach = self._settings.fastest * (sighting.time - alert.time) / 1000.0
        return track.id in alert.tracks or distance(alert.position, position) <= reach

    def advance(self, now: Instant) -> list[Alert]:
        """Look at those silent for the gap, at `now` or as far as their source has come."""
        alerts: list[Alert] = []
        for source, coverage in self._sources.items():
            clock = min(now, coverage.newest)
            if abs(clock - self._looked.get(source, 0)) >= _STEP:
                self._looked[source] = clock
                alerts += self._look(source, coverage, clock)
        return alerts

    def sweep(self, moves: Moves, shown: Shown) -> list[Noted]:
        """Hear a batch; only what comes of a vessel that had gone dark, or is out of the ordinary, is looked at."""
        found: list[Noted] = []
        self._begun = moves
        for coverage in self._sources.values():
            coverage.begin(moves)
        for begin, end in looks(moves, lambda: self._due(moves)):
            looked = ~moves.quiet
            if len(self._dark):
                looked |= np.isin(moves.number, [int(mmsi) for mmsi in self._dark.names() if mmsi.isdigit()])
            for number, source in enumerate(moves.sources):
                found += self._hear(source, moves.source == number, looked, (begin, end), shown)
            if moves.later[end - 1]:
                found += [(end - 1, True, alert) for alert in self.advance(int(moves.time[end - 1]))]
        for coverage in self._sources.values():
            coverage.end()
        self._begun = None
        return found

    def _due(self, moves: Moves) -> Truths:
        """Return at which rows it may be time to look."""
        due = np.zeros(len(moves), np.bool_)
        for number, source in enumerate(moves.sources):
            if source not in self._sources:
                due |= moves.source == number
        for source, coverage in self._sources.items():
            of = [number for number, name in enumerate(moves.sources) if name == source]
            top = max(coverage.newest, int(moves.time[np.isin(moves.source, of)].max(initial=0)))
            looked = self._looked.get(source, 0)
            due |= (np.minimum(moves.time, top) >= looked + _STEP) | (moves.time <= looked - _STEP)
        return due

    def _hear(self, source: str, chosen: Truths, looked: Truths, rows: tuple[int, int], shown: Shown) -> list[Noted]:
        """Hear what one source tells in some rows."""
        found: list[Noted] = []
        row, end = rows
        while row < end:
            coverage = self._sources.get(source)
            if coverage is not None:
                row = coverage.hear_many((row, end), (chosen, looked), self._settings.sightings)
            if row < end and chosen[row]:
                if coverage is not None:
                    coverage.go_to(row)
                track, sighting = shown(row)
                if track is not None:
                    found += [(row, False, alert) for alert in self.observe(track, sighting)]
            row += 1
        return found

    def _look(self, source: str, coverage: Coverage, clock: Instant) -> list[Alert]:
        settings = self._settings
        coverage.forget(clock - settings.gap - 2 * settings.window)
        alerts: list[Alert] = []
        for heard in coverage.silent(clock - settings.gap):
            heard.judged = True
            if heard.speed >= settings.moving and not self._heard_since(heard):
                alerts += self._judged(source, coverage, heard, clock)
        return alerts

    def _heard_since(self, heard: Heard) -> bool:
        """Whether any source has heard it since, on this track or, where it can have come to, on another."""
        for coverage in self._sources.values():
            for other in (coverage.get(heard.id), coverage.bearer(heard.identity.mmsi)):
                if other is None or other.last <= heard.last:
                    continue
                reach = self._settings.fastest * (other.last - heard.last) / 1000.0
                if other.id == heard.id or distance(heard.position, other.position) <= reach:
                    return True
        return False

    def _judged(self, source: str, coverage: Coverage, heard: Heard, clock: Instant) -> list[Alert]:
        settings = self._settings
        present = coverage.present(heard, settings.radius, settings.window)
        still = [other for other in present if other.last >= clock - settings.window]
        if len(still) < settings.others or len(still) < settings.share * len(present):
            return []
        return [self._alert(source, heard, present, still, clock)]

    def _alert(self, source: str, heard: Heard, present: list[Heard], still: list[Heard], clock: Instant) -> Alert:
        position = heard.position
        evidence = Evidence()
        for sighting in (*heard.recent, *(other.recent[-1] for other in still[:20])):
            evidence.add(sighting)
        said = (
            f"{called(heard.identity)} was last heard by {source} at {written(heard.last)}, moving at"
            f" {knots(heard.speed)}. Meanwhile {source} went on hearing {len(still)} of the {len(present)} other"
            f" tracks within {metres(self._settings.radius)}"
        )
        leaving = not any(ahead_of(heard, other) for other in still)
        said += ", but none ahead of it: it may have left the source's range." if leaving else "."
        sure = len(still) / len(present) * (1.0 - 1.0 / (1.0 + len(still)))
        alert = Alert(
            id=alert_id(RULE, VERSION, [heard.id], heard.last),
            kind=AlertKind.GOING_DARK,
            severity=Severity.LOW if leaving else Severity.MEDIUM,
            time=heard.last,
            until=clock,
            position=position,
            tracks=(heard.id,),
            subjects=(heard.identity,),
            sightings=evidence.sightings(),
            rule=RULE,
            version=VERSION,
            confidence=round(sure / 2.0 if leaving else sure, 3),
            explanation=capitalised(f"{said} It has been silent for {lasting(clock - heard.last)}."),
            would_change="Its being heard by another source in that time, a fault of its transmitter, or proof that"
            f" {source} does not reach that place, as at the edge of its range or behind high ground.",
            sources=(source,),
            handling=self._handling(source),
            simulated=evidence.simulated,
        )
        self._dark.put(str(heard.identity.mmsi), _Silence(alert, said, evidence))
        return alert

    def _returned(self, silence: _Silence, track: Track, sighting: Sighting) -> Alert:
        if sighting.time - silence.alert.time < self._settings.gap:
            return withdrawn(silence.alert, "a report that came late shows that it was heard within the gap.")
        silence.evidence.add(sighting)
        position = sighting.position or track.position or silence.alert.position
        away = distance(silence.alert.position, position)
        duration = sighting.time - silence.alert.time
        return msgspec.structs.replace(
            silence.alert,
            until=sighting.time,
            sightings=silence.evidence.sightings(),
            sources=tuple(sorted(silence.evidence.sources)),
            handling=silence.evidence.handling(self._handling),
            simulated=silence.evidence.simulated,
            explanation=capitalised(
                f"{silence.said} It was heard again at {written(sighting.time)}, after {lasting(duration)},"
                f" {metres(away)} away."
            ),
        )
