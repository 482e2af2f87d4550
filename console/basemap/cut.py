"""Cut the console's basemap from Natural Earth: fine around the Kattegat and the Sound, coarse elsewhere.

    python console/basemap/cut.py WORLD_ATLAS_FOLDER NATURAL_EARTH_FOLDER

The first folder holds `land-10m.json`, `countries-10m.json`, `land-110m.json` and `countries-110m.json` (npm package
world-atlas 2), the second the 50m `boundary_lines_maritime_indicator` and `boundary_lines_disputed_areas` as GeoJSON.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from shapely.geometry import LineString, MultiLineString, Polygon, box, mapping, shape
from shapely.geometry.base import BaseGeometry
from shapely.ops import linemerge, unary_union

FINE = box(4.5, 52.5, 17.5, 60.5)
"""West, south, east, north of what is kept in detail, degrees."""
_HERE = Path(__file__).parent
_Arc = list[tuple[float, float]]


def main(atlas: Path, natural_earth: Path) -> None:
    """Write `land.geojson` and `borders.geojson` beside this file."""
    near = _land(atlas / "land-10m.json").intersection(FINE)
    far = _land(atlas / "land-110m.json").difference(FINE)
    _write("land.geojson", [(near, 3, {"detail": "fine"}), (far, 2, {"detail": "coarse"})])
    borders = [
        (_borders(atlas / "countries-10m.json").intersection(FINE), 3, {"status": "land"}),
        (_borders(atlas / "countries-110m.json").difference(FINE), 2, {"status": "land"}),
        (_lines(natural_earth / "ne_50m_admin_0_boundary_lines_maritime_indicator.json"), 2, {"status": "maritime"}),
        (_lines(natural_earth / "ne_50m_admin_0_boundary_lines_disputed_areas.json"), 2, {"status": "disputed"}),
    ]
    _write("borders.geojson", borders)


def _arcs(topology: dict[str, Any]) -> list[_Arc]:
    """Return each arc as longitudes and latitudes: TopoJSON writes quantised differences."""
    (scale_x, scale_y), (shift_x, shift_y) = topology["transform"]["scale"], topology["transform"]["translate"]
    found = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            points.append((x * scale_x + shift_x, y * scale_y + shift_y))
        found.append(points)
    return found


def _polygons(geometry: dict[str, Any]) -> Iterator[list[list[int]]]:
    if geometry["type"] == "GeometryCollection":
        for part in geometry["geometries"]:
            yield from _polygons(part)
    elif geometry["type"] == "Polygon":
        yield geometry["arcs"]
    elif geometry["type"] == "MultiPolygon":
        yield from geometry["arcs"]


def _land(file: Path) -> BaseGeometry:
    topology = json.loads(file.read_text("utf-8"))
    arcs = _arcs(topology)

    def ring(parts: list[int]) -> _Arc:
        return [point for part in parts for point in (arcs[part] if part >= 0 else arcs[~part][::-1])]

    found = [
        Polygon(ring(outer), [ring(hole) for hole in holes]) for outer, *holes in _polygons(topology["objects"]["land"])
    ]
    return unary_union([polygon.buffer(0) for polygon in found])


def _borders(file: Path) -> BaseGeometry:
    """Return the arcs that two countries have in common: borders on land, each once."""
    topology = json.loads(file.read_text("utf-8"))
    users: dict[int, set[int]] = {}
    for number, country in enumerate(topology["objects"]["countries"]["geometries"]):
        for polygon in _polygons(country):
            for arc in (part if part >= 0 else ~part for ring in polygon for part in ring):
                users.setdefault(arc, set()).add(number)
    arcs = _arcs(topology)
    shared = [LineString(arcs[arc]) for arc, countries in users.items() if len(countries) > 1]
    return linemerge(MultiLineString(shared))


def _lines(file: Path) -> BaseGeometry:
    features = json.loads(file.read_text("utf-8"))["features"]
    return unary_union([shape(feature["geometry"]) for feature in features])


def _write(name: str, parts: list[tuple[BaseGeometry, int, dict[str, str]]]) -> None:
    features = [
        {"type": "Feature", "properties": properties, "geometry": _rounded(mapping(geometry), digits)}
        for geometry, digits, properties in parts
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features}, separators=(",", ":"))
    (_HERE / name).write_text(text + "\n", "utf-8")


def _rounded(value: Any, digits: int) -> Any:  # noqa: ANN401 - nested GeoJSON
    if isinstance(value, dict):
        return {key: _rounded(inner, digits) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        parts = [_rounded(inner, digits) for inner in value]
        repeated = (place and isinstance(part, list) and part == parts[place - 1] for place, part in enumerate(parts))
        return [part for part, again in zip(parts, repeated, strict=True) if not again]
    return round(value, digits) if isinstance(value, float) else value


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
