"""What is held: another's report or notice, as its holder can show it to the permit, out of what was given."""

from __future__ import annotations

from comity.agreements.field import place_of
from comity.agreements.onward import Granted, bound
from comity.agreements.redaction import disclosed
from comity.vocabulary.fault import Refused
from comity.vocabulary.handling import strictest
from comity.vocabulary.message import Given
from comity.vocabulary.record import Record, Value
from comity.vocabulary.subject import SubjectKind
from comity.vocabulary.thing import ThingKind


def held(given: Given, leave: Granted, *, cancelled: bool) -> Record:
    """Return the record as its originator gave it, for the one purpose of the leave.

    Raises:
        Refused: the leave is for another giving.
        Fault: what was given is not in form.
    """
    said = leave.leave
    if (said.originator, said.record, said.kind, said.bound) != (given.owner, given.id, given.kind, bound(given)):
        raise Refused("the leave is for another record, or another giving of it", where=given.id)
    fields = disclosed(given)
    area, expires = fields.get("area"), fields.get("expires")
    return Record(
        kind=given.kind,
        id=given.id,
        owner=given.owner,
        time=given.time,
        subjects=_subjects(fields.get("subjects")),
        purposes=(said.purpose,),
        handling=strictest(given.handling, said.handling),
        position=place_of(fields.get("position")),
        area=area if isinstance(area, str) else "",
        expires=expires if isinstance(expires, int) else None,
        cancelled=cancelled,
        fields=fields,
        simulated=given.simulated,
    )


def _subjects(value: Value) -> tuple[SubjectKind, ...]:
    return tuple(ThingKind(one).subject for one in value) if isinstance(value, list) else ()
