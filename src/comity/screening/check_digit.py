"""The check digit of a machine-readable zone (ICAO Doc 9303 part 3, section 4.9)."""

from __future__ import annotations

from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
FILLER: Final = "<"
_VALUES = {character: value for value, character in enumerate(ALPHABET)} | {FILLER: 0}
_WEIGHTS = (7, 3, 1)


def check_digit(characters: str) -> str:
    """Return the digit for these characters, each one of `0` to `9`, `A` to `Z` or the filler."""
    return str(sum(_VALUES[each] * _WEIGHTS[place % 3] for place, each in enumerate(characters)) % 10)
