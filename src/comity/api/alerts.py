"""Alerts: the queue, one alert with what it stands on, the decision, the preview and the release."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Router, get, post
from litestar.params import Parameter

from comity.agreements.permit import Denial, Permit
from comity.api.access import reader
from comity.api.consulted import consulted
from comity.foundation.store import alerts, decisions, sightings
from comity.node.assemble import Node
from comity.node.flow_release import Asked
from comity.review.decide import Verdict, decide
from comity.vocabulary.alert import Alert
from comity.vocabulary.decision import Decision, Judgement
from comity.vocabulary.fault import Missing
from comity.vocabulary.instant import Instant
from comity.vocabulary.officer import Officer
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.sighting import Sighting

Limit = Annotated[int, Parameter(ge=1, le=500)]


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

    judgement: Judgement
    reason: str
    duplicate_of: str | None = None


class Asking(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """To whom and for what the alert should be given."""

    partner: str
    purpose: Purpose


class Withheld(msgspec.Struct, frozen=True):
    """A field that is not given, and why."""

    field: str
    reason: str
    clause: str


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What the permit says; `message` is the id of the release, once it is on its way."""

    permitted: bool
    message: str | None = None
    agreement: str = ""
    version: int = 0
    clause: str = ""
    basis: str = ""
    fields: tuple[str, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    keep_until: Instant = 0
    code: str = ""
    reason: str = ""
    safeguard: int | None = None


def answer(given: Permit | Denial, message: bytes | None = None) -> Answer:
    """Return the permit or denial in the API's words."""
    if isinstance(given, Denial):
        return Answer(permitted=False, code=given.code, reason=given.reason, safeguard=given.safeguard)
    return Answer(
        permitted=True,
        message=message.hex() if message else None,
        agreement=given.agreement,
        version=given.version,
        clause=given.clause,
        basis=given.basis,
        fields=given.fields,
        withheld=tuple(Withheld(item.field, item.reason, item.clause) for item in given.withheld),
        keep_until=given.keep_until,
    )


@get("/", sync_to_thread=True)
def queue(
    officer: Officer, node: Node, judgement: Judgement | None = None, after: int = 0, limit: Limit = 100
) -> list[Queued]:
    """Return alerts in the order in which they were raised, those after the sequence number `after`."""
    reader(officer)
    with consulted(node.store, officer, "alerts") as transaction:
        kept = alerts.queue(transaction, judgement, after, limit)
    return [Queued(item.sequence, item.raised, item.judgement, item.alert) for item in kept]


@get("/{alert:str}", sync_to_thread=True)
def one(officer: Officer, node: Node, alert: str) -> Opened:
    """Return one alert with its decisions and sightings."""
    reader(officer)
    with consulted(node.store, officer, alert) as transaction:
        kept = alerts.get(transaction, alert)
        if kept is None:
            raise Missing("there is no such alert", where=alert, remedy="Take it from the queue.")
        seen = sightings.get_many(transaction, kept.alert.sightings)
        judged = decisions.of(transaction, alert)
    return Opened(kept.raised, kept.judgement, kept.alert, judged, seen)


@post("/{alert:str}/decision", sync_to_thread=True)
def judge(officer: Officer, node: Node, alert: str, data: Judged) -> Decision:
    """Judge the alert, with a reason."""
    verdict = Verdict(alert=alert, judgement=data.judgement, reason=data.reason, duplicate_of=data.duplicate_of)
    return decide(node.store, node.clock, officer, verdict)


@post("/{alert:str}/preview", status_code=200, sync_to_thread=True)
def preview(officer: Officer, node: Node, alert: str, data: Asking) -> Answer:
    """Return what the partner would be given, or why nothing. Nothing is sent."""
    return answer(node.releases.preview(officer, _asked(officer, alert, data)))


@post("/{alert:str}/release", sync_to_thread=True)
def release(officer: Officer, node: Node, alert: str, data: Asking) -> Answer:
    """Give the alert to the partner, as far as the permit goes."""
    done = node.releases.release(officer, _asked(officer, alert, data))
    if isinstance(done, Denial):
        return answer(done)
    return answer(done.permit, done.message)


def _asked(officer: Officer, alert: str, data: Asking) -> Asked:
    return Asked(alert=alert, partner=data.partner, purpose=data.purpose, officer=officer.name)


router = Router(path="/alerts", route_handlers=[queue, one, judge, preview, release])
