"""AIS messages (ITU-R M.1371-5, annex 8): from armoured six-bit characters to what they say.

Decoded: types 1 to 5, 9, 11, 18, 19, 21, 24 and 27. Of every other type the sender alone. The page is
docs/formats/feed-ais.md. `sources.ais_fields` says the same in columns.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from comity.sources.ais_message import Message, NotDecoded
from comity.sources.bits import ARMOUR, Bits
from comity.sources.receiver_time import EARLIEST, END
from comity.vocabulary.instant import SECOND, Instant

__all__ = ["LONGEST", "Message", "NotDecoded", "decode"]

LONGEST = 512
"""Characters. The longest message of the specification has 1,064 bits, which are 178 characters."""


def decode(characters: bytes, fill: int = 0) -> Message:
    """Return the message in these armoured six-bit characters, whose last `fill` bits mean nothing.

    Raises:
        NotDecoded: they hold no message of a known type, or one of a wrong length.
    """
    if not characters or len(characters) > LONGEST or characters.translate(None, ARMOUR):
        raise NotDecoded("not armoured")
    bits = Bits(characters, fill)
    if bits.length < 40:
        raise NotDecoded("too short")
    kind = bits.number(0, 6)
    if not 1 <= kind <= 27:
        raise NotDecoded("unknown message type")
    shortest, longest, read = _KINDS.get(kind, (40, 1_064, _sender))
    if bits.length < shortest:
        raise NotDecoded("too short")
    if bits.length > longest:
        raise NotDecoded("too long")
    return read(bits)


def _sender(bits: Bits) -> Message:
    return Message(type=bits.number(0, 6), repeat=bits.number(6, 2), mmsi=_mmsi(bits))


def _position_a(bits: Bits) -> Message:
    """Tables 47 and 48."""
    return Message(
        type=bits.number(0, 6),
        repeat=bits.number(6, 2),
        mmsi=_mmsi(bits),
        status=bits.number(38, 4),
        turn=_turn(bits.signed(42, 8)),
        speed=_speed(bits.number(50, 10)),
        accurate=bits.number(60, 1) == 1,
        longitude=_degrees(bits.signed(61, 28), 600_000, 180),
        latitude=_degrees(bits.signed(89, 27), 600_000, 90),
        course=_course(bits.number(116, 12)),
        heading=_heading(bits.number(128, 9)),
        second=_second(bits.number(137, 6)),
        manoeuvre=bits.number(143, 2) or None,
        raim=bits.number(148, 1) == 1,
    )


def _station(bits: Bits) -> Message:
    """Tables 51 and 61: a base station, and a ship that answers as one does."""
    return Message(
        type=bits.number(0, 6),
        repeat=bits.number(6, 2),
        mmsi=_mmsi(bits),
        utc=_utc(bits),
        accurate=bits.number(78, 1) == 1,
        longitude=_degrees(bits.signed(79, 28), 600_000, 180),
        latitude=_degrees(bits.signed(107, 27), 600_000, 90),
        fix=bits.number(134, 4) or None,
        raim=bits.number(148, 1) == 1,
    )


def _aircraft(bits: Bits) -> Message:
    """Table 59: whole knots, and an altitude."""
    speed, altitude = bits.number(50, 10), bits.number(38, 12)
    return Message(
        type=9,
        repeat=bits.number(6, 2),
        mmsi=_mmsi(bits),
        altitude=None if altitude == 4_095 else altitude,
        speed=None if speed == 1_023 else float(speed),
        accurate=bits.number(60, 1) == 1,
        longitude=_degrees(bits.signed(61, 28), 600_000, 180),
        latitude=_degrees(bits.signed(89, 27), 600_000, 90),
        course=_course(bits.number(116, 12)),
        second=_second(bits.number(128, 6)),
        barometric=bits.number(134, 1) == 1,
        raim=bits.number(147, 1) == 1,
    )


def _static_a(bits: Bits) -> Message:
    """Table 52."""
    return Message(
        type=5,
        repeat=bits.number(6, 2),
        mmsi=_mmsi(bits),
        imo=bits.number(40, 30) or None,
        call_sign=bits.text(70, 42),
        name=bits.text(112, 120),
        ship_type=bits.number(232, 8) or None,
        bow=bits.number(240, 9),
        stern=bits.number(249, 9),
        port=bits.number(258, 6),
        starboard=bits.number(264, 6),
        fix=bits.number(270, 4) or None,
        eta=(bits.number(274, 4), bits.number(278, 5), bits.number(283, 5), bits.number(288, 6)),
        draught=bits.number(294, 8) / 10 or None,
        destination=bits.text(302, 120),
    )


def _position_b(bits: Bits) -> Message:
    """Tables 70 and 71: the extended report has the fields of the plain one in the same places, and more."""
    extended = bits.number(0, 6) == 19
    return Message(
        type=19 if extended else 18,
        repeat=bits.number(6, 2),
        mmsi=_mmsi(bits),
        speed=_speed(bits.number(46, 10)),
        accurate=bits.number(56, 1) == 1,
        longitude=_degrees(bits.signed(57, 28), 600_000, 180),
        latitude=_degrees(bits.signed(85, 27), 600_000, 90),
        course=_course(bits.number(112, 12)),
        heading=_heading(bits.number(124, 9)),
        second=_second(bits.number(133, 6)),
        raim=bits.number(305 if extended else 147, 1) == 1,
        name=bits.text(143, 120) if extended else None,
        ship_type=(bits.number(263, 8) or None) if extended else None,
        bow=bits.number(271, 9) if extended else None,
        stern=bits.number(280, 9) if extended else None,
        port=bits.number(289, 6) if extended else None,
        starboard=bits.number(295, 6) if extended else None,
        fix=(bits.number(301, 4) or None) if extended else None,
    )


def _aid(bits: Bits) -> Message:
    """Table 73: an aid to navigation. Its name goes on behind the fixed fields."""
    length = min(bits.length - 272, 84) // 6 * 6
    name = bits.text(43, 120) or ""
    return Message(
        type=21,
        repeat=bits.number(6, 2),
        mmsi=_mmsi(bits),
        aid=bits.number(38, 5) or None,
        name=(name + ((bits.text(272, length) or "") if length > 0 else "")) or None,
        accurate=bits.number(163, 1) == 1,
        longitude=_degrees(bits.signed(164, 28), 600_000, 180),
        latitude=_degrees(bits.signed(192, 27), 600_000, 90),
        bow=bits.number(219, 9),
        stern=bits.number(228, 9),
        port=bits.number(237, 6),
        starboard=bits.number(243, 6),
        fix=bits.number(249, 4) or None,
        second=_second(bits.number(253, 6)),
        off_position=bits.number(259, 1) == 1,
        raim=bits.number(268, 1) == 1,
        virtual=bits.number(269, 1) == 1,
    )


def _static_b(bits: Bits) -> Message:
    """Tables 76 and 77. An auxiliary craft (MMSI 98…) gives its mother ship in place of its dimensions."""
    part, mmsi, repeat = bits.number(38, 2), _mmsi(bits), bits.number(6, 2)
    if part == 0:
        return Message(type=24, part=0, repeat=repeat, mmsi=mmsi, name=bits.text(40, 120))
    if part != 1:
        raise NotDecoded("unknown part of type 24")
    if bits.length < 162:
        raise NotDecoded("too short")
    auxiliary = mmsi // 10_000_000 == 98
    return Message(
        type=24,
        part=1,
        repeat=repeat,
        mmsi=mmsi,
        ship_type=bits.number(40, 8) or None,
        call_sign=bits.text(90, 42),
        bow=None if auxiliary else bits.number(132, 9),
        stern=None if auxiliary else bits.number(141, 9),
        port=None if auxiliary else bits.number(150, 6),
        starboard=None if auxiliary else bits.number(156, 6),
        mothership=bits.number(132, 30) if auxiliary else None,
    )


def _position_far(bits: Bits) -> Message:
    """Table 82: the long-range report, coarse."""
    speed, course = bits.number(79, 6), bits.number(85, 9)
    return Message(
        type=27,
        repeat=bits.number(6, 2),
        mmsi=_mmsi(bits),
        accurate=bits.number(38, 1) == 1,
        raim=bits.number(39, 1) == 1,
        status=bits.number(40, 4),
        longitude=_degrees(bits.signed(44, 18), 600, 180),
        latitude=_degrees(bits.signed(62, 17), 600, 90),
        speed=None if speed == 63 else float(speed),
        course=float(course) if course < 360 else None,
    )


_KINDS: dict[int, tuple[int, int, Callable[[Bits], Message]]] = {
    1: (168, 168, _position_a),
    2: (168, 168, _position_a),
    3: (168, 168, _position_a),
    4: (168, 168, _station),
    5: (422, 426, _static_a),
    9: (168, 168, _aircraft),
    11: (168, 168, _station),
    18: (168, 168, _position_b),
    19: (312, 312, _position_b),
    21: (272, 360, _aid),
    24: (160, 168, _static_b),
    27: (96, 168, _position_far),
}
"""Shortest and longest length in bits, and what reads it."""


def _mmsi(bits: Bits) -> int:
    value = bits.number(8, 30)
    if value > 999_999_999:
        raise NotDecoded("MMSI of more than nine digits")
    return value


def _speed(value: int) -> float | None:
    return None if value == 1_023 else value / 10


def _turn(value: int) -> int | None:
    return None if value == -128 else value


def _course(value: int) -> float | None:
    return value / 10 if value < 3_600 else None


def _heading(value: int) -> int | None:
    return value if value < 360 else None


def _second(value: int) -> int | None:
    return value if value < 60 else None


def _degrees(value: int, scale: int, limit: int) -> float | None:
    degrees = value / scale
    return degrees if -limit <= degrees <= limit else None


def _utc(bits: Bits) -> Instant | None:
    """Return the time that a station's clock shows; None where it shows none, or one that cannot be."""
    try:
        moment = datetime(
            *(bits.number(38, 14), bits.number(52, 4), bits.number(56, 5)),
            *(bits.number(61, 5), bits.number(66, 6), bits.number(72, 6)),
            tzinfo=UTC,
        )
    except ValueError:
        return None
    time = int(moment.timestamp()) * SECOND
    return time if EARLIEST <= time < END else None
