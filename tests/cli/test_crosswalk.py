"""`comity crosswalk`: tables are listed and shown, a code is told with what is lost, and a file is checked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from comity.agreements import tables
from comity.cli.crosswalk import crosswalk
from comity.vocabulary.fault import Fault


def run(*words: str) -> str:
    done = CliRunner().invoke(crosswalk, words)
    if done.exception is not None:
        raise done.exception
    return done.stdout


def test_all_tables_are_listed_and_each_is_shown() -> None:
    assert len(run("show").splitlines()) == len(tables.built_in()) == len(json.loads(run("show", "--json")))
    for table in tables.built_in():
        shown = run("show", table.crosswalk)
        assert shown.count("\n") == 3 + len(table.mappings) + len(table.none)
        assert table.source.source in shown
    assert json.loads(run("show", "tlp-to-europol", "--json"))["from"]["scheme"] == "tlp-2.0"


def test_a_code_is_told_with_what_is_lost() -> None:
    lines = run("map", "iccs-to-offence", "06").splitlines()
    assert lines == [
        "iccs-1.0 06: comity-offence drugs, narrower: what is shown covers less than was meant",
        "lost: 06 as drugs: alcohol and tobacco (0602) are left out",
    ]
    told = json.loads(run("map", "dk-penal-to-offence", "offence-to-iccs", "strfl. 191", "--json"))
    assert (told["shown"], told["as"]) == ("0601", "broader")
    assert [step["scheme"] for step in told["steps"]] == ["dk-penal", "comity-offence", "iccs-1.0"]


def test_what_has_no_counterpart_says_why() -> None:
    assert "no counterpart: it holds arms and terrorism" in run("map", "iccs-to-offence", "09")
    told = json.loads(run("map", "iccs-to-offence", "09", "--json"))
    assert (told["shown"], told["as"]) == (None, "lossy")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["map", "iccs-to-offence", "99"], "no code of iccs-1.0"),
        (["map", "iccs-to-offense", "06"], "Did you mean 'iccs-to-offence'"),
        (["map", "iccs-to-offence", "tlp-to-europol", "06"], "ends in comity-offence"),
        (["show", "nothing"], "no such crosswalk"),
    ],
)
def test_what_is_not_known_is_refused(words: list[str], told: str) -> None:
    with pytest.raises(Fault, match=told):
        run(*words)


def test_a_file_of_ones_own_is_checked_shown_and_told_by(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(
        "crosswalk: own-to-tlp\nversion: 1\nfrom: {scheme: own, source: us, codes: {secret: ours}}\n"
        "to: {scheme: marks, source: them, codes: {R: red}}\nmappings:\n  - {code: secret, to: R, as: exact}\n"
    )
    assert "own-to-tlp version 1 is right: from own to marks, 1 mapped" in run("check", str(file))
    assert "secret (ours)  exact  R (red)" in run("show", str(file))
    assert run("map", str(file), "secret").startswith("own secret: marks R, exact")
    file.write_text(file.read_text().replace("as: exact", "as: exakt"))
    with pytest.raises(Fault) as caught:
        run("check", str(file))
    assert caught.value.where == f"{file}:6:31"
    assert "'exact'" in caught.value.remedy
