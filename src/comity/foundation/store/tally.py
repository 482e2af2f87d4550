"""Tallies: how much there is of something, said without counting all of it, however much that is.

Whoever looks at the numbers of a node looks often; none of it may take the longer the more the node has done.
"""

from __future__ import annotations

from comity.foundation.store.store import Transaction

MOST = 20_000
"""Rows of which more is told than their number, at most."""
EXACT = 200_000
"""Rows that are counted one by one, at most: some 20 ms."""


def about(t: Transaction, table: str) -> int:
    """Return how many rows a table of ours has: counted up to 200,000, beyond that as the database estimates."""
    found = t.row(f"SELECT count(*) FROM (SELECT FROM {table} LIMIT %s) AS counted", EXACT + 1)  # noqa: S608 - ours
    counted = int(found[0]) if found else 0
    if counted <= EXACT:
        return counted
    estimate = t.row("SELECT reltuples::bigint FROM pg_class WHERE oid = %s::text::regclass", table)
    return max(counted, int(estimate[0]) if estimate else 0)
