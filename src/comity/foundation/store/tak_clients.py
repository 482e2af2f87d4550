"""TAK clients: devices that follow the picture live, each one user's or one partner's."""

from __future__ import annotations

import msgspec

from comity.foundation.store.page import LARGEST
from comity.foundation.store.store import ActTransaction, Row, Transaction
from comity.vocabulary.fault import Missing, Refused
from comity.vocabulary.instant import Instant
from comity.vocabulary.purpose import Purpose

_COLUMNS = "name, officer, holder, partner, purpose, feed, made, until, revoked"


class KeptClient(msgspec.Struct, frozen=True, kw_only=True):
    """One client as it was added. Times are the node's."""

    name: str
    officer: str
    """Who added it."""
    holder: str
    """Whose it is: one of the node's people, or a partner."""
    partner: bool
    """Whether it is a partner's."""
    purpose: Purpose | None = None
    """For what a partner's client is."""
    feed: str = ""
    """As which feed its sightings come in; empty: they do not."""
    made: Instant
    until: Instant
    revoked: Instant | None = None

    def counts(self, now: Instant) -> bool:
        """Whether it may connect, and stay connected."""
        return self.revoked is None and now < self.until


def add(t: ActTransaction, made: KeptClient, token: bytes) -> None:
    """Keep a client with the digest of its token.

    Raises:
        Refused: its name was given before, or its feed is another client's.
    """
    added = t.run(
        "INSERT INTO tak_client (name, officer, holder, partner, purpose, feed, token, made, until)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
        *(made.name, made.officer, made.holder, made.partner, made.purpose.value if made.purpose else ""),
        *(made.feed or None, token, made.made, made.until),
    )
    if not added:
        raise Refused(
            "the name was given to a client before, or the feed is another's",
            where=made.name,
            remedy="Choose another name, and a feed of its own.",
        )


def get(t: Transaction, name: str) -> tuple[KeptClient, bytes] | None:
    """Return the client and the digest of its token, or None."""
    row = t.row(f"SELECT {_COLUMNS}, token FROM tak_client WHERE name = %s", name)  # noqa: S608 - fixed columns
    return (_kept(row[:-1]), bytes(row[-1])) if row else None


def all(t: Transaction) -> list[KeptClient]:  # noqa: A001 - read as tak_clients.all
    """Return every client ever added, by name."""
    rows = t.rows(f"SELECT {_COLUMNS} FROM tak_client ORDER BY name LIMIT %s", LARGEST)  # noqa: S608 - fixed columns
    return [_kept(row) for row in rows]


def revoke(t: ActTransaction, name: str, at: Instant) -> None:
    """Let the client in no more.

    Raises:
        Missing: there is none of this name, or it is revoked already.
    """
    if not t.run("UPDATE tak_client SET revoked = %s WHERE name = %s AND revoked IS NULL", at, name):
        raise Missing("there is no such client, or it is revoked already", where=name, remedy="See comity tak list.")


def _kept(row: Row) -> KeptClient:
    found = dict(zip(KeptClient.__struct_fields__, row, strict=True))
    purpose = Purpose(found["purpose"]) if found["purpose"] else None
    return KeptClient(**{**found, "purpose": purpose, "feed": found["feed"] or ""})
