"""The folder of the server's socket: short of path, closed to others, and gone with the server."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from comity.foundation.store.account import Account

PORT = 5432
"""Names the socket file; no port is opened."""
_PREFIX = "comity-"
_LONGEST = 107
"""Bytes: the longest path of a Unix socket."""


def make(folder: Path, who: Account) -> Path:
    """Make a socket folder for the server on `folder`, in the place of the one that an earlier server left.

    It lies in the system's folder for passing files, because a path in `folder` may be too long for a socket; a note
    in `folder` says where, since PostgreSQL's own note is gone when its parent was killed.
    """
    note = folder / "sockets.txt"
    earlier = Path(note.read_text("utf-8").strip()) if note.exists() else None
    sockets = (earlier and _again(earlier)) or Path(tempfile.mkdtemp(prefix=_PREFIX, dir=_room()))
    note.write_text(f"{sockets}\n", "utf-8")
    who.give(sockets)
    return sockets


def _again(sockets: Path) -> Path | None:
    """Make the same folder anew, so that whoever knew the server finds it again; None if that place is taken."""
    discard(sockets)
    try:
        sockets.mkdir(mode=0o700)
    except OSError:
        return None
    return sockets


def discard(sockets: Path) -> None:
    """Remove a socket folder: the two files that PostgreSQL makes there, and the folder if nothing else is in it."""
    if not sockets.name.startswith(_PREFIX):
        return
    for name in (f".s.PGSQL.{PORT}", f".s.PGSQL.{PORT}.lock"):
        (sockets / name).unlink(missing_ok=True)
    if sockets.is_dir() and not any(sockets.iterdir()):
        sockets.rmdir()


def _room() -> Path:
    usual = Path(tempfile.gettempdir())
    longest = f"/{_PREFIX}12345678/.s.PGSQL.{PORT}.lock"
    return usual if len(os.fsencode(usual)) + len(longest) <= _LONGEST else Path("/tmp")  # noqa: S108 - it is short
