"""A page: no question to the store goes without a bound on its answer."""

from __future__ import annotations

from comity.vocabulary.fault import Fault

LARGEST = 100_000
"""Rows."""


def bounded(limit: int) -> int:
    """Return the limit.

    Raises:
        Fault: it is not between 1 and 100,000.
    """
    if not 1 <= limit <= LARGEST:
        raise Fault(f"{limit} rows cannot be asked for", remedy=f"Ask for 1 to {LARGEST}, page by page.")
    return limit
