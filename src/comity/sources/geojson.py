"""Points of GeoJSON (RFC 7946), a document or a text sequence (docs/formats/feed-geojson.md)."""

from __future__ import annotations

import msgspec

from comity.foundation.canonical import digest
from comity.sources.origin import Motion, Origin
from comity.sources.report import Report
from comity.sources.states.cut import Vectors
from comity.vocabulary import instant
from comity.vocabulary.fault import Fault
from comity.vocabulary.instant import Instant
from comity.vocabulary.place import Position
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import Identity, SubjectKind

_KINDS = {
    kind.value: kind
    for kind in (SubjectKind.VESSEL, SubjectKind.AIRCRAFT, SubjectKind.VEHICLE, SubjectKind.PARTY, SubjectKind.OBJECT)
}
_NAMED = frozenset({SubjectKind.VESSEL, SubjectKind.AIRCRAFT})
_TIMES = ("time", "timestamp", "updated")
_MILLISECONDS = 100_000_000_000
"""A number of seconds since 1970 beyond this lies in the year 5138: it is milliseconds."""
_SEPARATOR = b"\x1e"


class _Limits(msgspec.Struct, frozen=True):
    """What a property may be; checked by decoding into it."""

    accuracy: float | None = None
    speed: float | None = None
    course: float | None = None


class GeoJsonReader:
    """Reads features one by one. What is no point in time and space is counted."""

    def __init__(self, origin: Origin) -> None:
        self.report = Report("feature")
        self._origin = origin

    def pieces(self) -> Vectors:
        """Return what cuts a document into features, and a sequence into lines."""
        return Vectors("feature")

    def take(self, piece: bytes) -> Sighting | None:
        """Take one feature; return its sighting, if it is a point."""
        self.report.lines += 1
        feature = piece.strip().removeprefix(_SEPARATOR).strip()
        if not feature:
            return None
        self.report.sentences += 1
        try:
            value = msgspec.json.decode(feature)
            if not isinstance(value, dict) or value.get("type") != "Feature":
                self.report.note("not a feature", piece)
                return None
            return self._sighting(feature, value)
        except Fault as fault:
            self.report.reject(fault.what, piece)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            self.report.reject("not JSON", piece)
        return None

    def end(self) -> None:
        """Count nothing: each feature is whole."""

    def _sighting(self, piece: bytes, feature: dict[str, object]) -> Sighting | None:
        geometry, found = feature.get("geometry"), feature.get("properties")
        if not isinstance(geometry, dict) or geometry.get("type") != "Point":
            self.report.note("not a point", piece)
            return None
        properties = {name.lower(): each for name, each in found.items()} if isinstance(found, dict) else {}
        place, time = _position(geometry.get("coordinates")), self._time(properties)
        identity, motion = _identity(properties), _motion(properties, place)
        self.report.heard(_subject(identity))
        if time is None:
            self.report.untimed += 1
            self.report.note("without a time", piece)
            return None
        if not self._origin.holds(time):
            raise Fault("not a time")
        self.report.timed(time)
        self.report.sightings += 1
        return self._origin.sighting(piece, time, identity, motion)

    def _time(self, properties: dict[str, object]) -> Instant | None:
        told = next((properties[name] for name in _TIMES if properties.get(name) is not None), None)
        if told is None:
            return self._origin.arrival() if self._origin.arrival else None
        try:
            if isinstance(told, str):
                return instant.read(told)
            if isinstance(told, (int, float)) and not isinstance(told, bool):
                return int(told if abs(told) >= _MILLISECONDS else told * 1_000)
        except (Fault, OverflowError, ValueError) as error:
            raise Fault("not a time") from error
        raise Fault("not a time")


def _position(coordinates: object) -> Position:
    if not isinstance(coordinates, list) or len(coordinates) < 2:
        raise Fault("no position")
    try:
        return msgspec.convert({"longitude": coordinates[0], "latitude": coordinates[1]}, Position)
    except msgspec.ValidationError as error:
        raise Fault("no position") from error


def _identity(properties: dict[str, object]) -> Identity:
    numbered = any(properties.get(name) is not None for name in ("mmsi", "imo"))
    told = properties.get("kind") or (SubjectKind.VESSEL.value if numbered else SubjectKind.OBJECT.value)
    kind = _KINDS.get(told) if isinstance(told, str) else None
    if kind is None:
        raise Fault("a kind that is not taken")
    names = ("mmsi", "imo", "call_sign", "name") if kind in _NAMED else ()
    said = {name: properties[name] for name in names if properties.get(name) not in (None, "")}
    try:
        return msgspec.convert({"kind": kind.value, **said}, Identity)
    except msgspec.ValidationError as error:
        raise Fault("a value out of range") from error


def _motion(properties: dict[str, object], place: Position) -> Motion:
    said = {name: properties[name] for name in _Limits.__struct_fields__ if properties.get(name) is not None}
    try:
        found = msgspec.convert(said, _Limits)
    except msgspec.ValidationError as error:
        raise Fault("a value out of range") from error
    accuracy, speed, course = found.accuracy, found.speed, found.course
    if (
        (accuracy is not None and not 0 < accuracy <= 1_000_000)
        or (speed is not None and not 0 <= speed <= 1_000)
        or (course is not None and not 0 <= course <= 360)
    ):
        raise Fault("a value out of range")
    return Motion(position=place, accuracy=accuracy, speed=speed, course=None if course is None else course % 360)


def _subject(identity: Identity) -> int | None:
    if identity.mmsi is not None:
        return identity.mmsi
    name = identity.name or identity.call_sign
    return int.from_bytes(digest(name.encode())[:8]) if name else None
