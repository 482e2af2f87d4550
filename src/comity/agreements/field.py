"""Fields: what each kind of record can tell by name, and what shape each has."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Final

import msgspec

from comity.vocabulary import attachment, person
from comity.vocabulary.attachment import Attachment
from comity.vocabulary.offence import Offence
from comity.vocabulary.person import Birth, Ground, IdentityDocument, Nationality, PersonName, RecordedSex
from comity.vocabulary.place import Position
from comity.vocabulary.record import WRITTEN, RecordKind, Value
from comity.vocabulary.thing import ThingKind
from comity.vocabulary.writing import MOST_SUBJECTS

LONGEST_TEXT: Final = 4_000
LONGEST_LIST: Final = 1_000

IDENTIFIERS: Final = frozenset({"mmsi", "imo", "call_sign", "name"})
"""They single out one ship or aircraft."""
FREE_TEXT: Final = frozenset(
    {"explanation", "would_change", "reason", "title", "text", "descriptions", "independent", "attachments"}
    | {"description", "facts"}
)
"""They can say anything, a position or an identity included."""

_WHERE: Final = frozenset({"position", "velocity", "area"})

TOLD: Final[Mapping[str, frozenset[str]]] = {
    "explanation": frozenset({"position", "time", "until", "mmsi", "name", "sources"}),
    "would_change": frozenset({"sources"}),
}
"""What else the words of a field that the machine writes can tell: it is given only where all of that is."""


_OF_PLACE: Final = frozenset({"latitude", "longitude", "within"})
_OF_VELOCITY: Final = frozenset({"speed", "course", "heading"})


def text(value: Value) -> bool:
    """Whether it is text, not too long."""
    return isinstance(value, str) and len(value) <= LONGEST_TEXT


def _number(value: Value) -> bool:
    if type(value) is float:
        return math.isfinite(value)
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def integer(value: Value) -> bool:
    """Whether it is a whole number."""
    return isinstance(value, int) and not isinstance(value, bool)


def _mark(value: Value) -> bool:
    return value is None or text(value) or integer(value)


def marks(value: Value) -> bool:
    """Whether it is one mark, a number or text, or one for each subject; there may be none."""
    if not isinstance(value, list):
        return _mark(value)
    for one in value:
        if type(one) is not int and not _mark(one):
            return False
    return len(value) <= LONGEST_LIST


def area(value: Value) -> bool:
    """Whether it is the name of an area, or none."""
    return value is None or text(value)


def texts(value: Value) -> bool:
    """Whether it is a list of texts."""
    return isinstance(value, list) and len(value) <= LONGEST_LIST and all(map(text, value))


def _numbers(value: Value, names: frozenset[str]) -> bool:
    if not isinstance(value, dict):
        return False
    for name, number in value.items():  # noqa: SIM110 - half the time of all(…)
        if name not in names or not _number(number):
            return False
    return True


def _place(value: Value) -> bool:
    if type(value) is dict and len(value) == 2:  # as nearly all are
        north, east = value.get("latitude"), value.get("longitude")
        if type(north) is float and type(east) is float:
            return abs(north) <= 90 and abs(east) <= 180
    return _numbers(value, _OF_PLACE) and place_of(value) is not None


def _velocity(value: Value) -> bool:
    return _numbers(value, _OF_VELOCITY)


def _word(value: Value) -> bool:
    """Return whether it is an officer's word, that nobody is named or that conduct alone counts: yes, or it is none."""
    return value is True


def _things(value: Value) -> bool:
    return (
        isinstance(value, list)
        and len(value) <= MOST_SUBJECTS
        and all(isinstance(one, str) and one in _THINGS for one in value)
    )


def _attachments(value: Value) -> bool:
    return isinstance(value, list) and len(value) <= attachment.MOST and all(map(_attachment, value))


def _attachment(value: Value) -> bool:
    """Whether it is a whole attachment of its type, with its digest."""
    if not isinstance(value, dict) or value.keys() != {"name", "type", "sha256", "content"}:
        return False
    try:
        made = msgspec.convert({name: value[name] for name in ("name", "type", "content")}, Attachment)
    except msgspec.ValidationError:
        return False
    return value["sha256"] == made.digest.hex()


def _whole(kind: type[msgspec.Struct], value: Value) -> bool:
    """Whether it says all that is in such a struct, and no more."""
    if not isinstance(value, dict) or value.keys() != set(kind.__struct_fields__):
        return False
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return False
    return True


def _one(kind: type[msgspec.Struct]) -> Callable[[Value], bool]:
    return lambda value: value is None or _whole(kind, value)


def _several(kind: type[msgspec.Struct], least: int, most: int) -> Callable[[Value], bool]:
    return lambda value: (
        isinstance(value, list) and least <= len(value) <= most and all(_whole(kind, one) for one in value)
    )


