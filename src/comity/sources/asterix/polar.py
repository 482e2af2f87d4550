"""From range and azimuth at a radar to a position on the ellipsoid."""

from __future__ import annotations

import math
from typing import Final

from comity.foundation.geodesy import EQUATOR, SQUARED, distance
from comity.sources.station import Station
from comity.vocabulary.place import Position
from comity.vocabulary.ray import Ray

_ROUNDS: Final = 8
_ENOUGH: Final = 0.5
"""Metres of height."""
_POLAR: Final = EQUATOR * math.sqrt(1 - SQUARED)


def position(station: Station, slant: float, azimuth: float, height: float) -> Position:
    """Return where a target is that was measured `slant` metres away at `azimuth` degrees and flies at `height` metres.

    The elevation is sought that brings the end of the slant range to that height above the ellipsoid. A target so near
    that it cannot be at that height is straight above.
    """
    across = math.radians(azimuth)
    rise = height - station.height
    if slant <= abs(rise):
        return station.position
    # on a sphere of the Earth's size; the ellipsoid's is found from there
    sine = rise / slant - slant / (2 * EQUATOR)
    for _ in range(_ROUNDS):
        sine = max(-1.0, min(1.0, sine))
        level = slant * math.sqrt(1 - sine * sine)
        point = _cartesian(station, level * math.sin(across), level * math.cos(across), slant * sine)
        found, reached = geodetic(*point)
        if abs(reached - height) < _ENOUGH:
            break
        sine += (height - reached) / slant
    return found


def _cartesian(station: Station, east: float, north: float, up: float) -> tuple[float, float, float]:
    """Return the Earth-centred coordinates of a point so many metres from the station (EPSG 9837)."""
    phi, lam = math.radians(station.position.latitude), math.radians(station.position.longitude)
    sin_phi, cos_phi, sin_lam, cos_lam = math.sin(phi), math.cos(phi), math.sin(lam), math.cos(lam)
    normal = EQUATOR / math.sqrt(1 - SQUARED * sin_phi**2)
    x, y, z = cartesian_of(normal, station.height, (sin_phi, cos_phi), (sin_lam, cos_lam))
    out = cos_phi * up - sin_phi * north
    return x + out * cos_lam - east * sin_lam, y + out * sin_lam + east * cos_lam, z + sin_phi * up + cos_phi * north


def cartesian_of(
    normal: float, height: float, phi: tuple[float, float], lam: tuple[float, float]
) -> tuple[float, float, float]:
    """Return Earth-centred coordinates from the sines and cosines of latitude and longitude (EPSG 9602)."""
    level = (normal + height) * phi[1]
    return level * lam[1], level * lam[0], (normal * (1 - SQUARED) + height) * phi[0]


def geodetic(x: float, y: float, z: float) -> tuple[Position, float]:
    """Return position and height of a point near the Earth (Bowring's formula: good to a millimetre up to 50 km)."""
    away = math.hypot(x, y)
    theta = math.atan2(z * EQUATOR, away * _POLAR)
    second = SQUARED / (1 - SQUARED)
    phi = math.atan2(
        z + second * _POLAR * math.sin(theta) ** 3,
        away - SQUARED * EQUATOR * math.cos(theta) ** 3,
    )
    normal = EQUATOR / math.sqrt(1 - SQUARED * math.sin(phi) ** 2)
    height = away * math.cos(phi) + z * math.sin(phi) - EQUATOR**2 / normal
    longitude = math.degrees(math.atan2(y, x))
    return Position(math.degrees(phi), longitude if longitude < 180 else -180.0), height


def ray(station: Station, place: Position) -> Ray | None:
    """Return how the place was measured; None where the errors of range and azimuth are not told."""
    if station.range_error is None or station.azimuth_error is None:
        return None
    return Ray(
        station=station.position,
        range=distance(station.position, place),
        range_error=station.range_error,
        azimuth_error=station.azimuth_error,
    )


def spread(station: Station, slant: float) -> float | None:
    """Return the larger of what the errors of range and azimuth leave, metres; None where they are not told."""
    if station.range_error is None or station.azimuth_error is None:
        return None
    return max(station.range_error, slant * math.radians(station.azimuth_error))
