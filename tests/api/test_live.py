"""The live channel: who may follow, that nothing is missed, and that frames are as docs/formats/live.md says."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import msgspec
import numpy as np
import pytest
from msgspec.structs import replace
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from builders import centre, pair
from comity.api import live
from comity.foundation.store import recalls
from comity.node.assemble import Node
from comity.node.live import STATE, Changes
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.instant import HOUR, MINUTE
from comity.vocabulary.officer import Role
from comity.vocabulary.recall import RecallOutcome
from comity.vocabulary.subject import Identity, SubjectKind

_PAGE = Path(__file__).parents[2] / "docs" / "formats" / "live.md"
_COLUMNS = ("handle", "latitude", "longitude", "speed", "course", "age")

Follow = Callable[..., ClientConnection]


@pytest.fixture
def follow(node: Node, address: str) -> Iterator[Follow]:
    """Return a maker of connections to the live channel, signed in as an officer unless headers say otherwise."""
    with ExitStack() as stack:

        def open_one(headers: dict[str, str] | None = None, origin: str | None = None) -> ClientConnection:
            sent = {"authorization": f"Bearer {centre.session(node, Role.OFFICER)}"} if headers is None else headers
            uri = f"{address.replace('http', 'ws')}/api/live"
            return stack.enter_context(connect(uri, additional_headers=sent, origin=origin, proxy=None))  # type: ignore[arg-type]

        yield open_one


def _read(frame: bytes) -> dict[str, np.ndarray[Any, Any]]:
    """Read a frame of positions as the page says, with nothing of the code under test."""
    version, kind, zero, count, base = struct.unpack_from("<BBHId", frame)
    assert (version, kind, zero, len(frame)) == (1, 1, 0, 16 + 24 * count)
    columns = {
        name: np.frombuffer(frame, "<u4" if name == "handle" else "<f4", count, 16 + 4 * place * count)
        for place, name in enumerate(_COLUMNS)
    }
    return columns | {"base": np.array(base)}


def _until(channel: ClientConnection, key: str) -> Any:  # noqa: ANN401 - JSON or columns
    """Return the next text frame with this key, or the next binary one for `positions`."""
    while True:
        frame = channel.recv(timeout=15)
        if isinstance(frame, bytes):
            if key == "positions":
                return _read(frame)
        elif key in (told := msgspec.json.decode(frame)):
            return told


def _code(channel: ClientConnection) -> int:
    """Return the code with which the node closes the channel."""
    with pytest.raises(ConnectionClosed) as closed:
        _until(channel, "never")
    assert closed.value.rcvd is not None
    return closed.value.rcvd.code


def test_a_frame_is_that_of_the_page() -> None:
    """The example in the documentation, byte for byte."""
    base = 1_767_225_600_000
    states = np.array([(55.9375, 12.625, 5.5, 90.0), (56.25, 11.75, np.nan, np.nan)], STATE)
    last = np.array([base - 2_500, base - 600_000])
    frame = live.positions(Changes(np.array([7, 12], np.uint32), states, last, ()), base)
    example = "".join(re.findall(r"^[0-9a-f]{32}$", _PAGE.read_text(), re.MULTILINE))
    assert frame.hex() == example


def test_a_follower_is_greeted_told_names_and_then_where_they_are(follow: Follow, node: Node) -> None:
    node.watch.live.tell(
        [centre.track("one", node.clock.now() - 5_000), centre.track("old", node.clock.now() - 13 * HOUR)]
    )
    channel = follow()
    first = msgspec.json.decode(channel.recv(timeout=15))
    assert next(iter(first)) == "live"
    assert (first["live"], first["node"], first["horizon"]) == (1, "dk.coord", 12 * HOUR)
    names = msgspec.json.decode(channel.recv(timeout=15))["tracks"]
    assert [(track["id"], track["name"], track["mmsi"], track["kind"]) for track in names] == [
        ("one", "FREJA", 219_000_001, "vessel")
    ]
    assert names[0]["sources"] == ["ais-north"]
    positions = _until(channel, "positions")
    assert positions["handle"].tolist() == [names[0]["handle"]]
    assert positions["latitude"][0] == pytest.approx(56.5)
    assert positions["speed"][0] == pytest.approx(5.5)
    assert np.isnan(positions["course"][0])
    assert 4 < positions["age"][0] < 15
    assert abs(_until(channel, "clock")["clock"] - node.clock.now()) < 5_000


def test_later_frames_hold_only_what_changed_and_names_only_when_new(follow: Follow, node: Node) -> None:
    now = node.clock.now()
    board = node.watch.live
    board.tell([centre.track(name, now) for name in ("one", "two", "three")])
    channel = follow()
    handles = {track["id"]: track["handle"] for track in _until(channel, "tracks")["tracks"]}
    assert len(_until(channel, "positions")["handle"]) == 3
    board.tell([centre.track("two", now + 1_000)])
    assert _until(channel, "positions")["handle"].tolist() == [handles["two"]]
    board.tell([centre.track("three", now + 1_000, Identity(kind=SubjectKind.VESSEL, name="SAGA"))])
    told = _until(channel, "tracks")["tracks"]
    assert [(track["handle"], track["name"]) for track in told] == [(handles["three"], "SAGA")]
    assert _until(channel, "positions")["handle"].tolist() == [handles["three"]]


def test_a_track_that_comes_back_after_long_is_told_by_name_first(follow: Follow, node: Node) -> None:
    """It was too old for the first frame, so this follower has never heard of its handle."""
    now = node.clock.now()
    node.watch.live.tell([centre.track("gone", now - 13 * HOUR), centre.track("here", now)])
    channel = follow()
    assert [track["id"] for track in _until(channel, "tracks")["tracks"]] == ["here"]
    _until(channel, "positions")
    node.watch.live.tell([centre.track("gone", now)])
    told = _until(channel, "tracks")["tracks"]
    assert [track["id"] for track in told] == ["gone"]
    assert _until(channel, "positions")["handle"].tolist() == [told[0]["handle"]]


def test_what_officers_and_rules_do_is_noticed(
    follow: Follow, node: Node, sign_in: Callable[[Role], httpx.Client]
) -> None:
    channel = follow()
    _until(channel, "live")
    centre.raised(node, "alert-3")
    told = _until(channel, "alert")
    assert (told["alert"], told["judgement"]) == ("alert-3", "unreviewed")
    officer = sign_in(Role.OFFICER)
    verdict = {"judgement": "confirmed", "reason": "seen by the patrol"}
    assert officer.post("/alerts/alert-1/decision", json=verdict).status_code == 201
    told = _until(channel, "alert")
    assert (told["alert"], told["judgement"]) == ("alert-1", "confirmed")
    asking = {"partner": "se.coord", "purpose": "smuggling"}
    message = officer.post("/alerts/alert-1/release", json=asking).json()["message"]
    assert _until(channel, "release") == {"release": message, "state": "queued", "attempts": 0, "proven": False}
    (inside,) = officer.get(f"/releases/{message}/records").json()
    assert inside == {"place": 0, "record": "alert-1", "kept": True}
    asked = {"message": message, "place": 0, "act": "erase", "reason": "it was another ship"}
    recall = officer.post("/recalls", json=asked).json()["recall"]
    assert _until(channel, "recall") == {"recall": recall, "outcome": None, "proven": False}
    with node.store.acting() as act:
        kept = recalls.get(act, bytes.fromhex(recall))
        assert kept is not None
        recalls.answered(act, replace(kept, outcome=RecallOutcome.GONE, answered=pair.NOW, answer=b"", cover=b""))
        act.log(Entry(act=Act.RECALLED))
    assert _until(channel, "recall") == {"recall": recall, "outcome": "gone", "proven": False}


def test_following_is_logged_once(follow: Follow, node: Node) -> None:
    channel = follow()
    _until(channel, "clock")
    _until(channel, "clock")
    looks = [entry for entry in centre.acts(node) if entry.subject == "live picture"]
    assert [(entry.act, entry.officer, entry.basis) for entry in looks] == [(Act.CONSULTED, "officer", "role officer")]


def test_the_cookie_admits_our_own_pages(follow: Follow, node: Node, address: str) -> None:
    cookie = {"cookie": f"comity-session-dk.coord={centre.session(node, Role.AUDITOR)}"}
    assert _until(follow(cookie, address), "live")


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1"])
def test_another_site_is_refused_before_the_channel_opens(follow: Follow, node: Node, origin: str) -> None:
    cookie = {"cookie": f"comity-session-dk.coord={centre.session(node, Role.OFFICER)}"}
    with pytest.raises(InvalidStatus) as refused:
        follow(cookie, origin)
    assert refused.value.response.status_code == 403


def test_who_may_not_follow_is_told_why_and_nothing_else(follow: Follow, node: Node) -> None:
    before = len(centre.acts(node))
    administrator = {"authorization": f"Bearer {centre.session(node, Role.ADMINISTRATOR)}"}
    for headers, code in (({}, 4401), ({"authorization": "Bearer no"}, 4401), (administrator, 4403)):
        channel = follow(headers)
        with pytest.raises(ConnectionClosed) as closed:
            channel.recv(timeout=15)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == code
    assert len(centre.acts(node)) == before


def test_the_channel_ends_with_the_session(follow: Follow, node: Node, address: str) -> None:
    headers = {"authorization": f"Bearer {centre.session(node, Role.OFFICER)}"}
    channel = follow(headers)
    _until(channel, "live")
    assert httpx.delete(f"{address}/api/session", headers=headers, trust_env=False).status_code == 204
    assert _code(channel) == 4401


@pytest.mark.parametrize(("said", "code"), [("hello", 1003), (b"\x00", 1003), ("x" * 5_000, 1009)])
def test_the_channel_goes_one_way(follow: Follow, said: str | bytes, code: int) -> None:
    channel = follow()
    _until(channel, "live")
    channel.send(said)
    assert _code(channel) == code


def test_no_more_follow_than_the_node_serves(follow: Follow) -> None:
    channels = [follow() for _ in range(live.MOST)]
    for channel in channels:
        assert _until(channel, "live")
    assert _code(follow()) == 4429
    channels[0].close()
    assert _until(follow(), "live")


def test_a_batch_of_the_feed_reaches_the_board_once_it_is_stored(node: Node) -> None:
    """Through the real picture: two reports of one ship make a track, which is on the board and in the store."""
    reader = node.watch.live.reader()
    centre.taken_in(node, [centre.sighting(number) for number in range(10, 13)])
    changes = reader.changes(0)
    assert [track.identity.name for _, track in changes.named] == ["FREJA"]
    assert changes.last.tolist() == [centre.BEGIN + 12 * MINUTE]
    again = node.watch.live.reader().changes(0)
    assert again.states["latitude"].tolist() == changes.states["latitude"].tolist()
