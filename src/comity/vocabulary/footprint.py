"""A footprint: the ground on which a sensor looked when it told so."""

from __future__ import annotations

import msgspec

from comity.vocabulary.place import Area, Position


class Footprint(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one camera or radar beam had in view. Whose it is and when, the sighting that carries it says."""

    corners: tuple[Position, ...] = ()
    """Of the image on the ground: upper left, upper right, lower right, lower left; none where not all are told."""
    centre: Position | None = None
    """The middle of the image on the ground."""

    def area(self, name: str, source: str = "") -> Area | None:
        """Return the corners as an area; None where there are none, or they lie across the antimeridian or a pole.

        Edges are straight in degrees, which for the few kilometres of an image is what they are on the ground.
        """
        east = [corner.longitude for corner in self.corners]
        if not east or max(east) - min(east) > 180:
            return None
        return Area(name=name, polygons=(((*self.corners, self.corners[0]),),), source=source)
