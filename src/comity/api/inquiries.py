"""Inquiries: asking partners whether they hold anything on a thing, and looking at what their questions hit here."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Router, get, post
from litestar.params import FromQuery, JSONBody, PathParameter, QueryParameter

from comity.agreements.permit import Denial
from comity.api.access import Caller, Here, reader
from comity.api.consulted import consulted
from comity.api.problems import problems
from comity.foundation.store import inquiries
from comity.foundation.store.inquiries import KeptInquiry
from comity.node.flow_release import Released
from comity.vocabulary.fault import Missing
from comity.vocabulary.inquiry import InquiryState, Question
from comity.vocabulary.instant import Instant
from comity.vocabulary.partner import NAME_PATTERN
from comity.vocabulary.record import RecordKind

Limit = Annotated[int, QueryParameter(ge=1, le=500)]
InquiryId = Annotated[str, PathParameter(pattern=r"^[0-9a-f]{64}$")]


class Asking(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an officer asks a partner."""

    owner: Annotated[str, msgspec.Meta(pattern=NAME_PATTERN)]
    """The partner who is asked."""
    question: Question
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=400, pattern=r"\S")]
    """Why, for the node's own log: the partner learns none of it."""


class Asked(msgspec.Struct, frozen=True):
    """The inquiry that was made."""

    inquiry: str


class Giving(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which of the records that were hit are given."""

    records: Annotated[list[str], msgspec.Meta(min_length=1, max_length=20)]


class Declining(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why what lies behind the hit is kept back: the partner learns none of it."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=400, pattern=r"\S")]


class Given(msgspec.Struct, frozen=True):
    """What became of one record: the message that carries it, or why it was denied."""

    record: str
    message: str | None
    denied: str


class Inquiry(msgspec.Struct, frozen=True, kw_only=True):
    """One inquiry."""

    inquiry: str
    owner: str
    asker: str
    question: Question
    state: InquiryState
    refusal: str
    """With which code question or answer was refused at its receiver, `withdrawn` if it was stopped; else empty."""
    simulated: bool
    made: Instant
    officer: str
    """Of this node: who asked, gave or declined."""
    answered: Instant | None
    keep_until: Instant


class Found(msgspec.Struct, frozen=True):
    """A record that was hit."""

    kind: RecordKind
    record: str


class Whole(msgspec.Struct, frozen=True, kw_only=True):
    """One inquiry, with what was hit here, and the messages that bring what lies behind the hit."""

    inquiry: Inquiry
    found: list[Found]
    """At the owner only."""
    messages: list[str]


@get("/", sync_to_thread=True, responses=problems(403))
def recent(officer: Caller, node: Here, waiting: FromQuery[bool] = False, limit: Limit = 100) -> list[Inquiry]:  # noqa: FBT002
    """Return the newest inquiries of both sides, or the hits here at which no officer has looked, oldest first."""
    reader(officer)
    with consulted(node.store, officer, "inquiries") as transaction:
        if waiting:
            found = inquiries.unlooked(transaction, node.own.card.name, limit)
        else:
            found = inquiries.recent(transaction, limit)
        refusals = node.inquiries.refusals(transaction, found)
    return [_told(kept, refusals.get(kept.id, "")) for kept in found]


@get("/{inquiry:str}", sync_to_thread=True, responses=problems(403, 404))
def one(officer: Caller, node: Here, inquiry: InquiryId) -> Whole:
    """Return one inquiry, with what was hit."""
    reader(officer)
    id = bytes.fromhex(inquiry)  # noqa: A001 - what every record calls it
    with consulted(node.store, officer, inquiry) as transaction:
        kept = inquiries.get(transaction, id)
        if kept is None:
            raise Missing("there is no such inquiry", where=inquiry, remedy="Take it from the list of inquiries.")
        return Whole(
            inquiry=_told(kept, node.inquiries.refusals(transaction, [kept]).get(id, "")),
            found=[Found(kind, record) for kind, record in inquiries.found(transaction, id)],
            messages=[message.hex() for message in inquiries.given(transaction, id)],
        )


@post("/", sync_to_thread=True, responses=problems(403, 404, 413))
def ask(officer: Caller, node: Here, data: JSONBody[Asking]) -> Asked:
    """Ask a partner."""
    return Asked(node.inquiries.ask(officer, data.owner, data.question, data.reason).hex())


@post("/{inquiry:str}/give", sync_to_thread=True, responses=problems(403, 404, 413))
def give(officer: Caller, node: Here, inquiry: InquiryId, data: JSONBody[Giving]) -> list[Given]:
    """Give the asker records that were hit, each as far as its own permit goes."""
    chosen = list(dict.fromkeys(data.records))
    answers = node.inquiries.give(officer, bytes.fromhex(inquiry), chosen)
    return [_given(record, answer) for record, answer in zip(chosen, answers, strict=True)]


@post("/{inquiry:str}/decline", status_code=204, sync_to_thread=True, responses=problems(403, 404, 413))
def decline(officer: Caller, node: Here, inquiry: InquiryId, data: JSONBody[Declining]) -> None:
    """Keep back what lies behind the hit."""
    node.inquiries.decline(officer, bytes.fromhex(inquiry), data.reason)


def _given(record: str, answer: Released | Denial) -> Given:
    if isinstance(answer, Denial):
        return Given(record, None, answer.reason)
    return Given(record, answer.message.hex(), "")


def _told(kept: KeptInquiry, refusal: str) -> Inquiry:
    return Inquiry(
        inquiry=kept.id.hex(),
        owner=kept.owner,
        asker=kept.asker,
        question=kept.question,
        state=kept.state,
        refusal=refusal,
        simulated=kept.simulated,
        made=kept.made,
        officer=kept.officer,
        answered=kept.answered,
        keep_until=kept.keep_until,
    )


router = Router(path="/inquiries", tags=["inquiries"], route_handlers=[recent, one, ask, give, decline])
