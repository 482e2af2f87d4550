"""How good a position is by the aircraft's own word, as a standard deviation on each axis."""

from __future__ import annotations

import math
from typing import Final

from comity.foundation.geodesy import NAUTICAL_MILE

_NINETY_FIVE: Final = math.sqrt(-2 * math.log(0.05))
"""Standard deviations in the radius that holds 95 of 100 positions, where both axes have the same."""
_BY_CATEGORY: Final = (
    None, 10 * NAUTICAL_MILE, 4 * NAUTICAL_MILE, 2 * NAUTICAL_MILE, NAUTICAL_MILE, 0.5 * NAUTICAL_MILE,
    0.3 * NAUTICAL_MILE, 0.1 * NAUTICAL_MILE, 0.05 * NAUTICAL_MILE, 30.0, 10.0, 3.0,
)  # fmt: skip
"""Metres that hold 95 of 100 positions, by navigation accuracy category (NACp; DO-260B, table 2-70)."""
_BY_TYPE: Final = {
    5: 3.0, 6: 10.0, 7: 0.05 * NAUTICAL_MILE,
    9: 3.0, 10: 10.0, 11: 0.05 * NAUTICAL_MILE, 12: 0.1 * NAUTICAL_MILE, 13: 0.25 * NAUTICAL_MILE,
    14: 0.5 * NAUTICAL_MILE, 15: NAUTICAL_MILE, 16: 5 * NAUTICAL_MILE, 17: 10 * NAUTICAL_MILE,
    20: 4.0, 21: 15.0,
}  # fmt: skip
"""The same by type code alone, as aircraft mean it that send no category (DO-260, table 2-11)."""


def by_category(category: int) -> float | None:
    """Return metres for a navigation accuracy category; None where that is unknown or 0."""
    radius = _BY_CATEGORY[category] if category < len(_BY_CATEGORY) else None
    return None if radius is None else radius / _NINETY_FIVE


def by_type(kind: int) -> float | None:
    """Return metres for the type code of a position report; None where it promises nothing."""
    radius = _BY_TYPE.get(kind)
    return None if radius is None else radius / _NINETY_FIVE
