"""What is proven: a coastline reads back, bad ones are refused, a map becomes one, and the one that ships is right."""

from __future__ import annotations

import json

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.foundation import canonical, coastline, topology
from comity.foundation.coastline import Arc, Coastline, Drawing
from comity.foundation.geodesy import NAUTICAL_MILE
from comity.foundation.topology import Bounds
from comity.node import coastlines
from comity.vocabulary.fault import Fault
from comity.vocabulary.place import Position

SQUARE = np.array([[55.0, 10.0], [55.0, 11.0], [56.0, 11.0], [56.0, 10.0], [55.0, 10.0]])
DRAWING = Drawing(
    name="square",
    source="drawn for this test",
    licence="none",
    error=500,
    unseen=0,
    south=54.0,
    west=9.0,
    north=57.0,
    east=12.0,
    arcs=(Arc(owners=("dk",), points=coastline.packed(SQUARE)),),
)


@given(st.lists(st.tuples(st.integers(-9_000_000, 9_000_000), st.integers(-18_000_000, 18_000_000)), min_size=2))
def test_points_read_back(points: list[tuple[int, int]]) -> None:
    """To a hundred-thousandth of a degree nothing is lost."""
    degrees = np.array(points) / 100_000
    arc = Arc(owners=("se", "no"), points=coastline.packed(degrees))
    assert (coastline._points(arc) == degrees).all()
    drawing = msgspec.structs.replace(DRAWING, arcs=(arc,))
    assert canonical.read(coastline.written(drawing), Drawing) == drawing


def test_a_square_of_land() -> None:
    found = coastline.read(coastline.written(DRAWING), "square")
    assert found.covers(Position(54.5, 10.5))
    assert not found.covers(Position(53.9, 10.5))
    assert found.shores(Position(54.5, 10.5))["dk"] == pytest.approx(55_660, abs=50)
    assert found.shores(Position(55.5, 10.9))["dk"] == pytest.approx(-6_320, abs=50)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"south": 58.0}, "its bounds hold nothing"),
        ({"east": 9.0}, "its bounds hold nothing"),
        ({"arcs": (Arc(owners=("xx",), points=bytes(16)),)}, "arc 0: ('xx',) are no one or two States"),
        ({"arcs": (Arc(owners=("dk", "dk"), points=bytes(16)),)}, "are no one or two States"),
        ({"arcs": (Arc(owners=("dk",), points=bytes(8)),)}, "8 bytes are not two or more points"),
        ({"arcs": (Arc(owners=("dk",), points=bytes(20)),)}, "20 bytes are not two or more points"),
        ({"arcs": (Arc(owners=("dk",), points=b"\x7f" * 16),)}, "a point is not on the Earth"),
    ],
)
def test_a_flawed_drawing_is_refused(change: dict[str, object], told: str) -> None:
    with pytest.raises(Fault) as caught:
        Coastline(msgspec.structs.replace(DRAWING, **change))
    assert told in str(caught.value)


def test_other_bytes_are_refused() -> None:
    data = coastline.written(DRAWING)
    for bad in (b"", data[:-1], data + b"\x00", canonical.written({"format": "comity/coastline/v2"})):
        with pytest.raises(Fault) as caught:
            coastline.read(bad, "bad.coast")
        assert caught.value.where.startswith("bad.coast")
        assert caught.value.remedy


def _map(arcs: list[list[list[int]]], **countries: list[list[list[int]]]) -> bytes:
    """Return TopoJSON in hundredths of a degree, with polygons of the countries of these numbers."""
    geometries = [
        {"type": "MultiPolygon", "arcs": polygons, "id": number[1:]} for number, polygons in countries.items()
    ]
    return json.dumps(
        {
            "type": "Topology",
            "objects": {"countries": {"type": "GeometryCollection", "geometries": geometries}},
            "arcs": arcs,
            "transform": {"scale": [0.01, 0.01], "translate": [0, 0]},
        }
    ).encode()


_BOUNDS = Bounds(south=55.0, west=10.0, north=56.0, east=12.0)
_BORDER = [[1100, 5500], [0, 100]]
_WEST = [[1100, 5600], [-100, 0], [0, -100], [100, 0]]
_EAST = [[1100, 5500], [100, 0], [0, 100], [-100, 0]]


def _read(data: bytes, bounds: Bounds = _BOUNDS) -> Coastline:
    drawing = msgspec.structs.replace(
        DRAWING, arcs=topology.arcs(data, bounds, "map"), **msgspec.structs.asdict(bounds)
    )
    return Coastline(drawing)


def test_a_map_of_two_countries() -> None:
    """One shared border: each is inside of its own, and the border is as far from both."""
    found = _read(_map([_BORDER, _WEST, _EAST], _208=[[[0, 1]]], _752=[[[2, -1]]]))
    shores = found.shores(Position(55.5, 10.8))
    assert shores["dk"] < 0 < shores["se"]
    assert shores["se"] == pytest.approx(-shores["dk"], abs=1)


def test_places_with_codes_of_their_own_are_part_of_their_state() -> None:
    """Åland is Finland's, and land without a number is nobody's that is named."""
    found = _read(_map([_BORDER, _WEST, _EAST], _248=[[[0, 1]]], _=[[[2, -1]]]))
    assert set(found.shores(Position(55.5, 10.8))) == {"fi", "zz"}


