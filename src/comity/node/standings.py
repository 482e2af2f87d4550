"""Standings: the node's agreements as the permit needs them, read from the store."""

from __future__ import annotations

from functools import lru_cache

from comity.agreements.standing import Standing, State
from comity.agreements.terms import Terms, from_canonical
from comity.foundation.store import agreements
from comity.foundation.store.store import Transaction


def standings(transaction: Transaction) -> tuple[Standing, ...]:
    """Return every agreement of the node with its present state and who has signed and proved it."""
    return tuple(
        Standing(
            terms=_terms(kept.body),
            digest=kept.digest,
            state=State(kept.state),
            signed=frozenset(agreements.signatures(transaction, kept.digest)),
            standing_at=frozenset(agreements.standings(transaction, kept.digest)),
        )
        for kept in agreements.all(transaction)
    )


@lru_cache(maxsize=256)
def _terms(body: bytes) -> Terms:
    return from_canonical(body)
