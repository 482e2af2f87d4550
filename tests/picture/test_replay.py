"""Scans that come late: the state is that of scans in order, and memory is bounded."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.scans import STRAIGHT, scans
from builders.tracks import BEGIN, KATTEGAT, World, straight
from comity.foundation.geodesy import distance
from comity.picture.arrays import Plots
from comity.picture.core import Core, Result
from comity.picture.replay import BLOCK, Act, Replay, ReplaySettings
from comity.picture.tracks import Picture
from comity.vocabulary.instant import MINUTE, SECOND

COUNT = 14
NEAR = [plots for _, plots in scans(6, 12, 1, count=COUNT)]
FAR = [plots for _, plots in scans(6, 12, 1, count=COUNT)]
SCANS = sorted(
    [(5.0 * index, "near", plots) for index, plots in enumerate(NEAR)]
    + [(5.0 * index + 2.0, "far", plots) for index, plots in enumerate(FAR)],
    key=lambda scan: scan[0],
)
"""Of two sensors that look at the same."""


def scanned(time: float, sensor: str, plots: Plots) -> Act:
    def act(core: Core) -> Result:
        return core.scan(sensor, time, plots)

    return act


def state(core: Core) -> list[tuple[float, ...]]:
    """Return all that is known of tracks but their numbers, which tell the order in which scans came."""
    rows = core.held()
    return sorted(
        (*rows.place[i], *rows.mean[i].ravel(), *rows.spread[i].ravel(), rows.exists[i], rows.time[i], rows.hits[i])
        for i in range(core.count)
    )


def replayed(order: list[int], **limits: float) -> Replay:
    replay = Replay(Core(STRAIGHT, flat=True), ReplaySettings(**limits))  # type: ignore[arg-type]
    for index in order:
        replay.take(SCANS[index][0], SCANS[index][1], scanned(*SCANS[index]))
    return replay


IN_ORDER = state(replayed(list(range(len(SCANS)))).core)


@settings(max_examples=10, deadline=None)
@given(delays=st.lists(st.floats(0, 28), min_size=len(SCANS), max_size=len(SCANS)))
def test_late_scans_give_the_state_of_scans_in_order(delays: list[float]) -> None:
    """However each of 28 scans is delayed by up to 28 s: equal to the last bit, the rates of both sensors too."""
    order = sorted(range(len(SCANS)), key=lambda index: SCANS[index][0] + delays[index])
    replay = replayed(order)
    assert state(replay.core) == IN_ORDER
    straight = replayed(list(range(len(SCANS)))).core
    for sensor in ("near", "far"):
        for one, other in zip(replay.core._rates[sensor].cells, straight._rates[sensor].cells, strict=True):
            assert np.array_equal(one, other)


def test_a_track_keeps_its_number_when_an_earlier_scan_comes_late() -> None:
    """What the scans before the late one began has the numbers that were told."""
    replay = Replay(Core(STRAIGHT, flat=True))
    for scan in (SCANS[0], SCANS[1], SCANS[4]):
        replay.take(scan[0], scan[1], scanned(*scan))
    before = set(replay.core.held().serial.tolist())
    replay.take(SCANS[2][0], SCANS[2][1], scanned(*SCANS[2]))
    after = set(replay.core.held().serial.tolist())
    assert {number for number in before if number < 3 * BLOCK} >= {number for number in after if number < 3 * BLOCK}
    assert len(before & after) >= 6


def test_what_is_too_late_is_told_so_and_changes_nothing() -> None:
    """Beyond the lag, or beyond what is kept."""
    replay = replayed(list(range(20)), lag=10.0)
    held = state(replay.core)
    assert replay.take(SCANS[0][0], "near", scanned(*SCANS[0])) is None
    assert state(replay.core) == held


def test_memory_is_bounded() -> None:
    """By the number of acts and by bytes; what is forgotten cannot be undone."""
    assert len(replayed(list(range(28)), lag=1e9, acts=5)) == 5
    small = replayed(list(range(28)), lag=1e9, room=100_000)
    assert 1 <= len(small) < 28
    assert small.size <= 100_000
    assert small.take(0.0, "near", scanned(*SCANS[0])) is None


def test_a_radar_that_comes_twenty_seconds_late_is_not_lost() -> None:
    """Two radars of one vessel, one always late: one track, where it would be had both come in time."""
    world, path = World(2), straight(KATTEGAT, 14.0, 30.0)
    for source, begin in (("prompt", BEGIN), ("slow", BEGIN + 2 * SECOND)):
        world.radar([path], (begin, begin + 5 * MINUTE), every=5 * SECOND, source=source, clutter=1)
    late = {"prompt": 0, "slow": 20 * SECOND}
    arrived = sorted(world.sightings, key=lambda sighting: sighting.time + late[sighting.source])
    pictures = Picture(), Picture()
    placed = pictures[0].take(arrived)
    pictures[1].take(world.ordered())
    (track,), (other,) = (picture.live() for picture in pictures)
    assert track.sources == ("prompt", "slow")
    there, then = track.position or KATTEGAT, other.position or KATTEGAT
    assert distance(there, path(track.last)) < 60.0
    assert distance(then, path(other.last)) < 60.0
    taken = [place for place in placed if place.sighting.source == "slow" and place.track == track.id]
    assert len(taken) > 40
