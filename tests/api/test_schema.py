"""The API's document against the API: whatever is sent, no answer is a failure, and every answer is as documented.

Schemathesis makes the requests from the document: well-formed ones, malformed ones, and those at every bound; and
answers are checked against it, for records that are there and for those that are not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import msgspec
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    content_type_conformance,
    negative_data_rejection,
    positive_data_acceptance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from builders import centre, pair, suspects
from builders.writings import draft
from comity.node.assemble import Node
from comity.vocabulary.instant import DAY
from comity.vocabulary.officer import Role

_CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
    allow_header_conformance,
    negative_data_rejection,
    positive_data_acceptance,
]
_EXAMPLES = 12

_OPERATIONS = [
    *("GET /healthz", "GET /api/session", "POST /api/session", "DELETE /api/session", "GET /api/summary"),
    *("GET /api/alerts", "GET /api/alerts/{alert}", "POST /api/alerts/{alert}/decision"),
    *("POST /api/alerts/{alert}/preview", "POST /api/alerts/{alert}/release", "GET /api/releases"),
    *("GET /api/releases/{message}", "GET /api/releases/{message}/bundle", "GET /api/received", "GET /api/tracks"),
    *("GET /api/releases/{message}/records", "GET /api/archive"),
    *(
        "GET /api/recalls",
        "GET /api/recalls/here",
        "POST /api/recalls",
        "POST /api/rights/answer",
        "POST /api/rights/erase",
    ),
    *("GET /api/findings", "POST /api/findings/{sequence}/acknowledgement"),
    *("GET /api/received/tracks", "GET /api/common", "GET /api/subscriptions", "POST /api/subscriptions"),
    *("POST /api/subscriptions/{subscription}/accept", "POST /api/subscriptions/{subscription}/decline"),
    *("POST /api/subscriptions/{subscription}/renew", "POST /api/subscriptions/{subscription}/end"),
    *("GET /api/inquiries", "POST /api/inquiries", "GET /api/inquiries/{inquiry}"),
    *("POST /api/inquiries/{inquiry}/give", "POST /api/inquiries/{inquiry}/decline"),
    *("GET /api/onward", "POST /api/onward", "POST /api/onward/{onward}/give"),
    *("POST /api/onward/{onward}/decline", "POST /api/onward/{onward}/pass"),
    *("GET /api/tracks/areas", "GET /api/tracks/{track}", "GET /api/partners", "GET /api/agreements"),
    "GET /api/tracks/coverage",
    *("GET /api/partners/{partner}/posture", "POST /api/partners/{partner}/posture"),
    *("POST /api/partners/{partner}/posture/preview", "POST /api/jurisdiction"),
    *("GET /api/reports", "POST /api/reports", "GET /api/reports/{report}", "POST /api/reports/{report}/update"),
    *("GET /api/persons", "POST /api/persons", "GET /api/persons/received", "GET /api/persons/{person}"),
    *("POST /api/persons/{person}/correct", "POST /api/persons/{person}/renew", "POST /api/persons/{person}/erase"),
    *("POST /api/persons/{person}/preview", "POST /api/persons/{person}/release"),
    *("POST /api/reports/{report}/cancel", "POST /api/reports/{report}/preview"),
    *("POST /api/reports/{report}/release", "POST /api/received/{sender}/{message}/{place}/acknowledgement"),
]
_WRITING = frozenset(
    {
        "POST /api/reports",
        "POST /api/reports/{report}/update",
        "POST /api/persons",
        "POST /api/persons/{person}/correct",
    }
    | {"POST /api/persons/{person}/renew"}
)
"""What is sent there must hold together in more ways than a schema can say: it may be well-formed and refused."""

Operations = dict[str, APIOperation]


@pytest.fixture(scope="module")
def read() -> Operations:
    """Return what is read of the document: once for all, as each node's says the same."""
    return {}


