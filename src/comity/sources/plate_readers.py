"""Plate readers as newline-delimited JSON: a hit or nothing (docs/formats/feed-plate-readers.md).

A plate is personal data. It lives as long as the call that reads its line: it is in no sighting, no count, no example
of a fault and no id. What is kept of a reading that is no hit is that there was one.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from comity.sources.line import Lines
from comity.sources.origin import Motion, Origin
from comity.sources.report import Report
from comity.vocabulary import instant
from comity.vocabulary.fault import Fault
from comity.vocabulary.place import Latitude, Longitude, Position
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import Identity, SubjectKind


class Reading(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One reading as it stands in its line. Metres, metres a second, degrees from true north."""

    time: str
    reader: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    latitude: Latitude
    longitude: Longitude
    accuracy: Annotated[float, msgspec.Meta(gt=0, le=1_000)]
    plate: Annotated[str, msgspec.Meta(min_length=1, max_length=20)]
    country: Annotated[str, msgspec.Meta(pattern="^[A-Z]{2}$")]
    confidence: Annotated[float, msgspec.Meta(ge=0, le=1)]
    speed: Annotated[float, msgspec.Meta(ge=0, le=150)] | None = None
    course: Annotated[float, msgspec.Meta(ge=0, lt=360)] | None = None


LEAST_CONFIDENCE = 0.8
"""Below it a reading is discarded unread: it would stop the wrong vehicle."""
_DECODER = msgspec.json.Decoder(Reading)


class PlateReader:
    """Reads readings line by line, against the list of wanted plates that the origin holds; without one all go."""

    def __init__(self, origin: Origin) -> None:
        self.report = Report()
        self._origin = origin

    def pieces(self) -> Lines:
        """Return what cuts the feed into lines."""
        return Lines()

    def take(self, line: bytes) -> Sighting | None:
        """Take one line; return the sighting of a hit. Nothing in a line raises, and no fault shows the line."""
        self.report.lines += 1
        if not line.strip():
            return None
        self.report.sentences += 1
        try:
            reading = _DECODER.decode(line)
            time = instant.read(reading.time)
        except (msgspec.DecodeError, UnicodeDecodeError):
            self.report.reject("not a reading")
        except (Fault, OverflowError):
            self.report.reject("not a time")
        else:
            return self._matched(reading, time)
        return None

    def end(self) -> None:
        """Nothing is held back."""

    def _matched(self, reading: Reading, time: int) -> Sighting | None:
        if not self._origin.holds(time):
            self.report.reject("not a time")
            return None
        self.report.heard(None)
        if reading.confidence < LEAST_CONFIDENCE or self._origin.wanted is None:
            return None
        reference = self._origin.wanted.reference(reading.plate, reading.country, time)
        if reference is None:
            return None
        self.report.timed(time)
        self.report.sightings += 1
        motion = Motion(
            position=Position(reading.latitude, reading.longitude),
            accuracy=reading.accuracy,
            speed=reading.speed,
            course=reading.course,
        )
        raw = (
            f"{reading.reader}\x00{reference}".encode()
        )  # not the line: whoever guesses plates could find it by its id
        return self._origin.sighting(raw, time, Identity(kind=SubjectKind.VEHICLE, name=reference), motion)
