"""Measures as scenarios write them: a number, a space, a unit."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import msgspec

from comity.foundation.geodesy import KNOT, NAUTICAL_MILE
from comity.vocabulary.instant import DAY, HOUR, MINUTE, SECOND, Duration

_NUMBER = r"^\d{1,6}(\.\d{1,3})? "
Span: TypeAlias = Annotated[str, msgspec.Meta(pattern=_NUMBER + r"(s|min|h|d)$")]
Length: TypeAlias = Annotated[str, msgspec.Meta(pattern=_NUMBER + r"(m|km|nm)$")]
Speed: TypeAlias = Annotated[str, msgspec.Meta(pattern=_NUMBER + r"(m/s|km/h|kn)$")]

_SPANS: dict[str, int] = {"s": SECOND, "min": MINUTE, "h": HOUR, "d": DAY}
_LENGTHS = {"m": 1.0, "km": 1_000.0, "nm": NAUTICAL_MILE}
_SPEEDS = {"m/s": 1.0, "km/h": 1_000.0 / 3_600.0, "kn": KNOT}


def span(text: Span) -> Duration:
    """Return the milliseconds of a span such as `30 min`."""
    number, unit = text.split(" ")
    return round(float(number) * _SPANS[unit])


def length(text: Length) -> float:
    """Return the metres of a length such as `2.5 km`."""
    number, unit = text.split(" ")
    return float(number) * _LENGTHS[unit]


def speed(text: Speed) -> float:
    """Return the metres a second of a speed such as `12 kn`."""
    number, unit = text.split(" ")
    return float(number) * _SPEEDS[unit]
