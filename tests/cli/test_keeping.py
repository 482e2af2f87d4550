"""`comity ledger kept`, `hold` and `lift`: what can be opened is told, and kept longer for a reason only."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from click.testing import CliRunner, Result

from builders.calling import made
from comity.cli.main import comity
from comity.foundation.store.store import Store
from comity.vocabulary.fault import Missing, Refused


def run(*words: object) -> Result:
    return CliRunner().invoke(comity, ["ledger", *map(str, words)])


def test_entries_are_held_by_whom_the_law_names_and_let_go_again(
    tmp_path: Path, make_store: Callable[[str], Store]
) -> None:
    given = made(tmp_path / "dk", make_store("se.coord"))
    told = run("kept", given.folder)
    assert "1095 d, and as long after what it tells of is gone" in told.stdout
    assert "alerts                  365 d; 0 beyond it\n" in told.stdout
    assert "hold" not in told.stdout
    asked = ("hold", given.folder, "--record", "alert-1", "--reason", "case 7", "--officer")
    assert isinstance(run(*asked, "officer").exception, Refused)
    assert (
        run(*asked, "data-protection").stdout
        == "hold 1: entries on alert-1 are kept until it is lifted, own records too\n"
    )
    assert "hold 1: alert-1, by data-protection" in run("kept", given.folder).stdout
    answer = json.loads(run("kept", given.folder, "--json").stdout)
    assert (answer["term"], answer["holds"][0]["reason"], answer["kept"]["closed"]) == ("1095 d", "case 7", 0)
    assert answer["terms"] == {"alerts": "365 d", "decisions": "1095 d", "reports": "1095 d", "notices": "365 d"}
    assert [each["over"] for each in answer["records"]] == [0, 0, 0, 0]
    lift = ("lift", given.folder, 1, "--reason", "it is closed", "--officer", "data-protection")
    assert run(*lift).stdout == "hold 1 is lifted\n"
    assert isinstance(run(*lift).exception, Missing)
