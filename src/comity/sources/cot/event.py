"""A Cursor-on-Target event, however it was written, and what sighting it is."""

from __future__ import annotations

import math

import msgspec

from comity.sources.origin import Motion
from comity.vocabulary.instant import Instant
from comity.vocabulary.place import Position
from comity.vocabulary.subject import Identity, SubjectKind

UNKNOWN = 9_999_999.0
"""What stands for an error that the sender does not know."""
_LONGEST_NAME = 120
_FASTEST = 1_000.0
_KINDS = {
    "A": SubjectKind.AIRCRAFT,
    "S": SubjectKind.VESSEL,
    "U": SubjectKind.VESSEL,
    "G-E-V": SubjectKind.VEHICLE,
    "G-E": SubjectKind.OBJECT,
    "G-I": SubjectKind.OBJECT,
    "G": SubjectKind.PARTY,
    "F": SubjectKind.PARTY,
}
"""What an atom's dimension and function say: the longest that fits counts."""
_NAMED = frozenset({SubjectKind.AIRCRAFT, SubjectKind.VESSEL})


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """What an event says; metres, metres a second, degrees. NaN is what it does not say."""

    type: str
    uid: str
    how: str
    time: Instant
    latitude: float
    longitude: float
    error: float = math.nan
    speed: float = math.nan
    course: float = math.nan
    call_sign: str = ""
    simulated: bool = False
    protocol: int = 0
    """Which version of the TAK protocol the sender asks for (`t-x-takp-q`); 0: none."""


def kind(event: Event) -> SubjectKind | None:
    """Return what an atom is about; None for what is no atom (bits, tasks, drawings) or of a dimension not listed."""
    parts = event.type.split("-")
    if len(parts) < 3 or parts[0] != "a":
        return None
    for length in (3, 2, 1):
        found = _KINDS.get("-".join(parts[2 : 2 + length]))
        if found is not None:
            return found
    return None


def identity(subject: SubjectKind, event: Event) -> Identity:
    """Return what the event says of itself: a name for ships and aircraft, and nothing where it could be a person's."""
    name = event.call_sign.strip()
    fits = subject in _NAMED and 0 < len(name) <= _LONGEST_NAME and name.isprintable()
    return Identity(kind=subject, name=name if fits else None)


def motion(event: Event) -> Motion | None:
    """Return where it is; None where the position cannot be, or is the 0, 0 of a client that has no fix."""
    inside = abs(event.latitude) <= 90 and abs(event.longitude) <= 180
    if not inside or (event.latitude == 0 and event.longitude == 0):
        return None
    return Motion(
        position=Position(event.latitude, event.longitude),
        accuracy=event.error if 0 < event.error < UNKNOWN else None,
        speed=event.speed if 0 <= event.speed <= _FASTEST else None,
        course=event.course if 0 <= event.course < 360 else None,
    )
