"""`comity agreement prove`: what is proved and what is not, in words and in JSON, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from comity.cli import prove as command
from comity.cli.agreement import agreement
from comity.vocabulary.fault import Fault

FILE = Path(__file__).parents[2] / "examples" / "agreements" / "kattegat-maritime.yaml"


def prove(*words: object) -> Result:
    return CliRunner().invoke(agreement, ["prove", *map(str, words)])


@pytest.fixture
def wider(tmp_path: Path) -> Path:
    """Return a version of the example with a longer time and a field more."""
    text = FILE.read_text().replace("version: 1", "version: 2").replace("keep: 30 d", "keep: 60 d", 1)
    file = tmp_path / "wider.yaml"
    file.write_text(text.replace("mmsi, call_sign, name, ship_type, confidence", "mmsi, imo, call_sign, name", 1))
    return file


def test_the_example_is_proved() -> None:
    done = prove(FILE)
    assert done.exit_code == 0, done.output
    assert "proved      clauses: every clause decides something, and none repeats another" in done.stdout
    assert "NOT PROVED" not in done.stdout


def test_a_wider_version_is_not_proved_against_the_older(wider: Path) -> None:
    """What widened is told in one sentence with a case, and for whom else it is so; the exit code says so."""
    done = prove(wider, "--against", FILE)
    assert done.exit_code == 1
    assert "NOT PROVED  within: it permits nothing that version 1 does not permit" in done.stdout
    finding = next(line for line in done.stdout.splitlines() if line.startswith("            - "))
    assert "alerts-in-the-kattegat gives imo too; lets it be kept for 60 d, not 30 d" in finding
    assert "(in all: givers dk.coord, se.coord, de.coord; receivers dk.coord, se.coord; purposes" in finding
    assert prove(FILE, "--against", FILE).exit_code == 0


def test_the_other_way_round_fields_are_gone(wider: Path) -> None:
    """The older version gives what the newer does not: that is a widening too, if one goes back."""
    done = prove(FILE, "--against", wider)
    assert "alerts-in-the-kattegat gives ship_type, confidence too" in done.stdout
    assert "60 d" not in done.stdout


def test_json(wider: Path) -> None:
    done = prove(wider, "--against", FILE, "--json")
    assert done.exit_code == 1
    claims = json.loads(done.stdout)
    within = next(one for one in claims if one["name"] == "within")
    assert within["proved"] is False
    case = within["findings"][0]["case"]
    assert case["giver"] in ("dk.coord", "se.coord", "de.coord")
    assert set(case["position"]) == {"latitude", "longitude"}
    assert all(one["proved"] for one in claims if one["name"] != "within")


def test_what_cannot_be_read_is_a_fault(tmp_path: Path) -> None:
    file = tmp_path / "none.yaml"
    file.write_text("agreement: x\n")
    assert isinstance(prove(file).exception, Fault)


def test_long_work_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits reads every two seconds what is being looked at, on standard error; quick work says nothing."""
    assert prove(FILE).stderr == ""
    passing = iter(range(10**6))
    monkeypatch.setattr(command, "steady", lambda: next(passing) * 0.75)
    lines = prove(FILE).stderr.splitlines()
    assert lines
    assert lines[0].startswith("looking at ")
    assert all(line.endswith(" …") for line in lines)
