"""Records: alerts, reports, notices and persons in the shape in which the permit sees them."""

from __future__ import annotations

import math
from base64 import b64encode
from collections.abc import Iterable
from functools import lru_cache

import msgspec

from comity.foundation.store.persons import KeptPerson
from comity.foundation.store.writings import KeptWriting
from comity.vocabulary.alert import Alert, AlertKind
from comity.vocabulary.decision import Decision
from comity.vocabulary.handling import Handling
from comity.vocabulary.notice import Notice
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import Record, RecordKind, Value
from comity.vocabulary.subject import Identity, SubjectKind
from comity.vocabulary.track import Track


def of_alert(alert: Alert, decision: Decision | None, owner: str, purposes: frozenset[Purpose]) -> Record:
    """Return the alert as a record of its owner, collected for these purposes; distress is always for rescue too."""
    distress = alert.kind is AlertKind.DISTRESS
    served = purposes | {Purpose.SEARCH_AND_RESCUE} if distress else purposes
    fields: dict[str, Value] = {
        "kind": alert.kind.value,
        "severity": alert.severity.value,
        "time": alert.time,
        "until": alert.until,
        "position": {"latitude": alert.position.latitude, "longitude": alert.position.longitude},
        "area": alert.area,
        "mmsi": [one.mmsi for one in alert.subjects if one.mmsi is not None],
        "imo": [one.imo for one in alert.subjects if one.imo is not None],
        "call_sign": [one.call_sign for one in alert.subjects if one.call_sign is not None],
        "name": [one.name for one in alert.subjects if one.name is not None],
        "ship_type": [one.ship_type for one in alert.subjects if one.ship_type is not None],
        "explanation": alert.explanation,
        "would_change": alert.would_change,
        "rule": f"{alert.rule} {alert.version}",
        "confidence": alert.confidence,
        "grading": str(alert.handling.grading),
        "sightings": list(alert.sightings),
        "sources": list(alert.sources),
        "reason": decision.reason if decision else None,
        "officer": decision.officer if decision else None,
    }
    return Record(
        kind=RecordKind.ALERT,
        id=alert.id,
        owner=owner,
        time=alert.time,
        subjects=tuple(subject.kind for subject in alert.subjects),
        purposes=_sorted(served),
        handling=alert.handling,
        position=alert.position,
        fields=fields,
        distress=distress,
        simulated=alert.simulated,
    )


def of_writing(kept: KeptWriting, owner: str) -> Record:
    """Return the newest version of a report or notice as a record of its owner, held for what its officer said."""
    writing = kept.writing
    place = writing.position
    fields: dict[str, Value] = {
        "offence": writing.offence.value,
        "title": writing.title,
        "text": writing.text,
        "time": writing.time,
        "since": writing.since,
        "until": writing.until,
        "position": {"latitude": place.latitude, "longitude": place.longitude} if place else None,
        "area": writing.area or None,
        "subjects": [subject.kind.value for subject in writing.subjects],
        "descriptions": [subject.description for subject in writing.subjects if subject.description],
        "mmsi": _each(subject.mmsi for subject in writing.subjects),
        "imo": _each(subject.imo for subject in writing.subjects),
        "call_sign": _each(subject.call_sign for subject in writing.subjects),
        "name": _each(subject.name for subject in writing.subjects),
        "grading": writing.handling.graded,
        "version": writing.version,
        "expires": writing.expires,
        "names_nobody": writing.names_nobody,
        "reason": writing.reason,
        "officer": writing.officer,
        "independent": writing.independent,
    }
    if isinstance(writing, Notice):
        fields |= _asking(writing)
    return Record(
        kind=kept.kind,
        id=writing.id,
        owner=owner,
        time=writing.time,
        subjects=tuple(subject.kind.subject for subject in writing.subjects),
        purposes=writing.purposes,
        handling=writing.handling,
        position=place,
        area=writing.area,
        expires=writing.expires,
        cancelled=kept.cancellation is not None,
        fields=fields,
        simulated=writing.simulated,
    )


def of_person(kept: KeptPerson, owner: str) -> Record:
    """Return a record about a person as a record of its owner. Its marks are no fields: they stand in its guard."""
    person = kept.person
    fields: dict[str, Value] = {
        "names": [msgspec.to_builtins(one) for one in person.names],
        "birth": msgspec.to_builtins(person.birth),
        "sex": msgspec.to_builtins(person.sex),
        "nationalities": [msgspec.to_builtins(one) for one in person.nationalities],
        "documents": [msgspec.to_builtins(one) for one in person.documents],
        "description": person.description,
        "offence": person.offence.value,
        "ground": person.ground.value,
        "facts": person.facts,
        "area": person.area,
        "time": person.time,
        "version": person.version,
        "review": kept.review,
        "grading": person.handling.graded,
        "on_conduct_alone": person.on_conduct_alone,
        "basis": person.basis,
        "officer": person.officer,
    }
    return Record(
        kind=RecordKind.PERSON,
        id=person.id,
        owner=owner,
        time=person.time,
        subjects=(SubjectKind.PERSON,),
        purposes=person.purposes,
        handling=person.handling,
        position=None,
        area=person.area,
        expires=kept.review,
        fields=fields,
        simulated=person.simulated,
        guard=person.guard(kept.review),
    )


def _asking(notice: Notice) -> dict[str, Value]:
    held: list[Value] = [
        {
            "name": each.name,
            "type": each.type.value,
            "sha256": each.digest.hex(),
            "content": b64encode(each.content).decode(),
        }
        for each in notice.attachments
    ]
    return {"kind": notice.kind.value, "asks": [ask.value for ask in notice.asks], "attachments": held}


def of_track(track: Track, name: str, owner: str, purposes: frozenset[Purpose], handling: Handling) -> Record:
    """Return the track's newest state as a record of its owner, under a name that stands for its id.

    The id itself can be computed from what others have sensed too. A track in distress is for rescue as well.
    """
    served = purposes | {Purpose.SEARCH_AND_RESCUE} if track.distress else purposes
    identity, place = track.identity, track.position
    moving = {"speed": track.speed, "course": track.course}
    fields: dict[str, Value] = {
        "position": {"latitude": place.latitude, "longitude": place.longitude} if place else None,
        "velocity": {name: value for name, value in moving.items() if value is not None},
        "time": track.last,
        "kind": identity.kind.value,
        "accuracy": round(math.sqrt(track.variance), 1) if track.variance is not None else None,
        "mmsi": identity.mmsi,
        "imo": identity.imo,
        "call_sign": identity.call_sign,
        "name": identity.name,
        "ship_type": identity.ship_type,
        "sources": list(track.sources),
    }
    return Record(
        kind=RecordKind.TRACK,
        id=name,
        owner=owner,
        time=track.last,
        subjects=(identity.kind,),
        purposes=_sorted(served),
        handling=handling,
        position=place,
        fields=fields,
        distress=track.distress,
        simulated=track.simulated,
    )


def _each(values: Iterable[str | int | None]) -> list[Value]:
    return [value for value in values if value is not None]


@lru_cache(maxsize=256)
def _sorted(purposes: frozenset[Purpose]) -> tuple[Purpose, ...]:
    return tuple(sorted(purposes, key=lambda purpose: purpose.value))


def named(identity: Identity) -> str:
    """Return how a person would call the subject: name, else number, else what it is."""
    if identity.name:
        return identity.name
    return f"MMSI {identity.mmsi}" if identity.mmsi is not None else f"unidentified {identity.kind.value}"
