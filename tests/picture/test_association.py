"""Association: the cheapest way to place plots."""

from __future__ import annotations

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from comity.picture.association import LARGEST, assigned

rows = st.dictionaries(st.sampled_from("ABCDE"), st.floats(-5, 30), max_size=5)


def best(costs: list[dict[str, float]]) -> tuple[int, float]:
    """Return how many can be placed and the least sum for so many, by trying everything."""
    choices: list[str | None] = [*"ABCDE", *[None] * len(costs)]
    found = []
    for choice in set(permutations(choices, len(costs))):
        if all(track is None or track in row for track, row in zip(choice, costs, strict=True)):
            placed = [row[track] for track, row in zip(choice, costs, strict=True) if track is not None]
            found.append((-len(placed), sum(placed)))
    count, cost = min(found)
    return -count, cost


@given(costs=st.lists(rows, max_size=4))
def test_as_many_plots_as_can_be_are_placed_as_cheaply_as_can_be(costs: list[dict[str, float]]) -> None:
    """The answer equals that of trying everything, and no track is given twice."""
    result = assigned(costs)
    taken = [track for track in result if track is not None]
    assert len(taken) == len(set(taken))
    count, cost = best(costs)
    assert len(taken) == count
    assert abs(sum(row[track] for row, track in zip(costs, result, strict=True) if track is not None) - cost) < 1e-6


def test_a_crowd_is_settled_too() -> None:
    """Beyond the exact limit plots are placed cheapest first, each track once."""
    count = LARGEST + 20
    costs = [{f"t{k}": abs(i - k) + 0.1 for k in range(count)} for i in range(count)]
    assert assigned(costs) == [f"t{k}" for k in range(count)]


def test_no_plots_and_no_tracks_are_no_trouble() -> None:
    """Nothing to place gives nothing; a plot without candidates stays unplaced."""
    assert assigned([]) == []
    assert assigned([{}, {"A": 1.0}]) == [None, "A"]
