"""The machine-readable zone of a travel document, read with everything about it that is not as it should be."""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import Final

import msgspec

from comity.screening.check_digit import FILLER
from comity.screening.layout import LAYOUTS, Name, Place
from comity.screening.repair import Misfit, Repair, repaired
from comity.screening.zone import Lines, carried, checks, lines_of
from comity.vocabulary.person import DocumentKind, Sex
from comity.vocabulary.travel_document import Size, TravelDocument, is_issuer

_KINDS: Final = {"P": DocumentKind.PASSPORT, "V": DocumentKind.VISA}
_CENTURIES: Final = (1900, 2000, 2100)


class DoubtKind(Enum):
    """What sort of thing is not as it should be."""

    CHECK_DIGIT = "check-digit"
    CHARACTER = "character"
    DATE = "date"
    EXPIRED = "expired"
    ISSUER = "issuer"


class Doubt(msgspec.Struct, frozen=True):
    """One thing that is not as it should be, in words."""

    field: Name
    kind: DoubtKind
    what: str


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What was read of a zone."""

    document: TravelDocument
    repairs: tuple[Repair, ...]
    doubts: tuple[Doubt, ...]


def read(text: str, today: date) -> Reading:
    """Return what the zone tells; `today` is for centuries and expiry. What is wrong in it is told as doubts.

    Raises:
        Fault: it is no zone: its lines are of no size, or a character is none of a zone's.
    """
    size, lines = lines_of(text)
    lines, repairs, misfits = repaired(size, lines)
    document = _document(size, lines, today)
    of_zone = [*(_of_character(size, misfit) for misfit in misfits), *_of_digits(size, lines)]
    of_document = _of_document(document, _dates(size, lines), today)
    return Reading(document=document, repairs=repairs, doubts=(*of_zone, *of_document))


def _document(size: Size, lines: Lines, today: date) -> TravelDocument:
    told = {name: lines[field.line][field.begin : field.end] for name, field in LAYOUTS[size].fields.items()}
    rest = carried(LAYOUTS[size], lines)
    family, _, given = told[Name.NAMES].partition(FILLER * 2)
    optional = (told[Name.OPTIONAL][len(rest) :], told.get(Name.SECOND_OPTIONAL, ""))
    code = _plain(told[Name.CODE])
    sex = told[Name.SEX]
    return TravelDocument(
        size=size,
        kind=_KINDS.get(code[:1], DocumentKind.IDENTITY_CARD),
        code=code,
        issuer=_plain(told[Name.ISSUER]),
        number=_plain(told[Name.NUMBER] + rest[:-1]),
        family=_plain(family),
        given=_plain(given),
        nationality=_plain(told[Name.NATIONALITY]),
        birth=_birth(told[Name.BIRTH], today) or "",
        sex=Sex(sex) if sex in {"F", "M"} else Sex.X,
        expiry=_expiry(told[Name.EXPIRY], today) or "",
        optional=tuple(filter(None, map(_plain, optional))),
        truncated=not told[Name.NAMES].endswith(FILLER),
    )


def _plain(text: str) -> str:
    """Return the text with fillers as spaces, none at its ends and none doubled."""
    return " ".join(text.replace(FILLER, " ").split())


def _birth(text: str, today: date) -> str | None:
    """Return a date of birth as far as it is known; None if it is none."""
    year, month, day = text[:2], text[2:4], text[4:]
    if not year.strip(FILLER):
        return None if (month + day).strip(FILLER) else ""
    known = [part for part in (month, day) if part.strip(FILLER)]
    if (not month.strip(FILLER) and known) or not "".join([year, *known]).isdigit():
        return None
    for century in reversed(_CENTURIES):
        found = _day(century + int(year), *known)
        if found is not None and found <= today:
            return found.isoformat()[: 4 + 3 * len(known)]
    return None


def _expiry(text: str, today: date) -> str | None:
    """Return the date nearest to today that is written so; None if it is none."""
    if not text.isdigit():
        return None
    days = [_day(century + int(text[:2]), text[2:4], text[4:]) for century in _CENTURIES]
    found = min((day for day in days if day is not None), key=lambda day: abs(day - today), default=None)
    return found.isoformat() if found is not None else None


def _day(year: int, month: str = "01", day: str = "01") -> date | None:
    try:
        return date(year, int(month), int(day))
    except ValueError:
        return None


def _dates(size: Size, lines: Lines) -> dict[Name, str]:
    fields = LAYOUTS[size].fields
    return {name: lines[fields[name].line][fields[name].begin : fields[name].end] for name in (Name.BIRTH, Name.EXPIRY)}


def _of_character(size: Size, misfit: Misfit) -> Doubt:
    fields = LAYOUTS[size].fields.items()
    row, column = misfit.line - 1, misfit.column - 1
    within = (
        name for name, each in fields if each.line == row and (each.begin <= column < each.end or each.check == column)
    )
    name = next(within, Name.ALL)
    wanted = "a digit" if misfit.holds is Place.DIGIT else "a letter"
    where = f"line {misfit.line}, column {misfit.column}"
    return Doubt(name, DoubtKind.CHARACTER, f"{misfit.read} stands at {where}, where only {wanted} can be")


def _of_digits(size: Size, lines: Lines) -> list[Doubt]:
    return [
        Doubt(
            check.name,
            DoubtKind.CHECK_DIGIT,
            f"the check digit {'over all' if check.name is Name.ALL else f'of the {check.name.value}'} is {check.read},"
            f" and {check.computed} is computed",
        )
        for check in checks(size, lines)
        if not check.holds
    ]


def _of_document(document: TravelDocument, written: dict[Name, str], today: date) -> list[Doubt]:
    found = []
    if _birth(written[Name.BIRTH], today) is None:
        found.append(Doubt(Name.BIRTH, DoubtKind.DATE, f"{written[Name.BIRTH]} is no date of birth"))
    if not document.expiry:
        found.append(Doubt(Name.EXPIRY, DoubtKind.DATE, f"{written[Name.EXPIRY]} is no date of expiry"))
    elif date.fromisoformat(document.expiry) < today:
        found.append(Doubt(Name.EXPIRY, DoubtKind.EXPIRED, f"it expired on {document.expiry}"))
    for name, code in ((Name.ISSUER, document.issuer), (Name.NATIONALITY, document.nationality)):
        if not is_issuer(code):
            found.append(
                Doubt(
                    name,
                    DoubtKind.ISSUER,
                    f"the {name.value} {code or 'left out'} is no code of a State or other issuer",
                )
            )
    return found
