"""Partners: the nodes and witnesses whose cards an officer has accepted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from comity.foundation.store.page import LARGEST
from comity.foundation.store.store import Transaction
from comity.vocabulary.fault import Missing
from comity.vocabulary.instant import Instant
from comity.vocabulary.partner import Station

COLUMNS = "name, station, card, accepted_by, since, cut_off"
"""Of a partner, as `kept` takes them."""


class KeptPartner(msgspec.Struct, frozen=True):
    """A partner as accepted."""

    name: str
    station: Station
    card: bytes
    """The signed card as it came."""
    accepted_by: str
    since: Instant
    cut_off: Instant | None
    """Since when nothing goes to or comes from it any more."""


def add(t: Transaction, name: str, station: Station, signed_card: bytes, accepted_by: str, since: Instant) -> None:
    """Keep a partner's card as accepted; a card accepted anew takes the old one's place and ends a cutting off."""
    t.run(
        "INSERT INTO partner (name, station, card, accepted_by, since) VALUES (%s, %s, %s, %s, %s)"
        " ON CONFLICT (name) DO UPDATE SET station = excluded.station, card = excluded.card,"
        " accepted_by = excluded.accepted_by, since = excluded.since, cut_off = NULL",
        *(name, station.value, signed_card, accepted_by, since),
    )


def get(t: Transaction, name: str) -> KeptPartner | None:
    """Return the partner, whether cut off or not, or None."""
    row = t.row(f"SELECT {COLUMNS} FROM partner WHERE name = %s", name)  # noqa: S608 - a constant of ours
    return kept(row) if row else None


def all(t: Transaction) -> list[KeptPartner]:  # noqa: A001 - read as partners.all
    """Return every partner, those cut off included, by name."""
    rows = t.rows(f"SELECT {COLUMNS} FROM partner ORDER BY name LIMIT %s", LARGEST)  # noqa: S608 - a constant of ours
    return [kept(row) for row in rows]


def cut_off(t: Transaction, name: str, at: Instant) -> None:
    """Cut the partner off; one cut off already stays so from when it was.

    Raises:
        Missing: there is no such partner.
    """
    if not t.run("UPDATE partner SET cut_off = coalesce(cut_off, %s) WHERE name = %s", at, name):
        raise Missing("there is no such partner", where=name)


def kept(row: Sequence[Any]) -> KeptPartner:
    """Return the partner that a row of these columns says."""
    name, station, *rest = row
    return KeptPartner(name, Station(station), *rest)
