"""Faces: every combination of areas in which some position lies, each with a position that does.

The edges of all areas cut the Earth into faces, and all positions of a face lie in the same areas; one on an edge
counts to the face on the side that the crossing rule gives it. To the right of every piece of an edge lies one face,
and every face but the outermost lies to the right of some piece: so a position beside each piece finds all of them.
What is narrower than rounding (10⁻⁹ degrees, a tenth of a millimetre) is no face.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from comity.agreements.region import Region
from comity.vocabulary.fault import Fault
from comity.vocabulary.place import Area, Position

MOST_PIECES: Final = 1_000_000
_ROUNDING = 1e-9
"""Degrees."""
_NEAR = 1e-6
"""Degrees. A corner so near an edge may lie on it; to cut there too does no harm."""
_MOST_BANDS = 256
_Numbers: TypeAlias = npt.NDArray[np.float64]
_SOUTH, _NORTH, _FROM, _TO = range(4)
"""Of an edge: the latitudes of its southern and northern end, and their longitudes."""


class Faces:
    """The faces of areas, numbered in their order: bit n of a combination stands for area n."""

    def __init__(self, areas: Sequence[Area], told: Callable[[str], object]) -> None:
        """Find them.

        Raises:
            Fault: the areas cut each other into too many pieces.
        """
        self._regions = [Region(area) for area in areas]
        self._edges = _Edges(areas)
        self._fattest: dict[int, tuple[float, Position]] = {}
        outside = _outside(self._regions)
        if outside is not None:
            self._fattest[0] = 0.0, outside
        pieces = 0
        for number, edge in enumerate(self._edges.rising()):
            cuts = self._edges.cuts(edge)
            pieces += len(cuts) - 1
            if pieces > MOST_PIECES:
                raise Fault("the areas cut each other into too many pieces", remedy="Simplify the areas.")
            if number % 200 == 0:
                told(f"the areas, edge {number:,} of {len(self._edges):,}")
            for low, high in pairwise(cuts.tolist()):
                self._look_beside(edge, low, high)

    @property
    def combinations(self) -> dict[int, Position]:
        """Every combination of areas in which some position lies, with such a position, well away from edges."""
        return {areas: position for areas, (_, position) in self._fattest.items()}

    def _look_beside(self, edge: _Numbers, low: float, high: float) -> None:
        """Look at the face to the right of a piece of an edge, half-way up and half-way to the next edge."""
        if high - low <= _ROUNDING:
            return
        latitude = (low + high) / 2
        here = float(_longitudes(edge[np.newaxis], latitude)[0])
        others = self._edges.longitudes(latitude)
        beyond = others[others > here + _ROUNDING]
        width = float(beyond.min()) - here if len(beyond) else 180.0 - here
        if width <= _ROUNDING:
            return
        position = Position(latitude, here + width / 2)
        areas = sum(1 << turn for turn, region in enumerate(self._regions) if region.holds(position))
        fat = min(width, high - low)
        if fat > self._fattest.get(areas, (-1.0,))[0]:
            self._fattest[areas] = fat, position


class _Edges:
    """The edges of areas, by bands of latitude."""

    def __init__(self, areas: Sequence[Area]) -> None:
        rings = (ring for area in areas for polygon in area.polygons for ring in polygon)
        ends = [
            (one.latitude, other.latitude, one.longitude, other.longitude)
            if one.latitude <= other.latitude
            else (other.latitude, one.latitude, other.longitude, one.longitude)
            for ring in rings
            for one, other in zip(ring, (*ring[1:], ring[0]), strict=True)
            if one != other
        ]
        self._all: _Numbers = np.unique(np.array(ends, dtype=np.float64).reshape(-1, 4), axis=0)
        self._least = float(self._all[:, _SOUTH].min()) if ends else 0.0
        height = float(self._all[:, _NORTH].max()) - self._least if ends else 0.0
        count = _MOST_BANDS
        while True:
            self._scale = (count - 0.5) / height if height > _ROUNDING else 0.0
            first, last = self._band(self._all[:, _SOUTH]), self._band(self._all[:, _NORTH])
            if count == 1 or int((last - first + 1).sum()) <= 8 * len(ends):
                break
            count //= 2
        self._bands = [self._all[(first <= band) & (band <= last)] for band in range(count)]

    def __len__(self) -> int:
        return len(self._all)

    def _band(self, latitude: _Numbers) -> npt.NDArray[np.int64]:
        return ((latitude - self._least) * self._scale).astype(np.int64)

    def rising(self) -> Iterator[_Numbers]:
        """Yield every edge that is not level."""
        yield from self._all[self._all[:, _NORTH] - self._all[:, _SOUTH] > _ROUNDING]

    def longitudes(self, latitude: float) -> _Numbers:
        """Return where edges cross a latitude."""
        band = self._bands[int((latitude - self._least) * self._scale)]
        return _longitudes(band[(band[:, _SOUTH] <= latitude) & (latitude < band[:, _NORTH])], latitude)

    def cuts(self, edge: _Numbers) -> _Numbers:
        """Return the latitudes at which other edges meet an edge, in order, those of its own ends among them."""
        first, last = (int(band) for band in self._band(edge[[_SOUTH, _NORTH]]))
        near = np.concatenate(self._bands[first : last + 1]) if last > first else self._bands[first]
        west, east = sorted((edge[_FROM], edge[_TO]))
        sides = np.sort(near[:, [_FROM, _TO]], axis=1)
        near = near[
            (near[:, _NORTH] >= edge[_SOUTH])
            & (near[:, _SOUTH] <= edge[_NORTH])
            & (sides[:, 1] >= west - _NEAR)
            & (sides[:, 0] <= east + _NEAR)
        ]
        found = np.concatenate([edge[[_SOUTH, _NORTH]], _crossings(edge, near), _corners(edge, near)])
        return np.unique(np.clip(found, edge[_SOUTH], edge[_NORTH]))


def _longitudes(edges: _Numbers, latitude: float) -> _Numbers:
    share = (latitude - edges[:, _SOUTH]) / (edges[:, _NORTH] - edges[:, _SOUTH])
    found: _Numbers = edges[:, _FROM] + share * (edges[:, _TO] - edges[:, _FROM])
    return found


def _crossings(edge: _Numbers, others: _Numbers) -> _Numbers:
    """Return the latitudes at which others cross the edge, ends included."""
    up, across = edge[_NORTH] - edge[_SOUTH], edge[_TO] - edge[_FROM]
    ups, acrosses = others[:, _NORTH] - others[:, _SOUTH], others[:, _TO] - others[:, _FROM]
    turn = across * ups - up * acrosses
    north, east = others[:, _SOUTH] - edge[_SOUTH], others[:, _FROM] - edge[_FROM]
    with np.errstate(all="ignore"):  # of edges side by side nothing comes of it
        share = (east * ups - north * acrosses) / turn
        theirs = (east * up - north * across) / turn
    meets = (turn != 0) & (abs(share - 0.5) <= 0.5 + _ROUNDING) & (abs(theirs - 0.5) <= 0.5 + _ROUNDING)
    found: _Numbers = edge[_SOUTH] + share[meets] * up
    return found


def _corners(edge: _Numbers, others: _Numbers) -> _Numbers:
    """Return the latitudes of the others' ends that may lie on the edge."""
    ends = np.concatenate([others[:, [_SOUTH, _FROM]], others[:, [_NORTH, _TO]]])
    share = (ends[:, 0] - edge[_SOUTH]) / (edge[_NORTH] - edge[_SOUTH])
    beside = abs(ends[:, 1] - (edge[_FROM] + share * (edge[_TO] - edge[_FROM]))) <= _NEAR
    found: _Numbers = ends[beside & (share > 0) & (share < 1), 0]
    return found


def _outside(regions: Sequence[Region]) -> Position | None:
    """Return a position in no area, None where they may leave none."""
    south, north = min((one.south for one in regions), default=90.0), max((one.north for one in regions), default=-90.0)
    west, east = min((one.west for one in regions), default=180.0), max((one.east for one in regions), default=-180.0)
    if south > -90.0:
        return Position((south - 90.0) / 2, 0.0)
    if north < 90.0:
        return Position((north + 90.0) / 2, 0.0)
    if west > -180.0:
        return Position(0.0, (west - 180.0) / 2)
    return Position(0.0, (east + 180.0) / 2) if east < 180.0 else None
