"""Events as a TAK client writes them: the inverse of sources.cot."""

from __future__ import annotations

import math
import struct
from xml.sax.saxutils import quoteattr

from comity.sources.cot.event import Event
from comity.vocabulary.instant import written


def xml(event: Event) -> bytes:
    """Return the event as XML."""
    outer = {
        "version": "2.0", "uid": event.uid, "type": event.type, "how": event.how, "time": written(event.time),
        "start": written(event.time), "stale": written(event.time), "opex": "s" if event.simulated else "o",
    }  # fmt: skip
    error = 9_999_999.0 if math.isnan(event.error) else event.error
    point = {"lat": event.latitude, "lon": event.longitude, "hae": 0.0, "ce": error, "le": 9_999_999.0}
    track = {} if math.isnan(event.speed) else {"speed": event.speed, "course": event.course}
    contact = {"callsign": event.call_sign} if event.call_sign else {}
    detail = (_tag("contact", contact) if contact else "") + (_tag("track", track) if track else "")
    attributes = " ".join(f"{name}={quoteattr(value)}" for name, value in outer.items())
    return f"<event {attributes}>{_tag('point', point)}<detail>{detail}</detail></event>".encode()


def _tag(name: str, attributes: dict[str, str] | dict[str, float]) -> str:
    return f"<{name} " + " ".join(f"{key}={quoteattr(str(value))}" for key, value in attributes.items()) + "/>"


def message(event: Event) -> bytes:
    """Return the event as a TakMessage."""
    detail = _bytes(2, _bytes(2, event.call_sign.encode())) if event.call_sign else b""
    if not math.isnan(event.speed):
        detail += _bytes(7, _double(1, event.speed) + _double(2, event.course))
    body = _bytes(1, event.type.encode()) + _bytes(4, b"s" if event.simulated else b"o") + _bytes(5, event.uid.encode())
    body += _number(6, event.time) + _number(7, event.time) + _number(8, event.time) + _bytes(9, event.how.encode())
    body += _double(10, event.latitude) + _double(11, event.longitude) + _double(12, 0.0)
    body += _double(13, 9_999_999.0 if math.isnan(event.error) else event.error) + _double(14, 9_999_999.0)
    return _bytes(1, _number(1, 1) + _number(2, 1)) + _bytes(2, body + _bytes(15, detail))


def stream(event: Event) -> bytes:
    """Return the event in the frame of a connection."""
    body = message(event)
    return b"\xbf" + _varint(len(body)) + body


def mesh(event: Event) -> bytes:
    """Return the event in the frame of a datagram."""
    return b"\xbf\x01\xbf" + message(event)


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
