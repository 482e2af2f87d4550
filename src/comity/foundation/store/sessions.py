"""Sessions: who is logged in. Only the digest of a token is kept: whoever reads the table cannot log in with it."""

from __future__ import annotations

from comity.foundation.store.store import Transaction
from comity.vocabulary.fault import Missing
from comity.vocabulary.instant import Instant
from comity.vocabulary.officer import Officer, Role


def open(t: Transaction, token_digest: bytes, officer: str, expires: Instant) -> None:  # noqa: A001 - read as sessions.open
    """Open a session of the named officer until `expires` by the wall clock.

    Raises:
        Missing: there is no such officer.
    """
    opened = t.run(
        "INSERT INTO session (token, officer, expires) SELECT %s, name, %s FROM officer WHERE name = %s",
        *(token_digest, expires, officer),
    )
    if not opened:
        raise Missing("there is no such officer", where=officer)


def find(t: Transaction, token_digest: bytes, now: Instant) -> Officer | None:
    """Return whose session it is, or None if there is none that still runs at `now` by the wall clock."""
    row = t.row(
        "SELECT officer.name, officer.role FROM session JOIN officer ON officer.name = session.officer"
        " WHERE session.token = %s AND session.expires > %s",
        *(token_digest, now),
    )
    return Officer(name=row[0], role=Role(row[1])) if row else None


def ends(t: Transaction, token_digest: bytes) -> Instant | None:
    """Return when the session ends by the wall clock, or None if there is none."""
    row = t.row("SELECT expires FROM session WHERE token = %s", token_digest)
    return int(row[0]) if row else None


def close(t: Transaction, token_digest: bytes) -> None:
    """End the session, if it is there."""
    t.run("DELETE FROM session WHERE token = %s", token_digest)


def expire(t: Transaction, now: Instant) -> int:
    """Remove the sessions that no longer run at `now` by the wall clock, and return how many those were."""
    return t.run("DELETE FROM session WHERE expires <= %s", now)
