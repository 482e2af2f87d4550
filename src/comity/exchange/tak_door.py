"""The door to TAK clients: what leaves for one is drawn from a permit or a sight, or holds no record at all.

Only what is made here can be written to a connection (`exchange.tak_server`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeAlias
from xml.sax.saxutils import quoteattr

import msgspec
from msgspec.structs import force_setattr, replace

from comity.agreements import redaction
from comity.agreements.field import place_of
from comity.agreements.permit import Permit
from comity.exchange import tak_event, tak_words
from comity.exchange.tak_event import UNKNOWN, Shown
from comity.exchange.tak_sight import Sight
from comity.foundation import keys
from comity.vocabulary.fault import Refused
from comity.vocabulary.handling import Handling
from comity.vocabulary.instant import LATEST, MINUTE, Duration, Instant
from comity.vocabulary.record import RecordKind, Value
from comity.vocabulary.subject import SubjectKind

STALE: Duration = 5 * MINUTE
"""How long after it was seen a position is shown; older than that none is sent."""
LASTS: Duration = 30 * MINUTE
"""How long an alert stays on a client's screen that is not told of it anew."""
TYPES: Final = {
    SubjectKind.VESSEL: "a-u-S",
    SubjectKind.AIRCRAFT: "a-u-A",
    SubjectKind.VEHICLE: "a-u-G-E-V",
    SubjectKind.PARTY: "a-u-G",
}
OTHER: Final = "a-u-X"
SPOT: Final = "b-m-p-s-m"
"""The type of a marker on the map."""
_TOKEN: Final = object()  # whoever holds it can make what leaves: it stays in this file

Disguise: TypeAlias = Callable[[str], str]
"""A keyed one-way function on names."""


class Leaving(msgspec.Struct, frozen=True, kw_only=True):
    """One event that may be written to one client's connection, in both versions of the protocol."""

    uid: str
    stale: Instant
    xml: bytes
    message: bytes
    token: object

    def __post_init__(self) -> None:
        if self.token is not _TOKEN:
            raise TypeError("what leaves is drawn from a permit or a sight")
        force_setattr(self, "token", None)

    def written(self, version: int) -> bytes:
        """Return its bytes as version 0 (XML) or 1 (protobuf) has them."""
        return tak_event.framed(self.message) if version else self.xml


def uid(client: str, record: str, disguise: Disguise) -> str:
    """Return what stands for a track at one client: no other has it, and nothing can be computed from it."""
    return f"comity-{disguise(f'tak/{client}/{record}')}"


def drawn(leave: Permit | Sight, client: str, disguise: Disguise) -> Leaving | None:
    """Return the event that shows the track that the leave gives; None where it gives no position.

    Raises:
        Refused: it is no leave, or for something else than a track.
    """
    told, record = _told(leave, RecordKind.TRACK, client), leave.record
    name = uid(client, record.id, disguise)
    return _event(
        told,
        Shown(
            uid=name,
            type=TYPES.get(record.subjects[0], OTHER),
            how="m-f",
            time=record.time,
            stale=min(record.time + STALE, told.until),
            simulated=record.simulated,
            call_sign=_call_sign(told.fields) or f"track {name[7:13]}",
            track=_moving(told.fields.get("velocity")),
        ),
        (*(["DISTRESS"] if record.distress else []), *_identifiers(told.fields)),
    )


def marked(leave: Permit | Sight, client: str, disguise: Disguise, now: Instant) -> Leaving | None:
    """Return the event that marks the alert that the leave gives on the map; None where it gives no position.

    Raises:
        Refused: it is no leave, or for something else than an alert.
    """
    told, record = _told(leave, RecordKind.ALERT, client), leave.record
    return _event(
        told,
        Shown(
            uid=uid(client, record.id, disguise),
            type=SPOT,
            how="m-f",
            time=now,
            stale=min(now + LASTS, told.until),
            simulated=record.simulated,
            call_sign=tak_words.title(told.fields),
        ),
        tak_words.alert(told.fields),
    )


