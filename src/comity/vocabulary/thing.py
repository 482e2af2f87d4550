"""Things: what a report or notice can be about. A person has no place in the type (docs/decisions/0071)."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import msgspec

from comity.vocabulary.subject import ShortText, SubjectKind


class ThingKind(Enum):
    """Kinds of thing: those subjects that are neither a person nor made of persons."""

    VESSEL = "vessel"
    AIRCRAFT = "aircraft"
    VEHICLE = "vehicle"
    DOCUMENT = "document"
    OBJECT = "object"

    @property
    def subject(self) -> SubjectKind:
        """The kind of subject that it is."""
        return SubjectKind(self.value)


IDENTIFIED = frozenset({ThingKind.VESSEL, ThingKind.AIRCRAFT})
"""Whose identifiers may be told. A plate or a document's number leads to a person, and has no field (safeguard 6)."""


class Thing(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One thing that a report or notice is about: by its identifiers, or as a person would describe it."""

    kind: ThingKind
    description: ShortText = ""
    mmsi: Annotated[int, msgspec.Meta(ge=0, le=999_999_999)] | None = None
    """Maritime Mobile Service Identity (ITU-R M.585), nine digits."""
    imo: Annotated[int, msgspec.Meta(ge=0, le=9_999_999)] | None = None
    """IMO ship number, seven digits."""
    call_sign: ShortText | None = None
    name: ShortText | None = None

    def __post_init__(self) -> None:
        identifiers = [each for each in (self.mmsi, self.imo, self.call_sign, self.name) if each not in (None, "")]
        if identifiers and self.kind not in IDENTIFIED:
            raise ValueError(f"a {self.kind.value} is described, not identified: what identifies it leads to a person")
        if not identifiers and not self.description.strip():
            raise ValueError(f"nothing says which {self.kind.value} it is")
