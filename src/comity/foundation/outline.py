"""Outlines: rings with owners on the ellipsoid: how far it is to each owner's edge, and whether one is inside.

All edges are kept in arrays, cut into runs that lie near each other, so that a question looks at few of them. Edges are
straight in degrees, as in RFC 7946; long ones are cut into pieces of 5 km, so that straight in space is near enough.
Edges along the antimeridian only close a region that was cut there, and are no distance away.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from comity.foundation.geodesy import EQUATOR, RADIUS, SQUARED, arc, earth_centred
from comity.vocabulary.place import Position

Floats: TypeAlias = NDArray[np.float64]
_RUN = 48
"""Edges that are looked at together."""
_PIECE = 0.045
"""Degrees: 5 km of latitude."""
_MOST_PIECES = 2_000
"""Of one edge."""


class Outlines:
    """Rings by the name of whose they are. The rings of one owner part inside from outside by the crossing rule."""

    def __init__(self, arcs: Iterable[tuple[tuple[str, ...], Floats]]) -> None:
        """Take arcs: the one or two owners, and an array of latitude and longitude, one row a point."""
        self.owners: list[str] = []
        known: dict[str, int] = {}
        starts, ends, marks = [], [], []
        for names, points in arcs:
            pair = [known.setdefault(name, len(known)) for name in names]
            fine = _fine(points)
            if len(fine) > 1:
                starts.append(fine[:-1])
                ends.append(fine[1:])
                marks.append(np.tile(np.array([pair[0], pair[-1] if len(pair) > 1 else -1]), (len(fine) - 1, 1)))
        self.owners = list(known)
        empty = np.empty((0, 2))
        self._starts: Floats = np.concatenate(starts) if starts else empty
        self._ends: Floats = np.concatenate(ends) if ends else empty
        self._marks: NDArray[np.int64] = np.concatenate(marks) if marks else empty.astype(np.int64)
        self._arrange()

    def _arrange(self) -> None:
        self._tails, self._heads = _centred(self._starts), _centred(self._ends)
        self._seam = (np.abs(self._starts[:, 1]) == 180) & (np.abs(self._ends[:, 1]) == 180)
        first = np.arange(0, len(self._starts), _RUN)
        last = np.minimum(first + _RUN, len(self._starts))
        low, high = np.minimum(self._starts, self._ends), np.maximum(self._starts, self._ends)
        self._first = first
        self._low = _reduced(np.minimum, low, first)
        self._high = _reduced(np.maximum, high, first)
        middle = (self._tails + self._heads) / 2
        self._centres = np.array([middle[a:b].mean(axis=0) for a, b in zip(first, last, strict=True)]).reshape(-1, 3)
        self._reaches = np.array(
            [
                max(_far(self._tails[a:b], centre), _far(self._heads[a:b], centre))
                for a, b, centre in zip(first, last, self._centres, strict=True)
            ]
        )

    def at(self, position: Position, within: float) -> dict[str, float]:
        """Return by owner how many metres its edge is away, negative inside; owners farther than `within` are left out.

        Inside of an owner whose edge is farther the distance is minus infinity. `within` is at most 1,000 km.
        """
        inside = self._inside(position)
        found = self._edges(np.array(earth_centred(position.latitude, position.longitude)), within)
        return {
            name: (-1.0 if name in inside else 1.0) * found.get(name, math.inf)
            for name in self.owners
            if name in inside or name in found
        }

    def _edges(self, point: Floats, within: float) -> dict[str, float]:
        if not len(self._first):
            return {}
        limit = 2 * RADIUS * math.sin(within / (2 * RADIUS))
        away = np.linalg.norm(self._centres - point, axis=1)
        index = self._picked(np.flatnonzero(away - self._reaches <= limit))
        index = index[~self._seam[index]]
        chords = _chords(point, self._tails[index], self._heads[index])
        best = np.full(len(self.owners) + 1, np.inf)  # the last stands for no second owner
        for column in (0, 1):
            np.minimum.at(best, self._marks[index, column], chords)
        return {name: arc(float(chord)) for name, chord in zip(self.owners, best, strict=False) if chord <= limit}

    def _inside(self, position: Position) -> frozenset[str]:
        """Whose rings hold the position: an odd number of their edges lies to the east of it."""
        north, east = position.latitude, position.longitude
        runs = np.flatnonzero((self._low[:, 0] <= north) & (self._high[:, 0] > north) & (self._high[:, 1] > east))
        index = self._picked(runs)
        start, end = self._starts[index], self._ends[index]
        crossing = (start[:, 0] > north) != (end[:, 0] > north)
        index, start, end = index[crossing], start[crossing], end[crossing]
        share = (north - start[:, 0]) / (end[:, 0] - start[:, 0])
        index = index[east < start[:, 1] + share * (end[:, 1] - start[:, 1])]
        counts = np.bincount(self._marks[index].ravel() + 1, minlength=len(self.owners) + 1)[1:]
        return frozenset(name for name, count in zip(self.owners, counts, strict=True) if count % 2)

    def _picked(self, runs: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the places of the edges of these runs."""
        index = (self._first[runs][:, None] + np.arange(_RUN)).ravel()
        return index[index < len(self._starts)]


def _fine(points: Floats) -> Floats:
    """Return the line with points put into its long edges."""
    if len(points) < 2:
        return points
    steps = np.ceil(np.abs(np.diff(points, axis=0)).max(axis=1) / _PIECE).clip(1, _MOST_PIECES).astype(int)
    if steps.max() == 1:
        return points
    places = np.repeat(np.arange(len(steps)), steps)
    shares = np.concatenate([np.arange(step) / step for step in steps])
    between = points[places] + shares[:, None] * np.diff(points, axis=0)[places]
    return np.concatenate([between, points[-1:]])


def _centred(points: Floats) -> Floats:
    """Return what `earth_centred` returns, for every row of latitude and longitude."""
    north, east = np.radians(points[:, 0]), np.radians(points[:, 1])
    across = EQUATOR / np.sqrt(1 - SQUARED * np.sin(north) ** 2)
    level = across * np.cos(north)
    return np.column_stack([level * np.cos(east), level * np.sin(east), across * (1 - SQUARED) * np.sin(north)])


def _reduced(function: np.ufunc, values: Floats, first: NDArray[np.int64]) -> Floats:
    reduced: Floats = function.reduceat(values, first, axis=0) if len(values) else values
    return reduced


def _far(points: Floats, centre: Floats) -> float:
    return float(np.linalg.norm(points - centre, axis=1).max())


def _chords(point: Floats, tails: Floats, heads: Floats) -> Floats:
    """Return the straight distance to each edge."""
    along = heads - tails
    lengths = np.einsum("ij,ij->i", along, along)
    lengths[lengths == 0] = 1.0
    shares = np.clip(np.einsum("ij,ij->i", point - tails, along) / lengths, 0.0, 1.0)
    chords: Floats = np.linalg.norm(tails + shares[:, None] * along - point, axis=1)
    return chords
