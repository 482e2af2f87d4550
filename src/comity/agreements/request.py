"""A request: all that the permit is asked with. Nothing else decides."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

import msgspec
from msgspec.structs import astuple

from comity.agreements import field
from comity.agreements.layout import Layout, layout
from comity.agreements.national import Law
from comity.agreements.onward import Granted
from comity.agreements.standing import Standing
from comity.vocabulary.decision import Decision
from comity.vocabulary.handling import Handling
from comity.vocabulary.instant import LATEST, Instant
from comity.vocabulary.partner import NAME_PATTERN
from comity.vocabulary.place import Position
from comity.vocabulary.posture import Posture
from comity.vocabulary.protection import Guard
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import PLACELESS, WRITTEN, Record, RecordKind, Value
from comity.vocabulary.subject import SubjectKind

_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)
_NAME = re.compile(NAME_PATTERN, re.ASCII)


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """Whether `own` may give this record to `partner`, for this purpose, now, in this officer's name."""

    record: Record
    partner: str
    partner_country: str
    """ISO 3166-1 alpha-2, from its card."""
    purpose: Purpose
    officer: str
    """Who asks: a named person, or the node's own name for what the machine does by itself."""
    decision: Decision | None
    """The latest one on the record, where it has any."""
    now: Instant
    standings: tuple[Standing, ...]
    own: str
    own_country: str
    posture: Posture = Posture.OPEN
    """Of `own` towards the partner."""
    law: Law | None = None
    """What `own`'s state forbids."""
    leave: Granted | None = None
    """The originator's, where another originated the record."""


def _named(value: object) -> bool:
    return isinstance(value, str) and _NAME.fullmatch(value) is not None


def _country(value: object) -> bool:
    return isinstance(value, str) and _COUNTRY.fullmatch(value) is not None


def _text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _instant(value: object) -> bool:
    return isinstance(value, int) and 0 <= value <= LATEST


def _a(*kinds: type) -> Callable[[object], bool]:
    return lambda value: isinstance(value, kinds)


def _several(kind: type) -> Callable[[object], bool]:
    return lambda value: isinstance(value, tuple) and all(isinstance(one, kind) for one in value)


_ASKED: Final[Mapping[str, Callable[[object], bool]]] = {
    "record": _a(Record),
    "partner": _named,
    "partner_country": _country,
    "purpose": _a(Purpose),
    "officer": _text,
    "decision": _a(Decision, type(None)),
    "now": _instant,
    "standings": _several(Standing),
    "own": _named,
    "own_country": _country,
    "posture": _a(Posture),
    "law": _a(Law, type(None)),
    "leave": _a(Granted, type(None)),
}
_KEPT: Final[Mapping[str, Callable[[object], bool]]] = {
    "kind": _a(RecordKind),
    "id": _text,
    "owner": _named,
    "time": _instant,
    "subjects": _several(SubjectKind),
    "purposes": _several(Purpose),
    "handling": _a(Handling),
    "position": _a(Position, type(None)),
    "area": _a(str),
    "expires": lambda value: value is None or _instant(value),
    "cancelled": _a(bool),
    "fields": lambda value: isinstance(value, dict) and all(isinstance(name, str) for name in value),
    "distress": _a(bool),
    "simulated": _a(bool),
    "guard": _a(Guard, type(None)),
}


def laid(request: Request) -> Layout | None:
    """Return the layout of the record's fields where the record is surely whole, and ordinary, at one place.

    Its subjects and its owner are not looked at, nor what all requests between two nodes share. Where it is None,
    `missing` says what is wrong, if anything is.
    """
    record = request.record
    kind, name, _, time, _, purposes, handling, position, fields, area, *rest = astuple(record)
    expires, cancelled, distress, simulated, guard = rest
    sound = (
        type(record) is Record
        and type(name) is str
        and name.strip()
        and type(time) is int
        and 0 <= time <= LATEST
        and type(purposes) is tuple
        and (purposes in _purposes or _noted(purposes))
        and type(handling) is Handling
        and type(area) is str
        and type(fields) is dict
        and (expires is None or (type(expires) is int and request.now < expires <= LATEST))
        and cancelled is False
        and distress is False
        and (simulated is False or simulated is True)
        and guard is None
    )
    if not sound:
        return None
    if kind in WRITTEN:
        return layout(fields) if _written_at(position, fields, area) else None
    return layout(fields) if not area and _placed(position, fields.get("position")) else None


_purposes: set[object] = set()
_MOST_KNOWN = 1_024


def _noted(purposes: object) -> bool:
    """Whether these are purposes; if so they are remembered: few combinations come again and again."""
    if not _several(Purpose)(purposes):
        return False
    if len(_purposes) >= _MOST_KNOWN:
        _purposes.clear()
    _purposes.add(purposes)
    return True


def _written_at(position: Position | None, fields: Mapping[str, Value], area: str) -> bool:
    """Whether a report or notice is surely where its fields say."""
    stated = fields.get("position")
    if (fields.get("area") or "") != area:
        return False
    return stated is None if position is None else not area and _placed(position, stated)


def _placed(position: object, stated: object) -> bool:
    """Whether the position is surely the one stated."""
    if type(position) is not Position or type(stated) is not dict:
        return False
    north, east = stated.get("latitude"), stated.get("longitude")
    return (
        north == position.latitude
        and east == position.longitude
        and type(north) is float
        and type(east) is float
        and abs(north) <= 90
        and abs(east) <= 180
    )


def missing(request: object) -> str | None:
    """Return which datum is missing or none of its type, None if all is there: nothing is taken on trust."""
    if not isinstance(request, Request):
        return "nothing is asked"
    for name, sound in _ASKED.items():
        if not sound(getattr(request, name)):
            return f"the request's {name} is missing, or is none"
    for name, sound in _KEPT.items():
        if not sound(getattr(request.record, name)):
            return f"the record's {name} is missing, or is none"
    return _misplaced(request.record)


def _misplaced(record: Record) -> str | None:
    """Return what is wrong with where the record says it is, None if nothing is."""
    if record.position is None and record.kind not in PLACELESS:
        return "the record's position is missing, or is none"
    stated = record.fields.get("position")
    if stated is not None and field.place_of(stated) != record.position:
        return "the record's position is not what its field of that name says"
    if record.kind in PLACELESS and (record.fields.get("area") or "") != record.area:
        return "the record's area is not what its field of that name says"
    if record.position is not None and record.area:
        return "the record is at a position and in an area, and only one of them can decide"
    return None
