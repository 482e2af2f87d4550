"""Staged: what a node finds in a world that a scenario makes, with all rules on; for drawings, tests and benchmarks."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

import msgspec

from comity.detection.detector import Detector
from comity.detection.traffic_model import Learned, TrafficModel, learn
from comity.detection.unusual import Unusual, UnusualSettings
from comity.foundation.cell import fine
from comity.foundation.traffic import Passage, motion
from comity.node import watching
from comity.node.recorded import Findings, Look
from comity.node.rules import detectors, every, rules
from comity.node.settings import PictureSettings
from comity.picture.areas import Areas, read_geojson
from comity.picture.tracks import Picture
from comity.training import files
from comity.training.report import Report
from comity.training.world import World
from comity.vocabulary.alert import AlertKind
from comity.vocabulary.handling import Handling
from comity.vocabulary.instant import DAY, HOUR, MINUTE, Duration

LEARNED: Duration = 2 * DAY
"""From the begin of a world with unusual motion: it teaches what is usual, and what comes after is watched."""
_BUDGET = 1
"""Alerts of unusual motion a day in an area."""


class Staged(msgspec.Struct, frozen=True):
    """What was found in a world, and where."""

    world: World
    areas: Areas
    reports: tuple[Report, ...]
    """Those that were watched."""
    learned: tuple[Report, ...]
    """Those before them, of which it was learned what is usual."""
    findings: Findings


def staged(world: World) -> Staged:
    """Return what a node finds in a world; where motion is unusual in it, after having learned what is usual."""
    areas = Areas(read_geojson(files.areas(world)))
    reports, first = list(world.reports()), list[Report]()
    watch = watchers(world, areas)
    if any(one.kind == AlertKind.UNUSUAL_MOTION.value for one in world.happenings()):
        first = [report for report in reports if report.arrival < world.began + LEARNED]
        reports = reports[len(first) :]
        watch.append(Unusual(UnusualSettings(budget=_BUDGET), _unmarked, usual(world, first)))
    look = Look(Picture(), watch, watching.region_of(areas), wakes=True)
    for _, batch in groupby(reports, key=lambda report: report.arrival // MINUTE):
        look.take([report.sighting for report in batch])
    return Staged(world, areas, tuple(reports), tuple(first), look.findings)


def watchers(world: World, areas: Areas) -> list[Detector]:
    """Return the written rules, all of them, as a node has them that is given the world's areas."""
    settings = watching.drawn(areas, PictureSettings(ports=files.ports(world)))
    return detectors(every(rules(settings, Path())), areas, watching.coast_of(), _unmarked)


def usual(world: World, reports: Iterable[Report]) -> TrafficModel:
    """Return what is learned of the reports, each put to the craft that it is of.

    Raises:
        Fault: they are too few.
    """
    found: dict[tuple[str, int, int, int], Passage] = {}
    for report in reports:
        said = report.sighting
        if said.position is None or said.speed is None:
            continue
        kind, place = said.identity.kind, fine(said.position)
        moving = motion(kind, said.speed, said.course)
        if moving is not None:
            key = (report.craft, said.time // HOUR, place, moving)
            found.setdefault(key, Passage(report.craft, said.time, kind.value, place, moving))
    passages = sorted(found.values(), key=lambda each: (each.track, each.time))
    until = world.began + LEARNED
    sources = tuple(sensor.name for sensor in world.scenario.sensors)
    return learn(passages, Learned(number=1, learned=until, since=world.began, until=until, sources=sources))


def _unmarked(source: str) -> Handling:  # noqa: ARG001 - nothing in a made world is marked
    return Handling()
