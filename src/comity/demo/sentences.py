"""AIS written: bits to armoured characters to NMEA 0183 sentences, each under the time line of its receiver."""

from __future__ import annotations

import binascii
from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from comity.sources.checksum import checksum
from comity.vocabulary.instant import Instant

_ARMOUR = b"0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVW`abcdefghijklmnopqrstuvw"
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_TO_BASE64, _TO_ARMOUR = bytes.maketrans(_ARMOUR, _BASE64), bytes.maketrans(_BASE64, _ARMOUR)
_TEXT = "@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_ !\"#$%&'()*+,-./0123456789:;<=>?"
_LONGEST = 60
"""Characters of payload in one sentence, so that it stays within 82 characters."""


class Field(msgspec.Struct, frozen=True):
    """A number in so many bits; a negative one in two's complement."""

    value: int
    width: int


def text(words: str, characters: int) -> Field:
    """Return six-bit text, filled up with the end mark `@` (ITU-R M.1371-5, table 47)."""
    value = 0
    for letter in words[:characters].ljust(characters, "@"):
        value = value << 6 | _TEXT.index(letter)
    return Field(value, 6 * characters)


class Message:
    """The bits of one message, to be read and written by their place in the specification's tables."""

    def __init__(self, value: int, length: int) -> None:
        self.value = value
        self.length = length

    @classmethod
    def of(cls, fields: Sequence[Field]) -> Message:
        """Return the fields one behind the other."""
        value = length = 0
        for field in fields:
            value = value << field.width | field.value & ((1 << field.width) - 1)
            length += field.width
        return cls(value, length)

    @classmethod
    def read(cls, characters: bytes, fill: int) -> Message:
        """Return the message in armoured characters; inverse of `characters`."""
        padding = -len(characters) % 4
        packed = binascii.a2b_base64(characters.translate(_TO_BASE64) + b"A" * padding)
        return cls(int.from_bytes(packed, "big") >> (6 * padding + fill), 6 * len(characters) - fill)

    def number(self, start: int, width: int) -> int:
        """Return the unsigned number at this place."""
        return self.value >> (self.length - start - width) & ((1 << width) - 1)

    def put(self, start: int, field: Field) -> None:
        """Write a field over what stands at this place."""
        shift = self.length - start - field.width
        self.value &= ~(((1 << field.width) - 1) << shift)
        self.value |= (field.value & ((1 << field.width) - 1)) << shift

    def characters(self) -> tuple[str, int]:
        """Return the armoured characters and the number of fill bits at their end."""
        fill = -self.length % 6
        count = (self.length + fill) // 6
        padding = -count % 4
        packed = (self.value << (fill + 6 * padding)).to_bytes((count + padding) * 3 // 4, "big")
        armoured = binascii.b2a_base64(packed, newline=False).translate(_TO_ARMOUR)
        return armoured[:count].decode("ascii"), fill


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in a sentence before its payload."""

    talker: str = "AI"
    kind: str = "VDM"
    sequence: str = "0"
    """Of a message in several parts; a single sentence has none."""
    channel: str = "A"


def lines(time: Instant, header: Header, message: Message) -> list[str]:
    """Return the time line and the sentences of one message."""
    payload, fill = message.characters()
    parts = [payload[start : start + _LONGEST] for start in range(0, len(payload), _LONGEST)]
    sequence = header.sequence if len(parts) > 1 else ""
    sentences, sums = [], 0
    for number, part in enumerate(parts, 1):
        last = fill if number == len(parts) else 0
        body = f"{header.talker}{header.kind},{len(parts)},{number},{sequence},{header.channel},{part},{last}"
        total = checksum(body.encode())
        sentences.append(f"!{body}*{total:02X}")
        sums ^= total
    return [_time_line(time, sums), *sentences]


def _time_line(time: Instant, sums: int) -> str:
    """Return a GateHouse time line, bound to its sentences by their checksums and naming no station."""
    moment = datetime.fromtimestamp(time // 1_000, tz=UTC)
    clock = f"{moment.year},{moment.month},{moment.day},{moment.hour},{moment.minute},{moment.second},{time % 1_000}"
    body = f"PGHP,1,{clock},,,,1,{sums:02X}"
    return f"${body}*{checksum(body.encode()):02X}"
