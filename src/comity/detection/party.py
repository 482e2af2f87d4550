"""Parties: unidentified persons, groups or vehicles, followed from one ground sensor to the next by time and terrain.

A sensor says that something was near, and never who. Two reports are of one party if it can have gone from the one to
the other in the time between, at the pace that the ground allows, without dawdling for longer than people do. Nothing
is kept that could tell one party from another but where and when.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

import msgspec

from comity.foundation.geodesy import distance, offset, plane
from comity.vocabulary.instant import HOUR, MINUTE, Duration, Instant
from comity.vocabulary.place import Position
from comity.vocabulary.subject import SubjectKind

Ground: TypeAlias = Callable[[Position], float]
"""How fast one goes at a place, as a share of the pace on open ground; 0 where nobody gets through."""

_SAMPLES = 12
"""Places on the straight way between two sensors at which the ground is asked for."""


class FollowSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What one party can do."""

    pace: float = 1.0
    """Metres a second that a party typically makes on open ground, rests included."""
    fastest: float = 2.5
    """Metres a second that none exceeds."""
    pause: Duration = 30 * MINUTE
    """How long one may rest between two sensors beyond what a slow pace takes."""
    slowness: float = 3.0
    """Times as long as at the typical pace."""
    longest: Duration = 4 * HOUR
    """Between two reports; beyond, nobody can tell."""
    same: float = 150.0
    """Metres within which two sensors are one place."""
    linger: Duration = 20 * MINUTE
    """Reports of one place within so long are of one party."""


class Report(msgspec.Struct, frozen=True):
    """One sensor's word."""

    time: Instant
    id: str
    source: str
    position: Position
    kind: SubjectKind
    simulated: bool

    def order(self) -> tuple[Instant, str]:
        """Return by what reports are put in order."""
        return self.time, self.id


class Chain(msgspec.Struct):
    """The reports that are taken for one party's, oldest first."""

    reports: list[Report]
    doubts: list[float]
    """For each step from one place to another, how far its duration was from the typical: the logarithm's size."""

    @property
    def key(self) -> str:
        """What the chain is known by: its first report."""
        return self.reports[0].id

    @property
    def last(self) -> Report:
        """The newest report."""
        return self.reports[-1]

    def places(self, same: float) -> list[Report]:
        """Return the first report of each place in a row."""
        found: list[Report] = []
        for report in self.reports:
            if not found or distance(found[-1].position, report.position) > same:
                found.append(report)
        return found

    def sureness(self) -> float:
        """Return from 0 to 1 how sure it is that all steps were one party's."""
        return math.exp(-sum(self.doubts) / (2.0 * len(self.doubts))) if self.doubts else 1.0


def step(one: Report, other: Report, settings: FollowSettings, ground: Ground) -> float | None:
    """Return the doubt that one party made both reports, the earlier first; None if it cannot be or cannot be told."""
    elapsed, away = other.time - one.time, distance(one.position, other.position)
    if elapsed > settings.longest or not _one_kind(one.kind, other.kind):
        return None
    if away <= settings.same:
        return 0.0 if elapsed <= settings.linger else None
    if away > settings.fastest * elapsed / 1000.0:
        return None
    effort = _effort(one.position, other.position, ground)
    typical = effort / settings.pace * 1000.0
    if effort / settings.fastest * 1000.0 > elapsed or elapsed > typical * settings.slowness + settings.pause:
        return None
    return abs(math.log(elapsed / typical))


def _one_kind(one: SubjectKind, other: SubjectKind) -> bool:
    return one is other or SubjectKind.OBJECT in {one, other}


def _effort(one: Position, other: Position, ground: Ground) -> float:
    """Return the metres of open ground that the straight way is worth; infinite where it cannot be gone."""
    east, north = plane(one, other)
    shares = [ground(offset(one, east * k / _SAMPLES, north * k / _SAMPLES)) for k in range(1, _SAMPLES)]
    if min(shares) <= 0.0:
        return math.inf
    return math.hypot(east, north) * sum(1.0 / share for share in shares) / len(shares)


def extended(chains: Sequence[Chain], report: Report, settings: FollowSettings, ground: Ground) -> Chain | None:
    """Return the chain that the report, the newest of all, is taken to go on; None if it begins one."""
    best: tuple[float, Instant, str] | None = None
    chosen: Chain | None = None
    for chain in chains:
        doubt = step(chain.last, report, settings, ground)
        if doubt is None:
            continue
        rank = (doubt, -chain.last.time, chain.key)
        if best is None or rank < best:
            best, chosen = rank, chain
    if chosen is not None and best is not None:
        if distance(chosen.last.position, report.position) > settings.same:
            chosen.doubts.append(best[0])
        chosen.reports.append(report)
    return chosen


def followed(reports: Iterable[Report], settings: FollowSettings, ground: Ground) -> list[Chain]:
    """Return the chains that the reports make, in the order in which they began."""
    chains: list[Chain] = []
    for report in sorted(reports, key=Report.order):
        oldest = report.time - settings.longest
        open_ones = [chain for chain in chains if chain.last.time >= oldest]
        if extended(open_ones, report, settings, ground) is None:
            chains.append(Chain([report], []))
    return chains
