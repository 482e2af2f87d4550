"""GeoJSON: what a point gives, in every form, and what is no point, no time and nobody's name."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.sources.feed import open_stream
from comity.sources.origin import Origin
from comity.sources.report import Report
from comity.vocabulary.place import Position
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import Identity, SubjectKind

PAGE = Path(__file__).parents[2] / "docs" / "formats" / "feed-geojson.md"
SHOWN = PAGE.read_text("utf-8").split("```\n")[1].encode()
ORIGIN = Origin(source="desk")
NOON = 1_767_268_800_000


def taken(*pieces: bytes, origin: Origin = ORIGIN) -> tuple[list[Sighting], Report]:
    stream = open_stream("geojson", origin)
    return [*(one for piece in pieces for one in stream.feed(piece)), *stream.end()], stream.report


def feature(coordinates: object = (11.7, 56.9), **properties: object) -> bytes:
    geometry = {"type": "Point", "coordinates": coordinates}
    told = {"time": "2026-01-01T12:00:00Z", **properties}
    return json.dumps([{"type": "Feature", "geometry": geometry, "properties": told}]).encode()


def test_the_page_shows_two_sightings() -> None:
    """A ship with its identity, and a party of which nothing is told."""
    (ship, party), report = taken(SHOWN)
    assert ship.identity == Identity(kind=SubjectKind.VESSEL, mmsi=219_000_001, name="FREJA")
    assert (ship.time, ship.position, ship.accuracy, ship.speed, ship.course) == (
        NOON,
        Position(56.9, 11.7),
        15,
        5.5,
        12,
    )
    assert party.identity == Identity(kind=SubjectKind.PARTY)
    assert report.faults == {}


@settings(max_examples=30)
@given(st.lists(st.integers(1, len(SHOWN) - 1), max_size=4))
def test_wherever_the_bytes_are_cut_the_sightings_are_the_same(places: list[int]) -> None:
    cuts = [0, *sorted(places), len(SHOWN)]
    assert taken(*(SHOWN[a:b] for a, b in pairwise(cuts)))[0] == taken(SHOWN)[0]


def test_a_text_sequence_is_read_line_by_line() -> None:
    """RFC 8142: each record behind its separator."""
    one = feature()[1:-1]
    found, report = taken(b"\x1e" + one + b"\n\x1e" + one + b"\n")
    assert len(found) == 2
    assert report.faults == {}


@pytest.mark.parametrize("time", ["2026-01-01T12:00:00Z", NOON, NOON // 1_000, float(NOON)])
def test_a_time_is_text_or_a_number(time: object) -> None:
    (one,), _ = taken(feature(time=time))
    assert one.time == NOON


def test_without_a_time_it_is_the_arrival_or_none() -> None:
    """In a recording it is counted, and no sighting."""
    found, report = taken(feature(time=None))
    assert (found, report.untimed, report.faults) == ([], 1, {"without a time": 1})
    (one,), _ = taken(feature(time=None), origin=Origin(source="desk", arrival=lambda: NOON))
    assert one.time == NOON


@pytest.mark.parametrize("kind", ["party", "vehicle", "object"])
def test_what_could_be_a_persons_name_is_not_taken(kind: str) -> None:
    """Of ships and aircraft alone a name is kept."""
    (one,), _ = taken(feature(kind=kind, name="Somebody", call_sign="AB 12 345", mmsi=219_000_001))
    assert one.identity == Identity(kind=SubjectKind(kind))


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (feature(kind="person"), "a kind that is not taken"),
        (feature(kind=["vessel"]), "a kind that is not taken"),
        (feature((11.7, 91.0)), "no position"),
        (feature((11.7,)), "no position"),
        (feature(("11.7", "56.9")), "no position"),
        (feature(time="noon"), "not a time"),
        (feature(time=True), "not a time"),
        (feature(time=-5), "not a time"),
        (feature(time=1e300), "not a time"),
        (feature(speed=-1), "a value out of range"),
        (feature(course=361), "a value out of range"),
        (feature(accuracy=0), "a value out of range"),
        (feature(mmsi="219000001"), "a value out of range"),
        (feature(mmsi=1_000_000_000), "a value out of range"),
        (b'[{"type":"Feature","geometry":{"type":"LineString","coordinates":[]}}]', "not a point"),
        (b'[{"type":"Thing"}]', "not a feature"),
        (b'[{"type":"Feature",}]', "not JSON"),
        (b'{"type":"Feature"}', "a document without features"),
        (b'[{"type":"Feature","properties":{"x":"' + b"x" * 17_000 + b'"}}]', "a feature too long"),
    ],
)
def test_what_is_no_sighting_is_named(data: bytes, fault: str) -> None:
    found, report = taken(data)
    assert found == []
    assert report.faults == {fault: 1}


@settings(max_examples=60, deadline=None)
@given(
    st.binary(max_size=200)
    | st.recursive(st.none() | st.floats() | st.text(max_size=9), st.lists).map(json.dumps).map(str.encode)
)
def test_nothing_raises_whatever_comes(data: bytes) -> None:
    found, report = taken(b'[{"type":"Feature","geometry":', data, b',"properties":', data, b"}]")
    assert len(found) == report.sightings
