"""Canonical form: the one sequence of bytes that stands for a value, to be hashed and signed.

Deterministic CBOR (RFC 8949, section 4.2.1): shortest integers and floats, definite lengths, map keys in bytewise
order of their encoding. Map keys are text, for which that order and the older "shorter first" order are the same.
Reading is strict: bytes that do not come out the same when written again are refused, so that no two messages mean
the same thing. The page is docs/formats/canonical.md.
"""

from __future__ import annotations

import hashlib
import math
import struct
from collections.abc import Iterator, Mapping, Sequence, Sized
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, NoReturn, TypeVar, cast
from uuid import UUID

import cbor2
import msgspec

from comity.vocabulary.fault import Fault

LARGEST = 16 * 1024 * 1024
"""Bytes. Nothing canonical is larger."""
DEEPEST = 32
"""Levels of nesting."""

_SIMPLE = frozenset({str, bytes, bool, type(None)})
"""Types of which every value has a canonical form."""
_LEFT = (bytes, bytearray, memoryview, datetime, date, time, timedelta, Decimal, UUID)
"""Those that msgspec would turn into text by itself are left as they are, to be refused."""
_FEW = 64
_LEAST, _BEYOND = -(2**63), 2**64
_FOUR = struct.Struct(">f")
_SURROGATE = "the text holds a half of a surrogate pair, which is not Unicode"

_Kind = TypeVar("_Kind")


class NotCanonical(Fault):
    """Bytes that are not the canonical form of what they should be."""


def digest(*parts: bytes) -> bytes:
    """Return SHA-256 over the parts one after another."""
    return hashlib.sha256(b"".join(parts)).digest()


def own(data: bytes, kind: type[_Kind]) -> _Kind:
    """Return the value that this node wrote itself, as far as `kind` asks for it: its form is not examined again.

    Raises:
        NotCanonical: it holds no such value.
    """
    try:
        return msgspec.convert(cbor2.loads(data), kind)
    except (msgspec.ValidationError, cbor2.CBORError, ValueError) as error:
        raise NotCanonical(f"not a {kind.__name__}: {error}") from error


def written(value: object) -> bytes:
    """Return the canonical bytes of a struct, or of plain maps, lists, text, bytes, numbers, booleans and null.

    A struct is checked against its own type first: whole numbers where its fields want real ones become real, and
    what could not be read back is not written.

    Raises:
        NotCanonical: the struct is not what its type says, a map key is not text, text is not Unicode, a number is
            not finite or exceeds 64 bits, or the value is too deep, too large or of a kind that has no canonical form.
    """
    if type(value) in _SIMPLE or type(value) is int:
        return _encoded(value)
    try:
        plain = _plain(value)
        if isinstance(value, msgspec.Struct):
            plain = _plain(msgspec.convert(plain, type(value)))
    except (msgspec.MsgspecError, TypeError, RecursionError) as error:
        raise NotCanonical(f"a {type(value).__name__} that cannot be written: {error}") from error
    return _encoded(plain)


def read(data: bytes, kind: type[_Kind], *, where: str = "") -> _Kind:
    """Return the value of type `kind` whose canonical bytes these are.

    Raises:
        NotCanonical: they are no CBOR, not canonical, too large, too deep, or not of that type.
    """
    plain = _loaded(data, where)
    try:
        value = msgspec.convert(plain, kind)
    except (msgspec.ValidationError, ValueError) as error:
        raise NotCanonical(f"not a {kind.__name__}: {error}", where=where) from error
    try:
        same = _encoded(_plain(value)) == data
    except (TypeError, RecursionError) as error:
        raise NotCanonical(f"a {kind.__name__} that has no canonical form", where=where) from error
    except NotCanonical as fault:
        raise NotCanonical(fault.what, where=where) from fault
    if not same:
        raise NotCanonical("the bytes are not the one canonical form of what they say", where=where)
    return value


