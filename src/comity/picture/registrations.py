"""Registrations: what is known of the offsets of every sensor."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TypeAlias

from msgspec.structs import replace

from comity.picture.filter import Estimate
from comity.picture.measured import Noise, measured
from comity.picture.registration import Offset, Registration
from comity.picture.settings import PictureSettings
from comity.vocabulary.instant import SECOND, Instant
from comity.vocabulary.place import Position
from comity.vocabulary.sighting import Sighting

_MOST = 256
"""Sensors; those that come later are taken as they are."""
_Key: TypeAlias = tuple[str, Position | None]
"""The source, and where the radar stands that it tells of."""


class Registrations:
    """All sensors, by their source and where they stand."""

    def __init__(self, settings: PictureSettings) -> None:
        self._settings = settings
        self._held: dict[_Key, Registration] = {}

    def learn(self, scan: Sequence[Sighting], known: Sequence[Estimate]) -> Instant:
        """Learn from the plots of one source and instant beside references; return when the scan really was."""
        told = scan[0].time
        if known:
            by_sensor: dict[_Key, list[Sighting]] = defaultdict(list)
            for plot in scan:
                by_sensor[_key(plot)].append(plot)
            for key, plots in by_sensor.items():
                registration = self._made(key)
                if registration is not None:
                    places = [measured(plot, self._settings) for plot in plots]
                    registration.take(told / SECOND, places, [plot.ray for plot in plots], known)
        registration = self._held.get(_key(scan[0]))
        return told if registration is None else told - round(registration.late * SECOND)

    def corrected(self, plot: Sighting) -> tuple[Position, Noise]:
        """Return where a plot with a position most probably is, and the covariance of that."""
        place, noise = measured(plot, self._settings)
        registration = self._held.get(_key(plot))
        return (place, noise) if registration is None else (registration.corrected(place, plot.ray), noise)

    def offsets(self) -> dict[str, tuple[Offset, ...]]:
        """Return what is known, by source."""
        found: dict[str, tuple[Offset, ...]] = {}
        for (source, station), registration in self._held.items():
            found[source] = (*found.get(source, ()), replace(registration.offset(), station=station))
        return found

    def _made(self, key: _Key) -> Registration | None:
        if key not in self._held and len(self._held) < _MOST:
            self._held[key] = Registration(polar=key[1] is not None)
        return self._held.get(key)


def _key(plot: Sighting) -> _Key:
    return plot.source, plot.ray.station if plot.ray else None
