"""Forgery: another site cannot use the cookie of somebody who is signed in here."""

from __future__ import annotations

import re

import httpx
import pytest

from builders import centre
from comity.api.application import console_application
from comity.api.passwords import token_csrf
from comity.node.assemble import Node
from comity.vocabulary.officer import Role

_ASKING = {"partner": "se.coord", "purpose": "smuggling"}
_BODIES = {
    "/api/alerts/{alert:str}/decision": {"judgement": "rejected", "reason": "forged"},
    "/api/alerts/{alert:str}/preview": _ASKING,
    "/api/alerts/{alert:str}/release": _ASKING,
    "/api/recalls": {"message": "ab" * 32, "act": "erase", "reason": "forged"},
    "/api/rights/answer": {"reference": "DSR-1", "mark": "mmsi", "value": "219000001"},
    "/api/rights/erase": {"reference": "DSR-1", "record": "alert-99"},
    "/api/session": None,
}


@pytest.fixture
def token(browser: httpx.Client, node: Node) -> str:
    """Return the token in the browser's cookie, that of a supervisor."""
    made = centre.session(node, Role.SUPERVISOR)
    browser.cookies.set("comity-session-dk.coord", made)
    return made


def _unsafe(node: Node) -> list[tuple[str, str]]:
    """Return every unsafe route but signing in, from the application itself: one that is added is tested too."""
    found = {
        (method, route.path) for route in console_application(node).routes for method in getattr(route, "methods", ())
    }
    unsafe = {item for item in found if item[0] not in {"GET", "HEAD", "OPTIONS"}} - {("POST", "/api/session")}
    assert len(unsafe) >= 4
    return sorted(unsafe, reverse=True)


def _ask(browser: httpx.Client, method: str, path: str, headers: dict[str, str]) -> httpx.Response:
    real = re.sub(r"\{.*?\}", "alert-1", re.sub(r"\{\w+:int\}", "1", path))
    return browser.request(method, real, json=_BODIES.get(path, {}), headers=headers)


def test_no_unsafe_route_takes_a_cookie_without_its_proof(browser: httpx.Client, token: str, node: Node) -> None:
    before = len(centre.acts(node))
    for method, path in _unsafe(node):
        for proof in ({}, {"x-comity-csrf": ""}, {"x-comity-csrf": "0" * 64}, {"x-comity-csrf": token}):
            answer = _ask(browser, method, path, proof)
            assert answer.status_code == 403, (method, path)
            assert answer.json()["where"] == "x-comity-csrf"
    assert len(centre.acts(node)) == before


def test_no_unsafe_route_serves_another_origin_even_with_the_proof(
    browser: httpx.Client, token: str, node: Node
) -> None:
    before = len(centre.acts(node))
    proof = {"x-comity-csrf": token_csrf(token)}
    own = str(browser.base_url).rstrip("/")
    others = (
        "https://evil.example",
        "null",
        "",
        own.replace("127.0.0.1", "localhost"),
        f"{own}0",
        f"{own}.evil.example",
    )
    for method, path in [*_unsafe(node), ("POST", "/api/session")]:
        for origin in others:
            answer = _ask(browser, method, path, {**proof, "origin": origin})
            assert answer.status_code == 403, (method, path, origin)
            assert answer.json()["where"] == "Origin"
        assert _ask(browser, method, path, {**proof, "sec-fetch-site": "cross-site"}).status_code == 403
    assert len(centre.acts(node)) == before


def test_our_own_pages_get_through_with_the_proof(browser: httpx.Client, token: str, node: Node) -> None:
    headers = {"x-comity-csrf": token_csrf(token), "origin": str(browser.base_url).rstrip("/")}
    for method, path in _unsafe(node):
        answer = _ask(browser, method, path, headers)
        assert answer.status_code < 500, (method, path)
        if answer.is_error:  # the role does not, the body is none, or it is not there: the proof was taken
            assert answer.status_code in {400, 403, 404}, (method, path)
            assert answer.json()["where"] not in {"x-comity-csrf", "Origin"}, (method, path)


def test_a_program_with_a_token_of_its_own_needs_no_proof(browser: httpx.Client, token: str, node: Node) -> None:
    headers = {"authorization": f"Bearer {token}"}
    answer = _ask(browser, "POST", "/api/alerts/{alert:str}/preview", headers)
    assert answer.status_code == 200


def test_an_authorization_header_that_is_none_does_not_stand_for_a_token(browser: httpx.Client, token: str) -> None:
    for header in ("Bearer", "Basic YTpi", ""):
        answer = _ask(browser, "POST", "/api/alerts/{alert:str}/preview", {"authorization": header})
        assert answer.status_code == 403
