"""What is proven: `comity agreement test` finds every difference, tells it, and passes only where there is none."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from comity.cli import expectation
from comity.cli.agreement import agreement
from comity.cli.expectation import Part, differences
from comity.vocabulary.fault import Fault

EXAMPLES = Path(__file__).parents[2] / "examples"
FILE = EXAMPLES / "agreements" / "lusatia-police.yaml"
FOLDER = EXAMPLES / "requests" / "lusatia-police"
ANSWERS = """answers:
  group-crosses-the-river:
    answer: permitted
    clause: crossings-of-the-river
    given: [area, confidence, grading, kind, position, severity, time, until]
    withheld: [explanation, officer, rule]
    marked: "TLP:AMBER, onward: ask"
  report-on-a-gang:
    answer: denied
    safeguard: 20
    reason: a report is about things, and an organisation is made of persons
    learns: not-permitted
"""
_FIRST, _SECOND = "group-crosses-the-river", "report-on-a-gang"
_REASON = "a report is about things, and an organisation is made of persons"


def run(folder: Path, *more: str) -> Result:
    return CliRunner().invoke(agreement, ["test", str(FILE), str(folder), *more])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of two requests that are answered as its expected.yaml says."""
    for name in (_FIRST, _SECOND):
        shutil.copy(FOLDER / f"{name}.json", tmp_path)
    (tmp_path / "expected.yaml").write_text(ANSWERS)
    return tmp_path


def change(folder: Path, old: str, new: str) -> None:
    assert ANSWERS.count(old) == 1
    (folder / "expected.yaml").write_text(ANSWERS.replace(old, new))


def test_as_expected(folder: Path) -> None:
    """One line for each, in the order of the expectations, and a count."""
    result = run(folder)
    assert result.exit_code == 0
    fields = "area, confidence, grading, kind, position, severity, time, until"
    assert result.stdout.splitlines() == [
        f"ok         {_FIRST}: permitted by crossings-of-the-river, given {fields}",
        f"ok         {_SECOND}: denied: {_REASON} (safeguard 20)",
        "2 requests: 2 as expected, 0 different",
    ]


def test_json(folder: Path) -> None:
    told = json.loads(run(folder, "--json").stdout)
    assert told["different"] == 0
    assert len(told["digest"]) == 64
    assert [(one["request"], one["ok"], one["differences"]) for one in told["requests"]] == [
        (_FIRST, True, []),
        (_SECOND, True, []),
    ]
    assert told["requests"][1]["found"]["safeguard"] == "20"
    change(folder, "safeguard: 20", "safeguard: 3")
    result = run(folder, "--json")
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert told["requests"][1]["differences"] == [{"part": "safeguard", "expected": "3", "found": "20"}]
    assert told["requests"][1]["ok"] is False


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("clause: crossings-of-the-river", "clause: look-outs", "clause: expected look-outs, found crossings-of-"),
        ("kind, position, ", "kind, ", "given: expected area, confidence, grading, kind, severity, time, until, found"),
        ("time, until]", "time, until, mmsi]", "given: expected area, confidence, grading, kind, mmsi, position"),
        (", rule]", "]", "withheld: expected explanation, officer, found explanation, officer, rule"),
        ("    withheld: [explanation, officer, rule]\n", "", "withheld: expected nothing, found explanation"),
        ("onward: ask", "onward: no", "marked: expected TLP:AMBER, onward: no, found TLP:AMBER, onward: ask"),
        ('    marked: "TLP:AMBER, onward: ask"', "    within: 1 km", "within: expected 1 km, found nothing"),
        ('    marked: "TLP:AMBER, onward: ask"', "    kept: tomorrow", "kept: expected tomorrow, found 2026-06-08T"),
        ("safeguard: 20", "safeguard: 3", "safeguard: expected 3, found 20"),
        ("    safeguard: 20\n", "", "safeguard: expected nothing, found 20"),
        ("made of persons", "made of people", "reason: expected a report is about things, and an organisation is"),
        ("learns: not-permitted", "learns: malformed", "learns: expected malformed, found not-permitted"),
        ("    learns: not-permitted", "    state: suspended", None),
        (
            f"    answer: denied\n    safeguard: 20\n    reason: {_REASON}\n    learns: not-permitted\n",
            "    answer: permitted\n    clause: look-outs\n",
            "expected permitted by look-outs, given nothing",
        ),
        ("  report-on-a-gang:", "  report-on-a-group:", "expected but not asked: there is no report-on-a-group.json"),
        ("  report-on-a-gang:", "  report-on-a-group:", "asked but not expected: denied: a report is about things"),
    ],
)
def test_a_difference_is_found_and_told(folder: Path, old: str, new: str, told: str | None) -> None:
    """Whatever is expected otherwise than it is, or not at all, is told, and the exit code says so."""
    change(folder, old, new)
    result = run(folder)
    if told is None:
        assert result.exit_code == 0
        return
    assert result.exit_code == 1
    assert [line for line in result.stdout.splitlines() if line.startswith(f"  {told}")], result.stdout
    assert result.stdout.splitlines()[-1].endswith("different")
    assert " 0 different" not in result.stdout


