"""The explanation tells every clause whole, and the command shows it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from agreements.cases import EXAMPLE
from comity.agreements.explanation import explained
from comity.agreements.terms import Terms, digest, read
from comity.cli.agreement import agreement
from comity.vocabulary.fault import Fault

CASES = EXAMPLE.with_name("trafficking-cases.yaml")


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


@pytest.mark.parametrize(
    "line",
    [
        "In force from 2026-01-01 to the end of 2027-12-31 (UTC),",
        "once all have signed and 2 witnesses have seen it, oversight among them.",
        "It, and all that passes under it, is signed by Ed25519+ML-DSA-44; less is refused.",
        "Areas: vienna-road, plain-road, banat-road and ferry-meadow.",
        "  at.desk, hu.desk and ro.desk are told nothing of where it is when something lies there;",
        "While a party holds its relations with another restricted, it gives, answers and asks by look-outs only.",
        "While a party holds its relations with another suspended, it gives, answers and asks nothing.",
        "What no power lets or forbids, general law decides.",
        "  It must notify hu.desk before it comes in.",
        "What was given is gone within 14 d after it ends, whenever that is, and each holder's log proves it;",
        "nothing may be kept for longer.",
        "Each holder accounts for the reports and notices one by one.",
    ],
)
def test_what_stands_beside_the_clauses_is_told(line: str) -> None:
    """Dates as they were written, signatures, areas, postures, masks, powers and what is owed after the end."""
    assert line in explained(read(CASES.read_text("utf-8"), CASES.name))


def test_a_clause_for_persons_says_what_protects_them() -> None:
    """To whom they never go, until when, and on what a record rests; no other clause says so."""
    agreed = read(CASES.with_name("trafficking-cases-2.yaml").read_text("utf-8"), "example")
    told = " ".join(line.strip() for line in explained(agreed, "suspects"))
    for words in (
        "Each party may give every other party records about suspects of an offence in vienna-road,",
        "if person.offence == trafficking, for trafficking.",
        "Withheld: description and officer.",
        "is erased after 60 d, or at its review date if that is sooner.",
        "what somebody did, never what they are (safeguard 20).",
        "no country from which the person seeks protection, to none at all while that country is not known (3)",
        "to none where a real risk to the person is marked (19), and never after its review date (7).",
        "Neither mark is ever told.",
    ):
        assert words in told
    assert "protection" not in " ".join(explained(agreed, "findings"))


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("quorum: 2, ", "quorum: 1, ", "once all have signed and 1 witness has seen it, oversight among them."),
        ("until: 2027-12-31", "until: 2027-12-31T06:00:00Z", None),
        ("kind: vehicle}", "kind: [aircraft, drone]}", "  An aircraft or drone of at.desk may observe in hu.land,"),
        ("    on: {offence: trafficking}\n", "", "  with or without a suspicion."),
        ("{time: 5 h}", "{distance: 10 nm}", "  within 10 nm from where it came in,"),
        ("mask: all", "mask: [at.desk]", "  at.desk is told nothing of where it is when something lies there;"),
        (
            "only: [look-outs]}",
            "only: [look-outs], for: [trafficking]}",
            "While a party holds its relations with another restricted, it gives, answers and asks by look-outs only,",
        ),
        ("prove: receipt", "prove: receipt\n  keep: [report]", "reports may be kept for longer, for as long as each"),
    ],
)
def test_it_is_told_in_sentences(old: str, new: str, line: str | None) -> None:
    """One and several, a and an, dates and times of day."""
    text = CASES.read_text("utf-8")
    assert old in text
    told = explained(read(text.replace(old, new, 1), CASES.name))
    wanted = line or "In force from 2026-01-01 until 2027-12-31T06:00:00.000Z (UTC),"
    assert [one for one in told if one.startswith(wanted)]


def test_check(terms: Terms) -> None:
    """The command prints the digest that parties sign, in words or JSON."""
    shown = CliRunner().invoke(agreement, ["check", str(EXAMPLE)])
    assert shown.exit_code == 0
    assert digest(terms).hex() in shown.output
    assert "is right: 6 clauses, between dk.coord" in shown.output
    assert "5 clauses, 4 powers, " in CliRunner().invoke(agreement, ["check", str(CASES)]).output
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
