"""Cells: the hexagons of H3 by which movements are laid in order and traffic is counted.

Source: H3, a hexagonal hierarchical geospatial indexing system (Uber, 2018), https://h3geo.org.
"""

from __future__ import annotations

from h3.api import basic_int as h3  # type: ignore[import-untyped]

from comity.vocabulary.place import Position

COARSE = 3
"""Resolution of the archive's parts: about 12,400 km² each."""
FINE = 7
"""Resolution by which traffic is counted: about 5 km² each."""


def coarse(position: Position) -> str:
    """Return the coarse cell that holds the position, in hexadecimal."""
    return f"{h3.latlng_to_cell(position.latitude, position.longitude, COARSE):x}"


def fine(position: Position) -> int:
    """Return the fine cell that holds the position."""
    return int(h3.latlng_to_cell(position.latitude, position.longitude, FINE))


def parent(cell: int, resolution: int) -> int:
    """Return the cell of a coarser resolution to which this one belongs."""
    return int(h3.cell_to_parent(cell, resolution))


def middle(cell: int) -> Position:
    """Return the middle of the cell."""
    latitude, longitude = h3.cell_to_latlng(cell)
    return Position(latitude, longitude)
