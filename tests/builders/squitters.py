"""Squitters: Mode S messages as a transponder would send them, written from the specification's tables, bit by bit."""

from __future__ import annotations

import math

_POLYNOMIAL = 0x1FFF409
_LETTERS = {" ": 32} | {chr(64 + number): number for number in range(1, 27)} | {str(d): 48 + d for d in range(10)}


def packed(*fields: tuple[int, int]) -> int:
    """Return fields of (value, width) one behind the other."""
    made = 0
    for value, width in fields:
        assert 0 <= value < 1 << width
        made = made << width | value
    return made


def parity(bits: int, count: int) -> int:
    """Return the remainder of long division, one bit after another."""
    value = bits << 24
    for shift in range(count - 1, -1, -1):
        if value >> (shift + 24) & 1:
            value ^= _POLYNOMIAL << shift
    return value


def squitter(icao: int, message: int, *, kind: int = 17, control: int = 5) -> bytes:
    """Return the extended squitter with this ME."""
    head = packed((kind, 5), (control, 3), (icao, 24), (message, 56))
    return (head << 24 | parity(head, 88)).to_bytes(14, "big")


def folded(latitude: float, longitude: float, *, odd: bool, surface: bool = False) -> tuple[int, int]:
    """Return latitude and longitude folded, by the sender's equations (DO-260B, A.1.7.3)."""
    grid = 1 << (19 if surface else 17)
    tall = 360 / (60 - odd)
    north = math.floor(grid * (latitude % tall) / tall + 0.5)
    kept = tall * (north / grid + math.floor(latitude / tall))
    wide = 360 / max(belts(kept) - odd, 1)
    east = math.floor(grid * (longitude % wide) / wide + 0.5)
    return north % (1 << 17), east % (1 << 17)


def belts(latitude: float) -> int:
    """Return the number of longitude zones by going through the latitudes at which it changes (A.1.7.2)."""
    for count in range(59, 1, -1):
        edge = math.degrees(math.acos(math.sqrt((1 - math.cos(math.pi / 30)) / (1 - math.cos(2 * math.pi / count)))))
        if abs(latitude) < edge:
            return count
    return 1


def in_air(latitude: float, longitude: float, *, odd: bool, altitude: int = 0, kind: int = 11, alert: int = 0) -> int:
    """Return the ME of an airborne position."""
    north, east = folded(latitude, longitude, odd=odd)
    return packed((kind, 5), (alert, 2), (0, 1), (altitude, 12), (0, 1), (odd, 1), (north, 17), (east, 17))


def on_ground(latitude: float, longitude: float, *, odd: bool, movement: int = 0, track: int | None = None) -> int:
    """Return the ME of a surface position."""
    north, east = folded(latitude, longitude, odd=odd, surface=True)
    return packed(
        (7, 5), (movement, 7), (track is not None, 1), (track or 0, 7), (0, 1), (odd, 1), (north, 17), (east, 17)
    )


def feet(altitude: int) -> int:
    """Return the code of an altitude in steps of 25 ft."""
    count = (altitude + 1_000) // 25
    return count >> 4 << 5 | 0x10 | count & 0xF


def over_ground(east: int, north: int, climb: int = 0, *, fast: bool = False) -> int:
    """Return the ME of a velocity: knots east and north (times four where `fast`), climb in steps of 64 ft a minute."""
    return packed(
        (19, 5), (2 if fast else 1, 3), (0, 5), (east < 0, 1), (abs(east) + 1, 10), (north < 0, 1),
        (abs(north) + 1, 10), (0, 1), (climb < 0, 1), (abs(climb) + 1, 9), (0, 10),
    )  # fmt: skip


def through_air(speed: int, heading: int) -> int:
    """Return the ME of an airspeed in knots and a heading in 1/1,024 of a turn."""
    return packed((19, 5), (3, 3), (0, 5), (1, 1), (heading, 10), (1, 1), (speed + 1, 10), (0, 21))


def name(call_sign: str) -> int:
    """Return the ME of an identification."""
    return packed((4, 5), (0, 3), *((_LETTERS[letter], 6) for letter in call_sign.ljust(8)))


def emergency(state: int) -> int:
    """Return the ME of an emergency state."""
    return packed((28, 5), (1, 3), (state, 3), (0, 45))


def status(category: int, version: int = 2) -> int:
    """Return the ME of an operational status with a navigation accuracy category."""
    return packed((31, 5), (0, 3), (0, 32), (version, 3), (0, 1), (category, 4), (0, 8))


def beast(message: bytes, ticks: int) -> bytes:
    """Return a Beast frame."""
    body = ticks.to_bytes(6, "big") + b"\xff" + message
    return b"\x1a" + (b"3" if len(message) == 14 else b"2") + body.replace(b"\x1a", b"\x1a\x1a")
