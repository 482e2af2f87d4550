"""A track: the path of one subject as the picture holds it."""

from __future__ import annotations

import msgspec

from comity.vocabulary.instant import Instant
from comity.vocabulary.place import Position
from comity.vocabulary.subject import Identity


class Track(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The estimated state of one subject at `last`, smoothed over its sightings.

    `variance` is that of the position on each axis, square metres.
    """

    id: str
    identity: Identity
    sources: tuple[str, ...]
    first: Instant
    last: Instant
    sightings: int
    position: Position | None = None
    speed: float | None = None
    """Over ground, metres a second."""
    course: float | None = None
    """Over ground, degrees from true north."""
    variance: float | None = None
    latest: str = ""
    """The id of the newest sighting."""
    distress: bool = False
    simulated: bool = False
