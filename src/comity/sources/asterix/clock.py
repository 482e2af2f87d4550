"""The clock: from seconds since midnight, which is all that records say, to a time."""

from __future__ import annotations

from typing import Final

from comity.vocabulary.instant import DAY, Duration, Instant

_TICKS: Final = 128
"""In a second."""
_IN_A_DAY: Final = 86_400 * _TICKS


class Clock:
    """Finds the day of each time of day: the one that brings it nearest to another time that is known.

    That is when the datagram was captured or the report came in, and else the feed's last time, or its beginning.
    """

    def __init__(self, begin: Instant | None) -> None:
        self._last = begin

    def time(self, data: bytes | None, known: Instant | None) -> Instant | None:
        """Return the time of three bytes of 1/128 s; `known` itself without them; None where no day is known.

        A time of day beyond its day is taken as missing.
        """
        near = self._last if known is None else known
        if near is None:
            return None
        ticks = _IN_A_DAY if data is None else int.from_bytes(data, "big")
        if ticks >= _IN_A_DAY:
            return known
        found = _nearest(ticks * 1_000 // _TICKS, near)
        self._last = found
        return found


def _nearest(since_midnight: Duration, near: Instant) -> Instant:
    found = near - near % DAY + since_midnight
    if found - near > DAY // 2:
        return found - DAY
    return found + DAY if near - found > DAY // 2 else found
