"""Traffic: what identity and motion a message tells, of the vehicle itself or of one that it hears."""

from __future__ import annotations

import math

from comity.sources.ais_feed import ACCURATE, distressed
from comity.sources.mavlink.messages import AdsbVehicle, AisVessel, GlobalPosition, GpsRaw
from comity.sources.origin import Motion
from comity.vocabulary.place import Position
from comity.vocabulary.subject import Identity, SubjectKind

KINDS = {
    **dict.fromkeys(
        (1, 2, 3, 4, 7, 8, 9, 13, 14, 15, 16, 17, 19, 20, 21, 22, 23, 24, 25, 29, 35), SubjectKind.AIRCRAFT
    ),
    10: SubjectKind.VEHICLE,
    11: SubjectKind.VESSEL,
    12: SubjectKind.VESSEL,
}
"""What MAV_TYPE says: aircraft of all forms, ground rover, surface boat, submarine. What is not here moves nowhere."""

_COORDINATES, _COURSE, _SPEED, _CALL_SIGN, _SIMULATED = 1, 4, 8, 16, 64
_EXACT, _AIS_COURSE, _AIS_SPEED, _DIMENSIONS, _AIS_CALL_SIGN, _NAME = 1, 2, 4, 64, 2_048, 4_096
_FIX = 2
"""The least of GPS_FIX_TYPE that tells a position."""


def place(latitude: int, longitude: int) -> Position | None:
    """Return the position of 1e-7 degrees; None where it cannot be, or is the 0, 0 of who has no fix."""
    inside = abs(latitude) <= 900_000_000 and abs(longitude) <= 1_800_000_000
    return Position(latitude / 1e7, longitude / 1e7) if inside and (latitude, longitude) != (0, 0) else None


def turned(hundredths: int) -> float | None:
    """Return a direction of hundredths of a degree; None for 65535 and all else that is none."""
    return hundredths / 100 % 360 if 0 <= hundredths <= 36_000 else None


def of_itself(message: GlobalPosition, accuracy: float | None, yaw: float | None) -> Motion:
    """Return the motion that a vehicle tells of itself."""
    speed = math.hypot(message.north, message.east) / 100
    course = math.degrees(math.atan2(message.east, message.north)) % 360 % 360 if speed > 0 else None
    heading = turned(message.heading)
    return Motion(
        position=place(message.latitude, message.longitude),
        accuracy=accuracy,
        speed=speed,
        course=course,
        heading=yaw if heading is None else heading,
    )


def of_receiver(message: GpsRaw) -> Motion:
    """Return the motion that a vehicle's receiver of satellites tells."""
    return Motion(
        position=place(message.latitude, message.longitude) if message.fix >= _FIX else None,
        accuracy=accuracy(message),
        speed=message.speed / 100 if message.speed != 0xFFFF else None,
        course=turned(message.course),
    )


def accuracy(message: GpsRaw) -> float | None:
    """Return the receiver's own horizontal error, metres; the dilution (`eph`) alone tells none."""
    return message.horizontal_accuracy / 1_000 or None if message.horizontal_accuracy != 0xFFFF_FFFF else None


def of_aircraft(message: AdsbVehicle) -> tuple[Identity, Motion, bool]:
    """Return who an aircraft says it is, how it moves, and whether it is simulated."""
    flags = message.flags
    call_sign = _text(message.call_sign) if flags & _CALL_SIGN else None
    motion = Motion(
        position=place(message.latitude, message.longitude) if flags & _COORDINATES else None,
        speed=message.speed / 100 if flags & _SPEED else None,
        course=turned(message.course) if flags & _COURSE else None,
    )
    return Identity(kind=SubjectKind.AIRCRAFT, call_sign=call_sign), motion, bool(flags & _SIMULATED)


def of_vessel(message: AisVessel) -> tuple[Identity, Motion]:
    """Return who a vessel says it is, and how it moves."""
    flags = message.flags
    identity = Identity(
        kind=SubjectKind.VESSEL,
        mmsi=message.mmsi if message.mmsi <= 999_999_999 else None,
        call_sign=_text(message.call_sign) if flags & _AIS_CALL_SIGN else None,
        name=_text(message.name) if flags & _NAME else None,
        ship_type=message.type or None,
        length=float(message.bow + message.stern) or None if flags & _DIMENSIONS else None,
    )
    motion = Motion(
        position=place(message.latitude, message.longitude),
        accuracy=ACCURATE if flags & _EXACT else None,
        speed=message.speed / 100 if flags & _AIS_SPEED else None,
        course=turned(message.course) if flags & _AIS_COURSE else None,
        heading=turned(message.heading) if message.heading < 36_000 else None,
        distress=distressed(message.mmsi, message.status),
    )
    return identity, motion


def _text(data: bytes) -> str | None:
    text = data.partition(b"\x00")[0].partition(b"@")[0].decode("ascii", "replace").strip()
    return text if text and text.isprintable() and "\ufffd" not in text else None
