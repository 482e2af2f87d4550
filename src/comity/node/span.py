"""A span of time as settings write it: a whole number and its unit, like `30 min`."""

from __future__ import annotations

from typing import Annotated

import msgspec

from comity.vocabulary.instant import DAY, HOUR, MINUTE, SECOND, Duration

_LIKE = "a number, a space and s, min, h or d, like 30 min"
Span = Annotated[str, msgspec.Meta(pattern=r"^\d+ (s|min|h|d)$", description=_LIKE)]
Term = Annotated[str, msgspec.Meta(pattern=r"^(\d+ (s|min|h|d))?$", description=_LIKE)]
"""A span, or empty where another setting says how long."""

_UNITS: dict[str, Duration] = {"s": SECOND, "min": MINUTE, "h": HOUR, "d": DAY}


def span(text: Span) -> Duration:
    """Return the milliseconds of a span such as `30 min`."""
    number, unit = text.split(" ")
    return int(number) * _UNITS[unit]
