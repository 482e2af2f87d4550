"""What is quoted: a scalar as it stands in the file, so that a sign of its text can be pointed at there."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

_ESCAPED = {"x": 4, "u": 6, "U": 10}
"""Signs that an escape in double quotes takes, where they are not two."""


class Quoted(msgspec.Struct, frozen=True):
    """A scalar in quotes, in a block or over several lines: there its text differs from what stands in the file."""

    raw: str
    style: str
    """YAML's: a quote, `>`, `|`, or empty where it is plain."""

    def offset(self, text: str, at: int) -> int:
        """Return where in `raw` the sign stands that has the place `at` in the text; its end where that is the text's.

        What is blank is not counted: lines are folded and indented as their writer likes.
        """
        signs = list(self._signs())
        count = sum(not sign.isspace() for sign in text[:at])
        if count < len(signs):
            return signs[count][0]
        return signs[-1][1] if signs else 0

    def _signs(self) -> Iterator[tuple[int, int]]:
        """Yield where each sign that is not blank begins and ends."""
        place, end = self._inside()
        while place < end:
            length = self._length(place)
            if not self.raw[place].isspace() and self.raw[place : place + 2] not in ("\\\n", "\\ ", "\\t"):
                yield place, place + length
            place += length

    def _inside(self) -> tuple[int, int]:
        if self.style in ("'", '"'):
            return 1, len(self.raw) - 1
        if self.style in (">", "|"):
            return self.raw.find("\n") + 1, len(self.raw)
        return 0, len(self.raw)

    def _length(self, place: int) -> int:
        if self.style == "'" and self.raw[place : place + 2] == "''":
            return 2
        if self.style == '"' and self.raw[place] == "\\":
            return _ESCAPED.get(self.raw[place + 1 : place + 2], 2)
        return 1


def moved(place: str, raw: str, offset: int) -> str:
    """Return the place (`file:line:column`) so many signs after another from which `raw` begins."""
    where, line, column = place.rsplit(":", 2)
    before = raw[:offset]
    lines = before.count("\n")
    across = offset - before.rfind("\n") if lines else int(column) + offset
    return f"{where}:{int(line) + lines}:{across}"
