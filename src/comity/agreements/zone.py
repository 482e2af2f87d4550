"""Zone: whose a place is, as far as the agreements' annexes and the coastline tell."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Final

import msgspec
import numpy as np

from comity.agreements.annex import Polygons
from comity.agreements.belts import MOST, Shore, possible
from comity.agreements.dispute import Contested, Dispute, contested
from comity.agreements.drawn import Baseline, DrawnZone
from comity.agreements.region import Region
from comity.agreements.terms import Terms
from comity.foundation.coastline import Coastline
from comity.foundation.geodesy import NAUTICAL_MILE
from comity.foundation.outline import Floats, Outlines
from comity.vocabulary.place import Position
from comity.vocabulary.zone import Zone, ZoneKind

_LANDWARD: Final = (ZoneKind.LAND, ZoneKind.INTERNAL_WATERS)
_INWARD: Final = tuple(ZoneKind)
"""From the inside outwards."""


class Source(Enum):
    """On what the answer rests, from the best to the worst."""

    ZONES = "the zones drawn in the annex"
    BASELINES = "the baselines in the annex"
    COASTLINE = "the coastline"
    NOTHING = "nothing"


class Located(msgspec.Struct, frozen=True, kw_only=True):
    """Where a place is."""

    zones: tuple[Zone, ...]
    """Every zone in which it may lie; none: nobody can tell."""
    source: Source
    words: str
    """How it is known, for people."""
    disputed: tuple[Dispute, ...] = ()
    """Disputes over the ground there."""

    @property
    def indicative(self) -> bool:
        """Whether the answer rests on a coastline, and not on what the parties signed."""
        return self.source is Source.COASTLINE


class Chart:
    """Zones, baselines and disputes of some agreements, and a coastline for what they do not draw."""

    def __init__(self, terms: Iterable[Terms], coastline: Coastline | None, disputed: Iterable[Contested] = ()) -> None:
        """Take the terms whose annexes count, and what is disputed beside that."""
        held = list(terms)
        self._coastline = coastline
        grounds = (*disputed, *(one for each in held for one in contested(each.disputes, each.areas)))
        self._disputed = [(one.dispute, Region(one.ground)) for one in grounds]
        self._zones: dict[str, DrawnZone] = {}
        self._baselines: dict[str, Baseline] = {}
        for each in held:
            for place, one in enumerate(each.zones):
                self._zones[f"{each.agreement} {place}"] = one
            for line in each.baselines:
                self._baselines[f"{each.agreement} {line.state}"] = line
        self._drawn = _outlines({key: one.polygons for key, one in self._zones.items()})
        self._lines = _outlines({key: one.polygons for key, one in self._baselines.items()})

    def at(self, position: Position) -> Located:
        """Return where the position is."""
        sure, maybe = self._in_drawn(position)
        disputed = tuple(one for one, ground in self._disputed if ground.holds(position))
        if sure:
            zones = tuple(dict.fromkeys((*sure, *maybe)))
            return Located(zones=zones, source=Source.ZONES, words=_drawn_words(zones), disputed=disputed)
        computed = self._computed(position)
        if computed.zones:
            zones = tuple(dict.fromkeys((*maybe, *computed.zones)))
            return msgspec.structs.replace(computed, zones=zones, disputed=disputed)
        words = _near_words(maybe) if maybe else computed.words
        return msgspec.structs.replace(computed, words=words, disputed=disputed)

    def _in_drawn(self, position: Position) -> tuple[list[Zone], list[Zone]]:
        """Return the drawn zones in which it surely lies, and those in which it may; of each State the innermost."""
        sure: dict[str, Zone] = {}
        maybe: list[Zone] = []
        for key, distance in self._drawn.at(position, MOST).items():
            one = self._zones[key]
            if distance < -one.error or (distance <= 0 and not one.error):
                zone = sure.get(one.zone.state, one.zone)
                sure[one.zone.state] = min(zone, one.zone, key=lambda each: _INWARD.index(each.kind))
            elif distance <= one.error and one.error:
                maybe.append(one.zone)
        inner = [
            one
            for one in maybe
            if one.state not in sure or _INWARD.index(one.kind) < _INWARD.index(sure[one.state].kind)
        ]
        return list(sure.values()), inner

    def _computed(self, position: Position) -> Located:
        covered = self._coastline is not None and self._coastline.covers(position)
        coasts = self._coastline.shores(position, MOST) if self._coastline is not None and covered else {}
        lines = self._by_state(position)
        shores = [self._from_line(line, distance, coasts) for line, distance in lines]
        ours = {one.state for one in shores}
        if self._coastline is not None:
            drawing = self._coastline.drawing
            shores += [
                Shore(state=state, distance=distance, error=drawing.error, unseen=drawing.unseen)
                for state, distance in coasts.items()
                if state not in ours
            ]
        if not covered and not any(one.most <= one.breadth.territorial_sea for one in shores):
            return Located(zones=(), source=Source.NOTHING, words="neither the annex nor a coastline tells whose it is")
        zones = possible(shores)  # where the baselines alone say the same, the coastline has no say
        source = Source.BASELINES if possible(shores[: len(lines)]) == zones and lines else Source.COASTLINE
        return Located(zones=zones, source=source, words=self._words(shores, source))

    def _by_state(self, position: Position) -> list[tuple[Baseline, float]]:
        found = self._lines.at(position, MOST)
        return [(self._baselines[key], distance) for key, distance in found.items()]

    def _from_line(self, line: Baseline, distance: float, coasts: Mapping[str, float]) -> Shore:
        return Shore(
            state=line.state,
            distance=distance,
            error=line.error,
            breadth=line.breadth,
            waters=self._waters(coasts.get(line.state)),
        )

    def _waters(self, coast: float | None) -> tuple[ZoneKind, ...]:
        """Return whether what is landward of a baseline is land or water, by how far the coast is."""
        if coast is None or self._coastline is None or abs(coast) <= self._coastline.drawing.error:
            return _LANDWARD
        return (ZoneKind.LAND,) if coast < 0 else (ZoneKind.INTERNAL_WATERS,)

    def _words(self, shores: list[Shore], source: Source) -> str:
        near = sorted((one for one in shores if one.distance < MOST), key=lambda one: one.distance)[:3]
        told = ", ".join(_told(one) for one in near) or "no land within 200 nm"
        if source is Source.BASELINES or self._coastline is None:
            return told
        drawing = self._coastline.drawing
        unseen = f", small islands up to {drawing.unseen / 1000:g} km off it are not drawn" if drawing.unseen else ""
        return f"{told}; indicative: by {drawing.name}, known within {drawing.error / 1000:g} km{unseen}"


def _told(shore: Shore) -> str:
    if shore.distance < 0:
        inland = "" if math.isinf(shore.distance) else f" {-shore.distance / NAUTICAL_MILE:.1f} nm"
        return f"{inland.strip()} inside {shore.state}".strip()
    return f"{shore.distance / NAUTICAL_MILE:.1f} nm from {shore.state}"


def _drawn_words(zones: tuple[Zone, ...]) -> str:
    return f"the annex draws {' and '.join(map(str, zones))} there"


def _near_words(maybe: list[Zone]) -> str:
    lines = " and ".join(dict.fromkeys(map(str, maybe)))
    return f"within the error of the line that the annex draws of {lines}, and nothing tells on which side"


def _outlines(shapes: Mapping[str, Polygons]) -> Outlines:
    return Outlines(
        ((key,), _points(ring)) for key, polygons in shapes.items() for polygon in polygons for ring in polygon
    )


def _points(ring: tuple[Position, ...]) -> Floats:
    return np.array([[one.latitude, one.longitude] for one in ring])
