"""A simulated world: the same seed gives the same bytes, the feeds' readers see what it says, and its truth is true."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.foundation.geodesy import KNOT, distance
from comity.sources.feed import open_stream, read_file
from comity.sources.origin import Origin
from comity.training import files, library
from comity.training.cast import Happening
from comity.training.craft import Craft, Floats, Where
from comity.training.measure import length, span, speed
from comity.training.report import FORMATS
from comity.training.scenario import Scenario
from comity.training.text import read
from comity.training.world import World
from comity.vocabulary.fault import Fault, Missing
from comity.vocabulary.instant import HOUR, MINUTE, SECOND
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import SubjectKind

SMALL = """
scenario: small
title: One of each sensor
begin: 2026-01-02T23:30:00Z
duration: 1 h
at: [56.85, 179.95]
sensors:
  - {name: coast-ais, kind: ais, at: [0, 0], every: 30 s, reach: 20 km, late: 20 s, doubled: 0.1, wild: 0.02}
  - {name: hill-radar, kind: radar, at: [-2, 0], every: 30 s, reach: 15 km, clutter: 1, off: [[10 min, 20 min]]}
  - {name: sky, kind: adsb, at: [0, 0], every: 10 s, reach: 60 km, late: 3 s}
  - {name: s-1, kind: ground, at: [1, 1], every: 20 s, reach: 150 m, false_alarms: 3}
areas:
  - {name: haven, kind: port, ring: [[-1, -1], [1, -1], [0, 1]]}
groups:
  - name: dark
    copies: 2
    spread: 3 km
    turn: true
    targets:
      - {name: a, way: [[0 min, -5, 0], [60 min, 5, 0]]}
    events:
      - {kind: going-dark, targets: [a], begin: 20 min, end: 40 min}
  - name: walkers
    targets:
      - {name: p, kind: party, way: [[5 min, 0.5, 1], [25 min, 1.5, 1]]}
traffic:
  - {name: flights, kind: aircraft, count: 2, radius: 50 km, slowest: 90 m/s, fastest: 220 m/s, altitude: 9 km}
  - {name: boats, count: 3, radius: 8 km, slowest: 2 m/s, fastest: 4 m/s}
