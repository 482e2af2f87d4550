"""What is proven: in which zones a place may lie, the zones within each other, and that errors only add to them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from comity.agreements.belts import Shore, possible
from comity.agreements.drawn import Breadth
from comity.foundation.geodesy import NAUTICAL_MILE
from comity.vocabulary.zone import Zone, ZoneKind, read

_STATES = ("dk", "se", "no")
_BREADTHS = st.builds(
    Breadth,
    territorial_sea=st.sampled_from([0, 5_556, 22_224]),
    contiguous_zone=st.sampled_from([0, 44_448]),
    eez=st.sampled_from([0, 370_400]),
)
_SHORES = st.lists(
    st.builds(
        Shore,
        state=st.sampled_from(_STATES),
        distance=st.floats(-50_000, 395_000),
        error=st.floats(0, 10_000),
        unseen=st.floats(0, 10_000),
        breadth=_BREADTHS,
    ),
    max_size=3,
    unique_by=lambda one: one.state,
)


def shore(state: str, miles: float, error: float = 0, unseen: float = 0) -> Shore:
    return Shore(state=state, distance=miles * NAUTICAL_MILE, error=error, unseen=unseen)


def names(*shores: Shore) -> list[str]:
    return [str(zone) for zone in possible(shores)]


@pytest.mark.parametrize(
    ("miles", "zone"),
    [
        (-1, "land"),
        (0.1, "territorial-sea"),
        (11.9, "territorial-sea"),
        (12.1, "contiguous-zone"),
        (23.9, "contiguous-zone"),
        (24.1, "eez"),
        (199.9, "eez"),
    ],
)
def test_belts_of_one_state(miles: float, zone: str) -> None:
    assert names(shore("se", miles)) == [f"se.{zone}"]


def test_nobodys() -> None:
    assert names() == ["high-seas"]
    assert names(shore("se", 200.1), shore("no", 210)) == ["high-seas"]


def test_between_two_territorial_seas_lies_the_median_line() -> None:
    assert names(shore("dk", 4), shore("se", 5)) == ["dk.territorial-sea"]
    assert names(shore("dk", 5), shore("se", 4)) == ["se.territorial-sea"]
    assert names(shore("dk", 4, 1_000), shore("se", 5, 1_000)) == ["dk.territorial-sea", "se.territorial-sea"]


def test_between_two_economic_zones_the_law_draws_no_line() -> None:
    assert names(shore("dk", 40), shore("se", 60)) == ["dk.eez", "se.eez"]
    assert names(shore("dk", 20), shore("se", 22)) == ["dk.contiguous-zone", "se.contiguous-zone"]
    assert names(shore("dk", 20), shore("se", 60)) == ["dk.contiguous-zone"]
    assert names(shore("dk", 30), shore("se", 121)) == ["dk.eez"]


def test_islands_that_are_not_drawn_bring_the_outer_limit_nearer_only() -> None:
    """Ten miles off, an island may be nearer: still territorial sea. Fifteen off, it may be."""
    assert names(shore("se", 10, 0, 10_000)) == ["se.territorial-sea"]
    assert names(shore("se", 15, 0, 10_000)) == ["se.territorial-sea", "se.contiguous-zone"]


def test_a_state_that_has_no_such_zone() -> None:
    narrow = replace(shore("de", 8), breadth=Breadth(territorial_sea=5_556, contiguous_zone=0))
    assert names(narrow) == ["de.eez"]


@given(_SHORES)
def test_there_is_always_an_answer(shores: list[Shore]) -> None:
    found = possible(shores)
    assert found
    assert len(set(found)) == len(found)


@given(_SHORES, st.floats(0, 10_000), st.floats(0, 10_000))
def test_a_larger_error_only_adds(shores: list[Shore], error: float, unseen: float) -> None:
    """Whatever a place may be, it still may be if less is known."""
    coarser = [replace(one, error=one.error + error, unseen=one.unseen + unseen) for one in shores]
    assert set(possible(shores)) <= set(possible(coarser))


@given(st.floats(-20, 220))
def test_zones_lie_within_each_other(miles: float) -> None:
    """Territorial sea within 24 nm within 200 nm: no place is in an inner one and beyond an outer one."""
    (zone,) = possible([shore("se", miles)])
    reach = {
        ZoneKind.LAND: 0,
        ZoneKind.TERRITORIAL_SEA: 12,
        ZoneKind.CONTIGUOUS_ZONE: 24,
        ZoneKind.EEZ: 200,
        ZoneKind.HIGH_SEAS: 220,
    }
    assert miles <= reach[zone.kind]
    assert all(miles >= most for kind, most in reach.items() if list(reach).index(kind) < list(reach).index(zone.kind))


@given(st.sampled_from(ZoneKind), st.sampled_from(_STATES))
def test_a_zone_reads_back(kind: ZoneKind, state: str) -> None:
    zone = Zone(kind, "" if kind is ZoneKind.HIGH_SEAS else state)
    assert read(str(zone)) == zone
    assert zone.holds(zone)


def test_what_holds_what() -> None:
    """The economic zone holds the contiguous zone, and never the territorial sea."""
    eez = read("se.eez")
    assert eez.holds(read("se.contiguous-zone"))
    assert not eez.holds(read("se.territorial-sea"))
    assert not eez.holds(read("dk.contiguous-zone"))
    assert not read("se.contiguous-zone").holds(eez)
