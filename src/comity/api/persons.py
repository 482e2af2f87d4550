"""Persons: records about suspects, our own and partners', for the few roles that may see them, each look entered."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from litestar import Router, get, post
from litestar.params import JSONBody, QueryParameter
from msgspec.structs import replace

from comity.agreements.permit import Denial
from comity.api.access import Caller, Here, Id
from comity.api.answer import Answer, Asking, answer
from comity.api.fields import Fields
from comity.api.problems import problems
from comity.casework.person_draft import PersonDraft
from comity.foundation.store.persons import KeptPerson
from comity.node.flow_person import GivenTo, ToldPartner
from comity.node.flow_release import Asked, Released
from comity.vocabulary.handling import Handling, Scale
from comity.vocabulary.instant import LATEST, Instant
from comity.vocabulary.offence import Offence
from comity.vocabulary.officer import Officer
from comity.vocabulary.person import Birth, Ground, IdentityDocument, Nationality, PersonName, RecordedSex
from comity.vocabulary.protection import Protection, Risk
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import RecordKind

Limit = Annotated[int, QueryParameter(ge=1, le=500)]
Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=500, pattern=r"\S")]


class Suspect(msgspec.Struct, frozen=True, kw_only=True):
    """A record about a person in its newest version, the marks included that never leave."""

    id: str
    version: int
    officer: str
    time: Instant
    review: Instant
    """From when nobody reads it."""
    names: tuple[PersonName, ...]
    birth: Birth | None
    sex: RecordedSex | None
    nationalities: tuple[Nationality, ...]
    documents: tuple[IdentityDocument, ...]
    description: str
    offence: Offence
    ground: Ground
    facts: str
    on_conduct_alone: bool
    area: str
    purposes: tuple[Purpose, ...]
    basis: str
    scale: Scale
    grading: str
    """With its scale, like `admiralty B2` or `4x4 B2`."""
    handling: Handling
    protection: Protection | None
    risks: tuple[Risk, ...]
    simulated: bool


class PersonGiven(msgspec.Struct, frozen=True, kw_only=True):
    """A release of it to a partner."""

    message: str
    partner: str
    state: Literal["queued", "accepted", "refused", "withdrawn"]


class OpenedPerson(msgspec.Struct, frozen=True, kw_only=True):
    """One record about a person, and who has it."""

    person: Suspect
    given: tuple[PersonGiven, ...]


class CorrectPerson(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an officer writes in the place of a version."""

    version: Annotated[int, msgspec.Meta(ge=1, le=9_999)]
    draft: PersonDraft


