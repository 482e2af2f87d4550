"""Plain: untyped values straight to their canonical bytes, in one pass.

What an encoder of all CBOR does besides for a word or a number takes several times as long as to write it; a record
that is given consists of some fifty of them.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Mapping
from typing import Any

from comity.foundation.ordering import BEYOND, DEEPEST, LEAST, SURROGATE, NotCanonical, keys

_TWO, _FOUR, _EIGHT = struct.Struct(">e"), struct.Struct(">f"), struct.Struct(">d")
_UNSIGNED, _NEGATIVE, _BYTES, _TEXT, _LIST, _MAP = range(0, 6 * 0x20, 0x20)
_OF_TWO, _OF_FOUR = struct.Struct(">BH").pack, struct.Struct(">BI").pack
_SHORT = 256
_LENGTHS = ((1, 0x18), (2, 0x19), (4, 0x1A), (8, 0x1B))
_TRUE, _FALSE, _NULL = b"\xf5", b"\xf4", b"\xf6"
_HALF, _SINGLE, _DOUBLE = b"\xf9", b"\xfa", b"\xfb"


def written(value: object) -> bytes:
    """Return the canonical bytes of text, bytes, a number, a truth value, nothing, or lists and maps of such.

    Raises:
        NotCanonical: it has no canonical form.
    """
    leaf = _LEAVES.get(type(value))
    if leaf is not None:
        return leaf(value)
    parts: list[bytes] = []
    _add(value, parts, 0)
    return b"".join(parts)


def _add(value: object, parts: list[bytes], depth: int) -> None:
    leaf = _LEAVES.get(type(value))
    if leaf is not None:
        parts.append(leaf(value))
    elif isinstance(value, dict):
        _expect_shallow(len(value), depth)
        parts.append(_head(_MAP, len(value)))
        for key in keys(value):
            parts.append(_text(key))
            _add(value[key], parts, depth + 1)
    elif isinstance(value, (list, tuple)):
        _expect_shallow(len(value), depth)
        parts.append(_head(_LIST, len(value)))
        for item in value:
            _add(item, parts, depth + 1)
    else:
        parts.append(_other(value))


def _expect_shallow(length: int, depth: int) -> None:
    if depth >= DEEPEST and length:
        raise NotCanonical(f"nested deeper than {DEEPEST} levels")


def _made(major: int, number: int) -> bytes:
    if number < 0x18:
        return bytes((major | number,))
    for size, mark in _LENGTHS:
        if number < 1 << 8 * size:
            return bytes((major | mark,)) + number.to_bytes(size, "big")
    raise NotCanonical("an integer exceeds 64 bits")


_READY = {major: [_made(major, number) for number in range(_SHORT)] for major in range(_UNSIGNED, _MAP + 1, 0x20)}


def _head(major: int, number: int) -> bytes:
    return _READY[major][number] if number < _SHORT else _made(major, number)


_TEXT_READY, _BYTES_READY, _WHOLE_READY = _READY[_TEXT], _READY[_BYTES], _READY[_UNSIGNED]


def _text(value: str) -> bytes:
    try:
        data = value.encode()
    except UnicodeEncodeError as error:
        raise NotCanonical(SURROGATE) from error
    length = len(data)
    return (_TEXT_READY[length] if length < _SHORT else _made(_TEXT, length)) + data


def _bytes(value: bytes) -> bytes:
    length = len(value)
    return (_BYTES_READY[length] if length < _SHORT else _made(_BYTES, length)) + value


def _whole(value: int) -> bytes:
    if 0 <= value < _SHORT:
        return _WHOLE_READY[value]
    if _SHORT <= value < 2**32:
        return _OF_FOUR(0x1A, value) if value >= 2**16 else _OF_TWO(0x19, value)
    if not LEAST <= value < BEYOND:
        raise NotCanonical("an integer exceeds 64 bits")
    return _made(_UNSIGNED, value) if value >= 0 else _made(_NEGATIVE, -1 - value)


def _real(value: float) -> bytes:
    """Return the number in the fewest bytes that keep it."""
    if not math.isfinite(value):
        raise NotCanonical("a number is not finite")
    try:
        four = _FOUR.pack(value)
        if _FOUR.unpack(four)[0] != value:
            return _DOUBLE + _EIGHT.pack(value)
    except OverflowError:
        return _DOUBLE + _EIGHT.pack(value)
    try:
        two = _TWO.pack(value)
        return _HALF + two if _TWO.unpack(two)[0] == value else _SINGLE + four
    except OverflowError:
        return _SINGLE + four


def _other(value: object) -> bytes:
    """Return the bytes of what is of a kind derived from one that has a form."""
    for kind in (bool, int, float, str, bytes):
        if isinstance(value, kind):
            return _LEAVES[kind](value)
    raise NotCanonical(f"a {type(value).__name__} has no canonical form")


_LEAVES: Mapping[type, Callable[[Any], bytes]] = {
    str: _text,
    int: _whole,
    bool: lambda value: _TRUE if value else _FALSE,
    type(None): lambda _value: _NULL,
    bytes: _bytes,
    float: _real,
}
