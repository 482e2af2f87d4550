"""Placements: what the picture made of a batch; each is put into words only if somebody asks for it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import overload

import numpy as np

from comity.picture.follow import EAST, LATITUDE, LONGITUDE, NORTH, VARIANCE, Followed
from comity.picture.followers import Known
from comity.picture.live import STILL
from comity.picture.placed import Outcome, Placed
from comity.vocabulary.columns import Moves, Sightings, Whole
from comity.vocabulary.place import Position
from comity.vocabulary.track import Track


class Placements(Sequence[Placed]):
    """What became of each sighting, in their order."""

    def __init__(
        self, columns: Sightings, track: Whole, known: Sequence[Known], out: Followed, made: dict[int, Placed]
    ) -> None:
        """Take the rows that were placed by themselves as `made`; of the others `track` tells which of the `known`."""
        self._columns, self._track, self._known, self._out, self._made = columns, track, known, out, made

    def __len__(self) -> int:
        return len(self._track)

    @overload
    def __getitem__(self, row: int) -> Placed: ...

    @overload
    def __getitem__(self, row: slice) -> list[Placed]: ...

    def __getitem__(self, row: int | slice) -> Placed | list[Placed]:
        """Return what became of one, or of some."""
        if isinstance(row, slice):
            return [self[each] for each in range(*row.indices(len(self)))]
        if not -len(self) <= row < len(self):
            raise IndexError(row)
        place = row % len(self)
        made = self._made.get(place)
        if made is None:
            made = self._made[place] = self._placed(place)
        return made

    def __iter__(self) -> Iterator[Placed]:
        return (self[row] for row in range(len(self)))

    def moves(self) -> Moves:
        """Return what can be known of them without asking for each."""
        quiet, columns = self._track >= 0, self._columns
        serials = np.array([known.serial for known in self._known] or [-1], np.int64)
        return Moves(
            quiet=quiet,
            serial=np.where(quiet, serials[self._track], -1),
            time=columns.time,
            seen=self._out.seen,
            speed=columns.speed,
            course=columns.course,
        )

    def newest(self) -> list[Placed]:
        """Return of each track that has a state the last row, by the row at which each was first moved."""
        last: dict[str, int] = {}
        for row, track in enumerate(self._track.tolist()):
            if track >= 0:
                last[self._known[track].id] = row
            elif self._made[row].state is not None:
                last[self._made[row].track] = row
        return [self[row] for row in last.values()]

    def _placed(self, row: int) -> Placed:
        known, sighting = self._known[self._track[row]], self._columns.rows[row]
        values = self._out.values[:, row].tolist()
        east, north = values[EAST], values[NORTH]
        speed = math.hypot(east, north)
        course = math.degrees(math.atan2(east, north)) % 360.0 if speed > STILL else None
        state = Track(
            id=known.id,
            identity=known.identity,
            sources=known.sources,
            first=known.first,
            last=sighting.time,
            sightings=int(self._out.seen[row]),
            position=Position(values[LATITUDE], values[LONGITUDE]),
            speed=speed,
            course=0.0 if course == 360.0 else course,
            variance=values[VARIANCE],
            latest=sighting.id,
            distress=known.distress,
            simulated=known.simulated,
        )
        return Placed(sighting=sighting, track=known.id, outcome=Outcome.TAKEN, state=state)
