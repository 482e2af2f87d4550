"""How it stands with the outbox: how much waits, and how far what was sent has come."""

from __future__ import annotations

import msgspec

from comity.foundation.store import tally
from comity.foundation.store.store import Transaction
from comity.vocabulary.instant import Instant

_TALLIED = (
    "WITH newest AS (SELECT id, partner, state, kind, entry FROM outbox ORDER BY entry DESC LIMIT %s),"
    " tallied AS (SELECT id, partner, state, kind FROM newest UNION ALL (SELECT id, partner, state, kind FROM outbox"
    " WHERE receipt IS NULL AND entry < (SELECT min(entry) FROM newest) LIMIT %s))"
)


def counts(t: Transaction, *, persons: bool = False) -> dict[str, dict[str, int]]:
    """Return for each partner how many messages are in each state; those that give persons only where asked for.

    Counted are the `tally.MOST` newest, and as many older ones that still wait.
    """
    counted: dict[str, dict[str, int]] = {}
    statement = (
        f"{_TALLIED} SELECT partner, state, count(*) FROM tallied WHERE %s"  # noqa: S608 - fixed
        " OR NOT EXISTS (SELECT FROM person_given WHERE message = id) GROUP BY partner, state"
    )
    for partner, state, number in t.rows(statement, tally.MOST, tally.MOST, persons):
        counted.setdefault(partner, {})[state] = number
    return counted


def newest_waiting(t: Transaction) -> dict[tuple[str, str], int]:
    """Return for each partner and lane in which something waits the newest entry that it stands on."""
    rows = t.rows("SELECT partner, lane, max(entry) FROM outbox WHERE receipt IS NULL GROUP BY partner, lane")
    return {(partner, lane): entry for partner, lane, entry in rows}


def waits(t: Transaction, partner: str, lane: str) -> int:
    """Return how many items wait for the partner in this lane."""
    row = t.row(
        "SELECT coalesce(sum(count), 0) FROM outbox WHERE partner = %s AND lane = %s AND receipt IS NULL", partner, lane
    )
    return int(row[0]) if row else 0


def held_up(t: Transaction, bulk: str, since: Instant, until: Instant) -> bool:
    """Whether anything outside of the lane `bulk`, decided between two times by the wall clock, waits untried."""
    row = t.row(
        "SELECT EXISTS (SELECT FROM outbox WHERE receipt IS NULL AND lane <> %s AND attempts = 0"
        " AND decided_wall >= %s AND decided_wall < %s)",
        *(bulk, since, until),
    )
    return bool(row and row[0])


class Progress(msgspec.Struct, frozen=True):
    """How far a release has come."""

    id: bytes
    entry: int
    state: str
    attempts: int
    proven: bool


def progress(t: Transaction, limit: int) -> list[Progress]:
    """Return how far each of the newest releases has come, newest first; positions are left out."""
    rows = t.rows(
        "SELECT id, entry, state, attempts, EXISTS (SELECT FROM receipt_proof WHERE message = id) FROM outbox"
        " WHERE kind = 'release' AND streamed IS NULL ORDER BY entry DESC, id LIMIT %s",
        limit,
    )
    return [Progress(*row) for row in rows]


def release_states(t: Transaction) -> dict[str, int]:
    """Return how many releases are in each state, of as many as `counts` counts; none of persons (safeguard 3)."""
    return dict(
        t.rows(
            f"{_TALLIED} SELECT state, count(*) FROM tallied WHERE kind = 'release'"  # noqa: S608 - fixed
            " AND NOT EXISTS (SELECT FROM person_given WHERE message = id) GROUP BY state ORDER BY state",
            *(tally.MOST, tally.MOST),
        )
    )
