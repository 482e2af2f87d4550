"""`comity agreement preview`: what a partner would see, in which posture, with nothing sent."""

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
from comity.node.assemble import opened

WHO = ("--partner", "se.coord", "--purpose", "smuggling", "--officer", "officer")


@pytest.fixture
def given(tmp_path: Path, make_store: Callable[[str], Store]) -> Given:
    return made(tmp_path / "dk", make_store("se.coord"))


def preview(given: Given, *words: object) -> Result:
    return CliRunner().invoke(comity, ["agreement", "preview", str(given.folder), *map(str, words)])


def told(given: Given, *words: object) -> dict[str, Any]:
    result = preview(given, *words, "--json")
    assert result.exit_code == 0, (result.output, result.exception)
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def sent(given: Given) -> int:
    with opened(given.folder) as node, node.store.reading() as transaction:
        return int(transaction.rows("SELECT count(*) FROM outbox")[0][0])


def test_what_the_partner_would_see_is_shown_and_nothing_is_sent(given: Given) -> None:
    """The fields as they would be read, the clause, and what is kept back; as JSON and in words."""
    before = sent(given)
    seen = told(given, "alert-1", *WHO)
    assert (seen["permitted"], seen["clause"]) == (True, "alerts-in-the-kattegat")
    assert set(seen["seen"]) == set(seen["fields"])
    assert "officer" in {one["field"] for one in seen["withheld"]}
    words = preview(given, "alert-1", *WHO).stdout
    assert "the partner sees:\n" in words
    assert sent(given) == before


def test_as_if_relations_were_narrower(given: Given) -> None:
    """In a suspended posture nothing would go; the posture itself is not changed."""
    denied = told(given, "alert-1", *WHO, "--posture", "suspended")
    assert (denied["permitted"], denied["code"], denied["safeguard"]) == (False, "not-permitted", 10)
    assert "relations are suspended" in preview(given, "alert-1", *WHO, "--posture", "suspended").stdout
    assert told(given, "alert-1", *WHO)["permitted"]


def test_there_is_no_such_record(given: Given) -> None:
    """What is not there is said to be not there."""
    result = preview(given, "nothing", *WHO)
    assert result.exit_code != 0
    assert "no such alert" in str(result.exception)
