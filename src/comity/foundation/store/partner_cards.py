"""Partner cards: every card that a partner, or the node itself, has had, and from where on its keys do not count."""

from __future__ import annotations

import msgspec

from comity.foundation.canonical import digest
from comity.foundation.store.page import LARGEST
from comity.foundation.store.store import Transaction
from comity.vocabulary.instant import Instant


class KeptCard(msgspec.Struct, frozen=True):
    """A card as it was accepted, or followed another."""

    name: str
    serial: int
    card: bytes
    """The signed card as it came."""
    since: Instant
    cut_off: int | None
    """Size of the partner's log: at or beyond, nothing signed by this card's keys is believed."""


def put(t: Transaction, name: str, serial: int, signed: bytes, since: Instant) -> bool:
    """Keep a card, and say whether it is new; one that is here already stays as it is, its cut-off too."""
    return bool(
        t.run(
            "INSERT INTO partner_card (digest, name, serial, card, since) VALUES (%s, %s, %s, %s, %s)"
            " ON CONFLICT DO NOTHING",
            *(digest(signed), name, serial, signed, since),
        )
    )


def of(t: Transaction, name: str) -> list[KeptCard]:
    """Return the cards of a partner, or of the node itself, newest first."""
    rows = t.rows(
        "SELECT name, serial, card, since, cut_off FROM partner_card WHERE name = %s ORDER BY sequence DESC LIMIT %s",
        *(name, LARGEST),
    )
    return [KeptCard(*row) for row in rows]


def cut_off(t: Transaction, name: str, size: int) -> None:
    """Let no card that the partner has had so far count at or beyond this size of its log.

    A smaller size takes a larger one's place, never the other way round: what was not believed once is not again.
    """
    t.run("UPDATE partner_card SET cut_off = least(coalesce(cut_off, %s), %s) WHERE name = %s", size, size, name)
