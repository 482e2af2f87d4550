"""Land: unidentified parties followed between ground sensors; crossings away from crossing points, repeated routes."""

from __future__ import annotations

from bisect import insort
from collections.abc import Sequence
from itertools import pairwise

import msgspec

from comity.detection.detector import HandlingOf, Where, alert_id, none_of
from comity.detection.evidence import Evidence
from comity.detection.party import Chain, FollowSettings, Report, extended, followed
from comity.detection.route import Routes, RouteSettings
from comity.detection.told import Found, Told
from comity.detection.wording import lasting, metres
from comity.foundation.geodesy import distance, offset, plane
from comity.vocabulary.alert import Alert, AlertKind, Severity
from comity.vocabulary.columns import Moves, Truths
from comity.vocabulary.instant import HOUR, MINUTE, Duration, Instant, written
from comity.vocabulary.place import Position
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import Identity, SubjectKind
from comity.vocabulary.track import Track

RULE = "land-crossing"
VERSION = 1
_KINDS = frozenset({SubjectKind.PARTY, SubjectKind.VEHICLE, SubjectKind.OBJECT})
_SAMPLES = 16
_WHY = "reports that came late show another way."


class LandSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Which borders are watched on land, what the ground is like, and what a party can do."""

    borders: tuple[tuple[str, str], ...] = ()
    """Pairs of areas."""
    points: tuple[str, ...] = ()
    """Areas in which passing is regular."""
    terrain: dict[str, float] = {}
    """By area, how fast one goes there as a share of the pace on open ground; 0: nobody gets through."""
    reports: int = 3
    """Reports of one party that must say so."""
    follow: FollowSettings = FollowSettings()
    route: RouteSettings = RouteSettings()
    lag: Duration = 2 * HOUR
    """A report that comes so late is still taken in as if it had come in time."""
    revised: Duration = 10 * MINUTE
    """While a party is followed, its alert is brought up to date this often."""
    most: int = 2_000
    """Reports remembered from which parties are followed."""


class Land:
    """Watches what ground sensors report."""

    timeless = True

    def __init__(self, settings: LandSettings, where: Where, handling: HandlingOf) -> None:
        """Watch with `where` telling the areas of a position and `handling` the handling of a source."""
        self._settings = settings
        self._where = where
        self._handling = handling
        self._borders = {frozenset(pair) for pair in settings.borders}
        self._sides = {side for pair in settings.borders for side in pair}
        self._reports: list[Report] = []
        self._chains: dict[str, Chain] = {}
        self._told: dict[str, Told] = {}
        self._routes = Routes(settings.route, handling)

    def observe(self, track: Track, sighting: Sighting) -> list[Alert]:  # noqa: ARG002 - what counts is each report
        """See one sighting, tracked or not."""
        return self.sense(sighting)

    def wants(self, moves: Moves) -> Truths:
        """Want no quiet row: it says who it is."""
        return none_of(moves)

    def advance(self, now: Instant) -> list[Alert]:  # noqa: ARG002 - each report is told of as it comes
        """Return nothing."""
        return []

    def sense(self, sighting: Sighting) -> list[Alert]:
        """See one sensor's report of something that nobody has identified."""
        who = sighting.identity
        if sighting.position is None or who.kind not in _KINDS or who != Identity(kind=who.kind):
            return []
        report = Report(sighting.time, sighting.id, sighting.source, sighting.position, who.kind, sighting.simulated)
        newest = self._reports[-1].order() if self._reports else (0, "")
        if report.time < newest[0] - self._settings.lag:
            return []
        insort(self._reports, report, key=Report.order)
        self._forget()
        return self._next(report) if report.order() > newest else self._anew()

    def _forget(self) -> None:
        """Forget reports that no party can be followed from any more, and the oldest of too many."""
        oldest = self._reports[-1].time - self._settings.lag - 2 * self._settings.follow.longest
        excess = max(0, len(self._reports) - self._settings.most)
        gone = next((k for k, one in enumerate(self._reports) if k >= excess and one.time >= oldest), excess)
        if gone == 0:
            return
        del self._reports[:gone]
        begin = self._reports[0].order()
        for key in [key for key, chain in self._chains.items() if chain.reports[0].order() < begin]:
            if self._chains[key].last.order() < begin:
                del self._chains[key]
                self._told.pop(key, None)

    def _next(self, report: Report) -> list[Alert]:
        oldest = report.time - self._settings.follow.longest
        open_ones = [chain for chain in self._chains.values() if chain.last.time >= oldest]
        chain = extended(open_ones, report, self._settings.follow, self._ground)
        if chain is None:
            chain = self._chains[report.id] = Chain([report], [])
        return self._judged(chain) + self._routes.judged(self._routes.take(chain, self._settings.follow.same))

    def _anew(self) -> list[Alert]:
        """Follow all parties again from what is remembered; what was told of those that are none is taken back."""
        begin = self._reports[0].order()
        kept = {key: chain for key, chain in self._chains.items() if chain.reports[0].order() < begin}
        before = self._chains.keys() - kept.keys()
        loose = {one.id for chain in kept.values() for one in chain.reports}
        made = followed((one for one in self._reports if one.id not in loose), self._settings.follow, self._ground)
        self._chains = kept | {chain.key: chain for chain in made}
        told = [
            alert
            for key in sorted(before - self._chains.keys())
            if key in self._told
            for alert in self._told.pop(key).settle([], 0, _WHY)
        ]
        ways = self._routes.forget(before)
        for chain in made:
            told += self._judged(chain)
            ways |= self._routes.take(chain, self._settings.follow.same)
        return told + self._routes.judged(ways)

    def _ground(self, position: Position) -> float:
        terrain = self._settings.terrain
        return min((terrain[name] for name in self._where(position) if name in terrain), default=1.0)

    def _side(self, report: Report) -> str | None:
        return next((name for name in self._where(report.position) if name in self._sides), None)

    def _judged(self, chain: Chain) -> list[Alert]:
        found = self._crossings(chain) if self._borders else []
        if not found and chain.key not in self._told:
            return []
        return self._told.setdefault(chain.key, Told(self._settings.revised)).settle(found, 0, _WHY)

    def _crossings(self, chain: Chain) -> list[Found]:
        """Return the passages from one side to another away from every crossing point."""
        sided = [(report, side) for report in chain.reports if (side := self._side(report)) is not None]
        turns = [k for k in range(1, len(sided)) if sided[k][1] != sided[k - 1][1]]
        found = []
        for place, turn in enumerate(turns):
            before, after = sided[turn - 1], sided[turn]
            end = turns[place + 1] if place + 1 < len(turns) else len(sided)
            if frozenset((before[1], after[1])) not in self._borders or self._regular(before[0], after[0]):
                continue
            part = [report for report, _ in sided[(turns[place - 1] if place else 0) : end]]
            if len(part) >= self._settings.reports:
                found.append(Found(self._alert(chain, (before, after), part), over=end < len(sided)))
        return found

    def _regular(self, one: Report, other: Report) -> bool:
        east, north = plane(one.position, other.position)
        line = (offset(one.position, east * k / _SAMPLES, north * k / _SAMPLES) for k in range(_SAMPLES + 1))
        points = self._settings.points
        return any(name in points for place in line for name in self._where(place))

    def _alert(
        self, chain: Chain, over: tuple[tuple[Report, str], tuple[Report, str]], part: Sequence[Report]
    ) -> Alert:
        (last_home, home), (first_far, far) = over
        evidence = Evidence.of(part)
        kind = next((one.kind for one in part if one.kind is not SubjectKind.OBJECT), SubjectKind.OBJECT)
        gone = sum(distance(a.position, b.position) for a, b in pairwise(part))
        return Alert(
            id=alert_id(RULE, VERSION, [chain.key], first_far.time),
            kind=AlertKind.CROSSING,
            severity=Severity.HIGH,
            time=first_far.time,
            until=part[-1].time,
            position=first_far.position,
            area=far,
            tracks=(),
            subjects=(Identity(kind=kind),),
            sightings=evidence.sightings(),
            rule=RULE,
            version=VERSION,
            confidence=round((1.0 - 0.5 ** (len(part) - 1)) * chain.sureness(), 3),
            explanation=(
                f"An unidentified {kind.value} was followed past {len(part)} reports of ground sensors, {metres(gone)}"
                f" from {written(part[0].time)} to {written(part[-1].time)}: last in {home} at"
                f" {written(last_home.time)} and first in {far} at {written(first_far.time)},"
                f" {lasting(first_far.time - last_home.time)} later, away from every crossing point."
            ),
            would_change="Reports that are of two parties and not of one, animals, residents or patrols of one's own,"
            " or a way that goes by a crossing point.",
            sources=tuple(sorted(evidence.sources)),
            handling=evidence.handling(self._handling),
            simulated=evidence.simulated,
        )
