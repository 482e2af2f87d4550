"""Shapes: how long each item of a record is, so that one that nobody reads is passed over (SPEC-0149-1, section 5)."""

from __future__ import annotations

import re
from typing import Final, TypeAlias

import msgspec

from comity.vocabulary.fault import Fault


class Damaged(Fault):
    """A record that cannot be what its first bytes say. `what` is the name of the fault."""


class Fixed(msgspec.Struct, frozen=True):
    """So many bytes."""

    length: int


class Extended(msgspec.Struct, frozen=True):
    """Parts of so many bytes; the last bit of each tells whether another follows."""

    part: int


class Repeated(msgspec.Struct, frozen=True):
    """A byte that counts, and as many parts of so many bytes."""

    part: int


class Explicit(msgspec.Struct, frozen=True):
    """A byte that tells the length, itself included."""


class Compound(msgspec.Struct, frozen=True):
    """Bits that tell, as at the front of a record, which of these follow; None is spare."""

    parts: tuple[Shape | None, ...]


Shape: TypeAlias = Fixed | Extended | Repeated | Explicit | Compound


class Item(msgspec.Struct, frozen=True):
    """One item of a category: its number in the specification, and its shape."""

    name: str
    shape: Shape


_TEXT: Final = {
    # Monoradar target reports, edition 1.32
    48: "010=2 140=3 020=x1 040=4 070=2 090=2 130=(1,1,1,1,1,1,1) 220=3 240=6 250=r8 161=2 042=4 200=4 170=x1 210=4"
    " 030=x1 080=2 100=4 110=2 120=(2,r6) 230=2 260=7 055=1 050=2 065=1 060=2 SP=e RE=e",
    # Monoradar service messages, edition 1.29
    34: "010=2 000=1 030=3 020=1 041=2 050=(1,-,-,1,1,2) 060=(1,-,-,1,1,1) 070=r2 100=8 110=1 120=8 090=2 RE=e SP=e",
    # System track data, edition 1.21
    62: "010=2 - 015=1 070=3 105=8 100=6 185=4 210=2 060=2 245=7"
    " 380=(3,6,2,2,2,2,2,x1,r15,2,2,7,2,2,2,2,2,2,1,8,1,6,2,1,r8,2,2,2) 040=2 080=x1 290=(1,1,1,1,2,1,1,1,1,1) 200=1"
    " 295=(1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1) 136=2 130=2 135=2 220=2"
    " 390=(2,7,4,1,4,1,4,4,3,2,2,r4,6,1,7,7,2,7) 270=x1 300=1 110=(1,4,6,2,2,1,1) 120=2 510=x3"
    " 500=(4,2,4,1,1,2,2,1) 340=(2,4,2,2,2,1) - - - - - RE=e SP=e",
    # Status of the tracking service, edition 1.6
    65: "010=2 000=1 015=1 030=3 020=1 040=1 050=1 - - - - - RE=e SP=e",
    # ADS-B target reports, edition 2.6
    21: "010=2 040=x1 161=2 015=1 071=3 130=6 131=8 072=3 150=2 151=2 080=3 073=3 074=4 075=3 076=4 140=2 090=x1 210=1"
    " 070=2 230=2 145=2 152=2 200=1 155=2 157=2 160=4 165=2 077=3 170=6 020=1 220=(2,2,2,1) 146=2 148=2 110=(x1,r15)"
    " 016=1 008=1 271=x1 132=1 250=r8 260=7 400=1 295=(1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1) - - - - -"
    " RE=e SP=e",
}
"""Items in the order of the category's profile: x extended, r repeated, e explicit, (…) compound, - spare."""


def _shape(text: str) -> Shape:
    if text == "e":
        return Explicit()
    if text[0] == "(":
        return Compound(tuple(None if part == "-" else _shape(part) for part in text[1:-1].split(",")))
    if text[0] == "x":
        return Extended(int(text[1:]))
    return Repeated(int(text[1:])) if text[0] == "r" else Fixed(int(text))


def _profile(text: str) -> tuple[Item | None, ...]:
    return tuple(
        None if word == "-" else Item(word.partition("=")[0], _shape(word.partition("=")[2]))
        for word in re.split(r"\s+", text)
    )


PROFILES: Final = {category: _profile(text) for category, text in _TEXT.items()}
"""What each category's records consist of, by category."""


def items(category: int, data: bytes, start: int) -> tuple[dict[str, bytes], int]:
    """Return the items of the record that begins at `start`, by number, and where it ends.

    Raises:
        Damaged: it does not end within `data`, or has an item that the category has not.
    """
    profile = PROFILES[category]
    present, place = _present(data, start, len(profile))
    found = {}
    for number in present:
        item = profile[number]
        if item is None:
            raise Damaged("an item that the category does not have")
        end = _end(item.shape, data, place)
        found[item.name] = data[place:end]
        place = end
    return found, place


def parts(category: int, name: str, data: bytes) -> dict[int, bytes]:
    """Return the parts of a compound item that are there, numbered from 1 as in the specification."""
    (shape,) = (item.shape for item in PROFILES[category] if item is not None and item.name == name)
    if not isinstance(shape, Compound):
        raise TypeError(name)
    present, place = _present(data, 0, len(shape.parts))
    found = {}
    for number in present:
        end = _part_end(shape, number, data, place)
        found[number + 1] = data[place:end]
        place = end
    return found


def _present(data: bytes, start: int, most: int) -> tuple[list[int], int]:
    """Return which of the things are there by the bits from `start` on, counted from 0, and where those bits end."""
    present, place = [], start
    while place < len(data):
        byte, first = data[place], 7 * (place - start)
        present += [first + bit for bit in range(7) if byte >> (7 - bit) & 1]
        if present and present[-1] >= most:
            raise Damaged("an item that the category does not have")
        place += 1
        if not byte & 1:
            return present, place
    raise Damaged("a record that does not end with its block")


def _end(shape: Shape, data: bytes, place: int) -> int:
    """Return where what begins at `place` ends."""
    end = _reach(shape, data, place)
    if end > len(data):
        raise Damaged("a record that does not end with its block")
    return end


def _reach(shape: Shape, data: bytes, place: int) -> int:
    if isinstance(shape, Fixed):
        return place + shape.length
    if isinstance(shape, Extended):
        end = place + shape.part
        while end <= len(data) and data[end - 1] & 1:
            end += shape.part
        return end
    if isinstance(shape, Compound):
        present, end = _present(data, place, len(shape.parts))
        for number in present:
            end = _part_end(shape, number, data, end)
        return end
    if place >= len(data):
        return place + 1
    if isinstance(shape, Repeated):
        return place + 1 + data[place] * shape.part
    if data[place] == 0:
        raise Damaged("an item of no length")
    return place + data[place]


def _part_end(shape: Compound, number: int, data: bytes, place: int) -> int:
    part = shape.parts[number]
    if part is None:
        raise Damaged("an item that the category does not have")
    return _end(part, data, place)