"""


@pytest.fixture(scope="module")
def small() -> World:
    """Return a small world with everything in it."""
    return World(read(SMALL, "small.yaml"), 7)


def written(world: World) -> dict[str, str]:
    return {name: "\n".join(lines) for name, lines in files.files(world)}


def test_the_same_seed_gives_the_same_bytes(small: World) -> None:
    """And another seed another world."""
    once = written(small)
    assert once == written(World(small.scenario, 7))
    assert once != written(World(small.scenario, 8))
    assert set(once) == {"coast-ais.csv", "hill-radar.ndjson", "sky.csv", "s-1.ndjson", "areas.geojson", "truth.ndjson"}


def test_one_more_part_leaves_the_others_as_they_were(small: World) -> None:
    """Each part has chance of its own: without the traffic the group goes where it went."""
    alone = World(msgspec.structs.replace(small.scenario, traffic=()), 7)
    kept = {craft.name: craft for craft in small.cast.crafts}
    assert len(alone.cast.crafts) == len(kept) - 5
    for craft in alone.cast.crafts:
        assert np.array_equal(craft.east, kept[craft.name].east)


def test_the_feeds_readers_see_the_same_sightings(small: World, tmp_path: Path) -> None:
    """What the world yields is, field by field, what is read from the files that it writes."""
    made: dict[str, list[Sighting]] = {}
    for report in small.reports():
        made.setdefault(report.sighting.source, []).append(report.sighting)
    for sensor in small.scenario.sensors:
        form = FORMATS[type(sensor)]
        name, lines = next(one for one in files.files(small) if one[0].startswith(sensor.name))
        path = tmp_path / name
        path.write_text("\n".join(lines), "utf-8")
        stream = open_stream(form, Origin(source=sensor.name, simulated=True))
        assert list(read_file(path, stream)) == made[sensor.name]
        assert stream.report.rejected == 0


def test_reports_arrive_in_order_and_overtake_each_other(small: World) -> None:
    """They come in the order of their arrival; by their own time some are late, some are told twice."""
    reports = list(small.reports())
    assert [report.arrival for report in reports] == sorted(report.arrival for report in reports)
    times = [report.sighting.time for report in reports if report.sighting.source == "coast-ais"]
    assert times != sorted(times)
    ids = [report.sighting.id for report in reports]
    assert len(set(ids)) < len(ids)


def test_a_sensor_sees_nothing_while_it_is_off_or_out_of_reach(small: World) -> None:
    """No plot comes of the ten minutes in which the radar is off, and none from beyond its reach."""
    plots = [report.sighting for report in small.reports() if report.sighting.source == "hill-radar"]
    times = {(plot.time - small.began) // MINUTE for plot in plots}
    assert times >= {9, 20}
    assert not times & set(range(10, 20))
    assert all(plot.position and distance(small.scenario.place, plot.position) < 18_000 for plot in plots)


def test_who_is_dark_says_nothing(small: World) -> None:
    """No report of a transmitter comes of a vessel while the truth has it dark; radar goes on seeing it."""
    (first, _) = small.happenings()
    heard, seen = set(), set()
    for report in small.reports():
        if report.craft == first.crafts[0]:
            into = heard if report.sighting.source == "coast-ais" else seen
            into.add((report.sighting.time - small.began) // MINUTE)
    assert heard
    assert not heard & set(range(20, 40))
    assert seen & set(range(20, 40))


def test_noise_is_as_large_as_is_said(small: World) -> None:
    """Reports lie about the truth with the accuracy that they tell, wild ones aside."""
    crafts = {craft.name: craft for craft in small.cast.crafts}
    ratios = []
    for report in small.reports():
        if report.craft and report.sighting.source == "coast-ais" and report.sighting.position:
            true = small.place(crafts[report.craft], report.sighting.time - small.began)
            away = distance(true, report.sighting.position) / (report.sighting.accuracy or 1.0)
            if away < 10:
                ratios.append(away)
    assert len(ratios) > 300
    assert float(np.mean(np.square(ratios))) == pytest.approx(2.0, rel=0.2)


def test_the_truth_is_told_in_lines(small: World) -> None:
    """Every craft, event, place and report is there, and names what the feeds name."""
    lines = [json.loads(line) for line in files.truth(small)]
    kinds = [line["type"] for line in lines]
    assert kinds[0] == "scenario"
    assert kinds.count("craft") == len(small.cast.crafts) == 8
    assert kinds.count("event") == 2
    ids = [report.sighting.id for report in small.reports()]
    assert [line["sighting"] for line in lines if line["type"] == "report"] == ids
    places = [line for line in lines if line["type"] == "moment" and line["craft"] == "walkers-p"]
    assert [(line["time"] - small.began) // SECOND for line in places] == list(range(300, 1501, 30))
    assert places[0]["speed"] == pytest.approx(1000 / 1200, abs=0.5)


def test_a_world_can_lie_across_the_antimeridian(small: World) -> None:
    """Positions east and west of it are both there, and none is beyond 180 degrees."""
    degrees = [report.sighting.position.longitude for report in small.reports() if report.sighting.position]
    assert min(degrees) < -179.5
    assert max(degrees) > 179.5
    assert all(-180.0 <= each <= 180.0 for each in degrees)


def test_nobody_in_a_world_is_a_person() -> None:
    """A scenario that would have one is refused."""
    with pytest.raises(Fault, match="Invalid enum value 'person'"):
        read(SMALL.replace("kind: party", "kind: person"), "small.yaml")
    for name in library.names():
        kinds = {craft.identity.kind for craft in World(library.load(name), 1).cast.crafts}
        assert kinds <= {SubjectKind.VESSEL, SubjectKind.AIRCRAFT, SubjectKind.VEHICLE, SubjectKind.PARTY}


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("duration: 1 h", "duration: 1 hour", "Expected `str` matching regex"),
        ("reach: 20 km", "reach: 20 km, colour: red", "unknown field `colour`"),
        ("kind: radar", "kind: sonar", "Invalid value 'sonar'"),
        ("at: [56.85, 179.95]", "at: [86, 0]", "Expected `float` <= 75"),
        ("[[0 min, -5, 0], [60 min, 5, 0]]", "[[0 min, -5, 0]]", "a way of two places"),
        ("[60 min, 5, 0]", "[0 min, 5, 0]", "somewhere before it was there"),
        ("targets: [a], begin", "targets: [b], begin", "of nobody here"),
        ("kind: going-dark", "kind: going-home", "there is no event 'going-home'"),
        ("count: 3", "count: 0", "Expected `int` >= 1"),
        ("duration: 1 h", "duration: 8 d", "at most seven days"),
        ("copies: 2", "copies: 2\n    copies: 3", "copies"),
        ("radius: 8 km", "radius: 100 m", "a radius of 90 s at the fastest"),
        ("count: 3, radius: 8 km", "count: 2000, radius: 0.4 km", "to and fro too often"),
        ("slowest: 2 m/s", "slowest: 9 m/s", "speeds from slow to fast"),
        ("every: 30 s, reach: 15 km", "every: 0 s, reach: 15 km", "every no time"),
        ("name: walkers", "name: dark", "two have the name 'dark'"),
        ("begin: 2026-01-02T23:30:00Z", "begin: tomorrow", "not a date or time"),
    ],
)
def test_a_wrong_scenario_is_refused_with_its_place(old: str, new: str, says: str) -> None:
    """Each fault says what is wrong and where."""
    assert old in SMALL
    with pytest.raises(Fault) as caught:
        read(SMALL.replace(old, new, 1), "small.yaml")
    assert says in str(caught.value)
    assert "small.yaml" in str(caught.value) or "tomorrow" in str(caught.value)


def test_a_fault_names_line_and_column() -> None:
    """The place is that of the word itself."""
    with pytest.raises(Fault, match=r"small\.yaml:8:53") as caught:
        read(SMALL.replace("every: 30 s, reach: 20 km", "every: 30 x, reach: 20 km"), "small.yaml")
    assert "docs/formats/scenario.md" in str(caught.value)


def test_too_many_looks_are_refused(small: World) -> None:
    """A scenario that nobody could work through is refused before it begins."""
    sensors = (msgspec.structs.replace(small.scenario.sensors[0], every="0.001 s"),)
    with pytest.raises(Fault, match="looks are more than"):
        World(msgspec.structs.replace(small.scenario, sensors=sensors), 1)


def test_the_library_names_what_it_has(tmp_path: Path) -> None:
    """By name, by file, and with a suggestion for a slip."""
    path = tmp_path / "own.yaml"
    path.write_text(SMALL, "utf-8")
    assert library.load(str(path)).scenario == "small"
    with pytest.raises(Missing, match="Did you mean 'meeting'"):
        library.load("meetings")
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(Fault, match="not UTF-8"):
        library.load(str(path))


@given(st.decimals(0, 999_999, places=3), st.sampled_from(["s", "min", "h", "d"]))
@settings(max_examples=30)
def test_spans_are_read_as_written(number: object, unit: str) -> None:
    """A span is its number of units, to the millisecond."""
    units = {"s": SECOND, "min": MINUTE, "h": HOUR, "d": 24 * HOUR}
    assert span(f"{number} {unit}") == pytest.approx(float(str(number)) * units[unit], abs=0.51)


def test_lengths_and_speeds_are_read_as_written() -> None:
    """In their units."""
    assert (length("1 nm"), length("2.5 km"), length("30 m")) == (1852.0, 2500.0, 30.0)
    assert speed("36 km/h") == pytest.approx(10.0)
    assert speed("2 kn") == pytest.approx(2 * KNOT)


def _true(world: World, happening: Happening) -> bool:
    """Whether the ways do what a happening says, by measures looser than any rule's."""
    crafts = [world.craft(name) for name in happening.crafts]
    times = np.arange(happening.begin + MINUTE, max(happening.end, happening.begin + 2 * MINUTE), MINUTE, np.float64)
    said = _SAID.get(happening.kind)
    if said is not None:
        return said(crafts, times)
    where = [craft.at(times) for craft in crafts]
    return _MOVED[happening.kind](crafts, times, where) if happening.kind in _MOVED else happening.kind in _CAUSED


