"""Migrations: numbered SQL files, applied once each, in order, and remembered by their hash."""

from __future__ import annotations

import hashlib
from importlib.resources import files
from typing import Any

import psycopg

from comity.vocabulary.fault import Fault

_LOCK = 0x434F_4D49_5459
"""Advisory lock, so that two processes do not migrate at once."""


def migrate(connection: psycopg.Connection[Any]) -> int:
    """Apply the migrations that the database does not have yet, and return how many that were.

    Raises:
        Fault: the database was migrated by another or a changed version.
    """
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
    connection.execute("CREATE TABLE IF NOT EXISTS migration (name text PRIMARY KEY, digest text NOT NULL)")
    known: dict[str, str] = dict(connection.execute("SELECT name, digest FROM migration").fetchall())
    steps = _steps()
    for name, digest in known.items():
        if name not in steps or hashlib.sha256(steps[name]).hexdigest() != digest:
            raise Fault(
                f"the database was migrated by another version (step {name})",
                remedy="Run the version that made it, or upgrade to one that knows this step.",
            )
    fresh = [name for name in sorted(steps) if name not in known]
    for name in fresh:
        connection.execute(steps[name])
        digest = hashlib.sha256(steps[name]).hexdigest()
        connection.execute("INSERT INTO migration (name, digest) VALUES (%s, %s)", (name, digest))
    return len(fresh)


def _steps() -> dict[str, bytes]:
    folder = files("comity.foundation.store") / "migrations"
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.name.endswith(".sql")}
