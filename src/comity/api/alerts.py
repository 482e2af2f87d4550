"""Alerts: the queue, one alert with what it stands on, the decision, the preview and the release."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from litestar import Router, get, post
from litestar.params import FromQuery, JSONBody, QueryParameter
from msgspec.structs import replace

from comity.agreements.permit import Denial
from comity.api.access import WRITABLE, Caller, Here, Id, reader
from comity.api.answer import Answer, Asking, answer
from comity.api.consulted import consulted
from comity.api.problems import problems
from comity.foundation.store import alerts, decisions, sightings
from comity.node.flow_release import Asked
from comity.review.decide import Verdict, decide
from comity.vocabulary.alert import Alert
from comity.vocabulary.decision import Decision, Judgement
from comity.vocabulary.fault import Missing
from comity.vocabulary.instant import Instant
from comity.vocabulary.officer import Officer
from comity.vocabulary.record import RecordKind
from comity.vocabulary.sighting import Sighting

After = Annotated[int, QueryParameter(ge=0, le=2**53 - 1)]
Limit = Annotated[int, QueryParameter(ge=1, le=500)]


class Queued(msgspec.Struct, frozen=True):
    """An alert in the queue."""

    sequence: int
    raised: Instant
    judgement: Judgement
    alert: Alert


class Opened(msgspec.Struct, frozen=True):
    """One alert, with its decisions and the sightings it stands on."""

    raised: Instant
    judgement: Judgement
    alert: Alert
    decisions: list[Decision]
    sightings: list[Sighting]


class Judged(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the officer says of the alert."""

    judgement: Literal["confirmed", "rejected", "unsure"]
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=2_000, pattern=r"\S")]
    duplicate_of: Annotated[str, msgspec.Meta(max_length=200, pattern=WRITABLE)] | None = None
    """The alert that this one repeats."""


@get("/", sync_to_thread=True, responses=problems(403))
def queue(
    officer: Caller, node: Here, judgement: FromQuery[Judgement | None] = None, after: After = 0, limit: Limit = 100
) -> list[Queued]:
    """Return alerts in the order in which they were raised, those after the sequence number `after`."""
    reader(officer)
    with consulted(node.store, officer, "alerts") as transaction:
        kept = alerts.queue(transaction, judgement, after, limit)
    return [Queued(item.sequence, item.raised, item.judgement, item.alert) for item in kept]


@get("/{alert:str}", sync_to_thread=True, responses=problems(403, 404))
def one(officer: Caller, node: Here, alert: Id) -> Opened:
    """Return one alert with its decisions and sightings."""
    reader(officer)
    with consulted(node.store, officer, alert) as transaction:
        kept = alerts.get(transaction, alert)
        if kept is None:
            raise Missing("there is no such alert", where=alert, remedy="Take it from the queue.")
        seen = sightings.get_many(transaction, kept.alert.sightings)
        judged = decisions.of(transaction, alert)
    return Opened(kept.raised, kept.judgement, kept.alert, judged, seen)


@post("/{alert:str}/decision", sync_to_thread=True, responses=problems(403, 404, 413))
def judge(officer: Caller, node: Here, alert: Id, data: JSONBody[Judged]) -> Decision:
    """Judge the alert, with a reason."""
    verdict = Verdict(
        alert=alert, judgement=Judgement(data.judgement), reason=data.reason, duplicate_of=data.duplicate_of
    )
    return decide(node.store, node.clock, officer, verdict)


@post("/{alert:str}/preview", status_code=200, sync_to_thread=True, responses=problems(403, 404, 413))
def preview(officer: Caller, node: Here, alert: Id, data: JSONBody[Asking]) -> Answer:
    """Return our record beside what the partner would be given of it, or why nothing. Nothing is sent."""
    seen = node.releases.preview(officer, _asked(officer, alert, data))
    return replace(answer(seen.answer), ours=seen.record.fields, theirs=seen.given)


@post("/{alert:str}/release", sync_to_thread=True, responses=problems(403, 404, 413))
def release(officer: Caller, node: Here, alert: Id, data: JSONBody[Asking]) -> Answer:
    """Give the alert to the partner, as far as the permit goes."""
    done = node.releases.release(officer, _asked(officer, alert, data))
    if isinstance(done, Denial):
        return answer(done)
    return answer(done.permit, done.message)


def _asked(officer: Officer, alert: str, data: Asking) -> Asked:
    return Asked(kind=RecordKind.ALERT, record=alert, partner=data.partner, purpose=data.purpose, officer=officer.name)


router = Router(path="/alerts", tags=["alerts"], route_handlers=[queue, one, judge, preview, release])
