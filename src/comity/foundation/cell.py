"""Cells: the hexagons of H3 by which movements are laid in order and traffic is counted.

Source: H3, a hexagonal hierarchical geospatial indexing system (Uber, 2018), https://h3geo.org.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from comity.vocabulary.place import Position

COARSE = 3
"""Resolution of the archive's parts: about 12,400 km² each."""
FINE = 7
"""Resolution by which traffic is counted: about 5 km² each."""


@lru_cache(maxsize=1)
def _h3() -> Any:  # noqa: ANN401 - the library tells no types
    """Return H3 for cells as whole numbers, loaded when it is first needed."""
    from h3.api import basic_int  # type: ignore[import-untyped]  # noqa: PLC0415

    return basic_int


def coarse(position: Position) -> str:
    """Return the coarse cell that holds the position, in hexadecimal."""
    return f"{_h3().latlng_to_cell(position.latitude, position.longitude, COARSE):x}"


def fine(position: Position) -> int:
    """Return the fine cell that holds the position."""
    return int(_h3().latlng_to_cell(position.latitude, position.longitude, FINE))


def parent(cell: int, resolution: int) -> int:
    """Return the cell of a coarser resolution to which this one belongs."""
    return int(_h3().cell_to_parent(cell, resolution))


def middle(cell: int) -> Position:
    """Return the middle of the cell."""
    latitude, longitude = _h3().cell_to_latlng(cell)
    return Position(latitude, longitude)
