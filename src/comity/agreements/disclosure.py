"""A disclosure: one field of a record as its salt, its name and its value, in canonical form (docs/formats/given.md).

Most values are short text, numbers, and short lists and maps of these, whose canonical form `simple` writes and reads;
every other goes the common way, by which these would come out the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from comity.agreements import simple
from comity.foundation import canonical
from comity.vocabulary.fault import Fault
from comity.vocabulary.record import Value

SALT: Final = 16
"""Bytes."""
_HEAD = b"\x83\x50"
"""How a disclosure begins: a list of three, the first of them 16 bytes."""
_START = len(_HEAD) + SALT
_LIST = 0x80
"""How a short list begins; a longer one is none that could be read so."""


def written(name: str, value: Value, salt: bytes) -> bytes:
    """Return the disclosure's bytes.

    Raises:
        NotCanonical: the value has no canonical form.
    """
    try:
        return b"".join((_HEAD, salt, _name(name), simple.written(value)))
    except simple.Other:
        return b"".join((_HEAD, salt, _name(name), canonical.written(value)))


@lru_cache(maxsize=256)
def _name(name: str) -> bytes:
    return canonical.written(name)


def all_opened(disclosures: Sequence[bytes], where: str) -> list[tuple[str, Value]]:
    """Return what `opened` does of each of several, which are read as one list, and written again to be compared.

    Raises:
        Fault: as `opened` does.
    """
    try:
        read = canonical.loaded(bytes((_LIST + len(disclosures),)) + b"".join(disclosures)) if disclosures else []
        return [_same(one, parts) for one, parts in zip(disclosures, read, strict=True)]  # type: ignore[call-overload]
    except (simple.Other, canonical.NotCanonical, ValueError):  # one is none, or not simple, or they are many
        return [opened(one, where) for one in disclosures]


def _same(data: bytes, parts: object) -> tuple[str, Value]:
    """Return name and value of parts that are written like this."""
    if type(parts) is not list or len(parts) != 3:
        raise simple.Other
    salt, name, value = parts
    if type(salt) is not bytes or len(salt) != SALT or type(name) is not str:
        raise simple.Other
    if b"".join((_HEAD, salt, _name(name), simple.written(value))) != data:
        raise simple.Other
    return name, value


def opened(data: bytes, where: str) -> tuple[str, Value]:
    """Return the name and the value that the bytes disclose.

    Raises:
        Fault: they are no disclosure in canonical form.
    """
    try:
        return _opened_at_once(data)
    except simple.Other:
        return _opened(data, where)


def _opened_at_once(data: bytes) -> tuple[str, Value]:
    if not data.startswith(_HEAD):
        raise simple.Other
    name, place = simple.read_item(data, _START)
    value, place = simple.read(data, place)
    if place != len(data) or not isinstance(name, str):
        raise simple.Other
    return name, value


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
