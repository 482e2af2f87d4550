"""Releases: what was given to whom, how far it has come, and the proof of it."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Response, Router, get
from litestar.params import PathParameter, QueryParameter

from comity.api.access import Caller, Here, reader
from comity.api.consulted import consulted
from comity.api.problems import problems
from comity.foundation.store import outbox, receipt_proofs
from comity.foundation.store.outbox import KeptItem, KeptMessage
from comity.vocabulary.fault import Fault, Missing
from comity.vocabulary.instant import Instant
from comity.vocabulary.message import MessageKind

MessageId = Annotated[str, PathParameter(pattern=r"^([0-9a-f]{2}){1,32}$")]
Limit = Annotated[int, QueryParameter(ge=1, le=500)]


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """One release and its state."""

    message: str
    record: str
    """Its one record; empty where it has several."""
    count: int
    """How many records it was made of."""
    partner: str
    lane: str
    sequence: int
    created: Instant
    state: str
    """`queued`, `accepted`, `refused` or `withdrawn`."""
    attempts: int
    last_fault: str
    entry: int
    """Where the act stands in our log."""
    milliseconds: int | None
    """From the decision to the partner's receipt, by the wall clock."""
    proven: bool
    """Both logs have been shown to hold it, under witnessed checkpoints."""


class Inside(msgspec.Struct, frozen=True, kw_only=True):
    """One record of a release."""

    place: int
    record: str
    kept: bool
    """Whether it is here still, as it was given: neither erased nor withdrawn on its way."""


@get("/", sync_to_thread=True, responses=problems(403))
def recent(officer: Caller, node: Here, limit: Limit = 100) -> list[Release]:
    """Return the newest releases, newest first."""
    reader(officer)
    with consulted(node.store, officer, "releases") as transaction:
        kept = outbox.releases(transaction, limit)
        proven = receipt_proofs.among(transaction, [item.id for item in kept])
    return [_told(item, item.id in proven) for item in kept]


@get("/{message:str}", sync_to_thread=True, responses=problems(403, 404))
def one(officer: Caller, node: Here, message: MessageId) -> Release:
    """Return one release."""
    reader(officer)
    with consulted(node.store, officer, message) as transaction:
        kept = outbox.get(transaction, identifier(message))
        if kept is None or kept.kind != MessageKind.RELEASE.value:
            raise Missing("there is no such release", where=message, remedy="Take it from the list of releases.")
        return _told(kept, bool(receipt_proofs.among(transaction, [kept.id])))


@get("/{message:str}/records", sync_to_thread=True, responses=problems(403, 404))
def records(officer: Caller, node: Here, message: MessageId) -> list[Inside]:
    """Return the records of a release, in their order: which they are, and nothing of what is in them."""
    reader(officer)
    with consulted(node.store, officer, message) as transaction:
        kept = outbox.get(transaction, identifier(message))
        if kept is None or kept.kind != MessageKind.RELEASE.value:
            raise Missing("there is no such release", where=message, remedy="Take it from the list of releases.")
        items = outbox.items(transaction, kept.id)
    return [_inside(item) for item in items]


@get("/{message:str}/bundle", sync_to_thread=True, media_type="application/cbor", responses=problems(403, 404))
def bundle(officer: Caller, node: Here, message: MessageId) -> Response[bytes]:
    """Return the proof bundle: `comity verify` checks it anywhere, from the file alone."""
    reader(officer)
    with consulted(node.store, officer, message):
        made = node.proofs.bundle(identifier(message))
    name = f"{message[:16]}.comity-bundle"
    return Response(
        made, media_type="application/cbor", headers={"content-disposition": f'attachment; filename="{name}"'}
    )


def identifier(message: str) -> bytes:
    """Return the message id that the text writes in hexadecimal.

    Raises:
        Fault: it is none.
    """
    try:
        return bytes.fromhex(message)
    except ValueError as error:
        raise Fault("a message id is written in hexadecimal", where=message[:80]) from error


def _inside(item: KeptItem) -> Inside:
    return Inside(place=item.place, record=item.record or "", kept=item.item is not None and item.withdrawn is None)


def _told(kept: KeptMessage, proven: bool) -> Release:  # noqa: FBT001 - read from one place
    taken = kept.receipted_wall - kept.decided_wall if kept.receipted_wall is not None else None
    return Release(
        message=kept.id.hex(),
        record=kept.record or "",
        count=kept.count,
        partner=kept.partner,
        lane=kept.lane,
        sequence=kept.sequence,
        created=kept.created,
        state=kept.state,
        attempts=kept.attempts,
        last_fault=kept.last_fault,
        entry=kept.entry,
        milliseconds=taken,
        proven=proven,
    )


router = Router(path="/releases", tags=["releases"], route_handlers=[recent, one, records, bundle])