def _met(crafts: list[Craft], times: Floats, where: list[Where]) -> bool:
    slow = all(float(each.speed.max()) < 2.4 * KNOT for each in where)
    return slow and float(_apart(*crafts, times).max()) < 500


def _together(crafts: list[Craft], times: Floats, where: list[Where]) -> bool:
    moving = all(float(each.speed.min()) > 2 for each in where)
    return moving and all(float(_apart(crafts[0], craft, times).max()) < 3_000 for craft in crafts[1:])


def _loitered(crafts: list[Craft], times: Floats, where: list[Where]) -> bool:
    return times.size >= 240 and float(where[0].speed.max()) < 2 * KNOT


def _called(crafts: list[Craft], times: Floats, where: list[Where]) -> bool:
    return float(np.hypot(where[0].east, where[0].north).min()) < 1_000


def _repeated(crafts: list[Craft], times: Floats, where: list[Where]) -> bool:
    return len(crafts) >= 3 and all(abs(craft.east.mean() - crafts[0].east.mean()) < 500 for craft in crafts)


def _hurried(crafts: list[Craft], times: Floats, where: list[Where]) -> bool:
    return float(where[0].speed.min()) > 25 * KNOT


def _shared(crafts: list[Craft], times: Floats) -> bool:
    return len({said.identity.mmsi for craft in crafts if (said := craft.says(float(times[0])))}) == 1


