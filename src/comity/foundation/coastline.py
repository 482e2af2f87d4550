"""The coastline: whose land lies where, as far as a map of the world says. The page is docs/formats/coastline.md."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec
import numpy as np

from comity.foundation import canonical
from comity.foundation.geodesy import NAUTICAL_MILE
from comity.foundation.outline import Floats, Outlines
from comity.vocabulary.country import UNNAMED, is_code
from comity.vocabulary.fault import Fault
from comity.vocabulary.place import Latitude, Longitude, Position

REACH: Final = 200 * NAUTICAL_MILE
"""Metres: how far from its bounds a file has all land."""
MOST_POINTS: Final = 2_000_000
UNIT: Final = 100_000
"""Parts of a degree in which points are written."""
_FORMAT: Final = "comity/coastline/v1"
_Metres = Annotated[int, msgspec.Meta(ge=0, le=10_000)]
_Text = Annotated[str, msgspec.Meta(max_length=500)]


class Arc(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line, and whose land it bounds."""

    owners: Annotated[tuple[str, ...], msgspec.Meta(min_length=1, max_length=2)]
    points: bytes


class Drawing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a file of a coastline says."""

    format: Literal["comity/coastline/v1"] = _FORMAT
    name: _Text
    source: _Text
    licence: _Text
    error: _Metres
    """How far a line of it may lie from where it is."""
    unseen: _Metres
    """How much nearer land may be than the nearest that is drawn: small islands are not."""
    south: Latitude
    west: Longitude
    north: Latitude
    east: Longitude
    arcs: tuple[Arc, ...]


class Coastline:
    """A coastline that answers how far it is to whose land."""

    def __init__(self, drawing: Drawing) -> None:
        """Take a drawing without a flaw.

        Raises:
            Fault: it has one.
        """
        _check(drawing)
        self.drawing = drawing
        self._outlines = Outlines((arc.owners, _points(arc)) for arc in drawing.arcs)

    def covers(self, position: Position) -> bool:
        """Whether the file has all land within 200 nm of the position."""
        drawing = self.drawing
        inside = drawing.south <= position.latitude <= drawing.north
        return inside and drawing.west <= position.longitude <= drawing.east

    def shores(self, position: Position, within: float = REACH) -> dict[str, float]:
        """Return by State how many metres its land is away, negative on it; land farther than `within` is left out."""
        return self._outlines.at(position, within)


def read(data: bytes, where: str) -> Coastline:
    """Return the coastline that a file holds.

    Raises:
        Fault: it holds none.
    """
    try:
        return Coastline(canonical.read(data, Drawing, where=where))
    except Fault as fault:
        remedy = fault.remedy or "See docs/formats/coastline.md."
        raise Fault(fault.what, where=fault.where or where, remedy=remedy) from fault


def written(drawing: Drawing) -> bytes:
    """Return the bytes of a file."""
    return canonical.written(drawing)


def packed(points: Floats) -> bytes:
    """Return the points of an arc as they are written: rows of latitude and longitude in degrees."""
    return np.rint(points * UNIT).astype(">i4").tobytes()


def _points(arc: Arc) -> Floats:
    whole = np.frombuffer(arc.points, ">i4").reshape(-1, 2)
    return whole.astype(np.float64) / UNIT


def _check(drawing: Drawing) -> None:
    if drawing.south >= drawing.north or drawing.west >= drawing.east:
        raise Fault("its bounds hold nothing", remedy="Write south below north, and west of east.")
    if sum(len(arc.points) for arc in drawing.arcs) > MOST_POINTS * 8:
        raise Fault(f"it has more than {MOST_POINTS} points", remedy="Cut it to the region that is needed.")
    for place, arc in enumerate(drawing.arcs):
        if not all(owner == UNNAMED or is_code(owner) for owner in arc.owners) or len(set(arc.owners)) < len(
            arc.owners
        ):
            raise Fault(f"arc {place}: {arc.owners} are no one or two States", remedy="Use codes of ISO 3166-1.")
        if len(arc.points) < 16 or len(arc.points) % 8:
            raise Fault(f"arc {place}: {len(arc.points)} bytes are not two or more points")
        if (np.abs(_points(arc)) > (90, 180)).any():
            raise Fault(f"arc {place}: a point is not on the Earth")
