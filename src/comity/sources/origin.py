"""An origin: which feed a sighting comes from, and what it adds to each."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256

import msgspec

from comity.sources.station import Station
from comity.sources.wanted import Wanted
from comity.vocabulary.instant import LATEST, Duration, Instant
from comity.vocabulary.place import Position
from comity.vocabulary.ray import Ray
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import Identity

_ID_LENGTH = 32


class Motion(msgspec.Struct, frozen=True, kw_only=True):
    """Where a subject is and how it moves, in a sighting's units; None is what the sensor did not say."""

    position: Position | None = None
    accuracy: float | None = None
    speed: float | None = None
    course: float | None = None
    heading: float | None = None
    altitude: float | None = None
    pressure_altitude: float | None = None
    distress: bool = False
    simulated: bool = False
    """The sensor itself says that there is nothing there."""
    ray: Ray | None = None


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """One feed as the settings name it.

    `shift` is added to every time of a recording, in milliseconds. `arrival` is given for a live feed: it tells the
    time at which a report without a time of its own came in; a recording has none, and such reports stay untimed.
    `begin` is when a recording began whose own clock tells no day; `stations` are where the sensors stand.
    `wanted` is what a plate reader may notice; without it, nothing.
    """

    source: str
    shift: Duration = 0
    simulated: bool = False
    arrival: Callable[[], Instant] | None = None
    begin: Instant | None = None
    stations: tuple[Station, ...] = ()
    wanted: Wanted | None = None

    def sighting(self, raw: bytes, time: Instant, identity: Identity, motion: Motion) -> Sighting:
        """Return the sighting of a report whose bytes are `raw` and whose own time is `time`."""
        shown = time + self.shift
        return Sighting(
            id=self.identifier(raw, shown),
            source=self.source,
            time=shown,
            identity=identity,
            original_time=time if self.shift else None,
            position=motion.position,
            accuracy=motion.accuracy,
            speed=motion.speed,
            course=motion.course,
            heading=motion.heading,
            altitude=motion.altitude,
            pressure_altitude=motion.pressure_altitude,
            distress=motion.distress,
            simulated=self.simulated or motion.simulated,
            ray=motion.ray,
        )

    def identifier(self, raw: bytes, shown: Instant) -> str:
        """Return the id of a sighting, drawn from source, shifted time and bytes.

        The same report read twice is one sighting, and the same recording replayed at another time is another day.
        """
        return sha256(b"%b\x00%d\x00%b" % (self.source.encode(), shown, raw)).hexdigest()[:_ID_LENGTH]

    def holds(self, time: Instant) -> bool:
        """Whether the time, shifted, can be written at all."""
        return 0 <= time + self.shift <= LATEST
