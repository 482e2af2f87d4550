"""Days: an instant from year to millisecond, in machine code."""

from __future__ import annotations

from comity.foundation.compiled import compiled

IMPOSSIBLE = -1
_BEFORE = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365)
"""Days of a common year before each month."""
_TO_2000 = 10_957
"""Days from 1970 to 2000."""


@compiled
def instant(year: int, month: int, day: int, hour: int, minute: int, second: int, millisecond: int) -> int:
    """Return the instant of a time in UTC; IMPOSSIBLE for one that cannot be, or is not in this century."""
    if not (2_000 <= year <= 2_099 and 1 <= month <= 12 and day >= 1 and hour <= 23 and minute <= 59 and second <= 59):
        return IMPOSSIBLE
    leap = year % 4 == 0  # 2000 is one, and 2100 is beyond
    length = _BEFORE[month] - _BEFORE[month - 1] + (1 if leap and month == 2 else 0)
    if day > length:
        return IMPOSSIBLE
    years = year - 2_000
    days = _TO_2000 + 365 * years + (years + 3) // 4 + _BEFORE[month - 1] + (1 if leap and month > 2 else 0) + day - 1
    return (((days * 24 + hour) * 60 + minute) * 60 + second) * 1_000 + millisecond
