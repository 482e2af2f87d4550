"""Narrowing: what posture, disputes and national law take from what an agreement's clauses give. They never add."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from comity.agreements import dispute, index, national, posture
from comity.agreements.clause import Clause
from comity.agreements.index import Index
from comity.agreements.national import Giving
from comity.agreements.request import Request
from comity.vocabulary.handling import within
from comity.vocabulary.purpose import Purpose

BY_POSTURE: Final = 1_000
"""Stands where a clause's miss counts the conditions that were met: all of them were, and posture forbids."""
_BY_DISPUTE: Final = BY_POSTURE - 1
_NOTHING: Final[Mapping[str, str]] = {}


def forbidden(request: Request, *, rescue: bool = False) -> str | None:
    """Return why national law forbids giving the record, None if it does not; with `rescue` as a call in distress."""
    return national.forbids(request.law, _giving(request), rescue=rescue) if request.law else None


def unmet(request: Request, agreed: Index, clause: Clause, met: list[Clause]) -> tuple[int, str] | None:
    """Return why a clause all of whose conditions are met gives nothing all the same; None if it gives.

    `met` holds the clauses before it that would give but for the posture; where only the posture forbids this one, it
    is added. In the place of those it gives no more than each of them: else a narrower posture could widen.
    """
    why = _told_by_giving(request, agreed, clause)
    if why is not None:
        return _BY_DISPUTE, why
    why = posture.unmet(agreed.terms.postures, request.posture, clause.id, request.purpose)
    if why is None and not all(no_more(clause, one) for one in met):
        why = f"relations are {request.posture.value}, and it gives more than {met[0].id}, which does not remain"
    if why is None:
        return None
    met.append(clause)
    return BY_POSTURE, why


def no_more(less: Clause, more: Clause) -> bool:
    """Whether a clause gives no other fields, no finer position, no wider marks and for no longer than another."""
    return (
        frozenset(less.fields) <= frozenset(more.fields)
        and less.blur.position >= more.blur.position
        and within(less.handling.handling, more.handling.handling)
        and less.keep <= more.keep
    )


def _told_by_giving(request: Request, agreed: Index, clause: Clause) -> str | None:
    """Return why the very giving would tell that a record lies in a masked area; None if it does not."""
    area = masked(request, agreed)
    if area is None:
        return None
    names = dispute.masking(agreed.terms.disputes, request.partner)
    why = dispute.telling(request.record, names, clause.where)
    if why is None and request.record.distress and request.purpose is Purpose.SEARCH_AND_RESCUE:
        why = "a rescue needs to know where, which safeguard 13 gives"
    return None if why is None else f"it lies in {area}, which is masked for {request.partner}: {why}"


def withheld(request: Request, agreed: Index) -> Mapping[str, str]:
    """Return the fields that are not given, whatever the clause says, and why."""
    area = masked(request, agreed)
    if area is None and request.law is None:
        return _NOTHING
    found = unlawful(request)
    if area is not None:
        telling = [name for name in request.record.fields if name not in dispute.PLAIN]
        found |= dict.fromkeys(telling, f"it could tell where it lies: in {area}, masked for {request.partner}")
    return found


def unlawful(request: Request) -> dict[str, str]:
    """Return the fields that national law keeps back, and why."""
    return national.withheld(request.law, _giving(request)) if request.law else {}


def masked(request: Request, agreed: Index) -> str | None:
    """Return the disputed area, masked for the partner, in which the record lies or may lie; None if there is none."""
    names = dispute.masking(agreed.terms.disputes, request.partner)
    return dispute.lies_in(request.record, names, agreed.regions) if names else None


def _giving(request: Request) -> Giving:
    record = request.record
    facts = index.facts(record.kind, record.fields, record.subjects)
    return Giving(record, request.partner, request.partner_country, request.purpose, facts)