def read_plain(data: bytes, *, where: str = "") -> object:
    """Return the plain maps, lists, text, bytes, numbers, booleans or null whose canonical bytes these are.

    Raises:
        NotCanonical: they are no CBOR, not canonical, too large or too deep.
    """
    plain = _loaded(data, where)
    try:
        same = _encoded(plain) == data
    except NotCanonical as fault:
        raise NotCanonical(fault.what, where=where) from fault
    if not same:
        raise NotCanonical("the bytes are not the one canonical form of what they say", where=where)
    return plain


def _plain(value: object) -> object:
    return msgspec.to_builtins(value, builtin_types=_LEFT)


def _encoded(plain: object) -> bytes:
    short: list[float] = []
    ordered = _ordered(plain, 0, short)
    try:
        # With maps in order and no number to be shortened both ways of writing give the same; this one is faster.
        data = cbor2.dumps(ordered, canonical=bool(short))
    except UnicodeEncodeError as error:
        raise NotCanonical(_SURROGATE) from error
    if len(data) > LARGEST:
        raise NotCanonical(f"{len(data)} bytes are more than the {LARGEST} allowed")
    return data


class _NoTags(Mapping[int, Any]):
    """Refuses every tag before it is followed: some build patterns, dates or references that multiply without end."""

    def __getitem__(self, tag: int) -> NoReturn:
        raise NotCanonical(f"tag {tag} has no place in canonical form")

    def __iter__(self) -> Iterator[int]:
        return iter(())

    def __len__(self) -> int:
        return 0


_NO_TAGS = _NoTags()


def _loaded(data: bytes, where: str) -> object:
    if len(data) > LARGEST:
        raise NotCanonical(f"{len(data)} bytes are more than the {LARGEST} allowed", where=where)
    try:
        plain: object = cbor2.loads(
            data,
            max_depth=DEEPEST,
            allow_indefinite=False,
            allow_duplicate_keys=False,
            strict_hashable_types=True,
            semantic_decoders=_NO_TAGS,
        )
    except NotCanonical as fault:
        raise NotCanonical(fault.what, where=where) from fault
    except (cbor2.CBORError, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise NotCanonical(f"not readable CBOR ({error})", where=where) from error
    return plain


def _ordered(value: object, depth: int, short: list[float]) -> object:
    """Return the value with each map in order; numbers that a shorter form holds are added to `short`.

    Raises:
        NotCanonical: it has no canonical form.
    """
    kind = type(value)
    if kind in _SIMPLE or (kind is int and _LEAST <= cast("int", value) < _BEYOND):
        return value
    if isinstance(value, dict):
        _expect_shallow(value, depth)
        return {key: _ordered(value[key], depth + 1, short) for key in _keys(value)}
    if isinstance(value, (list, tuple)):
        _expect_shallow(value, depth)
        if set(map(type, value)) <= _SIMPLE:
            return value
        return [_ordered(item, depth + 1, short) for item in value]
    _examine(value)
    if isinstance(value, float) and _shorter(value):
        short.append(value)
    return value


def _expect_shallow(value: Sized, depth: int) -> None:
    if depth >= DEEPEST and len(value):
        raise NotCanonical(f"nested deeper than {DEEPEST} levels")


def _keys(value: dict[object, object]) -> Sequence[str]:
    """Return the keys of a map in order; few and short ones, like those of a struct, are put in order once only."""
    for key in value:
        if not isinstance(key, str):
            raise NotCanonical(f"the map key {key!r} is not text")
    keys = cast("tuple[str, ...]", tuple(value))
    if len(keys) <= _FEW and sum(map(len, keys)) <= _FEW * 16:
        return _few_in_order(keys)
    return _in_order(keys)


def _in_order(keys: tuple[str, ...]) -> Sequence[str]:
    try:
        encoded = {key: key.encode() for key in keys}
    except UnicodeEncodeError as error:
        raise NotCanonical(_SURROGATE) from error
    return sorted(keys, key=lambda key: (len(encoded[key]), encoded[key]))


_few_in_order = lru_cache(maxsize=512)(_in_order)


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
        if not _LEAST <= value < _BEYOND:
            raise NotCanonical("an integer exceeds 64 bits")
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise NotCanonical("a number is not finite")
    else:
        raise NotCanonical(f"a {type(value).__name__} has no canonical form")
