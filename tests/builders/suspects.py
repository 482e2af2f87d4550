"""Records about invented suspects for tests, each sound until a test changes one thing, and two nodes that share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec.structs import replace

from builders import informed, pair
from builders.neighbours import ANNA, Neighbours, neighbours
from comity.agreements import field
from comity.agreements.clause import Clause
from comity.agreements.clause import Marks as ClauseMarks
from comity.agreements.terms import Terms
from comity.casework.draft import Marks
from comity.casework.person_draft import PersonDraft
from comity.foundation.store.store import Store
from comity.node.assemble import Node
from comity.node.flow_release import Asked, Released
from comity.vocabulary.handling import Onward, Scale, Tlp
from comity.vocabulary.instant import DAY
from comity.vocabulary.offence import Offence
from comity.vocabulary.person import (
    Birth,
    DocumentKind,
    Ground,
    IdentityDocument,
    NameKind,
    Nationality,
    PersonName,
    Recorded,
)
from comity.vocabulary.protection import Protection, Risk
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import RecordKind

FAMILY, GIVEN, NUMBER = "EXEMPLARIUS", "ROBIN", "X0000000"
"""Of the person whom these records are about. Nobody is called so."""
TOLD = (FAMILY, GIVEN, NUMBER, "pallets", "1984-05", "scar")
"""Words out of the record, which stand nowhere where it must not be."""
REVIEW = pair.NOW + 60 * DAY


def draft(**changes: object) -> PersonDraft:
    """Return the draft of a record about a suspect."""
    sound: dict[str, object] = {
        "names": (PersonName(kind=NameKind.RECORDED, family=FAMILY, given=GIVEN),),
        "birth": Birth(date="1984-05", by=Recorded.DOCUMENT),
        "nationalities": (Nationality(country="NO", by=Recorded.DOCUMENT),),
        "documents": (IdentityDocument(type=DocumentKind.PASSPORT, number=NUMBER, issuer="NO"),),
        "description": "a scar on the left hand",
        "offence": Offence.SMUGGLING,
        "ground": Ground.OBSERVED_CONDUCT,
        "facts": "Took three pallets over from a fishing boat.",
        "on_conduct_alone": True,
        "area": "kattegat",
        "purposes": (Purpose.SMUGGLING,),
        "basis": "Act on the police, section 10",
        "marks": Marks(tlp=Tlp.AMBER, onward=Onward.NO, scale=Scale.ADMIRALTY, grading="B2"),
        "review": REVIEW,
        "protection": None,
        "risks": (),
    }
    return PersonDraft(**{**sound, **changes})  # type: ignore[arg-type]


def seeking(*origin: str, fled: tuple[str, ...] = ()) -> Protection:
    """Return the mark of somebody who seeks protection."""
    return Protection(since=pair.NOW - DAY, origin=origin, fled=fled)


def at_risk(*countries: str) -> tuple[Risk, ...]:
    """Return marks of a real risk in these countries."""
    return tuple(Risk(country=one, since=pair.NOW - DAY, source="asylum office") for one in countries)


def persons_terms(name: str = "kattegat-persons") -> Terms:
    """Return an agreement that gives records about persons in the Kattegat, and what the example gives."""
    clause = Clause(
        id="suspects-in-the-kattegat",
        give=RecordKind.PERSON,
        where=("kattegat",),
        to=pair.TERMS.between,
        givers=pair.TERMS.between,
        purposes=(Purpose.SMUGGLING,),
        fields=tuple(sorted(field.known(RecordKind.PERSON) - {"officer"})),
        handling=ClauseMarks(tlp=Tlp.AMBER, onward=Onward.NO),
        keep=90 * DAY,
    )
    return replace(pair.TERMS, agreement=name, clauses=(*pair.TERMS.clauses, clause))


@contextmanager
def two(dk_store: Store, se_store: Store, folder: Path) -> Iterator[Neighbours]:
    """Yield two nodes that serve their exchanges, with an agreement that gives records about persons in force."""
    with neighbours(dk_store, se_store, folder) as both:
        for node in (both.dk, both.se):
            informed.agreed(node, persons_terms())
        yield both


def asked(record: str, partner: str = "se.coord", officer: str = ANNA.name) -> Asked:
    """Return what an officer asks to give of a record about a person."""
    return Asked(kind=RecordKind.PERSON, record=record, partner=partner, purpose=Purpose.SMUGGLING, officer=officer)


def given(node: Node, what: PersonDraft | None = None, partner: str = "se.coord") -> tuple[str, bytes]:
    """Write a record and release it to the partner; return its id and the message."""
    made = node.persons.write(ANNA, what or draft()).person.id
    answer = node.releases.release(ANNA, asked(made, partner))
    assert isinstance(answer, Released), answer
    return made, answer.message
