"""`comity inquiry`: asked for by people of the node, listed for people and for programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from builders import centre
from comity.cli.inquiry import inquiry as group
from comity.node.assemble import opened
from comity.vocabulary.entry import Act
from comity.vocabulary.fault import Fault, Missing, Refused

ASKED = ("--partner", "se.coord", "--kind", "vessel-inquiry", "--purpose", "smuggling")
WITH = ("--agreement", "kattegat-maritime", "--clause", "vessel-inquiry", "--reason", "seen at night")
ANNA = ("--officer", "anna")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(group, [str(argument) for argument in arguments], terminal_width=200)


def fault(result: Result) -> Fault:
    assert isinstance(result.exception, Fault), result.output
    return result.exception


@pytest.fixture
def folder(agreed_folder: Path) -> Path:
    """Return the folder of a node that knows a partner, has an agreement in force, and one user."""
    return agreed_folder


def test_asked_and_listed(folder: Path) -> None:
    """What was asked is in both lists; who is no user cannot ask, and nobody here gives what was not asked here."""
    assert "no inquiries yet" in run("list", folder, *ANNA).stdout
    assert isinstance(fault(run("ask", folder, *ASKED, *WITH, "--mmsi", 219000001, "--officer", "nobody")), Missing)
    asked = run("ask", folder, *ASKED, *WITH, "--mmsi", 219000001, "--name", "FREJA", *ANNA, "--json")
    made = json.loads(asked.stdout)["inquiry"]
    (line,) = run("list", folder, *ANNA).stdout.splitlines()
    assert line.split("\t")[:4] == [made, "dk.coord asks se.coord", "MMSI 219000001, name FREJA", "smuggling"]
    assert line.endswith("asked")
    (kept,) = json.loads(run("list", folder, *ANNA, "--json").stdout)
    assert (kept["inquiry"], kept["state"], kept["refusal"], kept["imo"]) == (made, "asked", "", None)
    shown = json.loads(run("show", folder, made, *ANNA, "--json").stdout)
    assert (shown["found"], shown["messages"]) == ([], [])
    assert run("show", folder, made, *ANNA).stdout.splitlines() == [line]
    assert run("list", folder, *ANNA, "--waiting").stdout == "nothing waits\n"
    assert "no partner has asked" in str(fault(run("give", folder, made, "--record", "alert-1", *ANNA)))
    assert "no partner has asked" in str(fault(run("decline", folder, made, "--reason", "because", *ANNA)))


def test_a_name_breaks_no_line_and_the_look_is_logged(folder: Path) -> None:
    """Names come from partners: nothing in them reaches the terminal as a command."""
    run("ask", folder, *ASKED, *WITH, "--name", "FREJA\x1b[2J\nSAGA", *ANNA)
    printed = run("list", folder, *ANNA).stdout
    assert len(printed.splitlines()) == 1
    assert "\x1b" not in printed
    with opened(folder) as node:
        last = centre.acts(node)[-1]
    assert (last.act, last.officer, last.subject) == (Act.CONSULTED, "anna", "inquiries")


@pytest.mark.parametrize(
    ("arguments", "kind", "what"),
    [
        (("--mmsi", 0), Fault, "cannot be asked"),
        (("--mmsi", 1_000_000_000), Fault, "cannot be asked"),
        ((), Refused, "after nothing"),
        (("--name", "x" * 121), Fault, "cannot be asked"),
        (("--mmsi", 1, "--reason", " "), Refused, "no reason"),
    ],
)
def test_what_cannot_be_asked_is_told(folder: Path, arguments: tuple[object, ...], kind: type, what: str) -> None:
    found = fault(run("ask", folder, *ASKED, *WITH, *ANNA, *arguments))
    assert isinstance(found, kind)
    assert what in str(found)


def test_an_id_that_is_none(folder: Path) -> None:
    assert "hexadecimal" in str(fault(run("show", folder, "no-id", *ANNA)))
    assert isinstance(fault(run("show", folder, "ab" * 32, *ANNA)), Missing)
