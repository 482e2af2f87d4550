"""Areas: reading them, finding them, going in and out."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import comity.demo
from builders.tracks import BEGIN, KATTEGAT, vessel
from comity.foundation.geodesy import offset
from comity.picture.areas import Areas, read_geojson
from comity.picture.presence import Presence, Way, distance_to
from comity.vocabulary.fault import Fault
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
    assert distance_to(area, KATTEGAT) == 0.0
    assert distance_to(area, offset(KATTEGAT, 3_000, 500)) == pytest.approx(2_000, rel=0.01)
    assert distance_to(area, offset(KATTEGAT, 4_000, 5_000)) == pytest.approx(math.hypot(3_000, 4_000), rel=0.01)


def test_noise_at_an_edge_is_one_entry_and_one_exit() -> None:
    """A track that wavers over the edge is in until it is beyond the margin."""
    presence = Presence(Areas([square("a", KATTEGAT, 1_000.0)]), margin=500.0)
    found = []
    for k, east in enumerate((1_500, 990, 1_010, 995, 1_200, 900, 1_400, 1_600, 1_300, 1_100)):
        state = Track(
            id="t",
            identity=vessel(1),
            sources=("ais",),
            first=BEGIN,
            last=BEGIN + k,
            sightings=1,
            position=offset(KATTEGAT, east, 0),
        )
        found += [(passage.way, passage.time - BEGIN) for passage in presence.moved(state)]
    assert found == [(Way.ENTRY, 1), (Way.EXIT, 7)]
    assert presence.inside("t") == frozenset()
