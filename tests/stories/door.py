"""A door on loopback: each caller is served by hand in a thread of its own; all have ended when the door closes."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

PATIENCE = 30.0
"""Seconds that either side may take for a step."""


class Door:
    """An open door: `with Door(address, serve)` calls `serve` with each caller's line, and closes it afterwards."""

    def __init__(self, address: str, serve: Callable[[socket.socket], None]) -> None:
        self._serve = serve
        self._listening = socket.create_server(pair(address))
        self._listening.settimeout(0.2)
        self._over = threading.Event()
        self._keeper = threading.Thread(target=self._keep, name="door", daemon=True)

    def __enter__(self) -> Door:
        self._keeper.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        self._keeper.join()
        self._listening.close()

    @property
    def over(self) -> threading.Event:
        """Set when the door closes."""
        return self._over

    def _keep(self) -> None:
        callers: list[threading.Thread] = []
        while not self._over.is_set():
            try:
                near, _ = self._listening.accept()
            except TimeoutError:
                continue
            near.settimeout(PATIENCE)
            callers = [caller for caller in callers if caller.is_alive()]
            callers.append(threading.Thread(target=self._attend, args=(near,), name="caller", daemon=True))
            callers[-1].start()
        for caller in callers:
            caller.join(PATIENCE)

    def _attend(self, near: socket.socket) -> None:
        with near:
            try:
                self._serve(near)
            except OSError:  # the other side has hung up, or was never there: so do we
                return


def pair(address: str) -> tuple[str, int]:
    """Return host and port of an address."""
    host, _, port = address.rpartition(":")
    return host, int(port)


def heard(near: socket.socket) -> tuple[bytes, bytes] | None:
    """Return head and body of the request, None if the caller says nothing or hangs up in the middle."""
    got = bytearray()
    while b"\r\n\r\n" not in got:
        piece = near.recv(65_536)
        if not piece:
            return None
        got += piece
    head, _, rest = bytes(got).partition(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
    body = bytearray(rest)
    while len(body) < length:
        piece = near.recv(65_536)
        if not piece:
            return None
        body += piece
    return head + b"\r\n\r\n", bytes(body)
