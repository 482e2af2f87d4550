"""Asking an agreement: a request as people write it in JSON, and the answer as people read it."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from msgspec import UNSET, UnsetType

from comity.agreements.national import Law
from comity.agreements.permit import Denial, Permit
from comity.agreements.quantity import length_written
from comity.agreements.request import Request
from comity.agreements.standing import Standing, State
from comity.agreements.terms import Terms, digest
from comity.vocabulary.decision import Decision, Judgement
from comity.vocabulary.fault import Fault
from comity.vocabulary.handling import Handling
from comity.vocabulary.instant import read, written
from comity.vocabulary.place import Position
from comity.vocabulary.posture import Posture
from comity.vocabulary.protection import Guard, Protection, Risk
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import Record, RecordKind, Value
from comity.vocabulary.subject import SubjectKind

_TIMES: Final = frozenset({"time", "since", "until", "expires", "review"})


class Seeking(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That the person seeks protection, and from which countries; none: it is not known."""

    origin: tuple[str, ...] = ()
    fled: tuple[str, ...] = ()


class Asked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The record that a request is about. Its own words of time, place and marks are what the permit looks at."""

    kind: RecordKind
    id: str = "record-1"
    time: str = ""
    """Like 2026-06-01T12:00:00Z; empty: the moment of the question."""
    subjects: tuple[SubjectKind, ...]
    purposes: tuple[Purpose, ...]
    """For what it is held."""
    handling: Handling = Handling()
    position: Position | None = None
    area: str = ""
    expires: str = ""
    cancelled: bool = False
    distress: bool = False
    review: str | UnsetType = UNSET
    """Of a record about a person: from when nobody reads it."""
    protection: Seeking | UnsetType | None = UNSET
    """Of a record about a person; null: it seeks none. Left out, nothing says so, and nothing is given."""
    risks: tuple[str, ...] | UnsetType = UNSET
    """Of a record about a person: countries where a real risk is marked."""
    fields: dict[str, Any] = {}


class Asking(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A request in JSON: whether `own` may give this record to `partner`, for this purpose, then."""

    own: str
    own_country: str
    partner: str
    partner_country: str
    purpose: Purpose
    officer: str = "officer"
    posture: Posture = Posture.OPEN
    """How wide relations with the partner are."""
    now: str
    judgement: Judgement | None = None
    """What an officer said of an alert; null: nobody has judged it."""
    record: Asked


def request(data: bytes, terms: Terms, state: State, where: str, law: Law | None = None) -> Request:
    """Return the request that the JSON holds, put to these terms as if all had signed and proven them.

    Raises:
        Fault: it holds none.
    """
    try:
        asking = msgspec.json.decode(data, type=Asking)
        now = read(asking.now)
        record = _record(asking, now)
    except (msgspec.MsgspecError, ValueError, RecursionError, Fault, OverflowError) as error:
        said = error.what if isinstance(error, Fault) else str(error)
        raise Fault(f"this is no request: {said}", where=where, remedy="See docs/formats/request.md.") from error
    parties = frozenset(terms.between)
    standing = Standing(terms=terms, digest=digest(terms), state=state, signed=parties, standing_at=parties)
    return Request(
        record=record,
        partner=asking.partner,
        partner_country=asking.partner_country,
        purpose=asking.purpose,
        officer=asking.officer,
        decision=_decision(asking, record, now),
        now=now,
        standings=(standing,),
        own=asking.own,
        own_country=asking.own_country,
        posture=asking.posture,
        law=law,
    )


def _record(asking: Asking, now: int) -> Record:
    asked = asking.record
    fields: dict[str, Value] = {name: _value(name, value) for name, value in asked.fields.items()}
    if asked.position is not None:
        fields.setdefault("position", msgspec.to_builtins(asked.position))
    if asked.area:
        fields.setdefault("area", asked.area)
    guard = _guard(asked, now)
    if guard is not None:
        fields.setdefault("review", guard.review)
    return Record(
        kind=asked.kind,
        id=asked.id,
        owner=asking.own,
        time=read(asked.time) if asked.time else now,
        subjects=asked.subjects,
        purposes=asked.purposes,
        handling=asked.handling,
        position=asked.position,
        area=asked.area,
        expires=read(asked.expires) if asked.expires else None,
        cancelled=asked.cancelled,
        distress=asked.distress,
        fields=fields,
        guard=guard,
    )


def _guard(asked: Asked, now: int) -> Guard | None:
    """Return the marks of a record about a person, None where nothing says whether the person seeks protection."""
    marks = (asked.review, asked.protection, asked.risks)
    if asked.kind is not RecordKind.PERSON and any(one is not UNSET for one in marks):
        raise Fault("review, protection and risks are of a record about a person only")
    if asked.kind is not RecordKind.PERSON or asked.protection is UNSET:
        return None
    if asked.review is UNSET:
        raise Fault("a record about a person has a review date")
    seeking = asked.protection
    return Guard(
        protection=Protection(since=now, origin=seeking.origin, fled=seeking.fled) if seeking is not None else None,
        risks=tuple(Risk(country=one, since=now, source="as asked") for one in asked.risks or ()),
        review=read(asked.review),
    )


def _value(name: str, value: Value) -> Value:
    """Return the value of a field, times that are written like 2026-06-01T12:00:00Z as the instants that they are."""
    return read(value) if name in _TIMES and isinstance(value, str) else value


def _decision(asking: Asking, record: Record, now: int) -> Decision | None:
    if asking.judgement is None:
        return None
    return Decision(alert=record.id, judgement=asking.judgement, officer=asking.officer, reason="as asked", time=now)


def answer(found: Permit | Denial) -> dict[str, object]:
    """Return the answer for programs."""
    if isinstance(found, Denial):
        return {"permitted": False, **msgspec.to_builtins(found)}
    return {
        "permitted": True,
        "agreement": found.agreement,
        "version": found.version,
        "clause": found.clause,
        "basis": found.basis,
        "purpose": found.purpose.value,
        "fields": list(found.fields),
        "withheld": msgspec.to_builtins(found.withheld),
        "blur": msgspec.to_builtins(found.blur),
        "handling": msgspec.to_builtins(found.handling),
        "keep_until": written(found.keep_until),
        "distress": found.distress,
    }


def told(found: Permit | Denial) -> list[str]:
    """Return the answer in lines for people."""
    if isinstance(found, Denial):
        nearest = [f"  {one.clause or one.agreement}: {one.condition}" for one in found.nearest]
        by = f" (safeguard {found.safeguard})" if found.safeguard else ""
        return [f"denied: {found.reason}{by}", f"the partner learns: {found.code}", *nearest]
    lines = [
        f"permitted by {found.agreement} version {found.version}, clause {found.clause}",
        f"on the basis of {found.basis}",
        f"given: {', '.join(found.fields) or 'nothing'}",
    ]
    if found.blur.position and "position" in found.fields:
        lines.append(f"the position within {length_written(found.blur.position)} only")
    lines += [f"withheld: {one.field}: {one.reason}" for one in found.withheld]
    marks = f"TLP:{found.handling.tlp.value}, onward: {found.handling.onward.value}"
    return [*lines, f"marked {marks}", f"kept until {written(found.keep_until)}"]
