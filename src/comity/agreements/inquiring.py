"""Inquiring: whether a question may be asked and answered, and which records count as a hit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from comity.agreements import narrowing, posture, veto
from comity.agreements.answering import ANSWERABLE, SEARCHABLE, Answering
from comity.agreements.field import IDENTIFIERS
from comity.agreements.permit import NOT_IN_FORCE, NOT_PERMITTED
from comity.agreements.request import Request, missing
from comity.agreements.standing import Standing, obstacle
from comity.agreements.subscribing import standing_of
from comity.vocabulary.inquiry import Question
from comity.vocabulary.instant import Instant
from comity.vocabulary.posture import Posture
from comity.vocabulary.record import Record

OVER_BUDGET = "over-budget"


class Unasked(msgspec.Struct, frozen=True):
    """No: the coarse code, which the partner may learn, and the reason in full, for the officer."""

    code: str
    reason: str


class Asking(msgspec.Struct, frozen=True):
    """Leave to ask and to answer one question: the agreement as it stands, and the clause of it."""

    standing: Standing
    clause: Answering


def asking(
    question: Question,
    asker: str,
    owner: str,
    standings: Iterable[Standing],
    now: Instant,
    towards: Posture = Posture.OPEN,
) -> Asking | Unasked:
    """Return on what the question rests, or why it must not be asked or answered: nothing held decides about it.

    `towards` is the posture of the node that decides, towards the other.
    """
    if question.kind not in ANSWERABLE:
        words = f"a {question.kind.value} has no answer before its safeguards stand (safeguard 3)"
        return Unasked(NOT_PERMITTED, words)
    standing = standing_of(question.agreement, standings, now, owner, asker)
    if standing is None or owner == asker:
        return Unasked(NOT_IN_FORCE, f"there is no agreement {question.agreement} between {owner} and {asker}")
    reason = obstacle(standing, now)
    if reason is not None:
        return Unasked(NOT_IN_FORCE, f"{question.agreement}: {reason}")
    clause = next((one for one in standing.terms.answers if one.id == question.clause), None)
    if clause is None:
        return Unasked(NOT_PERMITTED, f"{question.agreement} has no clause {question.clause} that answers")
    unmet = _unmet(clause, question, asker, owner) or posture.unmet(
        standing.terms.postures, towards, clause.id, question.purpose
    )
    return Unasked(NOT_PERMITTED, f"{clause.id}: {unmet}") if unmet else Asking(standing, clause)


def _unmet(clause: Answering, question: Question, asker: str, owner: str) -> str | None:
    if clause.answer is not question.kind:
        return f"it answers {clause.answer.value}, not {question.kind.value}"
    if asker not in clause.to:
        return f"{asker} asks nothing under it"
    if owner not in clause.givers:
        return f"{owner} answers nothing under it"
    return None if question.purpose in clause.purposes else f"{question.purpose.value} is none of its purposes"


def uncounted(request: Request) -> str | None:
    """Return why a record that bears what was asked for is as if it were not there; None if it is a hit.

    The safeguards that keep a record from being given keep it from being betrayed by a hit as well. Never raises:
    what cannot be decided is no hit.
    """
    try:
        return _uncounted(request)
    except Exception as error:  # noqa: BLE001 - whatever goes wrong in deciding, nothing is told
        return f"it could not be decided ({type(error).__name__})"


def _uncounted(request: Request) -> str | None:
    lacking = missing(request)
    if lacking is not None:
        return lacking
    record = request.record
    forbidden = (
        veto.by_kind(record.kind)
        or veto.by_subject(record.kind, record.subjects)
        or veto.by_origin(record, request.own)
        or veto.by_purpose(request)
        or veto.by_mark(record)
        or veto.by_picture(record.kind, record.subjects)
        or veto.by_word(record)
        or veto.by_judgement(request)
    )
    if forbidden is not None:
        return forbidden.why
    return narrowing.forbidden(request) or _unsearched(record, request.now, narrowing.unlawful(request))


def _unsearched(record: Record, now: Instant, unlawful: Mapping[str, str]) -> str | None:
    if record.kind not in SEARCHABLE:
        return f"{record.kind.value} records are not searched"
    if veto.concealed(record.kind, record.subjects) & IDENTIFIERS:
        return "its identifiers are kept back (safeguard 6)"
    for name in sorted(IDENTIFIERS & unlawful.keys()):
        return unlawful[name]
    return record.ended(now)
