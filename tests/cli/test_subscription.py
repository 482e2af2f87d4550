"""`comity subscription`: asked for and ended by people of the node, listed for people and for programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from comity.cli.subscription import subscription as group
from comity.foundation.clock import wall
from comity.vocabulary.fault import Fault, Missing
from comity.vocabulary.instant import DAY, written

UNTIL = written(wall() // 1000 * 1000 + DAY)
ASKED = ("--partner", "se.coord", "--kind", "track", "--purpose", "smuggling", "--agreement", "kattegat-maritime")
WITH = ("--clause", "tracks-in-the-kattegat", "--area", "kattegat", "--until", UNTIL)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(group, [str(argument) for argument in arguments], terminal_width=200)


def fault(result: Result) -> Fault:
    assert isinstance(result.exception, Fault), result.output
    return result.exception


@pytest.fixture
def folder(agreed_folder: Path) -> Path:
    """Return the folder of a node that knows a partner, has an agreement in force, and one user."""
    return agreed_folder


def test_asked_listed_and_ended(folder: Path) -> None:
    """What was asked for is in both lists, by id; who is no user cannot ask, and nothing is answered that was not."""
    assert "no subscriptions yet" in run("list", folder).stdout
    assert isinstance(fault(run("ask", folder, *ASKED, *WITH, "--officer", "nobody")), Missing)
    asked = run("ask", folder, *ASKED, *WITH, "--officer", "anna", "--json")
    made = json.loads(asked.stdout)["subscription"]
    (line,) = run("list", folder).stdout.splitlines()
    assert line.split("\t") == [made, "se.coord to dk.coord", "track", "kattegat", "smuggling", UNTIL, "asked"]
    (kept,) = json.loads(run("list", folder, "--json").stdout)
    assert (kept["subscription"], kept["state"], kept["clauses"]) == (made, "asked", ["tracks-in-the-kattegat"])
    assert kept["runs"] is False
    why = ("--reason", "because", "--officer", "anna")
    for word in ("accept", "decline"):
        assert "no partner has asked" in str(fault(run(word, folder, made, *why)))
    assert "does not run" in str(fault(run("renew", folder, made, "--until", UNTIL, "--officer", "anna")))
    assert run("end", folder, made, *why).stdout == f"{made} ended\n"
    assert json.loads(run("list", folder, "--json").stdout)[0]["state"] == "ended"
    assert "ended already" in str(fault(run("end", folder, made, *why)))


def test_what_cannot_be_asked_is_told(folder: Path) -> None:
    """A time that is none, an id that is none, a name too long, and a wish that rests on nothing."""
    ending = ("--officer", "anna")
    assert "date or time" in str(fault(run("ask", folder, *ASKED, *WITH[:-1], "soon", *ending)))
    assert "hexadecimal" in str(fault(run("end", folder, "xyz", "--reason", "why", *ending)))
    assert "cannot be asked for" in str(fault(run("ask", folder, *ASKED, "--clause", "x" * 64, *WITH[2:], *ending)))
    wrong = fault(run("ask", folder, *ASKED, *WITH, "--clause", "alerts-in-the-kattegat", *ending))
    assert "gives no track records to dk.coord" in str(wrong)
