"""Standings: the node's agreements as the permit needs them, read from the store."""

from __future__ import annotations

from comity.agreements.standing import Standing, State
from comity.agreements.terms import Terms, digest, from_canonical
from comity.foundation.store import agreements
from comity.foundation.store.store import Transaction
from comity.vocabulary.fault import Missing

_MOST = 256
_texts: dict[bytes, Terms] = {}
"""At most so many texts, read once and kept by their digest: it fixes all that they say."""


def standings(transaction: Transaction) -> tuple[Standing, ...]:
    """Return every agreement of the node with its present state and who has signed and proved it."""
    return tuple(
        Standing(
            terms=agreed(transaction, kept.digest),
            digest=kept.digest,
            state=State(kept.state),
            signed=frozenset(kept.signed),
            standing_at=frozenset(kept.proven),
        )
        for kept in agreements.stand(transaction)
    )


def agreed(transaction: Transaction, name: bytes) -> Terms:
    """Return the text of the agreement with this digest.

    Raises:
        Missing: there is no such agreement.
    """
    if known := _texts.get(name):
        return known
    kept = agreements.get(transaction, name)
    if kept is None:
        raise Missing("there is no such agreement", where=name.hex())
    terms = from_canonical(kept.body)
    if digest(terms) == name:
        if len(_texts) >= _MOST:
            _texts.clear()
        _texts[name] = terms
    return terms
