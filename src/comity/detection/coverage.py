"""Coverage: which tracks one source hears, where and since when; what it could have heard is judged by them.

What is heard of a track without surprise is kept in columns, which run ahead of its `Heard`.
"""

from __future__ import annotations

import math
from collections import deque
from typing import NamedTuple

import msgspec
import numpy as np

from comity.detection.ahead import Ahead, Marks, fitted
from comity.detection.memory import Memory
from comity.foundation.compiled import compiled
from comity.foundation.geodesy import distance, over_ground, plane
from comity.foundation.grid import Grid
from comity.vocabulary.columns import Floats, Moves, Truths, Whole
from comity.vocabulary.instant import Duration, Instant
from comity.vocabulary.place import Position
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import Identity
from comity.vocabulary.track import Track

_RECENT = 5
"""Sightings kept of each track."""


class Heard(msgspec.Struct):
    """One track as one source hears it."""

    id: str
    identity: Identity
    speed: float
    """Metres a second, as the track's state has it."""
    course: float | None
    position: Position
    first: Instant
    last: Instant
    recent: deque[Sighting]
    judged: bool = False
    """Its present silence has been looked at."""


class _Columns(NamedTuple):
    last: Whole
    fresh: Whole
    """Reports since the column was written into its object."""
    held: Whole
    """Which of the names of the batch the track was last."""
    recent: Whole
    """Of each of the latest reports the row of this batch, counted from 1; 0 for one of a batch before."""
    state: Floats


def _columns() -> _Columns:
    last, fresh, held = np.zeros((3, 1), np.int64)
    return _Columns(last, fresh, held, np.zeros((_RECENT, 1), np.int64), np.zeros((4, 1)))


