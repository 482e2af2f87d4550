"""The AIS feed as a stream: the same sightings as line by line, at many times the speed where many come together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from comity.sources.ais_feed import AisReader
from comity.sources.line import LONGEST, Lines
from comity.sources.origin import Origin
from comity.sources.stream import Stream
from comity.vocabulary.sighting import Sighting

if TYPE_CHECKING:
    from comity.sources.ais_by_block import ByBlock

FEW = 4_096
"""Bytes. What comes in smaller pieces is read line by line: nothing is gained by columns of a few rows."""


class AisStream(Stream):
    """Reads an AIS feed by the block (docs/formats/feed-ais.md, docs/decisions/0210)."""

    def __init__(self, origin: Origin, *, few: int = FEW) -> None:
        """Open the feed of an origin; pieces of less than `few` bytes are read line by line."""
        self._reader = AisReader(origin)
        self.report = self._reader.report
        self._origin = origin
        self._lines = Lines()
        self._few = few
        self._by_block: ByBlock | None = None

    def feed(self, data: bytes) -> Iterator[Sighting]:
        """Take the next bytes; yield the sightings that they complete."""
        if len(data) < self._few:
            yield from self._by_line(self._lines.feed(data))
        else:
            yield from self._blocks().taken(self._lines.block(data), self._line)
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

    def _line(self, line: bytes) -> Sighting | None:
        """Take one line of a block."""
        if len(line) > LONGEST:
            self._lines.too_long += 1
            return None
        return self._reader.take(line.rstrip(b"\r"))

    def _blocks(self) -> ByBlock:
        if self._by_block is None:
            from comity.sources.ais_by_block import ByBlock  # noqa: PLC0415 - loads NumPy, which little need not wait for

            self._by_block = ByBlock(self._origin, self._reader.receiver, self.report)
        return self._by_block
