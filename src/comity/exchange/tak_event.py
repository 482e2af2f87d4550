"""A TAK event as it is sent: XML, and TAK protobuf version 1 (docs/formats/tak-out.md)."""

from __future__ import annotations

import struct
from xml.sax.saxutils import escape, quoteattr

import msgspec

from comity.vocabulary.instant import Instant, written
from comity.vocabulary.place import Position

UNKNOWN = 9_999_999.0
"""What stands for a height or an error that is not told."""
MAGIC = b"\xbf"
NOWHERE = Position(0.0, 0.0)


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What one event says; metres, metres a second, degrees."""

    uid: str
    type: str
    how: str = "m-g"
    time: Instant
    stale: Instant
    position: Position = NOWHERE
    error: float = UNKNOWN
    access: str = ""
    simulated: bool = False
    call_sign: str = ""
    track: tuple[float, float] | None = None
    """Speed and course."""
    more: str = ""
    """Other elements of its detail, as XML."""


def plain(text: str) -> str:
    """Return a text without what XML cannot hold, or nobody can see."""
    return "".join(letter for letter in text if letter.isprintable())


def remarks(text: str) -> str:
    """Return the element of free text."""
    return f"<remarks>{escape(plain(text))}</remarks>"


def xml(shown: Shown) -> bytes:
    """Return the event as XML. It ends in `</event>`, by which clients find its end."""
    at = shown.position
    event = {
        "version": "2.0",
        "uid": shown.uid,
        "type": shown.type,
        "how": shown.how,
        "time": written(shown.time),
        "start": written(shown.time),
        "stale": written(shown.stale),
        **({"opex": "s"} if shown.simulated else {}),
        **({"access": shown.access} if shown.access else {}),
    }
    point = {"lat": at.latitude, "lon": at.longitude, "hae": UNKNOWN, "ce": shown.error, "le": UNKNOWN}
    contact = f"<contact{_attributes({'callsign': shown.call_sign})}/>" if shown.call_sign else ""
    moving = dict(zip(("speed", "course"), shown.track or (), strict=False))
    track = f"<track{_attributes(moving)}/>" if moving else ""
    detail = f"<detail>{contact}{track}{shown.more}</detail>"
    return f"<event{_attributes(event)}><point{_attributes(point)}/>{detail}</event>".encode()


def message(shown: Shown) -> bytes:
    """Return the event as a TakMessage: protocol versions 1 to 1, and the CotEvent."""
    at = shown.position
    detail = _bytes(1, shown.more.encode()) if shown.more else b""
    if shown.call_sign:
        detail += _bytes(2, _bytes(2, plain(shown.call_sign).encode()))
    if shown.track is not None:
        detail += _bytes(7, _double(1, shown.track[0]) + _double(2, shown.track[1]))
    event = _bytes(1, shown.type.encode())
    event += _bytes(2, shown.access.encode()) if shown.access else b""
    event += _bytes(4, b"s") if shown.simulated else b""
    event += _bytes(5, shown.uid.encode())
    event += _number(6, shown.time) + _number(7, shown.time) + _number(8, shown.stale) + _bytes(9, shown.how.encode())
    event += _double(10, at.latitude) + _double(11, at.longitude) + _double(12, UNKNOWN)
    event += _double(13, shown.error) + _double(14, UNKNOWN) + _bytes(15, detail)
    return _bytes(1, _number(1, 1) + _number(2, 1)) + _bytes(2, event)


def framed(body: bytes) -> bytes:
    """Return a TakMessage in the frame of a connection."""
    return MAGIC + _varint(len(body)) + body


def _attributes(found: dict[str, str] | dict[str, float]) -> str:
    return "".join(f" {name}={quoteattr(plain(str(value)))}" for name, value in found.items())


def _varint(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def _number(number: int, value: int) -> bytes:
    return _varint(number << 3) + _varint(value)


def _bytes(number: int, value: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def _double(number: int, value: float) -> bytes:
    return _varint(number << 3 | 1) + struct.pack("<d", value)
