"""`comity dispute list`: the lines that come with the software, and a node's own, each with who says so."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from comity.cli.dispute import dispute as group
from comity.node.create import NewNode, create
from comity.node.settings import FILE

EXAMPLE = Path(__file__).parents[2] / "examples" / "disputes" / "invented-lines.geojson"


def run(*arguments: object) -> str:
    result = CliRunner().invoke(group, [str(argument) for argument in arguments], terminal_width=200)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_those_that_come_with_the_software(tmp_path: Path) -> None:
    """Of each it is told how it stands and who says so; no claimant is named where the source names none."""
    lines = run("list").splitlines()
    assert len(lines) == 24
    assert all(line.endswith("Natural Earth 1:50m, public domain") for line in lines)
    assert {line.split("\t")[1] for line in lines} == {"Claim", "Breakaway"}
    assert all("the source names no claimants" in line for line in lines)
    create(tmp_path / "dk", NewNode(name="dk.coord", agency="Agency", country="DK"))
    assert run("list", tmp_path / "dk").splitlines() == lines


def test_a_node_adds_its_own(tmp_path: Path) -> None:
    folder = tmp_path / "dk"
    create(folder, NewNode(name="dk.coord", agency="Agency", country="DK"))
    (folder / "lines.geojson").write_bytes(EXAMPLE.read_bytes())
    with (folder / FILE).open("a", encoding="utf-8") as file:
        file.write('\n[relations]\ndisputes = "lines.geojson"\n')
    first, second = run("list", folder).splitlines()[24:]
    assert first.split("\t") == [
        "Middle ground, western edge",
        "before arbitrators",
        "from 56.70 N 11.30 E to 56.90 N 11.30 E",
        "claimed by XA, XB",
        "drawn by hand",
        "Note of 3 May 2024 (invented)",
    ]
    assert second.split("\t")[0] == "without a name"
    found = json.loads(run("list", folder, "--json"))
    assert [len(one["pieces"]) for one in found[24:]] == [1, 2]
