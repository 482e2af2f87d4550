"""AIS by the block: what can be scanned is, and each line in front of which the scan stops is taken by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from comity.sources.ais_feed import AHEAD, APART
from comity.sources.ais_scan import Scan
from comity.sources.ais_sightings import Sightings
from comity.sources.nmea import Receiver
from comity.sources.origin import Origin
from comity.sources.report import Report
from comity.vocabulary.instant import Instant
from comity.vocabulary.sighting import Sighting

_EVER: Instant = 2**62
_LONGEST_PACE = 64
"""Lines."""


class ByBlock:
    """Reads blocks of lines that a `Receiver` would read one by one, and leaves it as if it had."""

    def __init__(self, origin: Origin, receiver: Receiver, report: Report) -> None:
        self._origin = origin
        self._receiver = receiver
        self._scan = Scan(receiver, report, apart=APART)
        self._sightings = Sightings(origin, report)

    def taken(self, block: bytes, line: Callable[[bytes], Sighting | None]) -> Iterator[Sighting]:
        """Yield the sightings of a block, which ends with a line feed or is empty; `line` takes one line by itself.

        Where one stop follows another the pieces that are taken by line grow, so that garbage costs no more by it.
        """
        data, place, pace, scan = np.frombuffer(block, np.uint8), 0, 1, self._scan
        while place < len(block):
            if not self._receiver.held()[0]:
                before, place = place, scan.read(data, place, self._believed())
                pace = 1 if place > before else min(2 * pace, _LONGEST_PACE)
            for each in _some(block, place, 0 if scan.full else pace):
                place += len(each) + 1
                sighting = line(each)
                if sighting is not None:
                    yield from self._scanned(block)
                    yield sighting
            if scan.full:
                yield from self._scanned(block)
        yield from self._scanned(block)

    def _scanned(self, block: bytes) -> list[Sighting]:
        """Return the sightings of what was scanned."""
        scan = self._scan
        made = self._sightings.made(block, scan.columns, scan.rows) if scan.rows else []
        scan.clear()
        return made

    def _believed(self) -> Instant:
        return _EVER if self._origin.arrival is None else self._origin.arrival() + AHEAD


def _some(block: bytes, place: int, most: int) -> list[bytes]:
    """Return so many lines from a place on, or those that are left."""
    end = place
    for _ in range(most):
        following = block.find(b"\n", end)
        if following < 0:
            break
        end = following + 1
    return block[place:end].split(b"\n")[:-1]