@pytest.fixture
def operations(address: str, read: Operations) -> Operations:
    """Return every operation of the document."""
    if not read:
        said = httpx.get(f"{address}/api/schema/openapi.json", trust_env=False).json()
        found = (result.ok() for result in schemathesis.openapi.from_dict(said).get_all_operations())
        read |= {operation.label: operation for operation in found}
    return read


@pytest.fixture
def session() -> Iterator[requests.Session]:
    """Return the connection over which requests go, past all proxies."""
    with requests.Session() as made:
        made.trust_env = False
        yield made


@pytest.fixture
def real(sign_in: Callable[[Role], httpx.Client]) -> dict[str, str]:
    """Return ids of records that are there, a release among them."""
    officer = sign_in(Role.OFFICER)
    assert officer.post("/alerts/alert-2/decision", json={"judgement": "confirmed", "reason": "seen"}).is_success
    asked = officer.post("/alerts/alert-2/release", json={"partner": "se.coord", "purpose": "smuggling"})
    report = officer.post("/reports", json=msgspec.to_builtins(draft())).json()["id"]
    wish = {"owner": "se.coord", "kind": "track", "purpose": "smuggling", "until": pair.NOW + DAY}
    rests = {"agreement": "kattegat-maritime", "clauses": ["tracks-in-the-kattegat"]}
    made = officer.post("/subscriptions", json=wish | rests).json()["subscription"]
    question = {"kind": "vessel-inquiry", "mmsi": 219000009, "purpose": "smuggling", "clause": "vessel-inquiry"}
    asking = {"owner": "se.coord", "question": question | {"agreement": "kattegat-maritime"}, "reason": "seen"}
    inquiry = officer.post("/inquiries", json=asking).json()["inquiry"]
    return {
        "alert": "alert-1",
        "track": "track-1",
        "message": asked.json()["message"],
        "report": report,
        "person": officer.post("/persons", json=msgspec.to_builtins(suspects.draft())).json()["id"],
        "subscription": made,
        "inquiry": inquiry,
        "partner": "se.coord",
    }


def test_the_document_names_every_operation(operations: Operations) -> None:
    assert sorted(operations) == sorted(_OPERATIONS)


@pytest.mark.parametrize("label", _OPERATIONS)
def test_every_answer_is_as_documented(
    operations: Operations, address: str, node: Node, session: requests.Session, real: dict[str, str], label: str
) -> None:
    operation = operations[label]
    headers = {"authorization": f"Bearer {centre.session(node, Role.SUPERVISOR)}"}
    checks = [check for check in _CHECKS if check is not positive_data_acceptance or label not in _WRITING]
    there = {name: value for name, value in real.items() if f"{{{name}}}" in label}
    cases = st.one_of(
        operation.as_strategy(GenerationMode.POSITIVE, headers=headers),
        operation.as_strategy(GenerationMode.NEGATIVE, headers=headers),
        operation.as_strategy(GenerationMode.POSITIVE, headers=headers, path_parameters=there or None),
    )

    @settings(
        max_examples=_EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck), derandomize=True
    )
    @given(case=cases)
    def answers(case: schemathesis.Case) -> None:
        case.call_and_validate(base_url=address, session=session, checks=checks)

    answers()


def test_the_document_loads_nothing_from_elsewhere(address: str) -> None:
    for path in ("", "/", "/openapi.json", "/openapi.yaml", "/swagger", "/redoc", "/elements", "/scalar", "/rapidoc"):
        answer = httpx.get(f"{address}/api/schema{path}", trust_env=False)
        assert "<script" not in answer.text
        assert answer.status_code == (200 if path in {"", "/", "/openapi.json", "/openapi.yaml"} else 404)


def test_everything_in_the_document_has_a_title_and_a_description(address: str) -> None:
    document = httpx.get(f"{address}/api/schema/openapi.json", trust_env=False).json()
    assert document["info"]["title"] == "Comity node dk.coord"
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert operation["description"], (method, path)
    for name, schema in document["components"]["schemas"].items():
        assert schema["title"], name
