"""Columns: many sightings side by side, and what of a batch followed its tracks without surprise.

A value that is not there is NaN where it is a float and `NONE` where it is whole. Units are those of `Sighting`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import Identity, SubjectKind

NONE = -1
"""A whole number that is not there."""

_NOTHING = (None,) * 7

Whole: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]
Truths: TypeAlias = NDArray[np.bool_]


class Sightings(msgspec.Struct, frozen=True):
    """Sightings and, row by row, what is calculated with; whoever needs one whole takes it from `rows`."""

    rows: Sequence[Sighting]
    time: Whole
    """Milliseconds, as every `Instant`."""
    number: Whole
    """The MMSI of a vessel; `NONE` for everything else."""
    plain: Truths
    """Whether it is a vessel's place with its number, and nothing else that would have to be looked at."""
    simulated: Truths
    sources: tuple[str, ...]
    source: Whole
    """Which of `sources` it is of."""
    latitude: Floats
    """Degrees, as `longitude`."""
    longitude: Floats
    accuracy: Floats
    """Metres."""
    speed: Floats
    """Metres a second."""
    course: Floats
    """Degrees from true north."""


class Moves(msgspec.Struct, frozen=True):
    """What rules can know of a batch without looking at its rows, for those that moved as expected.

    Such a row is `quiet`: a vessel's report of its place under its number alone, not in distress, no older than its
    track, which is confirmed and has only gone on. What else the columns say counts for quiet rows alone.
    """

    quiet: Truths
    serial: Whole
    """The number of the row's track: no other has it as long as the process runs. `NONE` where nobody knows."""
    time: Whole
    """Milliseconds."""
    seen: Whole
    """Sightings of the track, with this one."""
    speed: Floats
    """As the sighting says it, metres a second."""
    course: Floats
    """As the sighting says it, degrees from true north."""
    later: Truths
    """Whether event time goes on with the row, quiet or not: it is newer than all before it in the batch."""
    held: Whole
    """Which of `names` and `subjects` is the row's track; `NONE` where it is not quiet."""
    names: Sequence[str]
    """Ids of tracks. One that was looked at anew in between is there twice."""
    subjects: Sequence[Identity]
    """As the track knows them."""
    rows: Sequence[Sighting]
    sources: tuple[str, ...]
    source: Whole
    """Which of `sources` the row is of, quiet or not."""
    number: Whole
    """The MMSI."""
    state: Floats
    """(4, rows): latitude and longitude of the track just after it in degrees, metres a second to east and north."""

    def __len__(self) -> int:
        return len(self.quiet)


def columns(rows: Sequence[Sighting]) -> Sightings:
    """Return the sightings as columns."""
    none = float("nan")
    numbers = [_number(row.identity) for row in rows]
    places = [(none, none) if (at := row.position) is None else (at.latitude, at.longitude) for row in rows]
    sources = {name: place for place, name in enumerate(dict.fromkeys(row.source for row in rows))}
    latitude, longitude = np.array(places, np.float64).reshape(-1, 2).T
    return Sightings(
        rows=rows,
        time=np.array([row.time for row in rows], np.int64),
        number=np.array(numbers, np.int64),
        plain=np.array([_plain(row) for row in rows], np.bool_),
        simulated=np.array([row.simulated for row in rows], np.bool_),
        sources=tuple(sources),
        source=np.array([sources[row.source] for row in rows], np.int64),
        latitude=latitude,
        longitude=longitude,
        accuracy=_floats([row.accuracy for row in rows]),
        speed=_floats([row.speed for row in rows]),
        course=_floats([row.course for row in rows]),
    )


def _floats(values: list[float | None]) -> Floats:
    return np.array(values, np.float64)  # None becomes NaN


def _number(identity: Identity) -> int:
    return NONE if identity.mmsi is None or identity.kind is not SubjectKind.VESSEL else identity.mmsi


def _plain(row: Sighting) -> bool:
    who = row.identity
    said = (who.imo, who.icao, who.call_sign, who.name, who.ship_type, who.destination, who.length)
    bare = who.mmsi is not None and who.kind is SubjectKind.VESSEL and said == _NOTHING
    return bare and row.position is not None and not row.distress
