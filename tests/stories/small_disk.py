"""A small disk: a node's database moved to a real file system that the test can fill, and make room on again.

It is a tmpfs in a mount namespace of its own, so that nothing of it is left when its keeper ends, however it ends. Root
may make one; others may where the kernel gives them a user namespace.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from comity.foundation.store import cluster
from stories.house import House

_APART = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--map-current-user", "--keep-caps", "--mount"]
_ENTER = ["--mount"] if os.geteuid() == 0 else ["--user", "--preserve-credentials", "--mount"]
_KEEP = """
mkdir -p "$2.small" && mount -t tmpfs -o "size=$1,mode=711" small "$2.small" && cp -a "$2/." "$2.small" &&
mkdir -p "$2.large" && mount --bind "$2" "$2.large" && mount --bind "$2.small" "$2" && echo ready && exec cat
"""
_FILLING = "filling"


class SmallDisk:
    """A house's database on a disk of so many bytes, from the beginning of the block to its end.

    The house is stopped before and after; what it has kept meanwhile is on the ordinary disk again in the end.
    """

    def __init__(self, house: House, size: int) -> None:
        self._house = house
        self._size = size
        self._folder = (house.folder / "database").absolute()
        self._keeper: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> SmallDisk:
        arguments = [*_APART, "sh", "-euc", _KEEP, "sh", str(self._size), str(self._folder)]
        self._keeper = subprocess.Popen(
            arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        assert self._keeper.stdout is not None
        assert self._keeper.stderr is not None
        assert self._keeper.stdout.readline() == b"ready\n", self._keeper.stderr.read().decode()
        self._house.process.before = self._words
        self._house.reached = self._url
        return self

    def __exit__(self, *error: object) -> None:
        assert self._keeper is not None
        try:
            self.make_room()
            subprocess.run(
                [*self._words, "cp", "-a", f"{self._folder}/.", f"{self._folder}.large"], check=True, timeout=60
            )
        finally:
            self._house.process.before = []
            self._house.reached = None
            self._keeper.communicate(timeout=30)

    def fill(self) -> None:
        """Fill the disk to the last byte."""
        with (self._seen / _FILLING).open("ab", buffering=0) as file:
            size = 65_536
            while size:
                try:
                    file.write(bytes(size))
                except OSError:  # no space left on device
                    size //= 2

    def make_room(self) -> None:
        """Take the filling away."""
        (self._seen / _FILLING).unlink(missing_ok=True)

    def _url(self) -> str:
        sockets = (self._seen / "sockets.txt").read_text("utf-8").strip()
        return make_conninfo(dbname="postgres", user=cluster.ROLE, host=sockets)

    def end_segment(self) -> None:
        """Have the database begin a new segment of its write-ahead log: without room for it, it cannot go on."""
        with psycopg.connect(self._url(), autocommit=True) as connection:
            connection.execute("SELECT pg_switch_wal()")

    @property
    def _seen(self) -> Path:
        """The database's folder as seen from outside."""
        assert self._keeper is not None
        return Path(f"/proc/{self._keeper.pid}/root{self._folder}")

    @property
    def _words(self) -> list[str]:
        assert self._keeper is not None
        return ["nsenter", "--target", str(self._keeper.pid), *_ENTER, "--"]
