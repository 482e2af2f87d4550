"""Findings: what is told of a recording that a picture was made of."""

from __future__ import annotations

from builders.tracks import BEGIN, KATTEGAT, Path, World, straight, vessel
from comity.cli.findings import json_lines, words
from comity.foundation.geodesy import offset
from comity.node.recorded import Findings, Look
from comity.picture.tracks import Picture
from comity.vocabulary.instant import MINUTE, SECOND


def looked_at(*, ais: bool) -> Findings:
    """Return what is found of three ships seen by a radar whose places are 150 m too far east, AIS beside or not."""
    world, span = World(4), (BEGIN, BEGIN + 4 * MINUTE)
    ships = [straight(offset(KATTEGAT, 3_000.0 * index, 2_000.0), 8.0 + 3 * index, 70.0 * index) for index in range(3)]
    for index, path in enumerate(ships):
        if ais:
            world.ais(vessel(219_000_001 + index), path, span, noise=8.0)
    world.radar([_east(path) for path in ships], span, every=5 * SECOND, noise=20.0, clutter=1)
    look = Look(Picture(), ())
    for _ in look.run([world.ordered()]):
        pass
    return look.findings


def _east(path: Path) -> Path:
    return lambda time: offset(path(time), 150.0, 0.0)


def test_by_how_much_a_sensor_is_off_is_told_to_people_and_programs() -> None:
    found = looked_at(ais=True)
    sensor, summary = json_lines(found, {}, tracks=False, alerts=False)
    assert summary["type"] == "summary"
    assert (sensor["type"], sensor["source"], sensor["station"], sensor["polar"]) == ("sensor", "radar", None, False)
    offset_of = sensor["values"]
    assert isinstance(offset_of, (list, tuple))
    east, north, late = offset_of
    assert abs(east - 150.0) < 25.0
    assert abs(north) < 25.0
    assert abs(late) < 5.0
    (line,) = (line for line in words(found, {}, tracks=False, alerts=False) if line.startswith("radar is off"))
    assert f"east {east:+.2f} ±" in line
    assert "m, corrected; north" in line


def test_nothing_is_told_of_a_sensor_that_nothing_is_known_of() -> None:
    (summary,) = json_lines(looked_at(ais=False), {}, tracks=False, alerts=False)
    assert summary["type"] == "summary"
