"""The feed of state vectors: rows, arrays or objects in, sightings out (docs/formats/feed-state-vectors.md)."""

from __future__ import annotations

import csv
from collections import OrderedDict

import msgspec

from comity.sources.origin import Motion, Origin
from comity.sources.report import Report
from comity.sources.states import vector
from comity.sources.states.cut import Vectors
from comity.sources.states.vector import Style, Unusable, Vector
from comity.vocabulary.instant import Instant
from comity.vocabulary.place import Position
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import Identity, SubjectKind

MOST = 20_000
"""Aircraft whose last time is remembered; the one longest silent is forgotten."""


class StateReader:
    """Reads state vectors. One that says again what was said of the same moment is no new sighting."""

    def __init__(self, origin: Origin) -> None:
        self.report = Report()
        self._origin = origin
        self._style: Style | None = None
        self._names: list[str] = []
        self._last: OrderedDict[int, Instant] = OrderedDict()

    def pieces(self) -> Vectors:
        """Return what cuts the feed into rows, arrays or objects."""
        return Vectors()

    def take(self, piece: bytes) -> Sighting | None:
        """Take one row, array or object; return its sighting, if it has one. Nothing in it raises."""
        self.report.lines += 1
        if not piece.strip():
            return None
        try:
            found = self._json(piece) if piece[:1] in {b"[", b"{"} else self._row(piece)
        except Unusable as fault:
            self.report.sentences += 1
            self.report.reject(fault.what, piece)
            return None
        return None if found is None else self._sighting(piece, found)

    def end(self) -> None:
        """Expect a heading again: another file may follow."""
        self._style = None

    def _json(self, piece: bytes) -> Vector:
        try:
            value = msgspec.json.decode(piece)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise Unusable("not JSON") from error
        if isinstance(value, list):
            return vector.of_array(value)
        fields = {name.lower(): each for name, each in value.items()} if isinstance(value, dict) else {}
        style = vector.style_of(list(fields))
        if style is None:
            raise Unusable("no state vector by the names of its fields")
        return vector.of_fields(fields, style)

    def _row(self, piece: bytes) -> Vector | None:
        try:
            cells = next(csv.reader([piece.decode("utf-8-sig")], strict=True))
        except (UnicodeDecodeError, csv.Error, StopIteration) as error:
            raise Unusable("not a row") from error
        if self._style is None:
            self._names = [cell.strip().lower() for cell in cells]
            self._style = vector.style_of(self._names)
            if self._style is None:
                raise Unusable("no heading of state vectors")
            return None
        if len(cells) != len(self._names):
            raise Unusable("a row of another width than its heading")
        return vector.of_fields(dict(zip(self._names, cells, strict=True)), self._style)

    def _sighting(self, piece: bytes, found: Vector) -> Sighting | None:
        self.report.sentences += 1
        if not self._origin.holds(found.time):
            self.report.reject("not a time", piece)
            return None
        self.report.heard(found.icao)
        self.report.timed(found.time)
        if not self._newer(found):
            self.report.note("a state of a moment told before")
            return None
        if found.no_course:
            self.report.note("course out of range", piece)
        self.report.sightings += 1
        return self._origin.sighting(
            piece,
            found.time,
            Identity(kind=SubjectKind.AIRCRAFT, icao=found.icao, call_sign=found.call_sign),
            _motion(found),
        )

    def _newer(self, found: Vector) -> bool:
        """Whether it tells of another moment than the last of the same aircraft, and remember which."""
        before = self._last.pop(found.icao, None)
        self._last[found.icao] = found.time
        if len(self._last) > MOST:
            self._last.popitem(last=False)
        return before != found.time


def _motion(found: Vector) -> Motion:
    place = None if found.latitude is None or found.longitude is None else Position(found.latitude, found.longitude)
    return Motion(
        position=place,
        speed=found.speed,
        course=found.course,
        altitude=found.altitude,
        pressure_altitude=found.pressure_altitude,
        distress=found.emergency,
    )
