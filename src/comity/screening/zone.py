"""A zone: the lines of a machine-readable zone, made alike whatever reader they come from, and their check digits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple, TypeAlias

from comity.screening.check_digit import ALPHABET, FILLER, check_digit
from comity.screening.layout import LAYOUTS, Layout, Name
from comity.vocabulary.fault import Fault
from comity.vocabulary.travel_document import Size

Lines: TypeAlias = tuple[str, ...]

_LONGEST = 1_000
"""Characters that are looked at, with spaces and line ends."""
_ALLOWED = frozenset(ALPHABET + FILLER)
_WHOLE: Final = {90: (3, 30), 72: (2, 36), 88: (2, 44)}
_SIZES: Final = {(3, 30): Size.TD1, (2, 36): Size.TD2, (2, 44): Size.TD3}
_VISAS: Final = {Size.TD2: Size.MRV_B, Size.TD3: Size.MRV_A}
_REMEDY = "Read the document again, or type the lines as they are printed."


class Check(NamedTuple):
    """A check digit: of which field, what is computed, and what was read."""

    name: Name
    computed: str
    read: str

    @property
    def holds(self) -> bool:
        """Whether they are the same."""
        return self.computed == self.read


def lines_of(text: str) -> tuple[Size, Lines]:
    """Return the size of a zone, and its lines in capitals without spaces.

    Raises:
        Fault: it is longer than any zone, its lines are of no size, a character is none of a zone's, or it is the
            French card of 1995, whose layout is its own.
    """
    if len(text) > _LONGEST:
        raise Fault(f"the zone has {len(text):,} characters, and none has so many", remedy=_REMEDY)
    found = [line for line in ("".join(_alike(each) for each in line) for line in text.splitlines()) if line]
    if len(found) == 1 and len(found[0]) in _WHOLE:
        count, length = _WHOLE[len(found[0])]
        found = [found[0][place * length : (place + 1) * length] for place in range(count)]
    _expect_characters(found)
    size = _SIZES.get((len(found), len(found[0]))) if found and len({len(line) for line in found}) == 1 else None
    if size is None:
        lengths = ", ".join(str(len(line)) for line in found) or "none"
        what = f"there are {len(found)} lines of {lengths} characters; zones have 3 of 30, 2 of 36 or 2 of 44"
        raise Fault(what, remedy=_REMEDY)
    if size is Size.TD2 and found[0].startswith("IDFRA"):
        what = "this is the layout of the French card of 1995, not one of ICAO Doc 9303"
        raise Fault(what, where="line 1", remedy="Look at the card itself.")
    return _VISAS.get(size, size) if found[0].startswith("V") else size, tuple(found)


def _alike(character: str) -> str:
    if character.isspace():
        return ""
    return "<<" if character == "«" else character.upper() if "a" <= character <= "z" else character


def _expect_characters(lines: list[str]) -> None:
    for row, line in enumerate(lines, start=1):
        for column, character in enumerate(line, start=1):
            if character not in _ALLOWED:
                where = f"line {row}, column {column}"
                raise Fault(f"{character!a} is no character of a zone", where=where, remedy=_REMEDY)


def checks(size: Size, lines: Lines) -> list[Check]:
    """Return every check digit of the zone."""
    layout = LAYOUTS[size]
    found = list(_of_fields(layout, lines))
    if layout.last is not None:
        row, column = layout.last
        over = "".join(lines[line][begin:end] for line, begin, end in layout.over_all)
        found.append(Check(Name.ALL, check_digit(over), lines[row][column]))
    return found


def _of_fields(layout: Layout, lines: Lines) -> Iterator[Check]:
    for name, field in layout.fields.items():
        if field.check is None:
            continue
        body, read = lines[field.line][field.begin : field.end], lines[field.line][field.check]
        if name is Name.NUMBER and (rest := carried(layout, lines)):
            body, read = body + rest[:-1], rest[-1]
        elif name is Name.OPTIONAL and not body.strip(FILLER) and read == FILLER:
            continue  # where nothing is given, its digit may be left out
        yield Check(name, check_digit(body), read)


def carried(layout: Layout, lines: Lines) -> str:
    """Return what of a long document number stands in the optional field, with its check digit; empty if nothing does.

    Doc 9303 part 5, section 4.2.2.1, and part 6: the place of the check digit then holds a filler.
    """
    number, more = layout.fields[Name.NUMBER], layout.fields[Name.OPTIONAL]
    if layout.last is None or more.check is not None or number.check is None:
        return ""
    if lines[number.line][number.check] != FILLER:
        return ""
    rest = lines[more.line][more.begin : more.end].split(FILLER, 1)[0]
    return rest if len(rest) > 1 else ""
