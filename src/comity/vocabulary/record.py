"""A record as the permit sees it: kind, owner, marks, and fields by name."""

from __future__ import annotations

from enum import Enum
from typing import Final, TypeAlias

import msgspec

from comity.vocabulary.handling import Handling
from comity.vocabulary.instant import Instant, written
from comity.vocabulary.place import Position
from comity.vocabulary.protection import Guard
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.subject import SubjectKind


class RecordKind(Enum):
    """Kinds of record. Only those with a path can leave a node; the others are denied by their type."""

    ALERT = "alert"
    TRACK = "track"
    SIGHTING = "sighting"
    PERSON = "person"
    BIOMETRIC = "biometric"
    CASE = "case"
    REPORT = "report"
    NOTICE = "notice"

    __hash__ = object.__hash__  # each exists once; by name, as Enum has it, takes ten times as long


WRITTEN: Final = frozenset({RecordKind.REPORT, RecordKind.NOTICE})
"""Kinds of record that an officer writes: each is its officer's own word, and can be without a position."""
PLACELESS: Final = WRITTEN | {RecordKind.PERSON}
"""Kinds of record that name an area where they have no position. They have versions."""

Value: TypeAlias = str | int | float | bool | list["Value"] | dict[str, "Value"] | None
"""What a field can hold: what canonical form can write."""


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """Something kept, in the shape in which it can be given.

    `fields` holds everything known of it by name, the marks included that must never leave; the permit chooses.
    `position` and `subjects` repeat what decides about place and kind, so that a rule need not look into fields.
    """

    kind: RecordKind
    id: str
    owner: str
    """The node that originated it."""
    time: Instant
    subjects: tuple[SubjectKind, ...]
    purposes: tuple[Purpose, ...]
    handling: Handling
    position: Position | None
    fields: dict[str, Value]
    area: str = ""
    """What is written of an area instead of a position: its name in the agreement."""
    expires: Instant | None = None
    """From when it counts no more, where that was said."""
    cancelled: bool = False
    distress: bool = False
    simulated: bool = False
    guard: Guard | None = None
    """Of a record about a person: what decides where it must not go. It is no field, so that it never leaves."""

    def ended(self, now: Instant) -> str | None:
        """Return why it counts no more, None if it does."""
        if self.cancelled:
            return "it is cancelled"
        if self.expires is not None and now >= self.expires:
            return f"it expired at {written(self.expires)}"
        return None
