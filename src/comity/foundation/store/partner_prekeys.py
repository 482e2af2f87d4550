"""Partner prekeys: the newest prekey of each partner, as it came."""

from __future__ import annotations

from comity.foundation.store.store import Transaction


def put(t: Transaction, name: str, signed: bytes) -> None:
    """Keep a partner's prekey; it takes the place of the one before."""
    t.run(
        "INSERT INTO partner_prekey (name, prekey) VALUES (%s, %s)"
        " ON CONFLICT (name) DO UPDATE SET prekey = excluded.prekey",
        *(name, signed),
    )


def get(t: Transaction, name: str) -> bytes | None:
    """Return a partner's prekey, if one is known."""
    row = t.row("SELECT prekey FROM partner_prekey WHERE name = %s", name)
    return row[0] if row else None


def remove(t: Transaction, name: str) -> None:
    """Forget a partner's prekey: its card has changed."""
    t.run("DELETE FROM partner_prekey WHERE name = %s", name)
