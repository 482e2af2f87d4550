"""A station: where a sensor stands, and how well it measures."""

from __future__ import annotations

from typing import Annotated

import msgspec

from comity.vocabulary.fault import Fault
from comity.vocabulary.place import Position


class Station(msgspec.Struct, frozen=True, kw_only=True):
    """One radar or receiver.

    A reader takes from the stations the one whose number its messages name, or the only one.
    """

    position: Position
    height: Annotated[float, msgspec.Meta(ge=-500, le=9_000)] = 0.0
    """Of the antenna above the WGS 84 ellipsoid, metres."""
    number: tuple[int, int] | None = None
    """System area code and system identification code (SAC, SIC) of a radar; None: whatever number."""
    range_error: Annotated[float, msgspec.Meta(gt=0, le=100_000)] | None = None
    """Standard deviation of a measured range, metres."""
    azimuth_error: Annotated[float, msgspec.Meta(gt=0, le=90)] | None = None
    """Standard deviation of a measured azimuth, degrees."""


def read(text: str) -> Station:
    """Return the station of text such as `55.6,12.5`, `55.6,12.5,40` with its height, or `25/201=55.6,12.5,40`.

    Behind the height may stand the standard deviations of range in metres and azimuth in degrees.

    Raises:
        Fault: it is no such text.
    """
    number, _, place = text.rpartition("=")
    try:
        north, east, *more = (float(each) for each in place.split(","))
        fields = dict(zip(("height", "range_error", "azimuth_error"), more, strict=False))
        made = Station(position=Position(north, east), number=_number(number) if number else None, **fields)
        return msgspec.convert(msgspec.to_builtins(made), Station)  # which holds its numbers to their limits
    except (TypeError, ValueError, msgspec.ValidationError) as error:
        raise Fault(
            f"{text!r} is no station", remedy="Write [SAC/SIC=]latitude,longitude[,height[,range error,azimuth error]]."
        ) from error


def _number(text: str) -> tuple[int, int]:
    area, _, code = text.partition("/")
    number = int(area), int(code)
    if not (0 <= number[0] <= 255 and 0 <= number[1] <= 255):
        raise ValueError(text)
    return number
