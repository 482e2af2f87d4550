"""Bits: a message as its armoured six-bit characters carry it."""

from __future__ import annotations

import binascii

ARMOUR = bytes(range(48, 88)) + bytes(range(96, 120))
"""The characters that carry six bits each (IEC 61162-1, table 7)."""
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_TO_BASE64 = bytes.maketrans(ARMOUR, _BASE64)
_TEXT = "@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_ !\"#$%&'()*+,-./0123456789:;<=>?"


class Bits:
    """The bits of a payload, numbered from 0 at the front as in the specification's tables."""

    __slots__ = ("_value", "length")

    def __init__(self, characters: bytes, fill: int) -> None:
        padding = -len(characters) % 4
        packed = binascii.a2b_base64(characters.translate(_TO_BASE64) + b"A" * padding)
        self.length = 6 * len(characters) - fill
        self._value = int.from_bytes(packed, "big") >> (6 * padding + fill)

    def number(self, start: int, width: int) -> int:
        """Return an unsigned number."""
        return self._value >> (self.length - start - width) & ((1 << width) - 1)

    def signed(self, start: int, width: int) -> int:
        """Return a number in two's complement."""
        value = self.number(start, width)
        return value - (1 << width) if value >> (width - 1) else value

    def text(self, start: int, width: int) -> str | None:
        """Return six-bit text up to its end mark `@`, without spaces behind it; None where that leaves nothing."""
        value = self.number(start, width)
        letters = [_TEXT[value >> shift & 63] for shift in range(width - 6, -1, -6)]
        return "".join(letters).partition("@")[0].strip() or None
