"""A portion: which fields of a record a clause gives, and which are withheld and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final, NamedTuple, TypeAlias

import msgspec

from comity.agreements import field, veto
from comity.agreements.clause import Blur, Clause
from comity.agreements.layout import Layout
from comity.agreements.shape import Shape, shape
from comity.vocabulary.record import Record

MOST_KNOWN: Final = 1_024
"""Portions of one clause that are remembered; then they are found out anew."""
_CONCEALED: Final = "safeguard 6: identifiers of ships and aircraft only"


class Withheld(msgspec.Struct, frozen=True):
    """A field that is not given, or not as it is known, and by which clause."""

    field: str
    reason: str
    clause: str


Chosen: TypeAlias = tuple[tuple[str, ...], tuple[Withheld, ...]]
"""The names of the fields given, and the fields withheld."""


def chosen(record: Record, offered: tuple[str, ...], clause: str, blur: Blur, hidden: Mapping[str, str]) -> Chosen:
    """Part the record's fields into those given and those withheld, with the reason for each.

    `hidden` says why fields are not given whatever the clause says.
    """

    def fits(name: str) -> bool:
        return field.fits(record.kind, name, record.fields[name])

    concealed = {**dict.fromkeys(veto.concealed(record.kind, record.subjects), _CONCEALED), **hidden}
    return _parted(record.fields, offered, concealed, fits, clause, blur)


def _parted(
    names: Iterable[str],
    offered: tuple[str, ...],
    concealed: Mapping[str, str],
    fits: Callable[[str], bool],
    clause: str,
    blur: Blur,
) -> Chosen:
    given: list[str] = []
    withheld: list[Withheld] = []
    for name in sorted(names):
        if name not in offered:
            withheld.append(Withheld(name, "the clause does not give it", clause))
        elif name in concealed:
            withheld.append(Withheld(name, concealed[name], clause))
        elif not fits(name):
            withheld.append(Withheld(name, "its value has not the shape of this field", clause))
        else:
            given.append(name)
            if name == "position" and blur.position:
                withheld.append(Withheld(name, f"given within {blur.position} m only", clause))
    return tuple(given), tuple(withheld)


class Portion(NamedTuple):
    """What a clause gives of records of one layout, where every value given has the shape of its field."""

    chosen: Chosen
    shape: Shape


class Portions:
    """What one clause gives of records, by their layout."""

    __slots__ = ("_clause", "_known")

    def __init__(self, clause: Clause) -> None:
        self._clause = clause
        self._known: tuple[dict[Layout, Portion], dict[Layout, Portion]] = ({}, {})

    def of(self, record: Record, laid: Layout, *, concealing: bool) -> Chosen:
        """Return what `chosen` returns; `concealing` says whether safeguard 6 keeps back any field of the record."""
        found, expected = self._known[concealing].get(laid) or self._found(record, laid, concealing=concealing)
        if expected.fits(record.fields):
            return found
        return chosen(record, self._clause.fields, self._clause.id, self._clause.blur, {})

    def _found(self, record: Record, laid: Layout, *, concealing: bool) -> Portion:
        known = self._known[concealing]
        if len(known) >= MOST_KNOWN:
            known.clear()
        clause, concealed = self._clause, dict.fromkeys(veto.concealed(record.kind, record.subjects), _CONCEALED)
        known_names = field.known(clause.give).__contains__
        found = _parted(laid.names, clause.fields, concealed, known_names, clause.id, clause.blur)
        portion = known[laid] = Portion(found, shape(clause.give, found[0]))
        return portion
