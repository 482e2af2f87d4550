"""AIS as bytes for tests: sentences, tag blocks and time lines with right checksums, and payloads from their bits."""

from __future__ import annotations

import numpy as np

from comity.sources.bits import ARMOUR
from comity.sources.checksum import checksum

TEMPLATE = b"\\c:1700000000*5F\\!AIVDM,1,1,,A,1000000000000000000000000000,0*00\n"


def sentence(body: bytes) -> bytes:
    """Return a sentence with its checksum."""
    return b"!%b*%02X" % (body, checksum(body))


def block(fields: bytes) -> bytes:
    """Return a tag block with its checksum."""
    return b"\\%b*%02X\\" % (fields, checksum(fields))


def other(fields: bytes) -> bytes:
    """Return a sentence that is not AIS, such as a time line."""
    return b"$%b*%02X" % (fields, checksum(fields))


def armoured(value: int, bits: int) -> tuple[bytes, int]:
    """Return the characters that carry a number of so many bits, and the fill bits behind them."""
    fill = -bits % 6
    value <<= fill
    return bytes(ARMOUR[value >> shift & 63] for shift in range(bits + fill - 6, -1, -6)), fill


def with_type(value: int, bits: int, kind: int, mmsi: int) -> int:
    """Return the bits with these for type and sender."""
    rest = value & ((1 << (bits - 38)) - 1)
    return (kind << 32 | (value >> (bits - 8) & 3) << 30 | mmsi) << (bits - 38) | rest


def fleet(first: int, count: int, *, timed: bool = True) -> bytes:
    """Return one position report of each of so many senders, whose numbers follow each other, with its time or not."""
    template = TEMPLATE if timed else TEMPLATE[TEMPLATE.index(b"!") :]
    line = np.frombuffer(template, np.uint8)
    lines = np.tile(line, (count, 1))
    values = np.arange(first, first + count, dtype=np.int64)
    start, at = template.index(b"!") + 1, template.index(b",1000") + 2
    armour = np.frombuffer(ARMOUR, np.uint8)
    # the sender is in bits 8 to 37: four bits of the second character, four characters, two bits of the seventh
    shifts = [26, 20, 14, 8, 2]
    lines[:, at] = armour[values >> shifts[0] & 15]
    for place, shift in enumerate(shifts[1:], 1):
        lines[:, at + place] = armour[values >> shift & 63]
    lines[:, at + 5] = armour[(values & 3) << 4]
    star = len(template) - 4
    sums = np.bitwise_xor.reduce(lines[:, start:star], axis=1)
    digits = np.frombuffer(b"0123456789ABCDEF", np.uint8)
    lines[:, star + 1], lines[:, star + 2] = digits[sums >> 4], digits[sums & 15]
    return lines.tobytes()
