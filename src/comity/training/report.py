"""A report: what a sensor's feed brings, as the line of its format and as the sighting that is read from it."""

from __future__ import annotations

import msgspec

from comity.foundation.canonical import digest
from comity.foundation.geodesy import offset
from comity.training.measure import length
from comity.training.scenario import Adsb, Ais, Ground, Radar, Sensor
from comity.training.sensing import Reading
from comity.vocabulary.instant import Instant, written
from comity.vocabulary.place import Position
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import Identity

HEADINGS: dict[type[Sensor], str] = {
    Ais: "time,latitude,longitude,accuracy,speed,course,mmsi,imo,name,ship_type",
    Adsb: "time,icao24,lat,lon,velocity,heading,callsign,geoaltitude,squawk,lastposupdate",
}
"""The first line of a file that has one."""
FORMATS: dict[type[Sensor], str] = {Ais: "tracks", Adsb: "state-vectors", Radar: "plots", Ground: "ground-sensors"}
"""The feed format in which each kind of sensor is written."""
SUFFIXES: dict[type[Sensor], str] = {Ais: "csv", Adsb: "csv", Radar: "ndjson", Ground: "ndjson"}
_ID_LENGTH = 32


class Report(msgspec.Struct, frozen=True):
    """One report, and whom it is of: empty for clutter."""

    line: str
    sighting: Sighting
    craft: str
    arrival: Instant


def reported(reading: Reading, sensor: Sensor, began: Instant, place: Position) -> Report:
    """Return the report. Its sighting is what the feed of the sensor's name makes of the line, distress aside.

    Of distress the format `tracks` knows nothing: of vessels only a picture that is made in memory has it.
    """
    time = began + reading.time
    seen = offset(place, reading.east, reading.north)
    position = Position(round(seen.latitude, 6), round(seen.longitude, 6))
    speed = None if reading.speed is None else round(reading.speed, 2)
    course = None if reading.course is None else round(reading.course, 1) % 360.0
    if isinstance(sensor, Ais):
        line = _row(time, position, reading, speed, course)
    elif isinstance(sensor, Adsb):
        line = _vector(time, position, reading, speed, course)
    elif isinstance(sensor, Radar):
        line = _plot(time, position, reading)
    else:
        line = _detection(time, position, reading, sensor)
    sighting = Sighting(
        id=digest(sensor.name.encode(), b"\x00%d\x00" % time, line.encode()).hex()[:_ID_LENGTH],
        source=sensor.name,
        time=time,
        identity=reading.identity,
        position=position,
        accuracy=_accuracy(reading, sensor),
        speed=speed,
        course=course,
        altitude=reading.altitude,
        distress=reading.distress,
        simulated=True,
    )
    return Report(line, sighting, reading.craft, began + reading.arrival)


def _accuracy(reading: Reading, sensor: Sensor) -> float | None:
    """Return what the format tells of it: state vectors tell nothing."""
    if isinstance(sensor, Adsb):
        return None
    return length(sensor.reach) / 2 if isinstance(sensor, Ground) else round(reading.accuracy, 1)


def _vector(time: Instant, position: Position, reading: Reading, speed: float | None, course: float | None) -> str:
    who: Identity = reading.identity
    seconds = f"{time // 1_000}.{time % 1_000:03d}"
    code = "7700" if reading.distress else ""
    cells = (
        seconds,
        f"{who.icao or 0:06x}",
        position.latitude,
        position.longitude,
        speed,
        course,
        who.call_sign,
        reading.altitude,
        code,
        seconds,
    )
    return ",".join("" if cell is None else str(cell) for cell in cells)


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
        who.imo,
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
