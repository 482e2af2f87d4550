"""Repeated routes: the same way between ground sensors, taken again and again by parties nobody knows."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import msgspec

from comity.detection.detector import HandlingOf, alert_id
from comity.detection.evidence import Evidence
from comity.detection.memory import Memory
from comity.detection.party import Chain, Report
from comity.detection.told import Found, Told
from comity.detection.wording import lasting, metres
from comity.foundation.geodesy import distance
from comity.vocabulary.alert import Alert, AlertKind, Severity
from comity.vocabulary.instant import DAY, HOUR, Duration, written
from comity.vocabulary.subject import Identity

RULE = "repeated-route"
VERSION = 1
_CELL = 0.002
"""Degrees of a cell by which places are told apart."""


class RouteSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What makes a route."""

    places: int = 3
    """Sensors in a row."""
    times: int = 3
    """Parties that must have come that way."""
    within: Duration = 14 * DAY
    """From the first to the last of them."""
    apart: Duration = HOUR
    """Parties that come within so long of each other are one."""
    routes: int = 5_000
    """Routes remembered."""


class _Route(msgspec.Struct):
    uses: dict[str, list[Report]]
    """By the chain that came that way, its reports there."""
    told: Told


class Routes:
    """The ways that chains have taken."""

    def __init__(self, settings: RouteSettings, handling: HandlingOf) -> None:
        self._settings = settings
        self._handling = handling
        self._routes: Memory[_Route] = Memory(settings.routes)

    def forget(self, chains: set[str]) -> set[str]:
        """Forget the ways of chains that are made anew; return which routes that changes."""
        changed: set[str] = set()
        for way in self._routes.names():
            route = self._routes.get(way)
            if route is None or chains.isdisjoint(route.uses):
                continue
            route.uses = {chain: part for chain, part in route.uses.items() if chain not in chains}
            changed.add(way)
        return changed

    def take(self, chain: Chain, same: float) -> set[str]:
        """Note the ways of a chain; return which routes that changes."""
        places, changed = chain.places(same), set[str]()
        for begin in range(max(0, len(places) - self._settings.places + 1)):
            part = places[begin : begin + self._settings.places]
            way = "/".join(f"{round(p.position.latitude / _CELL)},{round(p.position.longitude / _CELL)}" for p in part)
            route = self._routes.get(way) or _Route({}, Told(0))
            if chain.key not in route.uses:
                route.uses[chain.key] = part
                self._routes.put(way, route)
                changed.add(way)
        return changed

    def judged(self, ways: set[str]) -> list[Alert]:
        """Return what now stands out of these routes."""
        told: list[Alert] = []
        for way in sorted(ways):
            route = self._routes.get(way)
            if route is not None:
                found = [Found(self._alert(way, uses), over=True)] if (uses := self._distinct(route)) else []
                told += route.told.settle(found, 0, "reports that came late show that fewer came that way.")
        return told

    def _distinct(self, route: _Route) -> list[list[Report]]:
        """Return one party for each time that the route was taken, oldest first, if those are enough."""
        kept: list[list[Report]] = []
        for use in sorted(route.uses.values(), key=lambda part: part[0].order()):
            if not kept or use[0].time - kept[-1][0].time >= self._settings.apart:
                kept.append(use)
        newest = kept[-1][0].time if kept else 0
        for chain in [name for name, use in route.uses.items() if use[0].time < newest - 2 * self._settings.within]:
            del route.uses[chain]
        kept = [use for use in kept if use[0].time >= newest - self._settings.within]
        return kept if len(kept) >= self._settings.times else []

    def _alert(self, way: str, uses: Sequence[list[Report]]) -> Alert:
        first, last = uses[0], uses[-1]
        reports = [report for use in uses for report in use]
        reports.sort(key=Report.order)
        evidence = Evidence.of(reports)
        length = sum(distance(a.position, b.position) for a, b in pairwise(last))
        kinds = sorted({report.kind.value for use in uses for report in use})
        return Alert(
            id=alert_id(RULE, VERSION, [way], first[0].time),
            kind=AlertKind.REPEATED_ROUTE,
            severity=Severity.MEDIUM,
            time=first[0].time,
            until=last[-1].time,
            position=last[-1].position,
            tracks=(),
            subjects=(Identity(kind=last[-1].kind),),
            sightings=evidence.sightings(),
            rule=RULE,
            version=VERSION,
            confidence=round(1.0 - 0.5 ** (len(uses) - 1), 3),
            explanation=(
                f"Unidentified ({', '.join(kinds)}) came the same way past {len(last)} sensors, {metres(length)},"
                f" {len(uses)} times from {written(first[0].time)} to {written(last[-1].time)},"
                f" {lasting(last[-1].time - first[0].time)}."
            ),
            would_change="A path that residents or animals take, patrols of one's own, or sensors that answer to"
            " weather.",
            sources=tuple(sorted(evidence.sources)),
            handling=evidence.handling(self._handling),
            simulated=evidence.simulated,
        )
