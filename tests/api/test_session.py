"""Sessions: who may come in, how they are recognised, and that every attempt is in the ledger."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from http.cookies import SimpleCookie

import httpx
import pytest

from builders import centre
from comity.api import attempts
from comity.api.passwords import token_csrf, token_digest
from comity.foundation.clock import steady, wall
from comity.foundation.store import sessions
from comity.node.assemble import Node
from comity.vocabulary.entry import Act
from comity.vocabulary.officer import Role

_COOKIE = "comity-session-dk.coord"
_OFFICER = {"name": "officer", "password": centre.PASSWORD}


def _enter(browser: httpx.Client) -> dict[str, str]:
    """Sign in as a browser does, and return the header that proves its requests."""
    answer = browser.post("/api/session", json=_OFFICER, headers={"origin": str(browser.base_url).rstrip("/")})
    assert answer.status_code == 201
    return {"x-comity-csrf": answer.json()["csrf"]}


def test_signing_in_gives_a_token_and_a_cookie_that_scripts_cannot_read(browser: httpx.Client, node: Node) -> None:
    answer = browser.post("/api/session", json=_OFFICER)
    assert answer.status_code == 201
    told = answer.json()
    assert told["officer"] == {"name": "officer", "role": "officer"}
    assert told["node"] == {"name": "dk.coord", "agency": "Coordination centre dk.coord", "country": "DK"}
    assert told["csrf"] == token_csrf(told["token"])
    assert abs(told["expires"] - wall() - 12 * 3_600_000) < 60_000
    cookie = SimpleCookie(answer.headers["set-cookie"])[_COOKIE]
    assert cookie.value == told["token"]
    assert cookie["httponly"]
    assert cookie["samesite"].lower() == "strict"
    assert cookie["path"] == "/"
    assert not cookie["secure"], "plain HTTP on loopback could not send it back"
    entry = centre.acts(node)[-1]
    assert (entry.act, entry.officer, entry.detail) == (Act.ACCESS, "officer", "session begun")


def test_the_cookie_is_for_encrypted_connections_where_there_is_a_network(browser: httpx.Client) -> None:
    answer = browser.post("/api/session", json=_OFFICER, headers={"host": "console.example"})
    assert SimpleCookie(answer.headers["set-cookie"])[_COOKIE]["secure"]


def test_the_cookie_recognises_its_officer_and_only_at_its_node(browser: httpx.Client) -> None:
    proof = _enter(browser)
    told = browser.get("/api/session")
    assert told.status_code == 200
    assert told.json()["officer"]["name"] == "officer"
    assert told.json()["csrf"] == proof["x-comity-csrf"]
    assert "token" not in told.json()
    token = browser.cookies[_COOKIE]
    browser.cookies.clear()
    browser.cookies.set("comity-session-se.coord", token)
    assert browser.get("/api/session").status_code == 401


@pytest.mark.parametrize("name", ["officer", "nobody"])
def test_wrong_password_and_unknown_name_get_the_same_answer_and_an_entry(
    browser: httpx.Client, node: Node, name: str
) -> None:
    answer = browser.post("/api/session", json={"name": name, "password": "let me in"})
    assert answer.status_code == 401
    assert answer.json()["what"] == "the name or the password is not right"
    assert "set-cookie" not in answer.headers
    entry = centre.acts(node)[-1]
    assert entry.act is Act.ACCESS
    assert entry.detail.startswith("sign-in refused")
    assert "nobody" not in str(entry), "what somebody typed by mistake is kept nowhere"


def test_an_unknown_name_takes_as_long_as_a_wrong_password(browser: httpx.Client) -> None:
    """The work is the same: without it the unknown name would be answered fifty times faster."""
    taken: dict[str, list[float]] = {"officer": [], "nobody": []}
    for name in [*taken] * 5:
        begun = steady()
        browser.post("/api/session", json={"name": name, "password": "let me in"})
        taken[name].append(steady() - begun)
    known, unknown = (statistics.median(times) for times in taken.values())
    assert 0.25 < known / unknown < 4.0


def test_signing_out_ends_the_session_and_takes_the_cookie_back(browser: httpx.Client, node: Node) -> None:
    proof = _enter(browser)
    token = browser.cookies[_COOKIE]
    assert browser.delete("/api/session", headers=proof).status_code == 204
    assert _COOKIE not in browser.cookies
    again = browser.get("/api/session", headers={"authorization": f"Bearer {token}"})
    assert again.status_code == 401
    assert centre.acts(node)[-1].detail == "session ended"


def test_a_session_ends_by_itself(browser: httpx.Client, node: Node) -> None:
    token = "f" * 64
    with node.store.upkeep() as transaction:
        sessions.open(transaction, token_digest(token), "officer", wall() - 1)
    answer = browser.get("/api/alerts", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 401
    assert answer.json() == {
        "what": "there is no session, or it has ended",
        "where": "/api/alerts",
        "remedy": "Sign in first: POST /api/session with name and password.",
    }


def test_failed_sign_ins_are_limited_and_the_right_password_waits_too(browser: httpx.Client, node: Node) -> None:
    wrong = {"name": "officer", "password": "let me in"}
    codes = [browser.post("/api/session", json=wrong).status_code for _ in range(attempts.PER_NAME)]
    assert codes == [401] * attempts.PER_NAME
    before = len(centre.acts(node))
    answer = browser.post("/api/session", json=_OFFICER)
    assert answer.status_code == 429
    assert answer.json()["what"] == "too many failed sign-ins"
    assert 0 < int(answer.headers["retry-after"]) <= attempts.WINDOW
    assert len(centre.acts(node)) == before, "a flood of attempts fills no log"
    assert browser.post("/api/session", json={**_OFFICER, "name": "supervisor"}).status_code == 201


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"{", b"[]", b"\xff\xfe", b'{"name": "officer"}', b'{"name": "officer", "password": 7}'),
        *(b'{"name": "", "password": ""}', b'{"name": "officer", "password": "x", "more": 1}'),
        *(b'{"name": "\\u0000", "password": "x"}', b'{"name": "\\ud800", "password": "x"}'),
        b'{"name": "' + b"x" * 200 + b'", "password": "x"}',
    ],
)
def test_what_is_no_sign_in_is_answered_with_what_is_wrong(browser: httpx.Client, body: bytes) -> None:
    answer = browser.post("/api/session", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert set(answer.json()) == {"what", "where", "remedy"}
    assert answer.json()["what"]


def test_everybody_has_a_session_of_their_own(sign_in: Callable[[Role], httpx.Client]) -> None:
    clients = {role: sign_in(role) for role in Role}
    for role, client in clients.items():
        assert client.get("/session").json()["officer"]["role"] == role.value
