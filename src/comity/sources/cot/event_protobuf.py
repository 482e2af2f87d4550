"""An event as TAK protobuf, version 1: TakMessage, its CotEvent, and of its Detail the contact and the track."""

from __future__ import annotations

import math

from comity.sources.cot.event import Event
from comity.sources.cot.event_xml import is_simulated
from comity.sources.cot.wire import Value, double, fields, text
from comity.vocabulary.fault import Fault

_COT_EVENT = 2
_TYPE, _OPEX, _UID, _SEND_TIME, _HOW, _LATITUDE, _LONGITUDE, _ERROR, _DETAIL = 1, 4, 5, 6, 9, 10, 11, 13, 15
_CONTACT, _TRACK = 2, 7
_CALL_SIGN = 2
_SPEED, _COURSE = 1, 2


def read(data: bytes) -> Event | None:
    """Return the event in a TakMessage; None where it holds none, only what protocol the sender speaks.

    Raises:
        Fault: it is no TakMessage. `what` is the name of the fault.
    """
    message = dict(fields(data))
    if _COT_EVENT not in message:
        return None
    event = _inner(message, _COT_EVENT)
    detail = _inner(event, _DETAIL)
    contact, track = _inner(detail, _CONTACT), _inner(detail, _TRACK)
    time = event.get(_SEND_TIME, 0)
    kind, how = _text(event, _TYPE), _text(event, _HOW)
    if not kind:
        raise Fault("not an event")
    if not isinstance(time, int) or time == 0:
        raise Fault("not a time")
    return Event(
        type=kind,
        uid=_text(event, _UID),
        how=how,
        time=time,
        latitude=_double(event, _LATITUDE, 0.0),
        longitude=_double(event, _LONGITUDE, 0.0),
        error=_double(event, _ERROR, math.nan),
        speed=_double(track, _SPEED, 0.0) if track else math.nan,
        course=_double(track, _COURSE, 0.0) if track else math.nan,
        call_sign=_text(contact, _CALL_SIGN),
        simulated=is_simulated(_text(event, _OPEX), how),
    )


def _inner(message: dict[int, Value], number: int) -> dict[int, Value]:
    value = message.get(number, b"")
    if isinstance(value, int):
        raise Fault("not a protobuf message")
    return dict(fields(value))


def _text(message: dict[int, Value], number: int) -> str:
    return text(message.get(number, b""))


def _double(message: dict[int, Value], number: int, otherwise: float) -> float:
    return double(message[number]) if number in message else otherwise
