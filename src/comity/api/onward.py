"""Onward: asking for leave to pass on what partners gave, giving it, and passing on."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Router, get, post
from litestar.params import JSONBody, PathParameter, QueryParameter

from comity.agreements.permit import Denial
from comity.api.access import Caller, Here, reader
from comity.api.consulted import consulted
from comity.api.problems import problems
from comity.foundation.store import onward as kept_onward
from comity.foundation.store.onward import KeptOnward
from comity.vocabulary.instant import DAY, Instant
from comity.vocabulary.onward import OnwardState, Wish
from comity.vocabulary.partner import NAME_PATTERN
from comity.vocabulary.purpose import Purpose

Limit = Annotated[int, QueryParameter(ge=1, le=500)]
OnwardId = Annotated[str, PathParameter(pattern=r"^[0-9a-f]{64}$")]
Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=400, pattern=r"^[^\x00]*\S[^\x00]*$")]


class Wishing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an officer wants to pass on, to whom, what for, and why."""

    originator: Annotated[str, msgspec.Meta(pattern=NAME_PATTERN)]
    message: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
    """In which it came."""
    place: Annotated[int, msgspec.Meta(ge=0, le=999)] = 0
    record: Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
    recipient: Annotated[str, msgspec.Meta(pattern=NAME_PATTERN)]
    purpose: Purpose
    reason: Reason
    """The originator's people read it."""


class Giving(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """For how long it can be passed on."""

    days: Annotated[int, msgspec.Meta(ge=1, le=365)]


class Declining(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why no leave is given: the holder learns none of it."""

    reason: Reason


class Made(msgspec.Struct, frozen=True):
    """The wish that was sent."""

    onward: str


class Left(msgspec.Struct, frozen=True):
    """Until when it can be passed on."""

    until: Instant


class Passed(msgspec.Struct, frozen=True):
    """The message that carries it, or why it was denied."""

    message: str | None
    denied: str


class Passage(msgspec.Struct, frozen=True, kw_only=True):
    """One record that is to be passed on, or was, as this node knows of it."""

    onward: str
    state: OnwardState
    originator: str
    holder: str
    recipient: str
    message: str
    place: int
    record: str
    purpose: Purpose
    reason: str
    made: Instant
    officer: str
    """Of this node: who acted last."""
    passed: str | None
    """At the holder: the message that passes it on."""


@get("/", sync_to_thread=True, responses=problems(403))
def recent(officer: Caller, node: Here, limit: Limit = 100) -> list[Passage]:
    """Return the newest of what this node asked leave for, was asked, or was shown."""
    reader(officer)
    with consulted(node.store, officer, "onward") as transaction:
        return [_told(one) for one in kept_onward.recent(transaction, limit)]


@post("/", sync_to_thread=True, responses=problems(403, 404, 413))
def ask(officer: Caller, node: Here, data: JSONBody[Wishing]) -> Made:
    """Ask the originator of a report or notice for leave to pass it on."""
    wish = Wish(
        message=bytes.fromhex(data.message),
        place=data.place,
        record=data.record,
        recipient=data.recipient,
        purpose=data.purpose,
        reason=data.reason,
    )
    return Made(node.onwards.ask(officer, data.originator, wish).hex())


@post("/{onward:str}/give", sync_to_thread=True, responses=problems(403, 404, 413))
def give(officer: Caller, node: Here, onward: OnwardId, data: JSONBody[Giving]) -> Left:
    """Give leave, signed by this node."""
    return Left(node.onwards.give(officer, bytes.fromhex(onward), data.days * DAY).until)


@post("/{onward:str}/decline", status_code=204, sync_to_thread=True, responses=problems(403, 404, 413))
def decline(officer: Caller, node: Here, onward: OnwardId, data: JSONBody[Declining]) -> None:
    """Give no leave."""
    node.onwards.decline(officer, bytes.fromhex(onward), data.reason)


@post("/{onward:str}/pass", sync_to_thread=True, responses=problems(403, 404))
def pass_on(officer: Caller, node: Here, onward: OnwardId) -> Passed:
    """Pass the record on, as far as leave and permit go."""
    answer = node.onwards.pass_on(officer, bytes.fromhex(onward))
    if isinstance(answer, Denial):
        return Passed(None, answer.reason)
    return Passed(answer.message.hex(), "")


def _told(kept: KeptOnward) -> Passage:
    return Passage(
        onward=kept.id.hex(),
        state=kept.state,
        originator=kept.originator,
        holder=kept.holder,
        recipient=kept.recipient,
        message=kept.message.hex(),
        place=kept.place,
        record=kept.record,
        purpose=kept.purpose,
        reason=kept.reason,
        made=kept.made,
        officer=kept.officer,
        passed=kept.passed.hex() if kept.passed else None,
    )


router = Router(path="/onward", tags=["onward"], route_handlers=[recent, ask, give, decline, pass_on])
