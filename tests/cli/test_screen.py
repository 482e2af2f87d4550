"""`comity screen`: a zone is read from a file or as it is typed, and a doubt ends with code 1."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from comity.cli.screen import screen

SOUND = "P<DNKHOLM<<EVA<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<\nA1234567B7SWE7408122F1704154<<<<<<<<<<<<<<06\n"


def test_a_sound_zone_is_told_field_by_field(tmp_path: Path) -> None:
    file = tmp_path / "zone.txt"
    file.write_text(SOUND, "ascii")
    done = CliRunner().invoke(screen, ["mrz", str(file), "--today", "2016-01-01"])
    assert done.exit_code == 0, done.output
    assert "name\tHOLM, EVA" in done.stdout
    assert "born\t1974-08-12\tsex F\tnational of SWE" in done.stdout


def test_a_doubt_ends_with_code_one_and_both_ways_tell_it() -> None:
    typed = SOUND.replace("A1234567B", "A1234567C")
    plain = CliRunner().invoke(screen, ["mrz", "--today", "2016-01-01"], input=typed)
    told = CliRunner().invoke(screen, ["mrz", "--today", "2016-01-01", "--json"], input=typed)
    assert (plain.exit_code, told.exit_code) == (1, 1)
    doubts = json.loads(told.stdout)["doubts"]
    assert [doubt["kind"] for doubt in doubts] == ["check-digit", "check-digit"]
    assert all(f"doubt\t{doubt['what']}" in plain.stdout for doubt in doubts)


def test_by_the_clock_an_old_passport_has_expired() -> None:
    done = CliRunner().invoke(screen, ["mrz"], input=SOUND)
    assert done.exit_code == 1
    assert "doubt\tit expired on 2017-04-15" in done.stdout
