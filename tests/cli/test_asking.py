"""`comity agreement ask`: a request in a file is answered as the permit answers it, in words or in JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from comity.cli.agreement import agreement
from comity.vocabulary.fault import Fault

EXAMPLES = Path(__file__).parents[2] / "examples"
FILE = EXAMPLES / "agreements" / "kattegat-maritime.yaml"
REQUEST = EXAMPLES / "requests" / "meeting-in-the-kattegat.json"


def ask(request: Path, *more: str) -> Result:
    return CliRunner().invoke(agreement, ["ask", str(FILE), "--request", str(request), *more])


@pytest.fixture
def changed(tmp_path: Path) -> Any:  # noqa: ANN401 - a function
    """Return what writes the example's request with some of it changed."""

    def write(record: dict[str, object] | None = None, **parts: object) -> Path:
        asked = json.loads(REQUEST.read_text())
        asked |= parts
        asked["record"] |= record or {}
        file = tmp_path / "request.json"
        file.write_text(json.dumps(asked))
        return file

    return write


def test_a_permit_is_told_with_its_clause_and_what_it_withholds() -> None:
    lines = ask(REQUEST).stdout.splitlines()
    assert lines[0] == "permitted by kattegat-maritime version 1, clause alerts-in-the-kattegat"
    assert "given: kind, name, position, severity, time" in lines
    assert "withheld: explanation: the clause does not give it" in lines
    assert "kept until 2026-07-01T12:00:00.000Z" in lines
    told = json.loads(ask(REQUEST, "--json").stdout)
    assert (told["permitted"], told["clause"]) == (True, "alerts-in-the-kattegat")
    assert {one["field"] for one in told["withheld"]} == {"explanation", "officer"}


@pytest.mark.parametrize(
    ("record", "parts", "reason", "code"),
    [
        ({}, {"judgement": None}, "no named officer has confirmed it (safeguard 4)", "not-permitted"),
        ({}, {"partner": "de.coord", "partner_country": "DE"}, "outside of western-baltic", "not-permitted"),
        ({}, {"partner": "fi.coord", "partner_country": "FI"}, "no agreement between", "not-in-force"),
        ({}, {"now": "2030-01-01T00:00:00Z"}, "in force only until", "not-in-force"),
        (
            {},
            {"posture": "guarded"},
            "relations are guarded, and nothing remains of it then (safeguard 10)",
            "not-permitted",
        ),
        ({"purposes": ["fisheries"]}, {}, "none of the purposes for which it is held (safeguard 1)", "not-permitted"),
        ({"handling": {}}, {}, "it is marked RED (safeguard 8)", "not-permitted"),
        ({"kind": "case"}, {}, "has no way out until safeguards", "not-permitted"),
        ({"position": {"latitude": 58.5, "longitude": 9.0}}, {}, "the position is outside of", "not-permitted"),
    ],
)
def test_a_denial_is_told_with_its_reason_and_with_what_the_partner_learns(
    changed: Any,  # noqa: ANN401 - a function
    record: dict[str, object],
    parts: dict[str, object],
    reason: str,
    code: str,
) -> None:
    first, second, *_ = ask(changed(record, **parts)).stdout.splitlines()
    assert first.startswith("denied: ")
    assert reason in first
    assert second == f"the partner learns: {code}"


def test_how_the_agreement_stands_is_asked_with() -> None:
    assert "it is suspended" in ask(REQUEST, "--state", "suspended").stdout
    assert json.loads(ask(REQUEST, "--state", "offered", "--json").stdout)["code"] == "not-in-force"


@pytest.mark.parametrize(
    "text",
    [b"", b"[]", b'{"own": 1}', b'{"own": "dk.coord"}', b'{"whatever": true}', b'{"\xff": 1}', b'{"a":' * 9_999],
    ids=["nothing", "list", "number", "too little", "another key", "not UTF-8", "too deep"],
)
def test_what_is_no_request_is_told_with_its_file(tmp_path: Path, text: bytes) -> None:
    file = tmp_path / "request.json"
    file.write_bytes(text)
    fault = ask(file).exception
    assert isinstance(fault, Fault)
    assert "this is no request" in str(fault)
    assert str(file) in str(fault)


def test_a_national_law_counts_besides(tmp_path: Path) -> None:
    """The example's law keeps names back, the reason names the rule; a wrong file is refused in place."""
    told = json.loads(ask(REQUEST, "--law", str(EXAMPLES / "laws" / "dk-sharing.yaml"), "--json").stdout)
    assert (told["permitted"], "name" in told["fields"]) == (True, False)
    assert any("names-stay, forbids it" in one["reason"] for one in told["withheld"])
    wrong = tmp_path / "law.yaml"
    wrong.write_text("law: a\nof: DK\nversion: 1\nbasis: [{instrument: A}]\nforbid: [{id: a}]\n")
    result = ask(REQUEST, "--law", str(wrong))
    assert isinstance(result.exception, Fault)
    assert result.exception.where == f"{wrong}:5:10"


PERSONS = EXAMPLES / "agreements" / "trafficking-cases-2.yaml"
SUSPECT = EXAMPLES / "requests" / "trafficking-cases-2" / "suspect-to-vienna.json"


def about(tmp_path: Path, **marks: object) -> Result:
    """Return what is answered about the example's suspect with these parts of the record changed, or gone."""
    asked = json.loads(SUSPECT.read_text())
    asked["record"] = {name: one for name, one in {**asked["record"], **marks}.items() if one is not ...}
    file = tmp_path / "request.json"
    file.write_text(json.dumps(asked))
    return CliRunner().invoke(agreement, ["ask", str(PERSONS), "--request", str(file), "--json"])


@pytest.mark.parametrize(
    ("marks", "safeguard"),
    [
        ({}, None),
        ({"protection": {"origin": ["IS"], "fled": ["NO"]}, "risks": ["NO", "FI"]}, None),
        ({"protection": {"origin": ["AT"]}}, 3),
        ({"protection": {"origin": ["NO"], "fled": ["AT"]}}, 3),
        ({"protection": {}}, 3),
        ({"protection": ...}, 3),
        ({"risks": ["NO", "AT"]}, 19),
        ({"review": "2026-05-31T00:00:00Z"}, 7),
        ({"handling": {"tlp": "AMBER", "onward": "no"}}, 15),
    ],
)
def test_a_lawyer_asks_whether_a_person_may_be_told_of(
    tmp_path: Path, marks: dict[str, object], safeguard: int | None
) -> None:
    """The safeguard that forbids is named to who asks; where none does, no mark stands in the answer."""
    told = json.loads(about(tmp_path, **marks).stdout)
    assert told["permitted"] is (safeguard is None)
    assert told.get("safeguard") == safeguard
    if safeguard is None:
        assert not {"protection", "risks"} & {*told["fields"], *(one["field"] for one in told["withheld"])}


@pytest.mark.parametrize(
    ("marks", "what"),
    [
        ({"protection": {"origin": ["Austria"]}}, "Austria is the code of no country"),
        ({"protection": {"origin": ["QQ"]}}, "QQ is the code of no country"),
        ({"protection": {"origin": ["NO", "NO"]}}, "stands twice"),
        ({"risks": ["QQ"]}, "QQ is the code of no country"),
        ({"review": ...}, "has a review date"),
        ({"review": "soon"}, "soon"),
        ({"kind": "report"}, "of a record about a person only"),
    ],
)
def test_marks_that_are_none_are_refused(tmp_path: Path, marks: dict[str, object], what: str) -> None:
    fault = about(tmp_path, **marks).exception
    assert isinstance(fault, Fault)
    assert what in str(fault)
