"""A wake: the way of a track behind it, evenly thinned, however long it is."""

from __future__ import annotations

from comity.vocabulary.instant import Instant
from comity.vocabulary.place import Position
from comity.vocabulary.track import Track

MOST = 128
"""Places that a wake keeps."""


class Wake:
    """Where a track was: the first place, the last, and every n-th between."""

    __slots__ = ("_every", "_kept", "_last", "_seen")

    def __init__(self) -> None:
        self._kept: list[tuple[Instant, Position]] = []
        self._every = 1
        self._seen = 0
        self._last: tuple[Instant, Position] | None = None

    def add(self, track: Track) -> None:
        """See the track once more; a state without a position, or of the time before, adds nothing."""
        if track.position is None or (self._last is not None and track.last <= self._last[0]):
            return
        self._last = (track.last, track.position)
        if self._seen % self._every == 0:
            self._kept.append(self._last)
            if len(self._kept) >= MOST:
                self._kept = self._kept[::2]
                self._every *= 2
        self._seen += 1

    def places(self) -> list[tuple[Instant, Position]]:
        """Return times and places, oldest first."""
        if self._last is None or self._kept[-1] == self._last:
            return list(self._kept)
        return [*self._kept, self._last]
