"""Findings: what the monitor holds against logs, and the word of the person who answers for it."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Router, get, post
from litestar.params import JSONBody, PathParameter, QueryParameter

from comity.api.access import Caller, Here
from comity.api.problems import problems
from comity.foundation.store import findings
from comity.foundation.store.findings import KeptFinding
from comity.review.acknowledge import acknowledge
from comity.vocabulary.fault import Missing
from comity.vocabulary.finding import FindingKind
from comity.vocabulary.instant import Instant

Limit = Annotated[int, QueryParameter(ge=1, le=500)]
Sequence = Annotated[int, PathParameter(ge=1, le=2**53 - 1)]


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """One finding, and who acknowledged it, when and why; these three are null while it is open."""

    sequence: int
    kind: FindingKind
    partner: str
    """Whose log it is: a partner's, or the node's own."""
    origin: str
    shown_by: str
    words: str
    found: Instant
    before: str
    """Both signed notes, as text: the evidence."""
    now: str
    officer: str | None
    acknowledged: Instant | None
    reason: str | None


class Acknowledging(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the officer says of the finding."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=2_000, pattern=r"\S")]


@get("/", sync_to_thread=True, responses=problems())
def newest(officer: Caller, node: Here, limit: Limit = 100) -> list[Found]:  # noqa: ARG001 - demands a session
    """Return the newest findings, those still open first. They hold no record, so every role may see them."""
    with node.store.reading() as transaction:
        return [_told(kept) for kept in findings.newest(transaction, limit)]


@post("/{sequence:int}/acknowledgement", sync_to_thread=True, responses=problems(403, 404, 413))
def answer_for(officer: Caller, node: Here, sequence: Sequence, data: JSONBody[Acknowledging]) -> Found:
    """Acknowledge the finding, with a reason."""
    acknowledge(node.store, node.clock, officer, sequence, data.reason)
    with node.store.reading() as transaction:
        kept = findings.get(transaction, sequence)
    if kept is None:
        raise Missing("there is no such finding", where=str(sequence))
    return _told(kept)


def _told(kept: KeptFinding) -> Found:
    finding = kept.finding
    return Found(
        sequence=kept.sequence,
        kind=finding.kind,
        partner=finding.partner,
        origin=finding.origin,
        shown_by=finding.shown_by,
        words=finding.words,
        found=kept.found,
        before=finding.before.decode(),
        now=finding.now.decode(),
        officer=kept.officer,
        acknowledged=kept.acknowledged,
        reason=kept.reason,
    )


router = Router(path="/findings", tags=["findings"], route_handlers=[newest, answer_for])
