"""The permit: the only "may we?". Total, and no by default: whatever is missing or goes wrong is a denial.

Layers intersect and never unite: the safeguards, national law, the agreement, the record's own handling, posture and
disputes. One clause of one agreement permits, or none does; what two clauses give apart is never joined.

The law is `_decided`, step by step. Most requests are answered before, by `_at_once`, out of what was found out
already about the footing that they share; it says nothing where it is not sure (docs/decisions/0120).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec
from msgspec.structs import force_setattr

from comity.agreements import distress, index, narrowing, personal, rescue, veto
from comity.agreements.clause import Blur, Clause
from comity.agreements.denial import MALFORMED, NOT_IN_FORCE, NOT_PERMITTED, Denial, Nearest
from comity.agreements.footing import About, Way, footing, vetoed
from comity.agreements.index import Circumstance, Index, Ready
from comity.agreements.layout import Layout
from comity.agreements.portion import Chosen, Withheld, chosen
from comity.agreements.request import Request, laid, missing
from comity.agreements.standing import Standing, between, obstacle, unproven
from comity.vocabulary.decision import Decision
from comity.vocabulary.handling import Handling, Tlp, strictest
from comity.vocabulary.instant import LATEST, Duration, Instant
from comity.vocabulary.posture import Posture
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import Record
from comity.vocabulary.suite import Suite

__all__ = [
    "NOT_IN_FORCE",
    "NOT_PERMITTED",
    "Denial",
    "Nearest",
    "Permit",
    "Request",
    "Withheld",
    "permit",
    "permit_many",
]

MOST_NEAREST = 10

_RED: Final = Tlp.RED  # looked up once: an enumeration takes its time
_TOKEN: Final = object()  # whoever holds it can make a permit: it stays in this file


class Permit(msgspec.Struct, frozen=True, kw_only=True):
    """Leave to give one record to one partner; only `permit` makes it, and only redaction draws data from it."""

    record: Record
    partner: str
    agreement: str
    version: int
    digest: bytes
    clause: str
    purpose: Purpose
    basis: str
    fields: tuple[str, ...]
    withheld: tuple[Withheld, ...]
    blur: Blur
    handling: Handling
    keep_until: Instant
    suite: Suite
    """By which signatures the agreement demands it to be signed."""
    distress: bool
    """It rests on safeguard 13 alone, whatever the agreement says."""
    token: object
    """Spent when it is made: what is made of a permit, with other fields or of the same, has none."""

    def __post_init__(self) -> None:
        if self.token is not _TOKEN:
            raise TypeError("a permit is made by asking for it")
        force_setattr(self, "token", None)


def permit(request: Request) -> Permit | Denial:
    """Decide whether the record may be given. Never raises; the same request always gets the same answer."""
    try:
        answer = _at_once(request)
        if answer is not None:
            return answer
    except Exception:  # noqa: BLE001, S110 - whatever it stumbles over, the law itself has the word, and names it
        pass
    try:
        return _decided(request)
    except Exception as error:  # noqa: BLE001 - whatever goes wrong in deciding, nothing leaves, and the denial says so
        return Denial(code=MALFORMED, reason=f"it could not be decided ({type(error).__name__}: {error})")


def permit_many(requests: Iterable[Request]) -> list[Permit | Denial]:
    """Return for each request what `permit` answers; those that share their standings are decided fastest."""
    return [permit(request) for request in requests]


def _at_once(request: Request) -> Permit | Denial | None:
    """Return what `_decided` would, where all that the answer rests on is known; None: it must be asked."""
    ground, layout = footing(request), laid(request)
    record, purpose, decision, officer = request.record, request.purpose, request.decision, request.officer
    way = ground.ways[purpose].get(record.kind) if ground is not None and not ground.masking else None
    about = (way.abouts.get(record.subjects) or way.about(record.subjects)) if way is not None else None
    if (
        way is None
        or about is None
        or layout is None
        or record.owner != request.own
        or not _usual(request)
        or not (decision is None or type(decision) is Decision)
        or not (type(officer) is str and officer.strip())
    ):
        return None
    if purpose not in record.purposes:
        return way.unheld
    if record.handling.tlp is _RED or (way.written and veto.by_word(record) is not None):
        return None
    if way.judged and not veto.confirmed(request):
        return way.unconfirmed
    return _by_way(request, way, about, layout)


def _usual(request: Request) -> bool:
    """Whether nothing narrows what agreements give: neither law nor posture, nor is it passed on by leave."""
    return request.law is None and request.posture is Posture.OPEN and request.leave is None


def _by_way(request: Request, way: Way, about: About, layout: Layout) -> Permit | Denial | None:
    """Return what `_by_clauses` would, None where the record names an area that is none of an agreement's."""
    record = request.record
    scene = way.scene(record)
    if scene is None:
        return None
    found = scene.found(record.fields, about)
    if not isinstance(found, int):
        return _permitted(request, found, found.portions.of(record, layout, concealing=about.concealing))
    denial = scene.denials.get(found)
    if denial is not None:
        return denial
    answer = _decided(request)
    if isinstance(answer, Denial):
        scene.remember(found, answer)
    return answer


def _decided(request: Request) -> Permit | Denial:
    lacking = missing(request)
    if lacking is not None:
        return Denial(code=MALFORMED, reason=lacking)
    record = request.record
    forbidden = (
        veto.by_kind(record.kind)
        or veto.by_subject(record.kind, record.subjects)
        or personal.forbidden(request)
        or veto.by_owner(request)
        or veto.by_purpose(request)
    )
    if forbidden is not None:
        return vetoed(forbidden)
    ordinary = _under_agreement(request)
    if isinstance(ordinary, Permit) or not record.distress:
        return ordinary
    return _under_distress(request, ordinary)


