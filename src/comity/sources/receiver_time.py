"""A receiver's time: what the station that heard a sentence says of when (docs/formats/feed-ais.md)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache

import msgspec

from comity.sources.checksum import holds
from comity.vocabulary.fault import Fault
from comity.vocabulary.instant import SECOND, Instant

EARLIEST = 946_684_800_000
"""2000-01-01. A receiver's time outside this century is no time."""
END = 4_102_444_800_000
"""2100-01-01."""

_LINE = re.compile(
    rb"\$(?P<body>PGHP,1,(\d{4}),(\d{1,2}),(\d{1,2}),(\d{1,2}),(\d{1,2}),(\d{1,2}),(\d{1,3}),"
    rb"[^*]*?,?(?P<bound>[0-9A-Fa-f]{2})?)\*(?P<sum>[0-9A-Fa-f]{2})\s*"
)


class TimeLine(msgspec.Struct, frozen=True):
    """A `$PGHP` line: the time of the message behind it."""

    time: Instant
    bound: int
    """Exclusive or of the checksums of the sentences it belongs to; 0 where it does not say."""


def read_line(line: bytes) -> TimeLine:
    """Return what a `$PGHP` line says.

    Raises:
        Fault: it is malformed, or its time cannot be. `what` is the name of the fault.
    """
    match = _LINE.fullmatch(line)
    if match is None or not holds(match["sum"], match["body"]):
        raise Fault("wrong time line")
    time = _civil(match.groups()[1:8])
    if time is None:
        raise Fault("implausible time")
    return TimeLine(time, int(match["bound"] or b"0", 16))


def read_epoch(digits: bytes) -> Instant | None:
    """Return the time of seconds since 1970, or of milliseconds where there are 13 digits; None where it cannot be."""
    if not digits.isdigit() or len(digits) > 13:
        return None
    value = int(digits)
    time = value if len(digits) == 13 else value * SECOND
    return time if EARLIEST <= time < END else None


def _civil(fields: tuple[bytes, ...]) -> Instant | None:
    midnight = _midnight(*fields[:3])
    hour, minute, second, millisecond = map(int, fields[3:])
    if midnight is None or hour > 23 or minute > 59 or second > 59:
        return None
    return midnight + ((hour * 60 + minute) * 60 + second) * SECOND + millisecond


@lru_cache(maxsize=64)
def _midnight(year: bytes, month: bytes, day: bytes) -> Instant | None:
    try:
        moment = datetime(int(year), int(month), int(day), tzinfo=UTC)
    except ValueError:
        return None
    time = int(moment.timestamp()) * SECOND
    return time if EARLIEST <= time < END else None
