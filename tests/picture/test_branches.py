"""Young tracks that go on as two, and tracks that are one."""

from __future__ import annotations

import numpy as np

from builders.scans import SIDE, STEP, STRAIGHT, plots_at
from comity.picture.arrays import Floats
from comity.picture.clutter import Expected
from comity.picture.core import Core


def core_with(*points: list[list[float]]) -> Core:
    core = Core(STRAIGHT, flat=True)
    core.sensor("radar", Expected(clutter=50 / SIDE**2, birth=20 / SIDE**2))
    for scan, held in enumerate(points):
        core.scan("radar", STEP * scan, plots_at(np.array(held)))
    return core


def velocities(core: Core) -> Floats:
    return core.held().mean[:, 0, [1, 3]]


def test_a_young_track_goes_on_to_each_of_two_plots() -> None:
    """After a second scan with plots east and west, no track has the velocity between; each branch knows its parent."""
    core = core_with([[0.0, 0.0]])
    result = core.scan("radar", STEP, plots_at(np.array([[80.0, 0.0], [-80.0, 0.0]])))
    assert core.count >= 2
    assert (np.abs(velocities(core)[:2, 0]) > 5.0).all()
    (branched,) = np.flatnonzero(result.parent == 0)
    assert result.track[branched] != 0
    assert (result.track == 0).sum() == 1


def test_the_branch_that_was_right_is_shown_alone() -> None:
    """Plots that go on to the east leave one track, whose velocity is theirs."""
    east = [[[80.0 * scan, 0.0]] for scan in range(2, 7)]
    core = core_with([[0.0, 0.0]], [[80.0, 0.0], [-80.0, 0.0]], *east)
    (one,) = core.shown()
    assert abs(velocities(core)[one, 0] - 16.0) < 2.0


def test_two_tracks_that_are_one_become_the_older() -> None:
    """A second track put beside a followed one is taken in by it, and what it was worth is not lost."""
    core = core_with(*[[[50.0 * scan, 0.0]] for scan in range(5)])
    (followed,) = core.held().serial[core.shown()]
    before = core.held().exists[core.where(np.array([followed]))[0]]
    beside = plots_at(np.array([[195.0, 8.0]]))._replace(velocity=np.array([[10.0, 0.0]]))
    (second,) = core.add(20.0, beside, 0.6)
    core.held().hits[core.where(np.array([second]))] = 2.0
    result = core.scan("radar", 25.0, plots_at(np.array([[250.0, 0.0]])))
    assert second in result.dropped
    assert core.held().exists[core.where(np.array([followed]))[0]] >= before


def test_a_track_that_is_known_too_vaguely_is_not_shown() -> None:
    """However sure it is that there is something."""
    core = Core(STRAIGHT, flat=True)
    core.add(0.0, plots_at(np.array([[0.0, 0.0]]), 30.0), 0.99)
    assert len(core.shown()) == 1
    core.add(0.0, plots_at(np.array([[5_000.0, 0.0]]), 150.0), 0.99)
    assert len(core.shown()) == 1
