"""Processes of the stories: commands that run until they are stopped, killed or sent a signal, each by its id."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import httpx

from builders import nursery
from comity.exchange.deadline import trusted
from comity.foundation.clock import steady

_START = 100.0
"""Seconds until a process must answer, on a machine that has much else to do."""
_STOP = 40.0
"""Seconds until a process that was told to stop must be gone."""


class Process:
    """One `comity` command that runs until it is stopped; what it says is added to a file."""

    def __init__(self, arguments: list[str], log: Path, health: str) -> None:
        self.log = log
        self.before: list[str] = []
        """Words before the command, which is started from nothing then: what puts it elsewhere."""
        self._arguments = arguments
        self._health = health
        self._child: subprocess.Popen[bytes] | nursery.Child | None = None

    def start(self) -> None:
        """Start it; `ready` waits until it answers. It is stopped when the tests end, however they end."""
        with self.log.open("ab") as output, Path(os.devnull).open("rb") as nothing:
            if not self.before:
                files = {"stdin": nothing.fileno(), "stdout": output.fileno(), "stderr": output.fileno()}
                self._child = nursery.begin(self._arguments, **files)
                return
            command = ["setpriv", "--pdeathsig", "TERM", sys.executable, "-m", "comity.cli.main", *self._arguments]
            self._child = subprocess.Popen(
                [*self.before, *command], stdin=nothing, stdout=output, stderr=output, start_new_session=True
            )

    def ready(self) -> None:
        """Wait until it answers."""
        deadline, pause = steady() + _START, threading.Event()
        with httpx.Client(timeout=2, trust_env=False, verify=trusted()) as client:
            while steady() < deadline and self._running.poll() is None:
                try:
                    if client.get(self._health).status_code == httpx.codes.OK:
                        return
                except httpx.HTTPError:
                    pause.wait(0.05)
        words, code = self.log.read_text("utf-8", "replace")[-600:], self._running.poll()
        raise AssertionError(f"{self._arguments} does not run (exit code {code}): {words}")

    @property
    def _running(self) -> subprocess.Popen[bytes] | nursery.Child:
        assert self._child is not None, "it was not started"
        return self._child

    def signal(self, number: int) -> None:
        """Send it a signal, and do not wait."""
        os.kill(self._running.pid, number)

    def wait(self, seconds: float) -> int:
        """Wait until it is gone and return its exit code."""
        return self._running.wait(seconds)

    def kill(self) -> None:
        """End it as a power cut would."""
        self.signal(signal.SIGKILL)
        self.wait(_STOP)

    def stop(self) -> int:
        """Tell it to stop, if it runs, and return its exit code; one that does not listen is killed, and that told."""
        if self._child is None:
            return 0
        if self._child.poll() is None:
            self._child.terminate()
        try:
            return self._child.wait(_STOP)
        except subprocess.TimeoutExpired:
            self._child.kill()
            return self._child.wait(_STOP)
