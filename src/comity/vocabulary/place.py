"""Places: positions and areas on the WGS 84 ellipsoid."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import msgspec

Latitude: TypeAlias = Annotated[float, msgspec.Meta(ge=-90.0, le=90.0)]
Longitude: TypeAlias = Annotated[float, msgspec.Meta(ge=-180.0, le=180.0)]


class Position(msgspec.Struct, frozen=True):
    """A point: latitude and longitude in degrees, north and east positive."""

    latitude: Latitude
    longitude: Longitude


class Area(msgspec.Struct, frozen=True, kw_only=True):
    """A named region: one or more polygons, each an outer ring followed by its holes.

    A ring is a sequence of positions whose last joins its first; edges are straight in degrees, as in RFC 7946,
    and a region across the antimeridian is cut in two there (section 3.1.9).
    """

    name: str
    polygons: tuple[tuple[tuple[Position, ...], ...], ...]
    title: str = ""
    source: str = ""
