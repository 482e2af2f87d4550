"""Sensors that are off, against simulated truth."""

from __future__ import annotations

import math
import random  # noqa: TID251 - seeded

import pytest

from builders.tracks import BEGIN, KATTEGAT, Path, World, straight, vessel
from comity.foundation.geodesy import distance, offset, plane
from comity.picture.filter import Estimate
from comity.picture.measured import measured
from comity.picture.registration import Registration
from comity.picture.settings import PictureSettings
from comity.picture.tracks import Picture
from comity.vocabulary.instant import MINUTE, SECOND
from comity.vocabulary.place import Position
from comity.vocabulary.ray import Ray
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import Identity, SubjectKind

SHIPS = [((6_000.0, 9_000.0), (7.0, -2.0)), ((-12_000.0, 3_000.0), (-3.0, 9.0)), ((2_000.0, -15_000.0), (0.0, 8.0))]
"""Metres from the radar, metres a second."""


def plot(place: Position, draw: random.Random, off: tuple[float, float]) -> Sighting:
    """Measure a place with a radar that is off by metres and degrees."""
    east, north = plane(KATTEGAT, place)
    length = math.hypot(east, north) + off[0] + draw.gauss(0, 25)
    azimuth = math.atan2(east, north) + math.radians(off[1] + draw.gauss(0, 0.2))
    ray = Ray(station=KATTEGAT, range=length, range_error=25.0, azimuth_error=0.2)
    there = offset(KATTEGAT, length * math.sin(azimuth), length * math.cos(azimuth))
    return Sighting(id="x", source="radar", time=0, identity=Identity(kind=SubjectKind.VESSEL), position=there, ray=ray)


def watched(off: tuple[float, float], late: float, *, scans: int = 120) -> Registration:
    """Let a radar see three ships with AIS, each with probability 0.9, among false plots, and learn."""
    draw, registration, settings = random.Random(5), Registration(polar=True), PictureSettings()  # noqa: S311
    for scan in range(scans):
        now = 5.0 * scan
        known, plots = [], []
        for (east, north), (rate_east, rate_north) in SHIPS:
            told = offset(KATTEGAT, east + rate_east * now, north + rate_north * now)
            blurred = offset(told, draw.gauss(0, 8), draw.gauss(0, 8))
            known.append(Estimate(0, blurred, rate_east, rate_north, 64.0, 0.0, 0.1))
            if draw.random() < 0.9:
                plots.append(plot(offset(told, -rate_east * late, -rate_north * late), draw, off))
        plots += [
            plot(offset(KATTEGAT, draw.uniform(-2e4, 2e4), draw.uniform(-2e4, 2e4)), draw, off) for _ in range(10)
        ]
        registration.take(now, [measured(each, settings) for each in plots], [each.ray for each in plots], known)
    return registration


@pytest.mark.parametrize(("metres", "degrees", "late"), [(150.0, 0.8, 0.0), (-200.0, -1.0, 3.0), (0.0, 0.0, -4.0)])
def test_what_a_radar_is_off_by_is_found_and_mended(metres: float, degrees: float, late: float) -> None:
    """Range to 15 m, azimuth to 0.1 degrees, clock to 1.5 s; a plot is put where it belongs."""
    registration = watched((metres, degrees), late)
    found = registration.offset()
    assert found.values[0] == pytest.approx(metres, abs=15.0)
    assert found.values[1] == pytest.approx(degrees, abs=0.1)
    assert found.values[2] == pytest.approx(late, abs=1.5)
    assert abs(registration.late - late) < 1.5
    place = offset(KATTEGAT, 9_000.0, -4_000.0)
    false = plot(place, random.Random(1), (metres, degrees))  # noqa: S311
    assert distance(registration.corrected(false.position or KATTEGAT, false.ray), place) < 110.0


def test_a_radar_that_is_right_is_left_alone() -> None:
    """Offsets within their doubt are shown and not applied."""
    found = watched((0.0, 0.0), 0.0).offset()
    assert found.pairs > 100
    assert found.applied == (0.0, 0.0, 0.0)


def test_without_references_nothing_is_believed() -> None:
    """Before enough pairs nothing is corrected, and the doubt is told."""
    found = watched((150.0, 0.8), 0.0, scans=3).offset()
    assert found.applied == (0.0, 0.0, 0.0)
    assert found.pairs < 20


def test_what_ais_shows_of_a_radar_mends_the_tracks_of_vessels_without() -> None:
    """A radar whose places are 180 m off and whose clock is 3 s late: beside ships with AIS it is found out."""
    world, dark = World(4), straight(offset(KATTEGAT, -4_000.0, 1_000.0), 15.0, 120.0)
    ships = [straight(offset(KATTEGAT, 3_000.0 * index, 2_000.0), 8.0 + 3 * index, 70.0 * index) for index in range(4)]
    span = (BEGIN, BEGIN + 12 * MINUTE)
    for index, path in enumerate(ships):
        world.ais(vessel(219_000_001 + index), path, span, noise=8.0)
    off = [_shifted(path, (150.0, -100.0), 3 * SECOND) for path in (*ships, dark)]
    world.radar(off, span, every=5 * SECOND, noise=20.0, clutter=2)
    picture = Picture()
    placed = picture.take(world.ordered())
    (found,) = picture.offsets()["radar"]
    assert found.values == pytest.approx((150.0, -100.0, 3.0), abs=12.0)
    (track,) = {place.track for place in placed[-200:] if place.state and place.state.sources == ("radar",)}
    last = picture.track(track)
    assert last is not None
    assert distance(last.position or KATTEGAT, dark(last.last)) < 60.0


def _shifted(path: Path, metres: tuple[float, float], late: int) -> Path:
    return lambda time: offset(path(time - late), *metres)
