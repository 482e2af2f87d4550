"""The fusion core on seeded scans: better than the plain way, whatever it was told to expect."""

from __future__ import annotations

import statistics

import numpy as np
import pytest

from builders.scans import SIDE, STEP, STRAIGHT, gospa, plots_at, scans
from comity.picture.arrays import Floats, Plots
from comity.picture.clutter import Expected
from comity.picture.core import Core, CoreSettings
from comity.picture.nearest import Nearest

WORLDS = [scans(targets, clutter, seed) for seed, (targets, clutter) in enumerate([(12, 60), (40, 80), (10, 20)])]


def followed(world: list[tuple[Floats, Plots]], clutter: float, birth: float) -> tuple[float, Core]:
    core = Core(STRAIGHT, flat=True)
    core.sensor("radar", Expected(clutter=clutter / SIDE**2, birth=birth / SIDE**2))
    found = []
    for scan, (true, plots) in enumerate(world):
        core.scan("radar", STEP * scan, plots)
        found.append(gospa(core.held().place[core.shown()], true))
    return statistics.fmean(found), core


def nearest(world: list[tuple[Floats, Plots]]) -> float:
    tracker, found = Nearest(STRAIGHT, flat=True), []
    for scan, (true, plots) in enumerate(world):
        tracker.scan(STEP * scan, plots)
        found.append(gospa(tracker.places(), true))
    return statistics.fmean(found)


@pytest.mark.parametrize("clutter", [0.1, 1.0, 10.0])
@pytest.mark.parametrize("birth", [0.1, 1.0, 10.0])
def test_tracks_are_nearer_the_truth_than_those_of_the_nearest_neighbour(clutter: float, birth: float) -> None:
    """On few and many targets, also where clutter and birth are expected wrong by ten times, each way."""
    for world in WORLDS:
        assert followed(world, clutter * 60, birth * 5)[0] < nearest(world)


def test_rates_are_learned() -> None:
    """Clutter and detection are known after some scans, whatever was expected; so is that little is new by then."""
    _, core = followed(scans(40, 80, 7, seen=0.7), 1.0, 100.0)
    rates = core._rates["radar"]
    (density,) = rates.density(np.array([1]))
    assert density * SIDE**2 == pytest.approx(80, rel=0.25)
    _, seen = rates.seen(core.held(), core.shown())
    assert np.median(seen) == pytest.approx(0.7, abs=0.08)
    assert rates.share(np.array([1]))[0] < 0.15


def test_the_room_is_bounded() -> None:
    """Scans of nothing but clutter hold no more tracks than the settings allow, the most probable."""
    draw = np.random.default_rng(1)
    core = Core(STRAIGHT, CoreSettings(room=300), flat=True)
    for scan in range(8):
        core.scan("radar", STEP * scan, plots_at(draw.uniform(0, SIDE, (500, 2))))
        assert core.count <= 300


def test_a_track_that_nobody_looks_for_fades_only_slowly() -> None:
    """A second sensor elsewhere takes nothing from a track that it cannot see."""
    core = Core(STRAIGHT, flat=True)
    for scan in range(6):
        core.scan("near", STEP * scan, plots_at(np.array([[100.0 + 10 * scan, 100.0]])))
    before = core.held().exists[core.shown()]
    for scan in range(6):
        core.scan("far", 30 + scan, plots_at(np.array([[90_000.0, 90_000.0]])))
    (after,) = core.held().exists[core.shown()][:1]
    assert after > 0.95 * before[0]


def test_no_plots_are_no_trouble() -> None:
    """An empty scan counts as a look at what was seen before."""
    core = Core(STRAIGHT, flat=True)
    core.scan("radar", 0.0, plots_at(np.zeros((0, 2))))
    for scan in range(1, 4):
        core.scan("radar", STEP * scan, plots_at(np.array([[100.0, 100.0]])))
    assert len(core.shown()) == 1
    for scan in range(4, 8):
        core.scan("radar", STEP * scan, plots_at(np.zeros((0, 2))))
    assert len(core.shown()) == 0
