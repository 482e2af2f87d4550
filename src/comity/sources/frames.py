"""Frames: a stream of binary pieces that tell their own length, with noise between them or not."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator

from comity.sources.origin import Origin
from comity.sources.report import Report
from comity.sources.stream import Stream
from comity.vocabulary.sighting import Sighting

NOISE = "bytes between frames"


class Frames(Stream):
    """Cuts a stream into frames, holding back at most one unfinished one, whose length the format bounds.

    After noise it goes on at the next place where a frame may begin. A run of noise is one fault, however long.
    """

    def __init__(self, origin: Origin, unit: str) -> None:
        self.report = Report(unit)
        self._origin = origin
        self._held = bytearray()
        self._noisy = False

    @abstractmethod
    def find(self, held: bytearray, start: int) -> int:
        """Return the first place from `start` on where a frame may begin; the length of `held` if there is none."""

    @abstractmethod
    def length(self, held: bytearray, start: int) -> int | None:
        """Return the length of the frame that begins at `start`: None if more bytes must tell, 0 if it is none."""

    @abstractmethod
    def take(self, frame: bytes) -> Iterable[Sighting] | None:
        """Return the sightings of a frame; None if it is none after all, so that one may begin within it."""

    def skipped(self, data: bytes) -> None:
        """Count bytes that belong to no frame."""
        if not self._noisy:
            self.report.note(NOISE, data)
        self._noisy = True

    def feed(self, data: bytes) -> Iterator[Sighting]:
        """Take the next bytes; yield the sightings of the frames that they complete."""
        self._held += data
        yield from self._cut(ended=False)

    def end(self) -> Iterator[Sighting]:
        """Find what frames are left where more bytes had been waited for; count the rest."""
        yield from self._cut(ended=True)
        self._noisy = False

    def drop(self) -> None:
        """Forget an unfinished frame, and count it."""
        if self._held:
            self.report.reject(f"{self.report.unit} cut off")
        self._held.clear()
        self._noisy = False

    def _cut(self, *, ended: bool) -> Iterator[Sighting]:
        held, start, told = self._held, 0, False
        while start < len(held):
            begin = self.find(held, start)
            if begin > start:
                self.skipped(bytes(held[start:begin]))
                start = begin
                continue
            length = self.length(held, start)
            if length is None or length > len(held) - start:
                if not ended:
                    break
                if not told:
                    self.report.reject(f"{self.report.unit} cut off", bytes(held[start : start + 40]))
                told, self._noisy, length = True, True, 0
            used, sightings = self._used(start, length)
            start += used
            yield from sightings
        del held[:start]

    def _used(self, start: int, length: int) -> tuple[int, Iterable[Sighting]]:
        """Return how many bytes a frame of this length takes, one of noise where it is none, and its sightings."""
        frame = bytes(self._held[start : start + length])
        if frame:
            self.report.lines += 1
            sightings = self.take(frame)
            if sightings is not None:
                self._noisy = False
                return length, sightings
        self.skipped(bytes(self._held[start : start + 1]))
        return 1, ()
