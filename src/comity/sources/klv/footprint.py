"""A footprint: the ground that a sensor sees at one time."""

from __future__ import annotations

import msgspec

from comity.sources.klv.packet import Packet
from comity.vocabulary.instant import Instant
from comity.vocabulary.place import Area


class Footprint(msgspec.Struct, frozen=True):
    """Where a sensor looked, and when."""

    time: Instant
    area: Area


def footprint(packet: Packet, source: str) -> Footprint | None:
    """Return the four corners of the image as an area; None where they are not told, or lie across the antimeridian."""
    corners = packet.corners
    if not corners or max(c.longitude for c in corners) - min(c.longitude for c in corners) > 180:
        return None
    return Footprint(packet.time, Area(name=source, polygons=(((*corners, corners[0]),),), source=source))
