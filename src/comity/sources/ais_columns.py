"""Columns: AIS messages side by side, a column a field; what `sources.ais_fields` fills and others read.

`NONE` and a number that is none stand for "not available", or not of this type, as None does in `Message`.
"""

from __future__ import annotations

import msgspec
import numpy as np

from comity.sources.ais_bits import (
    ACCURATE,
    AID,
    ALTITUDE,
    BAROMETRIC,
    BOUND,
    BOW,
    CALL_SIGN,
    CALLED,
    COURSE,
    DESTINATION,
    DRAUGHT,
    ETA,
    FIX,
    HEADING,
    IMO,
    LATITUDE,
    LONGITUDE,
    MANOEUVRE,
    MMSI,
    MOTHERSHIP,
    NAME,
    NAMED,
    NONE,
    NUMBERS,
    OFF_POSITION,
    PART,
    PORT,
    RAIM,
    REALS,
    REPEAT,
    ROWS,
    SECOND,
    SHIP_TYPE,
    SPEED,
    STARBOARD,
    STATUS,
    STERN,
    TURN,
    TYPE,
    UTC,
    VIRTUAL,
    WIDTH,
    Bytes,
    Numbers,
    Reals,
)
from comity.sources.ais_message import Message


class Columns(msgspec.Struct, frozen=True):
    """Room for `ROWS` messages."""

    numbers: Numbers
    """`NUMBERS` by `ROWS`."""
    reals: Reals
    """`REALS` by `ROWS`."""
    texts: Bytes
    """`ROWS` by `WIDTH`: each message's name, call sign and destination."""


def room() -> Columns:
    """Return columns with nothing in them."""
    return Columns(
        np.full((NUMBERS, ROWS), NONE, np.int64), np.full((REALS, ROWS), np.nan), np.zeros((ROWS, WIDTH), np.uint8)
    )


def message(columns: Columns, row: int) -> Message:
    """Return one row as a message."""
    number = [None if value == NONE else value for value in columns.numbers[:, row].tolist()]
    real = [None if value != value else value for value in columns.reals[:, row].tolist()]  # noqa: PLR0124  none is unlike itself
    flag = [None if value is None else value == 1 for value in number]
    eta = number[ETA]
    return Message(
        type=int(columns.numbers[TYPE, row]),
        mmsi=int(columns.numbers[MMSI, row]),
        repeat=int(columns.numbers[REPEAT, row]),
        status=number[STATUS],
        turn=number[TURN],
        speed=real[SPEED],
        accurate=flag[ACCURATE],
        longitude=real[LONGITUDE],
        latitude=real[LATITUDE],
        altitude=number[ALTITUDE],
        barometric=flag[BAROMETRIC],
        course=real[COURSE],
        heading=number[HEADING],
        second=number[SECOND],
        manoeuvre=number[MANOEUVRE],
        raim=flag[RAIM],
        utc=number[UTC],
        imo=number[IMO],
        call_sign=text(columns.texts[row].tobytes(), CALL_SIGN, number[CALLED]),
        name=text(columns.texts[row].tobytes(), NAME, number[NAMED]),
        ship_type=number[SHIP_TYPE],
        bow=number[BOW],
        stern=number[STERN],
        port=number[PORT],
        starboard=number[STARBOARD],
        fix=number[FIX],
        eta=None if eta is None else (eta >> 16, eta >> 11 & 31, eta >> 6 & 31, eta & 63),
        draught=real[DRAUGHT],
        destination=text(columns.texts[row].tobytes(), DESTINATION, number[BOUND]),
        mothership=number[MOTHERSHIP],
        part=number[PART],
        aid=number[AID],
        off_position=flag[OFF_POSITION],
        virtual=flag[VIRTUAL],
    )


def text(row: bytes, start: int, length: int | None) -> str | None:
    """Return a text in a row of `texts`; None where it has no letters."""
    return row[start : start + length].decode("ascii") if length and length > 0 else None
