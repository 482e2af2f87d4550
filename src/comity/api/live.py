"""The live channel: the picture as it moves, over a WebSocket (docs/formats/live.md)."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from typing import Any

import msgspec
import numpy as np
import structlog
from litestar import WebSocket, websocket
from litestar.concurrency import sync_to_thread
from litestar.datastructures import State
from litestar.exceptions import PermissionDeniedException
from litestar.handlers import WebsocketRouteHandler

from comity.api.access import READERS, same_origin, signed_in, token_of
from comity.api.consulted import consulted
from comity.api.notices import Notices
from comity.foundation.clock import steady
from comity.node.assemble import Node
from comity.node.live import Changes, Reader
from comity.node.span import span
from comity.vocabulary.fault import Fault
from comity.vocabulary.instant import Instant
from comity.vocabulary.track import Track

MOST = 64
"""Connections at once."""
PAUSE = 0.5
"""Seconds between two frames of positions."""
PATIENCE = 20.0
"""Seconds that a client may take to take one frame."""
NO_SESSION, NO_ROLE, FULL, ONE_WAY, FAILED = 4401, 4403, 4429, 1003, 1011

_SESSION_LOOK = 5.0
_CLOCK = 1.0
_NAMED_AT_ONCE = 1_000
_HEADER = struct.Struct("<BBHId")

_log = structlog.get_logger()
Socket = WebSocket[Any, Any, State]


def live_channel(node: Node) -> WebsocketRouteHandler:
    """Return the route of the live channel."""
    notices = Notices(node.store)
    node.bell.hear(notices.hear)
    places = asyncio.Semaphore(MOST)

    @websocket("/live")
    async def live(socket: Socket) -> None:
        """Follow the picture until either side ends."""
        if not same_origin(socket):
            raise PermissionDeniedException("the request comes from another site")
        await socket.accept()
        if places.locked():
            await socket.close(FULL, "the node serves as many as it can")
            return
        async with places:
            await _served(socket, node, notices)

    return live


async def _served(socket: Socket, node: Node, notices: Notices) -> None:
    token = token_of(socket, node)
    try:
        refused = await sync_to_thread(_admitted, node, token)
        code = refused or await _followed(socket, Follower(node, notices, token))
    except Fault as fault:
        _log.warning("live channel ends", fault=str(fault))
        code = FAILED
    except (OSError, TimeoutError):
        return  # the client is gone, or takes nothing any more: there is nobody to tell
    if code:
        with suppress(OSError):
            await socket.close(code)


def _admitted(node: Node, token: str) -> int:
    """Log that the picture is looked at, and return 0; or the code with which to close."""
    with node.store.reading() as transaction:
        officer = signed_in(transaction, token)
    if officer is None:
        return NO_SESSION
    if officer.role not in READERS:
        return NO_ROLE
    with consulted(node.store, officer, "live picture"):
        return 0


async def _followed(socket: Socket, follower: Follower) -> int:
    """Send frames until the client goes or its session ends; return the code with which to close, 0 if it is gone."""
    said = asyncio.ensure_future(socket.receive())
    news, loop = asyncio.Event(), asyncio.get_running_loop()
    begun = -PAUSE
    try:
        with follower.notices.followed(partial(loop.call_soon_threadsafe, news.set)):
            while True:
                whole = steady() >= begun + PAUSE
                begun = steady() if whole else begun
                news.clear()
                frames, code = await sync_to_thread(follower.frames if whole else follower.news)
                for frame in frames:
                    async with asyncio.timeout(PATIENCE):
                        await (socket.send_text(frame) if isinstance(frame, str) else socket.send_bytes(frame))
                if code:
                    return code
                await _rested(said, news, max(0.01, begun + PAUSE - steady()))
                if said.done():  # it may only go
                    return 0 if said.result()["type"] == "websocket.disconnect" else ONE_WAY
    finally:
        said.cancel()


async def _rested(said: asyncio.Future[Any], news: asyncio.Event, seconds: float) -> None:
    """Wait until the client says something, there is news, or the time is over."""
    told = asyncio.ensure_future(news.wait())
    try:
        await asyncio.wait((said, told), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        told.cancel()


class Follower:
    """What one client has been told, and what it is to be told next. Used by one thread at a time."""

    def __init__(self, node: Node, notices: Notices, token: str) -> None:
        self._node = node
        self.notices = notices
        self._token = token
        self._reader: Reader = node.watch.live.reader()
        self._horizon = span(node.settings.picture.horizon)
        self._noticed: int | None = None
        self._session_seen = steady()
        self._clock_told = 0.0

    def frames(self) -> tuple[list[str | bytes], int]:
        """Return what is to be sent now, and the code with which to close after it, or 0.

        Raises:
            Unavailable: the database does not answer.
        """
        if self._ended():
            return [], NO_SESSION
        now = self._node.clock.now()
        told: list[str | bytes] = []
        if self._noticed is None:
            self._noticed = self.notices.now()
            told.append(self._greeting(now))
        else:
            self._noticed, notices = self.notices.since(self._noticed)
            told += [notice.decode() for notice in notices]
        told += pictured(self._reader.changes(now - self._horizon), now)
        if steady() >= self._clock_told + _CLOCK:
            self._clock_told = steady()
            told.append(_text({"clock": now}))
        return told, 0

    def news(self) -> tuple[list[str | bytes], int]:
        """Return what `frames` does of notices, and nothing else: what moves has its own pace."""
        if self._noticed is None:
            return [], 0
        self._noticed, notices = self.notices.newer(self._noticed)
        return [notice.decode() for notice in notices], 0

    def _greeting(self, now: Instant) -> str:
        return _text({"live": 1, "node": self._node.own.card.name, "clock": now, "horizon": self._horizon})

    def _ended(self) -> bool:
        """Whether the session has; while the store does not answer, nobody waits for it here."""
        if steady() < self._session_seen + _SESSION_LOOK or not self.notices.well:
            return False
        self._session_seen = steady()
        with self._node.store.reading() as transaction:
            return signed_in(transaction, self._token) is None


def pictured(changes: Changes, now: Instant) -> Iterator[str | bytes]:
    """Yield the frames that tell what changed: names first, then positions; nothing if nothing did."""
    for start in range(0, len(changes.named), _NAMED_AT_ONCE):
        part = changes.named[start : start + _NAMED_AT_ONCE]
        yield _text({"tracks": [_named(handle, track) for handle, track in part]})
    if len(changes.handles):
        yield positions(changes, now)


def positions(changes: Changes, now: Instant) -> bytes:
    """Return the binary frame of positions."""
    state = (changes.states[name] for name in ("latitude", "longitude", "speed", "course"))
    columns = (changes.handles, *state, ((now - changes.last) / 1000.0).astype("<f4"))
    header = _HEADER.pack(1, 1, 0, len(changes.handles), float(now))
    return header + b"".join(np.ascontiguousarray(column).tobytes() for column in columns)


def _named(handle: int, track: Track) -> dict[str, object]:
    identity = track.identity
    return {
        "handle": handle,
        "id": track.id,
        "name": identity.name,
        "mmsi": identity.mmsi,
        "kind": identity.kind.value,
        "simulated": track.simulated,
        "distress": track.distress,
        "sources": track.sources,
    }


def _text(frame: dict[str, object]) -> str:
    return msgspec.json.encode(frame).decode()
