"""Ordering: a plain value with each of its maps in canonical order, and nothing in it that has no canonical form.

Looking at every value for what it is takes longer than to encode it. What a struct's type says of its fields is known
beforehand: of each type it is found out once where an order or a number has to be looked at; the rest is left alone.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Mapping, Sequence, Sized
from functools import lru_cache
from typing import Any, TypeAlias, cast

import msgspec

from comity.vocabulary.fault import Fault

DEEPEST = 32
"""Levels of nesting."""
SIMPLE = frozenset({str, bytes, bool, type(None)})
"""Types of which every value has a canonical form."""
SURROGATE = "the text holds a half of a surrogate pair, which is not Unicode"

Short: TypeAlias = list[float]
"""Numbers that a shorter form than eight bytes holds: those of one value, as they are found."""
Order: TypeAlias = Callable[[Any, Short], object]

_FEW = 64
LEAST, BEYOND = -(2**63), 2**64
"""Whole numbers from the first on and below the second have a canonical form."""
_FOUR = struct.Struct(">f")
_LEAVES = (
    msgspec.inspect.StrType,
    msgspec.inspect.BytesType,
    msgspec.inspect.BoolType,
    msgspec.inspect.NoneType,
)


class NotCanonical(Fault):
    """Bytes that are not the canonical form of what they should be."""


def ordered(value: object, short: Short, depth: int = 0) -> object:
    """Return the value with each map in order; numbers that a shorter form holds are added to `short`.

    Raises:
        NotCanonical: it has no canonical form.
    """
    kind = type(value)
    if kind in SIMPLE or (kind is int and LEAST <= cast("int", value) < BEYOND):
        return value
    if isinstance(value, dict):
        _expect_shallow(value, depth)
        return {key: ordered(value[key], short, depth + 1) for key in keys(value)}
    if isinstance(value, (list, tuple)):
        _expect_shallow(value, depth)
        if set(map(type, value)) <= SIMPLE:
            return value
        return [ordered(item, short, depth + 1) for item in value]
    _examine(value)
    if isinstance(value, float) and _shorter(value):
        short.append(value)
    return value


@lru_cache(maxsize=1024)
def of(kind: Any) -> Order:  # noqa: ANN401 - whatever msgspec takes for a type
    """Return what does the same as `ordered` with values that msgspec has made plain from ones of this type."""
    return _of(msgspec.inspect.type_info(kind), 0) or _as_it_is


def _as_it_is(value: object, short: Short) -> object:
    del short
    return value


def _of(kind: msgspec.inspect.Type, depth: int) -> Order | None:
    """Return how values of the type are put in order; None: there is nothing to be looked at."""
    if isinstance(kind, _LEAVES) or _of_texts(kind):
        return None
    if depth >= DEEPEST:
        return _at(depth)
    for form, way in _WAYS.items():
        if isinstance(kind, form):
            return way(kind, depth)
    return _at(depth)


def _of_texts(kind: msgspec.inspect.Type) -> bool:
    return isinstance(kind, msgspec.inspect.EnumType) and all(type(one.value) is str for one in kind.cls)


def _at(depth: int) -> Order:
    """Return what looks at everything, in a value that lies so deep in the whole."""
    return lambda value, short: ordered(value, short, depth)


def _whole(value: int, short: Short) -> object:
    if not LEAST <= value < BEYOND:
        raise NotCanonical("an integer exceeds 64 bits")
    del short
    return value


def _real(value: float, short: Short) -> object:
    if not math.isfinite(value):
        raise NotCanonical("a number is not finite")
    if _shorter(value):
        short.append(value)
    return value


def _fields(kind: msgspec.inspect.StructType, depth: int) -> Order | None:
    if kind.array_like:
        return _at(depth)
    found = {field.encode_name: _of(field.type, depth + 1) for field in kind.fields}
    looked_at = [(name, order) for name, order in found.items() if order is not None]

    def order(value: dict[str, Any], short: Short) -> object:
        made = {key: value[key] for key in _few_in_order(tuple(value))}
        for name, inner in looked_at:
            if name in made:
                made[name] = inner(made[name], short)
        return made

    return order


def _each(kind: msgspec.inspect.VarTupleType | msgspec.inspect.ListType, depth: int) -> Order | None:
    inner = _of(kind.item_type, depth + 1)
    return None if inner is None else lambda value, short: [inner(item, short) for item in value]


def _either(kind: msgspec.inspect.UnionType, depth: int) -> Order | None:
    """Return what puts one of several types in order: only of nothing and one other it is known beforehand which."""
    others = [one for one in kind.types if not isinstance(one, msgspec.inspect.NoneType)]
    if len(others) == 1:
        inner = _of(others[0], depth)
        return None if inner is None else lambda value, short: None if value is None else inner(value, short)
    return None if all(_of(one, depth) is None for one in others) else _at(depth)


_WAYS: Mapping[type[msgspec.inspect.Type], Callable[[Any, int], Order | None]] = {
    msgspec.inspect.IntType: lambda _kind, _depth: _whole,
    msgspec.inspect.FloatType: lambda _kind, _depth: _real,
    msgspec.inspect.StructType: _fields,
    msgspec.inspect.VarTupleType: _each,
    msgspec.inspect.ListType: _each,
    msgspec.inspect.UnionType: _either,
}
"""For each form of a type, how its values are put in order at that depth."""


def _expect_shallow(value: Sized, depth: int) -> None:
    if depth >= DEEPEST and len(value):
        raise NotCanonical(f"nested deeper than {DEEPEST} levels")


def keys(value: dict[object, object]) -> Sequence[str]:
    """Return the keys of a map in order; few and short ones, like those of a struct, are put in order once only."""
    known = _known.get(tuple(value))
    if known is not None:
        return known
    for key in value:
        if not isinstance(key, str):
            raise NotCanonical(f"the map key {key!r} is not text")
    names = cast("tuple[str, ...]", tuple(value))
    found = _in_order(names)
    if len(names) <= _FEW and sum(map(len, names)) <= _FEW * 16 and len(_known) < _KNOWN:
        _known[names] = found
    return found


def _in_order(keys: tuple[str, ...]) -> Sequence[str]:
    try:
        encoded = {key: key.encode() for key in keys}
    except UnicodeEncodeError as error:
        raise NotCanonical(SURROGATE) from error
    return sorted(keys, key=lambda key: (len(encoded[key]), encoded[key]))


_few_in_order = lru_cache(maxsize=1024)(_in_order)
_KNOWN = 1024
_known: dict[tuple[object, ...], Sequence[str]] = {}
"""The order of keys that were met before, as long as there is room."""


def _shorter(value: float) -> bool:
    """Whether four bytes, or two, hold the number as eight do."""
    try:
        return bool(_FOUR.unpack(_FOUR.pack(value))[0] == value)
    except OverflowError:
        return False


def _examine(value: object) -> None:
    if value is None or isinstance(value, (str, bytes, bool)):
        return
    if isinstance(value, int):
        if not LEAST <= value < BEYOND:
            raise NotCanonical("an integer exceeds 64 bits")
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise NotCanonical("a number is not finite")
    else:
        raise NotCanonical(f"a {type(value).__name__} has no canonical form")
