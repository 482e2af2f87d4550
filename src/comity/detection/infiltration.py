"""Repeated infiltration: crossings near each other in place and time, more than elsewhere along the border.

What happened once at a place is likelier to happen there again soon than elsewhere: the near-repeat of criminology
(Townsley, Homel and Chaseling, British Journal of Criminology 43, 2003). The rule hears other rules' alerts; those that
chain together within `radius` and `within` are one. It is about places, never about who crossed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from comity.detection.detector import alert_id, none_of
from comity.detection.memory import Memory
from comity.detection.told import withdrawn
from comity.detection.wording import lasting, metres
from comity.foundation.geodesy import distance
from comity.foundation.grid import Grid
from comity.vocabulary.alert import Alert, AlertKind, Severity
from comity.vocabulary.columns import Moves, Truths
from comity.vocabulary.handling import strictest
from comity.vocabulary.instant import DAY, Duration, Instant, written
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import Identity
from comity.vocabulary.track import Track

RULE = "repeated-infiltration"
VERSION = 1
_WIDE = 10.0
"""Times the radius within which the usual number of crossings is taken from."""
_PRIOR = 0.2
"""Crossings that are expected at a place by chance where there is nothing to tell it from."""
_LONGEST = 200
"""Crossings that are chained together; where there are more, everybody crosses everywhere."""
_SIGHTINGS, _TRACKS, _SUBJECTS = 200, 60, 20
"""Of each, how many an alert names."""


class InfiltrationSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What is near, and how many make a pattern."""

    kinds: tuple[AlertKind, ...] = (AlertKind.CROSSING,)
    """Alerts that count."""
    radius: float = 2_000.0
    """Metres from one to the next."""
    within: Duration = 14 * DAY
    """From one to the next."""
    times: int = 3
    """How many there must be."""
    incidents: int = 5_000
    """Alerts remembered."""


