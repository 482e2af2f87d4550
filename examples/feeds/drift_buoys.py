"""Drift buoys: a line each, `time;buoy;latitude;longitude`, like `2026-01-01T12:00:00Z;B-7;56.9;11.7`."""

from __future__ import annotations

from comity.sources.line import Lines
from comity.sources.origin import Motion, Origin
from comity.sources.report import Report
from comity.vocabulary import instant
from comity.vocabulary.fault import Fault
from comity.vocabulary.place import Position
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import Identity, SubjectKind


class DriftBuoys:
    """Reads one feed. Nothing in it raises: what cannot be used is counted under a name."""

    def __init__(self, origin: Origin) -> None:
        self.report = Report()
        self._origin = origin

    def pieces(self) -> Lines:
        """Return what cuts the bytes into pieces: lines here."""
        return Lines()

    def take(self, line: bytes) -> Sighting | None:
        """Take one line; return its sighting."""
        self.report.lines += 1
        self.report.sentences += 1
        try:
            told, buoy, north, east = line.decode("ascii").split(";")
            latitude, longitude = float(north), float(east)
            time = instant.read(told)
        except (ValueError, OverflowError, Fault):
            self.report.reject("not a position of a buoy", line)
            return None
        if not (abs(latitude) <= 90 and abs(longitude) <= 180 and self._origin.holds(time)):
            self.report.reject("a position or time that cannot be", line)
            return None
        self.report.heard(hash(buoy))
        self.report.timed(time)
        self.report.sightings += 1
        identity = Identity(kind=SubjectKind.OBJECT, name=buoy[:120])
        motion = Motion(position=Position(latitude, longitude), accuracy=50.0)
        return self._origin.sighting(line, time, identity, motion)

    def end(self) -> None:
        """Count what the feed's end leaves unfinished: nothing, where each line is whole."""


open_feed = DriftBuoys
