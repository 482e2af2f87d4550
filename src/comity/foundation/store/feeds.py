"""Feeds: how far each has been taken in, so that a restart neither loses nor repeats."""

from __future__ import annotations

import msgspec

from comity.foundation.store.page import LARGEST
from comity.foundation.store.store import Transaction
from comity.vocabulary.fault import Fault


class Feed(msgspec.Struct, frozen=True):
    """What is known of one feed's progress."""

    name: str
    position: int
    """Items taken in so far, the rejected included."""
    rejected: int
    """Items that could not be read."""


def position(t: Transaction, name: str) -> int:
    """Return how many items of the feed have been taken in; 0 for a feed never heard of."""
    row = t.row("SELECT position FROM feed WHERE name = %s", name)
    return row[0] if row else 0


def advance(t: Transaction, name: str, position: int, rejected: int = 0) -> None:
    """Move the feed on to `position` and add `rejected` to those that could not be read.

    Raises:
        Fault: the position would go back.
    """
    moved = t.run(
        "INSERT INTO feed AS kept (name, position, rejected) VALUES (%s, %s, %s) ON CONFLICT (name) DO UPDATE"
        " SET position = excluded.position, rejected = kept.rejected + excluded.rejected"
        " WHERE kept.position <= excluded.position",
        *(name, position, rejected),
    )
    if not moved:
        raise Fault(
            f"the feed cannot go back to item {position}",
            where=name,
            remedy="Give a recording that starts anew another name.",
        )


def all(t: Transaction) -> list[Feed]:  # noqa: A001 - read as feeds.all
    """Return every feed ever heard of, by name."""
    rows = t.rows("SELECT name, position, rejected FROM feed ORDER BY name LIMIT %s", LARGEST)
    return [Feed(*row) for row in rows]
