"""Compact position reporting: what a sender folds is unfolded, by both ways, wherever on Earth."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from builders import squitters
from comity.foundation.geodesy import distance
from comity.sources.mode_s import cpr
from comity.sources.mode_s.cpr import Folded
from comity.vocabulary.place import Position

LATITUDES = st.floats(-89.9, 89.9)
LONGITUDES = st.floats(-180, 179.999)
EVEN_AIR = Folded(odd=False, latitude=93_000, longitude=51_372)
ODD_AIR = Folded(odd=True, latitude=74_158, longitude=50_194)
EVEN_GROUND = Folded(odd=False, latitude=115_609, longitude=116_941, surface=True)
ODD_GROUND = Folded(odd=True, latitude=39_199, longitude=110_269, surface=True)


def folded(place: Position, *, odd: bool, surface: bool = False) -> Folded:
    return Folded(odd, *squitters.folded(place.latitude, place.longitude, odd=odd, surface=surface), surface)


def searched(even: Folded, odd: Folded) -> Position | None:
    """Unfold by going through every zone of both grids, and taking those that agree: no formula of the receiver's.

    The answer is that of the even grid.
    """
    norths = [
        (abs(one - other), one, other)
        for i in range(-15, 15)
        for j in range(-15, 15)
        if abs(one := 6 * (i + even.latitude / 131_072)) <= 90
        and abs(other := 360 / 59 * (j + odd.latitude / 131_072)) <= 90
    ]
    _, north, south = min(norths)
    many = squitters.belts(north)
    if many != squitters.belts(south):
        return None
    wide, narrow = 360 / many, 360 / max(many - 1, 1)
    easts = [
        (abs((a - b + 180) % 360 - 180), a)
        for i in range(many)
        for j in range(max(many - 1, 1))
        for a in [wide * (i + even.longitude / 131_072)]
        for b in [narrow * (j + odd.longitude / 131_072)]
    ]
    return Position(north, (min(easts)[1] + 180) % 360 - 180)


@given(LATITUDES)
@example(0.0)
@example(87.0)
@example(-87.0)
def test_zones_of_longitude_by_formula_and_by_edges(latitude: float) -> None:
    """The receiver's formula and the list of edges tell the same number, but for what rounding leaves at an edge."""
    assert cpr.zones(latitude) in {squitters.belts(latitude - 1e-9), squitters.belts(latitude + 1e-9)} | (
        {2} if abs(latitude) == 87.0 else set()
    )


@given(latitude=LATITUDES, longitude=LONGITUDES, last_odd=st.booleans())
def test_a_pair_in_the_air_is_where_it_was_folded(*, latitude: float, longitude: float, last_odd: bool) -> None:
    """Within 5.1 m, or less than 1 in 131,072 of a zone: the finest that 17 bits tell."""
    place = Position(latitude, longitude)
    found = cpr.pair(folded(place, odd=not last_odd), folded(place, odd=last_odd))
    if found is None:
        edges = {squitters.belts(latitude + shift) for shift in (-0.0001, 0.0001)}
        assert len(edges) > 1
        return
    zone = 360 / max(squitters.belts(latitude) - last_odd, 1)
    east = zone / 131_072 * 111_320 * math.cos(math.radians(latitude))
    assert distance(found, place) <= math.hypot(5.2 / 2 + 0.1, east / 2 + 0.1)


@given(LATITUDES, LONGITUDES)
def test_a_pair_is_where_a_search_of_all_zones_finds_it(latitude: float, longitude: float) -> None:
    """Two ways that share nothing give one place."""
    place = Position(latitude, longitude)
    even, odd = folded(place, odd=False), folded(place, odd=True)
    assume(len({squitters.belts(latitude + shift) for shift in (-0.001, 0, 0.001)}) == 1)
    found, expected = cpr.pair(odd, even), searched(even, odd)
    assert found is not None
    assert expected is not None
    assert distance(found, expected) < 0.01


@given(LATITUDES, LONGITUDES, st.sampled_from([0, 1]), st.floats(-170_000, 170_000), st.floats(-170_000, 170_000))
def test_one_report_is_told_by_a_position_nearby(
    latitude: float, longitude: float, odd: int, east: float, north: float
) -> None:
    """Half a zone away at most: here up to 240 km, and where zones are narrow by the poles as far as they reach."""
    assume(abs(latitude) < 80)
    place = Position(latitude, longitude)
    near = Position(
        latitude + north / 111_320,
        (longitude + east / (111_320 * math.cos(math.radians(latitude))) + 180) % 360 - 180,
    )
    found = cpr.nearby(folded(place, odd=odd == 1), near)
    assert found is not None
    assert distance(found, place) < 10


@given(latitude=LATITUDES, longitude=LONGITUDES, last_odd=st.booleans())
def test_on_the_ground_the_station_tells_which_of_eight(*, latitude: float, longitude: float, last_odd: bool) -> None:
    """A pair and a station in the neighbourhood: within 1.4 m and what the zones of longitude leave."""
    assume(abs(latitude) < 86 and len({squitters.belts(latitude + shift) for shift in (-0.001, 0, 0.001)}) == 1)
    place, station = Position(latitude, longitude), Position(latitude + 0.3, (longitude + 180.3) % 360 - 180)
    pair = folded(place, odd=not last_odd, surface=True), folded(place, odd=last_odd, surface=True)
    found = cpr.pair(*pair, station)
    assert found is not None
    assert distance(found, place) < 5
    alone = cpr.nearby(pair[1], station)
    assert alone is not None
    assert distance(alone, place) < 5
    assert cpr.pair(*pair) is None


def test_two_of_one_grid_are_no_pair() -> None:
    """Nor is one from the air with one from the ground."""
    place = Position(55.0, 12.0)
    assert cpr.pair(folded(place, odd=True), folded(place, odd=True)) is None
    assert cpr.pair(folded(place, odd=True), folded(place, odd=False, surface=True), place) is None


@given(st.lists(st.integers(0, 131_071), min_size=4, max_size=4), st.sampled_from([0, 1]), st.sampled_from([0, 1]))
def test_no_bits_are_beyond_the_earth(bits: list[int], last_odd: int, surface: int) -> None:
    """Whatever two reports say: a position that there is, or none."""
    near = Position(-33.0, 151.0)
    pair = Folded(last_odd == 0, *bits[:2], surface == 1), Folded(last_odd == 1, *bits[2:], surface == 1)
    for found in (cpr.pair(*pair, near), cpr.nearby(pair[0], near)):
        assert found is None or (abs(found.latitude) <= 90 and -180 <= found.longitude < 180)


@pytest.mark.parametrize(
    ("older", "newer", "near", "expected"),
    [
        (ODD_AIR, EVEN_AIR, None, (52.2572021, 3.9193725)),
        (EVEN_GROUND, ODD_GROUND, Position(51.99, 4.375), (52.3206070, 4.7347347)),
    ],
)
def test_published_examples(older: Folded, newer: Folded, near: Position | None, expected: tuple[float, float]) -> None:
    """The two worked examples of J. Sun, The 1090 Megahertz Riddle, second edition, chapters 5 and 6."""
    found = cpr.pair(older, newer, near)
    assert found is not None
    assert (found.latitude, found.longitude) == pytest.approx(expected, abs=1e-6)
