"""The explanation tells every clause whole, and the command shows it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from agreements.cases import EXAMPLE
from comity.agreements.explanation import explained
from comity.agreements.terms import Terms, digest
from comity.cli.agreement import agreement
from comity.vocabulary.fault import Fault


def test_every_clause_is_told(terms: Terms) -> None:
    """Each clause's id, areas, purposes, fields, blur and time stand in the words."""
    words = "\n".join(explained(terms))
    for clause in terms.clauses:
        for word in (
            clause.id,
            clause.condition,
            *clause.where,
            *clause.fields,
            *(one.value for one in clause.purposes),
        ):
            assert word in words
    for word in ("within 2 km", "erased after 30 d", "TLP:AMBER+STRICT", "oversight", "se.coord in kattegat", "until"):
        assert word in words


def test_check(terms: Terms) -> None:
    """The command prints the digest that parties sign, in words or JSON."""
    shown = CliRunner().invoke(agreement, ["check", str(EXAMPLE)])
    assert shown.exit_code == 0
    assert digest(terms).hex() in shown.output
    answer = json.loads(CliRunner().invoke(agreement, ["check", "--json", str(EXAMPLE)]).output)
    assert answer["right"]
    assert answer["digest"] == digest(terms).hex()
    assert "se.coord in kattegat" in CliRunner().invoke(agreement, ["explain", str(EXAMPLE)]).output


@pytest.mark.parametrize(
    ("raw", "what"), [(b"version: 1\n", "is missing"), (b"\xff\xfe", "not UTF-8"), (b"#" * 1_000_001, "more than")]
)
def test_check_tells_the_fault(tmp_path: Path, raw: bytes, what: str) -> None:
    """A file that is no agreement ends in a fault, or with --json in one that a program can read, and exit code 1."""
    file = tmp_path / "agreement.yaml"
    file.write_bytes(raw)
    shown = CliRunner().invoke(agreement, ["check", str(file)])
    assert isinstance(shown.exception, Fault)
    told = CliRunner().invoke(agreement, ["check", "--json", str(file)])
    assert told.exit_code == 1
    answer = json.loads(told.output)
    assert not answer["right"]
    assert what in answer["what"]
    assert str(file) in answer["where"]
