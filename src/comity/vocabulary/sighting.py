"""A sighting: one sensor's report of one subject at one time."""

from __future__ import annotations

from typing import Annotated

import msgspec

from comity.vocabulary.footprint import Footprint
from comity.vocabulary.instant import Instant
from comity.vocabulary.place import Position
from comity.vocabulary.ray import Ray
from comity.vocabulary.subject import Identity


class Sighting(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one sensor reported.

    A report without a position tells identity only (AIS type 5); one whose identity has no identifiers is a plot
    of an unidentified target (radar). `time` is when it happened by the sensor's word, shifted by the feed's
    constant where a recording is replayed; `original_time` keeps the unshifted value.
    """

    id: str
    """Drawn from the bytes reported, the source and the time, so that a report read twice is one sighting."""
    source: str
    """The feed, as the settings name it."""
    time: Instant
    identity: Identity
    original_time: Instant | None = None
    position: Position | None = None
    accuracy: Annotated[float, msgspec.Meta(gt=0)] | None = None
    """Standard deviation of the position on each axis, metres."""
    speed: Annotated[float, msgspec.Meta(ge=0)] | None = None
    """Over ground, metres a second."""
    course: Annotated[float, msgspec.Meta(ge=0, lt=360)] | None = None
    """Over ground, degrees from true north."""
    heading: Annotated[float, msgspec.Meta(ge=0, lt=360)] | None = None
    """Of the bow, degrees from true north."""
    altitude: Annotated[float, msgspec.Meta(ge=-2_000, le=100_000)] | None = None
    """Above the WGS 84 ellipsoid, metres."""
    pressure_altitude: Annotated[float, msgspec.Meta(ge=-2_000, le=100_000)] | None = None
    """In the standard atmosphere, from 1,013.25 hPa, metres: hundreds of metres off the other by weather alone."""
    distress: bool = False
    """A distress beacon or transmitter is speaking (AIS-SART, MOB, EPIRB), or an aircraft in general emergency."""
    simulated: bool = False
    footprint: Footprint | None = None
    """Where the sensor looked from `position`, which then is its own: what lies there could have been seen."""
    ray: Ray | None = None
    """How a radar measured the position, where it tells so: along the ray it is known otherwise than across."""
