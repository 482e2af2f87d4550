"""Vetoes: the safeguards as predicates over a request. None of them knows any agreement, so none can be agreed away."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import msgspec

from comity.agreements.field import FREE_TEXT, IDENTIFIERS
from comity.agreements.onward import unlifted
from comity.agreements.request import Request
from comity.vocabulary.alert import AlertKind
from comity.vocabulary.decision import Judgement
from comity.vocabulary.handling import Handling, Tlp
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import PLACELESS, WRITTEN, Record, RecordKind
from comity.vocabulary.subject import SubjectKind
from comity.vocabulary.thing import ThingKind

SHARED_PICTURE: Final = frozenset({SubjectKind.VESSEL, SubjectKind.AIRCRAFT})
"""Whose identifiers a neighbour may see (safeguard 6)."""
IMPERSONAL: Final = SHARED_PICTURE | {SubjectKind.VEHICLE, SubjectKind.PARTY, SubjectKind.OBJECT}
"""What an alert may be about; identifiers are given of the shared picture only."""
THINGS: Final = frozenset(kind.subject for kind in ThingKind)
"""What a report or notice may be about: an organisation is persons, and waits with them (safeguard 20)."""
WITHOUT_PATH: Final = {
    RecordKind.BIOMETRIC: (3, 4, 23),
    RecordKind.CASE: (3, 20, 21),
}
"""Kinds of record that nothing can release, and the safeguards that each waits for."""


_CONFIRMED: Final = Judgement.CONFIRMED  # looked up once: an enumeration takes its time


class Veto(msgspec.Struct, frozen=True):
    """A safeguard that forbids, and why."""

    safeguard: int
    why: str


UNCONFIRMED: Final = Veto(4, "no named officer has confirmed it")


def by_kind(kind: RecordKind) -> Veto | None:
    """Deny a kind of record whose safeguards do not stand yet."""
    waits = WITHOUT_PATH.get(kind)
    if waits is None:
        return None
    return Veto(waits[0], f"a {kind.value} record has no way out until safeguards {', '.join(map(str, waits))} stand")


def by_subject(kind: RecordKind, subjects: tuple[SubjectKind, ...]) -> Veto | None:
    """Deny whatever is about a person, but for a record about one person and nothing else."""
    if kind is RecordKind.PERSON:
        return None if subjects == (SubjectKind.PERSON,) else Veto(3, "it is about something else than one person")
    if any(subject is SubjectKind.PERSON or not isinstance(subject, SubjectKind) for subject in subjects):
        return Veto(3, "it is about a person, or about nobody knows whom")
    return None


def by_owner(request: Request) -> Veto | None:
    """Deny passing on what another originated without that one's signed leave for just this (safeguard 8)."""
    record = request.record
    if record.owner == request.own:
        return None
    why = unlifted(record, request.own, request.partner, request.purpose, request.now, request.leave)
    return Veto(8, why) if why else None


def by_origin(record: Record, own: str) -> Veto | None:
    """Deny whatever another originated, leave or not."""
    return None if record.owner == own else Veto(8, f"{record.owner} originated it")


def by_purpose(request: Request) -> Veto | None:
    """Deny a purpose that is none of the record's (safeguard 1)."""
    if request.purpose in request.record.purposes:
        return None
    return unheld(request.purpose)


@lru_cache
def unheld(purpose: Purpose) -> Veto:
    """Return the veto of what is not held for a purpose."""
    return Veto(1, f"{purpose.value} is none of the purposes for which it is held")


def by_mark(record: Record) -> Veto | None:
    """Deny what is marked for named recipients only (safeguard 8)."""
    return Veto(8, "it is marked RED") if record.handling.tlp is Tlp.RED else None


def by_picture(kind: RecordKind, subjects: tuple[SubjectKind, ...]) -> Veto | None:
    """Deny what is no part of the shared picture (safeguard 6)."""
    if kind is RecordKind.PERSON:  # no part of it, and judged by safeguards of its own (`agreements.personal`)
        return None
    if kind in WRITTEN:
        return _by_things(kind, subjects)
    if not subjects:
        return Veto(6, "nothing says what it is about")
    allowed = IMPERSONAL if kind is RecordKind.ALERT else SHARED_PICTURE
    for subject in subjects:
        if subject not in allowed:
            return Veto(6, f"{_a(kind)} about {_a(subject)} is no part of the shared picture")
    return None


def _by_things(kind: RecordKind, subjects: tuple[SubjectKind, ...]) -> Veto | None:
    for subject in subjects:
        if subject not in THINGS:
            return Veto(20, f"{_a(kind)} is about things, and {_a(subject)} is made of persons")
    return None


def _a(word: RecordKind | SubjectKind) -> str:
    return f"{'an' if word.value[0] in 'aeiou' else 'a'} {word.value}"


def by_word(record: Record) -> Veto | None:
    """Deny what is written without its officer's word that nobody is named, or without its source grading."""
    if record.kind not in WRITTEN:
        return None
    if record.fields.get("names_nobody") is not True:
        return Veto(20, "no officer says that nothing in it names a person or leads to one")
    if record.fields.get("grading") != _graded(record.handling):
        return Veto(15, "it does not carry the grading of its source")
    return None


@lru_cache(maxsize=1024)  # there are few, and to write one takes longer than all else that is asked here
def _graded(handling: Handling) -> str:
    return handling.graded


def by_judgement(request: Request) -> Veto | None:
    """Deny an alert that no named officer has confirmed (safeguard 4)."""
    if request.record.kind is not RecordKind.ALERT or confirmed(request):
        return None
    return UNCONFIRMED


def confirmed(request: Request) -> bool:
    """Whether a named officer, not the machine, has judged this very record and confirmed it."""
    decision = request.decision
    return (
        decision is not None
        and decision.alert == request.record.id
        and decision.judgement is _CONFIRMED
        and decision.officer != request.own
        and bool(decision.officer.strip())
        and decision.time <= request.now
    )


def in_distress(request: Request) -> bool:
    """Whether a beacon or a named officer declared distress, and none judged it false (safeguard 13)."""
    record, decision = request.record, request.decision
    if not record.distress or record.kind in PLACELESS:
        return False
    if decision is not None and decision.alert == record.id and decision.judgement is Judgement.REJECTED:
        return False
    beacon = record.kind is RecordKind.TRACK or record.fields.get("kind") == AlertKind.DISTRESS.value
    return beacon or confirmed(request)


def concealed(kind: RecordKind, subjects: tuple[SubjectKind, ...]) -> frozenset[str]:
    """Return the fields that safeguard 6 keeps back whatever a clause gives: they could tell a plate or a person."""
    if kind is RecordKind.PERSON:  # its fields are none of those
        return frozenset()
    shared = all(subject in SHARED_PICTURE for subject in subjects)
    if kind in WRITTEN:
        return frozenset() if shared and subjects else concealable(kind)
    return frozenset() if shared else concealable(kind)


def concealable(kind: RecordKind) -> frozenset[str]:
    """Return the fields that safeguard 6 keeps back of some records of this kind."""
    return IDENTIFIERS if kind in WRITTEN else IDENTIFIERS | FREE_TEXT  # for written words their officer answers
