"""A contact: one nation's newest word on one of its tracks, as the common picture needs it."""

from __future__ import annotations

import msgspec

from comity.picture.filter import SPEED_DEVIATION, Estimate, velocity_of
from comity.picture.motion import motion_of
from comity.vocabulary.common import Part
from comity.vocabulary.instant import Instant
from comity.vocabulary.place import Position
from comity.vocabulary.subject import Identity, SubjectKind

UNTOLD = 100.0
"""Metres: the deviation of a position whose owner does not tell how exact it is."""


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """Where an owner says that its track was at a time."""

    part: Part
    identity: Identity
    position: Position
    speed: float | None = None
    """Over ground, metres a second."""
    course: float | None = None
    """Over ground, degrees from true north."""
    deviation: float = UNTOLD
    """Of the position on each axis, metres, what was made coarser included."""
    sources: tuple[str, ...] = ()
    """Of its owner, where they are told."""
    distress: bool = False
    simulated: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """Owner and the owner's id: whose track it is."""
        return self.part.owner, self.part.id

    @property
    def time(self) -> Instant:
        """When it was there."""
        return self.part.last

    @property
    def provenance(self) -> frozenset[str]:
        """What it may have in common with others: its owner's sensors, and the transmitter that tells where it is."""
        owner = self.part.owner
        told = {f"{owner}/{source}" for source in self.sources} or {owner}
        return frozenset(told | {f"{name}/{value}" for name, value in self.numbers.items()})

    @property
    def numbers(self) -> dict[str, int]:
        """The numbers by which it calls itself; a default that many use is none."""
        return {
            name: value
            for name in ("mmsi", "icao")
            if (value := getattr(self.identity, name)) is not None and value not in _DEFAULTS
        }

    def estimate(self) -> Estimate:
        """Return it as a filter has it."""
        motion = motion_of(self.identity.kind)
        velocity = velocity_of(self.speed, self.course)
        spread = 2.0 * SPEED_DEVIATION if velocity else motion.typical
        east, north = velocity or (0.0, 0.0)
        return Estimate(self.time, self.position, east, north, self.deviation * self.deviation, 0.0, spread * spread)

    @property
    def shareable(self) -> bool:
        """Whether it may stand in the common picture at all: no person may."""
        return self.identity.kind is not SubjectKind.PERSON


_DEFAULTS = frozenset({0, 111_111_111, 123_456_789, 999_999_999, 1_193_046})
"""Numbers that transmitters have which nobody has set (ITU-R M.585 knows none of them); 1,193,046 is 123456 base 16."""
