"""The footprint that a packet tells: corners, or the middle of the image alone."""

from __future__ import annotations

from comity.sources.klv.packet import Packet
from comity.vocabulary.footprint import Footprint


def footprint(packet: Packet) -> Footprint | None:
    """Return where the camera looked; None where the packet does not say."""
    if not packet.corners and packet.centre is None:
        return None
    return Footprint(corners=packet.corners, centre=packet.centre)
