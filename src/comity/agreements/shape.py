"""A shape: what several fields of one record must look like, asked about all of them at once.

It says of them together what `field.fits` says of each: most by their types alone, texts and lists in one go by
msgspec. A no is not sure, and must be asked again one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Annotated, Any, Final, TypeAlias

import msgspec
from msgspec import Meta

from comity.agreements import field
from comity.agreements.field import LONGEST_LIST, LONGEST_TEXT
from comity.vocabulary.record import RecordKind, Value

MOST_KNOWN: Final = 1_024
"""Combinations of types that one shape remembers."""

_Text: TypeAlias = Annotated[str, Meta(max_length=LONGEST_TEXT)]
_Mark: TypeAlias = int | _Text | None
_Texts: TypeAlias = Annotated[list[_Text], Meta(max_length=LONGEST_LIST)]
_Marks: TypeAlias = Annotated[list[_Mark], Meta(max_length=LONGEST_LIST)]
_READ: Final[Mapping[Callable[[Value], bool], tuple[Any, frozenset[type]]]] = {
    field.integer: (Any, frozenset({int})),
    field.text: (_Text, frozenset({str})),
    field.area: (_Text | None, frozenset({str, type(None)})),
    field.marks: (_Mark | _Marks, frozenset({int, str, list, type(None)})),
    field.texts: (_Texts, frozenset({list})),
}
"""How msgspec reads what fits, and of which types it must be: of others msgspec accepts more than fits."""


class Shape:
    """What the fields of these names must look like, in records of one kind."""

    __slots__ = ("_asked", "_known", "_names", "_read", "_types", "_values")

    def __init__(self, kind: RecordKind, names: Sequence[str]) -> None:
        shapes = {name: fits for name in names if (fits := field.shape(kind, name)) is not None}
        self._names = [name for name, fits in shapes.items() if fits in _READ]
        self._types = [_READ[fits][1] for fits in shapes.values() if fits in _READ]
        self._asked = tuple((name, fits) for name, fits in shapes.items() if fits not in _READ)
        kinds = [_READ[fits][0] for fits in shapes.values() if fits in _READ]
        self._read = msgspec.defstruct("Read", list(zip(self._names, kinds, strict=True)), array_like=True)
        self._values = _getter(self._names)
        self._known: set[tuple[type, ...]] = set()

    def fits(self, fields: Mapping[str, Value]) -> bool:
        """Whether the values surely all have the shape of their field.

        Raises:
            KeyError: the record has no field of one of these names.
        """
        values = self._values(fields)
        types = tuple(map(type, values))
        if types not in self._known and not self._plain(types):
            return False
        try:
            msgspec.convert(values, self._read)
        except msgspec.ValidationError:
            return False
        for name, fits in self._asked:  # noqa: SIM110 - half the time of all(…)
            if not fits(fields[name]):
                return False
        return True

    def _plain(self, types: tuple[type, ...]) -> bool:
        """Whether each value is of a type that its field may have; if so they are remembered."""
        if not all(kind in plain for kind, plain in zip(types, self._types, strict=True)):
            return False
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        self._known.add(types)
        return True


def _getter(names: Sequence[str]) -> Callable[[Mapping[str, Value]], tuple[Value, ...]]:
    if len(names) > 1:
        return itemgetter(*names)
    return lambda fields: tuple(fields[name] for name in names)


@lru_cache(maxsize=256)
def shape(kind: RecordKind, names: tuple[str, ...]) -> Shape:
    """Return the shape of the fields of these names: most clauses give one of a few sets of them."""
    return Shape(kind, names)
