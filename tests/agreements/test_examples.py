"""What is proven: each example agreement answers its requests as its expected.yaml says, all of them and no others."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from agreements.cases import EXAMPLE
from comity.agreements.terms import Terms, canonical, from_canonical
from comity.cli.expectation import Part
from comity.cli.text import read
from comity.cli.trial import Trial, trials

FOLDER = EXAMPLE.parents[1] / "requests"
TRIED = sorted(path.name for path in FOLDER.iterdir() if path.is_dir())


def agreed(name: str) -> Terms:
    return read(EXAMPLE.with_name(f"{name}.yaml"))


def answers(name: str, text: Terms | None = None) -> list[Trial]:
    return list(trials(text or agreed(name), FOLDER / name))


def expected(name: str) -> list[dict[str, Part]]:
    return [dict(one.expected or {}) for one in answers(name)]


def test_three_agreements_are_tried() -> None:
    """At sea, on land, and of cases; every folder of requests belongs to an agreement."""
    assert TRIED == ["kattegat-maritime-2", "lusatia-police", "trafficking-cases-2"]
    assert all(EXAMPLE.with_name(f"{name}.yaml").is_file() for name in TRIED)


@pytest.mark.parametrize("name", TRIED)
def test_each_request_is_answered_as_expected(name: str) -> None:
    """Nothing is missing, nothing unexpected, and no part of an answer differs."""
    tried = answers(name)
    assert {one.request for one in tried} == {path.stem for path in (FOLDER / name).glob("*.json")}
    assert [(one.request, list(map(str, one.differences))) for one in tried if not one.ok] == []


@pytest.mark.parametrize("name", TRIED)
def test_what_the_requests_of_an_agreement_try(name: str) -> None:
    """At least eight: permits and denials, several safeguards, a narrower posture, a mask, and distress."""
    tried = answers(name)
    parts = expected(name)
    assert len(tried) >= 8
    assert {one["answer"] for one in parts} == {"permitted", "denied"}
    assert len({one["safeguard"] for one in parts if "safeguard" in one}) >= 3
    assert "10" in [one.get("safeguard") for one in parts]
    assert "safeguard-13" in [one.get("clause") for one in parts]
    unmasked = replace(agreed(name), disputes=())
    assert [one.request for one in answers(name, unmasked) if not one.ok], "no mask hides anything"


def test_the_example_of_cases_tries_what_protects_persons() -> None:
    """A suspect who may be told of, one who seeks protection, one at risk, and one past the review date."""
    about = [one.expected or {} for one in answers("trafficking-cases-2") if one.request.startswith("suspect-")]
    assert {one.get("safeguard") for one in about} == {None, "3", "7", "10", "19", "20"}
    assert [one for one in about if one["answer"] == "permitted"]
    assert not [
        one for one in about if "protection" in str(one.get("given")) or "protection" in str(one.get("withheld"))
    ]


@pytest.mark.parametrize("name", TRIED)
def test_every_clause_gives_something(name: str) -> None:
    """No clause of the examples goes untried but those that answer inquiries, which no request asks."""
    assert {one.id for one in agreed(name).clauses} <= {one.get("clause") for one in expected(name)}


@pytest.mark.parametrize("name", [*TRIED, "kattegat-maritime", "sound-pursuit", "trafficking-cases"])
def test_an_example_has_one_canonical_form(name: str) -> None:
    """What is signed of it reads back as it is."""
    assert canonical(from_canonical(canonical(agreed(name)))) == canonical(agreed(name))


@pytest.mark.parametrize("path", sorted(EXAMPLE.parent.glob("*.yaml")), ids=lambda path: path.name)
def test_an_example_says_that_it_is_one(path: Path) -> None:
    """No example can be taken for an agreement of real agencies, or its areas for anybody's border."""
    head = " ".join(path.read_text("utf-8").split("agreement:")[0].replace("#", "").split())
    assert head.startswith("An example, between ")
    assert "invented" in head
    assert "drawn by hand and claim no border" in head
