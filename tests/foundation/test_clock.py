"""The clock, real and led."""

from __future__ import annotations

from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.foundation.clock import Clock, steady, wall
from comity.vocabulary.fault import Fault

Points = tuple[tuple[int, int], ...]


@st.composite
def _points(draw: st.DrawFn) -> Points:
    """Return points around the present whose wall grows, and whose shown time grows or stands still."""
    count = draw(st.integers(1, 6))
    walls = accumulate(draw(st.lists(st.integers(1, 100_000), min_size=count, max_size=count)))
    shown = accumulate(draw(st.lists(st.integers(0, 5_000_000), min_size=count, max_size=count)))
    begin = wall() + draw(st.integers(-300_000, 300_000))
    return tuple((begin + moment, 1_600_000_000_000 + show) for moment, show in zip(walls, shown, strict=True))


def test_a_clock_without_points_is_the_wall_clock() -> None:
    """It shows the machine's time of day."""
    before = wall()
    assert before <= Clock().now() <= wall()
    assert Clock().shown(12_345) == 12_345


@given(_points(), st.integers(-500_000, 2_000_000), st.integers(0, 500_000))
def test_it_never_goes_back(points: Points, moment: int, later: int) -> None:
    """A later moment never shows an earlier time, at the points as between them."""
    clock = Clock(points)
    moment += points[0][0]
    assert clock.shown(moment) <= clock.shown(moment + later)


@given(_points(), st.integers(1, 1_000_000))
def test_it_passes_through_its_points(points: Points, beyond: int) -> None:
    """It shows each point's time at its moment, stands still before the first and keeps the offset after the last."""
    clock = Clock(points)
    assert [clock.shown(moment) for moment, _ in points] == [shown for _, shown in points]
    assert clock.shown(points[0][0] - beyond) == points[0][1]
    assert clock.shown(points[-1][0] + beyond) == points[-1][1] + beyond


@given(_points(), st.floats(-0.2, 1.5))
def test_until_is_the_inverse_of_shown(points: Points, share: float) -> None:
    """After exactly `until` milliseconds the clock shows the instant, and not a millisecond before."""
    clock = Clock(points)
    instant = points[0][1] + round(share * (points[-1][1] - points[0][1] + 1_000))
    before = wall()
    wait = clock.until(instant)
    after = wall()
    assert wait >= 0
    assert clock.shown(after + wait) >= instant
    assert wait == 0 or clock.shown(before + wait - 1) < instant


@given(st.integers(-1_000_000, 1_000_000))
def test_until_by_the_wall_clock(ahead: int) -> None:
    """Without points it is the difference, and nothing for what has passed."""
    before = wall()
    wait = Clock().until(before + ahead)
    assert max(before + ahead - wall(), 0) <= wait <= max(ahead, 0)


@pytest.mark.parametrize("points", [((5, 1), (5, 2)), ((5, 1), (4, 2)), ((5, 2), (6, 1))])
def test_points_that_do_not_grow_are_refused(points: Points) -> None:
    """A clock that would stand at two times at once, or go back, is not made."""
    with pytest.raises(Fault, match="must grow"):
        Clock(points)


def test_steady_never_goes_back() -> None:
    """Each reading is at least the one before."""
    readings = [steady() for _ in range(1_000)]
    assert readings == sorted(readings)