def test_how_it_stands_and_the_law_are_asked_with(folder: Path) -> None:
    """The same request is denied where the agreement is suspended, and where the law says so."""
    change(folder, "clause: crossings-of-the-river", "clause: crossings-of-the-river\n    state: suspended")
    assert "it is suspended (safeguard 9)" in run(folder).stdout
    (folder / "law.yaml").write_text(
        "law: at-home\nof: DE\nversion: 1\nbasis: [{instrument: Act}]\nforbid: [{id: none-of-it, give: alert}]\n"
    )
    change(folder, "clause: crossings-of-the-river", "clause: crossings-of-the-river\n    law: law.yaml")
    assert "none-of-it" in run(folder).stdout


@pytest.mark.parametrize(
    ("text", "what", "at"),
    [
        ("answers: [a]", "this should be a mapping", ":1:10"),
        ("answer: {}", "unknown key 'answer'", ":1:1"),
        ("answers:\n  a: {answer: perhaps}", "'perhaps' is no answer", ":2:15"),
        ("answers:\n  a: {answer: denied, reason: no, clause: b}", "unknown key 'clause'", ":2:35"),
        ("answers:\n  a: {answer: permitted, reason: yes}", "unknown key 'reason'", ":2:26"),
        ("answers:\n  a: {answer: permitted}", "the key 'clause' is missing", ":2:6"),
        ("answers:\n  a: {answer: denied}", "the key 'reason' is missing", ":2:6"),
        ("answers:\n  a: {answer: denied, reason: no, state: asleep}", "'asleep' is no state", ":2:42"),
        ("answers:\n  a: {answer: permitted, clause: b, given: []}", "this list is empty", ""),
        ("answers: {" + ", ".join(f"n{number}: {{}}" for number in range(1001)) + "}", "1001 requests are more", ""),
    ],
)
def test_expectations_that_cannot_be_read(folder: Path, text: str, what: str, at: str) -> None:
    """What is wrong is told with line and column."""
    (folder / "expected.yaml").write_text(text)
    fault = run(folder).exception
    assert isinstance(fault, Fault)
    assert what in fault.what
    assert fault.where.startswith(str(folder / "expected.yaml"))
    assert fault.where.endswith(at)


def test_requests_that_cannot_be_read(folder: Path) -> None:
    """No expectations, no request, too large a one, no UTF-8: each is told with its file."""
    (folder / f"{_FIRST}.json").write_text("[]")
    fault = run(folder).exception
    assert isinstance(fault, Fault)
    assert ("no request" in fault.what, fault.where) == (True, str(folder / f"{_FIRST}.json"))
    (folder / f"{_FIRST}.json").write_bytes(b" " * 1_000_001)
    assert "more than the 1000000 allowed" in str(run(folder).exception)
    (folder / f"{_FIRST}.json").write_bytes(b"\xff")
    assert "not UTF-8" in str(run(folder).exception)
    (folder / "expected.yaml").unlink()
    assert "there is no expected.yaml" in str(run(folder).exception)


def test_a_time_that_is_none_is_told_with_its_file(folder: Path) -> None:
    file = folder / f"{_FIRST}.json"
    file.write_text(file.read_text().replace("2026-06-01T11:40:00Z", "this morning"))
    assert "'this morning' is not a date or time" in str(run(folder).exception)
    assert str(file) in str(run(folder).exception)


PARTS = st.fixed_dictionaries(
    {"answer": st.sampled_from(["permitted", "denied"])},
    optional={
        **dict.fromkeys(("clause", "within", "reason", "safeguard"), st.sampled_from(["", "a", "b"])),
        **dict.fromkeys(("given", "withheld"), st.lists(st.sampled_from("xyz"), unique=True).map(sorted).map(tuple)),
    },
)


@given(PARTS, PARTS)
def test_two_answers_differ_in_just_the_parts_that_are_not_the_same(
    one: dict[str, Part], other: dict[str, Part]
) -> None:
    """Nothing said of a part is the same as that there is nothing of it."""
    keys = one.keys() | other.keys()
    unlike = {key for key in keys if (one.get(key) or None) != (other.get(key) or None)}
    assert {each.part for each in differences(one, other)} == unlike
    assert list(differences(one, one)) == []


@given(st.text(max_size=200) | st.text(alphabet="answers:{}[] \n-ad", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Arbitrary text brings expectations or a fault, never anything else."""
    try:
        read = expectation.read(text, "expected.yaml")
    except Fault:
        return
    assert all(one.parts["answer"] in ("permitted", "denied") for one in read.values())
