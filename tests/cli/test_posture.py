"""`comity posture`: previewed, set and listed by people of the node, for people and for programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from comity.cli.posture import posture as group
from comity.foundation.clock import wall
from comity.vocabulary.fault import Fault, Missing, Refused
from comity.vocabulary.instant import DAY, written

REVIEW = written(wall() // 1000 * 1000 + DAY)
WHY = ("--reason", "an incident at sea", "--review", REVIEW, "--officer", "anna")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(group, [str(argument) for argument in arguments], terminal_width=200)


def fault(result: Result) -> Fault:
    assert isinstance(result.exception, Fault), result.output
    return result.exception


def test_previewed_set_and_listed(agreed_folder: Path) -> None:
    """What would stop is told in lines; it counts from then on; what was before stays in the history."""
    assert run("list", agreed_folder).stdout == "se.coord\topen\tnobody has set any\n"
    told = run("preview", agreed_folder, "se.coord", "suspended", "--officer", "anna").stdout.splitlines()
    assert told[:2] == ["se.coord: open becomes suspended", "6 stop"]
    assert "  clause\tkattegat-maritime: tracks-in-the-kattegat, for any purpose" in told
    assert told[-1] == "0 begin"
    assert run("list", agreed_folder).stdout == "se.coord\topen\tnobody has set any\n", "nothing was changed"

    done = run("set", agreed_folder, "se.coord", "restricted", *WHY)
    assert done.stdout == "relations with se.coord are restricted from now on\n"
    made = json.loads(run("set", agreed_folder, "se.coord", "suspended", *WHY, "--json").stdout)
    assert (made["posture"], made["officer"], made["review"]) == ("suspended", "anna", REVIEW)
    (line,) = run("list", agreed_folder).stdout.splitlines()
    partner, name, since, review, *who = line.split("\t")
    assert (partner, name, review, who) == ("se.coord", "suspended", f"review {REVIEW}", ["anna", "an incident at sea"])
    assert since.startswith("since ")
    history = json.loads(run("list", agreed_folder, "--partner", "se.coord", "--json").stdout)
    assert [(one["posture"], one["due"]) for one in history] == [("suspended", False), ("restricted", False)]
    widened = json.loads(run("preview", agreed_folder, "se.coord", "open", "--officer", "anna", "--json").stdout)
    assert (widened["now"], widened["stops"], len(widened["begins"])) == ("suspended", [], 6)


@pytest.mark.parametrize(
    ("arguments", "kind", "words"),
    [
        (("set", "se.coord", "suspended", *WHY[:-1], "nobody"), Missing, "nobody of this name"),
        (("set", "no.coord", "suspended", *WHY), Missing, "no such partner"),
        (("set", "se.coord", "suspended", "--reason", " ", *WHY[2:]), Refused, "needs a reason"),
        (("set", "se.coord", "open", *WHY[:2], "--review", "2020-01-01", *WHY[4:]), Refused, "past or too far"),
        (("set", "se.coord", "open", *WHY[:2], "--review", "soon", *WHY[4:]), Fault, "date or time"),
        (("preview", "no.coord", "open", "--officer", "anna"), Missing, "no such partner"),
    ],
)
def test_what_cannot_be_done_is_told(
    agreed_folder: Path, arguments: tuple[str, ...], kind: type[Fault], words: str
) -> None:
    verb, *rest = arguments
    found = fault(run(verb, agreed_folder, *rest))
    assert isinstance(found, kind)
    assert words in found.what
    assert run("list", agreed_folder).stdout == "se.coord\topen\tnobody has set any\n"
