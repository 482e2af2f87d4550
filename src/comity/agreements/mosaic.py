"""A mosaic: an agreement's areas cut into cells, most of which say at once which areas hold all of their positions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

from comity.agreements.region import Edge, Region
from comity.vocabulary.place import Position

CELLS: Final = 64
"""Across and upwards."""
_MARGIN = 1e-9
"""Degrees. Rounding moves nothing so far: a cell that no edge of an area comes so near lies all inside or outside."""
_Mixed: TypeAlias = tuple[tuple[int, Region], ...]
"""Areas with an edge near the cell, each with its bit."""


class Mosaic:
    """Areas, numbered in their order, over the box around all of them.

    A cell is looked at when a position first falls into it, and remembered.
    """

    __slots__ = ("_across", "_cells", "_east", "_north", "_south", "_upwards", "_west", "regions")

    def __init__(self, regions: Sequence[Region]) -> None:
        self.regions = tuple(regions)
        self._south = min((one.south for one in regions), default=1.0)
        self._north = max((one.north for one in regions), default=-1.0)
        self._west = min((one.west for one in regions), default=1.0)
        self._east = max((one.east for one in regions), default=-1.0)
        self._upwards = (CELLS - 0.5) / max(self._north - self._south, _MARGIN)
        self._across = (CELLS - 0.5) / max(self._east - self._west, _MARGIN)
        self._cells: dict[int, tuple[int, _Mixed]] = {}

    def around(self, position: Position) -> int:
        """Return the areas that hold the position, as a number whose bit n stands for area n."""
        north, east = position.latitude, position.longitude
        if not (self._south <= north <= self._north and self._west <= east <= self._east):
            return 0
        cell = int((north - self._south) * self._upwards) * CELLS + int((east - self._west) * self._across)
        areas, mixed = self._cells.get(cell) or self._looked_at(cell)
        for bit, region in mixed:
            if region.holds(position):
                areas |= bit
        return areas

    def _looked_at(self, cell: int) -> tuple[int, _Mixed]:
        """Return which areas hold all of the cell, and those with an edge near it."""
        row, column = divmod(cell, CELLS)
        south, north = (self._south + turn / self._upwards for turn in (row, row + 1))
        west, east = (self._west + turn / self._across for turn in (column, column + 1))
        box = south - _MARGIN, north + _MARGIN, west - _MARGIN, east + _MARGIN
        middle = Position((south + north) / 2, (west + east) / 2)
        areas, mixed = 0, list[tuple[int, Region]]()
        for turn, region in enumerate(self.regions):
            if region.east < box[2] or region.west > box[3]:
                continue
            if any(_near(edge, box) for edge in region.edges(box[0], box[1])):
                mixed.append((1 << turn, region))
            elif region.holds(middle):
                areas |= 1 << turn
        found = self._cells[cell] = areas, tuple(mixed)
        return found


def _near(edge: Edge, box: tuple[float, float, float, float]) -> bool:
    """Whether the edge may come into the box: a yes can be wrong, a no never is."""
    corner, before, start, up, across = edge
    south, north, west, east = box
    end = start + across
    if (corner < south and before < south) or (corner > north and before > north):
        return False
    if (start < west and end < west) or (start > east and end > east):
        return False
    sides = [across * (y - corner) - up * (x - start) for y in (south, north) for x in (west, east)]
    return not (min(sides) > _MARGIN or max(sides) < -_MARGIN)
