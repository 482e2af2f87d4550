"""An officer's reports over the API: written, shown to the partner before it is sent, written anew, cancelled."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from builders import centre
from builders.neighbours import Neighbours, neighbours
from builders.writings import draft, look_out, png
from comity.agreements.redaction import disclosed
from comity.foundation import canonical
from comity.foundation.store import outbox
from comity.foundation.store.store import Store
from comity.node.assemble import Node
from comity.vocabulary.entry import Act
from comity.vocabulary.message import Given
from comity.vocabulary.officer import Role

_TO_SWEDEN = {"partner": "se.coord", "purpose": "smuggling"}
_REPORT = msgspec.to_builtins(draft())
_NOTICE = msgspec.to_builtins(look_out())


@pytest.fixture
def officer(sign_in: Callable[[Role], httpx.Client]) -> httpx.Client:
    """Return a duty officer."""
    return sign_in(Role.OFFICER)


def _answer(answer: httpx.Response, status: int = 200) -> Any:  # noqa: ANN401 - JSON
    assert answer.status_code == status, answer.text
    return answer.json()


def test_what_is_written_is_listed_and_opens_whole(officer: httpx.Client, node: Node) -> None:
    report = _answer(officer.post("/reports", json=_REPORT), 201)
    notice = _answer(officer.post("/reports", json=_NOTICE), 201)
    listed = _answer(officer.get("/reports"))
    assert {(each["id"], each["record"], each["state"]) for each in listed} == {
        (report["id"], "report", "open"),
        (notice["id"], "notice", "open"),
    }
    opened = _answer(officer.get(f"/reports/{notice['id']}"))
    (held,) = opened["newest"]["attachments"]
    assert held["content"] == b64encode(png()).decode()
    assert notice["newest"]["attachments"][0]["content"] == "", "lists carry no contents"
    assert (opened["newest"]["grading"], opened["newest"]["officer"]) == ("admiralty B2", "officer")
    assert (opened["given"], opened["cancellation"]) == ([], None)
    assert [each["version"] for each in opened["versions"]] == [1]
    entry = centre.acts(node)[-1]
    assert (entry.act, entry.subject) == (Act.CONSULTED, notice["id"])


def test_what_is_sent_is_what_the_preview_showed(officer: httpx.Client, node: Node) -> None:
    made = _answer(officer.post("/reports", json=_REPORT), 201)["id"]
    seen = _answer(officer.post(f"/reports/{made}/preview", json=_TO_SWEDEN))
    assert seen["permitted"]
    assert set(seen["theirs"]) | {each["field"] for each in seen["withheld"]} == set(seen["ours"])
    sent = _answer(officer.post(f"/reports/{made}/release", json=_TO_SWEDEN), 201)
    with node.store.reading() as transaction:
        (item,) = outbox.items(transaction, bytes.fromhex(sent["message"]))
    assert disclosed(canonical.read(item.item or b"", Given)) == seen["theirs"]
    (given,) = _answer(officer.get(f"/reports/{made}"))["given"]
    assert given == {
        "message": sent["message"],
        "partner": "se.coord",
        "version": 1,
        "state": "queued",
        "acknowledged": None,
    }


def test_a_denial_says_why(officer: httpx.Client) -> None:
    made = _answer(officer.post("/reports", json={**_REPORT, "position": None, "area": "skagerrak"}), 201)["id"]
    denied = _answer(officer.post(f"/reports/{made}/preview", json=_TO_SWEDEN))
    assert not denied["permitted"]
    assert "the area skagerrak is not named by it" in denied["reason"]
    assert _answer(officer.post(f"/reports/{made}/release", json=_TO_SWEDEN), 201)["message"] is None


def test_a_new_version_and_a_cancellation(officer: httpx.Client) -> None:
    made = _answer(officer.post("/reports", json=_REPORT), 201)["id"]
    _answer(officer.post(f"/reports/{made}/release", json=_TO_SWEDEN), 201)
    anew = {"version": 1, "reason": "more is known", "draft": {**_REPORT, "title": "Two boats"}}
    done = _answer(officer.post(f"/reports/{made}/update", json=anew), 201)
    assert done["written"]["newest"]["version"] == 2
    assert [(each["partner"], each["answer"]["permitted"]) for each in done["told"]] == [("se.coord", True)]
    stale = _answer(officer.post(f"/reports/{made}/update", json=anew), 403)
    assert stale["remedy"] == "Open it again, and write on the newest version."
    _answer(officer.post(f"/reports/{made}/cancel", json={"ending": "over", "reason": "in port"}), 201)
    opened = _answer(officer.get(f"/reports/{made}"))
    assert (opened["state"], opened["cancellation"]["reason"]) == ("cancelled", "in port")
    assert [each["version"] for each in opened["versions"]] == [2, 1]
    assert _answer(officer.post(f"/reports/{made}/preview", json=_TO_SWEDEN))["reason"] == "it is cancelled"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"names_nobody": False}, "names a person"),
        ({"subjects": [{"kind": "person", "description": "x"}]}, "person"),
        ({"subjects": [{"kind": "vehicle", "description": "van", "name": "AB 12 345"}]}, "leads to a person"),
        ({"marks": {**_REPORT["marks"], "grading": "Z9"}}, "regex"),
        ({"marks": {key: value for key, value in _REPORT["marks"].items() if key != "grading"}}, "grading"),
        ({"offence": "gossip"}, "gossip"),
        ({"person": "x"}, "person"),
        (
            {"notice": {**_NOTICE["notice"], "attachments": [{"name": "a", "type": "image/png", "content": "AAAA"}]}},
            "no image/png",
        ),
    ],
)
def test_what_does_not_hold_together_is_refused(
    officer: httpx.Client, node: Node, changes: dict[str, object], told: str
) -> None:
    before = len(centre.acts(node))
    refused = _answer(officer.post("/reports", json={**_REPORT, **changes}), 400)
    assert told in refused["what"]
    assert refused["remedy"]
    assert len(centre.acts(node)) == before


@pytest.fixture
def both(make_store: Callable[[str], Store], tmp_path: Path) -> Iterator[Neighbours]:
    """Return two nodes with people, that know each other."""
    with neighbours(make_store("dk.coord"), make_store("se.coord"), tmp_path) as made:
        centre.staffed(made.dk)
        centre.staffed(made.se)
        yield made


def test_the_partners_desk_shows_version_acknowledgement_and_cancellation(both: Neighbours) -> None:
    with ExitStack() as open_:
        anna, birger = (
            open_.enter_context(centre.signed_in(node, open_.enter_context(centre.served(node)), role))
            for node, role in ((both.dk, Role.OFFICER), (both.se, Role.SUPERVISOR))
        )
        made = _answer(anna.post("/reports", json=_NOTICE), 201)["id"]
        _answer(anna.post(f"/reports/{made}/release", json=_TO_SWEDEN), 201)
        both.carry()
        (arrival,) = _answer(birger.get("/received"))
        assert (arrival["kind"], arrival["version"], arrival["newest"]) == ("notice", 1, True)
        assert (arrival["cancelled"], arrival["acknowledged"], arrival["expired"]) == (None, None, False)
        path = f"/received/dk.coord/{arrival['message']}/{arrival['place']}/acknowledgement"
        noted = _answer(birger.post(path), 201)
        assert noted["officer"] == "supervisor"
        assert _answer(birger.post(path), 403)["what"].endswith("already")
        both.carry()
        (given,) = _answer(anna.get(f"/reports/{made}"))["given"]
        assert given["acknowledged"] == noted["time"]
        anew = {"version": 1, "reason": "more is known", "draft": {**_NOTICE, "title": "Two boats"}}
        _answer(anna.post(f"/reports/{made}/update", json=anew), 201)
        _answer(anna.post(f"/reports/{made}/cancel", json={"ending": "mistaken", "reason": "in port"}), 201)
        both.carry()
        arrivals = _answer(birger.get("/received"))
        assert [(each["version"], each["newest"], each["cancelled"]) for each in arrivals] == [(1, True, "mistaken")]


def test_marks_are_told_in_the_readers_schemes_with_what_is_lost(both: Neighbours) -> None:
    """What the originator gave stands as it is, and beside it how it reads in the schemes of the settings."""
    told = msgspec.structs.replace(both.se.settings.console, schemes=("europol-handling", "4x4", "iccs-1.0"))
    reading = msgspec.structs.replace(both.se, settings=msgspec.structs.replace(both.se.settings, console=told))
    with ExitStack() as open_:
        anna, plain, birger = (
            open_.enter_context(centre.signed_in(node, open_.enter_context(centre.served(node)), role))
            for node, role in ((both.dk, Role.OFFICER), (both.se, Role.OFFICER), (reading, Role.SUPERVISOR))
        )
        made = _answer(anna.post("/reports", json=_NOTICE), 201)["id"]
        _answer(anna.post(f"/reports/{made}/release", json=_TO_SWEDEN), 201)
        both.carry()
        (before,) = _answer(plain.get("/received"))
        (arrival,) = _answer(birger.get("/received"))
    assert before["readings"] == []
    assert {**arrival, "readings": []} == before
    found = {each["mark"]: each for each in arrival["readings"]}
    assert arrival["fields"]["offence"] == found["offence"]["code"] == "smuggling"
    assert (found["offence"]["shown"], found["offence"]["relation"]) == ("0804", "lossy")
    assert (found["grading"]["code"], found["grading"]["shown"], found["grading"]["relation"]) == ("B2", "B4", "lossy")
    assert found["tlp"]["code"] == arrival["handling"]["tlp"]
    assert all(each["losses"] for each in found.values() if each["relation"] != "exact")


def test_a_newer_version_counts_though_the_one_before_was_replaced_by_what_may_not_leave(both: Neighbours) -> None:
    """Told that the first counts no more; then given the third, which counts; then told that all of it is over."""
    with ExitStack() as open_:
        anna, birger = (
            open_.enter_context(centre.signed_in(node, open_.enter_context(centre.served(node)), role))
            for node, role in ((both.dk, Role.OFFICER), (both.se, Role.SUPERVISOR))
        )

        def shown() -> list[tuple[int, bool, str | None]]:
            both.carry()
            return [(each["version"], each["newest"], each["cancelled"]) for each in _answer(birger.get("/received"))]

        def anew(version: int, **changes: object) -> None:
            again = {"version": version, "reason": "more is known", "draft": {**_REPORT, **changes}}
            _answer(anna.post(f"/reports/{made}/update", json=again), 201)

        elsewhere = {"latitude": 10.0, "longitude": -30.0}
        made = _answer(anna.post("/reports", json=_REPORT), 201)["id"]
        _answer(anna.post(f"/reports/{made}/release", json=_TO_SWEDEN), 201)
        assert shown() == [(1, True, None)]
        anew(1, position=elsewhere)
        assert shown() == [(1, True, "replaced")]
        anew(2)
        assert shown() == [(3, True, None), (1, False, "replaced")]
        anew(3, position=elsewhere)
        assert shown() == [(3, True, "replaced"), (1, False, "replaced")]
        _answer(anna.post(f"/reports/{made}/cancel", json={"ending": "mistaken", "reason": "in port"}), 201)
        assert shown() == [(3, True, "mistaken"), (1, False, "mistaken")]
