"""Receipt proofs: that a partner's log holds what its receipt says, by the message that was receipted."""

from __future__ import annotations

from collections.abc import Sequence

from comity.foundation.store.store import Transaction


def put(t: Transaction, message: bytes, body: bytes) -> None:
    """Keep the proof for a message; the first one stands."""
    t.run("INSERT INTO receipt_proof (message, body) VALUES (%s, %s) ON CONFLICT DO NOTHING", message, body)
    t.run("UPDATE outbox SET proven = true WHERE id = %s AND NOT proven", message)


def get(t: Transaction, message: bytes) -> bytes | None:
    """Return the proof for a message, if it is there."""
    row = t.row("SELECT body FROM receipt_proof WHERE message = %s", message)
    return row[0] if row else None


def among(t: Transaction, messages: Sequence[bytes]) -> frozenset[bytes]:
    """Return which of these messages have a proof."""
    rows = t.rows("SELECT message FROM receipt_proof WHERE message = ANY(%s)", list(messages))
    return frozenset(row[0] for row in rows)


def missing(t: Transaction, limit: int) -> list[bytes]:
    """Return releases with a receipt and without a proof, oldest first, so many for each partner that is not cut off.

    So one partner whose log proves nothing holds up no other's. What is proven is not looked at again.
    """
    rows = t.rows(
        "SELECT due.id FROM partner CROSS JOIN LATERAL (SELECT id, entry FROM outbox"
        " WHERE outbox.partner = partner.name AND kind = 'release' AND receipt IS NOT NULL AND NOT proven"
        " ORDER BY entry LIMIT %s) AS due WHERE partner.cut_off IS NULL ORDER BY due.entry",
        limit,
    )
    return [row[0] for row in rows]
