"""A ray: how a radar measured a position."""

from __future__ import annotations

from typing import Annotated

import msgspec

from comity.vocabulary.place import Position


class Ray(msgspec.Struct, frozen=True, kw_only=True):
    """A range and an azimuth from where a radar stands, and how exact each is."""

    station: Position
    """Where the radar stands."""
    range: Annotated[float, msgspec.Meta(ge=0)]
    """Along the ground, metres."""
    range_error: Annotated[float, msgspec.Meta(gt=0)]
    """Standard deviation, metres."""
    azimuth_error: Annotated[float, msgspec.Meta(gt=0, le=90)]
    """Standard deviation, degrees."""
