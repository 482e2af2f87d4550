"""Personal: the safeguards of records about persons, as predicates over a request (docs/formats/person.md).

What decides stands in the record's guard, which is no field: whatever these say, nothing of it can be given.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from comity.agreements import field
from comity.agreements.request import Request
from comity.agreements.veto import Veto
from comity.vocabulary.handling import Handling, Onward, Tlp
from comity.vocabulary.instant import Instant, written
from comity.vocabulary.person import NARROW
from comity.vocabulary.protection import Guard
from comity.vocabulary.record import Record, RecordKind, Value

_SUSPICION: Final = ("offence", "ground", "facts", "on_conduct_alone")


def forbidden(request: Request) -> Veto | None:
    """Deny a record about a person where one of its safeguards stands in the way; of other records it says nothing."""
    record, guard = request.record, request.record.guard
    if record.kind is not RecordKind.PERSON:
        return None
    if guard is None:
        return Veto(3, "nothing says whether the person seeks protection")
    if record.position is not None:
        return Veto(3, "it says where a person is")
    return (
        by_protection(guard, request.partner_country)
        or by_risk(guard, request.partner_country)
        or by_review(record, guard, request.now)
        or by_suspicion(record)
        or by_grading(record)
    )


def by_protection(guard: Guard, country: str) -> Veto | None:
    """Deny all to the country from which, or out of which, a person seeks protection (safeguard 3)."""
    mark = guard.protection
    if mark is None:
        return None
    if not mark.origin:
        return Veto(3, "the person seeks protection, and from which country is not known")
    if country in mark.origin or country in mark.fled:
        return Veto(3, f"the person seeks protection from {country}")
    return None


def by_risk(guard: Guard, country: str) -> Veto | None:
    """Deny all to a country where a real risk to the person is marked (safeguard 19)."""
    if any(one.country == country for one in guard.risks):
        return Veto(19, f"a real risk to the person is marked in {country}")
    return None


def by_review(record: Record, guard: Guard, now: Instant) -> Veto | None:
    """Deny what is past its review date, and what tells another one than decides (safeguard 7)."""
    if record.fields.get("review") != guard.review:
        return Veto(7, "the review date that it tells is not its own")
    if now >= guard.review:
        return Veto(7, f"its review date is past since {written(guard.review)}, and nobody has renewed it")
    return None


def by_suspicion(record: Record) -> Veto | None:
    """Deny what lacks a suspicion, an offence or the officer's word on what it rests (safeguard 20)."""
    for name in _SUSPICION:
        value = record.fields.get(name)
        if not field.fits(record.kind, name, value) or (isinstance(value, str) and not value.strip()):
            return Veto(20, f"no {name.replace('_', ' ')} is told: it needs a suspicion and an offence")
    return None


def by_grading(record: Record) -> Veto | None:
    """Deny what does not carry the grading of its source (safeguard 15)."""
    graded = record.fields.get("grading") == record.handling.graded
    return None if graded else Veto(15, "it does not carry the grading of its source")


def incomplete(record: Record, given: Collection[str]) -> str | None:
    """Return which field is missing without which no record about a person travels; None if all are given."""
    if record.kind is not RecordKind.PERSON:
        return None
    lacking = [name for name in field.NEEDED_OF_PERSONS if name not in given]
    return f"{', '.join(lacking)} may not be given, and no person travels without" if lacking else None


def narrow(handling: Handling) -> bool:
    """Whether marks are as strict as those of a record about a person must be."""
    return handling.tlp in NARROW - {Tlp.RED} and handling.onward is Onward.NO


def sound(fields: dict[str, Value], handling: Handling, keep_until: Instant, now: Instant) -> bool:
    """Whether a record about a person came with all that its receiver must know, and may be kept for so long."""
    review = fields.get("review")
    return (
        fields.keys() >= frozenset(field.NEEDED_OF_PERSONS)
        and fields["grading"] == handling.graded
        and narrow(handling)
        and isinstance(review, int)
        and now < review
        and keep_until <= review
    )