def _word_of(kind: type[Enum]) -> Callable[[Value], bool]:
    words = frozenset(one.value for one in kind)
    return lambda value: isinstance(value, str) and value in words


_THINGS: Final = frozenset(kind.value for kind in ThingKind)
_NAMED: Final[dict[str, Callable[[Value], bool]]] = dict.fromkeys((*sorted(IDENTIFIERS), "ship_type"), marks)
_WRITTEN: Final[Mapping[str, Callable[[Value], bool]]] = {
    **dict.fromkeys(sorted(IDENTIFIERS), marks),
    **dict.fromkeys(("offence", "title", "text", "reason", "officer", "grading", "independent"), text),
    **dict.fromkeys(("time", "since", "until", "version", "expires"), integer),
    "position": _place,
    "area": area,
    "subjects": _things,
    "descriptions": texts,
    "names_nobody": _word,
}
NEEDED: Final = ("time", "version", "expires", "grading", "names_nobody")
"""Without which no report or notice travels: who has it knows when, which version, until when and how graded it is."""
NEEDED_OF_PERSONS: Final = ("time", "version", "review", "grading", "offence", "ground", "on_conduct_alone")
"""Without which no record about a person travels: on what suspicion it rests, and until when anybody may read it."""
_PERSON: Final[Mapping[str, Callable[[Value], bool]]] = {
    "names": _several(PersonName, 1, person.MOST_NAMES),
    "birth": _one(Birth),
    "sex": _one(RecordedSex),
    "nationalities": _several(Nationality, 0, person.MOST_NATIONALITIES),
    "documents": _several(IdentityDocument, 0, person.MOST_DOCUMENTS),
    **dict.fromkeys(("description", "facts", "grading", "basis", "officer"), text),
    "offence": _word_of(Offence),
    "ground": _word_of(Ground),
    "area": area,
    **dict.fromkeys(("time", "version", "review"), integer),
    "on_conduct_alone": _word,
}
_SHAPES: Final[Mapping[RecordKind, Mapping[str, Callable[[Value], bool]]]] = {
    RecordKind.ALERT: {
        **_NAMED,
        "kind": text,
        "severity": text,
        "time": integer,
        "until": integer,
        "position": _place,
        "area": area,
        "explanation": text,
        "would_change": text,
        "rule": text,
        "confidence": _number,
        "grading": text,
        "sightings": texts,
        "sources": texts,
        "reason": text,
        "officer": text,
    },
    RecordKind.REPORT: _WRITTEN,
    RecordKind.NOTICE: {**_WRITTEN, "kind": text, "asks": texts, "attachments": _attachments},
    RecordKind.TRACK: {
        **_NAMED,
        "position": _place,
        "velocity": _velocity,
        "time": integer,
        "kind": text,
        "accuracy": _number,
        "sources": texts,
    },
    RecordKind.PERSON: _PERSON,
}
GIVABLE: Final = tuple(_SHAPES)
"""Kinds of record that a clause can give."""


def known(kind: RecordKind) -> frozenset[str]:
    """Return the names of the fields that a record of this kind can have; none where no clause can give it."""
    return frozenset(_SHAPES.get(kind, {}))


def needed(kind: RecordKind) -> tuple[str, ...]:
    """Return the names of the fields without which no record of this kind is given."""
    if kind is RecordKind.PERSON:
        return NEEDED_OF_PERSONS
    return NEEDED if kind in WRITTEN else ("time",)


def shape(kind: RecordKind, name: str) -> Callable[[Value], bool] | None:
    """Return what `fits` asks about the values of the field of this name, None where there is none."""
    return _SHAPES.get(kind, {}).get(name)


def fits(kind: RecordKind, name: str, value: Value) -> bool:
    """Whether the value has the shape that the field of this name has (docs/formats/given.md)."""
    asked = shape(kind, name)
    return asked is not None and asked(value)


def telling(withheld: frozenset[str]) -> frozenset[str]:
    """Return the fields whose words could tell one of these: free text can tell who or where."""
    told = frozenset(name for name, tells in TOLD.items() if tells & withheld)
    return told | FREE_TEXT if withheld & (IDENTIFIERS | _WHERE) else told


def place_of(value: Value) -> Position | None:
    """Return the position that a `position` field's value says, None where it says none."""
    if not isinstance(value, dict):
        return None
    latitude, longitude = value.get("latitude"), value.get("longitude")
    if not (_number(latitude) and _number(longitude)):
        return None
    north, east = float(latitude), float(longitude)  # type: ignore[arg-type]  # both are numbers by the line above
    return Position(north, east) if abs(north) <= 90 and abs(east) <= 180 else None
