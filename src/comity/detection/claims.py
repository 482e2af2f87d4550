"""Claims: what goes by one key has said of itself, and when first and last it said so."""

from __future__ import annotations

import msgspec

from comity.vocabulary.instant import Instant
from comity.vocabulary.place import Position
from comity.vocabulary.subject import Identity


class Word(msgspec.Struct, frozen=True):
    """One report of a claim."""

    time: Instant
    id: str
    """The sighting's."""
    source: str
    simulated: bool
    position: Position
    track: str
    identity: Identity

    def order(self) -> tuple[Instant, str]:
        """Return by what words are put in order."""
        return self.time, self.id


class Claim(msgspec.Struct):
    """One value, with the first and the last word that claims it, whatever the order in which they were read."""

    value: str
    first: Word
    last: Word
    count: int = 1

    def hear(self, word: Word) -> None:
        """Note another word of it."""
        self.count += 1
        if word.order() < self.first.order():
            self.first = word
        if word.order() > self.last.order():
            self.last = word


def plain(name: str) -> str:
    """Return a name as it is compared: letters and digits only, in capitals."""
    return "".join(letter for letter in name.upper() if letter.isalnum())


def alike(one: str, other: str) -> bool:
    """Whether two names are one, cut off or not."""
    return one.startswith(other) or other.startswith(one)


def is_imo(number: int | None) -> bool:
    """Whether the number is an IMO ship number: its last digit is a check digit (IMO resolution A.1117(30))."""
    if number is None or not 1_000_000 <= number <= 9_999_999:
        return False
    digits = [int(digit) for digit in str(number)]
    return sum(digit * weight for digit, weight in zip(digits, range(7, 1, -1), strict=False)) % 10 == digits[6]
