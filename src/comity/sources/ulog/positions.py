"""Positions: what two topics of PX4 tell of where a vehicle is and how it moves. Not a number is not known."""

from __future__ import annotations

import math
from collections.abc import Callable

from comity.sources.origin import Motion
from comity.vocabulary.place import Position

_FIX = 2
_FASTEST = 1_000.0
_WORST = 100_000.0


def of_itself(number: Callable[[str], float]) -> Motion:
    """Return what `vehicle_global_position` tells, whose fields `number` gives by name."""
    north, east = number("vel_n"), number("vel_e")
    return Motion(
        position=_place(number("lat"), number("lon")),
        accuracy=_within(number("eph"), _WORST),
        speed=_speed(math.hypot(north, east)),
        course=_turned(math.atan2(east, north)) if (north, east) != (0, 0) else None,
        heading=_turned(number("yaw")),
    )


def of_receiver(number: Callable[[str], float]) -> Motion:
    """Return what `vehicle_gps_position` tells: whole 1e-7 degrees, or degrees since PX4 1.14."""
    latitude, longitude = number("latitude_deg"), number("longitude_deg")
    if math.isnan(latitude):
        latitude, longitude = number("lat") / 1e7, number("lon") / 1e7
    return Motion(
        position=_place(latitude, longitude) if number("fix_type") >= _FIX else None,
        accuracy=_within(number("eph"), _WORST),
        speed=_speed(number("vel_m_s")),
        course=_turned(number("cog_rad")),
    )


def _place(latitude: float, longitude: float) -> Position | None:
    inside = abs(latitude) <= 90 and abs(longitude) <= 180
    return Position(latitude, longitude) if inside and (latitude, longitude) != (0, 0) else None


def _within(value: float, most: float) -> float | None:
    return value if 0 < value <= most else None


def _speed(value: float) -> float | None:
    return value if 0 <= value <= _FASTEST else None


def _turned(radians: float) -> float | None:
    return math.degrees(radians) % 360 % 360 if math.isfinite(radians) else None
