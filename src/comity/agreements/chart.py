"""A chart: the areas of one or two versions of an agreement together, and where on the Earth which of them overlap."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from comity.agreements.faces import Faces
from comity.agreements.terms import Terms
from comity.vocabulary.place import Position


class Chart:
    """Drawings of areas, numbered; two areas that are drawn alike are one drawing, whatever their names."""

    def __init__(self, versions: Sequence[Terms], told: Callable[[str], object]) -> None:
        """Draw it.

        Raises:
            Fault: the areas are too intricate.
        """
        drawings: dict[object, int] = {}
        self._numbers = [
            {area.name: drawings.setdefault(area.polygons, len(drawings)) for area in each.areas} for each in versions
        ]
        drawn = {self._numbers[turn][area.name]: area for turn, each in enumerate(versions) for area in each.areas}
        self.size = len(drawn)
        self.names = tuple(sorted({area.name for each in versions for area in each.areas}))
        self.combinations = Faces([drawn[number] for number in range(len(drawn))], told).combinations
        self.within = tuple(self._common(number) for number in range(self.size))
        """Of each drawing, the bits of those that contain it."""
        self.beside = tuple(self._touched(number) for number in range(self.size))
        """Of each drawing, the bits of those that overlap it."""

    def number(self, version: int, area: str) -> int:
        """Return the drawing of an area, by its name in a version."""
        return self._numbers[version][area]

    def bits(self, version: int, areas: Sequence[str]) -> int:
        """Return the bits of the drawings of areas of a version."""
        return sum(1 << number for number in {self._numbers[version][name] for name in areas})

    def areas(self, version: int, position: Position) -> tuple[str, ...]:
        """Return the names that areas of a version have in which one of the chart's positions lies."""
        areas = next(found for found, place in self.combinations.items() if place == position)
        return tuple(name for name, number in self._numbers[version].items() if areas >> number & 1)

    def position(self, areas: int, among: int) -> Position | None:
        """Return a position that of `among` lies in exactly these areas, None where there is none."""
        return next((place for found, place in self.combinations.items() if found & among == areas), None)

    def conflict(self, areas: int, among: int) -> int:
        """Return as few of `among` as show that no position lies in exactly these areas of them."""
        for number in range(self.size):
            fewer = among & ~(1 << number)
            if fewer != among and self.position(areas & fewer, fewer) is None:
                among = fewer
        return among

    def _holding(self, number: int) -> list[int]:
        return [areas for areas in self.combinations if areas >> number & 1]

    def _common(self, number: int) -> int:
        common = (1 << self.size) - 1
        for areas in self._holding(number):
            common &= areas
        return common

    def _touched(self, number: int) -> int:
        touched = 0
        for areas in self._holding(number):
            touched |= areas
        return touched
