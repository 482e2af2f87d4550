"""Reports from the terminal: the same acts as over the API, in the name of one of the node's people."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from comity.cli.main import comity
from comity.foundation.store import ledger, officers
from comity.node.assemble import opened
from comity.node.create import NewNode, create
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Fault, Missing, Refused
from comity.vocabulary.officer import Officer, Role


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a node with an officer and an administrator."""
    made = tmp_path_factory.mktemp("report") / "north"
    create(made, NewNode(name="north", agency="North", country="DK"))
    with opened(made) as node, node.store.acting() as act:
        for name, role in (("freja", Role.OFFICER), ("ada", Role.ADMINISTRATOR)):
            officers.add(act, Officer(name=name, role=role), "hash")
            act.log(Entry(act=Act.ACCESS, subject=name))
    return made


@pytest.fixture
def drafted(tmp_path: Path) -> Path:
    """Return the file of a draft, as the command prints it and an officer has filled it in."""
    return _drafted(tmp_path, names_nobody=True)


def _drafted(folder: Path, **changes: object) -> Path:
    printed = json.loads(CliRunner().invoke(comity, ["report", "draft", "--notice"]).output)
    file = folder / "draft.json"
    file.write_text(json.dumps({**printed, **changes}))
    return file


def _run(*words: object) -> Result:
    return CliRunner().invoke(comity, ["report", *map(str, words)])


def _told(*words: object) -> Any:  # noqa: ANN401 - JSON
    result = _run(*words, "--json")
    assert result.exit_code == 0, result.exception
    return json.loads(result.output)


def test_from_a_draft_to_a_cancellation(folder: Path, drafted: Path) -> None:
    """Each step answers in JSON, is listed, and stands in the log under the officer's name."""
    made = _told("write", folder, drafted, "--officer", "freja")
    assert (made["record"], made["version"]) == ("notice", 1)
    again = ("update", folder, made["id"], drafted, "--version", 1, "--reason", "more is known", "--officer", "freja")
    assert _told(*again) == {"id": made["id"], "record": "notice", "version": 2, "told": []}
    ended = ("cancel", folder, made["id"], "--ending", "over", "--reason", "in port", "--officer", "freja")
    assert _told(*ended)["ending"] == "over"
    (line,) = [each for each in _told("list", folder, "--officer", "freja") if each["id"] == made["id"]]
    assert (line["state"], line["version"], line["grading"]) == ("cancelled: over", 2, "admiralty B2")
    with opened(folder) as node, node.store.reading() as transaction:
        entries = [found.read() for found in ledger.entries(transaction, 0)]
    acts = [(each.act, each.officer) for each in entries if each and each.subject == made["id"]]
    assert acts == [(Act.COLLECTED, "freja"), (Act.ALTERED, "freja"), (Act.ALTERED, "freja")]
    assert entries[-1] is not None
    assert (entries[-1].act, entries[-1].subject) == (Act.CONSULTED, "reports")


def test_in_words(folder: Path, drafted: Path) -> None:
    shown = _run("write", folder, drafted, "--officer", "freja")
    assert "graded admiralty B2" in shown.output
    assert "In a few words" in _run("list", folder, "--officer", "freja").output


@pytest.mark.parametrize(
    ("name", "changes", "fault", "told"),
    [
        ("nobody", {}, Missing, "nobody of this name"),
        ("ada", {}, Refused, "administrator"),
        ("freja", {"names_nobody": False}, Fault, "names a person"),
        ("freja", {"subjects": [{"kind": "person"}]}, Fault, "no draft"),
        ("freja", {"since": "yesterday"}, Fault, "yesterday"),
    ],
)
def test_what_is_not_right_is_refused(
    folder: Path, tmp_path: Path, name: str, changes: dict[str, object], fault: type[Fault], told: str
) -> None:
    """The draft as printed does not go: its writer has to say that nobody is named."""
    file = _drafted(tmp_path, **{"names_nobody": True, **changes})
    result = _run("write", folder, file, "--officer", name)
    assert isinstance(result.exception, fault)
    assert told in str(result.exception)
    assert result.exception.remedy


def test_an_administrator_reads_none(folder: Path) -> None:
    """Who runs the machine sees no records, from its terminal either (safeguard 25)."""
    assert isinstance(_run("list", folder, "--officer", "ada").exception, Refused)


def test_a_file_that_is_no_draft_is_refused(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "draft.json"
    for raw in (b"[]", b"\xff", b"{", b"{}", b" " * 1_048_577):
        file.write_bytes(raw)
        assert isinstance(_run("write", folder, file, "--officer", "freja").exception, Fault)
