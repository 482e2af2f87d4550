"""Need: whoever opens connections and says nothing, or says it slowly, keeps nobody else out."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial

import httpx
import pytest
from litestar import Litestar, Request, get, post
from litestar.datastructures import State
from litestar.response import Stream

from builders.web import serving
from comity.api.connections import Limits
from comity.demo.desk import wait_for
from comity.exchange.deadline import trusted
from comity.foundation.clock import steady

PATIENCE = 20.0
LONG = 600.0


class Desk:
    """A small application, some of whose answers wait until they are let go."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.begun = threading.Semaphore(0)

    def application(self) -> Litestar:
        """Return it as a web application."""

        @get("/", sync_to_thread=False)
        def well() -> str:
            return "well"

        @get("/slow", sync_to_thread=True)
        def slow() -> str:
            self.begun.release()
            assert self.go.wait(PATIENCE)
            return "done"

        @post("/take", status_code=200)
        async def take(request: Request[object, object, State]) -> str:
            return str(len(await request.body()))

        @get("/much", sync_to_thread=False)
        def much() -> Stream:
            return Stream(bytes(1024 * 1024) for _ in range(64))

        return Litestar([well, slow, take, much], openapi_config=None)


class Caller:
    """Somebody who speaks by hand."""

    def __init__(self, address: str, callers: ExitStack) -> None:
        url = httpx.URL(address)
        self.line = callers.enter_context(socket.create_connection((url.host, url.port or 80), PATIENCE))

    def say(self, data: bytes) -> None:
        """Say something."""
        self.line.sendall(data)

    def ask(self, path: str = "/") -> None:
        """Ask for something, and keep the connection."""
        self.say(f"GET {path} HTTP/1.1\r\nHost: desk\r\n\r\n".encode())

    def hears(self) -> bytes:
        """Return what comes next, nothing once the other side has hung up."""
        try:
            return self.line.recv(65_536)
        except ConnectionResetError:
            return b""


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def callers() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


def asked(address: str, path: str = "/") -> str:
    return httpx.get(f"{address}{path}", timeout=PATIENCE, trust_env=False, verify=trusted()).text


def test_who_says_nothing_is_hung_up_on(desk: Desk, callers: ExitStack) -> None:
    """A connection on which nothing comes ends; others are answered meanwhile."""
    with serving(desk.application(), Limits(head=0.5)) as address:
        begun = steady()
        caller = Caller(address, callers)
        assert asked(address) == "well"
        assert caller.hears() == b""
        assert steady() - begun >= 0.45


def _let_in(address: str) -> bool:
    try:
        return asked(address) == "well"
    except httpx.TransportError:  # the only place is taken
        return False


def _dripped(caller: Caller, data: bytes) -> bytes:
    """Say one byte after another until the other side says something or hangs up; return what it said."""
    caller.line.settimeout(0.02)
    for byte in data:
        try:
            caller.say(bytes([byte]))
            return caller.hears()
        except TimeoutError:
            continue
        except OSError:
            return b""
    raise AssertionError("it listened to the end")


def test_headers_that_drip_in_do_not_win_time(desk: Desk, callers: ExitStack) -> None:
    """The time is for all of them together, not from byte to byte."""
    with serving(desk.application(), Limits(head=0.5)) as address:
        caller = Caller(address, callers)
        caller.say(b"GET / HTTP/1.1\r\nX-Long: ")
        assert _dripped(caller, b"x" * 5_000) == b""
        assert asked(address) == "well"


def test_a_body_that_drips_in_does_not_win_time(desk: Desk, callers: ExitStack) -> None:
    """So it is with the body, whether its length is stated or not."""
    with serving(desk.application(), Limits(body=0.5)) as address:
        for framing in (b"Content-Length: 5000", b"Transfer-Encoding: chunked"):
            caller = Caller(address, callers)
            caller.say(b"POST /take HTTP/1.1\r\nHost: desk\r\n" + framing + b"\r\n\r\n")
            assert _dripped(caller, b"1\r\nx\r\n" * 1_000 if b"chunked" in framing else b"x" * 4_999) == b""
        assert asked(address) == "well"


