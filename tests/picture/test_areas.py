"""Areas: reading them, finding them, going in and out."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import comity.demo
from builders.tracks import BEGIN, KATTEGAT, vessel
from comity.foundation.geodesy import contains, offset
from comity.picture.areas import Areas, read_geojson
from comity.picture.presence import Presence, PresenceSettings, Way
from comity.vocabulary.fault import Fault
from comity.vocabulary.instant import SECOND
from comity.vocabulary.place import Area, Position
from comity.vocabulary.track import Track

DRAWN = (Path(comity.demo.__file__).parent / "areas.geojson").read_bytes()


def square(name: str, middle: Position, half: float) -> Area:
    corners = [offset(middle, east * half, north * half) for east, north in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
    return Area(name=name, polygons=((tuple(corners),),))


def feature(name: object, ring: object, kind: str = "Polygon") -> dict[str, object]:
    return {"type": "Feature", "properties": {"name": name}, "geometry": {"type": kind, "coordinates": ring}}


RING = [[[10, 56], [11, 56], [11, 57], [10, 56]]]


def test_the_rehearsal_areas_are_sound() -> None:
    """The drawn file reads; the three waters do not overlap, and known places lie on their side."""
    areas = read_geojson(DRAWN, "areas.geojson")
    assert {area.kind for area in areas} == {"waters", "region", "crossing-point"}
    assert all(area.source == "drawn for rehearsal, indicative only" for area in areas)
    shapes = {area.name: shapely.Polygon([(c.longitude, c.latitude) for c in area.polygons[0][0]]) for area in areas}
    assert all(shape.is_valid for shape in shapes.values())
    for one, other in (("dk", "se"), ("dk", "de"), ("se", "de")):
        assert shapes[f"{one}-waters"].intersection(shapes[f"{other}-waters"]).area < 1e-12
    index = Areas(areas)
    assert index.at(Position(56.70, 11.60)) == ("dk-waters", "kattegat")
    assert index.at(Position(55.62, 12.95)) == ("se-waters", "sound")
    assert index.at(Position(54.45, 10.30)) == ("de-waters", "western-baltic")
    assert "helsingor-helsingborg" in index.at(Position(56.035, 12.65))


@pytest.mark.parametrize(
    ("features", "word"),
    [
        ([feature("a", RING), feature("a", RING)], "second area is named 'a'"),
        ([feature("", RING)], "no name"),
        ([feature(7, RING)], "feature 1"),
        ([feature("a", [[[10, 56], [11, 56], [10, 56]]])], "four corners"),
        ([feature("a", [[[10, 56], [11, 56], [11, 57], [10, 57]]])], "four corners"),
        ([feature("a", [[[10, 56], [191, 56], [11, 57], [10, 56]]])], "longitude and latitude"),
        ([feature("a", [[[170, 56], [-170, 56], [-170, 57], [170, 56]]])], "half round"),
        ([feature("a", [])], "no outer ring"),
        ([feature("a", [10, 56], "Point")], "feature 1"),
        ([feature("a", RING), {"type": "Feature"}], "feature 2"),
    ],
)
def test_a_bad_area_is_refused_by_name(features: list[object], word: str) -> None:
    """The fault says which feature, and what is wrong with it."""
    text = json.dumps({"type": "FeatureCollection", "features": features})
    with pytest.raises(Fault, match=word) as caught:
        read_geojson(text, "a.geojson")
    assert str(caught.value).startswith("a.geojson: feature ")
    assert caught.value.remedy


@given(st.one_of(st.binary(), st.tuples(st.integers(0, len(DRAWN) - 1), st.binary(max_size=4))))
def test_only_faults_come_out_of_bad_text(damage: bytes | tuple[int, bytes]) -> None:
    """Whatever bytes are read, and however the real file is damaged, the answer is areas or a fault."""
    text = damage if isinstance(damage, bytes) else DRAWN[: damage[0]] + damage[1] + DRAWN[damage[0] + len(damage[1]) :]
    try:
        areas = read_geojson(text)
    except Fault:
        return
    assert all(area.name for area in areas)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.floats(55, 58), st.floats(9, 13), st.floats(100, 60_000)), max_size=20), st.data())
def test_the_index_finds_what_looking_at_all_finds(
    squares: list[tuple[float, float, float]], data: st.DataObject
) -> None:
    """Cells and boxes leave nothing out: the answer is that of trying every area with another library."""
    areas = [square(f"a{k}", Position(lat, lon), half) for k, (lat, lon, half) in enumerate(squares)]
    place = Position(data.draw(st.floats(54.5, 58.5)), data.draw(st.floats(8.5, 13.5)))
    point = shapely.Point(place.longitude, place.latitude)
    shapes = {a.name: shapely.Polygon([(c.longitude, c.latitude) for c in a.polygons[0][0]]) for a in areas}
    clear = {name for name, shape in shapes.items() if shape.boundary.distance(point) > 1e-9}
    expected = {name for name in clear if shapes[name].contains(point)}
    assert set(Areas(areas).at(place)) & clear == expected


def test_two_areas_of_one_name_are_refused() -> None:
    """A name means one area."""
    area = square("a", KATTEGAT, 100.0)
    with pytest.raises(Fault, match="two areas are named 'a'"):
        Areas([area, area])


def test_distance_to_an_area() -> None:
    """Nothing inside; outside, metres to the nearest edge or corner."""
    area = square("a", KATTEGAT, 1_000.0)
    index = Areas([area])
    assert index.distance("a", KATTEGAT) == 0.0
    assert index.distance("a", offset(KATTEGAT, 3_000, 500)) == pytest.approx(2_000, rel=0.01)
    assert index.distance("a", offset(KATTEGAT, 4_000, 5_000)) == pytest.approx(math.hypot(3_000, 4_000), rel=0.01)


CORNERS = st.tuples(st.integers(-8, 8), st.integers(-8, 8)).map(lambda at: Position(56 + at[0] / 8, 11 + at[1] / 8))
RINGS = st.lists(CORNERS, min_size=3, max_size=9).map(tuple)


@settings(max_examples=40, deadline=None)
@given(
    drawn=st.lists(st.lists(RINGS, min_size=1, max_size=2), min_size=1, max_size=4),
    places=st.lists(st.one_of(CORNERS, st.builds(Position, st.floats(54.5, 57.5), st.floats(9.5, 12.5)))),
)
def test_the_raster_decides_as_each_edge_does(drawn: list[list[tuple[Position, ...]]], places: list[Position]) -> None:
    """To the last bit, for whatever is drawn: positions on corners, on edges and on the borders of cells included."""
    areas = [Area(name=f"a{k}", polygons=tuple((ring,) for ring in rings)) for k, rings in enumerate(drawn)]
    index = Areas(areas)
    expected = [tuple(area.name for area in areas if contains(area, place)) for place in places]
    assert [index.at(place) for place in places] == expected
    points, held = index.at_many(np.array([p.latitude for p in places]), np.array([p.longitude for p in places]))
    pairs = [(place, index.names().index(name)) for place, names in enumerate(expected) for name in names]
    assert list(zip(points.tolist(), held.tolist(), strict=True)) == pairs


def test_a_hole_is_outside_and_the_other_polygon_inside() -> None:
    """Holes and several polygons of one area, at the edge of the map too."""
    outer, hole = square("a", Position(56.0, 11.0), 50_000).polygons[0][0], square("b", Position(56.0, 11.0), 9_000)
    edge = (Position(-90.0, 170.0), Position(-90.0, 180.0), Position(-70.0, 180.0), Position(-70.0, 170.0))
    index = Areas([Area(name="a", polygons=((outer, hole.polygons[0][0]), (edge,)))])
    assert index.at(Position(56.0, 11.0)) == ()
    assert index.at(Position(56.2, 11.0)) == ("a",)
    assert index.at(Position(-80.0, 179.9)) == ("a",)
    assert index.distance("a", Position(56.0, 11.0)) == pytest.approx(9_000, rel=0.01)
    assert index.distance("b", Position(56.0, 11.0)) == math.inf


def test_what_is_no_position_is_refused() -> None:
    """Numbers that are no latitude and longitude never reach machine code."""
    index = Areas([square("a", KATTEGAT, 1_000.0)])
    for latitude, longitude in ((math.nan, 0.0), (0.0, math.inf), (91.0, 0.0), (0.0, -181.0)):
        with pytest.raises(Fault, match="no latitude and longitude"):
            index.at_many(np.array([latitude]), np.array([longitude]))
        assert index.at(Position(latitude, longitude)) == ()
    assert [len(side) for side in Areas([]).at_many(np.array([1.0]), np.array([1.0]))] == [0, 0]


def test_areas_that_span_the_world_over_and_over_are_refused() -> None:
    """What would not fit into memory is a fault and not a crash."""
    world = ((Position(-90, -180), Position(-90, 180), Position(90, 180), Position(90, -180)),)
    with pytest.raises(Fault, match="cover too much together"):
        Areas(Area(name=f"a{k}", polygons=(world,)) for k in range(600)).at(KATTEGAT)
    assert Areas([Area(name="a", polygons=(world,))]).at(KATTEGAT) == ("a",)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.floats(-60_000, 60_000), st.floats(-60_000, 60_000)), max_size=8), st.floats(10, 30_000))
def test_those_within_reach_are_found(middles: list[tuple[float, float]], metres: float) -> None:
    """As measuring every area finds them; across the antimeridian too."""
    for place in (KATTEGAT, Position(-17.0, 179.98)):
        areas = [square(f"a{k}", offset(place, *middle), 500.0) for k, middle in enumerate(middles)]
        whole = [
            a for a in areas if max(abs(c.longitude - a.polygons[0][0][0].longitude) for c in a.polygons[0][0]) < 9
        ]
        index = Areas(whole)
        assert list(index.within(place, metres)) == [
            area.name for area in whole if index.distance(area.name, place) <= metres
        ]


def state(seconds: int, position: Position | None) -> Track:
    time = BEGIN + seconds * SECOND
    return Track(id="t", identity=vessel(1), sources=("ais",), first=BEGIN, last=time, sightings=1, position=position)


def followed(chosen: PresenceSettings, easts: Sequence[int], every: int = 1) -> list[tuple[Way, int]]:
    presence = Presence(Areas([square("a", KATTEGAT, 1_000.0)]), chosen)
    moves = [state(every * k, offset(KATTEGAT, east, 0)) for k, east in enumerate(easts)]
    found = [passage for move in moves for passage in presence.moved(move)]
    return [(passage.way, (passage.time - BEGIN) // SECOND) for passage in found]


def test_noise_at_an_edge_is_one_entry_and_one_exit() -> None:
    """A track that wavers over the edge is in until it is beyond the margin."""
    easts = (1_500, 990, 1_010, 995, 1_200, 900, 1_400, 1_600, 1_300, 1_100)
    assert followed(PresenceSettings(exit=500.0), easts) == [(Way.ENTRY, 1), (Way.EXIT, 7)]


def test_a_port_is_entered_at_three_kilometres_and_left_at_four() -> None:
    """As Global Fishing Watch has it: between the two nothing changes."""
    port = PresenceSettings(entry=3_000.0, exit=4_000.0)
    easts = (5_500, 4_500, 3_900, 4_500, 4_900, 5_100, 4_500, 4_100)
    assert followed(port, easts) == [(Way.ENTRY, 2), (Way.EXIT, 5)]


def test_who_does_not_stay_was_never_there() -> None:
    """With a dwell, an entry is told only of a track that stays, with the time at which it came in."""
    short = PresenceSettings(exit=500.0, dwell=4 * SECOND)
    assert followed(short, (2_000, 0, 0, 0, 2_000)) == []
    assert followed(short, (2_000, 0, 0, 0, 0, 0, 2_000)) == [(Way.ENTRY, 1), (Way.EXIT, 6)]


def test_an_old_report_moves_nobody() -> None:
    """A track that is in stays in when a report from before is read late, or one without a position."""
    presence = Presence(Areas([square("a", KATTEGAT, 1_000.0)]))
    assert [passage.way for passage in presence.moved(state(9, KATTEGAT))] == [Way.ENTRY]
    assert presence.moved(state(8, offset(KATTEGAT, 9_000, 0))) == []
    assert presence.moved(state(10, None)) == []
    assert presence.inside("t") == {"a"}


def test_an_exit_nearer_than_the_entry_is_refused() -> None:
    """A track would go in and out at every report."""
    with pytest.raises(Fault, match="out of an area before it is in"):
        Presence(Areas([]), PresenceSettings(entry=2_000.0, exit=1_000.0))


def test_presence_is_bounded() -> None:
    """Of many tracks in an area, the one heard longest ago is forgotten."""
    presence = Presence(Areas([square("a", KATTEGAT, 1_000.0)]), PresenceSettings(tracks=10))
    for k in range(25):
        presence.moved(msgspec.structs.replace(state(k, KATTEGAT), id=f"t{k}"))
    assert [k for k in range(25) if presence.inside(f"t{k}")] == list(range(15, 25))
