"""The launcher of PostgreSQL, against the real binaries."""

from __future__ import annotations

from pathlib import Path

import psycopg

from comity.foundation.store.server import Server, attached


def test_it_starts_and_answers(tmp_path: Path) -> None:
    """A new folder becomes a database of version 18 in UTF-8 with durable commits; stopped, it is out of sight."""
    with Server.start(tmp_path / "database") as server:
        with psycopg.connect(server.url) as connection:
            version, encoding, durable = (
                connection.execute(f"SHOW {name}").fetchone()[0]
                for name in ("server_version", "server_encoding", "fsync")
            )
        assert attached(tmp_path / "database") == server.url
    assert version.startswith("18.")
    assert (encoding, durable) == ("UTF8", "on")
    assert attached(tmp_path / "database") is None
