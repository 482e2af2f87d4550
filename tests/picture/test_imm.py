"""The core's filter and its geometry."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.scans import STRAIGHT, plots_at
from comity.foundation.geodesy import distance
from comity.picture.arrays import Models
from comity.picture.core import Core
from comity.picture.gating import edges
from comity.picture.sphere import away, degrees, moved, points
from comity.vocabulary.place import Position

latitudes = st.one_of(st.floats(-89.99, 89.99), st.sampled_from([89.9999, -89.9999, 0.0]))
longitudes = st.one_of(st.floats(-180, 179.999), st.sampled_from([-180.0, 179.9999]))
SPHERE = False
"""What `flat` is on the Earth."""
TURNING = Models(
    noise=np.array([0.05]),
    brisk=np.array([np.inf]),
    typical=np.array([10.0]),
    turn=np.array([[0.0, 0.02, -0.02, np.nan]]),
    first=np.array([0.7, 0.1, 0.1, 0.1]),
    stay=np.array([120.0, 60.0, 60.0, 300.0]),
)


@settings(max_examples=60, deadline=None)
@given(latitude=latitudes, longitude=longitudes, east=st.floats(-300_000, 300_000), north=st.floats(-300_000, 300_000))
def test_moving_and_measuring_are_inverse_everywhere(
    latitude: float, longitude: float, east: float, north: float
) -> None:
    """At the poles and over the antimeridian too; lengths are those of the great circle."""
    start = points(np.array([[latitude, longitude]]))[0]
    there = start.copy()
    moved(there, east, north, SPHERE)
    assert away(start, there, SPHERE) == pytest.approx((east, north), abs=1e-2)
    (one, other) = (Position(*map(float, pair)) for pair in degrees(np.array([start, there])))
    assert distance(one, other) == pytest.approx(float(np.hypot(east, north)), abs=0.1)


def test_a_track_goes_straight_on_over_the_pole() -> None:
    """Predicted over the pole at constant velocity, it comes out on the other side, on the great circle."""
    core = Core(STRAIGHT)
    plots = plots_at(points(np.array([[89.9, 20.0]])))
    core.add(0.0, plots._replace(velocity=np.array([[0.0, 100.0]])), 0.99)
    for step in range(1, 11):
        core.scan("radar", 30.0 * step, plots_at(points(np.array([[0.0, 0.0]]))))
    where = degrees(core.held().place[:1])[0]
    assert where[1] == pytest.approx(-160.0, abs=0.05)
    assert where[0] == pytest.approx(90.0 - (30_000.0 - 11_119.5) / 111_195.0, abs=1e-3)


def test_the_gate_finds_what_lies_within_it_and_nothing_else() -> None:
    """Beside distances measured one by one, around the pole and the antimeridian."""
    draw = np.random.default_rng(4)
    for latitude, longitude in ((89.95, 0.0), (-17.0, 179.98), (56.0, 11.0)):
        near = np.array([latitude, longitude]) + draw.uniform(-0.05, 0.05, (60, 2))
        near[:, 0] = np.clip(near[:, 0], -90, 90)
        core = Core(STRAIGHT)
        core.add(0.0, plots_at(points(near[:20])), 0.9)
        plots = plots_at(points(near[20:]), 200.0)
        rows, chosen = core.held(), np.arange(20)
        found = edges(rows, chosen, plots, 9.0, 1e6, SPHERE)
        pairs = {(i, int(plot)) for i in chosen for plot in found.plot[found.start[i] : found.start[i + 1]]}
        limit = 9.0 * (30.0**2 + 200.0**2)
        offs = {(i, j): np.hypot(*away(rows.place[i], plots.place[j], SPHERE)) for i in chosen for j in range(40)}
        assert pairs == {pair for pair, off in offs.items() if off**2 <= limit}


def test_one_mode_is_a_kalman_filter() -> None:
    """Beside the textbook's matrices: five sure plots in a row, state and covariance the same."""
    core = Core(STRAIGHT, flat=True)
    core.add(0.0, plots_at(np.array([[0.0, 0.0]])), 1.0 - 1e-9)
    mean, spread = np.zeros(4), np.diag([900.0, 144.0, 900.0, 144.0])
    step = np.kron(np.eye(2), [[1.0, 5.0], [0.0, 1.0]])
    noise = np.kron(np.eye(2), 0.2 * np.array([[125 / 3, 25 / 2], [25 / 2, 5.0]]))
    look = np.array([[1.0, 0, 0, 0], [0, 0, 1.0, 0]])
    for scan in range(1, 6):
        plot = np.array([12.0 * scan, -7.0 * scan + (-1) ** scan * 20])
        core._rates.clear()
        core.scan("radar", 5.0 * scan, plots_at(plot[None, :]))
        mean, spread = step @ mean, step @ spread @ step.T + noise
        gain = spread @ look.T @ np.linalg.inv(look @ spread @ look.T + 900.0 * np.eye(2))
        mean, spread = mean + gain @ (plot - look @ mean), spread - gain @ look @ spread
        rows = core.held()
        assert rows.place[0, :2] == pytest.approx(mean[[0, 2]], abs=2.0)
        assert rows.mean[0, 0, [1, 3]] == pytest.approx(mean[[1, 3]], abs=0.3)
        assert rows.spread[0, 0] == pytest.approx(spread, rel=0.05, abs=4.0)


@pytest.mark.parametrize(("turning", "still"), [(0.02, False), (-0.02, False), (0.0, True)])
def test_the_mode_that_fits_is_believed(turning: float, still: bool) -> None:  # noqa: FBT001
    """A target that turns is in the mode of that turn, one that lies still in the mode that lies still."""
    draw, core = np.random.default_rng(2), Core(TURNING, flat=True)
    place, angle = np.zeros(2), 0.3
    for scan in range(40):
        core.scan("radar", 4.0 * scan, plots_at((place + draw.normal(0, 8, 2))[None, :], 8.0))
        angle += 4.0 * turning
        place = place + (0.0 if still else 40.0) * np.array([np.cos(angle), np.sin(angle)])
    rows = core.held()
    best = int(np.argmax(rows.exists))
    mode = {0.02: 1, -0.02: 2, 0.0: 3}[turning]
    assert int(np.argmax(rows.mode[best])) == mode
    assert np.hypot(*(rows.place[best, :2] - place)) < (30.0 if still else 200.0)
