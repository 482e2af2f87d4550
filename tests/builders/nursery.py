"""A nursery: `comity` commands as processes of their own that need not import everything first.

One process imports what all commands need, has no thread, and forks for each that is asked of it. What runs then is a
process like any other: its own memory, its own id to be killed by, the same command line. That a command also starts
from nothing is shown by the tutorials, the demo, and tests/cli.
"""

from __future__ import annotations

import atexit
import ctypes
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import traceback
from contextlib import suppress
from functools import cache
from typing import IO, Any, NoReturn

from comity.foundation import canonical

_PRELOADED = ("comity.cli.main", "comity.cli.agreement", "comity.cli.node", "comity.cli.witness", "comity.api.serve")
_SET_PARENT_DEATH_SIGNAL = 1  # prctl(2)
_LONGEST = 1 << 20
_FILES = 4
"""Standard input, output and error, and where the exit code is told."""


class Child:
    """A command that runs, as `subprocess.Popen` would show it."""

    def __init__(self, arguments: list[str], pid: int, told: IO[bytes]) -> None:
        self.arguments = arguments
        self.pid = pid
        self.returncode: int | None = None
        self._told = told

    def poll(self) -> int | None:
        """Return its exit code, negative for a signal; None while it runs."""
        with suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it is gone and return its exit code.

        Raises:
            subprocess.TimeoutExpired: it still runs after so many seconds.
        """
        if self.returncode is None:
            with selectors.DefaultSelector() as selector:
                selector.register(self._told, selectors.EVENT_READ)
                if not selector.select(timeout):
                    raise subprocess.TimeoutExpired(self.arguments, timeout or 0)
            with self._told:
                self.returncode = int(self._told.read() or -signal.SIGKILL)  # the nursery itself was killed
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send it a signal, if it runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Tell it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it by force."""
        self.send_signal(signal.SIGKILL)


def begin(
    arguments: list[str],
    *,
    stdin: int,
    stdout: int,
    stderr: int,
    environment: dict[str, str] | None = None,
    folder: str = "",
) -> Child:
    """Begin a `comity` command in a session of its own, with these open files; it ends when this process does.

    It works in the folder, if one is named.
    """
    told, tells = os.pipe()
    whole = {**os.environ, **(environment or {})}
    asked = json.dumps({"arguments": arguments, "environment": whole, "folder": folder}).encode()
    line, _ = _nursery()
    socket.send_fds(line, [asked], [stdin, stdout, stderr, tells])
    os.close(tells)
    return Child(arguments, int(line.recv(_LONGEST)), os.fdopen(told, "rb"))


def run(
    arguments: list[str], *, told: str, environment: dict[str, str], timeout: float, folder: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run a `comity` command to its end, with `told` as its standard input, and return what it said.

    Raises:
        subprocess.TimeoutExpired: it takes longer than so many seconds; it is killed.
    """
    names = ("comity-told", "comity-said", "comity-erred")
    with (
        os.fdopen(os.memfd_create(names[0]), "w+b") as put,
        os.fdopen(os.memfd_create(names[1]), "w+b") as said,
        os.fdopen(os.memfd_create(names[2]), "w+b") as erred,
    ):
        put.write(told.encode())
        put.seek(0)
        child = begin(
            arguments,
            stdin=put.fileno(),
            stdout=said.fileno(),
            stderr=erred.fileno(),
            environment=environment,
            folder=folder,
        )
        try:
            code = child.wait(timeout)
        except subprocess.TimeoutExpired:
            child.kill()
            raise
        said.seek(0)
        erred.seek(0)
        return subprocess.CompletedProcess(arguments, code, said.read().decode(), erred.read().decode())


@cache
def _nursery() -> tuple[socket.socket, subprocess.Popen[bytes]]:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    command = [sys.executable, "-m", "builders.nursery", str(theirs.fileno())]
    process = subprocess.Popen(  # ends when the line does: with this process
        command,
        pass_fds=[theirs.fileno()],
        stdin=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        start_new_session=True,
    )
    theirs.close()
    atexit.register(_close, ours, process)
    return ours, process


def _close(line: socket.socket, process: subprocess.Popen[bytes]) -> None:
    line.close()
    process.wait()


class _Forks:
    """The other side: forks, and tells how each fork ended."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._tells: dict[int, int] = {}
        self._woken, wakes = socket.socketpair()
        self._woken.settimeout(0)
        wakes.settimeout(0)
        self._wakes = wakes
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wakes.fileno(), warn_on_full_buffer=False)

    def serve(self) -> None:
        """Serve until the line is closed."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._line, selectors.EVENT_READ)
            selector.register(self._woken, selectors.EVENT_READ)
            while True:
                ready = {key.fileobj for key, _ in selector.select()}
                if self._woken in ready:
                    self._woken.recv(4096)
                self._reap()
                if self._line in ready and not self._asked():
                    return

    def _reap(self) -> None:
        with suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                tells = self._tells.pop(ended[0])
                os.write(tells, str(os.waitstatus_to_exitcode(ended[1])).encode())
                os.close(tells)

    def _asked(self) -> bool:
        asked, files, *_ = socket.recv_fds(self._line, _LONGEST, _FILES)
        if not asked:
            return False
        pid = os.fork()
        if not pid:
            self._become(json.loads(asked), files)
        for file in files[:3]:
            os.close(file)
        self._tells[pid] = files[3]
        self._line.send(str(pid).encode())
        return True

    def _become(self, asked: dict[str, Any], files: list[int]) -> NoReturn:
        code = 1
        try:
            os.setsid()
            ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for number, file in enumerate(files[:3]):
                os.dup2(file, number)
            os.closerange(3, 1 << 16)
            os.environ.clear()
            os.environ.update(asked["environment"])
            if asked["folder"]:
                os.chdir(asked["folder"])
            code = _ended(asked["arguments"])
        except BaseException:  # noqa: BLE001 - nothing may come back into the nursery's own loop
            traceback.print_exc()
        finally:
            with suppress(Exception):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(code)


def _ended(arguments: list[str]) -> int:
    from comity.cli.main import main  # noqa: PLC0415 - the nursery's alone

    sys.argv = ["comity", *arguments]
    sys.stdin, sys.stdout, sys.stderr = os.fdopen(0, "r"), os.fdopen(1, "w"), os.fdopen(2, "w", 1)
    try:
        main()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return 0


if __name__ == "__main__":
    for _module in _PRELOADED:
        __import__(_module)
    canonical.prepare()
    _Forks(socket.socket(fileno=int(sys.argv[1]))).serve()
