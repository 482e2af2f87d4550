"""Findings over the API: everybody sees them, those who answer for them close them, and every console is told."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import msgspec
import pytest

from builders.lying import LyingLog
from builders.stations import station
from comity.api import notices
from comity.api.notices import Notices
from comity.foundation.store import findings
from comity.node.assemble import Node
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.finding import Finding, FindingKind
from comity.vocabulary.officer import Role

SignIn = Callable[[Role], httpx.Client]


@pytest.fixture
def found(node: Node) -> int:
    """Return the number of a finding that was made of two notes."""
    log = LyingLog(station("se.coord"))
    finding = Finding(
        kind=FindingKind.SPLIT_VIEW,
        partner="se.coord",
        origin="se.coord/log",
        shown_by="oversight",
        words="two trees",
        before=log.branch(b"one", 3),
        now=log.branch(b"two", 3),
    )
    with node.store.acting() as act:
        number = findings.add(act, finding, 17)
        act.log(Entry(act=Act.FINDING))
    return number


@pytest.mark.parametrize("role", list(Role))
def test_every_role_sees_what_was_found_and_some_answer_for_it(found: int, sign_in: SignIn, role: Role) -> None:
    client = sign_in(role)
    (told,) = client.get("/findings").json()
    assert (told["sequence"], told["kind"], told["partner"], told["officer"]) == (found, "split-view", "se.coord", None)
    assert told["before"].startswith("se.coord/log\n3\n")
    assert told["before"] != told["now"]
    answer = client.post(f"/findings/{found}/acknowledgement", json={"reason": "their operator explained"})
    if role in {Role.OFFICER, Role.SUPERVISOR, Role.AUDITOR}:
        assert answer.status_code == 201
        assert (answer.json()["officer"], answer.json()["reason"]) == (role.value, "their operator explained")
        assert client.get("/findings").json() == [answer.json()]
    else:
        assert answer.status_code == 403
        assert client.get("/findings").json() == [told]


def test_an_answer_needs_a_reason_and_an_open_finding(found: int, sign_in: SignIn) -> None:
    client = sign_in(Role.OFFICER)
    path = f"/findings/{found}/acknowledgement"
    assert client.post(path, json={"reason": "  "}).status_code == 400
    assert client.post(path, json={}).status_code == 400
    assert client.post("/findings/99/acknowledgement", json={"reason": "which?"}).status_code == 404
    assert client.post(path, json={"reason": "seen"}).status_code == 201
    assert client.post(path, json={"reason": "seen"}).status_code == 400


def test_consoles_are_told_of_a_finding_and_of_its_end(
    node: Node, sign_in: SignIn, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notices, "PAUSE", 0.0)
    told = Notices(node.store)
    begin = told.now()
    number: int = request.getfixturevalue("found")
    middle, seen = told.since(begin)
    assert [msgspec.json.decode(each) for each in seen] == [{"finding": number, "open": True}]
    sign_in(Role.AUDITOR).post(f"/findings/{number}/acknowledgement", json={"reason": "seen"})
    assert [msgspec.json.decode(each) for each in told.since(middle)[1]] == [{"finding": number, "open": False}]


def test_findings_are_counted_in_the_metrics(found: int, node: Node, browser: httpx.Client) -> None:
    text = browser.get("/metrics").text
    assert 'comity_findings_total{kind="split-view"} 1.0' in text
    assert 'comity_findings_open{kind="split-view"} 1.0' in text