def test_headers_without_end_are_given_up(desk: Desk, callers: ExitStack) -> None:
    """However fast they come, no more than so many bytes of them are kept."""
    with serving(desk.application(), Limits(head_bytes=10_000)) as address:
        caller = Caller(address, callers)
        caller.say(b"GET / HTTP/1.1\r\n")
        with pytest.raises(OSError, match=r"reset|pipe"):
            caller.say((b"X-More: " + b"x" * 990 + b"\r\n") * 100_000)
        assert asked(address) == "well"


def test_what_follows_a_body_without_end_is_given_up(desk: Desk, callers: ExitStack) -> None:
    """Trailers are headers too: they are not kept without bound because they come last."""
    with serving(desk.application(), Limits(head_bytes=10_000)) as address:
        caller = Caller(address, callers)
        caller.say(b"POST /take HTTP/1.1\r\nHost: desk\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nX: ")
        with pytest.raises(OSError, match=r"reset|pipe"):
            caller.say(b"x" * 64 * 1024 * 1024)
        assert asked(address) == "well"


def test_a_body_in_many_pieces_is_no_trailer(desk: Desk) -> None:
    """What is framed in small pieces is taken, however long it is."""
    with serving(desk.application(), Limits(head_bytes=2_000)) as address:
        pieces = (b"xy" for _ in range(20_000))
        answer = httpx.post(f"{address}/take", content=pieces, timeout=PATIENCE, trust_env=False, verify=trusted())
        assert answer.text == "40000"


def test_the_longest_silent_makes_room_for_who_comes(desk: Desk, callers: ExitStack) -> None:
    """With all places taken by those who say nothing, whoever comes and asks is answered, again and again."""
    with serving(desk.application(), Limits(most=3, head=LONG)) as address:
        first, second, third = (Caller(address, callers) for _ in range(3))
        third.ask()
        assert b"200 OK" in third.hears()  # all three have been let in
        for _ in range(2):
            assert asked(address) == "well"
        assert first.hears() == b""
        second.line.settimeout(0.2)
        with pytest.raises(TimeoutError):
            second.hears()


def test_who_is_being_served_makes_room_for_nobody(desk: Desk, callers: ExitStack) -> None:
    """With all places taken by requests that are worked on, one more is hung up on, and those get their answers."""
    with serving(desk.application(), Limits(most=2)) as address:
        served = [Caller(address, callers) for _ in range(2)]
        for caller in served:
            caller.ask("/slow")
            assert desk.begun.acquire(timeout=PATIENCE)
        late = Caller(address, callers)
        assert late.hears() == b""
        desk.go.set()
        assert all(b"200 OK" in caller.hears() for caller in served)
        assert asked(address) == "well"


def test_who_asks_no_more_is_hung_up_on(desk: Desk, callers: ExitStack) -> None:
    """After an answer the connection is kept for a while, and then not."""
    with serving(desk.application(), Limits(idle=1, head=LONG)) as address:
        caller = Caller(address, callers)
        caller.ask()
        while not caller.hears().endswith(b"well"):
            pass
        begun = steady()
        assert caller.hears() == b""
        assert steady() - begun < PATIENCE


def test_an_answer_that_nobody_takes_is_given_up(desk: Desk, callers: ExitStack) -> None:
    """Who asks for much and reads nothing loses the place, and most of the answer."""
    with serving(desk.application(), Limits(most=1, unread=0.5)) as address:
        caller = Caller(address, callers)
        caller.ask("/much")
        assert b"200 OK" in caller.hears()
        wait_for("the place", partial(_let_in, address), PATIENCE)
        taken = 0
        while piece := caller.hears():
            taken += len(piece)
        assert taken < 64 * 1024 * 1024
