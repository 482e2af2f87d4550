"""A report: what a sensor's feed brings, as the line of its format and as the sighting that is read from it."""

from __future__ import annotations

import msgspec

from comity.foundation.canonical import digest
from comity.foundation.geodesy import offset
from comity.training.measure import Length, length
from comity.training.scenario import Ais, Ground, Radar
from comity.training.sensing import Reading
from comity.vocabulary.instant import Instant, written
from comity.vocabulary.place import Position
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import Identity

HEADING = "time,latitude,longitude,accuracy,speed,course,mmsi,name,ship_type"
"""The first line of a file of `tracks`."""
FORMATS = {Ais: "tracks", Radar: "plots", Ground: "ground-sensors"}
"""The feed format in which each kind of sensor is written."""
SUFFIXES = {Ais: "csv", Radar: "ndjson", Ground: "ndjson"}
_ID_LENGTH = 32


class Report(msgspec.Struct, frozen=True):
    """One report, and whom it is of: empty for clutter."""

    line: str
    sighting: Sighting
    craft: str
    arrival: Instant


def reported(reading: Reading, sensor: Ais | Radar | Ground, began: Instant, place: Position) -> Report:
    """Return the report. Its sighting is what the feed of the sensor's name makes of the line, distress aside.

    Of distress the format `tracks` knows nothing: only a picture that is made in memory has it.
    """
    time = began + reading.time
    seen = offset(place, reading.east, reading.north)
    position = Position(round(seen.latitude, 6), round(seen.longitude, 6))
    speed = None if reading.speed is None else round(reading.speed, 2)
    course = None if reading.course is None else round(reading.course, 1) % 360.0
    if isinstance(sensor, Ais):
        line = _row(time, position, reading, speed, course)
    elif isinstance(sensor, Radar):
        line = _plot(time, position, reading)
    else:
        line = _detection(time, position, reading, sensor)
    accuracy = length(_reach(sensor)) / 2 if isinstance(sensor, Ground) else round(reading.accuracy, 1)
    sighting = Sighting(
        id=digest(sensor.name.encode(), b"\x00%d\x00" % time, line.encode()).hex()[:_ID_LENGTH],
        source=sensor.name,
        time=time,
        identity=reading.identity,
        position=position,
        accuracy=accuracy,
        speed=speed,
        course=course,
        distress=reading.distress,
        simulated=True,
    )
    return Report(line, sighting, reading.craft, began + reading.arrival)


def _reach(sensor: Ground) -> Length:
    return sensor.reach


def _row(time: Instant, position: Position, reading: Reading, speed: float | None, course: float | None) -> str:
    who: Identity = reading.identity
    cells = (
        written(time),
        position.latitude,
        position.longitude,
        round(reading.accuracy, 1),
        speed,
        course,
        who.mmsi,
        who.name,
        who.ship_type,
    )
    return ",".join("" if cell is None else str(cell) for cell in cells)


def _plot(time: Instant, position: Position, reading: Reading) -> str:
    return msgspec.json.encode(
        {
            "time": written(time),
            "latitude": position.latitude,
            "longitude": position.longitude,
            "accuracy": round(reading.accuracy, 1),
            "kind": reading.identity.kind.value,
        }
    ).decode()


def _detection(time: Instant, position: Position, reading: Reading, sensor: Ground) -> str:
    return msgspec.json.encode(
        {
            "sensing": "near",
            "time": written(time),
            "sensor": sensor.name,
            "latitude": position.latitude,
            "longitude": position.longitude,
            "modality": sensor.modality,
            "reach": length(sensor.reach),
            "kind": reading.identity.kind.value,
        }
    ).decode()
