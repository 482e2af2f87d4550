"""Officers: who may use the node, with the hash of each one's password."""

from __future__ import annotations

from comity.foundation.store.page import LARGEST
from comity.foundation.store.store import Transaction
from comity.vocabulary.fault import Missing, Refused
from comity.vocabulary.officer import Officer, Role


def add(t: Transaction, officer: Officer, password_hash: str) -> None:
    """Add an officer.

    Raises:
        Refused: there is one of that name.
    """
    added = t.run(
        "INSERT INTO officer (name, role, password) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
        *(officer.name, officer.role.value, password_hash),
    )
    if not added:
        raise Refused("there is an officer of this name already", where=officer.name, remedy="Choose another name.")


def change(t: Transaction, officer: Officer, password_hash: str) -> None:
    """Change an officer's role or password, and end the sessions that were opened with the old ones.

    Raises:
        Missing: there is no such officer.
    """
    changed = t.run(
        "UPDATE officer SET role = %s, password = %s WHERE name = %s",
        *(officer.role.value, password_hash, officer.name),
    )
    if not changed:
        raise Missing("there is no such officer", where=officer.name)
    t.run("DELETE FROM session WHERE officer = %s", officer.name)


def get(t: Transaction, name: str) -> tuple[Officer, str] | None:
    """Return the officer and the password's hash, or None."""
    row = t.row("SELECT name, role, password FROM officer WHERE name = %s", name)
    return (Officer(name=row[0], role=Role(row[1])), row[2]) if row else None


def all(t: Transaction) -> list[Officer]:  # noqa: A001 - read as officers.all
    """Return every officer, by name."""
    rows = t.rows("SELECT name, role FROM officer ORDER BY name LIMIT %s", LARGEST)
    return [Officer(name=name, role=Role(role)) for name, role in rows]
