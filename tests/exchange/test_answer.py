"""What is proven: an answer that drips in, header or body, holds nobody up beyond the time given for the whole."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx
import pytest

from comity.exchange import answer
from comity.exchange.answer import Unreachable
from comity.foundation.clock import steady

_LONG = 30.0
"""Seconds for which the other side goes on dripping if it is let."""


@contextmanager
def dripping(begin: bytes) -> Iterator[str]:
    """Serve on loopback a partner that begins an answer so, and then sends one byte ten times a second."""
    over = threading.Event()

    def drip() -> None:
        connection, _ = door.accept()
        with connection:
            connection.recv(65_536)
            connection.sendall(begin)
            until = steady() + _LONG
            try:
                while steady() < until and not over.wait(0.1):
                    connection.sendall(b"a")
            except OSError:
                pass  # the other side has given up, as it should

    with socket.create_server(("127.0.0.1", 0)) as door:
        thread = threading.Thread(target=drip)
        thread.start()
        yield f"http://127.0.0.1:{door.getsockname()[1]}/"
        over.set()
        thread.join(_LONG)


@pytest.mark.parametrize(
    "begin",
    [b"HTTP/1.1 2", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n"],
    ids=["status", "header", "body"],
)
def test_what_drips_in_is_given_up_when_its_time_is_over(begin: bytes) -> None:
    """Each byte comes in good time, and the whole does not: without a deadline over the whole it would take long."""
    began = steady()
    with dripping(begin) as url, answer.client(5.0) as client, pytest.raises(Unreachable):
        answer.ask(client, "GET", url, limit=10_000, timeout=0.5)
    assert steady() - began < _LONG / 3


@pytest.mark.parametrize("host", ["a..b", "a" * 70, "xn--a", "[v1.a]"])
def test_a_host_that_no_name_can_be_is_unreachable_and_no_failure_inside(host: str) -> None:
    """A card may bear such an endpoint: what asks one partner after the other goes on to the next."""
    with answer.client(5.0) as client, pytest.raises(Unreachable, match="no address"):
        answer.ask(client, "GET", f"http://{host}:8443/", limit=10, timeout=5.0)


def test_what_is_longer_than_was_asked_for_is_given_up() -> None:
    """Whatever length it states, or none: no more is read than the limit and the piece that went beyond it."""
    for length in (b"Content-Length: 9000\r\n", b""):
        begin = b"HTTP/1.1 200 OK\r\n" + length + b"\r\n" + b"a" * 200
        with dripping(begin) as url, answer.client(5.0) as client, pytest.raises(Unreachable, match="longer than 100"):
            answer.ask(client, "GET", url, limit=100, timeout=_LONG)


def test_the_deadline_of_one_exchange_is_not_that_of_the_next() -> None:
    """After one that took too long, another over the same client has all its time."""
    with answer.client(5.0) as client:
        with dripping(b"HTTP/1.1 200 OK\r\nX: ") as url, pytest.raises(Unreachable):
            answer.ask(client, "GET", url, limit=100, timeout=0.3)
        with dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n") as url:
            assert answer.ask(client, "GET", url, limit=100, timeout=10.0).body == b"aaa"


@contextmanager
def silent() -> Iterator[str]:
    """Serve on loopback a partner that takes every connection and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=200) as door:
        yield f"http://127.0.0.1:{door.getsockname()[1]}/"


def test_partners_that_never_answer_take_no_connection_from_the_others() -> None:
    """A client that all couriers share has a connection for each, however many of them wait."""
    with ThreadPoolExecutor(110) as waiting, answer.client(_LONG) as client, silent() as nowhere:
        asked = [waiting.submit(_unanswered, client, nowhere) for _ in range(110)]
        with dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n") as url:
            assert answer.ask(client, "GET", url, limit=100, timeout=_LONG).body == b"aaa"
        assert not any(each.done() for each in asked)


def _unanswered(client: httpx.Client, url: str) -> None:
    with pytest.raises(Unreachable):
        answer.ask(client, "GET", url, limit=100, timeout=_LONG)
