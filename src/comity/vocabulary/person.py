"""A person: what an officer writes of somebody suspected of an offence (docs/formats/person.md).

Nothing in it is guessed: an attribute says how it came to be known, or is not there (safeguard 24).
"""

from __future__ import annotations

import re
from datetime import date
from enum import Enum
from typing import Annotated, Final, TypeAlias

import msgspec

from comity.vocabulary.handling import Handling, Onward, Scale, Tlp
from comity.vocabulary.instant import DAY, Duration, Instant
from comity.vocabulary.offence import Offence
from comity.vocabulary.protection import (
    MOST_RISKS,
    Country,
    Guard,
    Protection,
    Risk,
    expect_countries,
)
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.subject import ShortText

MOST_NAMES: Final = 20
MOST_NATIONALITIES: Final = 5
MOST_DOCUMENTS: Final = 20
LONGEST_REVIEW: Final[Duration] = 366 * DAY
"""How far away the review date may be."""
NARROW: Final = frozenset({Tlp.AMBER, Tlp.AMBER_STRICT, Tlp.RED})
"""The marks that a record about a person can have."""
_DATE: Final = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)

Filled: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"\S")]


class Recorded(Enum):
    """How an attribute came to be known. No word says that it was guessed from a name or a face."""

    DOCUMENT = "document"
    STATED = "stated"
    """By the person."""
    WITNESS = "witness"
    AUTHORITY = "authority"
    """Another authority's record."""


class NameKind(Enum):
    """What sort of name it is."""

    RECORDED = "recorded"
    BIRTH = "birth"
    ALIAS = "alias"
    OTHER_SPELLING = "other-spelling"


class Sex(Enum):
    """As travel documents have it (ICAO 9303); X: unspecified."""

    F = "F"
    M = "M"
    X = "X"


class DocumentKind(Enum):
    """Kinds of document that say who somebody is."""

    PASSPORT = "passport"
    IDENTITY_CARD = "identity-card"
    RESIDENCE_PERMIT = "residence-permit"
    VISA = "visa"
    TRAVEL_DOCUMENT = "travel-document"
    DRIVING_LICENCE = "driving-licence"
    OTHER = "other"


class Ground(Enum):
    """What a suspicion may rest on: what somebody did, or what was found. Nothing else is a ground (safeguard 20)."""

    CAUGHT_IN_THE_ACT = "caught-in-the-act"
    OBSERVED_CONDUCT = "observed-conduct"
    TRACES = "traces"
    FALSE_DOCUMENT = "false-document"
    GOODS_OR_MONEY = "goods-or-money"
    WITNESS = "witness"
    AUTHORITY = "authority"
    """What a court or another authority found."""


class PersonName(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One name, as it was recorded."""

    kind: NameKind
    family: ShortText
    given: ShortText

    def __post_init__(self) -> None:
        if not (self.family.strip() or self.given.strip()):
            raise ValueError("a name is empty")


class Birth(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A date of birth, as far as it is known: a year, a month of one, or a day."""

    date: Annotated[str, msgspec.Meta(max_length=10)]
    by: Recorded

    def __post_init__(self) -> None:
        found = _DATE.fullmatch(self.date)
        if found is None:
            raise ValueError(f"{self.date!r} is no date like 1984, 1984-05 or 1984-05-17")
        year, month, day = (int(part) if part else 1 for part in found.groups())
        try:
            date(year, month, day)
        except ValueError as error:
            raise ValueError(f"{self.date} is no date") from error


class RecordedSex(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A sex, and how it came to be known."""

    value: Sex
    by: Recorded


class Nationality(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A nationality, and how it came to be known."""

    country: Country
    by: Recorded

    def __post_init__(self) -> None:
        expect_countries(self.country)


class IdentityDocument(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A document that says who somebody is."""

    type: DocumentKind
    number: Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern=r"\S")]
    issuer: Country

    def __post_init__(self) -> None:
        expect_countries(self.issuer)


class Person(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One version of a record about a person, but for its review date, which is kept beside it."""

    id: str
    """Random: it tells nothing."""
    version: Annotated[int, msgspec.Meta(ge=1, le=9_999)]
    officer: str
    time: Instant
    """When this version was written."""
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
    """The officer's word that neither belief, opinion, origin, health nor sexuality is told or a ground. Never no."""
    area: Annotated[str, msgspec.Meta(min_length=1, max_length=63)]
    """An area of an agreement, by its name there: where the offence was, or is expected."""
    purposes: Annotated[tuple[Purpose, ...], msgspec.Meta(min_length=1)]
    basis: Filled
    """The law on which it is held."""
    scale: Scale
    handling: Handling
    protection: Protection | None = None
    risks: Annotated[tuple[Risk, ...], msgspec.Meta(max_length=MOST_RISKS)] = ()
    simulated: bool = False

    def __post_init__(self) -> None:
        if not self.on_conduct_alone:
            raise ValueError("belief, opinion, origin, health and sexuality are no grounds, and are not told")
        if self.handling.tlp not in NARROW or self.handling.onward is not Onward.NO:
            raise ValueError("a record about a person is marked AMBER or stricter, and passed on to nobody")
        if (self.handling.evaluation is not msgspec.UNSET) != (self.scale is Scale.FOUR_BY_FOUR):
            raise ValueError("it is graded on one scale, the one that it names")
        for noun, listed in (
            ("name", self.names),
            ("nationality", [one.country for one in self.nationalities]),
            ("document", self.documents),
            ("risk", [one.country for one in self.risks]),
            ("purpose", self.purposes),
        ):
            if len(set(listed)) != len(listed):
                raise ValueError(f"a {noun} stands twice")

    def guard(self, review: Instant) -> Guard:
        """Return what stands between it and a partner, with this review date."""
        return Guard(protection=self.protection, risks=self.risks, review=review)


def born_by(birth: Birth) -> str:
    """Return the earliest day that the date of birth can mean, like `1984-05-01`."""
    return (birth.date + "-01-01")[:10] if len(birth.date) == 4 else (birth.date + "-01")[:10]
