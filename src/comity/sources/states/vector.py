"""A state vector: where an aircraft was last heard, its identity and its motion, by the names of its fields."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

import msgspec

from comity.foundation.geodesy import KNOT
from comity.sources.mode_s.altitude import FOOT
from comity.sources.receiver_time import EARLIEST, END
from comity.vocabulary.fault import Fault
from comity.vocabulary.instant import Instant

Cell: TypeAlias = str | float | bool | None
_EMERGENCY: Final = 7_700
_LONGEST_NAME: Final = 16


class Unusable(Fault):
    """A value that cannot be what its name says. `what` is the name of the fault."""


class Style(msgspec.Struct, frozen=True, kw_only=True):
    """What one kind of file calls its fields, and its units: our field -> its name in lower case."""

    fields: dict[str, str]
    knots_and_feet: bool = False
    milliseconds: bool = False


_ARRAY: Final = (
    "icao24", "callsign", "origin_country", "time_position", "last_contact", "longitude", "latitude", "baro_altitude",
    "on_ground", "velocity", "true_track", "vertical_rate", "sensors", "geo_altitude", "squawk", "spi",
    "position_source", "category",
)  # fmt: skip
"""Fields of an array in their order."""
_LEAST: Final = 17
_NETWORK: Final = Style(
    fields={
        "address": "icao24", "name": "callsign", "placed": "time_position", "heard": "last_contact",
        "longitude": "longitude", "latitude": "latitude", "pressure": "baro_altitude", "speed": "velocity",
        "course": "true_track", "height": "geo_altitude", "code": "squawk",
    },
)  # fmt: skip
_HISTORY: Final = Style(
    fields={
        "address": "icao24", "name": "callsign", "placed": "lastposupdate", "heard": "time", "longitude": "lon",
        "latitude": "lat", "pressure": "baroaltitude", "speed": "velocity", "course": "heading",
        "height": "geoaltitude", "code": "squawk",
    },
)  # fmt: skip
_TRAJECTORY: Final = Style(
    fields={
        "address": "icao24", "name": "callsign", "placed": "timestamp", "heard": "timestamp", "longitude": "longitude",
        "latitude": "latitude", "pressure": "altitude", "speed": "groundspeed", "course": "track",
        "height": "geoaltitude", "code": "squawk",
    },
    knots_and_feet=True,
    milliseconds=True,
)  # fmt: skip
_STYLES: Final = (_HISTORY, _NETWORK, _TRAJECTORY)
_NEEDED: Final = ("address", "heard", "longitude", "latitude")


class Vector(msgspec.Struct, frozen=True, kw_only=True):
    """What one vector says, in a sighting's units."""

    icao: int
    time: Instant
    latitude: float | None = None
    longitude: float | None = None
    call_sign: str | None = None
    speed: float | None = None
    course: float | None = None
    pressure_altitude: float | None = None
    altitude: float | None = None
    emergency: bool = False
    no_course: bool = False
    """What stands for its course is none. Some files hold courses as signed bytes."""


def style_of(names: Sequence[str]) -> Style | None:
    """Return the style that these names of fields belong to; None if none does."""
    return next((s for s in _STYLES if all(s.fields[field] in names for field in _NEEDED)), None)


def of_array(cells: Sequence[object]) -> Vector:
    """Return the vector of an array, whose fields go by their places.

    Raises:
        Unusable: it is none.
    """
    if len(cells) < _LEAST:
        raise Unusable("an array of too few fields")
    return of_fields(dict(zip(_ARRAY, cells, strict=False)), _NETWORK)


def of_fields(named: Mapping[str, object], style: Style) -> Vector:
    """Return the vector of fields by their names in the style.

    Raises:
        Unusable: a field has a value that it cannot have.
    """
    cells = {field: _cell(named.get(name)) for field, name in style.fields.items()}
    latitude = _number(cells, "latitude", -90, 90)
    longitude = _number(cells, "longitude", -180, 180)
    placed = latitude is not None and longitude is not None
    length, pace = (FOOT, KNOT) if style.knots_and_feet else (1.0, 1.0)
    time = _time(cells, "placed", style) if placed else None
    if time is None:
        time = _time(cells, "heard", style)
    if time is None:
        raise Unusable("not a time")
    course = _number(cells, "course", -1e6, 1e6)
    code = _number(cells, "code", 0, 7_777)
    return Vector(
        icao=_address(cells["address"]),
        time=time,
        latitude=latitude if placed else None,
        longitude=longitude if placed else None,
        call_sign=_name(cells["name"]),
        speed=_scaled(_number(cells, "speed", 0, 4_000), pace),
        course=None if course is None or not 0 <= course <= 360 else course % 360,
        no_course=course is not None and not 0 <= course <= 360,
        pressure_altitude=_scaled(_number(cells, "pressure", -2_000, 200_000), length),
        altitude=_scaled(_number(cells, "height", -2_000, 200_000), length),
        emergency=code == _EMERGENCY,
    )


def _cell(value: object) -> Cell:
    """Return a value of a cell; an empty one is none."""
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if not isinstance(value, str):
        raise Unusable("a field of the wrong kind")
    text = value.strip()
    return text if text and text.lower() not in {"nan", "null", "none"} else None


def _number(cells: Mapping[str, Cell], field: str, least: float, most: float) -> float | None:
    value = cells[field]
    if value is None:
        return None
    try:
        number = math.nan if isinstance(value, bool) else float(value)
    except (ValueError, OverflowError) as error:
        raise Unusable(f"{field} is not a number") from error
    if not least <= number <= most:
        raise Unusable(f"{field} out of range")
    return number


def _scaled(value: float | None, unit: float) -> float | None:
    return None if value is None else value * unit


def _time(cells: Mapping[str, Cell], field: str, style: Style) -> Instant | None:
    unit = 1 if style.milliseconds else 1_000
    seconds = _number(cells, field, EARLIEST / unit, (END - 1) / unit)
    return None if seconds is None else round(seconds * unit)


def _address(value: Cell) -> int:
    try:
        number = int(value, 16) if isinstance(value, str) and len(value) == 6 else 0
    except ValueError as error:
        raise Unusable("not an aircraft address") from error
    if not 0 < number < 0xFFFFFF:
        raise Unusable("not an aircraft address")
    return number


def _name(value: Cell) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > _LONGEST_NAME or not value.isprintable():
        raise Unusable("a call sign that cannot be")
    return value
