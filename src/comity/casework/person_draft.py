"""A person's draft: what an officer hands in, and the record that it becomes (docs/formats/person.md)."""

from __future__ import annotations

from typing import Annotated

import msgspec

from comity.casework.draft import Marks
from comity.foundation.store.persons import KeptPerson
from comity.vocabulary import instant
from comity.vocabulary.fault import Fault
from comity.vocabulary.handling import Handling, read_grading
from comity.vocabulary.instant import Instant
from comity.vocabulary.offence import Offence
from comity.vocabulary.person import (
    LONGEST_REVIEW,
    MOST_DOCUMENTS,
    MOST_NAMES,
    MOST_NATIONALITIES,
    Birth,
    Filled,
    Ground,
    IdentityDocument,
    Nationality,
    Person,
    PersonName,
    RecordedSex,
    born_by,
)
from comity.vocabulary.protection import MOST_RISKS, Protection, Risk
from comity.vocabulary.purpose import Purpose


class PersonDraft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A record about a suspect, as its writer hands it in: nothing that decides where it goes has a default."""

    names: Annotated[tuple[PersonName, ...], msgspec.Meta(min_length=1, max_length=MOST_NAMES)]
    birth: Birth | None = None
    sex: RecordedSex | None = None
    nationalities: Annotated[tuple[Nationality, ...], msgspec.Meta(max_length=MOST_NATIONALITIES)] = ()
    documents: Annotated[tuple[IdentityDocument, ...], msgspec.Meta(max_length=MOST_DOCUMENTS)] = ()
    description: Annotated[str, msgspec.Meta(max_length=1_000)] = ""
    offence: Offence
    ground: Ground
    facts: Annotated[str, msgspec.Meta(min_length=1, max_length=4_000, pattern=r"\S")]
    on_conduct_alone: bool
    """The writer's word that neither belief, opinion, origin, health nor sexuality is told or a ground."""
    area: Annotated[str, msgspec.Meta(min_length=1, max_length=63)]
    purposes: Annotated[tuple[Purpose, ...], msgspec.Meta(min_length=1, max_length=len(Purpose))]
    basis: Filled
    marks: Marks
    review: Instant
    protection: Protection | None
    """Null says that the person seeks none."""
    risks: Annotated[tuple[Risk, ...], msgspec.Meta(max_length=MOST_RISKS)]
    """None says that none is known."""
    simulated: bool = False


class PersonSignature(msgspec.Struct, frozen=True, kw_only=True):
    """What the node adds to a draft: which record and version it becomes, whose and when."""

    id: str
    version: int
    officer: str
    time: Instant


def signed(draft: PersonDraft, signature: PersonSignature, salt: bytes, now: Instant) -> KeptPerson:
    """Return the record that the draft becomes.

    Raises:
        Fault: the draft does not hold together; it says what is wrong.
    """
    expect_review(draft.review, now)
    if draft.birth is not None and born_by(draft.birth) > instant.written(now)[:10]:
        raise Fault("the date of birth is to come", where="birth", remedy="Correct it, or leave it out.")
    try:
        made = Person(**{**_parts(draft), **msgspec.structs.asdict(signature)})
    except ValueError as error:
        raise Fault(str(error), where="draft", remedy="Correct it and hand it in again.") from error
    return KeptPerson(person=made, review=draft.review, changed=signature.time, salt=salt)


def expect_review(review: Instant, now: Instant) -> None:
    """Do nothing if the date is to come, and not too far.

    Raises:
        Fault: it is not.
    """
    if not now < review <= now + LONGEST_REVIEW:
        latest = instant.written(now + LONGEST_REVIEW)[:10]
        raise Fault("the review date is past, or too far away", where="review", remedy=f"Name a day up to {latest}.")


def _parts(draft: PersonDraft) -> dict[str, object]:
    marks = draft.marks
    grading, evaluation = read_grading(marks.scale, marks.grading)
    handling = Handling(
        tlp=marks.tlp, onward=marks.onward, proceedings=marks.proceedings, grading=grading, evaluation=evaluation
    )
    own = {name: getattr(draft, name) for name in draft.__struct_fields__ if name not in ("marks", "review")}
    return {**own, "scale": marks.scale, "handling": handling}
