"""Recalls: what was called back from partners and what each proved, and what partners called back from us."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Router, get, post
from litestar.params import FromQuery, JSONBody, QueryParameter

from comity.api.access import Caller, Here, reader
from comity.api.consulted import consulted
from comity.api.problems import problems
from comity.api.releases import identifier
from comity.foundation.store import recalls
from comity.foundation.store.recalls import KeptRecall, RecalledHere
from comity.node.flow_recall import Calling
from comity.vocabulary.instant import Instant
from comity.vocabulary.recall import RecallAct, RecallOutcome

Limit = Annotated[int, QueryParameter(ge=1, le=500)]
_ZEROS = "00" * 32


class Called(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an officer calls back: one record of one release."""

    message: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
    place: Annotated[int, msgspec.Meta(ge=0, le=999)] = 0
    act: RecallAct
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
    corrected_by: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")] = _ZEROS
    """The release with the corrected record."""


class Made(msgspec.Struct, frozen=True):
    """The recall that is on its way."""

    recall: str


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One recall that we sent."""

    recall: str
    partner: str
    message: str
    place: int
    record: str
    act: RecallAct
    reason: str
    officer: str
    made: Instant
    due: Instant
    overdue: bool
    outcome: RecallOutcome | None
    """What the holder did; null: it has not answered yet."""
    answered: Instant | None
    proven: bool
    """The holder's log has been shown to hold its answer, under a witnessed checkpoint."""


class RecalledFromUs(msgspec.Struct, frozen=True, kw_only=True):
    """One record that a partner called back from us."""

    sender: str
    message: str
    place: int
    record: str
    act: RecallAct
    reason: str
    corrected_by: str | None
    time: Instant
    outcome: RecallOutcome


@get("/", sync_to_thread=True, responses=problems(403))
def sent(officer: Caller, node: Here, overdue: FromQuery[bool] = False, limit: Limit = 100) -> list[Told]:  # noqa: FBT002
    """Return the recalls that we sent, newest first, or those overdue, the longest overdue first."""
    reader(officer)
    now = node.clock.now()
    with consulted(node.store, officer, "recalls") as transaction:
        found = recalls.overdue(transaction, now, limit) if overdue else recalls.recent(transaction, limit)
    return [_told(one, now) for one in found]


@get("/here", sync_to_thread=True, responses=problems(403))
def here(officer: Caller, node: Here, limit: Limit = 100) -> list[RecalledFromUs]:
    """Return what partners called back from us, newest first: that and why, and nothing of the record."""
    reader(officer)
    with consulted(node.store, officer, "recalls") as transaction:
        return [_here(one) for one in recalls.here(transaction, limit)]


@post("/", sync_to_thread=True, responses=problems(403, 404, 413))
def recall(officer: Caller, node: Here, data: JSONBody[Called]) -> Made:
    """Call a record back from the partner to whom a release gave it."""
    calling = Calling(act=data.act, reason=data.reason, corrected_by=identifier(data.corrected_by))
    return Made(node.recalls.recall(officer, identifier(data.message), data.place, calling).hex())


def _told(kept: KeptRecall, now: Instant) -> Told:
    return Told(
        recall=kept.id.hex(),
        partner=kept.partner,
        message=kept.message.hex(),
        place=kept.place,
        record=kept.record,
        act=kept.act,
        reason=kept.reason,
        officer=kept.officer,
        made=kept.made,
        due=kept.due,
        overdue=kept.proof is None and kept.due <= now,
        outcome=kept.outcome,
        answered=kept.answered,
        proven=kept.proof is not None,
    )


def _here(kept: RecalledHere) -> RecalledFromUs:
    return RecalledFromUs(
        sender=kept.sender,
        message=kept.message.hex(),
        place=kept.place,
        record=kept.record,
        act=kept.act,
        reason=kept.reason,
        corrected_by=kept.corrected_by.hex() if kept.corrected_by else None,
        time=kept.time,
        outcome=kept.outcome,
    )


router = Router(path="/recalls", tags=["recalls"], route_handlers=[sent, here, recall])
