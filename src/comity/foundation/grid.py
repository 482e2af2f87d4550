"""A grid: what lies near a position, without looking at everything."""

from __future__ import annotations

import math
from typing import Generic, TypeVar

from comity.vocabulary.place import Position

METRES_A_DEGREE = 111_194.9
"""Of latitude, on the mean sphere."""

_Key = TypeVar("_Key")


class Grid(Generic[_Key]):
    """Keys by the cell of latitude and longitude they lie in. A key lies in one cell at a time."""

    def __init__(self, cell: float = 0.05) -> None:
        """Make an empty grid whose cells measure `cell` degrees on each side."""
        self._cell = cell
        self._columns = math.ceil(360.0 / cell)
        self._cells: dict[tuple[int, int], dict[_Key, None]] = {}
        self._where: dict[_Key, tuple[int, int]] = {}

    def __len__(self) -> int:
        return len(self._where)

    def put(self, key: _Key, position: Position) -> None:
        """Put the key where it is now, wherever it was before."""
        cell = self._cell
        place = (int((position.latitude + 90.0) / cell), int((position.longitude + 180.0) / cell) % self._columns)
        if self._where.get(key) != place:
            self.drop(key)
            self._where[key] = place
            self._cells.setdefault(place, {})[key] = None

    def drop(self, key: _Key) -> None:
        """Forget the key, if it is here."""
        place = self._where.pop(key, None)
        if place is not None:
            held = self._cells[place]
            del held[key]
            if not held:
                del self._cells[place]

    def near(self, position: Position, radius: float) -> list[_Key]:
        """Return every key within `radius` metres, and some beyond: the caller measures.

        Works across the antimeridian; nearer to a pole than 87 degrees it may miss keys on far meridians.
        """
        reach = radius / METRES_A_DEGREE
        across = reach / max(math.cos(math.radians(position.latitude)), 0.05)
        rows = self._span(position.latitude + 90.0, reach)
        columns = self._span(position.longitude + 180.0, min(across, 180.0 - self._cell))
        found: list[_Key] = []
        for row in rows:
            for column in columns:
                held = self._cells.get((row, column % self._columns))
                if held:
                    found.extend(held)
        return found

    def _span(self, middle: float, reach: float) -> range:
        return range(math.floor((middle - reach) / self._cell), math.floor((middle + reach) / self._cell) + 1)
