"""`comity rights`: a person's request is answered from the log; what must go or change is called back from there."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from builders.calling import Given, made
from comity.cli.main import comity
from comity.foundation.store.store import Store
from comity.vocabulary.fault import Fault, Missing, Refused

AS = ("--reference", "DSR-7", "--officer", "data-protection")


@pytest.fixture
def given(tmp_path: Path, make_store: Callable[[str], Store]) -> Given:
    return made(tmp_path / "dk", make_store("se.coord"))


def run(*words: object) -> Result:
    return CliRunner().invoke(comity, ["rights", *map(str, words)])


def told(*words: object) -> Any:  # noqa: ANN401 - JSON
    result = run(*words, "--json")
    assert result.exit_code == 0, (result.output, result.exception)
    return json.loads(result.stdout)


def recalls(given: Given) -> list[dict[str, Any]]:
    listed = CliRunner().invoke(comity, ["recall", "list", str(given.folder), "--officer", "officer", "--json"])
    found: list[dict[str, Any]] = json.loads(listed.stdout)
    return found


def test_a_request_is_answered_and_the_record_erased_everywhere(given: Given) -> None:
    """What is held, who received it and under which clause; after the erasure the log alone tells."""
    answer = told("answer", given.folder, "219000001", "--by", "mmsi", *AS)
    held = {each["record"]: each for each in answer["held"]}
    assert (answer["reference"], answer["complete"]) == ("DSR-7", True)
    assert set(held) == {"alert-1", "alert-2", "track-1"}
    assert held["alert-1"]["recipients"] == ["se.coord"]
    assert "alerts-in-the-kattegat" in {event["clause"] for event in held["alert-1"]["events"]}
    in_words = run("answer", given.folder, " freja ", "--by", "name", *AS).stdout
    assert "given to se.coord" in in_words
    assert "given to nobody" in in_words
    (recall,) = told("erase", given.folder, "alert-1", *AS)["recalls"]
    given.carry()
    assert [(each["recall"], each["state"]) for each in recalls(given)] == [(recall, "erased")]
    after = run("answer", given.folder, "alert-1", "--by", "record", *AS).stdout
    assert after.startswith("alert-1\terased\t")
    assert "given to se.coord" in after
    said = run("erase", given.folder, "track-1", *AS).stdout
    assert said == "track-1 is erased here\n"
    assert "nothing is held" in run("answer", given.folder, "999999999", "--by", "mmsi", *AS).stdout


def test_a_record_is_corrected_at_the_partner_who_has_it(given: Given) -> None:
    """By the release with the corrected record; of nobody who has none of it, and only once."""
    _, second = given.messages
    words = ("correct", given.folder, "alert-1", "--partner", "se.coord", "--by", second[:16])
    (recall,) = told(*words, *AS)["recalls"]
    (line,) = recalls(given)
    assert (line["recall"], line["act"], line["reason"]) == (recall, "correct", "its originator calls it back")
    for again in (words, ("correct", given.folder, "alert-1", "--partner", "de.coord", "--by", second)):
        assert isinstance(run(*again, *AS).exception, Missing)


def test_only_the_data_protection_officer_asks(given: Given) -> None:
    """And nothing is asked without what is asked after, or without a reference."""
    as_another = ("--reference", "DSR-7", "--officer", "officer")
    for words in (
        ("answer", given.folder, "x", "--by", "name"),
        ("erase", given.folder, "alert-1"),
        ("correct", given.folder, "alert-1", "--partner", "se.coord", "--by", given.messages[1]),
    ):
        assert isinstance(run(*words, *as_another).exception, Refused)
    for value, reference in (("", "DSR-7"), ("x", ""), ("x" * 201, "DSR-7")):
        asked = ("answer", given.folder, value, "--by", "name", "--reference", reference)
        result = run(*asked, "--officer", "data-protection")
        assert isinstance(result.exception, Fault)
        assert result.exception.remedy
