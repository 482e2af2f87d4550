"""Processes of the demo: started with their output in a file, waited for, and stopped; never anybody else's."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from comity.exchange.deadline import trusted
from comity.foundation.clock import steady
from comity.vocabulary.fault import Fault

_START = 60.0
"""Seconds until a process must answer."""
_STOP = 15.0
"""Seconds until a process that was told to stop must be gone."""


class Process:
    """One `comity` command that runs until it is stopped."""

    def __init__(self, name: str, arguments: list[str], log: Path, health: str) -> None:
        self.name = name
        self._arguments = arguments
        self._log = log
        self._health = health
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; `ready` waits until it answers. It is told to stop when the thread that called this ends."""
        with self._log.open("ab") as output:
            self._child = subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM", sys.executable, "-m", "comity.cli.main", *self._arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C reaches the demo alone, which then stops each in order
            )

    def ready(self) -> None:
        """Wait until it answers.

        Raises:
            Fault: it ended, or does not answer in time; the end of its log is in the message.
        """
        deadline = steady() + _START
        pause = threading.Event()
        with httpx.Client(timeout=2, trust_env=False, verify=trusted()) as client:
            while steady() < deadline:
                if self._child is None or self._child.poll() is not None:
                    break
                try:
                    if client.get(self._health).status_code == httpx.codes.OK:
                        return
                except httpx.HTTPError:
                    pause.wait(0.05)
        raise Fault(f"{self.name} does not run: {self._last_words()}", where=str(self._log))

    @property
    def pid(self) -> int:
        """The process id.

        Raises:
            Fault: it was not started.
        """
        if self._child is None:
            raise Fault(f"{self.name} was not started")
        return self._child.pid

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._child is not None and self._child.poll() is None:
            os.kill(self._child.pid, signal.SIGKILL)
            self._child.wait(_STOP)

    def stop(self) -> int:
        """Tell it to stop, wait until it is gone, and return its exit code."""
        if self._child is None:
            return 0
        if self._child.poll() is None:
            self._child.terminate()
        try:
            return self._child.wait(_STOP)
        except subprocess.TimeoutExpired:
            self._child.kill()
            return self._child.wait(_STOP)

    def _last_words(self) -> str:
        lines = self._log.read_text("utf-8", "replace").strip().splitlines()
        return " / ".join(lines[-3:]) or "it says nothing"


class Cast:
    """All processes together: started side by side, stopped side by side."""

    def __init__(self, processes: list[Process]) -> None:
        self.processes = processes

    def __enter__(self) -> Self:
        try:
            for process in self.processes:
                process.start()
            for process in self.processes:
                process.ready()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop every process, all at once; a second Ctrl-C meanwhile changes nothing."""
        impatient = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            at_once([process.stop for process in self.processes])
        finally:
            signal.signal(signal.SIGINT, impatient)


def at_once(works: list[Callable[[], object]]) -> None:
    """Do all works side by side, and raise the first fault of any of them when all have ended."""
    faults: list[BaseException] = []

    def guarded(work: Callable[[], object]) -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - raised again below, in the caller's thread
            faults.append(error)

    threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
