"""The postmaster's traces: who is at work in a database folder, and what its pid file says.

A pid file outlives a crash, and its number may since have gone to anybody. So a process counts only if it says itself,
in its command line, that it works here: each of our servers carries a name drawn from its folder, which PostgreSQL
shows in the title of every process it has. Nothing is ever signalled because a file names it.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from comity.vocabulary.fault import Fault


class PidFile(msgspec.Struct, frozen=True):
    """What postmaster.pid holds: line 1 the process, line 5 the socket folder, line 8 the state."""

    process: int
    sockets: Path
    ready: bool


def title(data: Path) -> str:
    """Return the name that the server on this folder carries (PostgreSQL's `cluster_name`)."""
    status = data.stat()
    return f"comity-{status.st_dev:x}-{status.st_ino:x}"


def workers(data: Path) -> list[int]:
    """Return the ids of the living PostgreSQL processes that work in this folder, orphans of a dead server included."""
    if not data.exists():
        return []
    name = title(data).encode()
    return sorted(int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit() and _bears(entry, name))


def _bears(process: Path, name: bytes) -> bool:
    try:
        words = (process / "cmdline").read_bytes().split(b"\x00")
    except OSError:  # it ended while we looked
        return False
    return b"cluster_name=" + name in words or words[0].startswith(b"postgres: " + name + b": ")


def pid_file(data: Path) -> PidFile | None:
    """Return what the pid file in this folder says, or None if there is none or it is not complete.

    Raises:
        Fault: the folder is not ours to read.
    """
    try:
        lines = (data / "postmaster.pid").read_text("utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return None
    except PermissionError as error:
        raise Fault(
            "the database belongs to another account",
            where=str(data),
            remedy="Use the account that runs the node, or root.",
        ) from error
    if len(lines) < 5 or not lines[0].isdigit() or not lines[4].startswith("/"):
        return None
    return PidFile(int(lines[0]), Path(lines[4]), len(lines) > 7 and lines[7].strip() == "ready")


def sweep(data: Path) -> None:
    """Remove the pid file that a dead server left. Call only when nobody works in the folder."""
    (data / "postmaster.pid").unlink(missing_ok=True)
