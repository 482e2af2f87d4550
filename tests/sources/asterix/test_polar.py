"""From radar to map and back: what a radar would measure of a target leads to where it was put."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from comity.foundation.geodesy import distance, earth_centred
from comity.sources.asterix import polar
from comity.sources.station import Station
from comity.vocabulary.place import Position

A, F = 6_378_137.0, 1 / 298.257223563


def at(latitude: float, longitude: float, height: float) -> tuple[float, float, float]:
    """Return Earth-centred coordinates by the textbook, from the flattening."""
    phi, lam, square = math.radians(latitude), math.radians(longitude), F * (2 - F)
    normal = A / math.sqrt(1 - square * math.sin(phi) ** 2)
    level = (normal + height) * math.cos(phi)
    return level * math.cos(lam), level * math.sin(lam), (normal * (1 - square) + height) * math.sin(phi)


def measured(station: Station, place: Position, height: float) -> tuple[float, float]:
    """Return slant range and azimuth: the length of the line of sight, and its direction from north."""
    here = at(station.position.latitude, station.position.longitude, station.height)
    line = [b - a for a, b in zip(here, at(place.latitude, place.longitude, height), strict=True)]
    phi, lam = math.radians(station.position.latitude), math.radians(station.position.longitude)
    east = (-math.sin(lam), math.cos(lam), 0.0)
    north = (-math.sin(phi) * math.cos(lam), -math.sin(phi) * math.sin(lam), math.cos(phi))
    along = [sum(p * q for p, q in zip(line, axis, strict=True)) for axis in (east, north)]
    return math.hypot(*line), math.degrees(math.atan2(*along)) % 360


@given(
    st.floats(-85, 85),
    st.floats(-180, 179),
    st.floats(-100, 3_000),
    st.floats(-3, 3),
    st.floats(-3, 3),
    st.floats(0, 15_000),
)
def test_what_is_measured_leads_back(
    latitude: float, longitude: float, mast: float, north: float, east: float, height: float
) -> None:
    """Up to 470 km away, within a metre and a half."""
    station = Station(position=Position(latitude, longitude), height=mast)
    across = (longitude + east / math.cos(math.radians(latitude)) + 180) % 360 - 180
    place = Position(max(-89.0, min(89.0, latitude + north)), across)
    assume(500 < distance(station.position, place) < 470_000)
    slant, azimuth = measured(station, place, height)
    # below some degrees straight up the slant range says little of the ground range
    assume(slant > 2 * abs(height - mast))
    assert distance(polar.position(station, slant, azimuth, height), place) < 1.5


def test_a_target_above_the_radar() -> None:
    """One nearer than it is high is straight above."""
    station = Station(position=Position(55.0, 12.0), height=10.0)
    assert polar.position(station, 5_000.0, 90.0, 9_000.0) == station.position


@given(st.floats(-89.9, 89.9), st.floats(-180, 179.9), st.floats(-100, 50_000))
def test_geodetic_is_the_inverse(latitude: float, longitude: float, height: float) -> None:
    """To a millimetre, and on the ellipsoid itself by the geodesy that all rests on."""
    found, high = polar.geodetic(*at(latitude, longitude, height))
    assert high == pytest.approx(height, abs=0.001)
    assert distance(found, Position(latitude, longitude)) < 0.01
    flat, zero = polar.geodetic(*earth_centred(latitude, longitude))
    assert zero == pytest.approx(0, abs=0.001)
    assert distance(flat, Position(latitude, longitude)) < 0.01


def test_spread() -> None:
    """Range error near by, azimuth error far out; nothing where the station does not tell both."""
    station = Station(position=Position(55.0, 12.0), range_error=70.0, azimuth_error=0.08)
    assert polar.spread(station, 10_000.0) == 70.0
    assert polar.spread(station, 200_000.0) == pytest.approx(279.25, abs=0.01)
    assert polar.spread(Station(position=Position(55.0, 12.0), range_error=70.0), 1.0) is None
