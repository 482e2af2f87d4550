"""Areas: named regions as GeoJSON draws them (RFC 7946), and which of many hold a position."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import cached_property

import msgspec
import numpy as np

from comity.picture.cells import Floats, Whole
from comity.picture.raster import Raster
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


class Areas:
    """Areas by name and by place, thousands of them: a raster tells which can hold a position, then edges decide.

    An answer is the one that `foundation.geodesy.contains` gives, wherever holes lie within their outer ring.
    """

    def __init__(self, areas: Iterable[Area]) -> None:
        """Index the areas.

        Raises:
            Fault: two have one name, or together they span too much of the Earth for a raster.
        """
        self._by_name: dict[str, Area] = {}
        for area in areas:
            if area.name in self._by_name:
                raise Fault(f"two areas are named {area.name!r}", remedy="Give each area its own name.")
            self._by_name[area.name] = area
        self._names = tuple(self._by_name)
        self._numbers = {name: number for number, name in enumerate(self._names)}

    def __len__(self) -> int:
        return len(self._by_name)

    def get(self, name: str) -> Area | None:
        """Return the area of that name."""
        return self._by_name.get(name)

    def names(self) -> tuple[str, ...]:
        """Return the names in the order in which the areas were given."""
        return self._names

    def at(self, position: Position) -> tuple[str, ...]:
        """Return the names of the areas that hold the position, in the order in which the areas were given."""
        if not self._names:
            return ()
        found = self._found
        held = self._raster.at(position.latitude, position.longitude, found)
        return tuple([self._names[found[place]] for place in range(held)]) if held else ()

    def at_many(self, latitudes: Floats, longitudes: Floats) -> tuple[Whole, Whole]:
        """Return the numbers of the positions and beside each that of an area that holds it, by position, then area.

        Both in the order in which they were given, from 0. Degrees.

        Raises:
            Fault: a position is none.
        """
        if not (np.all(np.abs(latitudes) <= 90.0) and np.all(np.abs(longitudes) <= 180.0)):
            raise Fault("a position is no latitude and longitude in degrees", remedy="Leave out what is no position.")
        if not self._names:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        return self._raster.at_many(latitudes, longitudes)

    def first_of(self, names: Sequence[str], latitudes: Floats, longitudes: Floats) -> Whole:
        """Return for each position the number among the names of the first area that holds it, -1 where none does.

        The first in the order in which the areas were given.

        Raises:
            Fault: a position is none.
        """
        points, numbers = self.at_many(latitudes, longitudes)
        place = np.full(len(self._names) + 1, -1, np.int64)
        for number, name in enumerate(names):
            place[self._numbers.get(name, len(self._names))] = number
        place[-1] = -1
        chosen = place[numbers] >= 0
        first, at = np.unique(points[chosen], return_index=True)
        found = np.full(len(latitudes), -1, np.int64)
        found[first] = place[numbers[chosen][at]]
        return found

    def distance(self, name: str, position: Position) -> float:
        """Return metres from the position to the area of that name, 0 inside; infinite if there is none.

        On the plane at the position, so good for near ones only.
        """
        number = self._numbers.get(name)
        if number is None:
            return math.inf
        return 0.0 if name in self.at(position) else self._raster.to_edge(number, position.latitude, position.longitude)

    def within(self, position: Position, metres: float) -> tuple[str, ...]:
        """Return the names of the areas that hold the position or lie so near, in the order in which they were given.

        Good for distances up to some 50 km, as `distance` is.
        """
        near = self._raster.boxed(position.latitude, position.longitude, metres) if self._names else ()
        return tuple(self._names[number] for number in near if self.distance(self._names[number], position) <= metres)

    @cached_property
    def _raster(self) -> Raster:
        """Made when it is first asked, for machine code takes a second to load."""
        return Raster(tuple(self._by_name.values()))

    @cached_property
    def _found(self) -> Whole:
        return np.empty(len(self._names), dtype=np.int64)
