"""Live feeds over HTTP: ask an address again and again, and take what was not there the last time."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from threading import Event
from urllib.parse import urlsplit

import httpx
import msgspec

from comity.sources.batch import LARGEST, Batch
from comity.sources.feed import CHUNK, open_stream
from comity.sources.origin import Origin
from comity.vocabulary.fault import Fault
from comity.vocabulary.sighting import Sighting

LARGEST_ANSWER = 64 * 1024 * 1024
"""Bytes of one answer; what is longer is cut off there, and counted."""
MOST_KNOWN = 200_000
"""Sightings that are remembered, so that the same one in the next answer is not taken twice."""
SHORTEST = 1.0
"""Seconds between two questions, at least."""


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """How long to wait, in seconds."""

    connect: float = 10.0
    silence: float = 30.0
    """Without a byte for so long an answer counts as broken."""
    longest_retry: float = 600.0


def expect_address(url: str) -> None:
    """Do nothing if a feed can be asked for there.

    Raises:
        Fault: it is no address of HTTP or HTTPS, or holds a password.
    """
    try:
        parts = urlsplit(url)
        whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        whole = False
        parts = urlsplit("")
    if not whole or parts.password is not None:
        raise Fault(
            "this is no address to be asked over HTTP, or holds a password",
            where=url[:200].rpartition("@")[2],
            remedy="Write https://host/path, and the password into the feed's secret.",
        )


class Polled:
    """A feed that is asked for at an address. Its reports get the time of their arrival where they carry none."""

    def __init__(
        self,
        url: str,
        format_name: str,
        origin: Origin,
        *,
        every: float = 10.0,
        secret: str = "",
        skip: int = 0,
        patience: Patience | None = None,
    ) -> None:
        expect_address(url)
        if origin.arrival is None:
            raise Fault("a live feed needs the time of arrival", where=url, remedy="Give it the clock.")
        self._url = url
        self._format, self._origin = format_name, origin
        self._stream = open_stream(format_name, origin)
        self._every = max(every, SHORTEST)
        self._secret = secret
        self._position = skip
        self._patience = patience or Patience()
        self._known: dict[str, None] = {}
        self._unchanged: dict[str, str] = {}
        self.report = self._stream.report
        self.trouble = ""
        """Why the last question got no answer; empty where it did."""

    def batches(self, stop: Event) -> Iterator[Batch]:
        """Yield what is new in each answer, until `stop` is set.

        After a question without an answer the pause doubles, up to ten minutes; a server may ask for a longer one.
        """
        pause = self._every
        headers = {"Authorization": f"Basic {b64encode(self._secret.encode()).decode()}"} if self._secret else {}
        timeout = httpx.Timeout(self._patience.silence, connect=self._patience.connect)
        with httpx.Client(timeout=timeout, headers=headers, follow_redirects=False) as client:
            while not stop.is_set():
                asked_for = 0.0
                try:
                    yield from self._answer(client, stop)
                    pause, self.trouble = self._every, ""
                except _Later as later:
                    asked_for, self.trouble = later.seconds, str(later)
                    pause = min(2 * pause, self._patience.longest_retry)
                except httpx.HTTPError as error:
                    self._stream.drop()
                    self.trouble = f"{type(error).__name__}: {error}"
                    pause = min(2 * pause, self._patience.longest_retry)
                stop.wait(max(pause, asked_for))

    def _answer(self, client: httpx.Client, stop: Event) -> Iterator[Batch]:
        with client.stream("GET", self._url, headers=self._unchanged) as answer:
            if answer.status_code == 304:
                return
            if answer.status_code != 200:
                raise _Later(answer.status_code, answer.headers.get("Retry-After", ""))
            size = 0
            for chunk in answer.iter_bytes(CHUNK):
                size += len(chunk)
                if size > LARGEST_ANSWER:
                    self.report.reject("answer too long")
                    break
                yield from self._batches(list(self._stream.feed(chunk)))
                if stop.is_set():
                    return
            yield from self._batches(list(self._stream.end()))
            told = {
                "If-None-Match": answer.headers.get("ETag"),
                "If-Modified-Since": answer.headers.get("Last-Modified"),
            }
            self._unchanged = {name: value for name, value in told.items() if value}

    def _batches(self, taken: list[Sighting]) -> Iterator[Batch]:
        fresh = [one for one in taken if self._is_new(one.id)]
        for start in range(0, len(fresh), LARGEST):
            part = fresh[start : start + LARGEST]
            self._position += len(part)
            yield Batch(tuple(part), self._position, self.report.rejected)

    def _is_new(self, id: str) -> bool:  # noqa: A002 - what every record calls it
        new = id not in self._known
        self._known.pop(id, None)
        self._known[id] = None
        if len(self._known) > MOST_KNOWN:
            del self._known[next(iter(self._known))]
        return new


class _Later(Exception):  # noqa: N818 - never leaves this file
    """The server gives no answer now."""

    def __init__(self, status: int, after: str) -> None:
        super().__init__(f"the server answers with status {status}")
        self.seconds = min(float(after), 3_600.0) if after.isascii() and after.isdigit() and len(after) < 9 else 0.0
