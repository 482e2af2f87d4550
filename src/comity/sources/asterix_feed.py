"""The ASTERIX feed: data blocks in, sightings of what radars and trackers see out (docs/formats/feed-asterix.md)."""

from __future__ import annotations

from collections import OrderedDict

from comity.sources.asterix import block, broadcast, monoradar, system_track
from comity.sources.asterix.block import Blocks, Record
from comity.sources.asterix.clock import Clock
from comity.sources.asterix.shape import Damaged
from comity.sources.asterix.target import Passed, Target
from comity.sources.origin import Origin
from comity.sources.report import Report
from comity.sources.station import Station
from comity.vocabulary.instant import Instant
from comity.vocabulary.sighting import Sighting

REMEMBERED = 10_000
"""Records, to see that one came twice: networks send each on two lines."""
_TIMES = {34: "030", 65: "030"}


class AsterixReader:
    """Reads a feed of ASTERIX records of categories 021, 034, 048, 062 and 065."""

    def __init__(self, origin: Origin) -> None:
        self.report = Report()
        self._origin = origin
        self._clock = Clock(origin.begin)
        self._told: dict[tuple[int, int], Station] = {}
        self._seen: OrderedDict[bytes, None] = OrderedDict()

    def pieces(self) -> Blocks:
        """Return what cuts the feed into records."""
        return Blocks()

    def take(self, piece: bytes) -> Sighting | None:
        """Take one record as `Blocks` hands it on; return its sighting, if it has one. Nothing in it raises."""
        self.report.lines += 1
        self.report.sentences += 1
        try:
            record = block.read(piece)
            target = self._target(record)
        except Damaged as fault:
            self.report.reject(fault.what, piece)
            return None
        if self._twice(target, record):
            self.report.note("a record that came twice")
            return None
        self.report.heard(target.identity.icao if isinstance(target, Target) else None)
        time = self._time(target, record)
        if isinstance(target, Passed):
            if target.why:
                self.report.note(target.why)
            return None
        if time is None or not self._origin.holds(time):
            self.report.untimed += 1
            return None
        self.report.sightings += 1
        return self._origin.sighting(record.raw, time, target.identity, target.motion)

    def end(self) -> None:
        """Nothing is held back."""

    def _target(self, record: Record) -> Target | Passed:
        if record.category == 48:
            return monoradar.target(record.items, self._station)
        if record.category == 62:
            return system_track.target(record.items)
        if record.category == 21:
            return broadcast.target(record.items)
        if record.category == 34 and (told := monoradar.site(record.items)) is not None and told.number is not None:
            self._told[told.number] = told
        return Passed("", record.items.get(_TIMES[record.category]))

    def _station(self, source: bytes) -> Station | None:
        """Return where the radar of this number stands: by the settings, and else by its own word."""
        number = source[0], source[1]
        given = {one.number: one for one in self._origin.stations}
        return given.get(number) or given.get(None) or self._told.get(number)

    def _twice(self, target: Target | Passed, record: Record) -> bool:
        """Whether the record was seen before; without a time of day two alike need not be one."""
        if target.time_of_day is None:
            return False
        if record.raw in self._seen:
            return True
        self._seen[record.raw] = None
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return False

    def _time(self, target: Target | Passed, record: Record) -> Instant | None:
        known = record.captured
        if known is None and self._origin.arrival is not None:
            known = self._origin.arrival()
        time = self._clock.time(target.time_of_day, known)
        if time is not None:
            self.report.timed(time)
        return time
