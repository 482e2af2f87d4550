"""A TAK connection: bytes in, and out only what the door has made; nobody waits for a client that takes nothing."""

from __future__ import annotations

import selectors
import socket
import ssl
from collections.abc import Sequence
from threading import Event
from typing import Protocol

import msgspec
import structlog

from comity.exchange.tak_door import Leaving
from comity.foundation.clock import steady
from comity.vocabulary.fault import Fault

_log = structlog.get_logger()
CHUNK = 65_536
"""Bytes read at a time."""


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """How long to wait, in seconds."""

    greeting: float = 10.0
    """For the client to say who it is, TLS included."""
    taking: float = 20.0
    """For a client to take anything of what is sent."""
    glance: float = 0.2
    """How often it is looked whether anything is due, or the node stops."""


class Talk(Protocol):
    """What a connection is about; called by one thread."""

    version: int
    """Of the protocol in which what `due` returned last is sent: 0 XML, 1 protobuf."""

    @property
    def greeted(self) -> bool:
        """Whether it is known who is there."""
        ...

    def received(self, data: bytes, /) -> None:
        """Take what the client has sent.

        Raises:
            Fault: the connection is to be closed.
        """
        ...

    def due(self) -> Sequence[Leaving]:
        """Return what is to be sent now; asked only when all before it has gone.

        Raises:
            Fault: the connection is to be closed.
        """
        ...

    def closed(self, why: str, /) -> None:
        """Learn that the connection is closed."""
        ...


def talked(connection: socket.socket, talk: Talk, stop: Event, patience: Patience, tls: ssl.SSLContext | None) -> None:
    """Serve one connection until either side ends it."""
    why = "the node stops"
    try:
        connection.settimeout(patience.greeting)
        with tls.wrap_socket(connection, server_side=True) if tls else connection as line:
            line.settimeout(0)
            _Exchange(line, talk, patience).run(stop)
    except _Closed as closed:
        why = str(closed)
    except Fault as fault:
        why = str(fault)
    except OSError as error:  # ssl.SSLError is one
        why = f"the line broke ({error.strerror or error})"
    except Exception:  # noqa: BLE001 - told with its trace; other clients go on
        _log.exception("failure", thread="tak")
        why = "something failed inside the node"
    finally:
        talk.closed(why)


class _Closed(Exception):  # noqa: N818 - never leaves this file
    """The connection is over, and why."""


class _Exchange:
    """The two directions of one connection."""

    def __init__(self, line: socket.socket, talk: Talk, patience: Patience) -> None:
        self._line = line
        self._talk = talk
        self._patience = patience
        self._out = memoryview(b"")
        self._begun = self._moved = steady()

    def run(self, stop: Event) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._line, selectors.EVENT_READ)
            while not stop.is_set():
                self._expect_patience()
                if not self._out and self._talk.greeted:
                    leaving = self._talk.due()
                    self._out = memoryview(b"".join(_bytes(each, self._talk.version) for each in leaving))
                    self._moved = steady()
                writing = selectors.EVENT_WRITE if self._out else 0
                selector.modify(self._line, selectors.EVENT_READ | writing)
                for _, ready in selector.select(self._patience.glance):
                    if ready & selectors.EVENT_READ:
                        self._read()
                    if ready & selectors.EVENT_WRITE:
                        self._write()

    def _expect_patience(self) -> None:
        now = steady()
        if not self._talk.greeted and now > self._begun + self._patience.greeting:
            raise _Closed(f"it did not say who it is within {self._patience.greeting:g} s")
        if self._out and now > self._moved + self._patience.taking:
            raise _Closed(f"it has taken nothing for {self._patience.taking:g} s")

    def _read(self) -> None:
        """Read what is there; with TLS a record may hold more than the selector can see."""
        while True:
            try:
                data = self._line.recv(CHUNK)
            except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                return
            if not data:
                raise _Closed("the client has gone")
            self._talk.received(data)
            if not isinstance(self._line, ssl.SSLSocket) or not self._line.pending():
                return

    def _write(self) -> None:
        try:
            sent = self._line.send(self._out[:CHUNK])
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return
        self._out = self._out[sent:]
        self._moved = steady()


def _bytes(leaving: Leaving, version: int) -> bytes:
    """Return what goes: of something else than the door has made, nothing does."""
    if type(leaving) is not Leaving:
        raise Fault("only what is drawn from a permit or a sight is sent", remedy="Make it in exchange.tak_door.")
    return leaving.written(version)
