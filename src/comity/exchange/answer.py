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
    wait: int = 0
    """Seconds after which it may be asked again, if it says so (`Retry-After`)."""


def client(timeout: float) -> httpx.Client:
    """Return a client that gives up on any step after `timeout` seconds, and ignores the environment's proxies."""
    heeding = deadline.transport()
    return httpx.Client(timeout=timeout, trust_env=False, headers={"User-Agent": "comity"}, transport=heeding)


def ask(
    client: httpx.Client, method: str, url: str, *, body: bytes | None = None, limit: int, timeout: float
) -> Answer:
    """Send a request and return the answer, of at most `limit` bytes, within `timeout` seconds.

    Raises:
        Unreachable: there is none, or it is too long or too slow, or the address leads nowhere.
    """
    taken = bytearray()
    headers = {"Accept-Encoding": "identity"}
    try:
        with deadline.within(timeout), client.stream(method, url, content=body, headers=headers) as response:
            for piece in response.iter_raw():
                taken += piece
                if len(taken) > limit:
                    raise Unreachable(f"the answer is longer than {limit} bytes", where=url)
            told = response.headers
            return Answer(response.status_code, told.get("Content-Type", ""), bytes(taken), _seconds(told))
    except httpx.HTTPError as error:
        raise Unreachable(f"no answer ({type(error).__name__})", where=url) from error
    except (httpx.InvalidURL, UnicodeError) as error:  # the latter: a host name that is none
        raise Unreachable("the endpoint on the card is no address", where=url) from error


def _seconds(headers: httpx.Headers) -> int:
    """Return the seconds that a `Retry-After` states (RFC 9110, 10.2.3); of a date, and of what is neither, 0."""
    stated = headers.get("Retry-After", "")
    return int(stated) if stated.isascii() and stated.isdigit() and len(stated) < 10 else 0
