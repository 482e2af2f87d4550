"""Protection: what decides where a record about a person must not go. None of it is a field, so that none can leave.

Regulation (EU) 2019/1896, art. 89(5); Regulation (EU) 2024/1358, art. 49 (docs/decisions/0151).
"""

from __future__ import annotations

from typing import Annotated, TypeAlias

import msgspec

from comity.vocabulary.country import is_code
from comity.vocabulary.instant import LATEST, Instant

MOST_COUNTRIES = 20
MOST_RISKS = 50

Country: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{2}$")]
"""ISO 3166-1 alpha-2 in capitals, as on the cards of partners."""
Countries: TypeAlias = Annotated[tuple[Country, ...], msgspec.Meta(max_length=MOST_COUNTRIES)]
Moment: TypeAlias = Annotated[Instant, msgspec.Meta(ge=0, le=LATEST)]


def expect_countries(*codes: str) -> None:
    """Do nothing if each is the code of a country.

    Raises:
        ValueError: one is not.
    """
    for code in codes:
        if not is_code(code.lower()):
            raise ValueError(f"{code} is the code of no country (ISO 3166-1)")


class Protection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The mark of a person who seeks protection (safeguard 3)."""

    since: Moment
    origin: Countries
    """Countries of origin; none: it is not known, and so it could be any."""
    fled: Countries
    """Countries that the person fled, where they are others."""

    def __post_init__(self) -> None:
        expect_countries(*self.origin, *self.fled)
        if len(set(self.origin)) != len(self.origin) or len(set(self.fled)) != len(self.fled):
            raise ValueError("a country stands twice in a mark of protection")


class Risk(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The mark of a real risk to the person in a country (safeguard 19)."""

    country: Country
    since: Moment
    source: Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"\S")]
    """On whose word it rests."""

    def __post_init__(self) -> None:
        expect_countries(self.country)


class Guard(msgspec.Struct, frozen=True, kw_only=True):
    """All that stands between a record about a person and a partner, beside what is told of it."""

    protection: Protection | None
    risks: tuple[Risk, ...]
    review: Instant
    """From when nobody reads it (safeguard 7)."""


def loosened(new: Guard, old: Guard) -> bool:
    """Whether the new marks forbid less than the old: one is gone, or a country of one."""
    if {one.country for one in old.risks} - {one.country for one in new.risks}:
        return True
    if old.protection is None:
        return False
    if new.protection is None:
        return True
    if not new.protection.origin:  # unknown: it forbids every country
        return False
    kept = {*new.protection.origin, *new.protection.fled}
    return not old.protection.origin or bool({*old.protection.origin, *old.protection.fled} - kept)
