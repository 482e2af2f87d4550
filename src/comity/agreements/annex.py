"""The annex: the areas that clauses name, as GeoJSON polygons written in the agreement (RFC 7946), and crosswalks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import TypeAlias

from comity.agreements import crosswalk
from comity.agreements.crosswalk import Crosswalk
from comity.agreements.document import Node, Unreadable, converted, mapping, sequence, text
from comity.agreements.flaw import Flaw, ill_named, repeated, too_many
from comity.vocabulary.fault import Fault
from comity.vocabulary.place import Area, Position

MOST_AREAS = 200
MOST_CROSSWALKS = 50
MOST_POINTS = 50_000
"""In all areas together."""

BESIDE = ("disputes", "crosswalks", "zones", "baselines")
"""Keys that stand beside `areas`; `dispute`, `crosswalk` and `drawn` read them."""

Ring: TypeAlias = tuple[Position, ...]
DEGREES = re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,12})?", re.ASCII)
Polygons: TypeAlias = tuple[tuple[Ring, ...], ...]


def read(node: Node) -> tuple[Area, ...]:
    """Return the areas of the document's `annex`, in the order in which they stand.

    Raises:
        Unreadable: it is no mapping `areas:` of names to Polygon or MultiPolygon geometries.
    """
    areas = mapping(mapping(node, required=("areas",), optional=BESIDE).items["areas"])
    return tuple(_area(name, geometry) for name, geometry in areas.items.items())


def crosswalks(node: Node) -> tuple[Crosswalk, ...]:
    """Return the crosswalks of the document's `annex`, in the order in which they stand; mostly there are none.

    Raises:
        Unreadable: `crosswalks:` is no mapping of names to crosswalks.
    """
    items = mapping(node).items
    if "crosswalks" not in items:
        return ()
    return tuple(crosswalk.named(name, each) for name, each in mapping(items["crosswalks"]).items.items())


def _area(name: str, node: Node) -> Area:
    items = mapping(node, required=("type", "coordinates"), optional=("title", "source")).items
    return Area(
        name=name,
        polygons=shape(items),
        title=text(items["title"]) if "title" in items else "",
        source=text(items["source"], most=1_000) if "source" in items else "",
    )


def shape(items: dict[str, Node]) -> Polygons:
    """Return the polygons of the `type` and `coordinates` among the items of a geometry.

    Raises:
        Unreadable: they are no Polygon or MultiPolygon.
    """
    kind = text(items["type"])
    if kind not in ("Polygon", "MultiPolygon"):
        raise Unreadable(f"{kind!r} is no area", where=items["type"].place, remedy="Write Polygon or MultiPolygon.")
    coordinates = items["coordinates"]
    polygons = [coordinates] if kind == "Polygon" else sequence(coordinates, most=MOST_POINTS)
    return tuple(_polygon(polygon) for polygon in polygons)


def _polygon(node: Node) -> tuple[Ring, ...]:
    return tuple(_ring(ring) for ring in sequence(node, most=MOST_POINTS))


def _ring(node: Node) -> Ring:
    return tuple(_position(point) for point in sequence(node, most=MOST_POINTS))


def _position(node: Node) -> Position:
    parts = sequence(node, most=2)
    if len(parts) != 2:
        raise Unreadable("a point has two numbers", where=node.place, remedy="Write [longitude, latitude].")
    longitude, latitude = (converted(part, _degrees) for part in parts)
    if abs(longitude) > 180 or abs(latitude) > 90:
        raise Unreadable("this point is not on the Earth", where=node.place, remedy="Write [longitude, latitude].")
    return Position(latitude, longitude)


def _degrees(word: str) -> float:
    if DEGREES.fullmatch(word) is None:
        raise Fault(f"{word!r} is not a number of degrees", remedy="Write it like 11.25.")
    return float(word) + 0.0  # minus zero is zero


def flaws(areas: tuple[Area, ...]) -> Iterator[Flaw]:
    """Find all that makes the areas unusable; paths begin inside `annex`."""
    if len(areas) > MOST_AREAS:
        yield Flaw(("areas",), f"{len(areas)} areas are more than the {MOST_AREAS} allowed", "Split the agreement.")
    points = sum(len(ring) for area in areas for polygon in area.polygons for ring in polygon)
    if points > MOST_POINTS:
        yield Flaw(("areas",), f"{points} points are more than the {MOST_POINTS} allowed", "Simplify the areas.")
    yield from repeated([area.name for area in areas], "areas")
    for area in areas:
        yield from ill_named(area.name, ("areas", area.name), "an area")
        yield from shape_flaws("areas", area.name, area.polygons)


def crosswalk_flaws(found: tuple[Crosswalk, ...]) -> Iterator[Flaw]:
    """Find all that makes the crosswalks unusable; paths begin inside `annex`."""
    yield from too_many(found, MOST_CROSSWALKS, "crosswalks")
    yield from repeated([one.crosswalk for one in found], "crosswalks")
    ends: set[tuple[str, str]] = set()
    for one in found:
        way = one.source.scheme, one.target.scheme
        if way in ends:
            words = f"a second crosswalk leads from {way[0]} to {way[1]}"
            yield Flaw(("crosswalks", one.crosswalk), words, "Keep one of them.")
        ends.add(way)
        yield from (flaw.under("crosswalks", one.crosswalk) for flaw in crosswalk.flaws(one))


def shape_flaws(key: str, name: str, polygons: Polygons) -> Iterator[Flaw]:
    """Find all that makes the polygons unusable that stand in the annex under this key and name."""
    path = (key, name, "coordinates")
    if not polygons or not all(polygons):
        yield Flaw(path, f"{name} has no outline", "Draw one ring of at least four points.")
    for polygon in polygons:
        for ring in polygon:
            yield from (Flaw(path, f"{name}: {what}", remedy) for what, remedy in _ring_flaws(ring))


def _ring_flaws(ring: Ring) -> Iterator[tuple[str, str]]:
    if len(ring) < 4 or ring[0] != ring[-1]:
        yield "a ring is not closed, or has fewer than four points", "Let its last point repeat its first."
    if any(abs(one.longitude - other.longitude) >= 180 for one, other in pairwise(ring)):
        yield "an edge crosses the antimeridian", "Cut the area in two there (RFC 7946, section 3.1.9)."
    if any(point.latitude != point.latitude + 0.0 for point in ring):
        yield "a coordinate is no number", "Write it like 11.25."
