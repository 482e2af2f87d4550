"""An answer over HTTP, bounded in size and time: what a partner sends is never more than was asked for."""

from __future__ import annotations

import httpx
import msgspec

from comity.exchange import deadline
from comity.vocabulary.fault import Fault


class Unreachable(Fault):
    """A partner does not answer, or not as it should. It is asked again later."""


class Answer(msgspec.Struct, frozen=True):
    """What came back."""

    status: int
    content_type: str
    body: bytes


def client(timeout: float) -> httpx.Client:
    """Return a client that gives up on any step after `timeout` seconds, and ignores the environment's proxies."""
    heeding = deadline.transport()
    return httpx.Client(timeout=timeout, trust_env=False, headers={"User-Agent": "comity"}, transport=heeding)


def ask(
    client: httpx.Client, method: str, url: str, *, body: bytes | None = None, limit: int, timeout: float
) -> Answer:
    """Send a request and return the answer, of at most `limit` bytes, within `timeout` seconds.

    Raises:
        Unreachable: there is none, or it is too long or too slow.
    """
    taken = bytearray()
    headers = {"Accept-Encoding": "identity"}
    try:
        with deadline.within(timeout), client.stream(method, url, content=body, headers=headers) as response:
            for piece in response.iter_raw():
                taken += piece
                if len(taken) > limit:
                    raise Unreachable(f"the answer is longer than {limit} bytes", where=url)
            return Answer(response.status_code, response.headers.get("Content-Type", ""), bytes(taken))
    except httpx.HTTPError as error:
        raise Unreachable(f"no answer ({type(error).__name__})", where=url) from error
