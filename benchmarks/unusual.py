"""Unusual motion: the learned rule beside the other rules, on recorded traffic that it has not seen, in one run.

For each recording the traffic before a moment goes through a real archive, a model is learned of it, and what came
after is watched by picture and rules as a node watches it. What counts: how many alerts the untouched traffic raises,
which should be no more than the budget for each area; in how many voyages that were made unusual (run backwards, moved
two kilometres aside, or half as fast again) something is found, by this rule and by the others; and how well the score
tells such voyages from untouched ones, whatever the budget: 0.5 is chance, 1 perfect (area under the curve). The
recordings are of `../shared/data/ais`, or of the folder that COMITY_RECORDINGS names. The last line is one JSON object.

    unusual.py [--budgets 1 3 10]
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import os
import platform
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from comity.detection.dark import Dark, DarkSettings
from comity.detection.detector import Detector
from comity.detection.distress import Distress, DistressSettings
from comity.detection.meeting import Meeting, MeetingSettings
from comity.detection.stretch import Stretch
from comity.detection.traffic_model import Background, Learned, TrafficModel, learn
from comity.detection.unusual import Unusual, UnusualSettings
from comity.foundation.archive.folder import Folder
from comity.foundation.archive.passages import passages
from comity.foundation.archive.replay import Files
from comity.foundation.cell import coarse, fine
from comity.foundation.geodesy import distance, offset, plane
from comity.foundation.traffic import motion
from comity.picture.tracks import Picture
from comity.sources.feed import open_stream, read_file
from comity.sources.origin import Origin
from comity.vocabulary.handling import Grading, Handling, Onward, Tlp
from comity.vocabulary.instant import DAY, LATEST, MINUTE, Instant
from comity.vocabulary.movement import Movement, Period
from comity.vocabulary.place import Position
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import Identity, SubjectKind

Voyages = dict[int, list[Sighting]]
ASIDE = 2_000.0
FASTER = 1.5
LEAST_WAY = 2_000.0
"""Metres that a voyage must make to be one that can be made unusual."""


def recordings() -> Path:
    """Return the folder of the recordings."""
    beside = Path(__file__).parents[2] / "shared/data"
    return Path(os.environ.get("COMITY_RECORDINGS") or beside) / "ais"


def csv(name: str) -> list[Sighting]:
    """Return the sightings of a file of decoded positions, in time."""
    stream = open_stream("tracks", Origin(source="recording"))
    found = [each for each in read_file(recordings() / name, stream) if each.position is not None]
    return sorted(found, key=lambda each: each.time)


def trajectories(name: str) -> list[Sighting]:
    """Return the sightings of a file of trajectories: MMSI, time, longitude, latitude again and again.

    It tells neither speed nor course: they are those made good since the position before.
    """
    points: dict[int, list[tuple[Instant, Position]]] = defaultdict(list)
    with gzip.open(recordings() / name, "rt") as file:
        for line in file:
            parts = line.strip().split(",")
            first = next(place for place, part in enumerate(parts) if len(part) == 19 and part[4] == "-") - 1
            for place in range(first, len(parts) - 3, 4):
                moment = datetime.fromisoformat(parts[place + 1]).replace(tzinfo=UTC)
                where = Position(float(parts[place + 3]), float(parts[place + 2]))
                points[int(parts[place])].append((round(moment.timestamp() * 1000), where))
    return sorted(
        (each for mmsi, way in points.items() for each in made_good(mmsi, sorted(way, key=lambda point: point[0]))),
        key=lambda each: each.time,
    )


def made_good(mmsi: int, way: Sequence[tuple[Instant, Position]]) -> Iterator[Sighting]:
    """Yield the sightings of one vessel with the speed and course that it made good."""
    for number, ((before, start), (now, end)) in enumerate(pairwise(way)):
        if 0 < now - before <= 30 * MINUTE:
            yield Sighting(
                id=f"{mmsi}-{number}",
                source="recording",
                time=now,
                identity=Identity(kind=SubjectKind.VESSEL, mmsi=mmsi),
                position=end,
                speed=distance(start, end) / ((now - before) / 1000),
                course=bearing(start, end),
            )


def bearing(start: Position, end: Position) -> float:
    """Return the course from one position to the other, degrees from true north."""
    east, north = plane(start, end)
    return math.degrees(math.atan2(east, north)) % 360.0


def learned(before: Sequence[Sighting]) -> TrafficModel:
    """Put the sightings through an archive and learn from it."""
    with tempfile.TemporaryDirectory() as folder:
        archive = Folder(Path(folder))
        files = archive.write(
            [
                Movement(
                    sequence=number,
                    received=each.time,
                    track=str(each.identity.mmsi),
                    sighting=each,
                    tlp=Tlp.GREEN,
                    onward=Onward.ASK,
                    grading=Grading(),
                    purposes=(Purpose.BORDER_SURVEILLANCE,),
                    keep_until=LATEST,
                )
                for number, each in enumerate(before)
            ]
        )
        whole = Period(since=0, until=LATEST)
        found, rows = passages(archive, Files(files), whole, ["recording"], now=0, patience=60.0)
        archive.engine.close()
    about = Learned(
        number=1, learned=0, since=before[0].time, until=before[-1].time, sources=("recording",), movements=rows
    )
    return learn(found, about)


def handling(_: str) -> Handling:
    """Return the same for every source."""
    return Handling(tlp=Tlp.GREEN)


def rules() -> list[Detector]:
    """Return the rules that know nothing of usual traffic; there are no borders in the recordings."""
    return [
        Dark(DarkSettings(), handling),
        Meeting(MeetingSettings(), lambda _: (), handling),
        Distress(DistressSettings(), handling),
    ]


def watched(sightings: Sequence[Sighting], detectors: Sequence[Detector]) -> dict[str, set[int]]:
    """Watch the sightings and return for each alert whom it is about."""
    picture, alerts = Picture(), dict[str, set[int]]()
    for placed in picture.take(sightings):
        for detector in detectors:
            found = detector.observe(placed.state, placed.sighting) if placed.state is not None else []
            for alert in [*found, *detector.advance(placed.sighting.time)]:
                alerts[alert.id] = {one.mmsi for one in alert.subjects if one.mmsi is not None}
    return alerts


def backwards(voyage: list[Sighting]) -> list[Sighting]:
    """Return the voyage as it would be seen were it run from its end to its beginning."""
    begin, end = voyage[0].time, voyage[-1].time
    turned = [
        replace(each, time=begin + end - each.time, course=None if each.course is None else (each.course + 180) % 360)
        for each in reversed(voyage)
    ]
    return [replace(each, id=f"{each.id}-back") for each in turned]


def aside(voyage: list[Sighting]) -> list[Sighting]:
    """Return the voyage two kilometres to its right."""
    right = math.radians(bearing(_at(voyage[0]), _at(voyage[-1])) + 90.0)
    east, north = ASIDE * math.sin(right), ASIDE * math.cos(right)
    return [replace(each, id=f"{each.id}-aside", position=offset(_at(each), east, north)) for each in voyage]


def faster(voyage: list[Sighting]) -> list[Sighting]:
    """Return the voyage half as fast again."""
    begin = voyage[0].time
    return [
        replace(
            each,
            id=f"{each.id}-fast",
            time=begin + round((each.time - begin) / FASTER),
            speed=None if each.speed is None else each.speed * FASTER,
        )
        for each in voyage
    ]


CHANGES: dict[str, Callable[[list[Sighting]], list[Sighting]]] = {
    "backwards": backwards,
    "aside": aside,
    "faster": faster,
}


def _at(sighting: Sighting) -> Position:
    assert sighting.position is not None
    return sighting.position


def voyages(sightings: Sequence[Sighting]) -> Voyages:
    """Return the voyages that go anywhere, by MMSI."""
    by_vessel: Voyages = defaultdict(list)
    for each in sightings:
        if each.identity.mmsi is not None and each.speed is not None:
            by_vessel[each.identity.mmsi].append(each)
    return {mmsi: way for mmsi, way in by_vessel.items() if distance(_at(way[0]), _at(way[-1])) >= LEAST_WAY}


def oddest(background: Background, way: list[Sighting]) -> float:
    """Return the score of the oddest stretch of a voyage."""
    stretch, best = Stretch[None](way[0].time), 0.0
    for each in way:
        place, moving = fine(_at(each)), motion(SubjectKind.VESSEL, each.speed or 0.0, each.course)
        if moving is not None and stretch.is_new(each.time, place, moving):
            odd = background.counts.odd(SubjectKind.VESSEL.value, place, moving)
            best = best if odd is None else max(best, stretch.add(each.time, odd, None))
    return best


def told_apart(usual: Sequence[float], odd: Sequence[float]) -> float:
    """Return how often the score of an odd one is above that of a usual one, halves for equal ones."""
    wins = sum((one < other) + (one == other) / 2 for one in usual for other in odd)
    return round(wins / max(len(usual) * len(odd), 1), 3)


def found(model: TrafficModel | None, budget: int, way: list[Sighting]) -> bool:
    """Whether the vessel of the voyage, alone at sea, raises anything."""
    detectors = rules() if model is None else [Unusual(UnusualSettings(budget=budget), handling, model)]
    return any(way[0].identity.mmsi in subjects for subjects in watched(way, detectors).values())


def measure(name: str, sightings: list[Sighting], split: Instant, budgets: Sequence[int]) -> dict[str, Any]:
    """Measure one recording, tell it, and return the figures."""
    before = [each for each in sightings if each.time < split]
    after = [each for each in sightings if each.time >= split]
    begin = time.perf_counter()
    model = learned(before)
    seconds = time.perf_counter() - begin
    days = (after[-1].time - after[0].time) / DAY
    watches = sum(row[2] for row in model.scores)
    print(f"\n{name}: {len(before):,} positions learned in {seconds:.1f} s ({model.days:.2f} days, {watches} watches),")
    print(f"  {len(after):,} positions watched ({days:.2f} days)")
    moving = voyages(after)
    plain = watched(after, rules())
    areas = len({coarse(_at(each)) for each in after})
    told: dict[str, Any] = {
        "areas": areas,
        "recording": name,
        "days_learned": round(model.days, 3),
        "days": round(days, 3),
    }
    told["voyages"], told["alerts_of_rules"] = len(moving), len(plain)
    changed = {change: [make(way) for way in moving.values()] for change, make in CHANGES.items()}
    by_rules = {change: sum(found(None, 0, way) for way in ways) for change, ways in changed.items()}
    print(f"  the other rules: {len(plain)} alerts; of {len(moving)} voyages made unusual they find {by_rules}")
    background = Background(model)
    usual = [oddest(background, way) for way in moving.values()]
    apart = {change: told_apart(usual, [oddest(background, way) for way in ways]) for change, ways in changed.items()}
    print(f"  told apart by the score: {apart}")
    told |= {"found_by_rules": by_rules, "told_apart": apart, "budgets": {}}
    for budget in budgets if model.days >= 1.0 else ():
        alerts = watched(after, [Unusual(UnusualSettings(budget=budget), handling, model)])
        untouched = sum(found(model, budget, way) for way in moving.values())
        made = {change: sum(found(model, budget, way) for way in ways) for change, ways in changed.items()}
        print(f"  budget {budget:>2} a day an area: {len(alerts)} alerts in {areas} areas; voyage by voyage", end=" ")
        print(f"{untouched} untouched, changed {made}")
        told["budgets"][str(budget)] = {"alerts": len(alerts), "untouched": untouched, "found": made}
    if model.days < 1.0:
        print("  less than a day was learned: no budget below one alert a day can be kept, and none is raised")
    return told


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--budgets", nargs="+", type=int, default=[1, 3, 10])
    budgets = parser.parse_args().budgets
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    virginia = trajectories("VirginiaBeach_2020_06_04_to_06_filtered.traj.gz")
    third = datetime(2020, 6, 6, tzinfo=UTC).timestamp() * 1000
    results = [measure("Virginia Beach, 4 to 6 June 2020", virginia, round(third), budgets)]
    for name, file in (
        ("New York harbour, 1 h", "NYHarbor_2020_06_30_first_hour.csv"),
        ("Solent, 2016", "SolentAIS_20160112_130211.csv"),
    ):
        found_in = csv(file)
        middle = (found_in[0].time + found_in[-1].time) // 2
        results.append(measure(name, found_in, middle, budgets))
    print(json.dumps({"benchmark": "unusual", "recordings": results}))


if __name__ == "__main__":
    main()
