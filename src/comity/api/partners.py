"""Partners: whom the node knows, and what waits for each."""

from __future__ import annotations

import msgspec
from litestar import Router, get

from comity.api.access import Caller, Here, reader
from comity.api.problems import problems
from comity.exchange import cards
from comity.foundation.store import outbox_state, partners
from comity.vocabulary.instant import Instant
from comity.vocabulary.partner import Station


class Partner(msgspec.Struct, frozen=True, kw_only=True):
    """One partner or witness."""

    name: str
    station: Station
    agency: str
    country: str
    fingerprint: str
    accepted_by: str
    since: Instant
    cut_off: Instant | None
    waiting: int
    """Messages that have no receipt yet."""


@get("/", sync_to_thread=True, responses=problems(403))
def everyone(officer: Caller, node: Here) -> list[Partner]:
    """Return every partner and witness."""
    reader(officer)
    with node.store.reading() as transaction:
        states = outbox_state.counts(transaction)
        found = partners.all(transaction)
    return [_told(kept, states.get(kept.name, {}).get("queued", 0)) for kept in found]


def _told(kept: partners.KeptPartner, waiting: int) -> Partner:
    card = cards.read(kept.card, kept.name)
    return Partner(
        name=card.name,
        station=card.station,
        agency=card.agency,
        country=card.country,
        fingerprint=cards.fingerprint(kept.card),
        accepted_by=kept.accepted_by,
        since=kept.since,
        cut_off=kept.cut_off,
        waiting=waiting,
    )


router = Router(path="/partners", tags=["partners"], route_handlers=[everyone])
