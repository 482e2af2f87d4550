"""Registration: by how much a sensor's ranges and azimuths, or its places, and its clock are off, learned as it goes.

The references are tracks that tell who and where they are (AIS, ADS-B). A plot that can be of one reference only, which
no other plot can be of, tells the offsets: a Kalman filter over three of them that hardly change. Bar-Shalom, Li,
Kirubarajan (2001), chapter 5, for the filter; the model is that of a first-order error of range, azimuth and time.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec
import numpy as np

from comity.foundation.grid import METRES_A_DEGREE
from comity.picture.arrays import Floats
from comity.picture.filter import Estimate, displacement, moved
from comity.picture.measured import Noise, outward
from comity.vocabulary.place import Position
from comity.vocabulary.ray import Ray

_RANGE, _AZIMUTH, _CLOCK = 300.0, math.radians(1.5), 5.0
"""Deviations of what sensors are off by before they have shown it: metres (of east and north too), radians, seconds."""
_WANDERS = 1e-4
"""Part of those by which they change in the square root of a second: a tenth in twelve days."""
_GATE = 9.21
"""Squared deviations of a pair: 99 % of true ones."""
_REFERENCE = 15.0
"""Metres by which a reference may be off beyond its filter's doubt: where on a ship the antenna stands."""
_PAIRS = 20
"""From which the offsets are believed, each one if..."""
_TOLD = 3.0
"""...it is so many of its deviations from nought."""
_MOST = 50
"""References taken from one scan."""


class Offset(msgspec.Struct, frozen=True, kw_only=True):
    """By how much a sensor is off, and the standard deviation of that: what a sensor's health shows."""

    polar: bool
    """Whether the first two are of range and azimuth, not of east and north."""
    values: tuple[float, float, float]
    """Metres and degrees, or metres twice; then seconds by which its times are late."""
    deviations: tuple[float, float, float]
    pairs: int
    """Plots that told so."""
    applied: tuple[float, float, float]
    """What its plots are corrected by."""
    station: Position | None = None
    """Where it stands, if its plots are rays from there."""

    @property
    def known(self) -> bool:
        """Whether enough plots have told."""
        return self.pairs >= _PAIRS


class Registration:
    """What is known of one sensor."""

    def __init__(self, *, polar: bool) -> None:
        self._polar = polar
        self._first = np.array([_RANGE, _AZIMUTH if polar else _RANGE, _CLOCK])
        self._mean, self._spread = np.zeros(3), np.diag(self._first**2)
        self._time: float | None = None
        self._pairs = 0

    def take(
        self,
        time: float,
        plots: Sequence[tuple[Position, Noise]],
        rays: Sequence[Ray | None],
        known: Sequence[Estimate],
    ) -> None:
        """Learn from a scan at a time (seconds), and references near it as they stood then by the sensor's clock."""
        if self._time is not None:
            self._spread += np.diag((_WANDERS * self._first) ** 2) * min(max(time - self._time, 0.0), 86_400.0)
        self._time = time if self._time is None else max(time, self._time)
        candidates: list[tuple[int, int]] = []
        for index, reference in enumerate(known[:_MOST]):
            for at in self._within(plots, rays, reference):
                off, _, spread = self._news(plots[at], rays[at], reference)
                if _squared(off, spread) < _GATE:
                    candidates.append((index, at))
        for reference_of, plot_of in candidates:
            alone = sum(1 for one, other in candidates if one == reference_of or other == plot_of) == 1
            if alone:
                self._update(*self._news(plots[plot_of], rays[plot_of], known[reference_of]))

    def offset(self) -> Offset:
        """Return it as it stands."""
        scale = np.array([1.0, math.degrees(1.0) if self._polar else 1.0, 1.0])
        return Offset(
            polar=self._polar,
            values=_three(self._mean * scale),
            deviations=_three(np.sqrt(np.diag(self._spread)) * scale),
            pairs=self._pairs,
            applied=_three(self._believed() * scale),
        )

    def corrected(self, place: Position, ray: Ray | None) -> Position:
        """Return where a plot would be if the sensor were right."""
        east, north = self._slopes(place, ray, (0.0, 0.0)) @ self._believed()
        return moved(place, -float(east), -float(north))

    @property
    def late(self) -> float:
        """Seconds to be taken from the sensor's times."""
        return float(self._believed()[2])

    def _within(
        self, plots: Sequence[tuple[Position, Noise]], rays: Sequence[Ray | None], known: Estimate
    ) -> list[int]:
        """Return the plots that may lie within the gate of a reference, and some beyond."""
        north = np.array([place.latitude for place, _ in plots]) - known.position.latitude
        east = (np.array([place.longitude for place, _ in plots]) - known.position.longitude + 180.0) % 360.0 - 180.0
        away = np.hypot(east * math.cos(math.radians(known.position.latitude)), north) * METRES_A_DEGREE
        noise = np.sqrt([ee + nn for _, (ee, _, nn) in plots]) + 2.0 * _REFERENCE
        arm = np.array([1.0 if ray is None else ray.range for ray in rays])
        reach = np.abs(self._mean) + math.sqrt(_GATE) * np.sqrt(np.diag(self._spread))
        most = reach[0] + reach[1] * arm + reach[2] * math.hypot(known.east, known.north)
        doubt = noise + math.sqrt(2.0 * known.position_variance)
        return [int(at) for at in np.flatnonzero(away < 1.1 * most + math.sqrt(_GATE) * doubt)]

    def _believed(self) -> Floats:
        told = np.abs(self._mean) > _TOLD * np.sqrt(np.diag(self._spread))
        return np.where(told & (self._pairs >= _PAIRS), self._mean, 0.0)

    def _slopes(self, place: Position, ray: Ray | None, velocity: tuple[float, float]) -> Floats:
        """Return by how much a plot moves east and north (rows) with each offset (columns)."""
        if ray is None:
            return np.array([[1.0, 0.0, -velocity[0]], [0.0, 1.0, -velocity[1]]])
        east, north = outward(place, ray)
        return np.array([[east, ray.range * north, -velocity[0]], [north, -ray.range * east, -velocity[1]]])

    def _news(self, plot: tuple[Position, Noise], ray: Ray | None, known: Estimate) -> tuple[Floats, Floats, Floats]:
        """Return how a plot differs from what is expected of a reference, its slopes, and the covariance of that."""
        place, (ee, en, nn) = plot
        slopes = self._slopes(place, ray, (known.east, known.north))
        doubt = known.position_variance + _REFERENCE**2
        noise = np.array([[ee + doubt, en], [en, nn + doubt]])
        off = np.array(displacement(known.position, place)) - slopes @ self._mean
        return off, slopes, slopes @ self._spread @ slopes.T + noise

    def _update(self, off: Floats, slopes: Floats, spread: Floats) -> None:
        if _squared(off, spread) >= _GATE:  # by what others of the same scan have told
            return
        gain = np.linalg.solve(spread, slopes @ self._spread).T
        self._mean = self._mean + gain @ off
        whole = self._spread - gain @ slopes @ self._spread
        self._spread = (whole + whole.T) / 2.0
        self._pairs += 1


def _squared(off: Floats, spread: Floats) -> float:
    determinant = spread[0, 0] * spread[1, 1] - spread[0, 1] ** 2
    east, north = off
    return float((spread[1, 1] * east**2 - 2 * spread[0, 1] * east * north + spread[0, 0] * north**2) / determinant)


def _three(values: Floats) -> tuple[float, float, float]:
    return float(values[0]), float(values[1]), float(values[2])
