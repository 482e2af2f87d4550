"""Distress: by which agreement a call is told to the competent rescue centre, whatever else stands (safeguard 13)."""

from __future__ import annotations

from typing import NamedTuple

from comity.agreements import index, narrowing, veto
from comity.agreements.request import Request
from comity.agreements.standing import Standing, between, unproven
from comity.vocabulary.purpose import Purpose


class Refusal(NamedTuple):
    """Why what is a call in distress is not told to this partner, and by which safeguard, if by one."""

    why: str
    safeguard: int | None


def rest(request: Request) -> Standing | Refusal | None:
    """Return the agreement by which the partner is the rescue centre there, or why what is a call is not told to it.

    None: it is no call in distress, or not asked for rescue, or the two have agreed on nothing: then what else
    forbids it is the reason.
    """
    position = request.record.position
    if request.purpose is not Purpose.SEARCH_AND_RESCUE or position is None or not veto.in_distress(request):
        return None
    unlawful = narrowing.forbidden(request, rescue=True)
    if unlawful is not None:
        return Refusal(unlawful, None)
    between_us = between(request.standings, request.own, request.partner, request.now)
    proven = [standing for standing in between_us if unproven(standing) is None]
    centres: set[str] = set()
    for standing in proven:
        there = index.index(standing).competent(position)
        if request.partner in there:
            return standing
        centres |= there
    return Refusal(_elsewhere(request.partner, centres), 13) if proven else None


def _elsewhere(partner: str, centres: set[str]) -> str:
    if not centres:
        return f"{partner} is no rescue centre there, and the agreement names none for that place"
    return f"the rescue centre there is {' or '.join(sorted(centres))}, and not {partner}"
