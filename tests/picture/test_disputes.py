"""Disputed lines: read as their source draws them, or refused with the feature that is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import comity.picture
from comity.node import disputes as of_node
from comity.picture import disputes
from comity.vocabulary.fault import Fault
from comity.vocabulary.place import Position

EXAMPLE = (Path(__file__).parents[2] / "examples" / "disputes" / "invented-lines.geojson").read_bytes()
SHIPPED = Path(comity.picture.__file__).parent / "natural_earth"
LINE = [[11.3, 56.7], [11.3, 56.9]]
SAID = {"status": "claimed", "source": "a note"}


def feature(line: object = LINE, kind: str = "LineString", **said: object) -> dict[str, object]:
    return {"type": "Feature", "properties": SAID | said, "geometry": {"type": kind, "coordinates": line}}


def collection(*features: object) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def test_what_is_written_is_read() -> None:
    first, second = disputes.read(EXAMPLE, "lines")
    assert (first.name, first.claimants, first.status) == (
        "Middle ground, western edge",
        ("XA", "XB"),
        "before arbitrators",
    )
    assert first.pieces == ((Position(56.7, 11.3), Position(56.9, 11.3)),)
    assert (second.name, second.claimants, len(second.pieces)) == ("", (), 2)


def test_natural_earth_says_who_it_is_and_the_software_adds_no_claimant() -> None:
    """Every feature of the file is read, with its own words alone; licence and source stand beside it."""
    found = of_node.shipped()
    (file,) = SHIPPED.glob("*.json")
    raw = json.loads(file.read_bytes())["features"]
    assert len(found) == len(raw) == 24
    for line, given_ in zip(found, raw, strict=True):
        said = given_["properties"]
        assert (line.status, line.name, line.note) == (said["featurecla"], said["name"] or "", said["note"] or "")
        assert line.claimants == ()
        assert len(line.pieces[0]) == len(given_["geometry"]["coordinates"])
    told = (SHIPPED / "README.md").read_text("utf-8")
    assert file.name in told
    assert "public domain" in told
    assert "naturalearthdata.com" in told


@pytest.mark.parametrize(
    ("features", "word"),
    [
        ([feature([[11.3, 56.7]])], "fewer than two points"),
        ([feature([])], "fewer than two points"),
        ([feature([[191.0, 56.7], [11.3, 56.9]])], "longitude and latitude"),
        ([feature(status="")], "how it stands"),
        ([feature(source=" ")], "how it stands"),
        ([feature(claimants="XA")], "not a disputed line"),
        ([feature(kind="Point")], "not a disputed line"),
        ([feature(), {"type": "Feature"}], "feature 2"),
    ],
)
def test_a_bad_line_is_refused_by_its_feature(features: list[object], word: str) -> None:
    with pytest.raises(Fault, match=word) as caught:
        disputes.read(collection(*features), "lines.geojson")
    assert caught.value.where.startswith("lines.geojson: feature ")
    assert caught.value.remedy


def test_what_is_too_large_or_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="more than"):
        disputes.read(b" " * (disputes.LARGEST + 1), "lines.geojson")
    with pytest.raises(Fault, match="FeatureCollection"):
        disputes.read(b"[]", "lines.geojson")
    with pytest.raises(Fault, match="cannot be read"):
        of_node.load(tmp_path, "gone.geojson")


@given(st.one_of(st.binary(), st.tuples(st.integers(0, len(EXAMPLE) - 1), st.binary(max_size=4))))
def test_only_faults_come_out_of_bad_text(damage: bytes | tuple[int, bytes]) -> None:
    text = damage if isinstance(damage, bytes) else EXAMPLE[: damage[0]] + damage[1] + EXAMPLE[damage[0] :]
    try:
        found = disputes.read(text, "lines.geojson")
    except Fault:
        return
    assert all(line.status and line.source for line in found)
