"""A frame of MAVLink 1 or 2, alone or behind the eight bytes of time of a telemetry log."""

from __future__ import annotations

import binascii

import msgspec

from comity.sources.mavlink.messages import extra
from comity.sources.receiver_time import EARLIEST, END
from comity.vocabulary.instant import Instant

ONE, TWO = 0xFE, 0xFD
MARKS = frozenset({ONE, TWO})
STAMP = 8
"""Bytes of time before each frame of a log: microseconds since 1970, the most significant first."""
_SIGNED = 0x01
_SIGNATURE = 13
_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


class Frame(msgspec.Struct, frozen=True):
    """One frame."""

    system: int
    message: int
    payload: bytes
    signed: bool
    holds: bool | None
    """Whether the checksum does; None where the message's CRC_EXTRA is not known."""


def length(held: bytes | bytearray, start: int) -> int | None:
    """Return the length of the frame at `start`: None if more bytes must tell, 0 if it is none."""
    if len(held) - start < 3:
        return None
    if held[start] == ONE:
        return held[start + 1] + 8
    flags = held[start + 2]
    if flags & ~_SIGNED:  # a receiver must not try to read what it does not know (MAVLink 2, incompatibility flags)
        return 0
    return held[start + 1] + 12 + (_SIGNATURE if flags & _SIGNED else 0)


def read(data: bytes) -> Frame:
    """Return the frame in these bytes, which are as many as `length` says."""
    size = data[1]
    if data[0] == ONE:
        system, number, begin, signed = data[3], data[5], 6, False
    else:
        system, number, begin = data[5], int.from_bytes(data[7:10], "little"), 10
        signed = bool(data[2] & _SIGNED)
    end = begin + size
    added = extra(number)
    told = int.from_bytes(data[end : end + 2], "little")
    holds = None if added is None else checksum(data[1:end] + bytes([added])) == told
    return Frame(system, number, data[begin:end], signed, holds)


def stamp(data: bytes | bytearray) -> Instant | None:
    """Return the time that eight bytes tell; None where they tell none."""
    time = int.from_bytes(data, "big") // 1_000
    return time if len(data) == STAMP and EARLIEST <= time < END else None


def checksum(data: bytes) -> int:
    """Return the CRC-16/MCRF4XX, which MAVLink calls X.25: CRC-CCITT with every byte, and the sum, back to front."""
    backwards = binascii.crc_hqx(data.translate(_REVERSED), 0xFFFF)
    return _REVERSED[backwards & 0xFF] << 8 | _REVERSED[backwards >> 8]
