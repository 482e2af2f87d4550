"""Meeting: two vessels lie or drift together at sea for long enough to hand something over."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from comity.detection.detector import HandlingOf, Where, alert_id, watchable
from comity.detection.drift import Drift
from comity.detection.memory import Memory
from comity.detection.pair import Pair, explained
from comity.detection.progress import Progress
from comity.foundation.geodesy import KNOT, distance, offset, plane
from comity.foundation.grid import Grid
from comity.vocabulary.alert import Alert, AlertKind, Severity
from comity.vocabulary.instant import HOUR, MINUTE, SECOND, Duration, Instant
from comity.vocabulary.place import Position
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import SubjectKind
from comity.vocabulary.track import Track

RULE = "meeting"
VERSION = 1
_STEP = 60 * SECOND
"""Event time between two looks for pairs that have parted unseen."""
_AGAIN = 1.2
"""Apart means so many times the distance, and under way so many times the speed, that make a meeting."""


class MeetingSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How near, how slow and how long. Global Fishing Watch calls 2 h an encounter."""

    distance: float = 500.0
    """Metres between the two."""
    speed: float = 2.0 * KNOT
    """Metres a second made good by each."""
    duration: Duration = 20 * MINUTE
    window: Duration = 3 * MINUTE
    """Over which the speed made good is measured."""
    stale: Duration = 7 * MINUTE
    """A vessel not reported for so long is nowhere: beyond the three minutes of AIS at anchor, one report missed."""
    lag: Duration = HOUR
    """A vessel's silence is judged by its own sources' time, until others have gone on for so long without them."""
    moored: float = 150.0
    """Metres. Two that were never seen under way and stay within this are moored, not meeting."""
    both: int = 3
    """Times one source must have seen both at one instant, where their identities do not tell two vessels apart."""
    instant: Duration = SECOND
    """What counts as one instant."""
    revised: Duration = 10 * MINUTE
    """While they stay together, the alert is brought up to date this often; one that is no meeting is judged again."""
    anchorages: tuple[str, ...] = ()
    """Areas in which lying together is ordinary."""
    company: int = 4
    """So many other slow vessels near make a place an anchorage or harbour, whether or not it is listed."""
    company_within: float = 1_500.0
    """Metres that count as near."""
    tracks: int = 50_000
    """Tracks remembered."""
    pairs: int = 20_000
    """Pairs remembered."""


