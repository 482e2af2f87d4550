"""Categories 048 and 034: what one radar sees, and what it says of itself (SPEC-0149-4, SPEC-0149-2b)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from comity.foundation.geodesy import NAUTICAL_MILE
from comity.sources.asterix import number, polar
from comity.sources.asterix.target import Passed, Target
from comity.sources.mode_s.altitude import FOOT
from comity.sources.origin import Motion
from comity.sources.station import Station
from comity.vocabulary.place import Position
from comity.vocabulary.subject import Identity, SubjectKind

_SIMULATED, _FIELD_MONITOR = 0x10, 0x02
"""In the first part of the descriptor (I048/020)."""
_TEST = 0x80
"""In its second part."""


def target(items: Mapping[str, bytes], station: Callable[[bytes], Station | None]) -> Target | Passed:
    """Return what a target report says; `station` knows where a radar stands by its number."""
    descriptor, when = items.get("020", b"\0"), items.get("140")
    if descriptor[0] & _FIELD_MONITOR or (len(descriptor) > 1 and descriptor[1] & _TEST):
        return Passed("a test target or a field monitor", when)
    if "040" not in items and "042" not in items:
        return Passed("", when)
    source = items.get("010")
    site = None if source is None else station(source)
    if site is None:
        return Passed("a radar that stands nowhere known", when)
    pressure = number.level(items.get("090"), flags=True)
    altitude = _measured_height(items.get("110"))
    flown = altitude if altitude is not None else pressure
    slant, azimuth = _polar(items)
    place = polar.position(site, slant, azimuth, flown if flown is not None else site.height)
    return Target(
        time_of_day=when,
        identity=_identity(items),
        motion=Motion(
            position=place,
            accuracy=_accuracy(items.get("210")) or polar.spread(site, slant),
            ray=polar.ray(site, place),
            speed=number.speed(items["200"][:2]) if "200" in items else None,
            course=number.azimuth(items["200"][2:]) if "200" in items else None,
            altitude=altitude,
            pressure_altitude=pressure,
            distress=number.squawks_emergency(items.get("070")),
            simulated=bool(descriptor[0] & _SIMULATED),
        ),
    )


def _identity(items: Mapping[str, bytes]) -> Identity:
    return Identity(
        kind=SubjectKind.AIRCRAFT,
        icao=number.address(items.get("220")),
        call_sign=number.call_sign(items.get("240")),
    )


def _polar(items: Mapping[str, bytes]) -> tuple[float, float]:
    """Return metres and degrees: as measured, or else as calculated in Cartesian coordinates."""
    if "040" in items:
        data = items["040"]
        return number.unsigned(data[:2]) * NAUTICAL_MILE / 256, number.azimuth(data[2:])
    east, north = (number.signed(part) * NAUTICAL_MILE / 128 for part in (items["042"][:2], items["042"][2:]))
    return math.hypot(east, north), number.course(east, north) or 0.0


def _measured_height(data: bytes | None) -> float | None:
    """Return metres of the height that a radar with three dimensions measured (I048/110)."""
    if data is None:
        return None
    value = number.unsigned(data) & 0x3FFF
    return number.height((value - 0x4000 if value & 0x2000 else value) * 25 * FOOT)


def _accuracy(data: bytes | None) -> float | None:
    """Return the larger standard deviation of a track (I048/210), metres."""
    return None if data is None else max(data[0], data[1]) * NAUTICAL_MILE / 128 or None


def site(items: Mapping[str, bytes]) -> Station | None:
    """Return where a radar says it stands (I034/120)."""
    data, source = items.get("120"), items.get("010")
    if data is None or source is None:
        return None
    height, north, east = number.signed(data[:2]), number.degrees(data[2:5], 23), number.degrees(data[5:], 23)
    if abs(north) > 90 or not -500 <= height <= 9_000:
        return None
    return Station(position=Position(north, east), height=float(height), number=(source[0], source[1]))
