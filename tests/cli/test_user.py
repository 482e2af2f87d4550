"""The people of a node from the terminal: added once, changed, and named so that the ledger can tell them."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from comity.api.passwords import matches, token_digest
from comity.cli.main import comity
from comity.foundation.clock import wall
from comity.foundation.store import officers, sessions
from comity.node.assemble import Node, opened
from comity.node.create import NewNode, create
from comity.vocabulary.fault import Fault, Missing, Refused
from comity.vocabulary.officer import Role

_FIRST, _SECOND = "the sea is wide and cold", "the shore is far away now"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of a node that was just made."""
    create(tmp_path / "north", NewNode(name="north", agency="North", country="DK"))
    return tmp_path / "north"


def _run(folder: Path, verb: str, name: str, role: str, password: str = _FIRST) -> Result:
    command = ["user", verb, str(folder), name, "--role", role, "--password-stdin"]
    return CliRunner().invoke(comity, command, input=f"{password}\n")


def _password(node: Node, name: str) -> str:
    with node.store.reading() as transaction:
        known = officers.get(transaction, name)
    assert known is not None
    return known[1]


def test_a_person_is_added_once_and_changed_with_all_sessions_ended(folder: Path) -> None:
    assert _run(folder, "add", "Åse Lind", "officer").exit_code == 0
    assert isinstance(_run(folder, "add", "Åse Lind", "supervisor").exception, Refused)
    with opened(folder) as node, node.store.upkeep() as transaction:
        sessions.open(transaction, token_digest("token"), "Åse Lind", wall() + 60_000)
    changed = _run(folder, "change", "Åse Lind", "supervisor", _SECOND)
    assert "sessions are ended" in changed.output
    with opened(folder) as node:
        kept = _password(node, "Åse Lind")
        assert matches(kept, _SECOND)
        assert not matches(kept, _FIRST)
        with node.store.reading() as transaction:
            assert sessions.find(transaction, token_digest("token"), wall()) is None
            assert [officer.role for officer in officers.all(transaction)] == [Role.SUPERVISOR]
    assert isinstance(_run(folder, "change", "nobody", "officer").exception, Missing)


@pytest.mark.parametrize("name", ["", " ", "anna ", "an\nna", "\x1b[31manna", "x" * 121, "an\u202ena"])
def test_a_name_that_cannot_be_told_is_refused(folder: Path, name: str) -> None:
    assert isinstance(_run(folder, "add", name, "officer").exception, Fault)


@pytest.mark.parametrize("password", ["", "short", "x" * 1_025])
def test_a_password_too_short_or_too_long_is_refused(folder: Path, password: str) -> None:
    assert isinstance(_run(folder, "add", "anna", "officer", password).exception, Fault)
