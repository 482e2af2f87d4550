"""Canonical form: the one sequence of bytes that stands for a value, to be hashed and signed.

Deterministic CBOR (RFC 8949, section 4.2.1): shortest integers and floats, definite lengths, map keys in bytewise
order of their encoding. Map keys are text, for which that order and the older "shorter first" order are the same.
Reading is strict: bytes that do not come out the same when written again are refused, so that no two messages mean
the same thing. The page is docs/formats/canonical.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, NoReturn, TypeVar, cast
from uuid import UUID

import cbor2
import msgspec

from comity.foundation import ordering, plain
from comity.foundation.ordering import DEEPEST, SURROGATE, NotCanonical, Order

__all__ = ["DEEPEST", "LARGEST", "NotCanonical", "digest", "loaded", "own", "prepare", "read", "read_plain", "written"]

LARGEST = 16 * 1024 * 1024
"""Bytes. Nothing canonical is larger."""

_LEFT = (bytes, bytearray, memoryview, datetime, date, time, timedelta, Decimal, UUID)
"""Those that msgspec would turn into text by itself are left as they are, to be refused."""

_SIMPLE = frozenset({str, int, float, bool, type(None), bytes})
_NESTED = frozenset({list, tuple, dict})

_Kind = TypeVar("_Kind")


def prepare() -> None:
    """Have it found out now what each struct that there is consists of; call this before threads begin.

    msgspec finds that out when a struct is first read, and shows it to other threads before it is whole: one that reads
    the same struct in that moment ends the process with a segmentation fault (msgspec 0.22).
    """
    known: list[type[msgspec.Struct]] = [msgspec.Struct]
    for kind in known:  # grows while it is gone through
        known += kind.__subclasses__()
        with suppress(msgspec.ValidationError, TypeError, NameError):  # no value; one that cannot be read at all
            msgspec.convert(None, kind)


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
    kind = type(value)
    if kind in _SIMPLE:
        return _fitting(plain.written(value))
    if kind in _NESTED:
        with suppress(NotCanonical):  # what is inside may be a struct, or else is refused below
            return _fitting(plain.written(value))
    try:
        built = _plain(value)
        if not isinstance(value, msgspec.Struct):
            return _fitting(plain.written(built))
        built = _plain(msgspec.convert(built, kind))
    except (msgspec.MsgspecError, TypeError, RecursionError) as error:
        raise NotCanonical(f"a {type(value).__name__} that cannot be written: {error}") from error
    return _encoded(built, ordering.of(cast("Any", kind)))


def read(data: bytes, kind: type[_Kind], *, where: str = "") -> _Kind:
    """Return the value of type `kind` whose canonical bytes these are.

    Raises:
        NotCanonical: they are no CBOR, not canonical, too large, too deep, or not of that type.
    """
    found = loaded(data, where)
    try:
        value = msgspec.convert(found, kind)
    except (msgspec.ValidationError, ValueError) as error:
        raise NotCanonical(f"not a {kind.__name__}: {error}", where=where) from error
    try:
        same = _encoded(_plain(value), ordering.of(cast("Any", kind))) == data
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
    found = loaded(data, where)
    try:
        same = plain.written(found) == data
    except NotCanonical as fault:
        raise NotCanonical(fault.what, where=where) from fault
    if not same:
        raise NotCanonical("the bytes are not the one canonical form of what they say", where=where)
    return found


def _plain(value: object) -> object:
    return msgspec.to_builtins(value, builtin_types=_LEFT)


def _encoded(value: object, order: Order) -> bytes:
    """Return the bytes of what a struct was made into: whole, an encoder of all CBOR writes it faster than `plain`."""
    short: list[float] = []
    in_order = order(value, short)
    try:
        # With maps in order and no number to be shortened both ways of writing give the same; this one is faster.
        data = cbor2.dumps(in_order, canonical=True) if short else cbor2.dumps(in_order)
    except UnicodeEncodeError as error:
        raise NotCanonical(SURROGATE) from error
    return _fitting(data)


def _fitting(data: bytes) -> bytes:
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


def loaded(data: bytes, where: str = "") -> object:
    """Return the plain value that the bytes say, in canonical form or not: for who compares it with what is written.

    Raises:
        NotCanonical: they are no CBOR, too large, too deep, or hold what has no canonical form in any case.
    """
    if len(data) > LARGEST:
        raise NotCanonical(f"{len(data)} bytes are more than the {LARGEST} allowed", where=where)
    try:
        found: object = cbor2.loads(
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
    return found