class Infiltration:
    """Hears of crossings, and tells where they repeat."""

    timeless = True

    def __init__(self, settings: InfiltrationSettings) -> None:
        self._settings = settings
        self._incidents: Memory[Alert] = Memory(settings.incidents)
        self._places: Grid[str] = Grid(0.05)
        self._told: dict[str, Alert] = {}
        """By incident, the alert in which it was told."""

    def observe(self, track: Track, sighting: Sighting) -> list[Alert]:  # noqa: ARG002 - it is not about tracks
        """Return nothing."""
        return []

    def wants(self, moves: Moves) -> Truths:
        """Want no quiet row: it is not about tracks."""
        return none_of(moves)

    def advance(self, now: Instant) -> list[Alert]:  # noqa: ARG002 - time alone is no crossing
        """Return nothing."""
        return []

    def hear(self, alert: Alert) -> list[Alert]:
        """Hear of one more alert, or one told anew or taken back; return what now stands out."""
        if alert.kind not in self._settings.kinds:
            return []
        chain = self._chained(alert.id) if self._incidents.get(alert.id) is not None else []
        self._keep(alert)
        if alert.confidence > 0:
            return self._judged(self._chained(alert.id))
        rest = {one.id for one in chain} - {alert.id}
        told: list[Alert] = []
        while rest:
            part = self._chained(min(rest))
            rest -= {one.id for one in part}
            told += self._judged(part)
        return told + self._taken_back(alert.id)

    def _taken_back(self, incident: str) -> list[Alert]:
        """Take back what was told of an incident that does not stand, unless it was told anew without it."""
        before = self._told.pop(incident, None)
        if before is None or any(one.id == before.id for one in self._told.values()):
            return []
        return [withdrawn(before, "one of the crossings has been taken back, and too few are left.")]

    def _keep(self, alert: Alert) -> None:
        if alert.confidence <= 0:
            self._incidents.drop(alert.id)
            self._places.drop(alert.id)
            return
        self._places.put(alert.id, alert.position)
        forgotten = self._incidents.put(alert.id, alert)
        if forgotten is not None:
            self._places.drop(forgotten.id)
            self._told.pop(forgotten.id, None)

    def _chained(self, incident: str) -> list[Alert]:
        """Return the incident and all that chain to it, oldest first."""
        pending, chain = [incident], dict[str, Alert]()
        while pending and len(chain) < _LONGEST:
            name = pending.pop()
            one = self._incidents.get(name)
            if one is None or name in chain:
                continue
            chain[name] = one
            near = (self._incidents.get(other) for other in self._places.near(one.position, self._settings.radius))
            pending += [
                other.id
                for other in near
                if other is not None
                and abs(other.time - one.time) <= self._settings.within
                and distance(other.position, one.position) <= self._settings.radius
            ]
        return sorted(chain.values(), key=lambda one: (one.time, one.id))

    def _judged(self, chain: Sequence[Alert]) -> list[Alert]:
        before = {told.id: told for one in chain if (told := self._told.get(one.id)) is not None}
        for one in chain:
            self._told.pop(one.id, None)
        if len(chain) < self._settings.times:
            return [withdrawn(told, "too few crossings are left.") for told in before.values()]
        first = min(before.values(), key=lambda told: (told.time, told.id), default=None)
        alert = self._alert(chain)
        alert = alert if first is None else replace(alert, id=first.id)
        self._told.update((one.id, alert) for one in chain)
        gone = [told for name, told in sorted(before.items()) if name != alert.id]
        joined = [withdrawn(told, "what it tells is part of a longer series.") for told in gone]
        return joined if alert in before.values() else [*joined, alert]

    def _expected(self, chain: Sequence[Alert]) -> float:
        """Return how many crossings a place of that size would see by chance, going by its surroundings."""
        middle, begin, end = chain[-1].position, chain[0].time, chain[-1].time
        wide = self._settings.radius * _WIDE
        mine = {one.id for one in chain}
        around = (self._incidents.get(name) for name in self._places.near(middle, wide) if name not in mine)
        others = sum(
            one is not None
            and begin - self._settings.within <= one.time <= end
            and distance(one.position, middle) <= wide
            for one in around
        )
        return _PRIOR + others / _WIDE

    def _alert(self, chain: Sequence[Alert]) -> Alert:
        expected, last = self._expected(chain), chain[-1]
        names = list(dict.fromkeys(name for one in chain for name in (one.sightings[:1] + one.sightings[-2:])))
        subjects: dict[Identity, None] = dict.fromkeys(who for one in chain for who in one.subjects)
        spread = max(distance(one.position, last.position) for one in chain)
        return Alert(
            id=alert_id(RULE, VERSION, [chain[0].id], chain[0].time),
            kind=AlertKind.REPEATED_INFILTRATION,
            severity=Severity.HIGH if len(chain) >= 2 * self._settings.times else Severity.MEDIUM,
            time=chain[0].time,
            until=max(one.until for one in chain),
            position=last.position,
            area=last.area,
            tracks=tuple(sorted({track for one in chain for track in one.tracks})[-_TRACKS:]),
            subjects=tuple(subjects)[-_SUBJECTS:],
            sightings=tuple(names[-_SIGHTINGS:]),
            rule=RULE,
            version=VERSION,
            confidence=round(min(_below(len(chain), expected), 0.99), 3),
            explanation=(
                f"{len(chain)} crossings from {written(chain[0].time)} to {written(last.time)},"
                f" {lasting(last.time - chain[0].time)}, within {metres(spread)} of the last, each at most"
                f" {metres(self._settings.radius)} and {lasting(self._settings.within)} from another. By chance, going"
                f" by its surroundings, the place would have seen {expected:.1f}."
            ),
            would_change="One cause that explains all of them, such as works, a path that everybody takes or a sensor"
            " that sees better there than elsewhere.",
            sources=tuple(sorted({source for one in chain for source in one.sources})),
            handling=strictest(*(one.handling for one in chain)),
            simulated=any(one.simulated for one in chain),
        )


def _below(count: int, expected: float) -> float:
    """Return the probability that chance gives fewer than so many (Poisson)."""
    return math.exp(-expected) * sum(expected**k / math.factorial(k) for k in range(min(count, 100)))
