"""What is proven: two estimates joined are consistent whatever they have in common, and surer where that is nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.picture.filter import Estimate, displacement, moved
from comity.picture.intersection import joined
from comity.vocabulary.place import Position

HERE = Position(56.0, 11.0)


@st.composite
def estimates(draw: st.DrawFn) -> Estimate:
    place, speed = draw(st.floats(1.0, 1e4)), draw(st.floats(0.01, 100.0))
    both = draw(st.floats(-0.95, 0.95)) * (place * speed) ** 0.5
    east, north = draw(st.floats(-3_000, 3_000)), draw(st.floats(-3_000, 3_000))
    drift = draw(st.tuples(st.floats(-30, 30), st.floats(-30, 30)))
    return Estimate(0, moved(HERE, east, north), *drift, place, both, speed)


def covariance(estimate: Estimate) -> np.ndarray:
    return np.array(
        [
            [estimate.position_variance, estimate.covariance],
            [estimate.covariance, estimate.velocity_variance],
        ]
    )


def state(estimate: Estimate) -> np.ndarray:
    east, north = displacement(HERE, estimate.position)
    return np.array([[east, north], [estimate.east, estimate.north]])


@given(estimates(), estimates())
def test_independent_estimates_add_up_as_information(one: Estimate, other: Estimate) -> None:
    """As the textbook's matrices say, inverted by a library."""
    first, second = np.linalg.inv(covariance(one)), np.linalg.inv(covariance(other))
    whole = np.linalg.inv(first + second)
    found = joined(one, other, independent=True)
    assert covariance(found) == pytest.approx(whole, rel=1e-6)
    expected = whole @ (first @ state(one) + second @ state(other))
    assert state(found) == pytest.approx(expected, abs=2.0)  # the planes are laid at different places


@given(estimates(), estimates(), st.floats(-1.0, 1.0))
def test_an_intersection_is_never_surer_than_any_correlation_allows(
    one: Estimate, other: Estimate, shared: float
) -> None:
    """Under whatever correlation there may be, the true covariance lies within the one that is told."""
    found = covariance(joined(one, other, independent=False))
    first, second = covariance(one), covariance(other)
    informations = np.linalg.inv(first), np.linalg.inv(second)
    weight = weight_of(np.linalg.inv(found), *informations)
    gain, rest = found @ (weight * informations[0]), found @ ((1 - weight) * informations[1])
    cross = shared * np.linalg.cholesky(first) @ np.linalg.cholesky(second).T
    true = gain @ first @ gain.T + rest @ second @ rest.T + gain @ cross @ rest.T + rest @ cross.T @ gain.T
    slack = found - true
    assert np.linalg.eigvalsh((slack + slack.T) / 2).min() >= -1e-4 * np.linalg.norm(found)


def weight_of(whole: np.ndarray, first: np.ndarray, second: np.ndarray) -> float:
    """Return the weight of the first by which the two make the whole, by least squares."""
    difference = (first - second).ravel()
    length = float(difference @ difference)
    return float((whole - second).ravel() @ difference) / length if length > 1e-30 else 0.5


@given(estimates())
def test_what_is_joined_with_itself_stays_as_it_is(one: Estimate) -> None:
    """A rumour that comes back as news makes nobody surer; taken for independent it would halve the variance."""
    again = joined(one, one, independent=False)
    assert covariance(again) == pytest.approx(covariance(one), rel=1e-3)
    assert joined(one, one, independent=True).position_variance == pytest.approx(one.position_variance / 2, rel=1e-6)


@given(estimates(), estimates())
def test_it_is_no_larger_than_the_smaller(one: Estimate, other: Estimate) -> None:
    """By determinant: either alone is among what the search chooses from."""
    found = np.linalg.det(covariance(joined(one, other, independent=False)))
    assert found <= 1.001 * min(np.linalg.det(covariance(one)), np.linalg.det(covariance(other)))
