"""Connections: how many there may be, and how long each may take to say what it wants.

Who opens a connection and says nothing, or says it a byte at a time, costs a place and no more: it is hung up on when
its time is over, and sooner where all places are taken, for whoever comes next.
"""

from __future__ import annotations

import asyncio
from asyncio.events import TimerHandle
from collections import Counter
from typing import Any, ClassVar

import msgspec
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What connections to one address may cost."""

    most: int = 256
    """Connections at once. Where all are taken, one makes room: of the address with most, who is silent longest."""
    head: float = 10.0
    """Seconds from the connection, or the first byte of a request, to the end of its headers."""
    head_bytes: int = 64 * 1024
    """Bytes of the request line and headers, and of whatever comes besides a body: trailers, the frames of pieces."""
    body: float = 60.0
    """Seconds from there to the end of the body, while it is read."""
    idle: int = 5
    """Seconds from an answer to the next request."""
    unread: float = 30.0
    """Seconds for which an answer may wait to be taken."""


class Connection(HttpToolsProtocol):
    """One connection, which is hung up on when it takes too long."""

    limits: ClassVar[Limits]
    places: ClassVar[dict[Connection, None]]
    """All that are open."""
    silent: ClassVar[dict[Connection, None]]
    """Those from which the end of a request is awaited, for longest first."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._patience: TimerHandle | None = None
        self._untaken: TimerHandle | None = None
        self._in_head = True
        self._head = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a place, if there is one or one can be made."""
        super().connection_made(transport)
        if len(self.places) >= self.limits.most and not self._make_room():
            transport.abort()
            return
        self.places[self] = self.silent[self] = None
        self._wait(self.limits.head)

    def connection_lost(self, exc: Exception | None) -> None:
        """Leave the place."""
        self._leave()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came; headers without end are given up."""
        self._head += len(data)
        super().data_received(data)
        if self._head > self.limits.head_bytes:
            self.transport.abort()

    def on_body(self, body: bytes) -> None:
        """Count anew: what comes of the body is counted by who reads it."""
        self._head = 0
        super().on_body(body)

    def on_message_begin(self) -> None:
        """Begin to wait for headers."""
        super().on_message_begin()
        self._in_head, self._head = True, 0
        self._wait(self.limits.head)

    def on_headers_complete(self) -> None:
        """Begin to wait for the body."""
        self._in_head, self._head = False, 0
        super().on_headers_complete()
        self._wait(self.limits.body)

    def on_message_complete(self) -> None:
        """Wait for nothing more: now it is our turn."""
        super().on_message_complete()
        self._head = 0
        self._heard()

    def on_response_complete(self) -> None:
        """Wait for the next request, unless it is here."""
        super().on_response_complete()
        if self.cycle.response_complete and self in self.places:
            self.silent[self] = None

    def handle_websocket_upgrade(self) -> None:
        """Hand the connection over; it is another's to watch from now on."""
        self._leave()
        super().handle_websocket_upgrade()

    def pause_writing(self) -> None:
        """Begin to wait for the other side to take what we say."""
        super().pause_writing()
        self._untaken = self._untaken or self.loop.call_later(self.limits.unread, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on: it was taken."""
        super().resume_writing()
        _stop(self._untaken)
        self._untaken = None

    def _make_room(self) -> bool:
        """Hang up on one that keeps us waiting; False if all are being served.

        It is of the address that has most places, so that nobody is crowded out by one other; of those rather one whose
        headers are not here yet than one whose body is on its way; and of those the longest.
        """
        if not self.silent:
            return False
        taken = Counter(one._host() for one in self.places)  # noqa: SLF001 - of the same class
        longest = max(self.silent, key=lambda one: (taken[one._host()], one._in_head))  # noqa: SLF001
        longest._leave()  # noqa: SLF001 - of the same class
        longest.transport.abort()
        return True

    def _host(self) -> str:
        return self.client[0] if self.client else ""

    def _wait(self, seconds: float) -> None:
        _stop(self._patience)
        self._patience = self.loop.call_later(seconds, self._late, seconds)

    def _late(self, seconds: float) -> None:
        if self.flow.read_paused:  # it is we who do not read on
            self._wait(seconds)
        else:
            self.transport.close()

    def _heard(self) -> None:
        self.silent.pop(self, None)
        _stop(self._patience)
        self._patience = None

    def _leave(self) -> None:
        self._heard()
        _stop(self._untaken)
        self._untaken = None
        self.places.pop(self, None)


def _stop(timer: TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()


def limited(limits: Limits) -> type[Connection]:
    """Return what serves the connections to one address within these limits."""

    class Limited(Connection):
        places: ClassVar[dict[Connection, None]] = {}
        silent: ClassVar[dict[Connection, None]] = {}

    Limited.limits = limits
    return Limited
