"""`comity simulate`: it writes feeds that `comity picture run` reads, and the truth beside them."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from comity.cli.main import comity
from comity.training import library
from comity.vocabulary.fault import Fault, Missing

CROSSING = """
scenario: two-boats
title: Two go over a border, one turns back
begin: 2026-01-03T23:40:00Z
duration: 50 min
at: [56.85, 11.55]
sensors:
  - {name: coast-ais, kind: ais, at: [0, 0], every: 20 s, reach: 60 km}
  - {name: hill-radar, kind: radar, at: [0, -9], every: 30 s, reach: 15 km, clutter: 0.2}
areas:
  - {name: west, kind: waters, ring: [[-60, -60], [0, -60], [0, 60], [-60, 60]]}
  - {name: east, kind: waters, ring: [[0, -60], [60, -60], [60, 60], [0, 60]]}
groups:
  - name: lit
    targets: [{name: a, way: [[0 min, -8, 6], [40 min, 8, 8]]}]
    events: [{kind: crossing, targets: [a], begin: 20 min, end: 20 min}]
  - name: unlit
    targets: [{name: a, silent: true, way: [[0 min, 8, -8], [40 min, -8, -6]]}]
    events: [{kind: crossing, targets: [a], begin: 20 min, end: 20 min}]
  - name: back
    targets: [{name: a, way: [[0 min, -8, -2], [20 min, -0.5, -2], [45 min, -9, -2]]}]
"""


def printed(*arguments: str) -> str:
    result = CliRunner().invoke(comity, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def test_what_comes_along_is_listed() -> None:
    """Each scenario by name, with what it is about; with a name, what is to be found in it."""
    text = printed("simulate")
    assert all(name in text for name in library.names())
    assert "6 going-dark" in printed("simulate", "going-dark", "--seed", "3")


def test_the_command_that_it_prints_finds_what_the_truth_says(tmp_path: Path) -> None:
    """Crossings round midnight: what is written is run as told, and what is raised is in the truth."""
    (tmp_path / "boats.yaml").write_text(CROSSING, "utf-8")
    told = printed("simulate", str(tmp_path / "boats.yaml"), "--seed", "2", "--out", str(tmp_path)).splitlines()[-1]
    words = shlex.split(told)
    assert words[:3] == ["comity", "picture", "run"]
    lines = [json.loads(line) for line in printed(*words[1:], "--json").splitlines()]
    alerts = [line for line in lines if line["type"] == "alert" and line["kind"] == "crossing"]
    truth = [json.loads(line) for line in (tmp_path / "truth.ndjson").read_text("utf-8").splitlines()]
    craft = {line["sighting"]: line["craft"] for line in truth if line["type"] == "report"}
    crossed = {line["crafts"][0]: line["begin"] for line in truth if line["type"] == "event"}
    assert set(crossed) == {"lit-a", "unlit-a"}
    found = {}
    for alert in alerts:
        names = [craft[each] for each in alert["sightings"] if craft[each]]
        found[max(set(names), key=names.count)] = alert["time"]
    assert set(found) == set(crossed)
    assert all(abs(found[name] - crossed[name]) < 5 * 60_000 for name in crossed)


@pytest.mark.parametrize(("arguments", "kind"), [(["nowhere"], Missing), (["crossing", "--out", "/proc/no"], Fault)])
def test_bad_input_is_told(arguments: list[str], kind: type[Fault]) -> None:
    """What is wrong, and what to do."""
    fault = CliRunner().invoke(comity, ["simulate", *arguments]).exception
    assert isinstance(fault, kind)
    assert fault.remedy
