"""The answer: to whom and for what a record should be given, and what the permit says of it, in the API's words."""

from __future__ import annotations

from typing import Annotated

import msgspec

from comity.agreements.permit import Denial, Permit
from comity.api.fields import Fields
from comity.vocabulary.instant import Instant
from comity.vocabulary.partner import NAME_PATTERN
from comity.vocabulary.purpose import Purpose


class Asking(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """To whom and for what the record should be given."""

    partner: Annotated[str, msgspec.Meta(pattern=NAME_PATTERN)]
    purpose: Purpose


class Withheld(msgspec.Struct, frozen=True):
    """A field that is not given, and why."""

    field: str
    reason: str
    clause: str


class Nearest(msgspec.Struct, frozen=True):
    """A clause that could have permitted it, and its first condition that was not met."""

    agreement: str
    clause: str
    """Empty where the agreement itself stands in the way."""
    condition: str


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What the permit says; `message` is the id of the release, once it is on its way."""

    permitted: bool
    message: str | None = None
    agreement: str = ""
    version: int = 0
    clause: str = ""
    basis: str = ""
    fields: tuple[str, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    keep_until: Instant = 0
    code: str = ""
    reason: str = ""
    safeguard: int | None = None
    nearest: tuple[Nearest, ...] = ()
    """Of a denial, the clause that came closest first."""
    ours: Fields = {}
    """Of a preview, every field of our record."""
    theirs: Fields = {}
    """Of a preview, the fields exactly as the partner would read them, coarser ones included."""


def answer(given: Permit | Denial, message: bytes | None = None) -> Answer:
    """Return the permit or denial in the API's words."""
    if isinstance(given, Denial):
        return Answer(
            permitted=False,
            code=given.code,
            reason=given.reason,
            safeguard=given.safeguard,
            nearest=tuple(Nearest(item.agreement, item.clause, item.condition) for item in given.nearest),
        )
    return Answer(
        permitted=True,
        message=message.hex() if message else None,
        agreement=given.agreement,
        version=given.version,
        clause=given.clause,
        basis=given.basis,
        fields=given.fields,
        withheld=tuple(Withheld(item.field, item.reason, item.clause) for item in given.withheld),
        keep_until=given.keep_until,
    )
