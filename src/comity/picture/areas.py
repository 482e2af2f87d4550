"""Areas: named regions as GeoJSON draws them (RFC 7946), and which of many hold a position."""

from __future__ import annotations

import math
from collections.abc import Iterable

import msgspec

from comity.foundation.geodesy import contains
from comity.vocabulary.fault import Fault
from comity.vocabulary.place import Area, Position

_REMEDY = "Correct the feature; docs/reference/detection.md lists what an area needs."

_Ring = tuple[tuple[float, ...], ...]
_Polygon = tuple[_Ring, ...]


class Drawn(Area, frozen=True, kw_only=True):
    """An area as it was drawn, with what it is for: `waters`, `region`, `crossing-point`, or another word."""

    kind: str = ""


class _Properties(msgspec.Struct, frozen=True):
    name: str
    title: str = ""
    source: str = ""
    kind: str = ""


class _PolygonShape(msgspec.Struct, frozen=True, tag="Polygon"):
    coordinates: _Polygon

    def polygons(self) -> tuple[_Polygon, ...]:
        return (self.coordinates,)


class _MultiPolygonShape(msgspec.Struct, frozen=True, tag="MultiPolygon"):
    coordinates: tuple[_Polygon, ...]

    def polygons(self) -> tuple[_Polygon, ...]:
        return self.coordinates


class _Feature(msgspec.Struct, frozen=True, tag="Feature"):
    properties: _Properties
    geometry: _PolygonShape | _MultiPolygonShape


class _Collection(msgspec.Struct, frozen=True, tag="FeatureCollection"):
    features: tuple[msgspec.Raw, ...]


def read_geojson(text: str | bytes, where: str = "") -> tuple[Drawn, ...]:
    """Return the areas that the text draws, in its order; names are unique.

    Raises:
        Fault: it is not a FeatureCollection, or a feature is not a named polygon; says which feature.
    """
    try:
        collection = msgspec.json.decode(text, type=_Collection)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise Fault(f"not a GeoJSON FeatureCollection: {error}", where=where, remedy="See RFC 7946.") from error
    areas = tuple(_area(bytes(raw), f"{where}: feature {number}") for number, raw in enumerate(collection.features, 1))
    names: set[str] = set()
    for number, area in enumerate(areas, 1):
        if area.name in names:
            raise Fault(f"a second area is named {area.name!r}", where=f"{where}: feature {number}", remedy=_REMEDY)
        names.add(area.name)
    return areas


def _area(raw: bytes, where: str) -> Drawn:
    try:
        feature = msgspec.json.decode(raw, type=_Feature)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise Fault(f"not a named polygon: {error}", where=where.lstrip(": "), remedy=_REMEDY) from error
    about = feature.properties
    place = f"{where.lstrip(': ')} ({about.name!r})"
    if not about.name:
        raise Fault("the area has no name", where=place, remedy=_REMEDY)
    polygons = tuple(tuple(_ring(ring, place) for ring in polygon) for polygon in feature.geometry.polygons())
    if not polygons or not all(polygons):
        raise Fault("the area has no outer ring", where=place, remedy=_REMEDY)
    return Drawn(name=about.name, polygons=polygons, title=about.title, source=about.source, kind=about.kind)


def _ring(ring: _Ring, where: str) -> tuple[Position, ...]:
    if len(ring) < 4 or ring[0] != ring[-1]:
        raise Fault("a ring needs four corners of which the last repeats the first", where=where, remedy=_REMEDY)
    corners = tuple(_corner(corner, where) for corner in ring[:-1])
    for before, after in zip(corners, (*corners[1:], corners[0]), strict=True):
        if abs(before.longitude - after.longitude) > 180.0:
            raise Fault("an edge runs more than half round the Earth", where=where, remedy="Cut it at 180 degrees.")
    return corners


def _corner(corner: tuple[float, ...], where: str) -> Position:
    if len(corner) not in {2, 3} or not (-180.0 <= corner[0] <= 180.0 and -90.0 <= corner[1] <= 90.0):
        raise Fault(f"{list(corner)} is not a longitude and latitude in degrees", where=where, remedy=_REMEDY)
    return Position(float(corner[1]), float(corner[0]))


class _Box(msgspec.Struct, frozen=True, gc=False):
    south: float
    north: float
    west: float
    east: float

    def holds(self, position: Position) -> bool:
        return self.south <= position.latitude <= self.north and self.west <= position.longitude <= self.east


class Areas:
    """Areas by name and by place: cells of one degree tell which can hold a position, then their edges decide."""

    def __init__(self, areas: Iterable[Area]) -> None:
        """Index the areas.

        Raises:
            Fault: two have one name.
        """
        self._by_name: dict[str, Area] = {}
        self._cells: dict[tuple[int, int], list[tuple[_Box, Area]]] = {}
        for area in areas:
            if area.name in self._by_name:
                raise Fault(f"two areas are named {area.name!r}", remedy="Give each area its own name.")
            self._by_name[area.name] = area
            self._index(area)

    def __len__(self) -> int:
        return len(self._by_name)

    def get(self, name: str) -> Area | None:
        """Return the area of that name."""
        return self._by_name.get(name)

    def names(self) -> tuple[str, ...]:
        """Return the names in the order in which the areas were given."""
        return tuple(self._by_name)

    def at(self, position: Position) -> tuple[str, ...]:
        """Return the names of the areas that hold the position, in the order in which the areas were given."""
        cell = (math.floor(position.latitude), math.floor(position.longitude))
        return tuple(
            area.name for box, area in self._cells.get(cell, ()) if box.holds(position) and contains(area, position)
        )

    def _index(self, area: Area) -> None:
        corners = [corner for rings in area.polygons for corner in rings[0]]
        if not corners:
            return
        latitudes, longitudes = [c.latitude for c in corners], [c.longitude for c in corners]
        box = _Box(min(latitudes), max(latitudes), min(longitudes), max(longitudes))
        for row in range(math.floor(box.south), math.floor(box.north) + 1):
            for column in range(math.floor(box.west), math.floor(box.east) + 1):
                self._cells.setdefault((row, column), []).append((box, area))
