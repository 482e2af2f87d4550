"""A packet: one UAS Datalink Local Set (MISB ST 0601), read."""

from __future__ import annotations

import math

import msgspec

from comity.sources.klv import ber
from comity.sources.klv.scaled import imapb, signed, unsigned
from comity.vocabulary.fault import Fault
from comity.vocabulary.instant import Instant
from comity.vocabulary.place import Position

KEY = bytes.fromhex("060e2b34020b01010e01030101000000")
CHECKSUM, TIME, TAIL_NUMBER, SECURITY, CALL_SIGN = 1, 2, 4, 48, 59
_CLASSIFICATION = 1
LEVELS = {1: "UNCLASSIFIED", 2: "RESTRICTED", 3: "CONFIDENTIAL", 4: "SECRET", 5: "TOP SECRET"}
"""The security classification of ST 0102, tag 1."""


class Packet(msgspec.Struct, frozen=True, kw_only=True):
    """What a packet says; metres, metres a second, degrees. None is what it does not say."""

    time: Instant
    call_sign: str = ""
    tail_number: str = ""
    level: str = ""
    """The name of its classification; empty where it holds no security set."""
    sensor: Position | None = None
    altitude: float | None = None
    heading: float | None = None
    pitch: float | None = None
    roll: float | None = None
    horizontal_view: float | None = None
    vertical_view: float | None = None
    slant_range: float | None = None
    centre: Position | None = None
    corners: tuple[Position, ...] = ()
    """Upper left, upper right, lower right, lower left; empty where one is missing."""
    target_error: float | None = None
    """Of the target's position: the circle that holds it nine times of ten."""
    speed: float | None = None
    course: float | None = None


class Items(dict[int, bytes]):
    """The values of a local set by tag."""

    def unsigned(self, tag: int, low: float, high: float) -> float | None:
        """Return an unsigned value of `low` to `high`."""
        data = self.get(tag)
        return unsigned(data, low, high) if data else None

    def signed(self, tag: int, limit: float) -> float | None:
        """Return a signed value of `-limit` to `limit`."""
        data = self.get(tag)
        return signed(data, limit) if data else None

    def imapb(self, tag: int, low: float, high: float) -> float | None:
        """Return a value of `low` to `high` as ST 1201 maps it."""
        data = self.get(tag)
        return imapb(data, low, high) if data else None

    def text(self, tag: int) -> str:
        """Return text; empty where it is none or not printable."""
        text = self.get(tag, b"").decode("utf-8", "replace").strip("\x00 ")
        return text if text.isprintable() and len(text) <= 120 else ""

    def place(self, latitude: int, longitude: int) -> Position | None:
        """Return the position of two values of four bytes."""
        north, east = self.signed(latitude, 90.0), self.signed(longitude, 180.0)
        return None if north is None or east is None else Position(north, east)


def checksum(frame: bytes) -> int:
    """Return the sum of all 16-bit words before the checksum's two bytes (ST 0601, tag 1)."""
    body = frame[:-2]
    return (256 * sum(body[0::2]) + sum(body[1::2])) & 0xFFFF


def items(data: bytes) -> Items:
    """Return the values of a local set; of a tag that stands twice the later.

    Raises:
        Fault: it is none.
    """
    found, place = Items(), 0
    while place < len(data):
        tag, place = ber.tag(data, place)
        told = ber.length(data, place)
        if told is None or told[1] + told[0] > len(data):
            raise Fault("not a local set")
        size, place = told
        found[tag] = data[place : place + size]
        place += size
    return found


def read(frame: bytes, value: int) -> Packet:
    """Return the packet in a frame, key and length included, whose value begins at `value`.

    Raises:
        Fault: it is none. `what` is the name of the fault.
    """
    found = items(frame[value:])
    if len(found.get(CHECKSUM, b"")) != 2 or frame[-4:-2] != b"\x01\x02":
        raise Fault("no checksum")
    if int.from_bytes(found[CHECKSUM], "big") != checksum(frame):
        raise Fault("wrong checksum")
    if len(found.get(TIME, b"")) != 8:
        raise Fault("not a time")
    speed, course = _movement(found)
    centre = found.place(23, 24)
    return Packet(
        time=int.from_bytes(found[TIME], "big") // 1_000,
        call_sign=found.text(CALL_SIGN),
        tail_number=found.text(TAIL_NUMBER),
        level=_level(found),
        sensor=found.place(13, 14),
        altitude=found.unsigned(15, -900.0, 19_000.0),
        heading=_turned(found.unsigned(5, 0.0, 360.0)),
        pitch=found.signed(90, 90.0) if 90 in found else found.signed(6, 20.0),
        roll=found.signed(91, 90.0) if 91 in found else found.signed(7, 50.0),
        horizontal_view=found.unsigned(16, 0.0, 180.0),
        vertical_view=found.unsigned(17, 0.0, 180.0),
        slant_range=found.unsigned(21, 0.0, 5_000_000.0),
        centre=centre,
        corners=_corners(found, centre),
        target_error=found.unsigned(45, 0.0, 4_095.0),
        speed=speed,
        course=course,
    )


def _level(found: Items) -> str:
    if SECURITY not in found:
        return ""
    code = items(found[SECURITY]).get(_CLASSIFICATION, b"")
    return LEVELS.get(int.from_bytes(code, "big"), "an unknown level")


def _movement(found: Items) -> tuple[float | None, float | None]:
    """Return speed and course over ground: from the sensor's velocity, else from where either is told by itself."""
    north, east = found.signed(79, 327.0), found.signed(80, 327.0)
    if north is not None and east is not None:
        return math.hypot(north, east), _turned(math.degrees(math.atan2(east, north)) % 360)
    speed = found.get(56)
    return float(int.from_bytes(speed, "big")) if speed else None, _turned(found.imapb(112, 0.0, 360.0))


def _corners(found: Items, centre: Position | None) -> tuple[Position, ...]:
    """Return the corners: told in full (tags 82 to 89), or as offsets from the centre (26 to 33)."""
    corners = [found.place(tag, tag + 1) for tag in (82, 84, 86, 88)]
    if None in corners and centre is not None:
        corners = [_offset(found, tag, centre) for tag in (26, 28, 30, 32)]
    told = tuple(corner for corner in corners if corner is not None)
    return told if len(told) == 4 else ()


def _offset(found: Items, tag: int, centre: Position) -> Position | None:
    north, east = found.signed(tag, 0.075), found.signed(tag + 1, 0.075)
    if north is None or east is None or abs(centre.latitude + north) > 90:
        return None
    return Position(centre.latitude + north, (centre.longitude + east + 180) % 360 - 180)


def _turned(degrees: float | None) -> float | None:
    """Return the direction, whose full circle is 0."""
    return None if degrees is None else degrees % 360
