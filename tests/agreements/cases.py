"""Cases: records, requests and agreements for these tests, each sound until a test changes one thing."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from pathlib import Path

from msgspec.structs import replace

from builders.writings import png
from comity.agreements import field
from comity.agreements.clause import Clause, Marks
from comity.agreements.permit import Request
from comity.agreements.standing import Standing, State
from comity.agreements.terms import Terms, digest
from comity.vocabulary import instant
from comity.vocabulary.decision import Decision, Judgement
from comity.vocabulary.handling import Credibility, Grading, Handling, Onward, Reliability, Tlp
from comity.vocabulary.instant import DAY
from comity.vocabulary.place import Position
from comity.vocabulary.protection import Guard, Protection, Risk
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import Record, RecordKind, Value
from comity.vocabulary.subject import SubjectKind

EXAMPLE = Path(__file__).parents[2] / "examples" / "agreements" / "kattegat-maritime.yaml"
NOW = instant.read("2026-06-01T12:00:00Z")
KATTEGAT = Position(56.8, 11.4)
SOUND = Position(55.7, 12.7)
WESTERN_BALTIC = Position(54.7, 11.5)
ELSEWHERE = Position(58.5, 9.0)
CENTRES = {"se.coord": KATTEGAT, "dk.coord": SOUND, "de.coord": WESTERN_BALTIC}
NARROW = Handling(tlp=Tlp.AMBER, onward=Onward.NO, grading=Grading(Reliability.B, Credibility.TWO))
HANDLING = Handling(tlp=Tlp.GREEN, onward=Onward.YES, grading=Grading(Reliability.B, Credibility.TWO))
COUNTRIES = {"dk.coord": "DK", "se.coord": "SE", "de.coord": "DE"}
PARTIES = tuple(COUNTRIES)
PURPOSES = (Purpose.BORDER_SURVEILLANCE, Purpose.SMUGGLING, Purpose.SEARCH_AND_RESCUE)


def in_force(terms: Terms, state: State = State.FINALIZED) -> Standing:
    parties = frozenset(terms.between)
    return Standing(terms=terms, digest=digest(terms), state=state, signed=parties, standing_at=parties)


def placed(position: Position) -> dict[str, Value]:
    return {"latitude": position.latitude, "longitude": position.longitude}


def alert(position: Position = KATTEGAT, owner: str = "dk.coord", **changes: object) -> Record:
    """Return an alert of a meeting of two vessels, with every field that an alert can have."""
    fields: dict[str, Value] = {
        "kind": "meeting",
        "severity": "high",
        "time": NOW - 60_000,
        "until": NOW - 30_000,
        "position": placed(position),
        "area": "kattegat-lane",
        "mmsi": [219_000_001, 265_000_002],
        "imo": [9_000_001],
        "call_sign": ["OXAA1"],
        "name": ["EXAMPLE ONE", "EXAMPLE TWO"],
        "ship_type": [70, 52],
        "explanation": "two vessels lay within 80 m for 25 minutes",
        "would_change": "a pilot boat's schedule",
        "rule": "meeting 1",
        "confidence": 0.875,
        "grading": "B2",
        "sightings": ["sighting-one", "sighting-two"],
        "sources": ["station-north"],
        "reason": "seen on the long camera",
        "officer": "mette",
    }
    return _record(RecordKind.ALERT, (SubjectKind.VESSEL, SubjectKind.VESSEL), position, owner, fields, changes)


def track(position: Position = KATTEGAT, owner: str = "dk.coord", **changes: object) -> Record:
    fields: dict[str, Value] = {
        "position": placed(position),
        "velocity": {"speed": 7.25, "course": 211.5},
        "time": NOW - 60_000,
        "kind": "vessel",
        "accuracy": 12.5,
        "mmsi": 219_000_001,
        "name": "EXAMPLE ONE",
        "call_sign": "OXAA1",
        "imo": 9_000_001,
        "ship_type": 70,
        "sources": ["station-north"],
    }
    return _record(RecordKind.TRACK, (SubjectKind.VESSEL,), position, owner, fields, changes)


def report(position: Position | None = KATTEGAT, owner: str = "dk.coord", **changes: object) -> Record:
    """Return a report on a vessel, with every field that a report can have."""
    return _written(RecordKind.REPORT, {}, position, owner, changes)


def notice(position: Position | None = KATTEGAT, owner: str = "dk.coord", **changes: object) -> Record:
    """Return a look-out for a vessel, with every field that a notice can have."""
    picture = png()
    held: Value = {
        "name": "hull.png",
        "type": "image/png",
        "sha256": hashlib.sha256(picture).hexdigest(),
        "content": base64.b64encode(picture).decode(),
    }
    asking: dict[str, Value] = {"kind": "look-out", "asks": ["observe", "report"], "attachments": [held]}
    return _written(RecordKind.NOTICE, asking, position, owner, changes)


PERSONS = {
    "id": "suspects-in-the-kattegat",
    "give": RecordKind.PERSON,
    "where": ("kattegat", "sound"),
    "to": PARTIES,
    "givers": PARTIES,
    "purposes": (Purpose.SMUGGLING, Purpose.BORDER_SURVEILLANCE),
    "fields": tuple(sorted(field.known(RecordKind.PERSON) - {"officer"})),
    "handling": Marks(tlp=Tlp.AMBER, onward=Onward.NO),
    "keep": 90 * DAY,
}
"""A clause that gives records about persons. The example agreement has none."""


def with_persons(terms: Terms, **changes: object) -> Terms:
    """Return the terms with a clause that gives records about persons."""
    return replace(terms, clauses=(*terms.clauses, Clause(**{**PERSONS, **changes})))  # type: ignore[arg-type]


def seeking(*origin: str, fled: tuple[str, ...] = ()) -> Protection:
    """Return the mark of somebody who seeks protection."""
    return Protection(since=NOW - 9 * DAY, origin=origin, fled=fled)


def guard(**changes: object) -> Guard:
    """Return the guard of somebody who seeks no protection, is at risk nowhere, and is looked at again in 60 days."""
    sound: dict[str, object] = {"protection": None, "risks": (), "review": NOW + 60 * DAY}
    return Guard(**{**sound, **changes})  # type: ignore[arg-type]


def at_risk(*countries: str) -> tuple[Risk, ...]:
    """Return marks of a real risk in these countries."""
    return tuple(Risk(country=one, since=NOW - 9 * DAY, source="asylum office") for one in countries)


def person(area: str = "kattegat", owner: str = "dk.coord", **changes: object) -> Record:
    """Return a record about an invented suspect, with every field that such a record can have."""
    handling = changes.get("handling", NARROW)
    assert isinstance(handling, Handling)
    kept = changes.get("guard", guard())
    fields: dict[str, Value] = {
        "names": [{"kind": "recorded", "family": "EXAMPLE", "given": "ROBIN"}],
        "birth": {"date": "1984-05", "by": "document"},
        "sex": {"value": "X", "by": "stated"},
        "nationalities": [{"country": "NO", "by": "document"}],
        "documents": [{"type": "passport", "number": "X0000000", "issuer": "NO"}],
        "description": "a scar on the left hand",
        "offence": "smuggling",
        "ground": "observed-conduct",
        "facts": "Took three pallets over from a fishing boat.",
        "area": area,
        "time": NOW - 60_000,
        "version": 1,
        "review": kept.review if isinstance(kept, Guard) else NOW + 60 * DAY,
        "grading": handling.graded,
        "on_conduct_alone": True,
        "basis": "Act on the police, section 10",
        "officer": "mette",
    }
    sound = {"handling": NARROW, "area": area, "guard": guard(), **changes}
    return _record(RecordKind.PERSON, (SubjectKind.PERSON,), None, owner, fields, sound)


def _written(
    kind: RecordKind, more: dict[str, Value], position: Position | None, owner: str, changes: dict[str, object]
) -> Record:
    handling = changes.get("handling", HANDLING)
    assert isinstance(handling, Handling)
    fields: dict[str, Value] = {
        "offence": "smuggling",
        "title": "Cigarettes by fishing boat",
        "text": "Two pallets were taken over at sea on three nights.",
        "time": NOW - 60_000,
        "since": NOW - 3 * DAY,
        "until": NOW - DAY,
        "position": placed(position) if position else None,
        "area": None,
        "subjects": ["vessel"],
        "descriptions": ["blue hull"],
        "mmsi": [219_000_001],
        "imo": [],
        "call_sign": ["OXAA1"],
        "name": ["EXAMPLE ONE"],
        "grading": handling.graded,
        "version": 2,
        "expires": NOW + 30 * DAY,
        "names_nobody": True,
        "reason": "more is known",
        "officer": "mette",
        "independent": "the pilot's own log",
        **more,
    }
    if "area" in changes:
        fields |= {"area": str(changes["area"])}
    sound = {"expires": NOW + 30 * DAY, **changes}
    return _record(kind, (SubjectKind.VESSEL,), position, owner, fields, sound)


def _record(
    kind: RecordKind,
    subjects: tuple[SubjectKind, ...],
    position: Position | None,
    owner: str,
    fields: dict[str, Value],
    changes: dict[str, object],
) -> Record:
    sound: dict[str, object] = {
        "kind": kind,
        "id": f"{kind.value}-one",
        "owner": owner,
        "time": NOW - 60_000,
        "subjects": subjects,
        "purposes": PURPOSES,
        "handling": HANDLING,
        "position": position,
        "fields": fields,
    }
    return Record(**{**sound, **changes})  # type: ignore[arg-type]


def confirmed(record: Record, **changes: object) -> Decision:
    sound: dict[str, object] = {
        "alert": record.id,
        "judgement": Judgement.CONFIRMED,
        "officer": "mette",
        "reason": "seen",
        "time": NOW - 10_000,
    }
    return Decision(**{**sound, **changes})  # type: ignore[arg-type]


def asked(record: Record, standing: Standing, /, partner: str = "se.coord", **changes: object) -> Request:
    """Return a request that the example agreement permits, unless the changes say otherwise."""
    sound: dict[str, object] = {
        "record": record,
        "partner": partner,
        "partner_country": COUNTRIES.get(partner, "NO"),
        "purpose": Purpose.SMUGGLING,
        "officer": "mette",
        "decision": confirmed(record) if record.kind is RecordKind.ALERT else None,
        "now": NOW,
        "standings": (standing,),
        "own": "dk.coord",
        "own_country": "DK",
    }
    return Request(**{**sound, **changes})  # type: ignore[arg-type]


def drawing(seed: int = 0) -> Callable[[int], bytes]:
    """Return a generator of bytes that are the same for the same seed and never repeat."""
    state = seed.to_bytes(8, "big")

    def draw(count: int) -> bytes:
        nonlocal state
        state = hashlib.sha256(state).digest()
        return hashlib.shake_128(state).digest(count)

    return draw
