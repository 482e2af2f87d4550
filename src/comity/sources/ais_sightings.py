"""AIS sightings in bulk: from columns, the same that `sources.ais_feed` makes of one message after another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from comity.foundation.geodesy import KNOT
from comity.sources.ais_bits import (
    ACCURATE,
    COURSE,
    END,
    HEADING,
    LATITUDE,
    LONGITUDE,
    MMSI,
    MORE,
    MORE_END,
    NONE,
    OWN,
    SPEED,
    START,
    STATUS,
    TIME,
    TYPE,
    Numbers,
)
from comity.sources.ais_columns import Columns, message
from comity.sources.ais_feed import (
    ACCURATE as FINE,
)
from comity.sources.ais_feed import (
    AIRCRAFT_TYPE,
    BEACONS,
    COARSE,
    DISTRESS_STATUS,
    FAR_TYPE,
    IDENTIFYING_TYPES,
    TEST_STATUS,
    VESSEL_TYPES,
    identity_of,
    motion_of,
)
from comity.sources.ais_message import NAMES
from comity.sources.origin import Origin
from comity.sources.report import Report
from comity.vocabulary.instant import LATEST
from comity.vocabulary.place import Position
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import Identity, SubjectKind

MOST_KEPT = 65_536
"""Identities that are kept to be used again."""
_SEEN = np.array([kind in VESSEL_TYPES or kind == AIRCRAFT_TYPE for kind in range(32)])
_BY_ITSELF = frozenset({*IDENTIFYING_TYPES, AIRCRAFT_TYPE})
"""Types that tell more than who moves where."""


class Sightings:
    """Makes the sightings of one feed, and counts in its report."""

    def __init__(self, origin: Origin, report: Report) -> None:
        self._origin = origin
        self._report = report
        self._kept: dict[int, Identity] = {}

    def made(self, block: bytes, columns: Columns, rows: int) -> list[Sighting]:
        """Return the sightings of the first rows, whose payloads lie in the block."""
        numbers = columns.numbers[:, :rows]
        self._count(numbers)
        times = self._times(numbers[TIME])
        seen = np.flatnonzero((times != NONE) & _SEEN[numbers[TYPE]])
        self._report.sightings += len(seen)
        return self._each(block, columns, seen, times[seen])

    def _count(self, numbers: Numbers) -> None:
        heard = numbers[:, numbers[OWN] == 0]
        kinds = np.bincount(heard[TYPE]).tolist()
        self._report.heard_many(
            np.unique(heard[MMSI]).tolist(), {NAMES[kind]: count for kind, count in enumerate(kinds) if count}
        )

    def _times(self, told: Numbers) -> Numbers:
        """Return the time of each message, NONE where it has none that can be written."""
        times = told
        if self._origin.arrival is not None and (told == NONE).any():
            times = np.where(told == NONE, self._origin.arrival(), told)
        shown = times + self._origin.shift
        times = np.where((times == NONE) | (shown < 0) | (shown > LATEST), NONE, times)
        known = times[times != NONE]
        self._report.untimed += len(times) - len(known)
        if len(known):
            self._report.timed(int(known.min()))
            self._report.timed(int(known.max()))
        return times

    def _each(self, block: bytes, columns: Columns, rows: NDArray[np.intp], times: Numbers) -> list[Sighting]:
        made: list[Sighting] = []
        add = made.append
        numbers, reals = columns.numbers, columns.reals
        source, shift, simulated = self._origin.source, self._origin.shift, self._origin.simulated
        identifier, kept, plain = self._origin.identifier, self._kept, self._plain
        for row, time, kind, mmsi, start, end, more, more_end, distress, speed, course, heading, place, accuracy in zip(
            rows.tolist(),
            times.tolist(),
            *(numbers[column, rows].tolist() for column in (TYPE, MMSI, START, END, MORE, MORE_END)),
            _distress(numbers[:, rows]).tolist(),
            _listed(reals[SPEED, rows] * KNOT),
            _listed(reals[COURSE, rows]),
            _listed(np.where(numbers[HEADING, rows] == NONE, np.nan, numbers[HEADING, rows])),
            _positions(reals[LATITUDE, rows], reals[LONGITUDE, rows]),
            _accuracies(numbers[:, rows]),
            strict=True,
        ):
            raw = block[start:end] + block[more:more_end] if more_end else block[start:end]
            if kind in _BY_ITSELF:
                told = message(columns, row)
                add(self._origin.sighting(raw, time, identity_of(told), motion_of(told)))
                continue
            sighting = Sighting(
                id=identifier(raw, time + shift),
                source=source,
                time=time + shift,
                identity=kept.get(mmsi) or plain(mmsi),
                original_time=time if shift else None,
                position=place,
                accuracy=accuracy if place is not None else None,
                speed=speed,
                course=course,
                heading=heading,
                distress=distress,
                simulated=simulated,
            )
            add(sighting)
        return made

    def _plain(self, mmsi: int) -> Identity:
        """Return, and keep, the identity of a vessel that says its number alone."""
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        kept = self._kept[mmsi] = Identity(kind=SubjectKind.VESSEL, mmsi=mmsi)
        return kept


def _listed(values: NDArray[np.float64]) -> list[float | None]:
    """Return the values, None where there is none."""
    listed: list[float | None] = values.tolist()
    for place in np.flatnonzero(np.isnan(values)).tolist():
        listed[place] = None
    return listed


def _positions(latitudes: NDArray[np.float64], longitudes: NDArray[np.float64]) -> list[Position | None]:
    listed: list[Position | None] = list(map(Position, latitudes.tolist(), longitudes.tolist()))
    for place in np.flatnonzero(np.isnan(latitudes) | np.isnan(longitudes)).tolist():
        listed[place] = None
    return listed


def _accuracies(numbers: Numbers) -> list[float | None]:
    fine = np.where(numbers[ACCURATE] == 1, FINE, np.nan)
    return _listed(np.where(numbers[TYPE] == FAR_TYPE, COARSE, fine))


def _distress(numbers: Numbers) -> NDArray[np.bool_]:
    """Return which are calls of distress, as `ais_feed.distressed` says it."""
    beacon = np.isin(numbers[MMSI] // 1_000_000, list(BEACONS))
    calls: NDArray[np.bool_] = (numbers[STATUS] == DISTRESS_STATUS) | (beacon & (numbers[STATUS] != TEST_STATUS))
    return calls
