"""Frames as a vehicle sends them: the inverse of sources.mavlink."""

from __future__ import annotations

from comity.sources.mavlink.frame import checksum
from comity.sources.mavlink.messages import Message, extra, written

NUMBERS = {
    "Heartbeat": 0, "SystemTime": 2, "GpsRaw": 24, "Attitude": 30, "GlobalPosition": 33, "AdsbVehicle": 246,
    "AisVessel": 301,
}  # fmt: skip
_FIRST_VERSION = {"GpsRaw": 30}
"""Bytes of payload before the extensions, which MAVLink 1 does not have."""


def one(message: Message, system: int = 1) -> bytes:
    """Return the message in a frame of MAVLink 1."""
    name = type(message).__name__
    payload = written(NUMBERS[name], message)[: _FIRST_VERSION.get(name)]
    return _summed(b"\xfe" + bytes([len(payload), 0, system, 1, NUMBERS[name]]) + payload, NUMBERS[name])


def two(message: Message, system: int = 1, *, signature: bytes = b"") -> bytes:
    """Return the message in a frame of MAVLink 2, the zeros at its end left out."""
    number = NUMBERS[type(message).__name__]
    payload = written(number, message).rstrip(b"\x00") or b"\x00"
    head = bytes([0xFD, len(payload), 1 if signature else 0, 0, 0, system, 1]) + number.to_bytes(3, "little")
    return _summed(head + payload, number) + signature


def unknown(number: int, payload: bytes) -> bytes:
    """Return a frame of a message that nobody here knows; its checksum cannot be checked."""
    return bytes([0xFD, len(payload), 0, 0, 0, 1, 1]) + number.to_bytes(3, "little") + payload + b"\x00\x00"


def logged(frame: bytes, time: int) -> bytes:
    """Return a frame as it stands in a telemetry log."""
    return (time * 1_000).to_bytes(8, "big") + frame


def _summed(frame: bytes, number: int) -> bytes:
    added = extra(number)
    assert added is not None
    return frame + checksum(frame[1:] + bytes([added])).to_bytes(2, "little")
