"""Which of 1,000 areas hold each of many positions: our raster beside shapely's STRtree, in one run.

The areas are read from GeoJSON, with 12 to 240 corners each and about one in ten with a hole, over 6 by 10 degrees;
half of the positions lie anywhere there, the other half near an edge. Shapely's side asks the tree for all positions
at once, its geometries prepared. Medians of rounds taken in turns; every hit is compared.
"""

from __future__ import annotations

import statistics
import time

import msgspec
import numpy as np
import shapely
from numpy.typing import NDArray

from comity.picture.areas import Areas, read_geojson

POLYGONS = 1_000
POSITIONS = 400_000
ROUNDS = 5


def drawn(random: np.random.Generator) -> bytes:
    """Return a GeoJSON collection of star-shaped areas."""
    features = []
    for number in range(POLYGONS):
        middle, radius = random.uniform((8.0, 54.0), (18.0, 60.0)), random.lognormal(-2.5, 0.8)
        outer = ring(random, middle, radius, int(random.integers(12, 241)))
        rings = [outer, ring(random, middle, 0.3 * radius, 12)] if number % 10 == 0 else [outer]
        shape = {"type": "Polygon", "coordinates": rings}
        features.append({"type": "Feature", "properties": {"name": f"a{number}"}, "geometry": shape})
    return msgspec.json.encode({"type": "FeatureCollection", "features": features})


def ring(random: np.random.Generator, middle: NDArray[np.float64], radius: float, corners: int) -> list[list[float]]:
    """Return a closed ring around the middle: longitude and latitude in degrees."""
    angles = np.sort(random.uniform(0, 2 * np.pi, corners))
    lengths = radius * random.uniform(0.7, 1.3, corners)
    points = middle + np.column_stack((2 * lengths * np.cos(angles), lengths * np.sin(angles)))
    return [*points.tolist(), points[0].tolist()]


def positions(random: np.random.Generator, areas: Areas) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return latitudes and longitudes."""
    half = POSITIONS // 2
    anywhere = random.uniform((54.0, 8.0), (60.0, 18.0), (half, 2))
    corners = np.array(
        [
            (corner.latitude, corner.longitude)
            for name in areas.names()
            if (area := areas.get(name)) is not None
            for corner in area.polygons[0][0]
        ]
    )
    near = corners[random.integers(0, len(corners), half)] + random.normal(0, 0.01, (half, 2))
    both = np.concatenate((anywhere, near))
    random.shuffle(both)
    return both[:, 0].copy(), both[:, 1].copy()


def main() -> None:
    """Run both sides and print the ratio."""
    random = np.random.default_rng(1)
    areas = Areas(read_geojson(drawn(random)))
    shapes = [
        shapely.Polygon(
            *[[(c.longitude, c.latitude) for c in ring] for ring in rings[:1]],
            [[(c.longitude, c.latitude) for c in ring] for ring in rings[1:]],
        )
        for name in areas.names()
        if (area := areas.get(name)) is not None
        for rings in area.polygons
    ]
    shapely.prepare(shapes)
    tree = shapely.STRtree(shapes)
    latitudes, longitudes = positions(random, areas)
    begun = time.perf_counter()
    areas.at_many(latitudes[:10], longitudes[:10])
    print(f"raster of {len(areas)} areas made, machine code loaded: {time.perf_counter() - begun:.2f} s")
    mine, other = [], []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        ours = areas.at_many(latitudes, longitudes)
        mine.append(POSITIONS / (time.perf_counter() - begun))
        begun = time.perf_counter()
        theirs = tree.query(shapely.points(longitudes, latitudes), predicate="within")
        other.append(POSITIONS / (time.perf_counter() - begun))
    differing = set(zip(*(side.tolist() for side in ours), strict=True)) ^ set(zip(*theirs.tolist(), strict=True))
    print(f"{POSITIONS} positions, {len(ours[0])} hits, shapely {theirs.shape[1]}")
    ratio = statistics.median(mine) / statistics.median(other)
    claim = {"claim": "positions a second held against 1,000 areas, beside shapely's STRtree"}
    figures = {"ours": statistics.median(mine), "theirs": statistics.median(other), "ratio": ratio}
    print(msgspec.json.encode({**claim, **figures, "hits_differing": len(differing)}).decode())


if __name__ == "__main__":
    main()
