"""Lengths and tags as SMPTE ST 336 writes them."""

from __future__ import annotations

from comity.vocabulary.fault import Fault

_LONGEST_LENGTH, _LONGEST_TAG = 4, 3


def length(data: bytes | bytearray, place: int) -> tuple[int, int] | None:
    """Return the length at `place` (BER, short or long) and where it ends; None if the bytes end before.

    Raises:
        Fault: it is longer than four bytes, or of no stated length.
    """
    if place >= len(data):
        return None
    first = data[place]
    if first < 0x80:
        return first, place + 1
    width = first & 0x7F
    if not 0 < width <= _LONGEST_LENGTH:
        raise Fault("not a local set")
    if place + 1 + width > len(data):
        return None
    return int.from_bytes(data[place + 1 : place + 1 + width], "big"), place + 1 + width


def tag(data: bytes, place: int) -> tuple[int, int]:
    """Return the tag at `place` (BER object identifier) and where it ends.

    Raises:
        Fault: it does not end.
    """
    value = 0
    for byte in data[place : place + _LONGEST_TAG]:
        value, place = value << 7 | byte & 0x7F, place + 1
        if byte < 0x80:
            return value, place
    raise Fault("not a local set")
