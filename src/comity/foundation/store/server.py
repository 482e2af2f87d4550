"""The server: the bundled PostgreSQL 18, started as a child that ends with us, on a private socket and no port.

Why our own launcher: docs/decisions/0010-own-postgres-launcher.md.
"""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import psycopg
from psycopg.conninfo import make_conninfo

from comity.foundation.clock import steady
from comity.foundation.store import cluster, postmaster, sockets
from comity.foundation.store.account import account
from comity.foundation.store.child import keep, last_words
from comity.vocabulary.fault import Fault

_LEAVE = 30.0
"""Seconds that an earlier server, whose parent was killed, is given to be gone."""
_READY = 120.0
"""Seconds until a server must answer; recovery after a crash is part of it."""
_FAST = 20.0
"""Seconds for a fast shutdown, which writes a checkpoint; after it the server is told to stop at once."""


class Server:
    """A running PostgreSQL. Make one with `start`; as a context manager it stops at the end of the block."""

    def __init__(self, lock: IO[bytes], socket_folder: Path, child: subprocess.Popen[bytes]) -> None:
        self.url = _url(socket_folder)
        self._lock = lock
        self._socket_folder = socket_folder
        self.child = child

    @classmethod
    def start(cls, folder: Path) -> Self:
        """Start the database kept in `folder` (made if new) and return once it answers.

        The folder gets `data/` (the database), `postgres.log`, and small files that say who may connect. When this
        process ends, however it ends, the server does too; what was committed is there at the next start.

        Raises:
            Fault: another process runs this database, another account owns it, an earlier server does not leave, or
                PostgreSQL cannot start; its own words are in the message.
        """
        folder = folder.absolute()
        folder.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
        lock = _locked(folder)
        try:
            server = cls._launched(folder, lock)
        except BaseException:
            lock.close()
            raise
        try:
            _await_answer(server.url, child=server.child, log=folder / "postgres.log")
        except BaseException:
            server.stop()
            raise
        return server

    @classmethod
    def _launched(cls, folder: Path, lock: IO[bytes]) -> Self:
        data = folder / "data"
        who = account(data, cluster.program("initdb"), cluster.program("postgres"))
        _await_vacant(data)
        if not data.exists():
            cluster.create(folder, who)
        postmaster.sweep(data)
        socket_folder = sockets.make(folder, who)
        try:
            child = keep(cluster.command(folder, socket_folder, who), folder / "postgres.log")
        except BaseException:
            sockets.discard(socket_folder)
            raise
        return cls(lock, socket_folder, child)

    def stop(self) -> None:
        """Stop: no new connections, open transactions rolled back, a checkpoint written. Twice is once."""
        if self._lock.closed:
            return
        try:
            self._end()
        finally:
            sockets.discard(self._socket_folder)
            self._lock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _end(self) -> None:
        for order in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):  # fast, at once, by force
            self.child.send_signal(order)
            try:
                self.child.wait(_FAST)
            except subprocess.TimeoutExpired:
                continue
            return


def attached(folder: Path) -> str | None:
    """Return the URL of the server that already runs on `folder`, or None if none does.

    Raises:
        Fault: the database belongs to another account.
    """
    data = folder.absolute() / "data"
    said = postmaster.pid_file(data)
    if said is None or not said.ready or said.process not in postmaster.workers(data):
        return None
    url = _url(said.sockets)
    return url if _connects(url) else None


def _await_answer(url: str, *, child: subprocess.Popen[bytes], log: Path) -> None:
    def answers() -> bool:
        if child.poll() is not None:
            raise Fault(
                f"PostgreSQL did not start ({last_words(log)})",
                where=str(log),
                remedy="Mend what it says there, then start again.",
            )
        return _connects(url)

    if not _becomes(answers, _READY):
        raise Fault(f"PostgreSQL does not answer after {_READY:.0f} s", where=str(log), remedy="See what it says.")


def _url(socket_folder: Path) -> str:
    return make_conninfo(dbname="postgres", user=cluster.ROLE, host=str(socket_folder))


def _connects(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def _becomes(condition: Callable[[], bool], patience: float) -> bool:
    deadline, pause = steady() + patience, 0.005
    while not condition():
        if steady() > deadline:
            return False
        time.sleep(pause)
        pause = min(pause * 1.5, 0.1)
    return True


def _locked(folder: Path) -> IO[bytes]:
    """Hold the folder for ourselves; the kernel lets go of it when we end, so that no stale lock is left."""
    if folder.stat().st_uid != os.geteuid():  # root neither: what it writes there, the owner could turn elsewhere
        raise Fault("the database belongs to another account", where=str(folder), remedy="Run the node as its owner.")
    lock = (folder / "server.lock").open("ab")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.close()
        raise Fault(
            "another process runs this database",
            where=str(folder),
            remedy="Is a command at work, or does a node start? Then try again when it has ended. Else stop it first.",
        ) from error
    return lock


def _await_vacant(data: Path) -> None:
    if not _becomes(lambda: not postmaster.workers(data), _LEAVE):
        left = " ".join(str(process) for process in postmaster.workers(data))
        raise Fault(
            f"an earlier PostgreSQL is still at work here after {_LEAVE:.0f} s",
            where=str(data),
            remedy=f"Stop it with: kill -QUIT {left}",
        )
