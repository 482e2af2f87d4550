"""Records about suspects from the terminal: the same acts as over the API, in the name of one of the node's people."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from comity.cli.main import comity
from comity.foundation.clock import wall
from comity.foundation.store import ledger, officers
from comity.node.assemble import opened
from comity.node.create import NewNode, create
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Fault, Missing, Refused
from comity.vocabulary.instant import DAY, written
from comity.vocabulary.officer import Officer, Role

PEOPLE = (("freja", Role.OFFICER), ("ada", Role.ADMINISTRATOR), ("otto", Role.AUDITOR), ("dora", Role.DATA_PROTECTION))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a node with its people."""
    made = tmp_path_factory.mktemp("person") / "north"
    create(made, NewNode(name="north", agency="North", country="DK"))
    with opened(made) as node, node.store.acting() as act:
        for name, role in PEOPLE:
            officers.add(act, Officer(name=name, role=role), "hash")
            act.log(Entry(act=Act.ACCESS, subject=name))
    return made


def _drafted(folder: Path, **changes: object) -> Path:
    printed = json.loads(CliRunner().invoke(comity, ["person", "draft"]).output)
    file = folder / "draft.json"
    file.write_text(json.dumps({**printed, "on_conduct_alone": True, **changes}))
    return file


def _far() -> str:
    """Return a day later than a draft's review date, and not too far away."""
    return written(wall() + 360 * DAY)[:10]


def _run(*words: object) -> Result:
    return CliRunner().invoke(comity, ["person", *map(str, words)])


def _told(*words: object) -> Any:  # noqa: ANN401 - JSON
    result = _run(*words, "--json")
    assert result.exit_code == 0, result.exception
    return json.loads(result.output)


def test_from_a_draft_to_the_end(folder: Path, tmp_path: Path) -> None:
    """Each step answers in JSON and stands in the log under the officer's name, with a digest and without a name."""
    file = _drafted(tmp_path)
    made = _told("add", folder, file, "--officer", "freja")
    (line,) = _told("list", folder, "--officer", "freja")
    assert (line["id"], line["names"], line["grading"]) == (made["id"], "EXAMPLE, ROBIN", "admiralty B2")
    shown = json.loads(_run("show", folder, made["id"], "--officer", "dora").output)
    assert (shown["person"]["facts"].split()[0], shown["given"]) == ("What", [])
    again = _told("correct", folder, made["id"], file, "--version", 1, "--officer", "freja")
    assert (again["version"], again["told"]) == (2, [])
    renewed = _told("renew", folder, made["id"], "--until", _far(), "--reason", "open", "--officer", "freja")
    assert renewed["version"] == 2
    assert renewed["review"] > shown["person"]["review"]
    assert _told("erase", folder, made["id"], "--reason", "closed", "--officer", "dora") == {"recalls": []}
    assert _told("list", folder, "--officer", "freja") == []
    with opened(folder) as node, node.store.reading() as transaction:
        entries = [one for found in ledger.entries(transaction, 0) if (one := found.read())]
    acts = [(one.act, one.officer) for one in entries if one.subject == made["id"]]
    assert acts == [
        (Act.COLLECTED, "freja"),
        (Act.CONSULTED, "freja"),
        (Act.CONSULTED, "dora"),
        (Act.ALTERED, "freja"),
        (Act.ALTERED, "freja"),
        (Act.ERASED, "dora"),
    ]
    assert not any("ROBIN" in str(one) or "EXAMPLE" in str(one) for one in entries)


def test_in_words(folder: Path, tmp_path: Path) -> None:
    """Without --json people read a line for each thing."""
    shown = _run("add", folder, _drafted(tmp_path), "--officer", "freja").output
    assert "version 1, can be read until" in shown
    record = shown.split()[1].rstrip(",")
    assert "EXAMPLE, ROBIN" in _run("list", folder, "--officer", "freja").output
    assert "no records about persons" in _run("list", folder, "--received", "--officer", "freja").output
    until = _run("renew", folder, record, "--until", _far(), "--reason", "open", "--officer", "freja")
    assert f"can be read until {_far()}" in until.output, until.exception
    assert "erased here" in _run("erase", folder, record, "--reason", "closed", "--officer", "freja").output


@pytest.mark.parametrize(
    ("name", "changes", "fault", "told"),
    [
        ("nobody", {}, Missing, "nobody of this name"),
        ("ada", {}, Refused, "administrator"),
        ("otto", {}, Refused, "auditor"),
        ("freja", {"on_conduct_alone": False}, Fault, "no grounds"),
        ("freja", {"ground": "belief"}, Fault, "no draft"),
        ("freja", {"religion": "any"}, Fault, "no draft"),
        ("freja", {"sex": {"value": "F", "by": "guessed"}}, Fault, "no draft"),
        ("freja", {"protection": {"since": 0, "origin": ["XX"], "fled": []}}, Fault, "no draft"),
        ("freja", {"review": "tomorrow"}, Fault, "tomorrow"),
        ("freja", {"review": "2020-01-01"}, Fault, "review date"),
    ],
)
def test_what_is_not_right_is_refused(
    folder: Path, tmp_path: Path, name: str, changes: dict[str, object], fault: type[Fault], told: str
) -> None:
    """A ground, attribute or mark that is none is refused, and so is whoever may not write."""
    result = _run("add", folder, _drafted(tmp_path, **changes), "--officer", name)
    assert isinstance(result.exception, fault)
    assert told in str(result.exception)
    assert result.exception.remedy


@pytest.mark.parametrize("name", ["ada", "otto"])
def test_who_runs_the_machine_or_audits_reads_none(folder: Path, name: str) -> None:
    """Neither lists nor opens, from its terminal either (safeguard 25)."""
    for words in (("list", folder), ("list", folder, "--received"), ("show", folder, "any")):
        assert isinstance(_run(*words, "--officer", name).exception, Refused)


def test_a_file_that_is_no_draft_is_refused(folder: Path, tmp_path: Path) -> None:
    """Of whatever sort it is, and however large."""
    file = tmp_path / "draft.json"
    for raw in (b"[]", b"\xff", b"{", b"{}", b'{"review":[]}', b"[" * 100_000, b" " * 262_145):
        file.write_bytes(raw)
        assert isinstance(_run("add", folder, file, "--officer", "freja").exception, Fault)
