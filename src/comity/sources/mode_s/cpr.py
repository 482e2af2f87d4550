"""Compact position reporting: 17 bits of latitude and of longitude, unfolded (DO-260B, appendix A.1.7).

A position is sent in turns in two grids, the even one with 60 zones of latitude and the odd one with 59. Two that were
sent close together tell their zones; one alone does where another position nearby is known.
"""

from __future__ import annotations

import math
from typing import Final

import msgspec

from comity.foundation.geodesy import wrapped
from comity.vocabulary.place import Position

_GRID: Final = 1 << 17
_ZONES: Final = 15
"""Zones of latitude from equator to pole in the even grid (NZ)."""
_AIR, _GROUND = 360.0, 90.0
"""Degrees that the zones divide: on the ground a quarter of the Earth, so that the same bits are four times as fine."""


class Folded(msgspec.Struct, frozen=True):
    """A position as sent: its place within its zone, in 1/131,072 of it."""

    odd: bool
    latitude: int
    longitude: int
    surface: bool = False

    @property
    def span(self) -> float:
        """Degrees that the zones divide."""
        return _GROUND if self.surface else _AIR


def zones(latitude: float) -> int:
    """Return how many zones of longitude there are at a latitude in the even grid (NL, A.1.7.2 d)."""
    across = abs(latitude)
    if across < 1e-9:
        return 59
    if across >= 87.0:
        return 2 if across == 87.0 else 1
    inner = 1 - (1 - math.cos(math.pi / (2 * _ZONES))) / math.cos(math.radians(across)) ** 2
    return math.floor(2 * math.pi / math.acos(inner))


def pair(older: Folded, newer: Folded, near: Position | None = None) -> Position | None:
    """Return where the newer of an even and an odd report is (A.1.7.7, A.1.7.8).

    None where they lie in different zones of longitude, or tell no place on Earth. On the ground there are eight
    answers; the one nearest to `near` is taken, and without that there is none.
    """
    if older.odd == newer.odd or older.surface != newer.surface or (newer.surface and near is None):
        return None
    even, odd = (older, newer) if newer.odd else (newer, older)
    index = math.floor((59 * even.latitude - 60 * odd.latitude) / _GRID + 0.5)
    span = newer.span
    norths = tuple(span / n * (index % n + one.latitude / _GRID) for n, one in ((60, even), (59, odd)))
    if newer.surface and near is not None:
        # both hemispheres are possible; the two grids must be folded out into the same
        low = norths[newer.odd]
        shift = 0.0 if abs(low - near.latitude) <= abs(low - 90 - near.latitude) else -90.0
        norths = (norths[0] + shift, norths[1] + shift)
    else:
        norths = (_signed(norths[0]), _signed(norths[1]))
    return _east(even, odd, norths, newer, near)


def _east(
    even: Folded, odd: Folded, norths: tuple[float, ...], newer: Folded, near: Position | None
) -> Position | None:
    if any(abs(north) > 90 for north in norths) or zones(norths[0]) != zones(norths[1]):
        return None
    latitude = norths[newer.odd]
    many = zones(latitude)
    count = max(many - newer.odd, 1)
    index = math.floor((even.longitude * (many - 1) - odd.longitude * many) / _GRID + 0.5)
    longitude = newer.span / count * (index % count + newer.longitude / _GRID)
    if newer.surface and near is not None:
        longitude = min(
            (longitude + 90 * quarter for quarter in range(4)), key=lambda east: abs(wrapped(east - near.longitude))
        )
    return Position(latitude, wrapped(longitude))


def nearby(folded: Folded, near: Position) -> Position | None:
    """Return the place of a report that is the nearest to a known one (A.1.7.5, A.1.7.6).

    Right where the two are less than half a zone apart: 180 nautical miles in the air, 45 on the ground. None where
    that is no place on Earth.
    """
    tall = folded.span / (60 - folded.odd)
    latitude = _nearest(folded.latitude / _GRID, tall, near.latitude)
    if abs(latitude) > 90:
        return None
    wide = folded.span / max(zones(latitude) - folded.odd, 1)
    return Position(latitude, wrapped(_nearest(folded.longitude / _GRID, wide, near.longitude)))


def _nearest(share: float, zone: float, known: float) -> float:
    """Return the number nearest to `known` that lies by this share within a zone of this size."""
    return zone * (share + math.floor(known / zone - share + 0.5))


def _signed(latitude: float) -> float:
    return latitude - 360 if latitude >= 270 else latitude
