"""Live feeds over TCP: connect, read, and when the line breaks, try again and lose nothing that came whole."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from threading import Event

import msgspec

from comity.foundation.clock import steady
from comity.sources.batch import LARGEST, Batch
from comity.sources.feed import CHUNK, open_stream
from comity.sources.origin import Origin
from comity.vocabulary.fault import Fault
from comity.vocabulary.sighting import Sighting


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """How long to wait, in seconds."""

    connect: float = 10.0
    silence: float = 120.0
    """Without a byte for so long the connection counts as dead."""
    glance: float = 0.5
    """How often a silent connection looks whether it should stop."""
    first_retry: float = 1.0
    longest_retry: float = 60.0


class Line:
    """A feed at a host and port. Its reports get the time of their arrival where they carry none."""

    def __init__(
        self, host: str, port: int, format_name: str, origin: Origin, *, skip: int = 0, patience: Patience | None = None
    ) -> None:
        if origin.arrival is None:
            raise Fault("a live feed needs the time of arrival", where=f"{host}:{port}", remedy="Give it the clock.")
        self._address = (host, port)
        self._stream = open_stream(format_name, origin)
        self._position = skip
        self._patience = patience or Patience()
        self.report = self._stream.report
        self.connected = False
        self.trouble = ""
        """Why the last connection was lost or refused; empty while one stands."""

    def batches(self, stop: Event) -> Iterator[Batch]:
        """Yield what comes in, connecting anew as often as it takes, until `stop` is set.

        Retries wait 1 s, then twice as long each time up to a minute, and begin anew after a line that came whole.
        """
        pause = self._patience.first_retry
        while not stop.is_set():
            before = self.report.lines
            yield from self._connection(stop)
            self._stream.drop()
            if self.report.lines > before:
                pause = self._patience.first_retry
            stop.wait(pause)
            pause = min(2 * pause, self._patience.longest_retry)

    def _connection(self, stop: Event) -> Iterator[Batch]:
        try:
            with socket.create_connection(self._address, timeout=self._patience.connect) as connection:
                connection.settimeout(self._patience.glance)
                self.connected, self.trouble = True, ""
                yield from self._received(connection, stop)
        except OSError as error:
            self.trouble = str(error)
        finally:
            self.connected = False

    def _received(self, connection: socket.socket, stop: Event) -> Iterator[Batch]:
        heard = steady()
        while not stop.is_set():
            try:
                data = connection.recv(CHUNK)
            except TimeoutError:
                if steady() - heard > self._patience.silence:
                    self.trouble = f"silent for {self._patience.silence:g} s"
                    return
                continue
            if not data:
                self.trouble = "the other side closed the connection"
                return
            heard = steady()
            yield from self._batches_of(data)

    def _batches_of(self, data: bytes) -> Iterator[Batch]:
        taken = list(self._stream.feed(data))
        for start in range(0, len(taken), LARGEST):
            yield self._batch(taken[start : start + LARGEST])

    def _batch(self, sightings: list[Sighting]) -> Batch:
        self._position += len(sightings)
        return Batch(tuple(sightings), self._position, self.report.rejected)