class Coverage:
    """The tracks that one source hears, at most so many."""

    def __init__(self, limit: int) -> None:
        self._heard: Memory[Heard] = Memory(limit)
        self._places: Grid[str] = Grid(0.2)
        self._bearers: Memory[Heard] = Memory(limit)
        self._ahead = Ahead(limit)
        self._columns = _columns()
        self._recent: dict[int, dict[int, Sighting]] = {}
        self._subjects: dict[int, Identity] = {}
        self._moves: Moves | None = None
        self._begun = 0
        self._column = np.zeros(0, np.int64)
        self.newest: Instant = 0
        """Event time of the source: its newest report."""

    def __len__(self) -> int:
        return len(self._heard)

    def get(self, track: str) -> Heard | None:
        """Return what is known of the track."""
        heard = self._heard.get(track)
        return None if heard is None else self._written(heard)

    def hear(self, track: Track, sighting: Sighting) -> None:
        """Note that the source has heard the track; an older report than the last changes nothing."""
        if track.position is None:
            return
        self.newest = max(self.newest, sighting.time)
        if self._moves is None:
            self._order()
        heard = self.get(track.id)
        if heard is not None and sighting.time < heard.last:
            return
        speed, who, place, time = track.speed or 0.0, track.identity, track.position, sighting.time
        if heard is None:
            heard = Heard(track.id, who, speed, track.course, place, time, time, deque(maxlen=_RECENT))
        heard.identity, heard.speed, heard.course, heard.position = who, speed, track.course, place
        heard.last, heard.judged = time, False
        heard.recent.append(sighting)
        self._keep(heard)

    def _keep(self, heard: Heard) -> None:
        if self._heard.full and self._heard.get(heard.id) is None:
            self._order()
        self._places.put(heard.id, heard.position)
        self._bearers.put(str(heard.identity.mmsi), heard)
        forgotten = self._heard.put(heard.id, heard)
        if forgotten is not None:
            self._leave(forgotten)
        self._load(heard)

    def begin(self, moves: Moves) -> None:
        """Begin a batch."""
        self._moves, self._begun = moves, self._ahead.turn
        self._column = self._ahead.begin(moves.names)
        self._columns = fitted(self._columns, self._ahead.room)

    def hear_many(self, rows: tuple[int, int], chosen: tuple[Truths, Truths], least: int) -> int:
        """Hear the rows of the batch from one to another, of tracks that have at least so many reports.

        `chosen` tells which are of this source, and which of them must be looked at in any case. Return the first that
        must be, when all before are heard.
        """
        moves, newest = self._moves, np.array([self.newest])
        if moves is None:
            return rows[1]
        read = (moves.held, moves.time, moves.seen, moves.state, *chosen)
        end = _hear(rows, read, self._column, self._columns, self._ahead.marks, newest, (least, self._begun))
        self.newest = int(newest[0])
        return end

    def go_to(self, row: int) -> None:
        """Say which row of the batch is looked at now."""
        self._ahead.turn = self._begun + 2 * row

    def end(self) -> None:
        """End the batch: keep what is to be kept of its rows."""
        moves, columns = self._moves, self._columns
        if moves is None:
            return
        fresh = np.flatnonzero(self._ahead.marks.row >= 0)
        for column, held in zip(fresh.tolist(), columns.held[fresh].tolist(), strict=True):
            self._subjects[column] = moves.subjects[held]
        places = np.nonzero(columns.recent)
        rows = columns.recent[places] - 1
        for place, column, row in zip(*(each.tolist() for each in (*places, rows)), strict=True):
            self._recent.setdefault(column, {})[place] = moves.rows[row]
        columns.recent[places] = 0
        self._ahead.end(moves.rows)
        self._ahead.turn = self._begun + 2 * len(moves)
        self._moves = None

    def bearer(self, mmsi: int | None) -> Heard | None:
        """Return the track heard last under that MMSI."""
        self._order()
        heard = self._bearers.get(str(mmsi))
        return None if heard is None else self._written(heard)

    def silent(self, since: Instant) -> list[Heard]:
        """Return those not heard since then whose silence has not been looked at."""
        self._order()
        found: list[Heard] = []
        for heard in self._heard:
            if heard.last > since:
                break
            if not heard.judged:
                found.append(self._written(heard))
        return found

    def forget(self, before: Instant) -> None:
        """Forget those last heard before then."""
        self._order()
        gone: list[Heard] = []
        for heard in self._heard:
            if heard.last >= before:
                break
            gone.append(heard)
        for heard in gone:
            self._leave(heard)
            self._heard.drop(heard.id)

    def present(self, subject: Heard, radius: float, window: Duration) -> list[Heard]:
        """Return the other tracks within `radius` metres that were being heard when the subject was last heard.

        In the order of their ids.
        """
        self._order()
        for column in np.flatnonzero(self._ahead.marks.dirty).tolist():
            self.get(self._ahead.names[column])
        found = (self._heard.get(track) for track in sorted(self._places.near(subject.position, radius)))
        return [
            other
            for other in found
            if other is not None
            and other is not subject
            and other.first <= subject.last <= other.last + window
            and distance(subject.position, other.position) <= radius
        ]

    def _order(self) -> None:
        """Put those heard of late into their order, and note when that was."""
        ahead = self._ahead
        columns = ahead.ahead()
        for column, last in zip(columns, self._columns.last[columns].tolist(), strict=True):
            heard = self._heard.get(ahead.names[column])
            if heard is not None:
                heard.last, heard.judged = last, False
                self._heard.renew(heard.id)
                self._bearers.put(str(heard.identity.mmsi), heard)
        ahead.marks.turn[columns] = 1

    def _written(self, heard: Heard) -> Heard:
        """Write what its column knows into what is heard, and return it."""
        column, columns, ahead = self._ahead.column(heard.id), self._columns, self._ahead
        if column < 0 or not ahead.marks.dirty[column] or self._heard.get(heard.id) is not heard:
            return heard
        latitude, longitude, east, north = columns.state[:, column].tolist()
        heard.position, (heard.speed, heard.course) = Position(latitude, longitude), over_ground(east, north)
        heard.last, rows, count = int(columns.last[column]), self._moves, int(columns.fresh[column])
        fresh = rows is not None and ahead.marks.row[column] >= 0
        heard.identity = rows.subjects[columns.held[column]] if fresh and rows else self._subjects[column]
        for number in range(max(0, count - _RECENT), count):
            row = int(columns.recent[number % _RECENT, column])
            heard.recent.append(rows.rows[row - 1] if rows and row else self._recent[column][number % _RECENT])
        columns.fresh[column], columns.recent[:, column], ahead.marks.dirty[column] = 0, 0, False
        self._recent.pop(column, None)
        self._places.put(heard.id, heard.position)
        return heard

    def _leave(self, heard: Heard) -> None:
        """Keep a track by its number alone."""
        self._written(heard)
        self._ahead.leave(heard.id)
        self._places.drop(heard.id)

    def _load(self, heard: Heard) -> None:
        """Go on by columns with a track, in a batch."""
        if self._moves is None:
            self._ahead.leave(heard.id)
            return
        column = int(self._ahead.open([heard.id])[0])
        self._columns = columns = fitted(self._columns, self._ahead.room)
        columns.last[column], columns.fresh[column], columns.recent[:, column] = heard.last, 0, 0
        self._ahead.turn += 1
        self._ahead.marks.turn[column] = self._ahead.turn


@compiled
def _hear(
    span: tuple[int, int],
    rows: tuple[Whole, Whole, Whole, Floats, Truths, Truths],
    column: Whole,
    columns: _Columns,
    marks: Marks,
    newest: Whole,
    base: tuple[int, int],
) -> int:
    held, time, seen, state, chosen, looked = rows
    for i in range(span[0], span[1]):
        if not chosen[i]:
            continue
        if looked[i]:
            return i
        if seen[i] < base[0]:
            continue
        at = column[held[i]]
        if marks.turn[at] == 0 or time[i] < columns.last[at]:
            return i
        newest[0] = max(newest[0], time[i])
        columns.last[at], columns.held[at] = time[i], held[i]
        columns.recent[columns.fresh[at] % len(columns.recent), at] = i + 1
        columns.fresh[at] += 1
        for k in range(4):
            columns.state[k, at] = state[k, i]
        marks.turn[at], marks.row[at], marks.dirty[at] = base[1] + 2 * i, i, True
    return span[1]


def ahead_of(subject: Heard, other: Heard) -> bool:
    """Whether the other lies ahead of the subject's last course; true where that had none."""
    if subject.course is None:
        return True
    east, north = plane(subject.position, other.position)
    angle = math.radians(subject.course)
    return east * math.sin(angle) + north * math.cos(angle) >= 0.0
