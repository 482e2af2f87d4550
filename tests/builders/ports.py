"""Ports: each process of the tests has a range of its own, so that no two on one machine take each other's."""

from __future__ import annotations

import fcntl
import os
import socket
import tempfile
from functools import cache
from itertools import cycle
from pathlib import Path
from typing import IO

_FIRST, _SIZE, _RANGES = 10_000, 200, 100
"""Below the ports that the kernel gives to outgoing connections."""


@cache
def own() -> range:
    """Return the ports of this process: nobody else's as long as it lives, however it ends."""
    return _claimed()[0]


@cache
def _claimed() -> tuple[range, IO[bytes]]:
    """Lock the first range that no other process holds; the kernel lets go of it when we end."""
    folder = Path(tempfile.gettempdir()) / f"comity-ports-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    for number in range(_RANGES):
        lock = (folder / str(number)).open("ab")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            continue
        return range(_FIRST + number * _SIZE, _FIRST + (number + 1) * _SIZE), lock
    raise AssertionError("there are no free ranges of ports")


@cache
def _turn() -> cycle[int]:
    return cycle(own())


def free_addresses(count: int) -> list[str]:
    """Return addresses that nobody has; none of them is given again before all others of the range have been."""
    found: list[str] = []
    for _ in own():
        port = next(_turn())
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        found.append(f"127.0.0.1:{port}")
        if len(found) == count:
            return found
    raise AssertionError("there are no free ports")


def first_free(count: int) -> int:
    """Return the first of so many free ports, for who looks for free ones from there on."""
    return int(free_addresses(count)[0].rpartition(":")[2])
