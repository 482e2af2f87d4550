"""AIS fields in columns: what `sources.ais` decodes, in machine code; a message that it would refuse is left alone.

Where the two differ one of them is wrong: `tests/sources/test_ais_columns.py` holds them against each other.
"""

from __future__ import annotations

import numpy as np

from comity.foundation.compiled import compiled
from comity.sources.ais_bits import (
    ACCURATE,
    AID,
    ALTITUDE,
    BAROMETRIC,
    BOUND,
    BOW,
    CALL_SIGN,
    CALLED,
    COURSE,
    DESTINATION,
    DRAUGHT,
    ETA,
    FIX,
    HEADING,
    IMO,
    LATITUDE,
    LONGITUDE,
    MANOEUVRE,
    MMSI,
    MOTHERSHIP,
    NAME,
    NAMED,
    NONE,
    NUMBERS,
    OFF_POSITION,
    PART,
    PORT,
    RAIM,
    REALS,
    REPEAT,
    SECOND,
    SHIP_TYPE,
    SPEED,
    STARBOARD,
    STATUS,
    STERN,
    TURN,
    TYPE,
    UTC,
    VIRTUAL,
    Bytes,
    Numbers,
    Reals,
    number,
    picked,
    text,
)
from comity.sources.ais_days import IMPOSSIBLE, instant

_TEXT, _EXCEPT, _BELOW, _REAL_EXCEPT, _REAL_BELOW, _REAL_WITHIN, _SIGNED = range(7)
"""How a field is read: text, to its place; any number but one, or those below one; the same of reals, which are
divided; and in two's complement, reals within a limit, and any number but one."""
_BEGINS, _ENDS, _TABLE, _STEP = 0, 32, 64, 8
_ALL = -1
_STATIC_B, _AUXILIARY = 28, 29
"""Layouts of type 24 B, of which there are two; all others go by the type's number."""

_Field = tuple[int, int, int, int, int, int]


def _number(column: int, start: int, width: int, nothing: int = _ALL) -> _Field:
    return column, start, width, _EXCEPT, nothing, 1


def _below(column: int, start: int, width: int, limit: int) -> _Field:
    return column, start, width, _BELOW, limit, 1


def _text(column: int, start: int, letters: int, place: int) -> _Field:
    return column, start, letters, _TEXT, place, 1


def _place(start: int) -> list[_Field]:
    """Return accuracy, longitude and latitude, which stand together in all types but 27."""
    return [
        _number(ACCURATE, start, 1),
        (LONGITUDE, start + 1, 28, _REAL_WITHIN, 180, 600_000),
        (LATITUDE, start + 29, 27, _REAL_WITHIN, 90, 600_000),
    ]


def _sides(start: int) -> list[_Field]:
    return [
        _number(BOW, start, 9),
        _number(STERN, start + 9, 9),
        _number(PORT, start + 18, 6),
        _number(STARBOARD, start + 24, 6),
    ]


_POSITION_A = [
    _number(STATUS, 38, 4),
    (TURN, 42, 8, _SIGNED, -128, 1),
    (SPEED, 50, 10, _REAL_EXCEPT, 1_023, 10),
    *_place(60),
    (COURSE, 116, 12, _REAL_BELOW, 3_600, 10),
    _below(HEADING, 128, 9, 360),
    _below(SECOND, 137, 6, 60),
    _number(MANOEUVRE, 143, 2, 0),
    _number(RAIM, 148, 1),
]
_STATION = [*_place(78), _number(FIX, 134, 4, 0), _number(RAIM, 148, 1)]
_POSITION_B = [
    (SPEED, 46, 10, _REAL_EXCEPT, 1_023, 10),
    *_place(56),
    (COURSE, 112, 12, _REAL_BELOW, 3_600, 10),
    _below(HEADING, 124, 9, 360),
    _below(SECOND, 133, 6, 60),
]
_PART_B = [_number(PART, 38, 2), _number(SHIP_TYPE, 40, 8, 0), _text(CALLED, 90, 7, CALL_SIGN)]

LAYOUTS: dict[int, list[_Field]] = {
    1: _POSITION_A,
    2: _POSITION_A,
    3: _POSITION_A,
    4: _STATION,
    5: [
        _number(IMO, 40, 30, 0),
        _text(CALLED, 70, 7, CALL_SIGN),
        _text(NAMED, 112, 20, NAME),
        _number(SHIP_TYPE, 232, 8, 0),
        *_sides(240),
        _number(FIX, 270, 4, 0),
        _number(ETA, 274, 20),
        (DRAUGHT, 294, 8, _REAL_EXCEPT, 0, 10),
        _text(BOUND, 302, 20, DESTINATION),
    ],
    9: [
        _number(ALTITUDE, 38, 12, 4_095),
        (SPEED, 50, 10, _REAL_EXCEPT, 1_023, 1),
        *_place(60),
        (COURSE, 116, 12, _REAL_BELOW, 3_600, 10),
        _below(SECOND, 128, 6, 60),
        _number(BAROMETRIC, 134, 1),
        _number(RAIM, 147, 1),
    ],
    11: _STATION,
    18: [*_POSITION_B, _number(RAIM, 147, 1)],
    19: [
        *_POSITION_B,
        _text(NAMED, 143, 20, NAME),
        _number(SHIP_TYPE, 263, 8, 0),
        *_sides(271),
        _number(FIX, 301, 4, 0),
        _number(RAIM, 305, 1),
    ],
    21: [
        _number(AID, 38, 5, 0),
        _text(NAMED, 43, 20, NAME),
        *_place(163),
        *_sides(219),
        _number(FIX, 249, 4, 0),
        _below(SECOND, 253, 6, 60),
        _number(OFF_POSITION, 259, 1),
        _number(RAIM, 268, 1),
        _number(VIRTUAL, 269, 1),
    ],
    24: [_number(PART, 38, 2), _text(NAMED, 40, 20, NAME)],
    27: [
        _number(ACCURATE, 38, 1),
        _number(RAIM, 39, 1),
        _number(STATUS, 40, 4),
        (LONGITUDE, 44, 18, _REAL_WITHIN, 180, 600),
        (LATITUDE, 62, 17, _REAL_WITHIN, 90, 600),
        (SPEED, 79, 6, _REAL_EXCEPT, 63, 1),
        (COURSE, 85, 9, _REAL_BELOW, 360, 1),
    ],
    _STATIC_B: [*_PART_B, *_sides(132)],
    _AUXILIARY: [*_PART_B, _number(MOTHERSHIP, 132, 30)],
}
"""Of each type: column, first bit, width in bits (of a text in letters), how it is read, and with which limit and
divisor. The tables of the specification are named in `sources.ais`."""


