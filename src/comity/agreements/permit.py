"""The permit: the only "may we?". Total, and no by default: whatever is missing or goes wrong is a denial.

Layers intersect and never unite: the safeguards, national law, the agreement, the record's own handling, posture and
disputes. One clause of one agreement permits, or none does; what two clauses give apart is never joined.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import InitVar, dataclass
from typing import Final

import msgspec

from comity.agreements import field, index, narrowing, rescue, veto
from comity.agreements.clause import Blur, Clause
from comity.agreements.index import Circumstance, Index, Ready
from comity.agreements.request import Request, missing
from comity.agreements.standing import Standing, current, obstacle, unproven
from comity.vocabulary.handling import Handling, strictest
from comity.vocabulary.instant import Duration, Instant, written
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import Record
from comity.vocabulary.suite import Suite

__all__ = ["Denial", "Nearest", "Permit", "Request", "Withheld", "permit"]

MALFORMED: Final = "malformed"
NOT_IN_FORCE: Final = "not-in-force"
NOT_PERMITTED: Final = "not-permitted"
MOST_NEAREST = 10

_TOKEN: Final = object()  # whoever holds it can make a permit: it stays in this file


class Withheld(msgspec.Struct, frozen=True):
    """A field that is not given, or not as it is known, and by which clause."""

    field: str
    reason: str
    clause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Permit:
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
    token: InitVar[object]

    def __post_init__(self, token: object) -> None:
        if token is not _TOKEN:
            raise TypeError("a permit is made by asking for it")


class Nearest(msgspec.Struct, frozen=True):
    """A clause that could have permitted, and its first condition that was not met; no clause: the agreement's."""

    agreement: str
    clause: str
    condition: str


class Denial(msgspec.Struct, frozen=True, kw_only=True):
    """No. The partner may learn the code and nothing else."""

    code: str
    """`malformed`, `not-in-force` or `not-permitted`."""
    reason: str
    """In full, for the officer."""
    nearest: tuple[Nearest, ...] = ()
    """The one that came closest first."""
    safeguard: int | None = None


def permit(request: Request) -> Permit | Denial:
    """Decide whether the record may be given. Never raises; the same request always gets the same answer."""
    try:
        return _decided(request)
    except Exception as error:  # noqa: BLE001 - whatever goes wrong in deciding, nothing leaves, and the denial says so
        return Denial(code=MALFORMED, reason=f"it could not be decided ({type(error).__name__}: {error})")


def _decided(request: Request) -> Permit | Denial:
    lacking = missing(request)
    if lacking is not None:
        return Denial(code=MALFORMED, reason=lacking)
    record = request.record
    forbidden = (
        veto.by_kind(record.kind)
        or veto.by_subject(record.subjects)
        or veto.by_owner(request)
        or veto.by_purpose(request)
    )
    if forbidden is not None:
        return _vetoed(forbidden)
    ordinary = _under_agreement(request)
    if isinstance(ordinary, Permit) or not record.distress:
        return ordinary
    return _under_distress(request) or ordinary


def _vetoed(forbidden: veto.Veto) -> Denial:
    return Denial(code=NOT_PERMITTED, reason=forbidden.why, safeguard=forbidden.safeguard)


def _under_agreement(request: Request) -> Permit | Denial:
    record = request.record
    forbidden = veto.by_mark(record) or veto.by_picture(record) or veto.by_word(record) or veto.by_judgement(request)
    if forbidden is not None:
        return _vetoed(forbidden)
    unlawful = narrowing.forbidden(request)
    if unlawful is not None:
        return Denial(code=NOT_PERMITTED, reason=unlawful)
    between_us = list(_between_us(request))
    if not between_us:
        return Denial(code=NOT_IN_FORCE, reason=f"no agreement between {request.own} and {request.partner}")
    in_force = [one for one in between_us if obstacle(one, request.now) is None]
    if not in_force:
        return _nothing_in_force(request, between_us)
    ended = _ended(record, request.now)
    if ended is not None:
        return Denial(code=NOT_PERMITTED, reason=ended)
    return _by_clauses(request, in_force)


def _ended(record: Record, now: Instant) -> str | None:
    """Return why the record counts no more, None if it does."""
    if record.cancelled:
        return "it is cancelled"
    if record.expires is not None and now >= record.expires:
        return f"it expired at {written(record.expires)}"
    return None


def _between_us(request: Request) -> Iterator[Standing]:
    for standing in current(request.standings, request.now):
        parties = standing.terms.between
        if request.own != request.partner and request.own in parties and request.partner in parties:
            yield standing


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
            return _permitted(request, standing, found)
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


def _permitted(request: Request, standing: Standing, ready: Ready) -> Permit:
    record, clause, terms = request.record, ready.clause, standing.terms
    hidden = narrowing.withheld(request, index.index(standing))
    given, withheld = _chosen(record, clause.fields, clause.id, clause.blur, hidden)
    return Permit(
        record=record,
        partner=request.partner,
        agreement=terms.agreement,
        version=terms.version,
        digest=standing.digest,
        clause=clause.id,
        purpose=request.purpose,
        basis=index.index(standing).basis,
        fields=given,
        withheld=withheld,
        blur=clause.blur,
        handling=strictest(record.handling, clause.handling.handling),
        keep_until=_until(request, clause.keep, terms.in_force.end + terms.after.erase),
        suite=terms.suite,
        distress=False,
        token=_TOKEN,
    )


def _until(request: Request, keep: Duration, erased: Instant) -> Instant:
    """Return until when the partner may keep it: what is passed on, no longer than who passes it on."""
    latest = min(request.now + keep, erased)
    return latest if request.leave is None else min(latest, request.leave.leave.keep_until)


def _chosen(
    record: Record, offered: tuple[str, ...], clause: str, blur: Blur, hidden: Mapping[str, str]
) -> tuple[tuple[str, ...], tuple[Withheld, ...]]:
    """Part the record's fields into those given and those withheld, with the reason for each."""
    concealed = veto.concealed(record)
    given: list[str] = []
    withheld: list[Withheld] = []
    for name, value in sorted(record.fields.items()):
        if name not in offered:
            withheld.append(Withheld(name, "the clause does not give it", clause))
        elif name in hidden:
            withheld.append(Withheld(name, hidden[name], clause))
        elif name in concealed:
            withheld.append(Withheld(name, "safeguard 6: identifiers of ships and aircraft only", clause))
        elif not field.fits(record.kind, name, value):
            withheld.append(Withheld(name, "its value has not the shape of this field", clause))
        else:
            given.append(name)
            if name == "position" and blur.position:
                withheld.append(Withheld(name, f"given within {blur.position} m only", clause))
    return tuple(given), tuple(withheld)


def _under_distress(request: Request) -> Permit | None:
    """Give position and need to the competent rescue centre, and nothing else to nobody else (safeguard 13)."""
    if request.purpose is not Purpose.SEARCH_AND_RESCUE or not veto.in_distress(request):
        return None
    if narrowing.forbidden(request, rescue=True) is not None:
        return None
    record = request.record
    for standing in _between_us(request):
        if record.position is None or unproven(standing) is not None:
            continue
        if request.partner in index.index(standing).competent(record.position):
            return _rescued(request, standing)
    return None


def _rescued(request: Request, standing: Standing) -> Permit:
    record = request.record
    given, withheld = _chosen(record, rescue.FIELDS, rescue.CLAUSE, Blur(), {})
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
