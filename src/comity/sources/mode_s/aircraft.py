"""Aircraft: what has been heard of each lately, to tell where its reports are."""

from __future__ import annotations

from collections import OrderedDict

import msgspec

from comity.foundation.geodesy import distance
from comity.sources.mode_s import cpr
from comity.sources.mode_s.accuracy import by_category, by_type
from comity.sources.mode_s.cpr import Folded
from comity.sources.mode_s.frame import Squitter
from comity.sources.mode_s.said import Place, Velocity
from comity.vocabulary.instant import SECOND, Duration, Instant
from comity.vocabulary.place import Position

MOST = 20_000
"""Aircraft remembered at one time; the one longest silent is forgotten."""
AIR_PAIR: Duration = 10 * SECOND
"""Between an even and an odd report in the air (DO-260B, 2.2.10.3.1)."""
GROUND_PAIR: Duration = 25 * SECOND
"""On the ground, whatever the speed."""
FRESH: Duration = 60 * SECOND
"""How long a position tells the zone of the next, and an emergency or a category of accuracy holds."""
MOVING: Duration = 5 * SECOND
"""How long a velocity holds for the positions behind it."""
_FASTEST = 1_000.0
"""Metres a second. What is faster is no aircraft that speaks like this."""
_SLACK = 2_000.0
"""Metres on top: times may be rounded to seconds."""
_GROUND_REACH = 80_000.0
"""Metres: within which a position on the ground can be told from a known one (45 nautical miles, and not all of it)."""


class Jump(msgspec.Struct, frozen=True):
    """A position so far from the last that one of the two is wrong."""


class Aircraft(msgspec.Struct):
    """One aircraft."""

    reports: dict[bool, tuple[Folded, Instant]] = msgspec.field(default_factory=dict)
    """Its last even and its last odd report."""
    position: Position | None = None
    placed: Instant = 0
    velocity: Velocity | None = None
    moved: Instant = 0
    emergency: Instant | None = None
    """When it last said that it is in distress."""
    category: int | None = None
    graded: Instant = 0

    def place(self, said: Place, time: Instant, station: Position | None) -> Position | Jump | None:
        """Return where a report is; None as long as that cannot be told."""
        known = self.position if self.position is not None and abs(time - self.placed) <= FRESH else None
        found = self._from_pair(said.folded, time, known or station)
        if found is None:
            found = _from_known(said.folded, known, station)
        self.reports[said.folded.odd] = (said.folded, time)
        if found is None:
            return None
        if known is not None and distance(known, found) > _SLACK + _FASTEST * abs(time - self.placed) / SECOND:
            self.position, self.reports = None, {}
            return Jump()
        self.position, self.placed = found, time
        return found

    def _from_pair(self, folded: Folded, time: Instant, near: Position | None) -> Position | None:
        other = self.reports.get(not folded.odd)
        if other is None or abs(time - other[1]) > (GROUND_PAIR if folded.surface else AIR_PAIR):
            return None
        return cpr.pair(other[0], folded, near)

    def accuracy(self, said: Place, time: Instant) -> float | None:
        """Return the standard deviation of a reported position, metres."""
        if self.category is not None and abs(time - self.graded) <= FRESH:
            return by_category(self.category)
        return by_type(said.type)

    def motion(self, said: Place, time: Instant) -> Velocity:
        """Return the velocity that holds for a reported position."""
        if said.velocity is not None:
            return said.velocity
        if self.velocity is not None and abs(time - self.moved) <= MOVING:
            return self.velocity
        return Velocity()

    def in_distress(self, time: Instant) -> bool:
        """Whether it has said so lately."""
        return self.emergency is not None and abs(time - self.emergency) <= FRESH


def _from_known(folded: Folded, known: Position | None, station: Position | None) -> Position | None:
    if known is not None:
        return cpr.nearby(folded, known)
    if folded.surface and station is not None:
        # what a receiver hears on the ground is near it; in the air it may be beyond half a zone
        found = cpr.nearby(folded, station)
        return found if found is not None and distance(found, station) <= _GROUND_REACH else None
    return None


class Fleet:
    """The aircraft heard lately, no more than `MOST`."""

    def __init__(self) -> None:
        self._aircraft: OrderedDict[tuple[int, bool], Aircraft] = OrderedDict()

    def get(self, squitter: Squitter) -> Aircraft:
        """Return what is known of the sender."""
        sender = squitter.address, squitter.anonymous
        known = self._aircraft.pop(sender, None) or Aircraft()
        self._aircraft[sender] = known
        if len(self._aircraft) > MOST:
            self._aircraft.popitem(last=False)
        return known