def layouts() -> Numbers:
    """Return the fields of all layouts one behind another, behind the places where those of each begin and end.

    Of each: column; first and last character and how many bits lie behind it there, or the first bit of a text; width,
    how, limit, divisor.
    """
    table = np.zeros(_TABLE + _STEP * sum(map(len, LAYOUTS.values())), np.int64)
    place = _TABLE
    for layout, own in LAYOUTS.items():
        table[_BEGINS + layout] = place
        for column, start, width, how, limit, divisor in own:
            last = (start + width - 1) // 6
            where = (start, 0, 0) if how == _TEXT else (start // 6, last, 6 * last + 6 - start - width)
            table[place : place + _STEP] = (column, *where, width, how, limit, divisor)
            place += _STEP
        table[_ENDS + layout] = place
    return table


@compiled
def accepted(codes: Bytes, bits: int) -> bool:
    """Whether `decode` takes a message of so many bits, of which there are 40 at least, and does not refuse it."""
    kind, part = number(codes, 0, 6), number(codes, 38, 2)
    least, most = 40, 1_064
    if kind <= 4 or kind in (9, 11, 18):
        least, most = 168, 168
    elif kind == 5:
        least, most = 422, 426
    elif kind == 19:
        least, most = 312, 312
    elif kind == 21:
        least, most = 272, 360
    elif kind == 24:
        least, most = 160 + 2 * part, 168
    elif kind == 27:
        least, most = 96, 168
    known = 1 <= kind <= 27 and (kind != 24 or part < 2)
    return known and least <= bits <= most and number(codes, 8, 30) <= 999_999_999


@compiled
def _layout(codes: Bytes) -> int:
    kind = number(codes, 0, 6)
    if kind != 24 or number(codes, 38, 2) == 0:
        return kind
    return _AUXILIARY if number(codes, 8, 30) // 10_000_000 == 98 else _STATIC_B


@compiled
def _real(value: int, how: int, limit: int, divisor: int) -> float:
    """Return a number divided, or none where it says nothing."""
    real = value / divisor
    if how == _REAL_EXCEPT:
        return real if value != limit else np.nan
    if how == _REAL_BELOW:
        return real if value < limit else np.nan
    return real if -limit <= real <= limit else np.nan


@compiled
def fill(codes: Bytes, layouts: Numbers, numbers: Numbers, reals: Reals, texts: Bytes, row: int) -> None:
    """Write an accepted message into a row of the columns, in which there is nothing yet."""
    numbers[TYPE, row], numbers[REPEAT, row] = number(codes, 0, 6), number(codes, 6, 2)
    numbers[MMSI, row] = number(codes, 8, 30)
    layout = _layout(codes)
    for place in range(layouts[_BEGINS + layout], layouts[_ENDS + layout], _STEP):
        column, first, width = layouts[place], layouts[place + 1], layouts[place + 4]
        how, limit = layouts[place + 5], layouts[place + 6]
        if how == _TEXT:
            numbers[column, row] = text(codes, first, width, texts, row, limit)
            continue
        value = picked(codes, first, layouts[place + 2], layouts[place + 3], width)
        if how >= _REAL_WITHIN and value >> (width - 1):
            value -= 1 << width
        if _REAL_EXCEPT <= how <= _REAL_WITHIN:
            reals[column, row] = _real(value, how, limit, layouts[place + 7])
        elif value != limit and (how != _BELOW or value < limit):
            numbers[column, row] = value


@compiled
def clear(numbers: Numbers, reals: Reals, row: int) -> None:
    """Leave nothing in a row."""
    for column in range(NUMBERS):
        numbers[column, row] = NONE
    for column in range(REALS):
        reals[column, row] = np.nan


@compiled
def finish(codes: Bytes, bits: int, numbers: Numbers, texts: Bytes, row: int) -> None:
    """Write what is more than one field: a station's time, and the rest of an aid's name behind its fixed fields."""
    kind = numbers[TYPE, row]
    if kind == 21:
        named = numbers[NAMED, row]
        numbers[NAMED, row] = named + text(codes, 272, min(bits - 272, 84) // 6, texts, row, NAME + named)
    elif kind in (4, 11):
        utc = instant(
            number(codes, 38, 14), number(codes, 52, 4), number(codes, 56, 5), number(codes, 61, 5),
            number(codes, 66, 6), number(codes, 72, 6), 0,
        )  # fmt: skip
        if utc != IMPOSSIBLE:
            numbers[UTC, row] = utc
