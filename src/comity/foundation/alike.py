"""Alike: the canonical bytes of many structs of one type that differ in few fields, as those made in one act do."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any, TypeAlias, cast

import msgspec

from comity.foundation import plain
from comity.foundation.canonical import written

_SCALARS = frozenset({str, bytes, int})
_Form: TypeAlias = tuple[bytes, ...]
"""What stands before the first of the fields that differ, between it and the next, and so on, and after the last."""


@lru_cache(maxsize=64)
def _parted(kind: type[msgspec.Struct], apart: tuple[str, ...]) -> tuple[tuple[str, ...], Any, Any]:
    """Return the names of the fields that differ, in canonical order, and what takes them, and all others, of one."""
    names = tuple(sorted(apart, key=lambda name: (len(name), name)))
    return names, attrgetter(*names), attrgetter(*(name for name in kind.__struct_fields__ if name not in apart))


def written_alike(values: Sequence[msgspec.Struct], apart: tuple[str, ...]) -> list[bytes]:
    """Return of each of these, all of one type, what `canonical.written` does.

    `apart` names the two or more fields in which they differ for the most part: text, bytes, whole numbers or tuples of
    bytes, whose type says no more of them. The bytes of one serve for all others that have the same in every other
    field; whatever is not certain is written by itself.

    Raises:
        NotCanonical: as `written` does.
    """
    forms: dict[Any, _Form | None] = {}
    made: list[bytes] = []
    for value in values:
        names, differing, shared_by = _parted(type(value), apart)
        found, shared = differing(value), shared_by(value)
        form = forms.get(shared)
        if form is not None and _simple(found):
            parts = [form[0]]
            for one, after in zip(found, form[1:], strict=True):
                parts += (plain.written(one), after)
            made.append(b"".join(parts))
            continue
        made.append(written(value))
        if len(values) > 1 and shared not in forms and _simple(found):
            forms[shared] = _form(made[-1], names, found)
    return made


def _simple(found: tuple[object, ...]) -> bool:
    """Whether each has a value, as only such stand in every form, and is of a kind that is surely written so."""
    for one in found:
        kind = type(one)
        if not one or not (
            kind in _SCALARS or (kind is tuple and {bytes}.issuperset(map(type, cast("tuple[object, ...]", one))))
        ):
            return False
    return True


def _form(body: bytes, names: tuple[str, ...], found: tuple[object, ...]) -> _Form | None:
    """Return the form of the bytes, None where it is not certain where in them the fields stand."""
    form: list[bytes] = []
    for name, value in zip(names, found, strict=True):
        key, written_value = plain.written(name), plain.written(value)
        if body.count(key + written_value) != 1:
            return None
        before, body = body.split(key + written_value)
        form.append(before + key)
    return (*form, body)
