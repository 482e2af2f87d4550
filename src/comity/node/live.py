"""Live: the newest state of every current track, for whoever follows the picture to read at their own pace.

It is a board, not a queue: a track's newest state takes the place of the one before, so that a slow reader costs
nothing and never falls behind. Each telling has a number; a reader is given what changed after the number it has seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from threading import Lock

import msgspec
import numpy as np
from numpy.typing import NDArray

from comity.vocabulary.instant import Instant
from comity.vocabulary.track import Track

MOST = 20_000
"""Tracks on the board; those seen longest ago make room."""
_AT_ONCE = 250
"""Tracks told before others get their turn at the board."""

STATE = np.dtype([("latitude", "<f4"), ("longitude", "<f4"), ("speed", "<f4"), ("course", "<f4")])
"""Degrees, degrees, metres a second, degrees from true north; the last two are NaN where unknown."""


class Changes(msgspec.Struct, frozen=True):
    """What changed on the board: parallel columns, one row a track."""

    handles: NDArray[np.uint32]
    states: NDArray[np.void]
    """Of the type `STATE`."""
    last: NDArray[np.int64]
    """When each was last seen, by the node's clock."""
    named: tuple[tuple[int, Track], ...]
    """Handle and track of those that this reader has not been told of, or whose identity changed."""


class LivePicture:
    """The board. Its methods may be called from any thread."""

    def __init__(self, most: int = MOST) -> None:
        self._turn = Lock()
        self._number = 0
        self._handles: dict[str, int] = {}
        self._tracks: list[Track] = []
        self._states = np.zeros(most, STATE)
        self._last = np.zeros(most, np.int64)
        self._changed = np.zeros(most, np.int64)
        self._named = np.zeros(most, np.int64)

    def tell(self, tracks: Sequence[Track]) -> None:
        """Put the tracks' states on the board; one without a position or older than the one there is left out."""
        for start in range(0, len(tracks), _AT_ONCE):
            with self._turn:
                self._number += 1
                for track in tracks[start : start + _AT_ONCE]:
                    self._put(track)

    def let_go(self, ids: Sequence[str]) -> None:
        """Take tracks off the board: nobody is told of them any more, unless they are told anew."""
        with self._turn:
            for row in [row for track in ids if (row := self._handles.pop(track, None)) is not None]:
                self._last[row] = -1  # seen before any other: this row makes room first

    def standing(self, ids: Iterable[str]) -> list[str]:
        """Return those of the tracks that are on the board."""
        with self._turn:
            return [track for track in ids if track in self._handles]

    def reader(self) -> Reader:
        """Return a reader who has seen nothing yet."""
        return Reader(self, len(self._last))

    def read(self, reader: Reader, oldest: Instant) -> Changes:
        """Return what `Reader.changes` does."""
        with self._turn:
            used = len(self._tracks)
            rows = np.flatnonzero((self._changed[:used] > reader.seen) & (self._last[:used] >= oldest))
            fresh = rows[self._named[rows] != reader.told[rows]]
            reader.told[fresh] = self._named[fresh]
            reader.seen = self._number
            return Changes(
                handles=rows.astype(np.uint32),
                states=self._states[rows],
                last=self._last[rows],
                named=tuple((int(row), self._tracks[row]) for row in fresh),
            )

    def moved(self, seen: int, oldest: Instant) -> tuple[int, list[Track]]:
        """Return what `Reader.moved` does, and the number of the last telling."""
        with self._turn:
            used = len(self._tracks)
            rows = np.flatnonzero((self._changed[:used] > seen) & (self._last[:used] >= oldest))
            ordered = rows[np.argsort(self._last[rows], kind="stable")]
            return self._number, [self._tracks[row] for row in ordered]

    def _put(self, track: Track) -> None:
        if track.position is None:
            return
        row = self._handles.get(track.id)
        if row is not None and track.last < self._last[row]:
            return
        if row is None:
            row = self._room()
            self._handles[track.id] = row
            self._named[row] = self._number
        elif _names(self._tracks[row]) != _names(track):
            self._named[row] = self._number
        self._tracks[row : row + 1] = [track]
        speed = np.nan if track.speed is None else track.speed
        course = np.nan if track.course is None else track.course
        self._states[row] = (track.position.latitude, track.position.longitude, speed, course)
        self._last[row] = track.last
        self._changed[row] = self._number

    def _room(self) -> int:
        """Return the row for a new track: the next, or that of the track seen longest ago."""
        if len(self._tracks) < len(self._last):
            return len(self._tracks)
        row = int(np.argmin(self._last))
        if self._handles.get(self._tracks[row].id) == row:
            del self._handles[self._tracks[row].id]
        return row


class Reader:
    """One who follows the board, from one thread at a time."""

    def __init__(self, board: LivePicture, most: int) -> None:
        self._board = board
        self.seen = 0
        """The number of the last telling it knows."""
        self.told = np.zeros(most, np.int64)
        """For each handle the telling in which it was named to this reader."""

    def changes(self, oldest: Instant) -> Changes:
        """Return what changed since this was last asked, of the tracks last seen at `oldest` or later."""
        return self._board.read(self, oldest)

    def moved(self, oldest: Instant) -> list[Track]:
        """Return the tracks that `changes` would tell of, whole, those seen longest ago first; ask one or the other."""
        self.seen, found = self._board.moved(self.seen, oldest)
        return found


def _names(track: Track) -> tuple[object, ...]:
    return track.identity, track.sources, track.distress, track.simulated