def _changed(crafts: list[Craft], times: Floats) -> bool:
    before, after = (crafts[0].says(float(times[0] + shift)) for shift in (-2 * MINUTE, 0))
    return before is not None and after is not None and before.identity.mmsi != after.identity.mmsi


_SAID = {"shared-identity": _shared, "identity-change": _changed}
_MOVED = {
    "meeting": _met,
    "encounter": _met,
    "convoy": _together,
    "shadowing": _together,
    "loitering": _loitered,
    "port-visit": _called,
    "repeated-infiltration": _repeated,
    "repeated-route": _repeated,
    "unusual-motion": _hurried,
}
_CAUSED = {"distress", "going-dark", "impossible-motion", "crossing"}
"""The event itself is the cause; what crosses is looked at below."""


def _apart(one: Craft, other: Craft, times: Floats) -> Floats:
    here, there = one.at(times), other.at(times)
    apart: Floats = np.hypot(here.east - there.east, here.north - there.north)
    return apart


def _sides(scenario: Scenario, world: World, happening: Happening) -> set[bool]:
    """Return on which sides of the border that the scenario draws through its place the craft was."""
    around = [happening.begin - 10 * MINUTE, happening.end + 10 * MINUTE]
    where = world.craft(happening.crafts[0]).at(np.array(around, np.float64))
    across = where.east if scenario.areas[0].name == "west" else where.north
    return {bool(each > 0) for each in across}


@pytest.mark.parametrize("name", library.names())
def test_the_ways_do_what_the_events_say(name: str) -> None:
    """Each scenario that comes along is held to its own events, with two seeds."""
    scenario = library.load(name)
    for seed in (1, 2):
        world = World(scenario, seed)
        assert [one for one in world.happenings() if not _true(world, one)] == []
        for one in world.happenings():
            if one.kind == "crossing":
                assert _sides(scenario, world, one) == {True, False}


@given(st.integers(0, len(SMALL)), st.integers(0, 12), st.text(max_size=8), st.sampled_from(["nan", "inf", "1e9", ""]))
@settings(max_examples=30)
def test_a_mutated_scenario_is_refused_or_a_world(place: int, cut: int, text: str, number: str) -> None:
    """Whatever is changed in a scenario, it is refused with a fault, or makes a world whose places are places."""
    changed = SMALL[:place] + (number or text) + SMALL[place + cut :]
    try:
        world = World(read(changed, "small.yaml"), 1)
    except Fault:
        return
    for craft in world.cast.crafts:
        assert np.isfinite(craft.east).all()
        assert np.isfinite(craft.times).all()
