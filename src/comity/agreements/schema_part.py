"""Schema parts: what the JSON Schema of agreements is put together from, each made from the type that it is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import TypeAlias

import msgspec

from comity.agreements import clause
from comity.agreements.flaw import WORD
from comity.agreements.quantity import DATE, WHOLE
from comity.vocabulary.partner import NAME_PATTERN

Json: TypeAlias = dict[str, object]


def mapping(required: Iterable[str], optional: Iterable[str], parts: Mapping[str, Json]) -> Json:
    """Return a mapping of these keys and no others.

    Raises:
        TypeError: the parts are not those of the keys: the schema has fallen behind.
    """
    needed = list(required)
    if parts.keys() != {*needed, *optional}:
        raise TypeError(f"{sorted(parts.keys() ^ {*needed, *optional})} is not told of, or told of in vain")
    return {"type": "object", "required": needed, "additionalProperties": False, "properties": dict(parts)}


def held(kind: type[msgspec.Struct], parts: Mapping[str, Json], *, left_out: frozenset[str] = frozenset()) -> Json:
    """Return the mapping from which this type is made; `left_out`: keys that need not stand, though it has them."""
    fields = msgspec.structs.fields(kind)
    needed = [one.encode_name for one in fields if one.required and one.encode_name not in left_out]
    return mapping(needed, [one.encode_name for one in fields if one.encode_name not in needed], parts)


def several(items: Json, most: int, *, unique: bool = False) -> Json:
    """Return a list of so many items at most, one at least; `unique`: each once."""
    found: Json = {"type": "array", "minItems": 1, "maxItems": most, "items": items}
    return {**found, "uniqueItems": True} if unique else found


def pattern(regular: str) -> Json:
    """Return text that matches as a whole."""
    return {"type": "string", "pattern": f"^(?:{regular})$"}


def text(most: int = 200) -> Json:
    """Return what is written out: what looks like a number is one for an editor."""
    return {"type": ["string", "number", "boolean"], "pattern": r"\S", "maxLength": most}


def word() -> Json:
    """Return a name as agreements give them."""
    return pattern(WORD.pattern)


def name() -> Json:
    """Return the name of a node."""
    return {"type": "string", "pattern": NAME_PATTERN}


def whole() -> Json:
    """Return a whole number from 1, or how one is written."""
    return {"anyOf": [{"type": "integer", "minimum": 1, "maximum": 10**9 - 1}, pattern(WHOLE.pattern)]}


def time() -> Json:
    """Return a date, or a moment in UTC."""
    return pattern(rf"{DATE.pattern}|[0-9].*Z")


def enum(kind: type[Enum], without: Iterable[Enum] = ()) -> Json:
    """Return one of the words of a kind, but for some."""
    return {"enum": [one.value for one in kind if one not in tuple(without)]}


def enums(kind: type[Enum], most: int) -> Json:
    """Return a list of words of a kind, each once."""
    return several(enum(kind), most, unique=True)


def names(item: Json | None = None, description: str = "") -> Json:
    """Return one word, or a list of them, each once."""
    one = item or text()
    found: Json = {"anyOf": [one, several(one, clause.MOST, unique=True)]}
    return {**found, "description": description} if description else found
