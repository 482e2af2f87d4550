"""Live feeds over UDP: wait at a port for datagrams, each of which holds what a stream of the feed's format may."""

from __future__ import annotations

import ipaddress
import socket
import struct
from collections.abc import Iterator
from threading import Event

from comity.sources.batch import LARGEST, Batch
from comity.sources.feed import open_stream
from comity.sources.origin import Origin
from comity.vocabulary.fault import Fault
from comity.vocabulary.sighting import Sighting

GLANCE = 0.5
"""Seconds after which a silent port is looked at again."""
_LARGEST_DATAGRAM = 65_535
_TOGETHER = 64
"""Datagrams that are taken together where more are waiting."""


class Datagrams:
    """A feed that is sent to a host and port. Its reports get the time of their arrival where they carry none."""

    def __init__(
        self, host: str, port: int, format_name: str, origin: Origin, *, skip: int = 0, glance: float = GLANCE
    ) -> None:
        if origin.arrival is None:
            raise Fault("a live feed needs the time of arrival", where=f"{host}:{port}", remedy="Give it the clock.")
        self._stream = open_stream(format_name, origin)
        self._position = skip
        self._glance = glance
        self._socket = _bound(host, port)
        self.port: int = self._socket.getsockname()[1]
        self.report = self._stream.report

    def batches(self, stop: Event) -> Iterator[Batch]:
        """Yield what comes in until `stop` is set; then close the port."""
        with self._socket:
            while not stop.is_set():
                taken = self._taken()
                for start in range(0, len(taken), LARGEST):
                    part = taken[start : start + LARGEST]
                    self._position += len(part)
                    yield Batch(tuple(part), self._position, self.report.rejected)

    def _taken(self) -> list[Sighting]:
        """Wait for a datagram, and take what else is waiting then."""
        taken: list[Sighting] = []
        self._socket.settimeout(self._glance)
        for _ in range(_TOGETHER):
            try:
                data = self._socket.recv(_LARGEST_DATAGRAM)
            except (TimeoutError, BlockingIOError):
                break
            except OSError:  # as when a sender's host says that it is gone: nothing to read, and the port stands
                break
            taken += self._stream.datagram(data)
            self._socket.settimeout(0)
        return taken


def _bound(host: str, port: int) -> socket.socket:
    """Return a socket at the address; a multicast address is joined on the interface that routes to it.

    Raises:
        Fault: the address is none, or is taken.
    """
    opened: socket.socket | None = None
    try:
        address = ipaddress.ip_address(host)
        opened = socket.socket(socket.AF_INET6 if address.version == 6 else socket.AF_INET, socket.SOCK_DGRAM)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1 if address.is_multicast else 0)
        opened.bind((host, port))
        if address.is_multicast and address.version == 4:
            member = struct.pack("4s4s", address.packed, socket.inet_aton("0.0.0.0"))  # noqa: S104  whichever routes there
            opened.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, member)
        elif address.is_multicast:
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, struct.pack("16sI", address.packed, 0))
    except (ValueError, OSError, OverflowError) as error:
        if opened is not None:
            opened.close()
        raise Fault(
            f"no datagrams can be received ({error})", where=f"{host}:{port}", remedy="Check address and port."
        ) from error
    return opened
