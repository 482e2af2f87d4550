"""Files: a world as feeds and truth, line by line. The pages are docs/formats/scenario.md and truth.md."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from comity.foundation.geodesy import offset
from comity.training.report import FORMATS, HEADINGS, SUFFIXES
from comity.training.world import World
from comity.vocabulary.place import Position

AREAS = "areas.geojson"
TRUTH = "truth.ndjson"


def files(world: World) -> Iterator[tuple[str, Iterator[str]]]:
    """Yield the name and the lines of each file of a world: a feed for each sensor, the areas, the truth."""
    for sensor in world.scenario.sensors:
        yield f"{sensor.name}.{SUFFIXES[type(sensor)]}", _feed(world, sensor.name)
    if world.scenario.areas:
        yield AREAS, iter([areas(world)])
    yield TRUTH, truth(world)


def command(world: World, folder: str) -> str:
    """Return the command that makes a picture of what `files` wrote into the folder."""
    feeds = [(FORMATS[type(one)], f"{folder}/{one.name}.{SUFFIXES[type(one)]}", one) for one in world.scenario.sensors]
    form, path, sensor = feeds[0]
    parts = ["comity picture run --format", form, path, "--source", sensor.name]
    parts += [f"--with {form} {path}" for form, path, _ in feeds[1:]]
    parts += [f"--areas {folder}/{AREAS}"] if world.scenario.areas else []
    return " ".join([*parts, "--alerts"])


def areas(world: World) -> str:
    """Return the areas of the scenario as GeoJSON."""
    features = [
        {
            "type": "Feature",
            "properties": {"name": area.name, "kind": area.kind, "source": "invented"},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[_corner(world, *place) for place in (*area.ring, area.ring[0])]],
            },
        }
        for area in world.scenario.areas
    ]
    return msgspec.json.encode({"type": "FeatureCollection", "features": features}).decode()


def ports(world: World) -> tuple[str, ...]:
    """Return the names of the scenario's ports."""
    return tuple(area.name for area in world.scenario.areas if area.kind == "port")


def truth(world: World) -> Iterator[str]:
    """Yield who is there, what is to be found, where everybody is, and whom each report is of."""
    scenario = world.scenario
    yield _line(
        "scenario",
        {"name": scenario.scenario, "seed": world.seed, "begin": world.began, "end": world.began + world.duration},
    )
    for craft in world.cast.crafts:
        yield _line("craft", {"craft": craft.name, "identity": msgspec.to_builtins(craft.identity)})
    for one in world.happenings():
        yield _line(
            "event",
            {
                "kind": one.kind,
                "crafts": one.crafts,
                "begin": world.began + one.begin,
                "end": world.began + one.end,
                "position": msgspec.to_builtins(world.place(world.craft(one.crafts[0]), one.begin)),
            },
        )
    for craft in world.cast.crafts:
        for moment in world.whereabouts(craft):
            place = [round(moment.position.latitude, 6), round(moment.position.longitude, 6)]
            told = {"craft": craft.name, "time": moment.time, "position": place}
            yield _line("moment", told | {"speed": round(moment.speed, 2), "course": round(moment.course, 1)})
    for report in world.reports():
        yield _line("report", {"sighting": report.sighting.id, "craft": report.craft})


def _feed(world: World, name: str) -> Iterator[str]:
    sensor = next(each for each in world.scenario.sensors if each.name == name)
    if type(sensor) in HEADINGS:
        yield HEADINGS[type(sensor)]
    for reading in world.readings(sensor):
        yield world.report(reading).line


def _line(kind: str, told: dict[str, object]) -> str:
    return msgspec.json.encode({"type": kind, **told}).decode()


def _corner(world: World, east: float, north: float) -> list[float]:
    place: Position = offset(world.scenario.place, east * 1_000, north * 1_000)
    return [round(place.longitude, 6), round(place.latitude, 6)]
