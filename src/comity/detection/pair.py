"""A pair: two slow vessels beside each other, and since when."""

from __future__ import annotations

import math

import msgspec

from comity.detection.drift import Drift
from comity.detection.evidence import Evidence
from comity.detection.wording import called, capitalised, knots, lasting, metres
from comity.foundation.geodesy import distance
from comity.vocabulary.instant import Duration, Instant, written
from comity.vocabulary.place import Position
from comity.vocabulary.sighting import Sighting


class Pair(msgspec.Struct):
    """Two vessels, when they came together, and what has been seen of it."""

    one: Drift
    other: Drift
    begin: Instant
    last: Instant
    places: tuple[Position, Position]
    """Where each was when it began."""
    evidence: Evidence
    nearest: float = math.inf
    """Metres, as `farthest`."""
    farthest: float = 0.0
    seen_both: int = 0
    """How often one source saw both at one instant."""
    due: Instant = 0
    """When it is next to be told of, if it still lasts."""
    told: Instant | None = None
    """What the alert last said of its end; None while there is none."""

    @staticmethod
    def key(one: str, other: str) -> str:
        """Return the name of the pair of two tracks, whichever comes first."""
        return "/".join(sorted((one, other)))

    @classmethod
    def begun(cls, one: Drift, other: Drift, time: Instant, due: Instant) -> Pair:
        """Return a new pair."""
        return cls(one, other, time, time, (one.position, other.position), Evidence(), due=due)

    @property
    def name(self) -> str:
        """What the pair is kept under."""
        return self.key(self.one.track.id, self.other.track.id)

    def beside(self, drift: Drift) -> Drift:
        """Return the other of the two."""
        return self.other if drift is self.one else self.one

    def extend(self, drift: Drift, other: Drift, sighting: Sighting, apart: float, instant: Duration) -> None:
        """Note a sighting of one of the two while they are together."""
        self.last = max(self.last, sighting.time)
        self.evidence.add(sighting)
        self.nearest, self.farthest = min(self.nearest, apart), max(self.farthest, apart)
        heard = other.heard.get(sighting.source)
        if heard is not None and abs(sighting.time - heard) <= instant and drift is not other:
            self.seen_both += 1

    def are_two(self, both: int) -> bool:
        """Whether these are two vessels and not one seen twice, or one whose identity is on two tracks."""
        first, second = self.one.track.identity.mmsi, self.other.track.identity.mmsi
        if first is not None and second is not None:
            return first != second
        return self.seen_both >= both

    def are_moored(self, within: float) -> bool:
        """Whether neither was ever seen under way and neither has gone farther than `within` metres."""
        if self.one.under_way or self.other.under_way:
            return False
        gone = zip(self.places, (self.one.position, self.other.position), strict=True)
        return all(distance(then, now) <= within for then, now in gone)


def explained(pair: Pair, speed: float) -> str:
    """Return in words what was seen; `speed` is the rule's, metres a second."""
    first, second = sorted((pair.one.track, pair.other.track), key=lambda track: track.id)
    return capitalised(
        f"{called(first.identity)} and {called(second.identity)} have been together from {written(pair.begin)} to"
        f" {written(pair.last)}, {lasting(pair.last - pair.begin)}, never more than {metres(pair.farthest)} and at"
        f" times {metres(pair.nearest)} apart, each making less than {knots(speed)}, in {len(pair.evidence)} sightings."
    )
