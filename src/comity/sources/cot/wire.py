"""The wire of protocol buffers: a message's fields by number (protobuf.dev, "Encoding")."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import TypeAlias

from comity.vocabulary.fault import Fault

Value: TypeAlias = int | bytes
"""A whole number, or the bytes of what is longer: text, a message, or a number of fixed width."""

_VARINT, _EIGHT, _LENGTH, _FOUR = 0, 1, 2, 5
_LONGEST_VARINT = 10


class Cut(Fault):
    """The bytes end in the middle of a field."""


def fields(data: bytes) -> Iterator[tuple[int, Value]]:
    """Yield number and value of each field.

    Raises:
        Fault: the bytes are no message.
    """
    place = 0
    while place < len(data):
        number, value, place = field(data, place)
        yield number, value


def field(data: bytes | bytearray, place: int) -> tuple[int, Value, int]:
    """Return number and value of the field at `place`, and where it ends.

    Raises:
        Cut: it does not end within the bytes.
        Fault: there is none.
    """
    key, place = varint(data, place)
    number, kind = key >> 3, key & 7
    if kind not in {_VARINT, _EIGHT, _LENGTH, _FOUR} or not 0 < number < 1 << 29:
        raise Fault("not a protobuf message")
    if kind == _VARINT:
        value, place = varint(data, place)
        return number, value, place
    width = {_EIGHT: 8, _FOUR: 4}.get(kind, 0)
    if kind == _LENGTH:
        width, place = varint(data, place)
    if place + width > len(data):
        raise Cut("not a protobuf message")
    return number, bytes(data[place : place + width]), place + width


def varint(data: bytes | bytearray, place: int) -> tuple[int, int]:
    """Return the number at `place`, and where it ends.

    Raises:
        Cut: it does not end within the bytes.
        Fault: it is longer than any number.
    """
    value = 0
    for shift in range(_LONGEST_VARINT):
        if place + shift >= len(data):
            raise Cut("not a protobuf message")
        byte = data[place + shift]
        value |= (byte & 0x7F) << (7 * shift)
        if byte < 0x80:
            return value & 0xFFFF_FFFF_FFFF_FFFF, place + shift + 1
    raise Fault("not a protobuf message")


def text(value: Value) -> str:
    """Return a field of text.

    Raises:
        Fault: it is none.
    """
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError as error:
            raise Fault("not a protobuf message") from error
    raise Fault("not a protobuf message")


def double(value: Value) -> float:
    """Return a field of eight bytes as a number.

    Raises:
        Fault: it is none.
    """
    if isinstance(value, bytes) and len(value) == 8:
        number: float = struct.unpack("<d", value)[0]
        return number
    raise Fault("not a protobuf message")
