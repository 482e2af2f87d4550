"""Received: what partners gave, with the clause under which it may be used."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Router, get, post
from litestar.params import PathParameter, QueryParameter
from msgspec.structs import replace

from comity.agreements.redaction import disclosed
from comity.agreements.seen import Seen
from comity.api.access import Caller, Here, reader
from comity.api.consulted import consulted
from comity.api.fields import Fields
from comity.api.problems import problems
from comity.casework.acknowledge import Place
from comity.foundation import canonical
from comity.foundation.store import acknowledgements, inbox
from comity.foundation.store.acknowledgements import Cancelled
from comity.foundation.store.inbox import KeptRecord
from comity.node.assemble import Node
from comity.node.readings import readings
from comity.vocabulary.handling import Handling
from comity.vocabulary.instant import Instant
from comity.vocabulary.message import Given
from comity.vocabulary.partner import NAME_PATTERN
from comity.vocabulary.writing import Ending

Sender = Annotated[str, PathParameter(pattern=NAME_PATTERN)]
MessageId = Annotated[str, PathParameter(pattern=r"^([0-9a-f]{2}){32}$")]
PlaceInMessage = Annotated[int, PathParameter(ge=0, le=999)]
Limit = Annotated[int, QueryParameter(ge=1, le=500)]
Tracks = Annotated[int, QueryParameter(ge=1, le=20_000)]


class Noted(msgspec.Struct, frozen=True):
    """Who took note of it, and when."""

    officer: str
    time: Instant


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
    place: int
    """Of the record in the message."""
    version: int | None
    """Of a report or notice."""
    newest: bool
    """Whether nothing newer came of this record from this partner."""
    expired: bool
    """Whether it says itself that it counts no more."""
    cancelled: Ending | None
    """How it ended, where its originator says that it counts no more."""
    acknowledged: Noted | None
    """Who here took note of it first, where anybody did."""
    readings: tuple[Seen, ...]
    """Its marks in the schemes that the settings name, and what is lost. What counts stands above."""


@get("/", sync_to_thread=True, responses=problems(403))
def recent(officer: Caller, node: Here, limit: Limit = 100) -> list[Arrival]:
    """Return the newest records that partners gave, tracks left out, newest first; erased ones are gone."""
    reader(officer)
    with consulted(node.store, officer, "received") as transaction:
        now = node.clock.now()
        kept = inbox.releases(transaction, now, limit)
        noted = acknowledgements.ours(transaction, [each.message for each in kept])
        cancelled = acknowledgements.cancelled(transaction, [each.record for each in kept if each.record])
    told: list[Arrival] = []
    seen: set[tuple[str, str | None]] = set()
    for each in kept:
        if each.item:
            by = noted.get((each.sender, each.message, each.place))
            ended = cancelled.get((each.sender, each.record or ""))
            told.append(
                replace(
                    _told(each, each.item, now, ended),
                    newest=(each.sender, each.record) not in seen,
                    acknowledged=Noted(by.officer, by.time) if by else None,
                )
            )
            seen.add((each.sender, each.record))
    return _read(node, told)


def _read(node: Node, told: list[Arrival]) -> list[Arrival]:
    """Return them with their marks in the schemes that the settings name."""
    schemes = node.settings.console.schemes
    if not schemes:
        return told
    with node.store.reading() as transaction:
        return [
            replace(
                one,
                readings=readings(
                    transaction, schemes, bytes.fromhex(one.agreement), one.handling, one.fields.get("offence")
                ),
            )
            for one in told
        ]


@post("/{sender:str}/{message:str}/{place:int}/acknowledgement", sync_to_thread=True, responses=problems(403, 404))
def acknowledge(officer: Caller, node: Here, sender: Sender, message: MessageId, place: PlaceInMessage) -> Noted:
    """Take note of a report or notice; the partner learns that and when an officer did, not who."""
    time = node.casework.acknowledge(officer, Place(sender, bytes.fromhex(message), place))
    return Noted(officer.name, time)


@get("/tracks", sync_to_thread=True, responses=problems(403))
def moving(officer: Caller, node: Here, limit: Tracks = 5_000) -> list[Arrival]:
    """Return partners' tracks as they keep this node informed of them: of each the newest position, newest first."""
    reader(officer)
    with consulted(node.store, officer, "received tracks") as transaction:
        kept = inbox.releases(transaction, node.clock.now(), limit, tracks=True)
    return [_told(one, one.item, node.clock.now()) for one in kept if one.item]


def _told(kept: KeptRecord, item: bytes, now: Instant, ended: Cancelled | None = None) -> Arrival:
    given = canonical.read(item, Given, where=kept.sender)
    fields = disclosed(given)
    version, expires = fields.get("version"), fields.get("expires")
    return Arrival(
        place=kept.place,
        version=version if isinstance(version, int) else None,
        newest=True,
        expired=isinstance(expires, int) and expires <= now,
        cancelled=ended.ending if ended is not None and ended.covers(given.time) else None,
        acknowledged=None,
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
        fields=fields,
        simulated=given.simulated,
        readings=(),
    )


router = Router(path="/received", tags=["received"], route_handlers=[recent, moving, acknowledge])
