"""Letters: an aircraft's identification in eight characters of six bits (ICAO Annex 10, IV, table 3-8)."""

from __future__ import annotations

from comity.vocabulary.fault import Fault

_LETTERS = "#ABCDEFGHIJKLMNOPQRSTUVWXYZ##### ###############0123456789######"


class NotLetters(Fault):
    """Bits that stand for no character. `what` is the name of the fault."""


def read(value: int) -> str | None:
    """Return the identification in these 48 bits; None where the aircraft has not been told its own.

    Raises:
        NotLetters: some of them stand for no character.
    """
    text = "".join(_LETTERS[value >> shift & 63] for shift in range(42, -1, -6)).strip()
    if not text.strip("#"):
        return None
    if "#" in text:
        raise NotLetters("an identification of characters that there are not")
    return text
