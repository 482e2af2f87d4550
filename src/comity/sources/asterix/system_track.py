"""Category 062: the tracks of a surveillance data processing system (SPEC-0149-9)."""

from __future__ import annotations

import math
from collections.abc import Mapping

from comity.foundation.geodesy import RADIUS
from comity.sources.asterix import number, shape
from comity.sources.asterix.target import Passed, Target
from comity.sources.mode_s.altitude import FOOT
from comity.sources.origin import Motion
from comity.vocabulary.place import Position
from comity.vocabulary.subject import Identity, SubjectKind

_SIMULATED = 1, 0x80
_EXTRAPOLATED = 3, 0x80
"""Part of the track's status (I062/080) counted from 0, and the bit in it."""


def target(items: Mapping[str, bytes]) -> Target | Passed:
    """Return what a system track says."""
    status, when = items.get("080", b""), items.get("070")
    if _flag(status, *_EXTRAPOLATED):
        return Passed("a track that no sensor sees any more", when)
    if "105" not in items:
        return Passed("a track without a position on the ellipsoid", when)
    north, east = (number.degrees(part, 25) for part in (items["105"][:4], items["105"][4:]))
    if abs(north) > 90 or abs(east) > 180:
        return Passed("a position beyond the Earth", when)
    speed, course = _velocity(items.get("185"))
    height = items.get("130")
    return Target(
        time_of_day=when,
        identity=_identity(items),
        motion=Motion(
            position=Position(north, east),
            accuracy=_accuracy(items.get("500"), north),
            speed=speed,
            course=course,
            altitude=None if height is None else number.height(number.signed(height) * 6.25 * FOOT),
            pressure_altitude=number.level(items.get("136"), flags=False),
            distress=number.squawks_emergency(items.get("060")) or _emergency(status),
            simulated=_flag(status, *_SIMULATED),
        ),
    )


def _flag(status: bytes, part: int, bit: int) -> bool:
    return len(status) > part and bool(status[part] & bit)


def _emergency(status: bytes) -> bool:
    return len(status) > 4 and (status[4] >> 3 & 7) in number.DISTRESS


def _identity(items: Mapping[str, bytes]) -> Identity:
    """Return who it is by the aircraft's own word (I062/380), and else by what the system was told (I062/245)."""
    own = shape.parts(62, "380", items["380"]) if "380" in items else {}
    told = items.get("245")
    name = number.call_sign(own.get(2)) or number.call_sign(None if told is None else told[1:])
    return Identity(kind=SubjectKind.AIRCRAFT, icao=number.address(own.get(1)), call_sign=name)


def _velocity(data: bytes | None) -> tuple[float | None, float | None]:
    if data is None:
        return None, None
    east, north = number.signed(data[:2]) / 4, number.signed(data[2:]) / 4
    return math.hypot(east, north), number.course(east, north)


def _accuracy(data: bytes | None, latitude: float) -> float | None:
    """Return the larger standard deviation of the position (I062/500), metres."""
    parts = {} if data is None else shape.parts(62, "500", data)
    if 1 in parts:
        return max(number.unsigned(parts[1][:2]), number.unsigned(parts[1][2:])) / 2 or None
    if 3 in parts:
        north, east = (math.radians(number.degrees(b"\0\0" + part, 25)) for part in (parts[3][:2], parts[3][2:]))
        return max(north, east * math.cos(math.radians(latitude))) * RADIUS or None
    return None
