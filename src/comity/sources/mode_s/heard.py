"""What a receiver hands on: the bytes of one message, and when it heard them."""

from __future__ import annotations

import re

import msgspec

from comity.sources.mode_s.beast import ESCAPE
from comity.sources.mode_s.frame import Ignored, NotSquitter
from comity.sources.receiver_time import EARLIEST, END
from comity.vocabulary import instant
from comity.vocabulary.fault import Fault
from comity.vocabulary.instant import Instant

_AVR = re.compile(rb"(?:\*|@([0-9A-Fa-f]{12}))?((?:[0-9A-Fa-f]{14}){1,2});?")
_HEX = re.compile(rb"(?:[0-9A-Fa-f]{2})+")
_SECONDS = re.compile(rb"\d{9,10}(?:\.\d{1,9})?")
_NO_TICKS = frozenset({0, 0xFF004D4C4154})
"""No clock, and the mark of positions by multilateration."""


class Heard(msgspec.Struct, frozen=True):
    """One message."""

    data: bytes
    time: Instant | None = None
    ticks: int | None = None
    """The receiver's own clock, in twelve millionths of a second since it was switched on."""


def read(piece: bytes) -> Heard:
    """Return the message in a line or frame.

    Raises:
        NotSquitter: there is none.
        Ignored: it is no Mode S message.
    """
    if piece[0] == ESCAPE:
        return _binary(piece)
    if b"," in piece:
        return _row(piece)
    text = _AVR.fullmatch(piece)
    if text is None:
        raise NotSquitter("not a message")
    ticks, message = text.groups()
    return Heard(bytes.fromhex(message.decode()), ticks=None if ticks is None else _ticks(int(ticks, 16)))


def _binary(piece: bytes) -> Heard:
    if piece[1:2] not in {b"2", b"3"}:
        raise Ignored("Mode A, Mode C and the receiver's own state are not decoded")
    if len(piece) not in {16, 23}:
        raise NotSquitter("not a message")
    return Heard(piece[9:], ticks=_ticks(int.from_bytes(piece[2:8], "big")))


def _ticks(value: int) -> int | None:
    return None if value in _NO_TICKS else value


def _row(piece: bytes) -> Heard:
    when, message = (cell.strip(b' "\t') for cell in piece.split(b",", 2)[:2])
    if not _HEX.fullmatch(message):
        raise NotSquitter("not a message")
    return Heard(bytes.fromhex(message.decode()), _time(when))


def _time(text: bytes) -> Instant:
    try:
        seconds = _SECONDS.fullmatch(text)
        time = round(float(text) * 1_000) if seconds else instant.read(text.decode("ascii"))
    except (Fault, UnicodeDecodeError, OverflowError) as error:
        raise NotSquitter("not a time") from error
    if not EARLIEST <= time < END:
        raise NotSquitter("not a time")
    return time
