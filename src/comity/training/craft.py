"""A craft: one target of a scenario as it really moves, and what it says of itself.

Places are metres east and north of the scenario's place, on the plane that touches there (`foundation.geodesy`).
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec
import numpy as np

from comity.vocabulary.instant import Duration
from comity.vocabulary.subject import Identity

Floats: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
_HALF = 500.0
"""Milliseconds to either side over which a speed is taken."""
_PERIODS = (607_000.0, 947_000.0)
"""Milliseconds in which a drift goes to and fro: eastward and northward differ, so that it does not run on a line."""


class Where(msgspec.Struct, frozen=True):
    """Places and velocities at some times: metres, metres a second."""

    east: Floats
    north: Floats
    east_speed: Floats
    north_speed: Floats

    @property
    def speed(self) -> Floats:
        """Metres a second."""
        return np.hypot(self.east_speed, self.north_speed)

    @property
    def course(self) -> Floats:
        """Degrees from north."""
        return np.degrees(np.arctan2(self.east_speed, self.north_speed)) % 360.0


class Said(msgspec.Struct, frozen=True):
    """Something that a craft does with what it transmits, from when until when."""

    begin: Duration
    end: Duration
    silent: bool = False
    moved: tuple[float, float] = (0.0, 0.0)
    identity: Identity | None = None
    distress: bool = False


class Saying(msgspec.Struct, frozen=True):
    """What a craft transmits at some time: who it says it is, how far from where it is, and whether in distress."""

    identity: Identity
    moved: tuple[float, float] = (0.0, 0.0)
    distress: bool = False


class Craft(msgspec.Struct, frozen=True, kw_only=True):
    """One target. Times are milliseconds since the scenario's begin."""

    name: str
    identity: Identity
    """Its own. What it says may be another."""
    silent: bool
    times: Floats
    east: Floats
    north: Floats
    altitude: float = 0.0
    """Metres."""
    drift: float = 0.0
    phases: tuple[float, float] = (0.0, 0.0)
    said: tuple[Said, ...] = ()

    @property
    def begin(self) -> float:
        """From when it is there."""
        return float(self.times[0])

    @property
    def end(self) -> float:
        """Until when it is there."""
        return float(self.times[-1])

    def there(self, times: Floats) -> Floats:
        """Return those of the times at which it is there."""
        return times[(times >= self.begin) & (times <= self.end)]

    def at(self, times: Floats) -> Where:
        """Return where it is at these times, and how it moves."""
        east, north = self._place(times)
        before, after = self._place(times - _HALF), self._place(times + _HALF)
        seconds = 2 * _HALF / 1_000
        return Where(east, north, (after[0] - before[0]) / seconds, (after[1] - before[1]) / seconds)

    def says(self, time: float) -> Saying | None:
        """Return what it says at that time; None while it says nothing."""
        now = [said for said in self.said if said.begin <= time < said.end]
        if self.silent or any(said.silent for said in now):
            return None
        return Saying(
            next((said.identity for said in now if said.identity), self.identity),
            next((said.moved for said in now if said.moved != (0.0, 0.0)), (0.0, 0.0)),
            any(said.distress for said in now),
        )

    def _place(self, times: Floats) -> tuple[Floats, Floats]:
        east, north = np.interp(times, self.times, self.east), np.interp(times, self.times, self.north)
        if self.drift:
            east = east + self.drift * np.sin(2 * np.pi * times / _PERIODS[0] + self.phases[0])
            north = north + self.drift * np.sin(2 * np.pi * times / _PERIODS[1] + self.phases[1])
        return east, north
