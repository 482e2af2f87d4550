"""Layouts: where each field of a machine-readable zone stands, and what its places may hold (ICAO Doc 9303)."""

from __future__ import annotations

from enum import Enum
from typing import Final

import msgspec

from comity.vocabulary.travel_document import Size


class Place(Enum):
    """What a place may hold; the filler may stand in any but a date of expiry and a check digit over all."""

    LETTER = "letter"
    DIGIT = "digit"
    EITHER = "either"


class Name(Enum):
    """The fields of a zone."""

    CODE = "code"
    ISSUER = "issuer"
    NUMBER = "number"
    NATIONALITY = "nationality"
    BIRTH = "birth"
    SEX = "sex"
    EXPIRY = "expiry"
    OPTIONAL = "optional"
    SECOND_OPTIONAL = "second-optional"
    NAMES = "names"
    ALL = "all"
    """Everything that the last check digit is over."""


class Field(msgspec.Struct, frozen=True):
    """Where a field stands, counted from 0, and what it may hold."""

    line: int
    begin: int
    end: int
    holds: Place
    check: int | None = None
    """Where in the same line its check digit is."""


class Layout(msgspec.Struct, frozen=True):
    """One size."""

    lines: int
    length: int
    fields: dict[Name, Field]
    over_all: tuple[tuple[int, int, int], ...] = ()
    """Line, begin and end of what the check digit over all is computed of, in order..."""
    last: tuple[int, int] | None = None
    """...and line and column where it stands; None for visas."""


def _two_lines(length: int, optional: int, *, personal: bool = False, visa: bool = False) -> Layout:
    """Return a layout of two lines; the optional field ends before that column and may have a check digit."""
    fields = {
        Name.CODE: Field(0, 0, 2, Place.LETTER),
        Name.ISSUER: Field(0, 2, 5, Place.LETTER),
        Name.NAMES: Field(0, 5, length, Place.LETTER),
        Name.NUMBER: Field(1, 0, 9, Place.EITHER, 9),
        Name.NATIONALITY: Field(1, 10, 13, Place.LETTER),
        Name.BIRTH: Field(1, 13, 19, Place.DIGIT, 19),
        Name.SEX: Field(1, 20, 21, Place.LETTER),
        Name.EXPIRY: Field(1, 21, 27, Place.DIGIT, 27),
        Name.OPTIONAL: Field(1, 28, optional, Place.EITHER, optional if personal else None),
    }
    if visa:
        return Layout(2, length, fields)
    return Layout(2, length, fields, ((1, 0, 10), (1, 13, 20), (1, 21, length - 1)), (1, length - 1))


_CARD = Layout(
    3,
    30,
    {
        Name.CODE: Field(0, 0, 2, Place.LETTER),
        Name.ISSUER: Field(0, 2, 5, Place.LETTER),
        Name.NUMBER: Field(0, 5, 14, Place.EITHER, 14),
        Name.OPTIONAL: Field(0, 15, 30, Place.EITHER),
        Name.BIRTH: Field(1, 0, 6, Place.DIGIT, 6),
        Name.SEX: Field(1, 7, 8, Place.LETTER),
        Name.EXPIRY: Field(1, 8, 14, Place.DIGIT, 14),
        Name.NATIONALITY: Field(1, 15, 18, Place.LETTER),
        Name.SECOND_OPTIONAL: Field(1, 18, 29, Place.EITHER),
        Name.NAMES: Field(2, 0, 30, Place.LETTER),
    },
    ((0, 5, 30), (1, 0, 7), (1, 8, 15), (1, 18, 29)),
    (1, 29),
)
LAYOUTS: Final = {
    Size.TD1: _CARD,
    Size.TD2: _two_lines(36, 35),
    Size.TD3: _two_lines(44, 42, personal=True),
    Size.MRV_A: _two_lines(44, 44, visa=True),
    Size.MRV_B: _two_lines(36, 36, visa=True),
}
