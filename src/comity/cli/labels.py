"""Labels: words on a map, each beside its mark where nothing else is written."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import msgspec

_LETTER, _LINE = 6.3, 12.0
"""Pixels: what a letter takes on the mean, and a line, at the size in which charts are written."""
_NEAR, _FAR, _FARTHEST = 6.0, 16.0, 30.0


class Label(msgspec.Struct, frozen=True):
    """Words beside a mark: pixels to the right and down of the map's corner."""

    x: float
    y: float
    words: str
    style: str


class _Box(msgspec.Struct, frozen=True):
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: _Box) -> bool:
        apart = self.right <= other.left or other.right <= self.left
        return not (apart or self.bottom <= other.top or other.bottom <= self.top)


class Labels:
    """The words of one map. What is asked for first is placed first; what has no room is left out."""

    def __init__(self, width: float, height: float) -> None:
        """Place on a map of so many pixels."""
        self._whole = _Box(0.0, 0.0, width, height)
        self._taken: list[_Box] = []

    def keep(self, x: float, y: float, radius: float) -> None:
        """Keep the place of a mark free of words."""
        self._taken.append(_Box(x - radius, y - radius, x + radius, y + radius))

    def place(self, label: Label) -> Label | None:
        """Return the label with where its words begin, beside its mark; None where all places are taken."""
        if not self._whole.meets(_Box(label.x, label.y, label.x + 0.1, label.y + 0.1)):
            return None
        for left, base in self._beside(label):
            box = _Box(left, base - _LINE + 2.0, left + _LETTER * len(label.words), base + 2.0)
            inside = box.left >= 0.0 and box.right <= self._whole.right
            inside = inside and box.top >= 0.0 and box.bottom <= self._whole.bottom
            if inside and not any(box.meets(other) for other in self._taken):
                self._taken.append(box)
                return msgspec.structs.replace(label, x=left, y=base)
        return None

    def _beside(self, label: Label) -> Iterator[tuple[float, float]]:
        """Yield where words may begin, the nearest and those to the right first."""
        long = _LETTER * len(label.words)
        for away in (_NEAR, _FAR, _FARTHEST):
            rows = (label.y + 4.0, label.y - away, label.y + away + _LINE - 2.0)
            columns = (label.x + away, label.x - away - long, label.x - long / 2)
            yield from ((left, base) for base, left in product(rows, columns) if (left, base) != (columns[2], rows[0]))
