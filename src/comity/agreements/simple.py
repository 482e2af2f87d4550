"""Simple values: the canonical form of short ASCII text, numbers and nothing, and of short lists and maps of these.

What is written and read here is what `canonical` writes and reads, in a fraction of the time; of all else nothing is
said. (Deterministic CBOR, RFC 8949, section 4.2.1: docs/formats/canonical.md.)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import lru_cache
from struct import Struct, error
from typing import Any, Final

from comity.vocabulary.record import Value

_SHORT: Final = 24
"""What is shorter, or less, is told by the first byte alone."""
_TEXT, _LONGER, _LIST, _MAP = 0x60, 0x78, 0x80, 0xA0
"""How short text, text shorter than 256 bytes, short lists and short maps begin."""
_TWO, _FOUR, _EIGHT = Struct(">Be"), Struct(">Bf"), Struct(">Bd")
_HALF, _SINGLE, _DOUBLE = 0xF9, 0xFA, 0xFB
"""How real numbers of two, four and eight bytes begin, and their forms."""
_CONSTANTS: Final[dict[int, Value]] = {0xF4: False, 0xF5: True, 0xF6: None}
_WHOLE: Final = {0x18: (1, _SHORT), 0x19: (2, 1 << 8), 0x1A: (4, 1 << 16), 0x1B: (8, 1 << 32)}
"""How a whole number begins that is not one of the least: how many bytes follow, and the least so written."""
_BEYOND = 1 << 64
_SMALL: Final = tuple(bytes((number,)) if number < _SHORT else bytes((0x18, number)) for number in range(256))
_TEXTS: Final = tuple(bytes((_TEXT + size,)) if size < _SHORT else bytes((_LONGER, size)) for size in range(256))
_LISTS: Final = tuple(bytes((_LIST + length,)) for length in range(_SHORT))
_MAPS: Final = tuple(bytes((_MAP + length,)) for length in range(_SHORT))
"""How text, lists and maps of each length begin."""


class Other(Exception):  # noqa: N818 - nothing is wrong: the common way is to be taken
    """It is nothing simple, or nothing canonical."""


def written(value: Value) -> bytes:
    """Return the canonical form.

    Raises:
        Other: the value is not simple.
    """
    kind = type(value)
    way = _WAYS.get(kind)
    if way is not None:
        return way(value)
    try:
        if kind is list:
            return b"".join((_LISTS[len(value)], *[_WAYS[type(one)](one) for one in value]))  # type: ignore[arg-type, union-attr]
        if kind is dict:
            return _of_map(value)  # type: ignore[arg-type]  # it is a map
    except LookupError as fault:  # something in it is not simple, or it is too long
        raise Other from fault
    raise Other


def _of_map(value: dict[str, Value]) -> bytes:
    parts = [_MAPS[len(value)]]
    for name, head in _in_order(tuple(value)):
        one = value[name]
        parts.append(head)
        parts.append(_WAYS[type(one)](one))
    return b"".join(parts)


@lru_cache(maxsize=256)
def _in_order(names: tuple[str, ...]) -> list[tuple[str, bytes]]:
    """Return the keys of a map in order, each with its bytes: few combinations come again and again."""
    if any(type(name) is not str for name in names):
        raise Other
    return [(name, _text(name)) for name in sorted(names, key=lambda name: (len(name), name))]


def _text(value: str) -> bytes:
    size = len(value)
    if size >= 256 or not value.isascii():
        raise Other
    return _TEXTS[size] + value.encode()


def _number(value: int) -> bytes:
    if 0 <= value < 256:
        return _SMALL[value]
    if not 0 <= value < _BEYOND:
        raise Other
    head, size = (0x19, 2) if value < 1 << 16 else (0x1A, 4) if value < 1 << 32 else (0x1B, 8)
    return bytes((head,)) + value.to_bytes(size, "big")


def _real(value: float) -> bytes:
    """Return the shortest form that holds the number."""
    if not math.isfinite(value):
        raise Other
    try:
        single = _FOUR.pack(_SINGLE, value)
        if _FOUR.unpack(single)[1] != value:
            return _EIGHT.pack(_DOUBLE, value)
        half = _TWO.pack(_HALF, value)
    except OverflowError as fault:  # too large for the shorter form
        raise Other from fault
    return half if _TWO.unpack(half)[1] == value else single


_WAYS: Final[Mapping[type, Callable[[Any], bytes]]] = {
    str: _text,
    int: _number,
    float: _real,
    type(None): lambda _value: b"\xf6",
    bool: lambda value: b"\xf5" if value else b"\xf4",
}


def read(data: bytes, place: int) -> tuple[Value, int]:
    """Return the simple value that begins at a place, and the place behind it.

    Raises:
        Other: there may be another, or none.
    """
    head = data[place] if place < len(data) else 0
    if _LIST <= head < _LIST + _SHORT:
        items: list[Value] = []
        place += 1
        for _ in range(head - _LIST):
            item, place = read_item(data, place)
            items.append(item)
        return items, place
    if _MAP <= head < _MAP + _SHORT:
        return _map(data, place + 1, head - _MAP)
    return read_item(data, place)


def _map(data: bytes, place: int, count: int) -> tuple[dict[str, Value], int]:
    items: dict[str, Value] = {}
    last = (-1, "")
    for _ in range(count):
        name, place = read_item(data, place)
        if not isinstance(name, str) or (order := (len(name), name)) <= last:
            raise Other
        items[name], place = read_item(data, place)
        last = order
    return items, place


def read_item(data: bytes, place: int) -> tuple[Value, int]:
    """Return the text, number or constant that begins at a place, and the place behind it.

    Raises:
        Other: there may be another, or none.
    """
    try:
        head = data[place]
        if _TEXT <= head <= _LONGER:
            return _read_text(data, place, head)
        if head < _SHORT:
            return head, place + 1
        if head in _CONSTANTS:
            return _CONSTANTS[head], place + 1
        if head in _WHOLE:
            return _read_number(data, place + 1, *_WHOLE[head])
        return _read_real(data, place, head)
    except (IndexError, error) as fault:
        raise Other from fault


def _read_text(data: bytes, place: int, head: int) -> tuple[str, int]:
    start, size = place + 1, head - _TEXT
    if head == _LONGER:
        start, size = place + 2, data[place + 1]
        if size < _SHORT:
            raise Other
    text = data[start : start + size]
    if len(text) != size or not text.isascii():
        raise Other
    return text.decode(), start + size


def _read_number(data: bytes, place: int, size: int, least: int) -> tuple[int, int]:
    number = int.from_bytes(data[place : place + size], "big")
    if len(data) < place + size or number < least:
        raise Other
    return number, place + size


def _read_real(data: bytes, place: int, head: int) -> tuple[float, int]:
    form = {_HALF: _TWO, _SINGLE: _FOUR, _DOUBLE: _EIGHT}.get(head)
    if form is None:
        raise Other
    value = float(form.unpack_from(data, place)[1])
    if data[place : place + form.size] != _real(value):
        raise Other
    return value, place + form.size
