"""What is proven: the command answers as the library does, in words and in JSON, and refuses what it cannot read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from comity.cli.jurisdiction import jurisdiction
from comity.vocabulary.fault import Fault

EXAMPLE = str(Path(__file__).parents[2] / "examples" / "agreements" / "sound-pursuit.yaml")
TRACK = """time,latitude,longitude,event
2026-06-01T12:00:00Z,55.862,12.620,signal
2026-06-01T12:10:00Z,55.872,12.650,
2026-06-01T12:20:00Z,55.880,12.690,
2026-06-01T12:30:00Z,55.884,12.720,
"""


def ask(*more: str, act: str = "pursue", at: str = "55.88,12.71") -> Result:
    time = "2026-06-01T12:30:00Z"
    common = ["--unit", "dk.coord", "--kind", "patrol-vessel", "--act", act, "--at", at, "--time", time]
    return CliRunner().invoke(jurisdiction, ["ask", EXAMPLE, *common, *more])


@pytest.fixture
def track(tmp_path: Path) -> str:
    path = tmp_path / "track.csv"
    path.write_text(TRACK)
    return str(path)


def test_what_a_duty_officer_reads(track: str) -> None:
    """The first line says it all: until when, how far, whom to tell, what never."""
    lines = ask("--offence", "smuggling", "--track", track).output.splitlines()
    assert lines[0] == (
        "permitted until 14:11 UTC or 10 nm from 55.873 N 12.657 E; "
        "notify se.coord before entry; no arrest, no use of force"
    )
    assert lines[1].startswith("why: pursuit-at-sea of sound-pursuit version 1 lets dk.coord's patrol-vessel pursue")
    assert lines[2] == "where: se.territorial-sea (the annex draws se.territorial-sea there)"


def test_json(track: str) -> None:
    answer = json.loads(ask("--offence", "smuggling", "--track", track, "--json").output)
    assert answer["verdict"] == "permitted"
    assert answer["until"].startswith("2026-06-01T14:11:")
    assert answer["must"] == [{"notify": "se.coord", "before": "entry"}]
    assert answer["never"] == ["arrest", "use-of-force"]
    assert answer["zones"] == ["se.territorial-sea"]
    assert answer["indicative"] is False
    assert answer["around"][0]["metres"] == 18_520


def test_other_answers() -> None:
    assert ask().output.startswith("forbidden\nwhy: pursuit-at-sea")
    assert ask(act="observe", at="55.61,12.71").output.startswith("contested; indicative\n")
    assert ask("--state", "suspended", act="enter", at="56.9,11.6").output.startswith("permitted; indicative\n")
    assert "does not count: sound-pursuit: it is suspended" in ask("--state", "suspended").output
    assert ask(act="enter", at="-12.5,-70.25").output.startswith("contested\nwhy: nobody can tell")
    assert ask("--country", "se.coord=NO", act="observe").output.startswith("forbidden\n")


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--at", "55"], "is not 2 numbers of degrees"),
        (["--at", "95,12"], "not on the Earth"),
        (["--at", "nan,12"], "is not 2 numbers"),
        (["--time", "noon"], "is not a time"),
        (["--time", "1969-01-01T00:00:00Z"], "since 1970"),
        (["--country", "se.coord"], "names no State"),
        (["--coastline", EXAMPLE], "not a Drawing"),
        (["--track", EXAMPLE], "the heading lacks"),
    ],
)
def test_what_cannot_be_read(more: list[str], told: str) -> None:
    result = ask(*more)
    assert isinstance(result.exception, Fault)
    assert told in result.exception.what


def test_a_coastline_is_made_and_used(tmp_path: Path) -> None:
    """From a map of one square country, and islands beside it."""
    square = [[1000, 5500], [100, 0], [0, 100], [-100, 0], [0, -100]]
    countries = {"type": "GeometryCollection", "geometries": [{"type": "Polygon", "arcs": [[0]], "id": "752"}]}
    transform = {"scale": [0.01, 0.01], "translate": [0, 0]}
    plain = {"type": "Topology", "objects": {"countries": countries}, "arcs": [square], "transform": transform}
    (tmp_path / "map.json").write_text(json.dumps(plain))
    (tmp_path / "islets.csv").write_text("name,state,latitude,longitude,metres\nOne,dk,55.5,11.5,900\n")
    said = "--bounds 54,9,57,12 --name square --source here --licence none --error 100 --unseen 0 --islets islets.csv"
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        made = CliRunner().invoke(jurisdiction, ["coastline", "map.json", "out.coast", *said.split()])
    assert made.output.endswith("bytes\n"), made.exception
    assert ": 2 arcs, 14 points, " in made.output
    answer = ask("--coastline", str(tmp_path / "out.coast"), act="observe", at="55.5,11.45").output
    assert "dk.territorial-sea (1.2 nm from dk, 15.4 nm from se; indicative: by square, known within 0.1 km)" in answer
