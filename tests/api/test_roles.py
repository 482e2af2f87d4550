"""Roles: for every route and every role, whether the server lets it through; the screen has no say in it."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import msgspec
import pytest
from litestar import Litestar

from builders import centre, pair, suspects
from builders.writings import draft
from comity.api.application import console_application
from comity.node.assemble import Node
from comity.review.acknowledge import ANSWERABLE
from comity.vocabulary.entry import Act
from comity.vocabulary.instant import DAY
from comity.vocabulary.officer import Role

READERS = frozenset(Role) - {Role.ADMINISTRATOR}
DECIDERS = frozenset({Role.OFFICER, Role.SUPERVISOR})
EVERYBODY = frozenset(Role)

CALLERS = DECIDERS | {Role.DATA_PROTECTION}
PROTECTION = frozenset({Role.DATA_PROTECTION})
_QUESTION = {"reference": "DSR-1", "mark": "mmsi", "value": "219000001"}
_ERASURE = {"reference": "DSR-1", "record": "alert-99"}
_RECALL = {"message": "ab" * 32, "act": "erase", "reason": "named wrongly"}
_DECISION = {"judgement": "confirmed", "reason": "seen by the patrol"}
_ONE = f"/subscriptions/{'ab' * 32}"
_WHY = {"reason": "they watch the same strait"}
_WISH = {
    "owner": "se.coord",
    "kind": "track",
    "purpose": "smuggling",
    "agreement": "kattegat-maritime",
    "clauses": ["tracks-in-the-kattegat"],
    "until": pair.NOW + DAY,
}
_QUERY = {
    "owner": "se.coord",
    "question": {
        "kind": "vessel-inquiry",
        "mmsi": 219000009,
        "purpose": "smuggling",
        "agreement": "kattegat-maritime",
        "clause": "vessel-inquiry",
    },
    "reason": "seen at night",
}
_INQUIRY = f"/inquiries/{'ab' * 32}"
_RELATIONS = "/partners/se.coord/posture"
_POSTURE = {"posture": "open", "reason": "nothing stands between us", "review": pair.NOW + DAY}
_ONWARD = f"/onward/{'ab' * 32}"
_PASSING = {
    "originator": "se.coord",
    "message": "00" * 32,
    "record": "notice-1",
    "recipient": "de.coord",
    "purpose": "smuggling",
    "reason": "it turns south",
}
_UNIT = {"unit": "dk.coord", "kind": "vehicle", "act": "enter", "place": {"latitude": 56.0, "longitude": 11.0}}
_ASKING = {"partner": "se.coord", "purpose": "smuggling"}
_DRAFT = msgspec.to_builtins(draft())
_ANEW = {"version": 1, "reason": "more is known", "draft": _DRAFT}
_CANCEL = {"ending": "over", "reason": "the boat is in port"}
_SUSPECT = msgspec.to_builtins(suspects.draft())
_RENEWAL = {"review": pair.NOW + 30 * DAY, "reason": "the case is open"}
PERSON_READERS = CALLERS | {Role.FUNDAMENTAL_RIGHTS}

TABLE: dict[tuple[str, str], tuple[frozenset[Role], str, object, int]] = {
    ("GET", "/api/session"): (EVERYBODY, "/session", None, 200),
    ("DELETE", "/api/session"): (EVERYBODY, "/session", None, 204),
    ("GET", "/api/summary"): (EVERYBODY, "/summary", None, 200),
    ("GET", "/api/alerts"): (READERS, "/alerts", None, 200),
    ("GET", "/api/alerts/{alert:str}"): (READERS, "/alerts/alert-1", None, 200),
    ("POST", "/api/alerts/{alert:str}/decision"): (DECIDERS, "/alerts/alert-1/decision", _DECISION, 201),
    ("POST", "/api/alerts/{alert:str}/preview"): (DECIDERS, "/alerts/alert-1/preview", _ASKING, 200),
    ("POST", "/api/alerts/{alert:str}/release"): (DECIDERS, "/alerts/alert-1/release", _ASKING, 201),
    ("GET", "/api/releases"): (READERS, "/releases", None, 200),
    ("GET", "/api/releases/{message:str}"): (READERS, "/releases/ab", None, 404),
    ("GET", "/api/releases/{message:str}/records"): (READERS, "/releases/ab/records", None, 404),
    ("GET", "/api/releases/{message:str}/bundle"): (READERS, "/releases/ab/bundle", None, 404),
    ("GET", "/api/recalls"): (READERS, "/recalls", None, 200),
    ("GET", "/api/recalls/here"): (READERS, "/recalls/here", None, 200),
    ("POST", "/api/recalls"): (CALLERS, "/recalls", _RECALL, 404),
    ("POST", "/api/rights/answer"): (PROTECTION, "/rights/answer", _QUESTION, 200),
    ("POST", "/api/rights/erase"): (PROTECTION, "/rights/erase", _ERASURE, 404),
    ("GET", "/api/received"): (READERS, "/received", None, 200),
    ("POST", "/api/received/{sender:str}/{message:str}/{place:int}/acknowledgement"): (
        DECIDERS,
        f"/received/se.coord/{'00' * 32}/0/acknowledgement",
        None,
        404,
    ),
    ("GET", "/api/reports"): (READERS, "/reports", None, 200),
    ("POST", "/api/reports"): (DECIDERS, "/reports", _DRAFT, 201),
    ("GET", "/api/reports/{report:str}"): (READERS, "/reports/none", None, 404),
    ("POST", "/api/reports/{report:str}/update"): (DECIDERS, "/reports/none/update", _ANEW, 404),
    ("POST", "/api/reports/{report:str}/cancel"): (DECIDERS, "/reports/none/cancel", _CANCEL, 404),
    ("POST", "/api/reports/{report:str}/preview"): (DECIDERS, "/reports/none/preview", _ASKING, 404),
    ("POST", "/api/reports/{report:str}/release"): (DECIDERS, "/reports/none/release", _ASKING, 404),
    ("GET", "/api/persons"): (PERSON_READERS, "/persons", None, 200),
    ("GET", "/api/persons/received"): (PERSON_READERS, "/persons/received", None, 200),
    ("POST", "/api/persons"): (DECIDERS, "/persons", _SUSPECT, 201),
    ("GET", "/api/persons/{person:str}"): (PERSON_READERS, "/persons/none", None, 404),
    ("POST", "/api/persons/{person:str}/correct"): (
        CALLERS,
        "/persons/none/correct",
        {"version": 1, "draft": _SUSPECT},
        404,
    ),
    ("POST", "/api/persons/{person:str}/renew"): (DECIDERS, "/persons/none/renew", _RENEWAL, 404),
    ("POST", "/api/persons/{person:str}/erase"): (CALLERS, "/persons/none/erase", _WHY, 404),
    ("POST", "/api/persons/{person:str}/preview"): (DECIDERS, "/persons/none/preview", _ASKING, 404),
    ("POST", "/api/persons/{person:str}/release"): (DECIDERS, "/persons/none/release", _ASKING, 404),
    ("GET", "/api/received/tracks"): (READERS, "/received/tracks", None, 200),
    ("GET", "/api/common"): (READERS, "/common", None, 200),
    ("GET", "/api/subscriptions"): (READERS, "/subscriptions", None, 200),
    ("POST", "/api/subscriptions"): (DECIDERS, "/subscriptions", _WISH, 201),
    ("POST", "/api/subscriptions/{subscription:str}/accept"): (DECIDERS, f"{_ONE}/accept", _WHY, 404),
    ("POST", "/api/subscriptions/{subscription:str}/decline"): (DECIDERS, f"{_ONE}/decline", _WHY, 404),
    ("POST", "/api/subscriptions/{subscription:str}/renew"): (DECIDERS, f"{_ONE}/renew", {"until": 1}, 404),
    ("GET", "/api/inquiries"): (READERS, "/inquiries", None, 200),
    ("GET", "/api/inquiries/{inquiry:str}"): (READERS, _INQUIRY, None, 404),
    ("POST", "/api/inquiries"): (DECIDERS, "/inquiries", _QUERY, 201),
    ("POST", "/api/inquiries/{inquiry:str}/give"): (DECIDERS, f"{_INQUIRY}/give", {"records": ["alert-1"]}, 404),
    ("POST", "/api/inquiries/{inquiry:str}/decline"): (DECIDERS, f"{_INQUIRY}/decline", _WHY, 404),
    ("GET", "/api/onward"): (READERS, "/onward", None, 200),
    ("POST", "/api/onward"): (DECIDERS, "/onward", _PASSING, 404),
    ("POST", "/api/onward/{onward:str}/give"): (DECIDERS, f"{_ONWARD}/give", {"days": 7}, 404),
    ("POST", "/api/onward/{onward:str}/decline"): (DECIDERS, f"{_ONWARD}/decline", _WHY, 404),
    ("POST", "/api/onward/{onward:str}/pass"): (DECIDERS, f"{_ONWARD}/pass", None, 404),
    ("POST", "/api/subscriptions/{subscription:str}/end"): (DECIDERS, f"{_ONE}/end", _WHY, 404),
    ("GET", "/api/tracks"): (READERS, "/tracks", None, 200),
    ("GET", "/api/archive"): (READERS, f"/archive?since={pair.NOW - DAY}&span={DAY}", None, 200),
    ("GET", "/api/tracks/areas"): (READERS, "/tracks/areas", None, 200),
    ("GET", "/api/tracks/coverage"): (READERS, "/tracks/coverage", None, 200),
    ("GET", "/api/tracks/{track:str}"): (READERS, "/tracks/track-1", None, 200),
    ("GET", "/api/partners"): (READERS, "/partners", None, 200),
    ("GET", "/api/partners/{partner:str}/posture"): (READERS, _RELATIONS, None, 200),
    ("POST", "/api/partners/{partner:str}/posture"): (DECIDERS, _RELATIONS, _POSTURE, 201),
    ("POST", "/api/partners/{partner:str}/posture/preview"): (
        DECIDERS,
        f"{_RELATIONS}/preview",
        {"posture": "suspended"},
        200,
    ),
    ("GET", "/api/agreements"): (READERS, "/agreements", None, 200),
    ("POST", "/api/jurisdiction"): (READERS, "/jurisdiction", _UNIT, 200),
    ("GET", "/api/findings"): (EVERYBODY, "/findings", None, 200),
    ("POST", "/api/findings/{sequence:int}/acknowledgement"): (
        ANSWERABLE,
        "/findings/1/acknowledgement",
        {"reason": "seen"},
        404,
    ),
}
"""For each route: who may, what is asked as an example, and the answer to those who may."""
WITHOUT_SESSION = {
    ("POST", "/api/session"),
    ("GET", "/healthz"),
    ("GET", "/metrics"),
    ("GET", "/"),
    ("GET", "/{path:path}"),
    ("GET", "/api/schema"),
    ("GET", "/api/schema/{path:str}"),
    *(("GET", f"/api/schema/openapi.{ending}") for ending in ("json", "yaml", "yml")),
}


def routes(application: Litestar) -> set[tuple[str, str]]:
    """Return method and path of every route over HTTP, but for those that the framework adds."""
    found = {(method, route.path) for route in application.routes for method in getattr(route, "methods", ())}
    return {(method, path) for method, path in found if method not in {"OPTIONS", "HEAD"}}


def test_every_route_is_in_the_table(node: Node) -> None:
    assert routes(console_application(node)) == set(TABLE) | WITHOUT_SESSION


@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.value)
def test_each_role_may_what_the_table_says_and_no_more(
    sign_in: Callable[[Role], httpx.Client], node: Node, role: Role
) -> None:
    client = sign_in(role)
    for (method, _), (allowed, path, body, status) in sorted(TABLE.items(), key=lambda item: item[0][0] == "DELETE"):
        before = len(centre.acts(node))
        answer = client.request(method, path, json=body)
        assert answer.status_code == (status if role in allowed else 403), (method, path, answer.text)
        if role not in allowed:
            assert role.value in answer.json()["what"]
            assert len(centre.acts(node)) == before, "what was refused did nothing"


def test_nobody_gets_anything_without_a_session(browser: httpx.Client) -> None:
    for (method, _), (_, path, body, _) in TABLE.items():
        answer = browser.request(method, f"/api{path}", json=body)
        assert answer.status_code == 401, (method, path)
        assert answer.json()["remedy"].startswith("Sign in first")


def test_the_administrator_reads_no_record_anywhere(sign_in: Callable[[Role], httpx.Client]) -> None:
    client = sign_in(Role.ADMINISTRATOR)
    for (method, _), (_, path, body, _) in TABLE.items():
        if method == "GET":
            text = client.request(method, path, json=body).text
            assert "FREJA" not in text
            assert "219000001" not in text


def test_every_look_at_records_stands_in_the_ledger(sign_in: Callable[[Role], httpx.Client], node: Node) -> None:
    client = sign_in(Role.AUDITOR)
    looks = {"/alerts": "alerts", "/alerts/alert-1": "alert-1", "/tracks": "tracks", "/tracks/track-1": "track-1"}
    looks |= {"/releases": "releases", "/received": "received", "/reports": "reports"}
    looks |= {"/releases": "releases", "/received": "received", "/received/tracks": "received tracks"}
    looks |= {"/common": "common picture", "/tracks/coverage": "coverage"}
    looks |= {"/archive?since=0": "archive"}
    looks |= {"/subscriptions": "subscriptions", "/inquiries": "inquiries", "/onward": "onward"}
    for path, subject in looks.items():
        assert client.get(path).status_code == 200
        entry = centre.acts(node)[-1]
        assert (entry.act, entry.officer, entry.subject) == (Act.CONSULTED, "auditor", subject)
        assert entry.basis == "role auditor"


def test_an_empty_list_of_persons_is_a_look_too(sign_in: Callable[[Role], httpx.Client], node: Node) -> None:
    client = sign_in(Role.DATA_PROTECTION)
    for path in ("/persons", "/persons/received"):
        assert client.get(path).json() == []
        entry = centre.acts(node)[-1]
        assert (entry.act, entry.officer, entry.subject) == (Act.CONSULTED, "data-protection", "persons")
