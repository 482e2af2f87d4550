"""Unattended ground sensors and ground radar as newline-delimited JSON (docs/formats/feed-ground-sensors.md)."""

from __future__ import annotations

import math
from typing import Annotated, Literal

import msgspec

from comity.foundation.geodesy import offset
from comity.sources.line import Lines
from comity.sources.origin import Motion, Origin
from comity.sources.report import Report
from comity.vocabulary import instant
from comity.vocabulary.fault import Fault
from comity.vocabulary.place import Latitude, Longitude, Position
from comity.vocabulary.ray import Ray
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import Identity, SubjectKind

_KINDS = {
    kind.value: kind
    for kind in (SubjectKind.PARTY, SubjectKind.VEHICLE, SubjectKind.VESSEL, SubjectKind.AIRCRAFT, SubjectKind.OBJECT)
}
_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
_Metres = Annotated[float, msgspec.Meta(gt=0, le=100_000)]


class Detection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="sensing"):
    """What every line tells: which sensor, where it stands, when it noticed something, and of what kind."""

    time: str
    sensor: _Name
    latitude: Latitude
    longitude: Longitude
    kind: str = SubjectKind.OBJECT.value
    test: bool = False

    def place(self) -> Position:
        """Return where the sensor stands."""
        return Position(self.latitude, self.longitude)


class Nearby(Detection, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="near"):
    """Something within reach: a seismic, magnetic, infrared or acoustic sensor, or a beam that was broken."""

    modality: Literal["seismic", "magnetic", "infrared", "acoustic", "pressure", "beam"]
    reach: _Metres

    def motion(self) -> Motion:
        """Return where it is: anywhere within reach alike, which deviates by half of it on each axis."""
        return Motion(position=self.place(), accuracy=self.reach / 2)


class RadarPlot(Detection, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="radar"):
    """Something at a range and bearing from a ground radar. Metres, degrees from true north, metres a second."""

    range: _Metres
    bearing: Annotated[float, msgspec.Meta(ge=0, lt=360)]
    range_error: _Metres
    bearing_error: Annotated[float, msgspec.Meta(gt=0, le=45)]
    speed: Annotated[float, msgspec.Meta(ge=0, le=1_000)] | None = None
    course: Annotated[float, msgspec.Meta(ge=0, lt=360)] | None = None

    def motion(self) -> Motion:
        """Return where it is; the accuracy is the larger of the errors along and across the beam."""
        bearing = math.radians(self.bearing)
        across = self.range * math.radians(self.bearing_error)
        return Motion(
            position=offset(self.place(), self.range * math.sin(bearing), self.range * math.cos(bearing)),
            accuracy=max(self.range_error, across),
            ray=Ray(
                station=self.place(),
                range=self.range,
                range_error=self.range_error,
                azimuth_error=self.bearing_error,
            ),
            speed=self.speed,
            course=self.course,
        )


_DECODER = msgspec.json.Decoder(Nearby | RadarPlot)


class GroundSensorReader:
    """Reads detections line by line. One with an identity, or of a kind that could name a person, is refused."""

    def __init__(self, origin: Origin) -> None:
        self.report = Report()
        self._origin = origin

    def pieces(self) -> Lines:
        """Return what cuts the feed into lines."""
        return Lines()

    def take(self, line: bytes) -> Sighting | None:
        """Take one line; return its sighting, if it has one. Nothing in a line raises."""
        self.report.lines += 1
        if not line.strip():
            return None
        self.report.sentences += 1
        try:
            detection = _DECODER.decode(line)
            time = instant.read(detection.time)
            kind = _KINDS[detection.kind]
        except (msgspec.DecodeError, UnicodeDecodeError):
            self.report.reject("not a detection", line)
        except (Fault, OverflowError):
            self.report.reject("not a time", line)
        except KeyError:
            self.report.reject("a kind that sensors do not tell", line)
        else:
            return self._sighting(line, detection, time, kind)
        return None

    def end(self) -> None:
        """Nothing is held back."""

    def _sighting(self, line: bytes, detection: Nearby | RadarPlot, time: int, kind: SubjectKind) -> Sighting | None:
        if not self._origin.holds(time):
            self.report.reject("not a time", line)
            return None
        self.report.heard(None)
        self.report.timed(time)
        if detection.test:
            self.report.own += 1
            return None
        self.report.sightings += 1
        return self._origin.sighting(line.strip(), time, Identity(kind=kind), detection.motion())
