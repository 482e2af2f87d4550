"""Radar-like plots as newline-delimited JSON: where something is, never who it is (docs/formats/feed-plots.md)."""

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

_KINDS = {kind.value: kind for kind in (SubjectKind.VESSEL, SubjectKind.AIRCRAFT, SubjectKind.PARTY)}


class Plot(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One plot as it stands in its line. Metres, metres a second, degrees from true north."""

    time: str
    latitude: Latitude
    longitude: Longitude
    accuracy: Annotated[float, msgspec.Meta(gt=0, le=100_000)]
    speed: Annotated[float, msgspec.Meta(ge=0, le=1_000)] | None = None
    course: Annotated[float, msgspec.Meta(ge=0, lt=360)] | None = None
    kind: str = SubjectKind.VESSEL.value


_DECODER = msgspec.json.Decoder(Plot)


class PlotReader:
    """Reads plots line by line. A plot with an identity, or of a kind that could name a person, is refused."""

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
            plot = _DECODER.decode(line)
            time = instant.read(plot.time)
            kind = _KINDS[plot.kind]
        except (msgspec.DecodeError, UnicodeDecodeError):
            self.report.reject("not a plot", line)
        except Fault:
            self.report.reject("not a time", line)
        except KeyError:
            self.report.reject("a kind that plots do not have", line)
        else:
            return self._sighting(line, plot, time, kind)
        return None

    def end(self) -> None:
        """Nothing is held back."""

    def _sighting(self, line: bytes, plot: Plot, time: int, kind: SubjectKind) -> Sighting | None:
        if not self._origin.holds(time):
            self.report.reject("not a time", line)
            return None
        self.report.heard(None)
        self.report.timed(time)
        self.report.sightings += 1
        motion = Motion(
            position=Position(plot.latitude, plot.longitude),
            accuracy=plot.accuracy,
            speed=plot.speed,
            course=plot.course,
        )
        return self._origin.sighting(line.strip(), time, Identity(kind=kind), motion)
