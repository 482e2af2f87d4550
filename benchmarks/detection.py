"""Precision, recall and delay of every detector on simulated truth, with a good receiver and with gaps in it.

Each scenario that comes along is drawn with several seeds and run through picture and rules as the node assembles
them, once as written and once with receivers that are off for ten minutes of every fifty, hear seven of ten reports,
and bring some twice, late or from a wrong place. An alert is right if it is of a kind that the truth has at that time
for the targets whose sightings made its tracks; a happening is found if an alert of its kind is right about it. Delay
is the event time from the begin of a happening until it was first told. All scenarios count for each detector's
precision, also those in which nothing of its kind is to be found. All written rules watch, that of encounters too,
which a node has off; what is learned is not judged here but by `unusual.py`.

    python benchmarks/detection.py [SEEDS] [SCENARIO …]
"""

from __future__ import annotations

import json
import platform
import statistics
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import groupby

import msgspec

from comity.cli.staged import watchers
from comity.node import watching
from comity.picture.areas import Areas, read_geojson
from comity.picture.tracks import Picture
from comity.training import files, library
from comity.training.cast import Happening
from comity.training.measure import span
from comity.training.report import Report
from comity.training.scenario import EVENTS, Ais, Scenario
from comity.training.world import World
from comity.vocabulary.alert import Alert, AlertKind
from comity.vocabulary.instant import MINUTE, Instant

SEEDS = 3
SLACK = 10 * MINUTE
"""An alert may begin and end so much before and after what it is about."""
SAME = {
    "repeated-infiltration": {"repeated-route", "repeated-infiltration"},
}
"""What a rule may call a kind of happening, where that is not its name."""
OFF, OF = 10, 50


class Told(msgspec.Struct):
    """An alert, whom it is of, and when it was first told."""

    alert: Alert
    crafts: frozenset[str]
    first: Instant


class Tally(msgspec.Struct):
    """What came of one kind."""

    happened: int = 0
    found: int = 0
    alerts: int = 0
    right: int = 0
    delays: list[float] = msgspec.field(default_factory=list)
    wrong_in: Counter[str] = msgspec.field(default_factory=Counter)

    def figures(self) -> dict[str, object]:
        """Return what stands in the table."""
        return {
            "happened": self.happened,
            "found": self.found,
            "alerts": self.alerts,
            "precision": round(self.right / self.alerts, 3) if self.alerts else None,
            "recall": round(self.found / self.happened, 3) if self.happened else None,
            "delay_min": round(statistics.median(self.delays), 1) if self.delays else None,
        }


def gappy(scenario: Scenario) -> Scenario:
    """Return the scenario with bad reception."""
    off = tuple((f"{begin} min", f"{begin + OFF} min") for begin in range(20, span(scenario.duration) // MINUTE, OF))
    worse = {"off": off, "doubled": 0.02, "late": "10 s"}
    sensors = tuple(
        msgspec.structs.replace(one, **worse, **({"heard": 0.7, "wild": 0.001} if isinstance(one, Ais) else {}))
        for one in scenario.sensors
    )
    return msgspec.structs.replace(scenario, sensors=sensors)


def told(world: World) -> tuple[list[Told], int]:
    """Return all alerts of a world as they were told last, and how many sightings there were."""
    areas = Areas(read_geojson(files.areas(world)))
    rules = watchers(world, areas)
    picture, found, count = Picture(), {}, 0
    of: dict[str, Counter[str]] = defaultdict(Counter)
    for batch in batches(world.reports()):
        placed = picture.take([report.sighting for report in batch])
        for report, place in zip(batch, placed, strict=True):
            of[place.track][report.craft] += 1
            now = report.sighting.time
            for alert in watching.noticed(rules, [place]):
                first = found[alert.id].first if alert.id in found else now
                found[alert.id] = Told(alert, frozenset(), first)
        count += len(batch)
    for one in found.values():
        one.crafts = frozenset(of[track].most_common(1)[0][0] for track in one.alert.tracks if of[track])
    return list(found.values()), count


def batches(reports: Iterator[Report]) -> Iterator[list[Report]]:
    for _, some in groupby(reports, key=lambda report: report.arrival // MINUTE):
        yield list(some)


def suits(one: Told, happening: Happening, began: Instant) -> bool:
    """Whether an alert is right about a happening."""
    if one.alert.kind.value not in SAME.get(happening.kind, {happening.kind}):
        return False
    within = one.alert.time <= began + happening.end + SLACK and one.alert.until >= began + happening.begin - SLACK
    who = set(happening.crafts)
    return within and bool(one.crafts) and (one.crafts <= who if len(who) > 1 else who <= one.crafts)


def judge(world: World, tallies: dict[str, Tally]) -> int:
    alerts, count = told(world)
    happenings = world.happenings()
    for happening in happenings:
        tally = tallies[happening.kind]
        tally.happened += 1
        right = [one for one in alerts if suits(one, happening, world.began)]
        if right:
            tally.found += 1
            tally.delays.append((min(one.first for one in right) - world.began - happening.begin) / MINUTE)
    for one in alerts:
        tally = tallies[one.alert.kind.value]
        tally.alerts += 1
        if any(suits(one, happening, world.began) for happening in happenings):
            tally.right += 1
        else:
            tally.wrong_in[world.scenario.scenario] += 1
    return count


def main(arguments: list[str]) -> None:
    seeds = int(arguments[0]) if arguments else SEEDS
    names = arguments[1:] or library.names()
    kinds = {kind.value for kind in AlertKind}
    result: dict[str, dict[str, object]] = {"good": {}, "gaps": {}}
    print(f"{platform.machine()}, {platform.python_implementation()} {platform.python_version()}, {seeds} seeds each")
    for reception in ("good", "gaps"):
        tallies: dict[str, Tally] = defaultdict(Tally)
        sightings = 0
        for name in names:
            scenario = library.load(name) if reception == "good" else gappy(library.load(name))
            for seed in range(1, seeds + 1):
                sightings += judge(World(scenario, seed), tallies)
        print(f"\nreception {reception}: {sightings:,} sightings")
        print(
            f"{'':20}{'happened':>9}{'found':>7}{'alerts':>8}{'precision':>10}{'recall':>8}{'delay min':>10}  wrong in"
        )
        for kind in sorted({*EVENTS, *tallies}):
            if kind == AlertKind.UNUSUAL_MOTION.value:
                print(f"{kind:20}{tallies[kind].happened:9}  see unusual.py")
                continue
            if not kinds & SAME.get(kind, {kind}):
                print(f"{kind:20}{tallies[kind].happened:9}  no such detector yet")
                result[reception][kind] = None
                continue
            row = tallies[kind].figures()
            result[reception][kind] = row
            cells = ["-" if row[key] is None else str(row[key]) for key in ("precision", "recall", "delay_min")]
            wrong = ", ".join(f"{where} {count}" for where, count in sorted(tallies[kind].wrong_in.items()))
            counts = f"{row['happened']:9}{row['found']:7}{row['alerts']:8}"
            print(f"{kind:20}{counts}{cells[0]:>10}{cells[1]:>8}{cells[2]:>10}  {wrong}")
    print()
    print(json.dumps(result))


if __name__ == "__main__":
    main(sys.argv[1:])
