"""Tracks of GPS receivers as GPX 1.0 and 1.1 (docs/formats/feed-gpx.md)."""

from __future__ import annotations

import math
from collections.abc import Iterator

from comity.sources.origin import Motion, Origin
from comity.sources.plain_xml import PlainXml
from comity.sources.report import Report
from comity.sources.stream import Stream
from comity.vocabulary import instant
from comity.vocabulary.fault import Fault
from comity.vocabulary.place import Position
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import Identity, SubjectKind

_KINDS = {
    kind.value: kind for kind in (SubjectKind.VESSEL, SubjectKind.AIRCRAFT, SubjectKind.VEHICLE, SubjectKind.PARTY)
}
_ELSEWHERE = {"wpt": "a waypoint, which is no track", "rtept": "a point of a route, which is no track"}
_POINT = ("gpx", "trk", "trkseg", "trkpt")
_TYPE = ("gpx", "trk", "type")
_TOLD = frozenset({"time", "speed", "course"})
_LONGEST_TEXT = 64
_FASTEST = 1_000.0


class GpxStream(Stream):
    """Reads one document after another, each ended by `end`. A point is taken when its element ends."""

    def __init__(self, origin: Origin) -> None:
        self.report = Report("point")
        self._origin = origin
        self._empty: bool
        self._begin()

    def feed(self, data: bytes) -> Iterator[Sighting]:
        """Take the next bytes; yield the sightings of the points that they complete."""
        self._empty = self._empty and not data
        self._parse(data, last=False)
        yield from self._found
        self._found.clear()

    def end(self) -> Iterator[Sighting]:
        """End the document: it must be whole."""
        if not self._empty:
            self._parse(b"", last=True)
        self._begin()
        yield from ()

    def drop(self) -> None:
        """Forget an unfinished document, and count it."""
        if not self._empty and not self._broken and self._path:
            self.report.reject("document cut off")
        self._begin()

    def _begin(self) -> None:
        self._xml = PlainXml(self._start, self._close, self._text)
        self._path: list[str] = []
        self._point: dict[str, str] = {}
        self._words = ""
        self._kind = SubjectKind.OBJECT
        self._found: list[Sighting] = []
        self._broken, self._empty = False, True

    def _parse(self, data: bytes, *, last: bool) -> None:
        if self._broken:
            return
        try:
            self._xml.feed(data, last=last)
        except Fault as fault:
            self.report.reject(fault.what)
            self._broken = True

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if not self._path and name != "gpx":
            raise Fault("not GPX")
        self._path.append(name)
        self._words = ""
        if name in _ELSEWHERE:
            self.report.note(_ELSEWHERE[name])
        elif name == "trk":
            self._kind = SubjectKind.OBJECT
        elif tuple(self._path) == _POINT:
            self._point = {key: attributes.get(key, "") for key in ("lat", "lon")}

    def _text(self, text: str) -> None:
        if len(self._words) < _LONGEST_TEXT:
            self._words += text[:_LONGEST_TEXT]

    def _close(self, name: str) -> None:
        path = tuple(self._path)
        self._path.pop()
        if path == _TYPE:
            self._kind = _KINDS.get(self._words.strip().lower(), SubjectKind.OBJECT)
        elif path[:-1] == _POINT and name in _TOLD:
            self._point[name] = self._words.strip()
        elif path == _POINT:
            self._take(self._point)
        self._words = ""

    def _take(self, point: dict[str, str]) -> None:
        self.report.lines += 1
        self.report.sentences += 1
        raw = "\x00".join(f"{key}={value}" for key, value in sorted(point.items())).encode("utf-8", "replace")
        latitude, longitude = _number(point["lat"], 90.0), _number(point["lon"], 180.0)
        if latitude is None or longitude is None:
            self.report.reject("not a position", raw)
            return
        time = self._time(point)
        if time is None:
            return
        self.report.heard(None)
        self.report.timed(time)
        self.report.sightings += 1
        speed, course = _number(point.get("speed", ""), _FASTEST), _number(point.get("course", ""), 360.0)
        motion = Motion(
            position=Position(latitude, longitude),
            speed=speed if speed is not None and speed >= 0 else None,
            course=course if course is not None and 0 <= course < 360 else None,
        )
        self._found.append(self._origin.sighting(raw, time, Identity(kind=self._kind), motion))

    def _time(self, point: dict[str, str]) -> int | None:
        if not point.get("time"):
            self.report.heard(None)
            self.report.untimed += 1
            return None
        try:
            time = instant.read(point["time"])
        except (Fault, OverflowError):
            time = -1
        if time < 0 or not self._origin.holds(time):
            self.report.reject("not a time")
            return None
        return time


def _number(text: str, limit: float) -> float | None:
    """Return a number of `-limit` to `limit`; None where it is none."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and abs(value) <= limit else None
