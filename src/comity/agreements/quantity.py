"""Quantities as people write them: `30 d`, `500 m`, `2026-01-01`. A number without its unit is refused."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction
from typing import Final

from comity.vocabulary import instant
from comity.vocabulary.fault import Fault
from comity.vocabulary.instant import DAY, HOUR, LATEST, MINUTE, SECOND, Duration, Instant, written

_DURATIONS = {"s": SECOND, "min": MINUTE, "h": HOUR, "d": DAY}
_LENGTHS = {"m": 1, "km": 1_000, "nm": 1_852}
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
WHOLE = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)
_NUMBER = r"[0-9]{1,9}(?:\.[0-9]{1,6})?"
_QUANTITY = re.compile(rf"({_NUMBER}) ([a-z]{{1,4}})", re.ASCII)
DURATION: Final = f"{_NUMBER} (?:{'|'.join(_DURATIONS)})"
LENGTH: Final = f"{_NUMBER} (?:{'|'.join(_LENGTHS)})"
"""Patterns of what `duration` and `length` take."""


def duration(text: str) -> Duration:
    """Return milliseconds of a text such as `30 d`, `72 h`, `90 min`, `10 s`.

    Raises:
        Fault: it has no known unit, or is no whole number of milliseconds.
    """
    return _measured(text, _DURATIONS, "30 d")


def length(text: str) -> int:
    """Return metres of a text such as `500 m`, `2 km`, `0.5 nm`.

    Raises:
        Fault: it has no known unit, or is no whole number of metres.
    """
    return _measured(text, _LENGTHS, "500 m")


def _measured(text: str, units: dict[str, int], example: str) -> int:
    match = _QUANTITY.fullmatch(text)
    remedy = f"Write a number, a space and one of {', '.join(units)}, like {example}."
    if match is None or match[2] not in units:
        raise Fault(f"{text!r} is not a quantity with its unit", remedy=remedy)
    value = Fraction(match[1]) * units[match[2]]
    if value.denominator != 1:
        raise Fault(f"{text!r} is finer than can be kept", remedy=remedy)
    return int(value)


def whole(text: str) -> int:
    """Return a whole number from 1, written in plain digits.

    Raises:
        Fault: it is none.
    """
    if WHOLE.fullmatch(text) is None:
        raise Fault(f"{text!r} is not a whole number from 1", remedy="Write it in digits, like 3.")
    return int(text)


def beginning(text: str) -> Instant:
    """Return the instant a date or time names; a bare date begins at its midnight UTC.

    Raises:
        Fault: it is none, or a time without its zone.
    """
    return _midnight(text) if DATE.fullmatch(text) else _moment(text)


def end(text: str) -> Instant:
    """Return the first instant after the date that is named, or the very instant where a time is.

    Raises:
        Fault: it is none, or a time without its zone.
    """
    return min(_midnight(text) + DAY, LATEST) if DATE.fullmatch(text) else _moment(text)


def _midnight(text: str) -> Instant:
    try:
        date.fromisoformat(text)
    except ValueError as error:
        raise Fault(f"{text!r} is not a date", remedy="Write it like 2026-01-01.") from error
    return instant.read(text)


def _moment(text: str) -> Instant:
    if not text.endswith("Z") or not text.isascii():
        raise Fault(f"{text!r} is not a date or a time in UTC", remedy="Write it like 2026-01-01T00:00:00Z.")
    return instant.read(text)


def duration_written(value: Duration) -> str:
    """Return the duration in its largest whole unit: the inverse of `duration`."""
    unit = next((name for name in ("d", "h", "min", "s") if value % _DURATIONS[name] == 0), None)
    return f"{value // _DURATIONS[unit]} {unit}" if unit else f"{value / SECOND} s"


def length_written(metres: int) -> str:
    """Return the length in whole kilometres, else in whole nautical miles, else in metres: the inverse of `length`."""
    unit = next((name for name in ("km", "nm") if metres and metres % _LENGTHS[name] == 0), "m")
    return f"{metres // _LENGTHS[unit]} {unit}"


def beginning_written(instant: Instant) -> str:
    """Return the date, or the time of day with it where it is not midnight: the inverse of `beginning`."""
    return written(instant).replace("T00:00:00.000Z", "")


def last_day_written(instant: Instant) -> str:
    """Return the last date before the instant: the inverse of `end`; empty where the instant is not midnight."""
    return beginning_written(instant - DAY) if instant >= DAY and instant % DAY == 0 else ""
