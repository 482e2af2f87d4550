"""Flight logs as PX4 writes them: the inverse of sources.ulog."""

from __future__ import annotations

import struct

from comity.sources.ulog.stream import MAGIC, SYNC

HEADER = MAGIC + b"\x01" + bytes(8)
STATUS = "vehicle_status:uint64_t timestamp;uint8_t[3] other;uint8_t system_type;uint8_t[4] _padding0;"
GPS = (
    "vehicle_gps_position:uint64_t timestamp;uint64_t time_utc_usec;int32_t lat;int32_t lon;float eph;"
    "float vel_m_s;float cog_rad;uint8_t fix_type;uint8_t[3] _padding0;"
)
GLOBAL = (
    "vehicle_global_position:uint64_t timestamp;inner[2] nested;double lat;double lon;float vel_n;float vel_e;"
    "float yaw;float eph;"
)
INNER = "inner:float[3] values;bool flag;"


def message(kind: str, body: bytes) -> bytes:
    """Return one message."""
    return struct.pack("<HB", len(body), ord(kind)) + body


def head(*, appended: int = 0) -> bytes:
    """Return a log up to its first data, with where data was appended, if any."""
    flags = bytes(8) + bytes([1 if appended else 0]) + bytes(7) + struct.pack("<3Q", appended, 0, 0)
    definitions = b"".join(message("F", text.encode()) for text in (INNER, STATUS, GPS, GLOBAL))
    names = ("vehicle_status", "vehicle_gps_position", "vehicle_global_position")
    topics = b"".join(message("A", struct.pack("<BH", 0, n) + name.encode()) for n, name in enumerate(names))
    return HEADER + message("B", flags) + definitions + topics


def status(kind: int) -> bytes:
    """Return what the vehicle is."""
    return message("D", struct.pack("<HQ3sB4s", 0, 0, b"", kind, b""))


def gps(micros: int, utc: int, latitude: float, longitude: float) -> bytes:
    """Return a position of the receiver at so many microseconds, with the UTC time in milliseconds."""
    place = round(latitude * 1e7), round(longitude * 1e7)
    return message("D", struct.pack("<HQQ2i3fB3s", 1, micros, utc * 1_000, *place, 2.5, 1.5, 0.5, 3, b""))


def position(micros: int, latitude: float, longitude: float, north: float = 0.0, east: float = 2.0) -> bytes:
    """Return a position of the vehicle itself; two inner messages of 13 bytes stand before its fields."""
    fields = struct.pack("<2d4f", latitude, longitude, north, east, -0.5, 1.25)
    return message("D", struct.pack("<HQ", 2, micros) + bytes(26) + fields)


def sync() -> bytes:
    """Return a synchronisation."""
    return SYNC
