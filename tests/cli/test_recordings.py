"""What docs/recordings.md says of the recordings: all where COMITY_RECORDINGS is set, else the quick ones."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from builders.recordings import recordings
from comity.cli.picture import picture
from comity.vocabulary.fault import Fault

_PAGE = Path(__file__).parents[2] / "docs" / "recordings.md"
_QUICK = 6_000
_ROWS = [
    [cell.strip(" `") for cell in line.strip("|").split("|")]
    for line in _PAGE.read_text("utf-8").splitlines()
    if line.startswith(("| `ais", "| `adsb"))
]


def _chosen() -> list[list[str]]:
    there = [row for row in _ROWS if recordings(row[0])]
    if "COMITY_RECORDINGS" in os.environ:
        return there
    return [row for row in there if "gliders" not in row[0] and (row[2] == "none" or int(row[2]) <= _QUICK)]


@pytest.mark.parametrize("row", _chosen(), ids=lambda row: Path(row[0]).name)
def test_a_row_says_what_the_recording_becomes(row: list[str]) -> None:
    """Sightings, tracks, outliers and alerts are those of the table; where it says none, the command says why."""
    name, form, *said = row
    (path,) = recordings(name)
    result = CliRunner().invoke(picture, ["run", "--format", form, str(path), "--json"])
    if said[0] == "none":
        assert isinstance(result.exception, Fault)
        return
    summary = json.loads(result.stdout.splitlines()[-1])
    alerts = ", ".join(f"{count} {kind}" for kind, count in summary["alerts"].items()) or "none"
    found = [summary["sightings"], summary["tracks"], summary["outcomes"].get("outlier", 0), alerts]
    assert [str(one) for one in found] == said


def test_the_page_judges_each_alert() -> None:
    """The table has eleven alerts, and the text says so."""
    counts = [int(part.split()[0]) for row in _ROWS if row[5] not in {"none", ""} for part in row[5].split(", ")]
    assert sum(counts) == 11
    assert "The eleven alerts, judged" in _PAGE.read_text("utf-8")
