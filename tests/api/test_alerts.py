"""The officer's work over the API: the queue, the decision, what the partner would see, and the release."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from builders import centre
from comity.agreements.redaction import disclosed
from comity.foundation import canonical
from comity.foundation.store import outbox
from comity.node.assemble import Node
from comity.vocabulary.entry import Act
from comity.vocabulary.message import Given
from comity.vocabulary.officer import Role

_CONFIRMED = {"judgement": "confirmed", "reason": "seen by the patrol"}
_TO_SWEDEN = {"partner": "se.coord", "purpose": "smuggling"}


@pytest.fixture
def officer(sign_in: Callable[[Role], httpx.Client]) -> httpx.Client:
    """Return a duty officer."""
    return sign_in(Role.OFFICER)


def _answer(answer: httpx.Response, status: int = 200) -> Any:  # noqa: ANN401 - JSON
    assert answer.status_code == status, answer.text
    return answer.json()


def test_the_queue_comes_in_order_page_by_page_and_by_judgement(officer: httpx.Client) -> None:
    first = _answer(officer.get("/alerts", params={"limit": 1}))
    assert [item["alert"]["id"] for item in first] == ["alert-1"]
    rest = _answer(officer.get("/alerts", params={"after": first[0]["sequence"]}))
    assert [item["alert"]["id"] for item in rest] == ["alert-2"]
    _answer(officer.post("/alerts/alert-1/decision", json=_CONFIRMED), 201)
    confirmed = _answer(officer.get("/alerts", params={"judgement": "confirmed"}))
    assert [(item["alert"]["id"], item["judgement"]) for item in confirmed] == [("alert-1", "confirmed")]


def test_an_alert_opens_with_the_sightings_it_stands_on_and_its_decisions(officer: httpx.Client) -> None:
    _answer(officer.post("/alerts/alert-1/decision", json={"judgement": "unsure", "reason": "far away"}), 201)
    _answer(officer.post("/alerts/alert-1/decision", json=_CONFIRMED), 201)
    opened = _answer(officer.get("/alerts/alert-1"))
    assert [seen["id"] for seen in opened["sightings"]] == [f"sighting-{number}" for number in range(3)]
    assert [(item["judgement"], item["officer"]) for item in opened["decisions"]] == [
        ("unsure", "officer"),
        ("confirmed", "officer"),
    ]
    assert opened["judgement"] == "confirmed"


def test_a_duplicate_names_the_alert_that_it_repeats(officer: httpx.Client) -> None:
    verdict = {"judgement": "rejected", "reason": "the same two vessels", "duplicate_of": "alert-1"}
    assert _answer(officer.post("/alerts/alert-2/decision", json=verdict), 201)["duplicate_of"] == "alert-1"
    itself = _answer(officer.post("/alerts/alert-1/decision", json=verdict), 400)
    assert itself == {
        "what": "an alert is not its own duplicate",
        "where": "duplicate_of",
        "remedy": "Name the other alert.",
    }


def test_the_preview_shows_what_we_have_beside_what_they_will_read(officer: httpx.Client, node: Node) -> None:
    _answer(officer.post("/alerts/alert-1/decision", json=_CONFIRMED), 201)
    seen = _answer(officer.post("/alerts/alert-1/preview", json=_TO_SWEDEN))
    assert seen["permitted"]
    assert seen["ours"]["reason"] == "seen by the patrol"
    assert set(seen["theirs"]) == set(seen["fields"])
    withheld = {item["field"]: item for item in seen["withheld"]}
    assert {"reason", "officer", "sightings", "sources"} <= set(withheld)
    assert all(item["clause"] == seen["clause"] and item["reason"] for item in withheld.values())
    assert set(seen["theirs"]) | set(withheld) == set(seen["ours"])
    assert all(seen["theirs"][name] == seen["ours"][name] for name in seen["theirs"])
    entry = centre.acts(node)[-1]
    assert (entry.act, entry.subject, entry.partner, entry.detail) == (Act.CONSULTED, "alert-1", "se.coord", "preview")
    assert _answer(officer.get("/releases")) == [], "nothing is sent"


def test_what_is_sent_is_what_the_preview_showed(officer: httpx.Client, node: Node) -> None:
    _answer(officer.post("/alerts/alert-1/decision", json=_CONFIRMED), 201)
    seen = _answer(officer.post("/alerts/alert-1/preview", json=_TO_SWEDEN))
    sent = _answer(officer.post("/alerts/alert-1/release", json=_TO_SWEDEN), 201)
    assert {name: sent[name] for name in ("agreement", "version", "clause", "fields", "withheld")} == {
        name: seen[name] for name in ("agreement", "version", "clause", "fields", "withheld")
    }
    with node.store.reading() as transaction:
        (item,) = outbox.items(transaction, bytes.fromhex(sent["message"]))
    assert disclosed(canonical.read(item.item or b"", Given)) == seen["theirs"]
    one = _answer(officer.get(f"/releases/{sent['message']}"))
    assert (one["state"], one["partner"], one["record"], one["proven"]) == ("queued", "se.coord", "alert-1", False)
    early = _answer(officer.get(f"/releases/{sent['message']}/bundle"), 404)
    assert early["what"] == "the release is not proven by both logs yet"
    assert early["remedy"]


def test_coarser_positions_are_shown_as_the_partner_reads_them(officer: httpx.Client, node: Node) -> None:
    """Germany gets alerts of the western Baltic within two kilometres only."""
    centre.known(node, "de.coord", 3)
    centre.raised(node, "baltic", centre.alert("baltic", latitude=54.6, longitude=11.9))
    _answer(officer.post("/alerts/baltic/decision", json=_CONFIRMED), 201)
    seen = _answer(officer.post("/alerts/baltic/preview", json={"partner": "de.coord", "purpose": "smuggling"}))
    assert seen["permitted"]
    assert seen["ours"]["position"] == {"latitude": 54.6, "longitude": 11.9}
    assert seen["theirs"]["position"]["within"] == 2_000
    assert seen["theirs"]["position"]["latitude"] != 54.6


def test_a_denial_names_the_clauses_that_came_closest_and_what_was_missing(officer: httpx.Client, node: Node) -> None:
    unjudged = _answer(officer.post("/alerts/alert-1/preview", json=_TO_SWEDEN))
    assert not unjudged["permitted"]
    assert unjudged["reason"]
    assert unjudged["theirs"] == {}
    assert unjudged["ours"]["name"] == ["FREJA"]
    centre.known(node, "de.coord", 3)
    _answer(officer.post("/alerts/alert-1/decision", json=_CONFIRMED), 201)
    asking = {"partner": "de.coord", "purpose": "smuggling"}
    denied = _answer(officer.post("/alerts/alert-1/preview", json=asking))
    assert (denied["permitted"], denied["code"]) == (False, "not-permitted")
    assert denied["nearest"]
    assert all(item["agreement"] == "kattegat-maritime" and item["condition"] for item in denied["nearest"])
    answer = _answer(officer.post("/alerts/alert-1/release", json=asking), 201)
    assert (answer["permitted"], answer["message"]) == (False, None)
    assert centre.acts(node)[-1].act is Act.DENIED


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/alerts/none/decision", _CONFIRMED, 404),
        ("/alerts/none/preview", _TO_SWEDEN, 404),
        ("/alerts/alert-1/preview", {"partner": "nobody", "purpose": "smuggling"}, 404),
        ("/alerts/alert-1/preview", {"partner": "se.coord", "purpose": "curiosity"}, 400),
        ("/alerts/alert-1/preview", {"partner": "se.coord"}, 400),
        ("/alerts/alert-1/decision", {"judgement": "confirmed", "reason": "  "}, 400),
        ("/alerts/alert-1/decision", {"judgement": "unreviewed", "reason": "later"}, 400),
        ("/alerts/alert-1/decision", {**_CONFIRMED, "reason": "x" * 2_001}, 400),
        ("/alerts/alert-1/decision", {**_CONFIRMED, "officer": "somebody else"}, 400),
        ("/alerts/alert-1/decision", {**_CONFIRMED, "duplicate_of": "none"}, 404),
        ("/alerts/alert-1/decision", [], 400),
        ("/alerts/alert-1/decision", {**_CONFIRMED, "reason": "x" * 1_100_000}, 413),
    ],
)
def test_what_is_not_right_is_answered_with_what_where_and_remedy(
    officer: httpx.Client, node: Node, path: str, body: object, status: int
) -> None:
    before = len(centre.acts(node))
    answer = _answer(officer.post(path, json=body), status)
    assert set(answer) == {"what", "where", "remedy"}
    assert answer["what"]
    assert answer["where"]
    assert answer["remedy"]
    assert len(centre.acts(node)) == before


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/alerts?limit=0", 400),
        ("/alerts?limit=501", 400),
        ("/alerts?after=-1", 400),
        ("/alerts?judgment=confirmed", 400),
        ("/alerts?limit=ten", 400),
        ("/alerts/none", 404),
        ("/alerts/%00", 400),
        ("/tracks?since=yesterday", 400),
        ("/tracks/none", 404),
        ("/releases/none", 400),
        ("/releases/abcd", 404),
        ("/releases/abcd/bundle", 404),
        ("/none", 404),
    ],
)
def test_what_is_asked_wrongly_says_so(officer: httpx.Client, path: str, status: int) -> None:
    answer = _answer(officer.get(path), status)
    assert set(answer) == {"what", "where", "remedy"}
    assert answer["what"]


def test_the_track_of_a_ship_shows_where_it_was(officer: httpx.Client) -> None:
    followed = _answer(officer.get("/tracks/track-1"))
    assert followed["track"]["identity"]["name"] == "FREJA"
    times = [seen["time"] for seen in followed["sightings"]]
    assert times == sorted(times)
    assert len(times) == 3
    assert [track["id"] for track in _answer(officer.get("/tracks"))] == ["track-1"]


def test_a_store_that_does_not_answer_is_said_to_be_so(officer: httpx.Client, node: Node) -> None:
    node.store.close()
    answer = _answer(officer.get("/alerts"), 503)
    assert answer["what"].startswith("the database does not answer")
    assert answer["remedy"]
