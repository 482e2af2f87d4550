"""The messages that count, each as it stands on the wire (MAVLink, common.xml): widest fields first, extensions last.

CRC_EXTRA goes into a frame's checksum: it is drawn from names and types of the fields, so that two sides that mean
different things by one number do not understand each other.
"""

from __future__ import annotations

import struct
from typing import TypeAlias

import msgspec


class Heartbeat(msgspec.Struct, frozen=True, array_like=True):
    """What a component is."""

    custom_mode: int
    type: int
    autopilot: int
    base_mode: int
    system_status: int
    version: int


class SystemTime(msgspec.Struct, frozen=True, array_like=True):
    """What time it was, microseconds since 1970, so many milliseconds after the start."""

    unix: int
    boot: int


class GpsRaw(msgspec.Struct, frozen=True, array_like=True):
    """What a receiver of satellites says: 1e-7 degrees, millimetres, centimetres a second, hundredths of a degree."""

    time: int
    latitude: int
    longitude: int
    altitude: int
    eph: int
    epv: int
    speed: int
    course: int
    fix: int
    satellites: int
    ellipsoid: int
    horizontal_accuracy: int
    vertical_accuracy: int
    speed_accuracy: int
    heading_accuracy: int
    yaw: int


class Attitude(msgspec.Struct, frozen=True, array_like=True):
    """How it lies in the air, radians."""

    boot: int
    roll: float
    pitch: float
    yaw: float
    roll_rate: float
    pitch_rate: float
    yaw_rate: float


class GlobalPosition(msgspec.Struct, frozen=True, array_like=True):
    """Where it takes itself to be: 1e-7 degrees, millimetres, centimetres a second, hundredths of a degree."""

    boot: int
    latitude: int
    longitude: int
    altitude: int
    relative_altitude: int
    north: int
    east: int
    down: int
    heading: int


class AdsbVehicle(msgspec.Struct, frozen=True, array_like=True):
    """An aircraft that it hears."""

    address: int
    latitude: int
    longitude: int
    altitude: int
    course: int
    speed: int
    climb: int
    flags: int
    squawk: int
    altitude_type: int
    call_sign: bytes
    emitter: int
    since: int
    """Seconds since it was last heard."""


class AisVessel(msgspec.Struct, frozen=True, array_like=True):
    """A vessel that it hears."""

    mmsi: int
    latitude: int
    longitude: int
    course: int
    heading: int
    speed: int
    bow: int
    stern: int
    since: int
    flags: int
    turn: int
    status: int
    type: int
    port: int
    starboard: int
    call_sign: bytes
    name: bytes


Message: TypeAlias = Heartbeat | SystemTime | GpsRaw | Attitude | GlobalPosition | AdsbVehicle | AisVessel


class _Layout(msgspec.Struct, frozen=True):
    kind: type[Message]
    extra: int
    fields: struct.Struct


_LAYOUTS = {
    0: _Layout(Heartbeat, 50, struct.Struct("<I5B")),
    2: _Layout(SystemTime, 137, struct.Struct("<QI")),
    24: _Layout(GpsRaw, 24, struct.Struct("<Q3i4H2Bi4IH")),
    30: _Layout(Attitude, 39, struct.Struct("<I6f")),
    33: _Layout(GlobalPosition, 104, struct.Struct("<I4i3hH")),
    246: _Layout(AdsbVehicle, 184, struct.Struct("<I3i2Hh2HB9s2B")),
    301: _Layout(AisVessel, 243, struct.Struct("<I2i7Hb4B7s20s")),
}


def extra(number: int) -> int | None:
    """Return the CRC_EXTRA of a message; None if its layout is not known here."""
    layout = _LAYOUTS.get(number)
    return None if layout is None else layout.extra


def read(number: int, payload: bytes) -> Message:
    """Return the message of a payload; zeros at its end may have been left out, and later fields are passed over."""
    layout = _LAYOUTS[number]
    size = layout.fields.size
    return layout.kind(*layout.fields.unpack(payload[:size].ljust(size, b"\x00")))


def written(number: int, message: Message) -> bytes:
    """Return the payload of a message in full."""
    packed: bytes = _LAYOUTS[number].fields.pack(*(getattr(message, name) for name in message.__struct_fields__))
    return packed
