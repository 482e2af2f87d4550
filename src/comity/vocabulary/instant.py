"""An instant: a point in time, as whole milliseconds since 1970-01-01T00:00:00 UTC (leap seconds not counted)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TypeAlias

from comity.vocabulary.fault import Fault

Instant: TypeAlias = int
Duration: TypeAlias = int
"""Whole milliseconds."""

SECOND: Duration = 1_000
MINUTE: Duration = 60 * SECOND
HOUR: Duration = 60 * MINUTE
DAY: Duration = 24 * HOUR

LATEST: Instant = 253_402_300_799_999
"""9999-12-31T23:59:59.999Z, the last instant that can be written."""


def written(instant: Instant) -> str:
    """Return the instant as RFC 3339 text in UTC with milliseconds, such as `2026-01-01T00:00:00.000Z`."""
    moment = datetime.fromtimestamp(instant / 1000, tz=UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{instant % 1000:03d}Z"


def read(text: str) -> Instant:
    """Return the instant that RFC 3339 text (or a bare date, taken as midnight UTC) names.

    Raises:
        Fault: the text is neither.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Fault(f"{text!r} is not a date or time", remedy="Write it like 2026-01-01T00:00:00Z.") from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return round(moment.timestamp() * 1000)
