"""The filter's parts."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.foundation.geodesy import distance
from comity.picture import filter as kalman
from comity.picture.motion import MOTIONS, motion_of
from comity.vocabulary.place import Position
from comity.vocabulary.subject import SubjectKind

VESSEL = motion_of(SubjectKind.VESSEL)
places = st.builds(Position, st.floats(-70, 70), st.floats(-180, 180))
lengths = st.floats(-200_000, 200_000)


@given(origin=places, east=lengths, north=lengths)
def test_displacement_undoes_moved(origin: Position, east: float, north: float) -> None:
    """Within and beyond 50 km, over the antimeridian too, moving and measuring are inverse."""
    there = kalman.moved(origin, east, north)
    back = kalman.displacement(origin, there)
    assert math.hypot(back[0] - east, back[1] - north) <= 1.0 + 0.02 * math.hypot(east, north)
    assert distance(kalman.moved(origin, *back), there) <= 1.0 + 0.02 * math.hypot(east, north)


@given(step=st.integers(1, 3_600_000), deviation=st.floats(1, 500), kind=st.sampled_from(list(MOTIONS)))
def test_doubt_grows_with_time_and_shrinks_with_news(step: int, deviation: float, kind: SubjectKind) -> None:
    """Variances stay positive and their matrix definite; prediction widens, an update narrows."""
    motion, place = motion_of(kind), Position(56.0, 11.0)
    first = kalman.started(0, place, deviation, None, motion)
    ahead = kalman.predicted(first, step, motion)
    assert ahead.position_variance > first.position_variance
    after = kalman.updated(ahead, kalman.innovation(ahead, place, deviation), (1.0, 1.0))
    assert 0 < after.position_variance < ahead.position_variance
    assert after.position_variance <= deviation * deviation * (1 + 1e-9)
    assert after.position_variance * after.velocity_variance - after.covariance**2 >= -1e-6 * ahead.position_variance


def test_prediction_in_two_steps_is_prediction_in_one() -> None:
    """The noise is of continuous time: how often the filter is asked does not change its doubt."""
    place = Position(56.0, 11.0)
    first = kalman.started(0, place, 10.0, (3.0, 4.0), VESSEL)
    once = kalman.predicted(first, 60_000, VESSEL)
    twice = kalman.predicted(kalman.predicted(first, 20_000, VESSEL), 60_000, VESSEL)
    assert twice.position_variance == pytest.approx(once.position_variance)
    assert twice.covariance == pytest.approx(once.covariance)
    assert distance(once.position, twice.position) < 0.01
    assert distance(once.position, place) == pytest.approx(300.0, rel=0.01)


def test_velocity_needs_speed_and_course_unless_it_lies_still() -> None:
    """Half a velocity is none; a vessel that lies still needs no course."""
    assert kalman.velocity_of(None, 90.0) is None
    assert kalman.velocity_of(5.0, None) is None
    assert kalman.velocity_of(0.1, None) == (0.0, 0.0)
    assert kalman.velocity_of(5.0, 90.0) == pytest.approx((5.0, 0.0))
