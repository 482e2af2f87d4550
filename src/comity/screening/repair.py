"""Repair: what an optical reader takes for something else, put right where the zone itself tells which it was.

Few repairs only: a zone that is changed until it fits proves nothing (docs/formats/machine-readable-zone.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from comity.screening.check_digit import FILLER
from comity.screening.layout import LAYOUTS, Layout, Place
from comity.screening.zone import Lines, checks
from comity.vocabulary.travel_document import Size

MOST: Final = 2
"""Repairs of one zone."""
_LETTERS = {"0": "O", "1": "I", "2": "Z", "5": "S", "6": "G", "8": "B"}
_DIGITS = {letter: digit for digit, letter in _LETTERS.items()} | {"Q": "0", "D": "0", "L": "1"}


class Repair(msgspec.Struct, frozen=True):
    """A character that was read, and the one taken for it; line and column are counted from 1."""

    line: int
    column: int
    read: str
    taken: str


class Misfit(msgspec.Struct, frozen=True):
    """A character that cannot stand where it does, counted likewise."""

    line: int
    column: int
    read: str
    holds: Place


def repaired(size: Size, lines: Lines) -> tuple[Lines, tuple[Repair, ...], tuple[Misfit, ...]]:
    """Return the lines with what could be put right, how, and which characters still cannot stand where they do.

    If more than `MOST` repairs would be needed, none is made.
    """
    misfits = tuple(_misfits(LAYOUTS[size], lines))
    made = [repair for misfit in misfits if (repair := _plain(misfit)) is not None]
    if len(made) > MOST:
        return lines, (), misfits
    lines = _with(lines, made)
    if len(made) < MOST and (more := _by_check_digit(size, lines)) is not None:
        lines, made = _with(lines, [more]), [*made, more]
    return lines, tuple(made), tuple(misfit for misfit in misfits if _plain(misfit) is None)


def _misfits(layout: Layout, lines: Lines) -> Iterator[Misfit]:
    held = {(field.line, field.check): Place.DIGIT for field in layout.fields.values() if field.check is not None}
    if layout.last is not None:
        held[layout.last] = Place.DIGIT
    for field in layout.fields.values():
        held |= {(field.line, column): field.holds for column in range(field.begin, field.end)}
    for (row, column), holds in sorted(held.items(), key=lambda item: item[0]):
        read = lines[row][column]
        if read != FILLER and holds is not Place.EITHER and read.isdigit() is not (holds is Place.DIGIT):
            yield Misfit(row + 1, column + 1, read, holds)


def _plain(misfit: Misfit) -> Repair | None:
    """Return what a character stands for that cannot be where it is, if there is one that a reader takes for it."""
    taken = (_DIGITS if misfit.holds is Place.DIGIT else _LETTERS).get(misfit.read)
    return Repair(misfit.line, misfit.column, misfit.read, taken) if taken else None


def _by_check_digit(size: Size, lines: Lines) -> Repair | None:
    """Return the one change of a number after which all check digits hold, if one does not and there is just one."""
    wrong = {check.name for check in checks(size, lines) if not check.holds}
    found = []
    for name, field in LAYOUTS[size].fields.items():
        if name in wrong and field.holds is Place.EITHER:
            for column in range(field.begin, field.end):
                read = lines[field.line][column]
                taken = _LETTERS.get(read) or _DIGITS.get(read)
                repair = Repair(field.line + 1, column + 1, read, taken) if taken else None
                if repair and all(check.holds for check in checks(size, _with(lines, [repair]))):
                    found.append(repair)
    return found[0] if len(found) == 1 else None


def _with(lines: Lines, repairs: list[Repair]) -> Lines:
    changed = [list(line) for line in lines]
    for repair in repairs:
        changed[repair.line - 1][repair.column - 1] = repair.taken
    return tuple("".join(line) for line in changed)