def test_land_far_outside_is_drawn_in() -> None:
    """A continent keeps no more than its edge, and what is inside of it stays inside."""
    wide = [[-17000, -8000], [17000, 0], [17000, 0], [0, 16000], [-17000, 0], [-17000, 0], [0, -16000]]
    parts = topology.arcs(_map([wide], _208=[[[0]]]), _BOUNDS, "map")
    points = np.concatenate([coastline._points(arc) for arc in parts])
    assert points[:, 0].min() > 50
    assert points[:, 1].max() < 30
    found = _read(_map([wide], _208=[[[0]]]))
    assert found.shores(Position(55.5, 11.0), 300_000) == {"dk": -np.inf}


def test_a_ring_across_the_antimeridian_is_closed_on_both_sides() -> None:
    """Land from 170 east to 170 west: inside on either side, outside elsewhere on its parallels, no shore between."""
    ring = [[17000, 6000], [2000 - 36000, 0], [0, 1000], [36000 - 2000, 0], [0, -1000]]
    world = Bounds(south=-89.0, west=-180.0, north=89.0, east=180.0)
    found = _read(_map([ring], _643=[[[0]]]), world)
    for east in (171.0, 179.99, -179.99, -171.0):
        assert found.shores(Position(65.0, east))["ru"] < -20_000
    for north, east in ((65.0, 0.0), (65.0, 169.0), (65.0, -169.0), (50.0, 175.0), (75.0, -175.0)):
        assert found.shores(Position(north, east), 1_000_000).get("ru", 1) > 0


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"{}", "this is no map"),
        (_map([_BORDER], _208=[[[7]]]), "arc 7 is not there"),
        (_map([_BORDER], _208=[[["x"]]]), "no numbers"),  # type: ignore[list-item]
        (_map([[[0, 0], [0, 99999]]], _208=[[[0]]]), "not on the Earth"),
        (_map([[]], _208=[[[0]]]), "no two positions"),
        (b"\xff", "this is no map"),
    ],
)
def test_a_bad_map_is_refused(data: bytes, told: str) -> None:
    with pytest.raises(Fault) as caught:
        topology.arcs(data, _BOUNDS, "map.json")
    assert told in caught.value.what
    assert caught.value.where == "map.json"


def test_islets() -> None:
    parts = topology.islets("name,state,latitude,longitude,metres\nOne,dk,56.2,11.7,500\n", "i.csv")
    found = Coastline(msgspec.structs.replace(DRAWING, arcs=parts))
    assert found.shores(Position(56.2, 11.7))["dk"] == pytest.approx(-460, abs=10)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("a,b\n", "i.csv:1"),
        ("name,state,latitude,longitude,metres\nOne,dk,56.2\n", "i.csv:2"),
        ("name,state,latitude,longitude,metres\nOne,dk,56.2,11.7,1\nTwo,xx,56.2,11.7,1\n", "i.csv:3"),
        ("name,state,latitude,longitude,metres\nOne,dk,nan,11.7,1\n", "i.csv:2"),
    ],
)
def test_bad_islets_are_refused(text: str, where: str) -> None:
    with pytest.raises(Fault) as caught:
        topology.islets(text, "i.csv")
    assert caught.value.where == where


@pytest.fixture(scope="module")
def shipped() -> Coastline:
    return coastlines.load()


@pytest.mark.parametrize(
    ("place", "north", "east", "state"),
    [
        ("Copenhagen", 55.70, 12.50, "dk"),
        ("Malmö", 55.59, 13.02, "se"),
        ("Ven", 55.908, 12.695, "se"),
        ("Hesselø", 56.197, 11.712, "dk"),
        ("Christiansø", 55.321, 15.188, "dk"),
        ("Bornholm", 55.13, 14.92, "dk"),
        ("Kiel", 54.31, 10.12, "de"),
        ("Oslo fjord's east", 59.2, 11.1, "no"),
        ("Greifswalder Oie", 54.247, 13.917, "de"),
        ("Aarhus", 56.15, 10.1, "dk"),
    ],
)
def test_whose_land_it_is(shipped: Coastline, place: str, north: float, east: float, state: str) -> None:
    """Towns and islands, those that 1:10m leaves out included."""
    shores = shipped.shores(Position(north, east))
    assert [name for name, distance in shores.items() if distance < 0] == [state], place


@pytest.mark.parametrize(
    ("place", "north", "east", "state", "miles"),
    [
        ("between Anholt and Læsø", 56.98, 11.35, "dk", 16.0),
        ("amid the Bornholmsgat", 55.36, 14.50, "se", 7.5),
        ("off Fehmarn, in the Belt", 54.60, 11.25, "de", 5.0),
    ],
)
def test_how_far_it_is(shipped: Coastline, place: str, north: float, east: float, state: str, miles: float) -> None:
    """Distances as a chart shows them, within the error that the file states."""
    allowed = (shipped.drawing.error + shipped.drawing.unseen) / NAUTICAL_MILE
    assert shipped.shores(Position(north, east))[state] / NAUTICAL_MILE == pytest.approx(miles, abs=allowed), place


def test_a_file_that_is_none(tmp_path: object) -> None:
    with pytest.raises(Fault, match="cannot be read"):
        coastlines.load(coastlines.SHIPPED.parent / "none.coast")
