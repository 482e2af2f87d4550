"""Ahead: columns that run ahead of what a rule remembers of its tracks, so that ordinary reports need no objects.

A rule that has columns takes quiet rows in machine code, and keeps of each track what those changed. Whatever is out of
the ordinary is shown to it as a sighting; before it looks at what it remembers of a track, the column is written there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, TypeVar

import numpy as np

from comity.vocabulary.columns import Moves, Truths, Whole
from comity.vocabulary.sighting import Sighting

_Table = TypeVar("_Table", bound=tuple[np.ndarray, ...])
_ROOM = 256


class Marks(NamedTuple):
    """What every rule keeps of the tracks in its columns."""

    turn: Whole
    """0: nothing is known here; else when it was changed last, 1 if the rule has that in its order already."""
    row: Whole
    """The row of this batch that changed it last; -1: none has."""
    dirty: Truths
    """Whether the column knows more than the object."""


class Ahead:
    """Which track has which column of a rule, and which columns are ahead."""

    def __init__(self, limit: int) -> None:
        """Keep columns for so many tracks, and some more."""
        self._limit = limit
        self._column: dict[str, int] = {}
        self.names: list[str] = []
        self.latest: list[Sighting | None] = []
        """Of each column the sighting that changed it last, as far as batches have ended."""
        self.marks = Marks(np.zeros(_ROOM, np.int64), np.full(_ROOM, -1, np.int64), np.zeros(_ROOM, np.bool_))
        self.turn = 2
        self._free: list[int] = []

    def __len__(self) -> int:
        return len(self._column)

    @property
    def room(self) -> int:
        """How long the columns are to be."""
        return len(self.marks.turn)

    def column(self, name: str) -> int:
        """Return the column of a track; -1 where it has none."""
        return self._column.get(name, -1)

    def begin(self, names: Sequence[str]) -> Whole:
        """Return the columns of the tracks of a batch, given to those that have none."""
        if len(self._column) + len(names) > self._limit + self._limit // 4:
            self._prune(set(names))
        return self.open(names)

    def leave(self, name: str) -> None:
        """Note that of a track only the object is right."""
        column = self._column.get(name)
        if column is not None:
            self.marks.turn[column], self.marks.dirty[column] = 0, False

    def open(self, names: Sequence[str]) -> Whole:
        """Return the columns of some tracks, given to those that have none; none is taken from any other."""
        column = self._column.get
        return np.array([self._opened(name) if (at := column(name)) is None else at for name in names], np.int64)

    def ahead(self) -> list[int]:
        """Return the columns that were changed since the rule put them in order, the one changed longest ago first."""
        found = np.flatnonzero(self.marks.turn > 1)
        order: list[int] = found[np.argsort(self.marks.turn[found])].tolist()
        return order

    def end(self, rows: Sequence[Sighting]) -> None:
        """End a batch of these rows."""
        fresh = np.flatnonzero(self.marks.row >= 0)
        for column, row in zip(fresh.tolist(), self.marks.row[fresh].tolist(), strict=True):
            self.latest[column] = rows[row]
        self.marks.row[fresh] = -1

    def newest(self, column: int, rows: Sequence[Sighting]) -> Sighting | None:
        """Return the sighting that changed a column last, in a batch of these rows or before it."""
        row = int(self.marks.row[column])
        return self.latest[column] if row < 0 else rows[row]

    def _opened(self, name: str) -> int:
        column = self._column.get(name)
        if column is not None:
            return column
        if self._free:
            column = self._free.pop()
            self.names[column] = name
        else:
            column = len(self.names)
            self.names.append(name)
            self.latest.append(None)
            if column == self.room:
                self.marks = fitted(self.marks, 2 * column)
                self.marks.row[column:] = -1
        self._column[name] = column
        self.marks.turn[column], self.marks.row[column], self.marks.dirty[column] = 0, -1, False
        return column

    def _prune(self, present: set[str]) -> None:
        """Free the columns of tracks of which nothing is known there."""
        turns = self.marks.turn
        for name, column in [(n, c) for n, c in self._column.items() if turns[c] == 0 and n not in present]:
            del self._column[name]
            self.latest[column] = None
            self._free.append(column)


def fitted(table: _Table, room: int) -> _Table:
    """Return a rule's columns with so much room."""
    if table[0].shape[-1] >= room:
        return table
    more = [np.zeros((*array.shape[:-1], room - array.shape[-1]), array.dtype) for array in table]
    return type(table)(*(np.concatenate(pair, axis=-1) for pair in zip(table, more, strict=True)))


def looks(moves: Moves, due: Callable[[], Truths]) -> Iterator[tuple[int, int]]:
    """Yield from which row to which the next stretch goes, after whose last row it is time to look; see `due` anew."""
    begin, rows = 0, len(moves)
    while begin < rows:
        at = begin + np.flatnonzero((moves.later & due())[begin:])[:1]
        end = int(at[0]) + 1 if len(at) else rows
        yield begin, end
        begin = end
