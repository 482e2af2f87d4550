"""Ranges and azimuths, against what radars with known errors measure of a known place."""

from __future__ import annotations

import math
import random  # noqa: TID251 - seeded

import numpy as np
import pytest

from builders.tracks import ANYBODY, BEGIN, KATTEGAT, straight
from comity.foundation.geodesy import distance, offset, plane
from comity.picture.measured import measured
from comity.picture.settings import PictureSettings
from comity.picture.tracks import Picture
from comity.vocabulary.instant import SECOND, Instant
from comity.vocabulary.place import Position
from comity.vocabulary.ray import Ray
from comity.vocabulary.sighting import Sighting


def seen(
    target: Position, time: Instant, draw: random.Random, errors: tuple[float, float], station: Position = KATTEGAT
) -> Sighting:
    """Measure a target as a radar in the Kattegat does, with errors in metres and degrees."""
    east, north = plane(station, target)
    length = max(math.hypot(east, north) + draw.gauss(0, errors[0]), 1.0)
    azimuth = math.atan2(east, north) + math.radians(draw.gauss(0, errors[1]))
    return Sighting(
        id=f"radar-{time}-{draw.random()}",
        source=f"radar-{station.longitude:.2f}",
        time=time,
        identity=ANYBODY,
        position=offset(station, length * math.sin(azimuth), length * math.cos(azimuth)),
        accuracy=max(errors[0], length * math.radians(errors[1])),
        ray=Ray(station=station, range=length, range_error=errors[0], azimuth_error=errors[1]),
    )


@pytest.mark.parametrize(
    ("metres", "errors"), [((20_000.0, 15_000.0), (30.0, 1.0)), ((3_000.0, -8_000.0), (50.0, 12.0))]
)
def test_the_mean_is_the_place_and_the_covariance_is_that_of_the_errors(
    metres: tuple[float, float], errors: tuple[float, float]
) -> None:
    """Over 4,000 measurements, and also where the azimuth is so bad that the arc bends."""
    draw, target = random.Random(4), offset(KATTEGAT, *metres)  # noqa: S311 - a scenario
    off, squared = [], []
    for index in range(4_000):
        place, (ee, en, nn) = measured(seen(target, index, draw, errors), PictureSettings())
        news = np.array(plane(target, place))
        off.append(news)
        squared.append(news @ np.linalg.solve(np.array([[ee, en], [en, nn]]), news))
    across = math.hypot(*metres) * math.radians(errors[1])
    assert np.hypot(*np.mean(off, axis=0)) < 0.08 * across
    assert np.mean(squared) == pytest.approx(2.0, rel=0.12)


def test_two_radars_fix_a_track_where_their_rays_cross() -> None:
    """At 60 km an azimuth is off by 300 m and a range by 30 m: a track that knows so is nearer than 30 m."""
    path, draw = straight(offset(KATTEGAT, 42_000, 42_000), 20.0, 45.0), random.Random(3)  # noqa: S311 - a scenario
    times = range(BEGIN, BEGIN + 300 * SECOND, 3 * SECOND)
    sites = (KATTEGAT, offset(KATTEGAT, 84_000, 0.0))
    plots = [seen(path(time), time, draw, (30.0, 0.3), sites[index % 2]) for index, time in enumerate(times)]
    errors = {}
    for known in (True, False):
        placed = Picture().take(plots if known else [_without(plot) for plot in plots])
        held = [distance(place.state.position, path(place.sighting.time)) for place in placed if place.state]
        assert len(held) > 80
        errors[known] = sum(held[30:]) / len(held[30:])
    assert errors[True] < min(30.0, 0.5 * errors[False])


def _without(plot: Sighting) -> Sighting:
    return Sighting(
        id=plot.id,
        source=plot.source,
        time=plot.time,
        identity=plot.identity,
        position=plot.position,
        accuracy=plot.accuracy,
    )
