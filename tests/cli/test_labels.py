"""What is proven: no two labels of a map lie over each other, over a mark, or beyond its edge."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from comity.cli.labels import Label, Labels

WIDE, TALL = 300.0, 120.0
labels = st.lists(
    st.builds(Label, st.floats(-20, 320), st.floats(-20, 140), st.text("ab", min_size=1, max_size=12), st.just("name")),
    max_size=25,
)


def box(label: Label) -> tuple[float, float, float, float]:
    """Return the edges of the words, a letter taken as six pixels and a line as eleven."""
    return label.x, label.y - 9, label.x + 6.0 * len(label.words), label.y + 1.5


def over(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


@given(labels)
@settings(max_examples=60)
def test_words_lie_apart_and_inside(wanted: list[Label]) -> None:
    """However crowded it is: what has no room is left out, and what is asked for first is there."""
    room = Labels(WIDE, TALL)
    room.keep(150.0, 60.0, 10.0)
    placed = [label for label in map(room.place, wanted) if label is not None]
    edges = [box(label) for label in placed]
    assert not any(over(one, other) for one, other in combinations([*edges, (140.0, 50.0, 160.0, 70.0)], 2))
    assert all(left >= 0 and top >= 0 and right <= WIDE and low <= TALL for left, top, right, low in edges)


def test_a_lone_label_stands_right_beside_its_mark() -> None:
    """And one whose mark is not on the map is not written."""
    room = Labels(WIDE, TALL)
    placed = room.place(Label(100.0, 60.0, "FREJA", "name"))
    assert placed is not None
    assert (round(placed.x - 100.0), round(placed.y - 60.0)) == (6, 4)
    assert room.place(Label(400.0, 60.0, "ODIN", "name")) is None
