"""Homes: on which side each track is at home, in columns for as long as it stays there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import numpy as np

from comity.detection.ahead import Ahead, Marks, fitted
from comity.detection.evidence import Evidence
from comity.foundation.compiled import compiled
from comity.vocabulary.columns import Floats, Moves, Whole
from comity.vocabulary.instant import Instant
from comity.vocabulary.place import Position
from comity.vocabulary.sighting import Sighting


class Side(msgspec.Struct):
    """Where a track belongs, and where it may have gone."""

    home: str
    seen: int
    """Sightings in a row at home, while it is being settled."""
    last_home: Sighting
    last_place: Position
    time: Instant
    far: str = ""
    far_seen: int = 0
    first_far: Instant = 0
    first_place: Position | None = None
    evidence: Evidence = msgspec.field(default_factory=Evidence)

    def back(self) -> None:
        """Note that it is at home."""
        self.far, self.far_seen, self.first_place = "", 0, None


class _Homes(NamedTuple):
    home: Whole
    seen: Whole
    time: Whole
    latitude: Floats
    longitude: Floats


class Homes:
    """The tracks that are at home."""

    def __init__(self, sides: Sequence[str], limit: int) -> None:
        """Keep columns for so many tracks that may be at home on one of the sides."""
        self.sides = list(sides)
        self._number = {name: number for number, name in enumerate(sides)}
        self._ahead = Ahead(limit)
        self._homes = _Homes(*np.zeros((3, 1), np.int64), *np.zeros((2, 1)))
        self._rows: Sequence[Sighting] = ()
        self._column = np.zeros(0, np.int64)

    def begin(self, moves: Moves) -> None:
        """Begin a batch."""
        self._rows = moves.rows
        self._column = self._ahead.begin(moves.names)
        self._homes = fitted(self._homes, self._ahead.room)

    def stay(self, row: int, moves: Moves, side: Whole, confirmations: int) -> int:
        """Take in the rows from one on of tracks that stay where they are; return the first that must be seen."""
        rows = (moves.held, moves.time, side, moves.state)
        return _stay(row, rows, self._column, self._homes, self._ahead.marks, (confirmations, self._ahead.turn))

    def end(self) -> None:
        """End the batch."""
        self._ahead.turn += len(self._rows)
        self._ahead.end(self._rows)
        self._rows = ()

    def ordered(self) -> list[str]:
        """Return the tracks that have moved since this was last asked, the one that did so longest ago first."""
        columns = self._ahead.ahead()
        self._ahead.marks.turn[columns] = 1
        return [self._ahead.names[column] for column in columns]

    def write(self, name: str, side: Side) -> None:
        """Write what the column of a track knows; from now on what is remembered may change without it."""
        column, homes = self._ahead.column(name), self._homes
        if column < 0:
            return
        if self._ahead.marks.dirty[column]:
            last = self._ahead.newest(column, self._rows)
            side.last_home = last or side.last_home
            side.home, side.seen = self.sides[homes.home[column]], int(homes.seen[column])
            side.last_place = Position(float(homes.latitude[column]), float(homes.longitude[column]))
            side.time = int(homes.time[column])
        self._ahead.leave(name)

    def load(self, name: str, side: Side | None) -> None:
        """Go on by columns with a track that is at home, if it has one."""
        column, homes = self._ahead.column(name), self._homes
        if column < 0 or side is None or side.far or self._ahead.marks.turn[column] != 0:
            return
        homes.home[column], homes.seen[column], homes.time[column] = self._number[side.home], side.seen, side.time
        homes.latitude[column], homes.longitude[column] = side.last_place.latitude, side.last_place.longitude
        self._ahead.marks.turn[column] = 1


@compiled
def _stay(
    row: int,
    rows: tuple[Whole, Whole, Whole, Floats],
    column: Whole,
    homes: _Homes,
    marks: Marks,
    base: tuple[int, int],
) -> int:
    held, time, side, state = rows
    for i in range(row, len(held)):
        if held[i] < 0:
            return i
        if side[i] < 0:
            continue
        at = column[held[i]]
        if marks.turn[at] == 0 or time[i] < homes.time[at]:
            return i
        if side[i] == homes.home[at]:
            homes.seen[at] += 1
        elif homes.seen[at] < base[0]:
            homes.home[at], homes.seen[at] = side[i], 1
        else:
            return i
        homes.time[at], homes.latitude[at], homes.longitude[at] = time[i], state[0, i], state[1, i]
        marks.row[at], marks.turn[at], marks.dirty[at] = i, base[1] + i, True
    return len(held)
