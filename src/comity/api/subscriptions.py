"""Subscriptions: who is kept informed of what, by us and of us; asked for, accepted, declined, renewed and ended."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Router, get, post
from litestar.params import JSONBody, PathParameter, QueryParameter

from comity.api.access import Caller, Here, reader
from comity.api.consulted import consulted
from comity.api.problems import problems
from comity.foundation.store import subscriptions
from comity.foundation.store.subscriptions import KeptSubscription
from comity.vocabulary.instant import Instant
from comity.vocabulary.partner import NAME_PATTERN
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import RecordKind
from comity.vocabulary.subscription import Name, SubscriptionState, Until, Wish

Limit = Annotated[int, QueryParameter(ge=1, le=500)]
SubscriptionId = Annotated[str, PathParameter(pattern=r"^[0-9a-f]{64}$")]
_NAME = r"^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$"


class Asking(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an officer asks a partner to be kept informed of."""

    owner: Annotated[str, msgspec.Meta(pattern=NAME_PATTERN)]
    """The partner whose records are wanted."""
    kind: RecordKind
    area: Annotated[str, msgspec.Meta(pattern=r"^([a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?)?$")] = ""
    """Of the agreement's annex; empty: wherever the clauses give."""
    purpose: Purpose
    agreement: Annotated[str, msgspec.Meta(pattern=_NAME)]
    clauses: Annotated[list[str], msgspec.Meta(min_length=1, max_length=20)]
    """Ids of clauses that it rests on."""
    until: Until


class Renewing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The later end that is asked for."""

    until: Until


class Answering(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why an officer accepts, declines or ends: for the node's own log, the partner learns none of it."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=400, pattern=r"\S")]


class Subscription(msgspec.Struct, frozen=True, kw_only=True):
    """One subscription."""

    subscription: str
    owner: str
    subscriber: str
    kind: RecordKind
    area: str
    purpose: Purpose
    agreement: str
    clauses: tuple[Name, ...]
    state: SubscriptionState
    runs: bool
    """Accepted, not ended, and its time not over."""
    until: Instant
    renewal: Instant | None
    """The later end that was asked for and waits for an answer."""
    made: Instant
    officer: str
    """Of this node: who asked, or who accepted."""


class Asked(msgspec.Struct, frozen=True):
    """The subscription that was asked for."""

    subscription: str


@get("/", sync_to_thread=True, responses=problems(403))
def recent(officer: Caller, node: Here, limit: Limit = 100) -> list[Subscription]:
    """Return the newest subscriptions of both sides, newest first."""
    reader(officer)
    with consulted(node.store, officer, "subscriptions") as transaction:
        found = subscriptions.recent(transaction, limit)
    now = node.clock.now()
    return [_told(kept, now) for kept in found]


@post("/", sync_to_thread=True, responses=problems(403, 404, 413))
def ask(officer: Caller, node: Here, data: JSONBody[Asking]) -> Asked:
    """Ask a partner to be kept informed."""
    wish = Wish(
        kind=data.kind,
        area=data.area,
        purpose=data.purpose,
        agreement=data.agreement,
        clauses=tuple(data.clauses),
        until=data.until,
    )
    return Asked(node.subscriptions.ask(officer, data.owner, wish).hex())


@post("/{subscription:str}/accept", status_code=204, sync_to_thread=True, responses=problems(403, 404, 413))
def accept(officer: Caller, node: Here, subscription: SubscriptionId, data: JSONBody[Answering]) -> None:
    """Accept what a partner asked for: the subscription, or its renewal."""
    node.subscriptions.accept(officer, bytes.fromhex(subscription), data.reason)


@post("/{subscription:str}/decline", status_code=204, sync_to_thread=True, responses=problems(403, 404, 413))
def decline(officer: Caller, node: Here, subscription: SubscriptionId, data: JSONBody[Answering]) -> None:
    """Decline what a partner asked for: the subscription, or its renewal."""
    node.subscriptions.decline(officer, bytes.fromhex(subscription), data.reason)


@post("/{subscription:str}/renew", status_code=204, sync_to_thread=True, responses=problems(403, 404, 413))
def renew(officer: Caller, node: Here, subscription: SubscriptionId, data: JSONBody[Renewing]) -> None:
    """Ask the owner for a later end."""
    node.subscriptions.renew(officer, bytes.fromhex(subscription), data.until)


@post("/{subscription:str}/end", status_code=204, sync_to_thread=True, responses=problems(403, 404, 413))
def end(officer: Caller, node: Here, subscription: SubscriptionId, data: JSONBody[Answering]) -> None:
    """End the subscription, whichever side this is."""
    node.subscriptions.end(officer, bytes.fromhex(subscription), data.reason)


def _told(kept: KeptSubscription, now: Instant) -> Subscription:
    return Subscription(
        subscription=kept.id.hex(),
        owner=kept.owner,
        subscriber=kept.subscriber,
        kind=kept.wish.kind,
        area=kept.wish.area,
        purpose=kept.wish.purpose,
        agreement=kept.wish.agreement,
        clauses=kept.wish.clauses,
        state=kept.state,
        runs=kept.runs(now),
        until=kept.until,
        renewal=kept.renewal,
        made=kept.made,
        officer=kept.officer,
    )


router = Router(
    path="/subscriptions", tags=["subscriptions"], route_handlers=[recent, ask, accept, decline, renew, end]
)