class Meeting:
    """Watches slow vessels for others beside them."""

    def __init__(self, settings: MeetingSettings, where: Where, handling: HandlingOf) -> None:
        """Watch with `where` telling the areas of a position and `handling` the handling of a source."""
        self._settings = settings
        self._where = where
        self._handling = handling
        self._anchorages = frozenset(settings.anchorages)
        self._tracks: Memory[Drift] = Memory(settings.tracks)
        self._pairs: Memory[Pair] = Memory(settings.pairs)
        self._slow: Grid[str] = Grid(0.01)
        self._looked: Instant = 0
        self._progress = Progress(settings.lag + settings.stale)

    def observe(self, track: Track, sighting: Sighting) -> list[Alert]:
        """See where one vessel is, and who is beside it."""
        position = track.position
        if position is None or sighting.position is None or not watchable(track):
            return []
        if track.identity.kind is not SubjectKind.VESSEL:
            return []
        drift = self._tracks.get(track.id) or Drift(track, sighting.time, position)
        if sighting.time < drift.time:
            return []
        self._progress.hear(sighting.source, sighting.time)
        drift.move(track, position, sighting, self._settings.window, self._settings.stale)
        self._remember(drift)
        return self._moved(drift, sighting)

    def advance(self, now: Instant) -> list[Alert]:
        """End the pairs of which nothing has been heard for too long, and forget vessels that are gone."""
        if abs(now - self._looked) < _STEP:
            return []
        self._looked = now
        self._progress.look()
        while (drift := next(iter(self._tracks), None)) is not None and self._is_past(drift.time, drift.heard):
            self._forget(drift)
        return [
            alert
            for pair in list(self._pairs)
            if self._is_past(pair.last, pair.evidence.sources)
            for alert in self._part(pair)
        ]

    def _is_past(self, time: Instant, sources: Collection[str]) -> bool:
        """Whether a source that told of it, or in the end everybody else, has gone on without it for too long."""
        return self._progress.newest(sources) > time + self._settings.stale or self._progress.are_silent(sources)

    def _remember(self, drift: Drift) -> None:
        forgotten = self._tracks.put(drift.track.id, drift)
        if forgotten is not None:
            self._forget(forgotten)

    def _forget(self, drift: Drift) -> None:
        self._tracks.drop(drift.track.id)
        self._slow.drop(drift.track.id)

    def _moved(self, drift: Drift, sighting: Sighting) -> list[Alert]:
        fast = max(drift.speed or 0.0, sighting.speed or 0.0) / self._settings.speed
        if fast >= _AGAIN or self._anchored(drift.position):
            drift.under_way = drift.under_way or (drift.speed or 0.0) >= self._settings.speed
            self._slow.drop(drift.track.id)
            return [alert for pair in self._of(drift) for alert in self._part(pair)]
        if drift.speed is not None and fast < 1.0:
            self._slow.put(drift.track.id, drift.position)
            self._begin(drift, sighting)
        return [alert for pair in self._of(drift) for alert in self._together(pair, drift, sighting)]

    def _anchored(self, position: Position) -> bool:
        return bool(self._anchorages) and not self._anchorages.isdisjoint(self._where(position))

    def _of(self, drift: Drift) -> list[Pair]:
        if not drift.partners:
            return []
        found = (self._pairs.get(Pair.key(drift.track.id, other)) for other in sorted(drift.partners))
        return [pair for pair in found if pair is not None]

    def _begin(self, drift: Drift, sighting: Sighting) -> None:
        """Open a pair with each slow vessel near that it is not together with yet."""
        for name in self._slow.near(drift.position, self._settings.distance):
            other = self._tracks.get(name)
            if other is None or other is drift or name in drift.partners:
                continue
            fresh = sighting.time - other.time <= self._settings.stale
            if fresh and distance(drift.position, other.position) <= self._settings.distance:
                self._open(Pair.begun(drift, other, sighting.time, sighting.time + self._settings.duration))

    def _open(self, pair: Pair) -> None:
        pair.one.partners.add(pair.other.track.id)
        pair.other.partners.add(pair.one.track.id)
        forgotten = self._pairs.put(pair.name, pair)
        if forgotten is not None:
            self._separate(forgotten)

    def _separate(self, pair: Pair) -> None:
        self._pairs.drop(pair.name)
        pair.one.partners.discard(pair.other.track.id)
        pair.other.partners.discard(pair.one.track.id)

    def _together(self, pair: Pair, drift: Drift, sighting: Sighting) -> list[Alert]:
        settings, other = self._settings, pair.beside(drift)
        apart = distance(drift.position, other.position)
        if apart > settings.distance * _AGAIN or sighting.time - pair.last > settings.stale:
            return self._part(pair)
        if apart > settings.distance or sighting.time - other.time > settings.stale:
            return []
        pair.extend(drift, other, sighting, apart, settings.instant)
        return self._tell(pair) if pair.last >= pair.due else []

    def _part(self, pair: Pair) -> list[Alert]:
        """End a pair; say how long it lasted if it has been told of."""
        alerts = self._tell(pair) if pair.told is not None and pair.last > pair.told else []
        self._separate(pair)
        return alerts

    def _tell(self, pair: Pair) -> list[Alert]:
        pair.due = pair.last + self._settings.revised
        if not pair.are_two(self._settings.both) or pair.are_moored(self._settings.moored):
            return []
        if pair.told is None and self._in_company(pair):
            return []
        pair.told = pair.last
        return [self._alert(pair)]

    def _in_company(self, pair: Pair) -> bool:
        place, within = pair.one.position, self._settings.company_within
        near = (self._tracks.get(name) for name in self._slow.near(place, within))
        others = [drift for drift in near if drift is not None and drift is not pair.one and drift is not pair.other]
        present = [other for other in others if pair.last - other.time <= self._settings.stale]
        return sum(distance(place, other.position) <= within for other in present) >= self._settings.company

    def _alert(self, pair: Pair) -> Alert:
        tracks = tuple(sorted((pair.one.track, pair.other.track), key=lambda track: track.id))
        lasted = pair.last - pair.begin
        east, north = plane(pair.one.position, pair.other.position)
        return Alert(
            id=alert_id(RULE, VERSION, [track.id for track in tracks], pair.begin),
            kind=AlertKind.MEETING,
            severity=Severity.HIGH if any(track.identity.mmsi is None for track in tracks) else Severity.MEDIUM,
            time=pair.begin,
            until=pair.last,
            position=offset(pair.one.position, east / 2.0, north / 2.0),
            tracks=tuple(track.id for track in tracks),
            subjects=tuple(track.identity for track in tracks),
            sightings=pair.evidence.sightings(),
            rule=RULE,
            version=VERSION,
            confidence=round(lasted / (lasted + self._settings.duration), 3),
            explanation=explained(pair, self._settings.speed * _AGAIN),
            would_change="An anchorage or place of work there, a tow, pilotage or rescue, or proof that the two tracks"
            " are one vessel seen twice.",
            sources=tuple(sorted(pair.evidence.sources)),
            handling=pair.evidence.handling(self._handling),
            simulated=pair.evidence.simulated,
        )
