"""Decoded vessel positions as CSV (RFC 4180): MarineCadastre's columns, the Solent recording's, and our own.

The page is docs/formats/feed-tracks.md.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable

import msgspec

from comity.foundation.geodesy import KNOT
from comity.sources.line import Lines
from comity.sources.origin import Motion, Origin
from comity.sources.report import Report
from comity.vocabulary import instant
from comity.vocabulary.fault import Fault
from comity.vocabulary.place import Position
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import Identity, SubjectKind

_LONGEST_TEXT = 120
_SIGNED_COURSE = 409.6
"""MarineCadastre's courses above 204.7 degrees are stored as the signed number of the same 12 bits of tenths."""


class Style(msgspec.Struct, frozen=True, kw_only=True):
    """The columns of one kind of file: our field -> the column's name in lower case, and its units."""

    name: str
    columns: dict[str, str]
    knots: bool
    signed_course: bool = False


_OWN = Style(
    name="own",
    knots=False,
    columns={
        name: name
        for name in (
            "time", "latitude", "longitude", "accuracy", "speed", "course", "heading", "mmsi", "imo", "call_sign",
            "name", "ship_type", "destination", "length",
        )
    },
)  # fmt: skip
_MARINE_CADASTRE = Style(
    name="MarineCadastre",
    knots=True,
    signed_course=True,
    columns={
        "time": "basedatetime", "latitude": "lat", "longitude": "lon", "speed": "sog", "course": "cog",
        "heading": "heading", "mmsi": "mmsi", "imo": "imo", "call_sign": "callsign", "name": "vesselname",
        "ship_type": "vesseltype", "length": "length",
    },
)  # fmt: skip
_SOLENT = Style(
    name="Solent",
    knots=True,
    columns={
        "time": "time", "latitude": "latitude_degrees", "longitude": "longitude_degrees", "speed": "sog_knots",
        "course": "cog_degrees", "mmsi": "mmsi",
    },
)  # fmt: skip
STYLES = (_MARINE_CADASTRE, _SOLENT, _OWN)
_NEEDED = ("time", "latitude", "longitude")


class _Unusable(Fault):
    """A value that cannot be what its column says."""


class TrackReader:
    """Reads a CSV file line by line. Its first line names the columns; what is not known is passed over."""

    def __init__(self, origin: Origin) -> None:
        self.report = Report()
        self.style: Style | None = None
        self._origin = origin
        self._places: dict[str, int] = {}
        self._width = 0

    def pieces(self) -> Lines:
        """Return what cuts the feed into lines."""
        return Lines()

    def take(self, line: bytes) -> Sighting | None:
        """Take one line; return its sighting, if it has one. Nothing in a line raises."""
        self.report.lines += 1
        if not line.strip():
            return None
        try:
            cells = next(csv.reader([line.decode("utf-8-sig").rstrip("\r\n")], strict=True))
        except (UnicodeDecodeError, csv.Error):
            self._count_row()
            self.report.reject("not a row", line)
            return None
        if self.style is None:
            self._head(cells, line)
            return None
        return self._row(cells, line)

    def end(self) -> None:
        """Expect a heading again: another file may follow."""
        self.style = None

    def _count_row(self) -> None:
        if self.style is not None:
            self.report.sentences += 1

    def _head(self, cells: list[str], line: bytes) -> None:
        names = [cell.strip().lower() for cell in cells]
        for style in STYLES:
            if all(style.columns[field] in names for field in _NEEDED):
                self.style, self._width = style, len(names)
                self._places = {f: names.index(column) for f, column in style.columns.items() if column in names}
                return
        self.report.reject("no heading of a known style", line)

    def _row(self, cells: list[str], line: bytes) -> Sighting | None:
        self.report.sentences += 1
        if len(cells) != self._width:
            self.report.reject("a row of another width than its heading", line)
            return None
        row = {field: cells[place].strip() for field, place in self._places.items()}
        try:
            time = instant.read(row["time"])
            identity, motion = _identity(row), self._motion(row)
        except _Unusable as fault:
            self.report.reject(fault.what, line)
            return None
        except (Fault, OverflowError):
            self.report.reject("not a time", line)
            return None
        return self._sighting(line, time, identity, motion)

    def _sighting(self, line: bytes, time: int, identity: Identity, motion: Motion) -> Sighting | None:
        if not self._origin.holds(time):
            self.report.reject("not a time", line)
            return None
        self.report.heard(identity.mmsi)
        self.report.timed(time)
        self.report.sightings += 1
        return self._origin.sighting(line.strip(), time, identity, motion)

    def _motion(self, row: dict[str, str]) -> Motion:
        latitude = _number(row, "latitude", -90, 90, needed=True)
        longitude = _number(row, "longitude", -180, 180, needed=True)
        if latitude is None or longitude is None:
            raise _Unusable("no latitude or longitude")
        course, speed, knots = self._course(row), _number(row, "speed", 0, 500), self.style is not _OWN
        if knots and speed is not None:
            speed = None if speed > 102.2 else speed * KNOT
        heading = _number(row, "heading", 0, 511)
        return Motion(
            position=Position(latitude, longitude),
            accuracy=_number(row, "accuracy", 1e-3, 1e6),
            speed=speed,
            course=course,
            heading=heading if heading is not None and heading < 360 else None,
        )

    def _course(self, row: dict[str, str]) -> float | None:
        course = _number(row, "course", -204.8, 409.5)
        if course is not None and course < 0:
            if self.style is None or not self.style.signed_course:
                raise _Unusable("course out of range")
            course = round(course + _SIGNED_COURSE, 1)
        return course if course is not None and course < 360 else None


def _identity(row: dict[str, str]) -> Identity:
    imo = row.get("imo", "").upper().removeprefix("IMO").strip()
    seven = len(imo) == 7 and imo.isascii() and imo.isdigit() and imo != "0000000"
    return Identity(
        kind=SubjectKind.VESSEL,
        mmsi=_whole(row, "mmsi", 999_999_999),
        imo=int(imo) if seven else None,
        call_sign=_text(row, "call_sign"),
        name=_text(row, "name"),
        ship_type=_whole(row, "ship_type", 255) or None,
        destination=_text(row, "destination"),
        length=_number(row, "length", 0, 1_000) or None,
    )


def _number(row: dict[str, str], field: str, least: float, most: float, *, needed: bool = False) -> float | None:
    text = row.get(field, "")
    if not text and not needed:
        return None
    value = _converted(text, float, field)
    if not math.isfinite(value) or not least <= value <= most:
        raise _Unusable(f"{field} out of range")
    return value


def _whole(row: dict[str, str], field: str, most: int) -> int | None:
    value = _number(row, field, 0, most)
    if value is not None and value != int(value):
        raise _Unusable(f"{field} is not whole")
    return None if value is None else int(value)


def _converted(text: str, kind: Callable[[str], float], field: str) -> float:
    try:
        return kind(text)
    except ValueError as error:
        raise _Unusable(f"{field} is not a number") from error


def _text(row: dict[str, str], field: str) -> str | None:
    text = row.get(field, "")
    if len(text) > _LONGEST_TEXT:
        raise _Unusable(f"{field} is too long")
    if not text.isprintable():
        raise _Unusable(f"{field} is not printable")
    return text or None