def removed(uid: str, now: Instant) -> Leaving:
    """Return what asks a client to delete what it was shown."""
    link = f'<link uid={quoteattr(uid)} relation="none" type="none"/><__forcedelete/>'
    return _leaving(Shown(uid=f"{uid}-x", type="t-x-d-d", time=now, stale=now + MINUTE, more=link))


def supported(now: Instant) -> Leaving:
    """Return what tells a client which version of the protocol it may ask for."""
    return _control("t-x-takp-v", '<TakProtocolSupport version="1"/>', now)


def answered(now: Instant, *, granted: bool) -> Leaving:
    """Return the answer to a client that asked for a version."""
    return _control("t-x-takp-r", f'<TakResponse status="{str(granted).lower()}"/>', now)


def present(now: Instant) -> Leaving:
    """Return the answer to a client that asked whether anybody is there."""
    return _leaving(Shown(uid="comity-pong", type="t-x-c-t-r", time=now, stale=now + MINUTE))


def _control(kind: str, inner: str, now: Instant) -> Leaving:
    more = f"<TakControl>{inner}</TakControl>"
    return _leaving(Shown(uid="comity-protocol", type=kind, time=now, stale=now + MINUTE, more=more))


class _Told(msgspec.Struct, frozen=True):
    """What a leave gives: fields, the marks on them, whose they are, and until when they may be kept."""

    fields: Mapping[str, Value]
    handling: Handling
    whence: str
    until: Instant


def _told(leave: Permit | Sight, kind: RecordKind, client: str) -> _Told:
    if type(leave) not in (Permit, Sight) or leave.record.kind is not kind:
        raise Refused("nothing leaves to a TAK client but tracks and alerts, by a permit or a sight", where=client)
    if isinstance(leave, Sight):
        record = leave.record
        whence = f"{record.owner}, {', '.join(_texts(record.fields.get('sources')))}"
        return _Told(record.fields, record.handling, whence, LATEST)
    given = redaction.give(leave, keys.random_bytes)
    whence = f"{given.owner}, {leave.agreement} {leave.version}, {leave.clause}"
    return _Told(redaction.disclosed(given), given.handling, whence, given.keep_until)


def _event(told: _Told, shown: Shown, words: Sequence[str]) -> Leaving | None:
    """Return the event with the place that is given, the marks, and these words before them."""
    stated = told.fields.get("position")
    place = place_of(stated)
    if place is None:
        return None
    within = stated.get("within") if isinstance(stated, dict) else None
    tlp = f"TLP:{told.handling.tlp.value}"
    marks = (f"{tlp}, onward: {told.handling.onward.value}", told.whence)
    return _leaving(
        replace(
            shown,
            position=place,
            error=float(within) if isinstance(within, (int, float)) else UNKNOWN,
            access=tlp,
            more=tak_event.remarks(". ".join((*words, *marks))),
        )
    )


def _leaving(shown: Shown) -> Leaving:
    return Leaving(
        uid=shown.uid, stale=shown.stale, xml=tak_event.xml(shown), message=tak_event.message(shown), token=_TOKEN
    )


def _call_sign(fields: Mapping[str, Value]) -> str:
    for name in ("name", "call_sign"):
        value = fields.get(name)
        if isinstance(value, str) and tak_event.plain(value).strip():
            return tak_event.plain(value).strip()
    mmsi = fields.get("mmsi")
    return f"MMSI {mmsi:09d}" if isinstance(mmsi, int) else ""


def _identifiers(fields: Mapping[str, Value]) -> list[str]:
    names = {"mmsi": "MMSI", "imo": "IMO", "call_sign": "call sign"}
    found = {word: fields.get(name) for name, word in names.items()}
    return [f"{word} {value}" for word, value in found.items() if isinstance(value, (int, str)) and value != ""]


def _moving(value: Value) -> tuple[float, float] | None:
    speed, course = (value.get("speed"), value.get("course")) if isinstance(value, dict) else (None, None)
    if not isinstance(speed, (int, float)) or not isinstance(course, (int, float)):
        return None
    return float(speed), float(course)


def _texts(value: Value) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
