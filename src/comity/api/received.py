"""Received: what partners gave, with the clause under which it may be used."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Router, get
from litestar.params import QueryParameter

from comity.agreements.redaction import disclosed
from comity.api.access import Caller, Here, reader
from comity.api.consulted import consulted
from comity.api.fields import Fields
from comity.api.problems import problems
from comity.foundation import canonical
from comity.foundation.store import inbox
from comity.foundation.store.inbox import KeptRecord
from comity.vocabulary.handling import Handling
from comity.vocabulary.instant import Instant
from comity.vocabulary.message import Given

Limit = Annotated[int, QueryParameter(ge=1, le=500)]


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """One record that a partner gave."""

    message: str
    sender: str
    record: str
    kind: str
    received: Instant
    keep_until: Instant | None
    agreement: str
    clause: str
    purpose: str
    handling: Handling
    fields: Fields
    """What was given; what else the record has was withheld."""
    simulated: bool


@get("/", sync_to_thread=True, responses=problems(403))
def recent(officer: Caller, node: Here, limit: Limit = 100) -> list[Arrival]:
    """Return the newest records that partners gave, newest first; erased ones are gone."""
    reader(officer)
    with consulted(node.store, officer, "received") as transaction:
        kept = inbox.releases(transaction, node.clock.now(), limit)
    return [_told(one, one.item) for one in kept if one.item]


def _told(kept: KeptRecord, item: bytes) -> Arrival:
    given = canonical.read(item, Given, where=kept.sender)
    return Arrival(
        message=kept.message.hex(),
        sender=kept.sender,
        record=given.id,
        kind=given.kind.value,
        received=kept.received,
        keep_until=kept.keep_until,
        agreement=given.agreement.hex(),
        clause=given.clause,
        purpose=given.purpose,
        handling=given.handling,
        fields=disclosed(given),
        simulated=given.simulated,
    )


router = Router(path="/received", tags=["received"], route_handlers=[recent])
