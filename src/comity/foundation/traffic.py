"""Traffic: what counts as one passage, for the archive that counts them and the rule that judges by the counts."""

from __future__ import annotations

from bisect import bisect_right

import msgspec

from comity.foundation.geodesy import KNOT
from comity.vocabulary.instant import HOUR, Instant
from comity.vocabulary.subject import SubjectKind

SPEEDS: dict[SubjectKind, tuple[float, ...]] = {
    SubjectKind.VESSEL: (0.5, 3.0, 8.0, 14.0, 22.0),
    SubjectKind.AIRCRAFT: (30.0, 120.0, 250.0, 450.0),
}
"""Knots that part the speed classes of each kind; no other kind is learned (safeguard 5)."""
SECTORS = 8
"""Of the course, north in the middle of the first."""
STILL = 8
"""Stands for the sector of what is in the lowest speed class."""
AGAIN = HOUR
"""A track in one place with one motion counts once in so long."""


class Passage(msgspec.Struct, frozen=True):
    """One track in one place with one motion."""

    track: str
    time: Instant
    """Its first report of the hour."""
    kind: str
    place: int
    motion: int


def motion(kind: SubjectKind, speed: float, course: float | None) -> int | None:
    """Return the motion of a speed in metres a second and a course in degrees; None where it cannot be told."""
    pace = bisect_right(SPEEDS[kind], speed / KNOT)
    if pace == 0:
        return STILL
    if course is None:
        return None
    return pace * (SECTORS + 1) + int((course + 180.0 / SECTORS) % 360.0 // (360.0 / SECTORS))


def told(kind: SubjectKind, motion: int) -> str:
    """Return the motion in words, such as `going south-west at 8 to 14 kn`."""
    bounds = SPEEDS[kind]
    pace, sector = divmod(motion, SECTORS + 1)
    if sector == STILL:
        return f"lying still or drifting below {bounds[0]:g} kn"
    speed = f"above {bounds[-1]:g} kn" if pace == len(bounds) else f"at {bounds[pace - 1]:g} to {bounds[pace]:g} kn"
    return f"going {_NAMES[sector]} {speed}"


_NAMES = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")
