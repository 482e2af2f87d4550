"""AIS bits: numbers and texts in a payload's characters, in machine code, and the columns that they are written to.

The names of the columns stand here and not with `Columns`: what is compiled is compiled anew when this file changes,
and each function that writes a column calls one of this file.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from comity.foundation.compiled import compiled

Numbers: TypeAlias = NDArray[np.int64]
Reals: TypeAlias = NDArray[np.float64]
Bytes: TypeAlias = NDArray[np.uint8]

NONE = -(2**31)
ROWS = 4_000
"""Messages that are held at one time: no power of two, whose columns would push each other out of the cache."""

(
    TYPE, REPEAT, MMSI, OWN, TIME, START, END, MORE, MORE_END, STATUS, TURN, ACCURATE, ALTITUDE, BAROMETRIC,
    HEADING, SECOND, MANOEUVRE, RAIM, UTC, IMO, SHIP_TYPE, BOW, STERN, PORT, STARBOARD, FIX, ETA, MOTHERSHIP, PART,
    AID, OFF_POSITION, VIRTUAL, NAMED, CALLED, BOUND,
) = range(35)  # fmt: skip
"""Rows of `numbers`. `START` to `END` is the payload's place in the block, `MORE` to `MORE_END` that of its second
part; `NAMED`, `CALLED` and `BOUND` are the lengths of the texts."""
NUMBERS = 35
SPEED, LONGITUDE, LATITUDE, COURSE, DRAUGHT = range(5)
"""Rows of `reals`: knots, degrees, degrees, degrees, metres."""
REALS = 5
NAME, CALL_SIGN, DESTINATION, WIDTH = 0, 36, 44, 64
"""Where the texts begin in a row of `texts`, and how long that is: a name has 34 characters at most."""

_AT, _SPACE, _LETTERS = 0, 32, 32


@compiled
def picked(codes: Bytes, first: int, last: int, shift: int, width: int) -> int:
    """Return an unsigned number of at most 30 bits that lies in these characters, so many bits before their end."""
    value = 0
    for place in range(first, last + 1):
        value = value << 6 | int(codes[place])
    return value >> shift & ((1 << width) - 1)


@compiled
def number(codes: Bytes, start: int, width: int) -> int:
    """Return an unsigned number of at most 30 bits; `codes` are the payload's characters, six bits each."""
    last = (start + width - 1) // 6
    return picked(codes, start // 6, last, 6 * last + 6 - start - width, width)


@compiled
def text(codes: Bytes, start: int, most: int, texts: Bytes, row: int, place: int) -> int:
    """Write a text as `Bits.text` reads it to a place in a row of texts, and return how many letters it has."""
    count, before, first, shift = 0, 0, start // 6, 6 - start % 6
    for letter in range(first, first + most):
        code = int(codes[letter]) if shift == 6 else (int(codes[letter]) << 6 | int(codes[letter + 1])) >> shift & 63
        if code == _AT:
            break
        if code == _SPACE and count == before:  # all spaces so far
            before += 1
        else:
            texts[row, place + count - before] = code + 64 if code < _LETTERS else code
        count += 1
    while count > before and texts[row, place + count - before - 1] == _SPACE:
        count -= 1
    return count - before
