"""Followers: the tracks that are followed by columns, and when what was followed is written into them.

A track's column runs ahead of its `Live`. Before anybody looks at the `Live` it is written; before anybody changes it,
it is released from its column. The register, through which all go, sees to both.
"""

from __future__ import annotations

import msgspec
import numpy as np

from comity.picture.filter import Estimate
from comity.picture.follow import States, states
from comity.picture.live import Live
from comity.vocabulary.columns import Sightings, Whole
from comity.vocabulary.instant import Instant
from comity.vocabulary.place import Position
from comity.vocabulary.subject import Identity

_SOURCES = 62
"""Sources that are told apart; tracks are not followed by columns for others."""


class Known(msgspec.Struct, frozen=True):
    """What of a track does not change as long as it is followed."""

    id: str
    serial: int
    identity: Identity
    sources: tuple[str, ...]
    first: Instant
    distress: bool
    simulated: bool

    @classmethod
    def of(cls, live: Live) -> Known:
        """Return what is known of it."""
        return cls(live.id, live.serial, live.identity, live.sources, live.first, live.distress, live.simulated)


class Followers:
    """The columns in use."""

    def __init__(self) -> None:
        self.held: States = states(256)
        self.heard_by = np.zeros(256, np.int64)
        """Of each column the sources that its track has been reported by, a bit each."""
        self.simulated = np.zeros(256, np.bool_)
        self.known: list[Known] = []
        self._lives: list[Live] = []
        self._latest: list[str] = []
        self._column: dict[int, int] = {}
        self._free: list[int] = []
        self._left: list[int] = []
        self._bits: dict[str, int] = {}

    def columns(self, numbers: list[int]) -> Whole:
        """Return the column of each MMSI; -1 where it has none."""
        column = self._column.get
        return np.array([column(number, -1) for number in numbers], np.int64)

    def bits(self, sources: tuple[str, ...]) -> Whole:
        """Return the bit of each source; 0 for one that is not told apart."""
        for source in sources:
            if source not in self._bits and len(self._bits) < _SOURCES:
                self._bits[source] = 1 << len(self._bits)
        return np.array([self._bits.get(source, 0) for source in sources], np.int64)

    def add(self, number: int, live: Live) -> int:
        """Follow a track from now on; return its column."""
        column = self._free.pop() if self._free else len(self._lives)
        if column == len(self._lives):
            self._lives.append(live)
            self._latest.append(live.latest)
            self.known.append(Known.of(live))
            if column == len(self.held.seen):
                self._widen()
        estimate, held = live.estimate, self.held
        self._lives[column], self._latest[column], self.known[column] = live, live.latest, Known.of(live)
        held.values[:, column] = (
            *(estimate.position.latitude, estimate.position.longitude, estimate.east, estimate.north),
            *(estimate.position_variance, estimate.covariance, estimate.velocity_variance),
        )
        held.time[column], held.heard[column], held.seen[column] = estimate.time, live.heard, live.count
        self.heard_by[column] = sum(self._bits.get(source, 0) for source in live.sources)
        self.simulated[column] = live.simulated
        self._column[number], live.column = column, column
        return column

    def ended(self, columns: Sightings) -> None:
        """End a batch: note the newest sightings, and give columns free that were left during it."""
        fresh = np.flatnonzero(self.held.last >= 0)
        for column, row in zip(fresh.tolist(), self.held.last[fresh].tolist(), strict=True):
            self._latest[column] = columns.rows[row].id
        self.held.last[fresh] = -1
        self._free += self._left
        self._left.clear()

    def pending(self) -> list[Live]:
        """Return the tracks that their columns are ahead of."""
        return [self._lives[column] for column in np.flatnonzero(self.held.touched > 0).tolist()]

    def write(self, live: Live, rows: Sightings | None = None) -> int:
        """Write what was followed into the track; return when that was last touched, 0 if nothing was to be written."""
        column, held = live.column, self.held
        if column < 0 or held.touched[column] == 0:
            return 0
        if rows is not None and held.last[column] >= 0:
            self._latest[column] = rows.rows[held.last[column]].id
        values = held.values[:, column].tolist()
        live.estimate = live.fix = Estimate(int(held.time[column]), Position(values[0], values[1]), *values[2:])
        live.heard, live.count, live.latest = int(held.heard[column]), int(held.seen[column]), self._latest[column]
        touched, held.touched[column] = int(held.touched[column]), 0
        return touched

    def release(self, live: Live) -> None:
        """Follow a track, which is written, no longer; its column is not used again in this batch."""
        column, number = live.column, live.identity.mmsi
        if number is not None:
            self._column.pop(number, None)
        self.held.last[column] = -1
        live.column = -1
        self._left.append(column)

    def _widen(self) -> None:
        more = states(len(self.held.seen))
        self.held = States(*(np.concatenate(pair, axis=-1) for pair in zip(self.held, more, strict=True)))
        self.heard_by = np.concatenate((self.heard_by, np.zeros_like(self.heard_by)))
        self.simulated = np.concatenate((self.simulated, np.zeros_like(self.simulated)))
