"""Following: a batch is placed by columns, and what is out of the ordinary in it row by row, with the same results."""

from __future__ import annotations

import numpy as np

from comity.picture.follow import Followed, follow, reports
from comity.picture.identified import Identified
from comity.picture.live import Live
from comity.picture.motion import MOTIONS
from comity.picture.placed import Outcome, Placed
from comity.picture.placements import Placements
from comity.picture.register import Register, key_of
from comity.picture.settings import PictureSettings
from comity.vocabulary.columns import NONE, Floats, Sightings
from comity.vocabulary.subject import SubjectKind

_VESSEL = MOTIONS[SubjectKind.VESSEL]


class Following:
    """One batch on its way into the picture."""

    def __init__(
        self, columns: Sightings, register: Register, identified: Identified, settings: PictureSettings
    ) -> None:
        self._columns, self._register, self._identified = columns, register, identified
        self._followers = register.followers
        self._begin_columns()
        self._column = self._followers.columns(columns.number.tolist())
        self._bit = self._followers.bits(columns.sources)[columns.source] if len(columns.rows) else columns.source
        self._track = np.full(len(columns.rows), -1, np.int64)
        self._assign(np.arange(len(columns.rows)))
        self._reports = reports(columns, self._track, _deviations(columns, settings))
        self._out = Followed(np.zeros((5, len(columns.rows))), np.zeros(len(columns.rows), np.int64))
        self._made: dict[int, Placed] = {}

    def placed(self) -> Placements:
        """Place all of it."""
        self._register.begin(self._columns)
        try:
            self._place_all()
            known = self._followers.known.copy()
        finally:
            self._register.finish()
        return Placements(self._columns, self._track, known, self._out, self._made)

    def _place_all(self) -> None:
        register, row, rows = self._register, 0, len(self._track)
        while row < rows:
            if self._track[row] >= 0:
                held = self._followers.held
                row = follow(row, self._reports, held, self._out, (_VESSEL.noise, _VESSEL.brisk), register.base)
                if row == rows:
                    break
            self._by_itself(row)
            row += 1

    def _begin_columns(self) -> None:
        """Follow the tracks that can be, of the numbers that occur."""
        numbers = self._columns.number[self._columns.plain]
        unknown = numbers[self._followers.columns(numbers.tolist()) < 0]
        for number in dict.fromkeys(unknown.tolist()):
            self._open(number)

    def _open(self, number: int) -> None:
        live = self._register.alone(f"vessel/mmsi/{number}")
        if live is not None and live.column < 0 and _ordinary(live):
            self._followers.add(number, live)

    def _by_itself(self, row: int) -> None:
        """Place one row as it would be without columns, and look anew at the tracks that this has changed."""
        sighting, number = self._columns.rows[row], int(self._columns.number[row])
        key = key_of(sighting.identity)
        self._track[row] = -1
        if key is None:
            self._made[row] = Placed(sighting=sighting, track="", outcome=Outcome.WAITING, state=None)
            return
        self._register.go_to(row)
        self._made[row] = self._identified.place(sighting, key)
        changed = {number, *self._register.fallen} - {NONE}
        self._register.fallen.clear()
        for each in changed:
            later = row + 1 + np.flatnonzero(self._columns.number[row + 1 :] == each)
            if len(later):
                self._open(each)
                self._column[later] = self._followers.columns([each])[0]
                self._assign(later)

    def _assign(self, rows: np.ndarray[tuple[int], np.dtype[np.int64]]) -> None:
        """Say for each of the rows by which column it is followed, if it is an ordinary one."""
        columns, followers, column = self._columns, self._followers, self._column[rows]
        fit = columns.plain[rows] & (column >= 0) & (followers.heard_by[column] & self._bit[rows] != 0)
        fit &= ~columns.simulated[rows] | followers.simulated[column]
        self._track[rows] = np.where(fit, column, -1)


def _ordinary(live: Live) -> bool:
    """Whether a track can be followed: heard more than once, confirmed, and no doubt where it is."""
    return live.confirmed and live.count > 1 and live.rival is None


def _deviations(columns: Sightings, settings: PictureSettings) -> Floats:
    """Return the standard deviation of each position, as `PictureSettings.deviation` tells it."""
    usual = np.array([settings.accuracy.get(name, settings.accuracy_otherwise) for name in columns.sources] or [0.0])
    told = columns.accuracy
    return np.where(np.isnan(told) | (told == 0.0), usual[columns.source], told)
