"""Placements: what the picture made of a batch; each is put into words only if somebody asks for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import overload

import numpy as np

from comity.foundation.geodesy import over_ground
from comity.picture.follow import EAST, LATITUDE, LONGITUDE, NORTH, VARIANCE, Followed
from comity.picture.followers import Known
from comity.picture.placed import Outcome, Placed
from comity.vocabulary.columns import NONE, Moves, Sightings, Whole
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
        used, place = np.unique(self._track[quiet], return_inverse=True)
        known = [self._known[column] for column in used.tolist()]
        serials = np.array([each.serial for each in known], np.int64)
        held, serial = np.full(len(quiet), NONE, np.int64), np.full(len(quiet), NONE, np.int64)
        held[quiet], serial[quiet] = place, serials[place]
        time = columns.time
        return Moves(
            quiet=quiet,
            serial=serial,
            time=time,
            seen=self._out.seen,
            speed=columns.speed,
            course=columns.course,
            later=np.diff(np.maximum.accumulate(time), prepend=0) > 0,
            held=held,
            names=[each.id for each in known],
            subjects=[each.identity for each in known],
            rows=columns.rows,
            sources=columns.sources,
            source=columns.source,
            number=columns.number,
            state=self._out.values[: NORTH + 1],
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
        speed, course = over_ground(values[EAST], values[NORTH])
        state = Track(
            id=known.id,
            identity=known.identity,
            sources=known.sources,
            first=known.first,
            last=sighting.time,
            sightings=int(self._out.seen[row]),
            position=Position(values[LATITUDE], values[LONGITUDE]),
            speed=speed,
            course=course,
            variance=values[VARIANCE],
            latest=sighting.id,
            distress=known.distress,
            simulated=known.simulated,
        )
        return Placed(sighting=sighting, track=known.id, outcome=Outcome.TAKEN, state=state)
