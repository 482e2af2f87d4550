"""A child process that ends with us, and its log."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import threading
from pathlib import Path
from typing import IO

from comity.foundation.store.account import ENVIRONMENT

_LARGEST_LOG = 8 * 1024 * 1024
"""Bytes of log after which it is set aside, taking the place of the one before."""
_LOOK = 60.0
"""Seconds between two looks at the log's size."""


def keep(command: list[str], log: Path) -> subprocess.Popen[bytes]:
    """Start the command, with its words going to `log`, from a thread that lives as long as it does.

    The kernel's signal at a parent's death is tied to the thread that forked: started from a passing one, the child
    would end when that one does. Its session is its own: an interrupt typed at the terminal is ours to answer.

    Raises:
        OSError: it cannot be started.
    """
    _set_aside(log)
    outcome: list[subprocess.Popen[bytes] | OSError] = []
    known = threading.Event()

    def start_and_stay() -> None:
        try:
            with _appending(log) as file:
                process = subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=file, stderr=file, start_new_session=True, env=ENVIRONMENT
                )
            outcome.append(process)
        except OSError as error:
            outcome.append(error)
            return
        finally:
            known.set()
        _attend(process, log)

    threading.Thread(target=start_and_stay, name=Path(command[0]).name, daemon=True).start()
    known.wait()
    if isinstance(outcome[0], OSError):
        raise outcome[0]
    return outcome[0]


def last_words(log: Path) -> str:
    """Return the end of the log, on one line, for a message."""
    with log.open("rb") as file:
        file.seek(max(log.stat().st_size - 600, 0))
        return " ".join(file.read().decode("utf-8", errors="replace").split()) or "it said nothing"


def _appending(log: Path) -> IO[bytes]:
    return os.fdopen(os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600), "ab")


def _set_aside(log: Path) -> None:
    if log.exists():
        log.replace(log.with_name(log.name + ".1"))


def _attend(process: subprocess.Popen[bytes], log: Path) -> None:
    handle = os.pidfd_open(process.pid)
    try:
        while not select.select([handle], [], [], _LOOK)[0]:
            if log.stat().st_size > _LARGEST_LOG:
                # The child holds the file open, always writing at its end: it is copied and emptied, not moved.
                shutil.copyfile(log, log.with_name(log.name + ".1"))
                os.truncate(log, 0)
    finally:
        os.close(handle)
    process.wait()
