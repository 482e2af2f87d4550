"""Distress: a beacon or transmitter in distress is an urgent alert at once, one for each beacon and hour."""

from __future__ import annotations

import msgspec

from comity.detection.detector import HandlingOf, alert_id, none_of, watchable
from comity.detection.evidence import Evidence
from comity.detection.memory import Memory
from comity.detection.wording import called, capitalised
from comity.vocabulary.alert import Alert, AlertKind, Severity
from comity.vocabulary.columns import Moves, Truths
from comity.vocabulary.instant import HOUR, MINUTE, Duration, Instant, written
from comity.vocabulary.place import Position
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.track import Track

RULE = "distress"
VERSION = 1


class DistressSettings(msgspec.Struct, frozen=True, kw_only=True):
    """When the rule speaks again."""

    again: Duration = HOUR
    """A beacon that still speaks after so long is a new alert."""
    revised: Duration = MINUTE
    """While it speaks, the alert is brought up to date this often."""


class _Call(msgspec.Struct):
    begin: Instant
    told: Instant
    evidence: Evidence


class Distress:
    """Watches for sightings that say distress."""

    timeless = True

    def __init__(self, settings: DistressSettings, handling: HandlingOf) -> None:
        self._settings = settings
        self._handling = handling
        self._calls: Memory[_Call] = Memory()

    def observe(self, track: Track, sighting: Sighting) -> list[Alert]:
        """See one sighting; an alert needs a position, the sighting's or else the track's."""
        position = sighting.position or track.position
        if not sighting.distress or position is None or not watchable(track):
            return []
        call = self._calls.get(track.id)
        if call is None or sighting.time - call.begin >= self._settings.again:
            call = _Call(sighting.time, sighting.time, Evidence())
        elif sighting.time - call.told < self._settings.revised:
            call.evidence.add(sighting)
            return []
        call.evidence.add(sighting)
        call.told = sighting.time
        self._calls.put(track.id, call)
        return [self._alert(call, track, position)]

    def wants(self, moves: Moves) -> Truths:
        """Want no quiet row: it is not in distress."""
        return none_of(moves)

    def advance(self, now: Instant) -> list[Alert]:  # noqa: ARG002 - silence of a beacon is no sign of safety
        """Return nothing: an alert stands until a person decides."""
        return []

    def _alert(self, call: _Call, track: Track, position: Position) -> Alert:
        return Alert(
            id=alert_id(RULE, VERSION, [track.id], call.begin),
            kind=AlertKind.DISTRESS,
            severity=Severity.URGENT,
            time=call.begin,
            until=call.told,
            position=position,
            tracks=(track.id,),
            subjects=(track.identity,),
            sightings=call.evidence.sightings(),
            rule=RULE,
            version=VERSION,
            confidence=0.9 if len(call.evidence) > 1 else 0.7,
            explanation=capitalised(
                f"{called(track.identity)} has signalled distress since {written(call.begin)}, last at"
                f" {written(call.told)}, {len(call.evidence)} times, at {position.latitude:.5f},"
                f" {position.longitude:.5f}."
            ),
            would_change="Word from the vessel or a rescue coordination centre that it was a test or a false alarm.",
            sources=tuple(sorted(call.evidence.sources)),
            handling=call.evidence.handling(self._handling),
            simulated=call.evidence.simulated,
        )
