"""Category 021: what aircraft broadcast, as ground stations hand it on (SPEC-0149-12, editions from 2.1 on)."""

from __future__ import annotations

from collections.abc import Mapping

from comity.sources.asterix import number
from comity.sources.asterix.target import Passed, Target
from comity.sources.mode_s.accuracy import by_category
from comity.sources.mode_s.altitude import FOOT
from comity.sources.origin import Motion
from comity.vocabulary.place import Position
from comity.vocabulary.subject import Identity, SubjectKind

_FIELD_MONITOR = 0x02
"""In the first part of the descriptor (I021/040)."""
_SIMULATED, _TEST = 0x20, 0x10
"""In its second part."""
_TIMES = ("071", "073", "075", "077")
"""Of applicability of the position, of its reception, of the velocity's, of transmission."""


def target(items: Mapping[str, bytes]) -> Target | Passed:
    """Return what a report says."""
    descriptor = items.get("040", b"\0") + b"\0"
    when = next((items[name] for name in _TIMES if name in items), None)
    if descriptor[0] & _FIELD_MONITOR or (descriptor[0] & 1 and descriptor[1] & _TEST):
        return Passed("a test target or a field monitor", when)
    place = _position(items)
    if place is None:
        return Passed("" if "130" not in items and "131" not in items else "a position beyond the Earth", when)
    vector = items.get("160")
    moves = vector is not None and not vector[0] & 0x80
    height = items.get("140")
    return Target(
        time_of_day=when,
        identity=_identity(items, descriptor[0] >> 5),
        motion=Motion(
            position=place,
            accuracy=_accuracy(items.get("090")),
            speed=number.speed(vector[:2]) if vector is not None and moves else None,
            course=number.azimuth(vector[2:]) if vector is not None and moves else None,
            altitude=None if height is None else number.height(number.signed(height) * 6.25 * FOOT),
            pressure_altitude=number.level(items.get("145"), flags=False),
            distress=_distress(items),
            simulated=bool(descriptor[0] & 1 and descriptor[1] & _SIMULATED),
        ),
    )


def _identity(items: Mapping[str, bytes], address_type: int) -> Identity:
    return Identity(
        kind=SubjectKind.VEHICLE if address_type == 2 else SubjectKind.AIRCRAFT,
        icao=number.address(items.get("080")) if address_type == 0 else None,
        call_sign=number.call_sign(items.get("170")),
    )


def _position(items: Mapping[str, bytes]) -> Position | None:
    if "131" in items:
        half, bits = 4, 30
        data = items["131"]
    elif "130" in items:
        half, bits = 3, 23
        data = items["130"]
    else:
        return None
    north, east = number.degrees(data[:half], bits), number.degrees(data[half:], bits)
    return Position(north, east) if abs(north) <= 90 and abs(east) <= 180 else None


def _accuracy(data: bytes | None) -> float | None:
    """Return the standard deviation for the accuracy category in the second part (I021/090), metres."""
    return by_category(data[1] >> 1 & 15) if data is not None and len(data) > 1 else None


def _distress(items: Mapping[str, bytes]) -> bool:
    state = items["200"][0] >> 2 & 7 if "200" in items else 0
    return state in number.DISTRESS or number.squawks_emergency(items.get("070"))