def _under_agreement(request: Request) -> Permit | Denial:
    record = request.record
    forbidden = (
        veto.by_mark(record)
        or veto.by_picture(record.kind, record.subjects)
        or veto.by_word(record)
        or veto.by_judgement(request)
    )
    if forbidden is not None:
        return vetoed(forbidden)
    unlawful = narrowing.forbidden(request)
    if unlawful is not None:
        return Denial(code=NOT_PERMITTED, reason=unlawful)
    between_us = list(between(request.standings, request.own, request.partner, request.now))
    if not between_us:
        return Denial(code=NOT_IN_FORCE, reason=f"no agreement between {request.own} and {request.partner}")
    in_force = [one for one in between_us if obstacle(one, request.now) is None]
    if not in_force:
        return _nothing_in_force(request, between_us)
    ended = record.ended(request.now)
    if ended is not None:
        return Denial(code=NOT_PERMITTED, reason=ended)
    return _by_clauses(request, in_force)


def _nothing_in_force(request: Request, standings: list[Standing]) -> Denial:
    nearest = tuple(
        Nearest(standing.terms.agreement, "", obstacle(standing, request.now) or "") for standing in standings
    )
    safeguard = 11 if all(unproven(standing) for standing in standings) else 9
    reason = f"{nearest[0].agreement}: {nearest[0].condition}"
    return Denial(code=NOT_IN_FORCE, reason=reason, nearest=nearest, safeguard=safeguard)


def _by_clauses(request: Request, standings: list[Standing]) -> Permit | Denial:
    record = request.record
    circumstance = index.circumstance(record, request.own, request.partner, request.purpose)
    misses: list[tuple[int, Nearest]] = []
    for standing in standings:
        found = _clause(index.index(standing), circumstance, request, misses)
        if found is not None:
            hidden = narrowing.withheld(request, index.index(standing))
            share = chosen(record, found.clause.fields, found.clause.id, found.clause.blur, hidden)
            lacking = personal.incomplete(record, share[0])
            return _permitted(request, found, share) if lacking is None else Denial(code=NOT_PERMITTED, reason=lacking)
        if any(count == narrowing.BY_POSTURE for count, _ in misses):
            break  # what one agreement gives in a wider posture, no other gives in its place (decision 0130)
    misses.sort(key=lambda miss: -miss[0])
    nearest = tuple(miss for _, miss in misses[:MOST_NEAREST])
    reason = f"{nearest[0].clause}: {nearest[0].condition}" if nearest else f"no clause gives a {record.kind.value}"
    safeguard = 10 if misses and misses[0][0] == narrowing.BY_POSTURE else None
    return Denial(code=NOT_PERMITTED, reason=reason, nearest=nearest, safeguard=safeguard)


def _clause(
    ready: Index, circumstance: Circumstance, request: Request, misses: list[tuple[int, Nearest]]
) -> Ready | None:
    """Return the first clause whose every condition is met; note of the others how far they went."""
    met: list[Clause] = []
    for one in ready.by_kind[request.record.kind]:
        miss = index.unmet(one, circumstance) or narrowing.unmet(request, ready, one.clause, met)
        if miss is None:
            return one
        misses.append((miss[0], Nearest(ready.terms.agreement, one.clause.id, miss[1])))
    return None


def _permitted(request: Request, ready: Ready, share: Chosen) -> Permit:
    clause, terms = ready.clause, ready.terms
    given, withheld = share
    return Permit(
        record=request.record,
        partner=request.partner,
        agreement=terms.agreement,
        version=terms.version,
        digest=ready.digest,
        clause=clause.id,
        purpose=request.purpose,
        basis=ready.basis,
        fields=given,
        withheld=withheld,
        blur=clause.blur,
        handling=ready.handling(request.record.handling),
        keep_until=_until(request, clause.keep, terms.in_force.end + terms.after.erase),
        suite=terms.suite,
        distress=False,
        token=_TOKEN,
    )


def _until(request: Request, keep: Duration, erased: Instant) -> Instant:
    """Return until when the partner may keep it: what is passed on, no longer than who passes it on.

    A record about a person, no longer than until its review date (safeguard 7).
    """
    guard = request.record.guard
    latest = min(request.now + keep, erased, guard.review if guard is not None else LATEST)
    return latest if request.leave is None else min(latest, request.leave.leave.keep_until)


def _under_distress(request: Request, ordinary: Denial) -> Permit | Denial:
    """Give position and need to the competent rescue centre, and nothing else to nobody else (safeguard 13)."""
    found = distress.rest(request)
    if isinstance(found, distress.Refusal):
        otherwise = f"; nor is it given otherwise: {ordinary.reason}" if ordinary.reason != found.why else ""
        reason = f"{found.why}{otherwise}"
        return Denial(code=ordinary.code, reason=reason, nearest=ordinary.nearest, safeguard=found.safeguard)
    return ordinary if found is None else _rescued(request, found)


def _rescued(request: Request, standing: Standing) -> Permit:
    record = request.record
    given, withheld = chosen(record, rescue.FIELDS, rescue.CLAUSE, Blur(), {})
    return Permit(
        record=record,
        partner=request.partner,
        agreement=standing.terms.agreement,
        version=standing.terms.version,
        digest=standing.digest,
        clause=rescue.CLAUSE,
        purpose=request.purpose,
        basis=rescue.BASIS,
        fields=given,
        withheld=withheld,
        blur=Blur(),
        handling=strictest(record.handling, rescue.MARKS),
        keep_until=request.now + rescue.KEEP,
        suite=standing.terms.suite,
        distress=True,
        token=_TOKEN,
    )
