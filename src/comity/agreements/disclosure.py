"""A disclosure: one field of a record as its salt, its name and its value, in canonical form (docs/formats/given.md).

Most values are short text, whole numbers and lists of these, whose canonical form is simple enough to be written and
read here; every other goes the common way, by which these would come out the same.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from comity.foundation import canonical
from comity.vocabulary.fault import Fault
from comity.vocabulary.record import Value

SALT: Final = 16
"""Bytes."""
_HEAD = b"\x83\x50"
"""How a disclosure begins: a list of three, the first of them 16 bytes."""
_START = len(_HEAD) + SALT
_SHORT = 24
"""What is shorter, or less, is told by the first byte alone."""
_TEXT, _LONGER, _LIST = 0x60, 0x78, 0x80
"""How short text, text shorter than 256 bytes and short lists begin."""
_CONSTANTS: Final[dict[int, Value]] = {0xF4: False, 0xF5: True, 0xF6: None}
_WHOLE = {0x18: (1, _SHORT), 0x19: (2, 1 << 8), 0x1A: (4, 1 << 16), 0x1B: (8, 1 << 32)}
"""How a whole number begins that is not one of the least: how many bytes follow, and the least so written."""
_SIMPLE: Final = frozenset({str, int, type(None)})
"""Types of which a list is written at once."""


class _Other(Exception):  # noqa: N818 - nothing is wrong: it is read the common way
    """It is nothing simple."""


def written(name: str, value: Value, salt: bytes) -> bytes:
    """Return the disclosure's bytes.

    Raises:
        NotCanonical: the value has no canonical form.
    """
    if type(value) is list and len(value) < _SHORT and _SIMPLE.issuperset(map(type, value)):
        return b"".join((_HEAD, salt, _name(name), bytes((_LIST + len(value),)), *map(_item, value)))
    return b"".join((_HEAD, salt, _name(name), _item(value)))


@lru_cache(maxsize=256)
def _name(name: str) -> bytes:
    return canonical.written(name)


def _item(value: Value) -> bytes:
    if type(value) is str and value.isascii():
        if len(value) < _SHORT:
            return bytes((_TEXT + len(value),)) + value.encode()
        if len(value) < 256:
            return bytes((_LONGER, len(value))) + value.encode()
    elif type(value) is int and 1 << 16 <= value < 1 << 32:
        return b"\x1a" + value.to_bytes(4, "big")
    return canonical.written(value)


def opened(data: bytes, where: str) -> tuple[str, Value]:
    """Return the name and the value that the bytes disclose.

    Raises:
        Fault: they are no disclosure in canonical form.
    """
    try:
        return _simple(data)
    except (_Other, IndexError):
        return _opened(data, where)


def _simple(data: bytes) -> tuple[str, Value]:
    """Return name and value where the value is simple, or a list of simple ones.

    Raises:
        _Other, IndexError: it may be another, or none.
    """
    if not data.startswith(_HEAD):
        raise _Other
    name, place = _read(data, _START)
    count = data[place] - _LIST
    value: Value
    if 0 <= count < _SHORT:
        items: list[Value] = []
        place += 1
        for _ in range(count):
            item, place = _read(data, place)
            items.append(item)
        value = items
    else:
        value, place = _read(data, place)
    if place != len(data) or not isinstance(name, str):
        raise _Other
    return name, value


def _read(data: bytes, place: int) -> tuple[Value, int]:
    """Return the simple value that begins at a place, and the place behind it.

    Raises:
        _Other, IndexError: there may be another, or none.
    """
    head = data[place]
    place += 1
    if _TEXT <= head <= _LONGER:
        size = head - _TEXT
        if head == _LONGER:
            size, place = data[place], place + 1
            if size < _SHORT:
                raise _Other
        text = data[place : place + size]
        if len(text) != size or not text.isascii():
            raise _Other
        return text.decode(), place + size
    if head < _SHORT:
        return head, place
    if head in _CONSTANTS:
        return _CONSTANTS[head], place
    if head not in _WHOLE:
        raise _Other
    size, least = _WHOLE[head]
    number = int.from_bytes(data[place : place + size], "big")
    if len(data) < place + size or number < least:
        raise _Other
    return number, place + size


def _opened(data: bytes, where: str) -> tuple[str, Value]:
    parts = canonical.read_plain(data, where=where)
    if isinstance(parts, list) and len(parts) == 3:
        salt, name, value = parts
        if isinstance(salt, bytes) and len(salt) == SALT and isinstance(name, str) and _plain(value):
            return name, value
    raise Fault("a disclosure is not [salt, name, value]", where=where, remedy="Refuse the release.")


def _plain(value: object) -> bool:
    """Whether this is text, number, truth value, nothing, or lists and maps of them: canonical reading saw the rest."""
    if isinstance(value, list):
        return all(map(_plain, value))
    if isinstance(value, dict):
        return all(map(_plain, value.values()))
    return not isinstance(value, bytes)
