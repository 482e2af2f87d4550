"""The grid finds what is near."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from comity.foundation.geodesy import distance, offset
from comity.foundation.grid import Grid
from comity.vocabulary.place import Position

places = st.builds(Position, st.floats(-80, 80), st.floats(-180, 180))
metres = st.floats(-6_000, 6_000)


@given(
    origin=places,
    moves=st.lists(st.tuples(metres, metres), max_size=20),
    radius=st.floats(1, 8_000),
    cell=st.sampled_from([0.01, 0.05, 0.2]),
)
def test_nothing_near_is_missed(origin: Position, moves: list[tuple[float, float]], radius: float, cell: float) -> None:
    """All keys within the radius are found, over the antimeridian too; a key put again is where it was put last."""
    grid: Grid[int] = Grid(cell)
    there = [offset(origin, east, north) for east, north in moves]
    for key, place in enumerate(there):
        grid.put(key, origin)
        grid.put(key, place)
    found = grid.near(origin, radius)
    assert len(found) == len(set(found))
    assert {key for key, place in enumerate(there) if distance(origin, place) <= radius} <= set(found)
    assert len(grid) == len(there)


def test_what_is_dropped_is_gone() -> None:
    """A dropped key is found no more, and dropping it twice is no trouble."""
    grid: Grid[str] = Grid()
    grid.put("a", Position(56.0, 11.0))
    grid.drop("a")
    grid.drop("a")
    assert grid.near(Position(56.0, 11.0), 1_000.0) == []
    assert len(grid) == 0