class RenewPerson(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A later review date, and why. The reason stands in the log, and names nobody."""

    review: Annotated[int, msgspec.Meta(ge=0, le=LATEST)]
    reason: Reason


class RenewedPerson(msgspec.Struct, frozen=True, kw_only=True):
    """From when nobody reads it now."""

    id: str
    version: int
    review: Instant


class ErasePerson(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why it is erased. The reason stands in the log, and names nobody."""

    reason: Reason


class ErasedPerson(msgspec.Struct, frozen=True):
    """It is erased here; these recalls are on their way to those who have it."""

    recalls: tuple[Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")], ...]


class PartnerHad(msgspec.Struct, frozen=True, kw_only=True):
    """A partner who had the version before: whether the new one goes to them, and what was called back."""

    partner: str
    answer: Answer | None
    """None: who corrected it releases nothing."""
    recalls: tuple[str, ...]


class CorrectedPerson(msgspec.Struct, frozen=True, kw_only=True):
    """The new version, and what became of it at each partner who had the one before."""

    person: Suspect
    told: tuple[PartnerHad, ...]


class PersonReceived(msgspec.Struct, frozen=True, kw_only=True):
    """A record about a person that a partner gave."""

    message: str
    place: int
    sender: str
    record: str
    received: Instant
    keep_until: Instant
    agreement: str
    clause: str
    purpose: str
    handling: Handling
    fields: Fields
    """What was given; what else the record has was withheld."""
    simulated: bool


@get("/", sync_to_thread=True, responses=problems(403))
def listed(officer: Caller, node: Here, limit: Limit = 100) -> list[Suspect]:
    """Return our records about persons that can be read, the last changed first. Each of them is a look of its own."""
    return [_suspect(kept) for kept in node.persons.listed(officer, limit)]


@get("/received", sync_to_thread=True, responses=problems(403))
def received(officer: Caller, node: Here, limit: Limit = 100) -> list[PersonReceived]:
    """Return partners' records about persons that can be read, newest first. Each of them is a look of its own."""
    return [
        PersonReceived(
            message=each.kept.message.hex(),
            place=each.kept.place,
            sender=each.kept.sender,
            record=each.given.id,
            received=each.kept.received,
            keep_until=each.given.keep_until,
            agreement=each.given.agreement.hex(),
            clause=each.given.clause,
            purpose=each.given.purpose,
            handling=each.given.handling,
            fields=each.fields,
            simulated=each.given.simulated,
        )
        for each in node.persons.received(officer, limit)
    ]


@get("/{person:str}", sync_to_thread=True, responses=problems(403, 404))
def one(officer: Caller, node: Here, person: Id) -> OpenedPerson:
    """Return one record about a person, and who has it."""
    opened = node.persons.read(officer, person)
    return OpenedPerson(person=_suspect(opened.kept), given=tuple(map(_given, opened.given)))


@post("/", sync_to_thread=True, responses=problems(403, 413))
def write(officer: Caller, node: Here, data: JSONBody[PersonDraft]) -> Suspect:
    """Write a record about a suspect."""
    return _suspect(node.persons.write(officer, data))


@post("/{person:str}/correct", sync_to_thread=True, responses=problems(403, 404, 413))
def correct(officer: Caller, node: Here, person: Id, data: JSONBody[CorrectPerson]) -> CorrectedPerson:
    """Write it anew; who has the version before is given this one as far as they may, and that one is called back."""
    done = node.persons.correct(officer, person, data.version, data.draft)
    return CorrectedPerson(person=_suspect(done.kept), told=tuple(map(_told, done.told)))


@post("/{person:str}/renew", sync_to_thread=True, responses=problems(403, 404, 413))
def renew(officer: Caller, node: Here, person: Id, data: JSONBody[RenewPerson]) -> RenewedPerson:
    """Put the review date off, with a reason; past the old one a supervisor may, unread."""
    shell = node.persons.renew(officer, person, data.review, data.reason)
    return RenewedPerson(id=shell.id, version=shell.version, review=shell.review)


@post("/{person:str}/erase", status_code=200, sync_to_thread=True, responses=problems(403, 404, 413))
def erase(officer: Caller, node: Here, person: Id, data: JSONBody[ErasePerson]) -> ErasedPerson:
    """Erase it here, and call it back from everyone who has it."""
    return ErasedPerson(tuple(recall.hex() for recall in node.persons.erase(officer, person, data.reason)))


@post("/{person:str}/preview", status_code=200, sync_to_thread=True, responses=problems(403, 404, 413))
def preview(officer: Caller, node: Here, person: Id, data: JSONBody[Asking]) -> Answer:
    """Return our record beside what the partner would be given of it, or why nothing. Nothing is sent."""
    seen = node.releases.preview(officer, _asked(officer, person, data))
    return replace(answer(seen.answer), ours=seen.record.fields, theirs=seen.given)


@post("/{person:str}/release", sync_to_thread=True, responses=problems(403, 404, 413))
def release(officer: Caller, node: Here, person: Id, data: JSONBody[Asking]) -> Answer:
    """Give it to the partner, as far as the permit goes."""
    return _answered(node.releases.release(officer, _asked(officer, person, data)))


def _asked(officer: Officer, person: str, data: Asking) -> Asked:
    return Asked(
        kind=RecordKind.PERSON, record=person, partner=data.partner, purpose=data.purpose, officer=officer.name
    )


def _answered(done: Released | Denial) -> Answer:
    return answer(done) if isinstance(done, Denial) else answer(done.permit, done.message)


def _suspect(kept: KeptPerson) -> Suspect:
    person = kept.person
    own = {name: getattr(person, name) for name in person.__struct_fields__}
    return Suspect(**{**own, "review": kept.review, "grading": person.handling.graded})


def _given(one: GivenTo) -> PersonGiven:
    return msgspec.convert({"message": one.message.hex(), "partner": one.partner, "state": one.state}, PersonGiven)


def _told(one: ToldPartner) -> PartnerHad:
    return PartnerHad(
        partner=one.partner,
        answer=None if one.answer is None else _answered(one.answer),
        recalls=tuple(recall.hex() for recall in one.recalls),
    )


router = Router(
    path="/persons",
    tags=["persons"],
    route_handlers=[listed, received, one, write, correct, renew, erase, preview, release],
)
