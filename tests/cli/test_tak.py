"""`comity tak`: a client is let in with a token that is shown once, is listed, and is let out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from comity.cli.tak import tak
from comity.foundation.clock import wall
from comity.node.assemble import opened
from comity.vocabulary.fault import Fault, Missing
from comity.vocabulary.instant import DAY, written


def said(*arguments: str | Path) -> str:
    result = CliRunner().invoke(tak, [str(each) for each in arguments], catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


def refused(*arguments: str | Path) -> BaseException | None:
    return CliRunner().invoke(tak, [str(each) for each in arguments]).exception


def test_a_client_is_added_listed_and_revoked(agreed_folder: Path) -> None:
    """One of a user's and one of a partner's; the token opens the door, and stands in no list."""
    until, by = written(wall() + DAY), ("--officer", "anna")
    folder = agreed_folder
    assert "no clients yet" in said("list", folder)
    made = json.loads(said("add", folder, "phone", "--user", "anna", "--until", until, *by, "--json"))
    text = said(
        *("add", folder, "their-phone", "--partner", "se.coord", "--purpose", "smuggling", "--until", until), *by
    )
    assert "nowhere yet: set tak.listen" in text
    with opened(folder) as node:
        session = node.tak.session("here")
        session.received(f'<auth><cot username="phone" password="{made["token"]}"/></auth>'.encode())
        assert session.greeted
        session.closed("done")
    said("revoke", folder, "phone", "--reason", "lost", *by)
    phone, theirs = json.loads(said("list", folder, "--json"))
    assert (phone["name"], phone["state"][:7]) == ("phone", "revoked")
    assert (theirs["holder"], theirs["purpose"], theirs["state"]) == ("se.coord", "smuggling", f"until {until}")
    listed = said("list", folder)
    assert made["token"] not in listed
    assert "added by anna" in listed
    for arguments, words in ((("nobody",), "nobody of this name"), (("anna", "--feed", "gone"), "no feed of TAK")):
        fault = refused("add", folder, "tablet", "--user", *arguments, "--until", until, *by)
        assert isinstance(fault, Missing)
        assert words in str(fault)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("phone", "--user", "anna", "--partner", "se.coord"), "one user's, or a partner's"),
        (("phone",), "one user's, or a partner's"),
        (("phone", "--partner", "se.coord"), "one user's, or a partner's"),
        (("Phone 7", "--user", "anna"), "no name for a client"),
    ],
)
def test_what_is_no_client_is_refused(tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    """Before the node is opened."""
    fault = refused("add", tmp_path, *arguments, "--until", "2026-12-31", "--officer", "anna")
    assert isinstance(fault, Fault)
    assert words in str(fault)
