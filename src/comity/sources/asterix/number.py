"""Numbers as items hold them."""

from __future__ import annotations

import math
from typing import Final

from comity.foundation.geodesy import NAUTICAL_MILE
from comity.sources.mode_s import letters
from comity.sources.mode_s.altitude import FOOT

FLIGHT_LEVEL: Final = 100 * FOOT
"""Metres."""
EMERGENCY: Final = 0o7700
"""The code of mode 3/A that a pilot in distress sets."""
DISTRESS: Final = frozenset({1, 6})
"""Emergency states that are calls of distress, as in ADS-B."""
_HIGHEST: Final = 60_000.0
_LOWEST: Final = -1_000.0


def unsigned(data: bytes) -> int:
    """Return a whole number."""
    return int.from_bytes(data, "big")


def signed(data: bytes) -> int:
    """Return a number in two's complement."""
    return int.from_bytes(data, "big", signed=True)


def degrees(data: bytes, bits: int) -> float:
    """Return degrees from a number of which 180 are two to the power of `bits`."""
    return signed(data) * 180 / (1 << bits)


def azimuth(data: bytes) -> float:
    """Return degrees from a number of which 65,536 are a turn."""
    return unsigned(data) * 360 / 65_536


def speed(data: bytes) -> float:
    """Return metres a second from 2**-14 nautical miles a second."""
    return unsigned(data) * NAUTICAL_MILE / 16_384


def course(east: float, north: float) -> float | None:
    """Return the course of a velocity; None where there is none."""
    found = math.degrees(math.atan2(east, north)) % 360
    return None if east == north == 0 else found if found < 360 else 0.0


def height(metres: float) -> float | None:
    """Return the height if anything that flies can have it."""
    return metres if _LOWEST <= metres <= _HIGHEST else None


def level(data: bytes | None, *, flags: bool) -> float | None:
    """Return metres of a flight level in quarters; None where it is missing, or flagged as garbled or not validated."""
    if data is None or (flags and data[0] & 0xC0):
        return None
    value = unsigned(data) & 0x3FFF if flags else unsigned(data)
    half = 0x2000 if flags else 0x8000
    return height((value - 2 * half if value & half else value) * FLIGHT_LEVEL / 4)


def squawks_emergency(data: bytes | None) -> bool:
    """Whether a mode 3/A code is 7700, validated and not garbled."""
    return data is not None and not data[0] & 0xC0 and unsigned(data) & 0xFFF == EMERGENCY


def call_sign(data: bytes | None) -> str | None:
    """Return the identification in six bytes; None where there is none that can be read."""
    try:
        return None if data is None else letters.read(unsigned(data))
    except letters.NotLetters:
        return None


def address(data: bytes | None) -> int | None:
    """Return the aircraft address; None where it is missing, or none."""
    value = 0 if data is None else unsigned(data)
    return value if 0 < value < 0xFFFFFF else None
