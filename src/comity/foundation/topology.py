"""Topology: a coastline from a map of countries in TopoJSON (docs/formats/coastline.md)."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Final

import msgspec
import numpy as np

from comity.foundation.coastline import REACH, UNIT, Arc, packed
from comity.foundation.geodesy import NAUTICAL_MILE, offset
from comity.foundation.outline import Floats
from comity.vocabulary.country import BY_NUMBER, UNNAMED, is_code
from comity.vocabulary.fault import Fault
from comity.vocabulary.place import Position

_MARGIN: Final = (REACH + 20 * NAUTICAL_MILE) / 111_000
"""Degrees of latitude around the bounds in which all land is kept."""
_PART_OF: Final = {"ax": "fi", "sj": "no"}
"""Places with a code of their own whose waters are those of the State of which they are a part."""
_REMEDY: Final = "Take countries-10m.json of the npm package world-atlas."


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """Degrees inside of which a coastline is to tell zones."""

    south: float
    west: float
    north: float
    east: float


class _Geometry(msgspec.Struct):
    type: str
    arcs: Any = ()
    id: str | None = None


class _Collection(msgspec.Struct):
    geometries: list[_Geometry]


class _Objects(msgspec.Struct):
    countries: _Collection


_Factor = Annotated[float, msgspec.Meta(ge=-1e6, le=1e6)]
_Step = Annotated[int, msgspec.Meta(ge=-(10**9), le=10**9)]


class _Transform(msgspec.Struct):
    scale: tuple[_Factor, _Factor]
    translate: tuple[_Factor, _Factor]


class _Topology(msgspec.Struct):
    objects: _Objects
    arcs: list[list[tuple[_Step, _Step]]]
    transform: _Transform


def arcs(data: bytes, bounds: Bounds, where: str) -> tuple[Arc, ...]:
    """Return the arcs of a map, those far outside of the bounds drawn in to a margin around them.

    Raises:
        Fault: it is no such map.
    """
    try:
        topology = msgspec.json.decode(data, type=_Topology)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Fault(f"this is no map: {error}", where=where, remedy=_REMEDY) from error
    owners: dict[int, set[str]] = {}
    for geometry in topology.objects.countries.geometries:
        code = BY_NUMBER.get(geometry.id or "", UNNAMED)
        for place in _places(geometry.arcs, where):
            owners.setdefault(place if place >= 0 else ~place, set()).add(_PART_OF.get(code, code))
    found = []
    for place, names in sorted(owners.items()):
        if place >= len(topology.arcs):
            raise Fault(f"arc {place} is not there", where=where, remedy=_REMEDY)
        codes = sorted(names)  # where countries overlap, more than two have one line
        pairs = [tuple(codes[first : first + 2]) for first in range(0, len(codes), 2)]
        for line in _cut(_decoded(topology.arcs[place], topology.transform, where)):
            moved = _drawn_in(line, bounds)
            if (moved != moved[0]).any():
                found += [Arc(owners=pair, points=packed(moved)) for pair in pairs]
    return tuple(found)


def _places(nested: Any, where: str) -> Iterator[int]:  # noqa: ANN401 - rings of rings of numbers
    pending = [nested]
    while pending:
        one = pending.pop()
        if isinstance(one, int):
            yield one
        elif isinstance(one, (list, tuple)):
            pending.extend(one)
        else:
            raise Fault("the arcs of a country are no numbers", where=where, remedy=_REMEDY)


def _decoded(steps: list[tuple[int, int]], transform: _Transform, where: str) -> Floats:
    """Return rows of latitude and longitude: the file has steps of longitude and latitude."""
    east = np.cumsum([step[0] for step in steps], dtype=np.float64) * transform.scale[0] + transform.translate[0]
    north = np.cumsum([step[1] for step in steps], dtype=np.float64) * transform.scale[1] + transform.translate[1]
    points = np.column_stack([north, east])
    if len(points) < 2 or not (np.abs(points) <= (90.001, 180.001)).all():
        raise Fault("an arc has no two positions, or one that is not on the Earth", where=where, remedy=_REMEDY)
    np.clip(points, (-90, -180), (90, 180), out=points)
    return points


def _cut(points: Floats) -> Iterator[Floats]:
    """Yield the line cut where it crosses the antimeridian, each cut end led along that to the south pole.

    So the rings still close: what two such ends have in common cancels, and Antarctica is closed by its one.
    """
    first = 0
    before: list[list[float]] = []
    for last in np.flatnonzero(np.abs(np.diff(points[:, 1])) > 180).tolist():
        (north, east), (beyond, _) = points[last], points[last + 1]
        side = 180.0 if east > 0 else -180.0
        across = 360.0 - abs(points[last, 1] - points[last + 1, 1])
        level = north + (beyond - north) * (abs(side - east) / across if across else 0.0)
        yield np.array([*before, *points[first : last + 1].tolist(), [level, side], [-90.0, side]])
        first, before = last + 1, [[-90.0, -side], [level, -side]]
    yield np.array([*before, *points[first:].tolist()])


def _drawn_in(points: Floats, bounds: Bounds) -> Floats:
    """Return the line with what lies beyond the margin moved to its edge, and what then lies still left out."""
    pole = max(abs(bounds.south), abs(bounds.north)) + _MARGIN
    across = 360.0 if pole >= 89 else _MARGIN / math.cos(math.radians(pole))
    low, high = (bounds.south - _MARGIN, bounds.west - across), (bounds.north + _MARGIN, bounds.east + across)
    moved: Floats = np.rint(np.clip(points, low, high) * UNIT) / UNIT
    other = np.append((moved[1:] != moved[:-1]).any(axis=1), True)
    moved, outside = moved[other], (np.rint(points * UNIT) / UNIT != moved)[other]
    still = (moved[1:] == moved[:-1]) & outside[1:] & outside[:-1]
    amid = np.zeros(len(moved), dtype=bool)  # a stretch along one edge of the margin
    amid[1:-1] = (still[1:] & still[:-1]).any(axis=1)
    kept: Floats = moved[~amid]
    return kept


def islets(text: str, where: str) -> tuple[Arc, ...]:
    """Return the islands of a CSV of `name,state,latitude,longitude,metres`, each a ring of eight points.

    Raises:
        Fault: a row is none; `where` is then file:line.
    """
    rows = csv.reader(text.splitlines())
    if next(rows, None) != ["name", "state", "latitude", "longitude", "metres"]:
        raise Fault("the heading is another", where=f"{where}:1", remedy="Write name,state,latitude,longitude,metres.")
    return tuple(_islet(row, f"{where}:{number}") for number, row in _numbered(rows, where))


def _numbered(rows: Iterable[list[str]], where: str) -> Iterator[tuple[int, list[str]]]:
    number = 1
    try:
        for number, row in enumerate(rows, 2):
            if row:
                yield number, row
    except csv.Error as error:
        raise Fault(f"not a row ({error})", where=f"{where}:{number + 1}", remedy="Close its quotes.") from error


def _islet(row: list[str], where: str) -> Arc:
    try:
        _, state, north, east, metres = row
        centre, around = Position(float(north), float(east)), float(metres)
    except ValueError as error:
        raise Fault("this is no island", where=where, remedy="Write name,state,latitude,longitude,metres.") from error
    whole = abs(centre.latitude) <= 85 and abs(centre.longitude) < 179 and 0 < around <= 50_000
    if not whole or not is_code(state):
        raise Fault("no such State or place, or too large", where=where, remedy="Write it like dk,56.2,11.7,500.")
    angles = [math.radians(45 * step) for step in (*range(8), 0)]
    corners = [offset(centre, around * math.sin(angle), around * math.cos(angle)) for angle in angles]
    return Arc(owners=(state,), points=packed(np.array([[one.latitude, one.longitude] for one in corners])))
