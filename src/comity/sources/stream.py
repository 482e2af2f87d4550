"""A stream: bytes as they come in, sightings out; what feeds of lines and feeds of binary frames have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Protocol, runtime_checkable

from comity.sources.pieces import Pieces
from comity.sources.report import Report
from comity.vocabulary.sighting import Sighting


@runtime_checkable
class Reader(Protocol):
    """Takes the pieces of one feed, lines mostly, and gives the sightings in them.

    Bad pieces are counted in `report`, never raised.
    """

    report: Report

    def pieces(self) -> Pieces:
        """Return what cuts a stream of this format into the pieces that `take` takes."""
        ...

    def take(self, piece: bytes, /) -> Sighting | None:
        """Take one piece; return the sighting that it completes, if any."""
        ...

    def end(self) -> None:
        """Count what was left unfinished when the feed ended."""
        ...


class Stream(ABC):
    """Takes the bytes of one feed, cut anywhere. What is wrong in them is counted in `report`, never raised."""

    report: Report

    @abstractmethod
    def feed(self, data: bytes) -> Iterator[Sighting]:
        """Take the next bytes; yield the sightings that they complete."""

    @abstractmethod
    def end(self) -> Iterator[Sighting]:
        """Yield what only the feed's end completes, and count what it leaves unfinished; another file may follow."""

    @abstractmethod
    def drop(self) -> None:
        """Forget what is unfinished, as after a broken connection, and count it."""

    def datagram(self, data: bytes) -> Iterator[Sighting]:
        """Take one datagram, which begins and ends with what it carries."""
        yield from self.feed(data)
        yield from self.end()


class Cut(Stream):
    """The stream of a feed whose pieces are read one by one. What is lost in cutting is counted and passed over."""

    def __init__(self, reader: Reader) -> None:
        self.report = reader.report
        self._reader = reader
        self._pieces = reader.pieces()

    def feed(self, data: bytes) -> Iterator[Sighting]:
        """Take the next bytes; yield the sightings of the pieces that they complete."""
        yield from self._taken(self._pieces.feed(data))

    def end(self) -> Iterator[Sighting]:
        """Take the last piece, whether it ends or not."""
        yield from self._taken(self._pieces.end())
        self._reader.end()

    def drop(self) -> None:
        """Forget a piece that was cut off, and count it."""
        if self._pieces.drop():
            self.report.reject("line cut off")

    def datagram(self, data: bytes) -> Iterator[Sighting]:
        """Take one datagram: pieces end with it, but what belongs together, like parts of a message, may be spread."""
        yield from self.feed(data)
        yield from self._taken(self._pieces.end())

    def _taken(self, pieces: Iterator[bytes]) -> Iterator[Sighting]:
        for piece in pieces:
            sighting = self._reader.take(piece)
            if sighting is not None:
                yield sighting
        self._pieces.count(self.report)
