"""Feeds over HTTP: what is new in each answer, once; a server that is busy, gone or endless."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from comity.sources import poll
from comity.sources.origin import Origin
from comity.sources.poll import Patience, Polled, expect_address
from comity.vocabulary.fault import Fault

NOW = 1_767_268_800
ORIGIN = Origin(source="network", arrival=lambda: NOW * 1_000)


def states(*aircraft: tuple[str, int]) -> bytes:
    """Return an answer of a receiver network: address and when it was heard."""
    place = (11.7, 56.9, 3000.0, False, 100.0, 90.0, 0.0, None, 3100.0, None, False, 0)
    rows = [[address, "SAS1", "Denmark", NOW + after, NOW + after, *place] for address, after in aircraft]
    return json.dumps({"time": NOW, "states": rows}).encode()


class Server:
    """Answers with what stands in `answers`, one after another, the last again and again."""

    def __init__(self, answers: list[tuple[int, dict[str, str], bytes]]) -> None:
        self.answers = answers
        self.asked: list[dict[str, str]] = []
        self.port = 0


@contextmanager
def server(*answers: tuple[int, dict[str, str], bytes]) -> Iterator[Server]:
    made = Server(list(answers))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """Answer."""
            made.asked.append(dict(self.headers))
            status, headers, body = made.answers.pop(0) if len(made.answers) > 1 else made.answers[0]
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as listener:
        made.port = listener.server_port
        thread = threading.Thread(target=listener.serve_forever, args=(0.01,))
        thread.start()
        yield made
        listener.shutdown()
        thread.join(20)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a feed ask again at once."""
    monkeypatch.setattr(poll, "SHORTEST", 0.01)


def feed(port: int, secret: str = "") -> Polled:
    return Polled(
        f"http://127.0.0.1:{port}/states",
        "state-vectors",
        ORIGIN,
        every=0.01,
        secret=secret,
        skip=3,
        patience=Patience(connect=5.0, silence=5.0, longest_retry=0.02),
    )


def test_what_is_new_is_taken_once() -> None:
    """The same state in the next answer is none; an answer that has not changed is not even read."""
    stop = threading.Event()
    with server(
        (200, {"ETag": '"a"'}, states(("4ca001", 0), ("4ca002", 0))),
        (304, {}, b""),
        (200, {}, states(("4ca001", 0), ("4ca002", 5))),
    ) as at:
        line = feed(at.port, "me:secret")
        batches = line.batches(stop)
        first, second = next(batches), next(batches)
        stop.set()
        assert list(batches) == []
    assert (len(first.sightings), first.position) == (2, 5)
    assert (len(second.sightings), second.position) == (1, 6)
    assert [one.get("If-None-Match") for one in at.asked[:3]] == [None, '"a"', '"a"']
    assert at.asked[0]["Authorization"] == "Basic bWU6c2VjcmV0"


@pytest.mark.parametrize(
    "trouble",
    [
        (503, {"Retry-After": "0"}, b""),
        (429, {"Retry-After": "tomorrow"}, b""),
        (302, {"Location": "http://127.0.0.1:1/"}, b""),
        (200, {"Content-Length": "100000"}, b'{"states":[['),
        (200, {}, b"\xff\x00nothing of the kind"),
    ],
    ids=["busy", "too often", "elsewhere", "cut short", "garbage"],
)
def test_whatever_the_server_answers_the_feed_goes_on(trouble: tuple[int, dict[str, str], bytes]) -> None:
    """The next good answer is taken whole, and a redirection is not followed."""
    stop = threading.Event()
    with server(trouble, trouble, (200, {}, states(("4ca001", 0)))) as at:
        line = feed(at.port)
        batches = line.batches(stop)
        assert len(next(batches).sightings) == 1
        stop.set()
        assert list(batches) == []
    assert len(at.asked) >= 3


def test_an_answer_without_end_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """And counted; what came before is kept."""
    monkeypatch.setattr(poll, "LARGEST_ANSWER", 100_000)
    stop = threading.Event()
    with server((200, {}, states(*((f"4c{number:04x}", 0) for number in range(3_000))))) as at:
        line = feed(at.port)
        batches = line.batches(stop)
        count = len(next(batches).sightings)
        stop.set()
        list(batches)
    assert 0 < count <= 500
    assert line.report.sightings < 3_000


def test_a_server_that_is_not_there_is_told() -> None:
    """In words."""
    stop = threading.Event()
    with server((200, {}, b"")) as at:
        port = at.port
    line = feed(port)
    trying = threading.Thread(target=lambda: list(line.batches(stop)))
    trying.start()
    while not line.trouble:
        trying.join(0.01)
    stop.set()
    trying.join(20)
    assert "ConnectError" in line.trouble


@pytest.mark.parametrize("url", ["ftp://x/y", "https:///y", "http://u:secret@x/y", "http://[x/", "http://x:0/", ""])
def test_what_is_no_address_is_refused(url: str) -> None:
    """And no fault shows a password."""
    with pytest.raises(Fault) as fault:
        expect_address(url)
    assert "u:secret" not in str(fault.value)


def test_a_feed_over_http_needs_the_time_of_arrival() -> None:
    with pytest.raises(Fault, match="time of arrival"):
        Polled("http://x/y", "state-vectors", Origin(source="x"))
