"""The AIS feed as a stream: the same sightings as line by line, at many times the speed where many come together."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from comity.sources.ais_feed import AHEAD, APART, AisReader
from comity.sources.ais_scan import Scan
from comity.sources.ais_sightings import Sightings
from comity.sources.line import LONGEST, Lines
from comity.sources.origin import Origin
from comity.sources.stream import Stream
from comity.vocabulary.sighting import Sighting

FEW = 4_096
"""Bytes. What comes in smaller pieces is read line by line: nothing is gained by columns of a few rows."""
_EVER = 2**62
_LONGEST_PACE = 64
"""Lines."""


class AisStream(Stream):
    """Reads an AIS feed by the block (docs/formats/feed-ais.md, docs/decisions/0210)."""

    def __init__(self, origin: Origin, *, few: int = FEW) -> None:
        self._reader = AisReader(origin)
        self.report = self._reader.report
        self._origin = origin
        self._lines = Lines()
        self._few = few
        self._scan: Scan | None = None
        self._sightings = Sightings(origin, self.report)

    def feed(self, data: bytes) -> Iterator[Sighting]:
        """Take the next bytes; yield the sightings that they complete."""
        if len(data) < self._few:
            yield from self._by_line(self._lines.feed(data))
        else:
            yield from self._by_block(self._lines.block(data))
        self._lines.count(self.report)

    def end(self) -> Iterator[Sighting]:
        """Take the last line, whether it ends or not, and give up messages that are unfinished."""
        yield from self._by_line(self._lines.end())
        self._lines.count(self.report)
        self._reader.end()

    def drop(self) -> None:
        """Forget what was cut off, and count it: a line, messages of which parts are missing, a time that waits."""
        if self._lines.drop():
            self.report.reject("line cut off")
        self._reader.end()

    def datagram(self, data: bytes) -> Iterator[Sighting]:
        """Take one datagram: lines end with it, but parts of a message may be spread."""
        yield from self.feed(data)
        yield from self._by_line(self._lines.end())
        self._lines.count(self.report)

    def _by_line(self, lines: Iterator[bytes]) -> Iterator[Sighting]:
        for line in lines:
            sighting = self._reader.take(line)
            if sighting is not None:
                yield sighting

    def _by_block(self, block: bytes) -> Iterator[Sighting]:
        """Scan the block; each line in front of which the scan stops is taken by itself, and some behind it.

        Where one stop follows another the pieces taken by line grow, so that garbage costs no more than it did.
        """
        scan = self._scan = self._scan or Scan(self._reader.receiver, self.report, apart=APART)
        data, place, pace = np.frombuffer(block, np.uint8), 0, 1
        while place < len(block):
            if not self._reader.receiver.held()[0]:
                before, place = place, scan.read(data, place, self._believed())
                pace = 1 if place > before else min(2 * pace, _LONGEST_PACE)
            for line in self._some(block, place, 0 if scan.full else pace):
                place += len(line) + 1
                sighting = self._taken(line)
                if sighting is not None:
                    yield from self._scanned(block, scan)
                    yield sighting
            if scan.full:
                yield from self._scanned(block, scan)
        yield from self._scanned(block, scan)

    def _some(self, block: bytes, place: int, most: int) -> list[bytes]:
        """Return so many lines from a place on, or those that are left."""
        end = place
        for _ in range(most):
            following = block.find(b"\n", end)
            if following < 0:
                break
            end = following + 1
        return block[place:end].split(b"\n")[:-1]

    def _taken(self, line: bytes) -> Sighting | None:
        if len(line) > LONGEST:
            self._lines.too_long += 1
            return None
        return self._reader.take(line.rstrip(b"\r"))

    def _scanned(self, block: bytes, scan: Scan) -> list[Sighting]:
        """Return the sightings of what was scanned."""
        made = self._sightings.made(block, scan.columns, scan.rows) if scan.rows else []
        scan.clear()
        return made

    def _believed(self) -> int:
        return _EVER if self._origin.arrival is None else self._origin.arrival() + AHEAD
