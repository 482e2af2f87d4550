"""Follow: reports that go on as their tracks do, many at a time in machine code.

It is the filter of `picture.filter` for the ordinary case, in the same order of operations and so with the same
figures: a confirmed vessel's report of its place, in time, within the gate, beside no doubt of where it is. In front of
any other it stops, and the report is placed by itself.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from comity.foundation.compiled import compiled
from comity.vocabulary.columns import Floats, Sightings, Whole

_RADIUS = 6_371_008.8
_GATE, _FLAT, _SPEED_DEVIATION = 18.42, 50_000.0, 0.5
_FRESH = 300_000
"""These are those of `foundation.geodesy`, `picture.filter` and `picture.identified`: machine code wants its own."""
LATITUDE, LONGITUDE, EAST, NORTH, VARIANCE, COVARIANCE, RATE = range(7)
"""Rows of a state: degrees, metres a second, and the variances of a `filter.Estimate`."""


class States(NamedTuple):
    """What is known of the tracks that are followed, a column a track."""

    values: Floats
    time: Whole
    heard: Whole
    seen: Whole
    last: Whole
    """The row of this batch by which each was moved last; -1: none has."""
    touched: Whole
    """When each was moved last, as the register counts; 0: not since it was written into its track."""


class Reports(NamedTuple):
    """The rows that are to be followed."""

    track: Whole
    """The column in `States`; -1 for a row that is to be placed by itself."""
    time: Whole
    latitude: Floats
    longitude: Floats
    deviation: Floats
    speed: Floats
    course: Floats


class Followed(NamedTuple):
    """What became of the rows."""

    values: Floats
    """(5, rows): latitude, longitude, east, north and variance just after each."""
    seen: Whole


def reports(columns: Sightings, track: Whole, deviation: Floats) -> Reports:
    """Return the rows."""
    return Reports(track, columns.time, columns.latitude, columns.longitude, deviation, columns.speed, columns.course)


def states(room: int) -> States:
    """Return room for so many tracks."""
    return States(
        values=np.zeros((7, room)),
        time=np.zeros(room, np.int64),
        heard=np.zeros(room, np.int64),
        seen=np.zeros(room, np.int64),
        last=np.full(room, -1, np.int64),
        touched=np.zeros(room, np.int64),
    )


@compiled
def wrapped(longitude: float) -> float:
    """Return the longitude in [-180, 180)."""
    return (longitude + 180.0) % 360.0 - 180.0


@compiled
def scale_at(latitude: float) -> float:
    """Return how long a degree of longitude is beside one of latitude."""
    return max(math.cos(math.radians(latitude)), 1e-9)


@compiled
def moved(latitude: float, longitude: float, east: float, north: float) -> tuple[float, float]:
    """Return the place so many metres east and north, on the plane."""
    across = longitude + math.degrees(east / (_RADIUS * scale_at(latitude)))
    return max(-90.0, min(90.0, latitude + math.degrees(north / _RADIUS))), wrapped(across)


@compiled
def far(east: float, north: float) -> bool:
    """Whether that is farther than the plane reaches."""
    return not east * east + north * north <= _FLAT * _FLAT


@compiled
def step(state: Floats, before: int, rows: Reports, i: int, noise: float, brisk: float) -> bool:
    """Take row `i` into a state of the time `before`; False, and the state left as it was, if it is no ordinary one."""
    latitude, longitude, east, north = state[0], state[1], state[2], state[3]
    variance, covariance, rate = state[4], state[5], state[6]
    passed = (rows.time[i] - before) / 1000.0
    if passed > 0.0:
        density = noise * (1.0 + (east * east + north * north) / (brisk * brisk))
        if far(east * passed, north * passed):
            return False
        latitude, longitude = moved(latitude, longitude, east * passed, north * passed)
        variance = variance + passed * (2.0 * covariance + passed * (rate + passed * density / 3.0))
        covariance = covariance + passed * (rate + passed * density / 2.0)
        rate = rate + passed * density
    ahead = math.radians(wrapped(rows.longitude[i] - longitude)) * _RADIUS * scale_at(latitude)
    up = math.radians(rows.latitude[i] - latitude) * _RADIUS
    own = rows.deviation[i] * rows.deviation[i]
    expected = variance + own
    if far(ahead, up) or not (ahead * ahead + up * up) / expected <= _GATE:
        return False
    gain, pull, left = variance / expected, covariance / expected, own / expected
    if far(gain * ahead, gain * up):
        return False
    latitude, longitude = moved(latitude, longitude, gain * ahead, gain * up)
    east, north = east + pull * ahead, north + pull * up
    variance, covariance, rate = variance * left, covariance * left, rate - pull * covariance
    speed, course = rows.speed[i], rows.course[i]
    if not math.isnan(speed) and (not math.isnan(course) or speed < _SPEED_DEVIATION):
        angle = 0.0 if math.isnan(course) else math.radians(course)
        told = 0.0 if math.isnan(course) else speed
        more, further = told * math.sin(angle) - east, told * math.cos(angle) - north
        spread = rate + _SPEED_DEVIATION * _SPEED_DEVIATION
        if not more * more + further * further > _GATE * spread:
            gain, pull = rate / spread, covariance / spread
            if far(pull * more, pull * further):
                return False
            latitude, longitude = moved(latitude, longitude, pull * more, pull * further)
            east, north = east + gain * more, north + gain * further
            variance = variance - pull * covariance
            covariance, rate = covariance * (1.0 - gain), rate * (1.0 - gain)
    state[0], state[1], state[2], state[3] = latitude, longitude, east, north
    state[4], state[5], state[6] = variance, covariance, rate
    return True


@compiled
def follow(begin: int, rows: Reports, held: States, out: Followed, motion: tuple[float, float], base: int) -> int:
    """Follow rows from `begin` on; return the first that could not be, or how many there are.

    `motion` is noise and brisk speed of a `Motion`; a row touches its track at `base` and four times its number.
    """
    for i in range(begin, len(rows.track)):
        track = rows.track[i]
        if track < 0:
            return i
        before = held.time[track]
        if rows.time[i] < before or rows.time[i] < held.heard[track] or rows.time[i] - before > _FRESH:
            return i
        state = held.values[:, track]
        if not step(state, before, rows, i, motion[0], motion[1]):
            return i
        held.time[track] = held.heard[track] = rows.time[i]
        held.seen[track] += 1
        held.last[track] = i
        held.touched[track] = base + 4 * i
        out.values[:, i] = state[:5]
        out.seen[i] = held.seen[track]
    return len(rows.track)
