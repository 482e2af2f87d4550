"""Outlines: rings with owners on the ellipsoid: how far it is to each owner's edge, and whether one is inside.

All edges are kept in arrays, cut into runs that lie near each other, so that a question looks at few of them. Edges are
straight in degrees, as in RFC 7946; long ones are cut into pieces of 5 km, so that straight in space is near enough.
Edges along the antimeridian only close a region that was cut there, and are no distance away.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from comity.foundation.geodesy import EQUATOR, RADIUS, SQUARED, arc, earth_centred
from comity.vocabulary.place import Position

Floats: TypeAlias = NDArray[np.float64]
Whole: TypeAlias = NDArray[np.int64]
_Number = TypeVar("_Number", bound=np.generic)
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
        known: dict[str, int] = {}
        lines: list[Floats] = []
        pairs: list[tuple[int, int]] = []
        bounds = [0]
        for names, points in arcs:
            pair = [known.setdefault(name, len(known)) for name in names]
            fine = _fine(points)
            if len(fine) > 1:
                runs = [*range(_RUN, len(fine) - 1, _RUN), len(fine) - 1]
                pairs += [(pair[0], pair[1] if len(pair) > 1 else -1)] * len(runs)
                bounds += [bounds[-1] + run for run in runs]
                lines.append(fine)
        self.owners = list(known)
        self._starts = np.concatenate([np.empty((0, 2)), *(line[:-1] for line in lines)])
        self._ends = np.concatenate([np.empty((0, 2)), *(line[1:] for line in lines)])
        self._first, self._last = np.array(bounds[:-1], dtype=np.int64), np.array(bounds[1:], dtype=np.int64)
        self._pairs = np.array(pairs, dtype=np.int64).reshape(-1, 2)
        self._arrange()

    def _arrange(self) -> None:
        """Work out where each run of edges lies."""
        self._tails, self._heads = _centred(self._starts), _centred(self._ends)
        self._seam = (np.abs(self._starts[:, 1]) == 180) & (np.abs(self._ends[:, 1]) == 180)
        self._low = _reduced(np.minimum, np.minimum(self._starts, self._ends), self._first)
        self._high = _reduced(np.maximum, np.maximum(self._starts, self._ends), self._first)
        lengths = (self._last - self._first)[:, None]
        self._centres = _reduced(np.add, (self._tails + self._heads) / 2, self._first) / lengths
        centres = np.repeat(self._centres, lengths[:, 0], axis=0)
        away = np.maximum(_norms(self._tails - centres), _norms(self._heads - centres))
        self._reaches = _reduced(np.maximum, away, self._first)
        self._seamed = _reduced(np.logical_or, self._seam, self._first)

    def at(self, position: Position, within: float) -> dict[str, float]:
        """Return by owner how many metres its edge is away, negative inside; owners farther than `within` are left out.

        Inside of an owner whose edge is farther the distance is minus infinity. `within` is at most 1,000 km.
        """
        if not self.owners:
            return {}
        inside = self._inside(position)
        found = self._edges(np.array(earth_centred(position.latitude, position.longitude)), within)
        return {
            name: (-1.0 if name in inside else 1.0) * found.get(name, math.inf)
            for name in self.owners
            if name in inside or name in found
        }

    def _edges(self, point: Floats, within: float) -> dict[str, float]:
        limit = 2 * RADIUS * math.sin(within / (2 * RADIUS))
        away = _norms(self._centres - point)
        farthest = np.where(self._seamed, np.inf, away + self._reaches)
        bound = np.full(len(self.owners) + 1, limit)  # the last stands for no second owner
        bound[-1] = -np.inf
        for column in (0, 1):
            np.minimum.at(bound, self._pairs[:, column], farthest)
        near = away - self._reaches <= bound[self._pairs].max(axis=1)
        index, runs = self._picked(np.flatnonzero(near))
        open_ = ~self._seam[index]
        index, runs = index[open_], runs[open_]
        chords = _chords(point, self._tails[index], self._heads[index])
        best = np.full(len(self.owners) + 1, np.inf)
        for column in (0, 1):
            np.minimum.at(best, self._pairs[runs, column], chords)
        return {name: arc(float(chord)) for name, chord in zip(self.owners, best, strict=False) if chord <= limit}

    def _inside(self, position: Position) -> frozenset[str]:
        """Whose rings hold the position: an odd number of their edges lies to the east of it."""
        north, east = position.latitude, position.longitude
        runs = np.flatnonzero((self._low[:, 0] <= north) & (self._high[:, 0] > north) & (self._high[:, 1] > east))
        index, runs = self._picked(runs)
        start, end = self._starts[index], self._ends[index]
        crossing = (start[:, 0] > north) != (end[:, 0] > north)
        runs, start, end = runs[crossing], start[crossing], end[crossing]
        share = (north - start[:, 0]) / (end[:, 0] - start[:, 0])
        runs = runs[east < start[:, 1] + share * (end[:, 1] - start[:, 1])]
        counts = np.bincount(self._pairs[runs].ravel() + 1, minlength=len(self.owners) + 1)[1:]
        return frozenset(name for name, count in zip(self.owners, counts, strict=True) if count % 2)

    def _picked(self, runs: Whole) -> tuple[Whole, Whole]:
        """Return the places of the edges of these runs, and beside each the run that it is in."""
        index = self._first[runs][:, None] + np.arange(_RUN)
        inside = index < self._last[runs][:, None]
        return index[inside], np.broadcast_to(runs[:, None], index.shape)[inside]


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


def _reduced(function: np.ufunc, values: NDArray[_Number], first: Whole) -> NDArray[_Number]:
    reduced: NDArray[_Number] = function.reduceat(values, first, axis=0) if len(values) else values
    return reduced


def _norms(vectors: Floats) -> Floats:
    norms: Floats = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    return norms


def _chords(point: Floats, tails: Floats, heads: Floats) -> Floats:
    """Return the straight distance to each edge."""
    along = heads - tails
    lengths = np.einsum("ij,ij->i", along, along)
    lengths[lengths == 0] = 1.0
    shares = np.clip(np.einsum("ij,ij->i", point - tails, along) / lengths, 0.0, 1.0)
    return _norms(tails + shares[:, None] * along - point)
