"""Belts: in which zones a place may lie, by how far it is from whose shores (UNCLOS, parts II, V and VII).

Distances have errors, so that the answer is a set. It only grows with them: what is certain with a large error is
certain with a small one. Territorial seas end at the median line (art. 15). Between the contiguous zones or the
exclusive economic zones of two States the law draws no line of its own (art. 74), so that both are in the answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from comity.agreements.drawn import FULL, Breadth
from comity.vocabulary.zone import Zone, ZoneKind

MOST: Final = 400_000
"""Metres: shores farther than this say nothing, because no zone and no error reaches so far."""

FAR: Final = 4
"""A State whose shore is so many times as far as another's is not asked about the exclusive economic zone there."""


class Shore(msgspec.Struct, frozen=True, kw_only=True):
    """How far a place is from what lies landward of a State's baseline, in metres; negative: it lies there itself."""

    state: str
    distance: float
    error: float
    """How far it may be from that, both ways."""
    unseen: float = 0.0
    """How much nearer land may be that is not drawn."""
    breadth: Breadth = FULL
    waters: tuple[ZoneKind, ...] = (ZoneKind.LAND,)
    """What it may be, if the place lies landward."""

    @property
    def least(self) -> float:
        """The least that the distance to the drawn line can be."""
        return self.distance - self.error

    @property
    def nearest(self) -> float:
        """The least that the distance to any land can be, as far as it counts for the outer limits of zones."""
        return self.least - self.unseen

    @property
    def most(self) -> float:
        """The most that the distance can be."""
        return self.distance + self.error

    @property
    def outer(self) -> int:
        """Where the last of its zones ends."""
        return max(self.breadth.territorial_sea, self.breadth.contiguous_zone, self.breadth.eez)


def possible(shores: Sequence[Shore]) -> tuple[Zone, ...]:
    """Return every zone in which a place with these shores within 400 km may lie; never none."""
    landward = [Zone(kind, one.state) for one in shores if one.least < 0 for kind in one.waters]
    if any(one.most < 0 for one in shores):
        return tuple(landward)
    found = (*landward, *_territorial(shores), *_beyond(shores))
    if not any(one.most <= one.outer for one in shores):
        return (*found, Zone(ZoneKind.HIGH_SEAS))
    return found or tuple(Zone(ZoneKind.EEZ, one.state) for one in shores)


def _territorial(shores: Sequence[Shore]) -> Iterator[Zone]:
    for one in shores:
        reached = one.nearest <= one.breadth.territorial_sea and one.most >= 0
        if reached and not any(other.most < one.least for other in shores):
            yield Zone(ZoneKind.TERRITORIAL_SEA, one.state)


def _beyond(shores: Sequence[Shore]) -> Iterator[Zone]:
    """Yield the contiguous and exclusive economic zones in which the place may lie."""
    if shores and _surely_territorial(shores):
        return
    for one in shores:
        if one.nearest <= one.breadth.contiguous_zone and one.most > one.breadth.territorial_sea:
            yield Zone(ZoneKind.CONTIGUOUS_ZONE, one.state)
    if any(_surely_contiguous(one) for one in shores):
        return
    for one in shores:
        inner = max(one.breadth.territorial_sea, one.breadth.contiguous_zone)
        behind = any(FAR * max(other.most, 0.0) < one.least for other in shores)
        if one.nearest <= one.breadth.eez and one.most > inner and not behind:
            yield Zone(ZoneKind.EEZ, one.state)


def _surely_territorial(shores: Sequence[Shore]) -> bool:
    """Whether the place lies in some territorial sea, whichever shore is the nearest."""
    bound = min(one.most for one in shores)
    return all(one.most <= one.breadth.territorial_sea for one in shores if one.least <= bound)


def _surely_contiguous(one: Shore) -> bool:
    return one.breadth.territorial_sea < one.nearest and one.most <= one.breadth.contiguous_zone
