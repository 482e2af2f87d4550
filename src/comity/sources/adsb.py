"""ADS-B: what aircraft broadcast of themselves, as receivers hand it on (docs/formats/feed-adsb.md)."""

from __future__ import annotations

from comity.sources.mode_s import heard, said
from comity.sources.mode_s.aircraft import Aircraft, Fleet, Jump
from comity.sources.mode_s.beast import Frames
from comity.sources.mode_s.frame import Ignored, NotSquitter, Squitter
from comity.sources.mode_s.frame import read as read_frame
from comity.sources.mode_s.heard import Heard
from comity.sources.mode_s.said import Emergency, Name, Place, Quality, Velocity
from comity.sources.origin import Motion, Origin
from comity.sources.report import Report
from comity.vocabulary.instant import SECOND, Instant
from comity.vocabulary.place import Position
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import Identity, SubjectKind

DISTRESS = frozenset({1, 6})
"""Emergency states that are calls of distress: general emergency, and downed (docs/decisions/0170)."""
_TICKS = 12_000
"""Of a receiver's clock in a millisecond."""


class AdsbReader:
    """Reads a feed of Mode S messages; extended squitters become sightings of aircraft."""

    def __init__(self, origin: Origin) -> None:
        self.report = Report()
        self._origin = origin
        self._fleet = Fleet()
        self._first_ticks: int | None = None
        self._last_ticks = 0
        self._station = origin.stations[0].position if origin.stations else None

    def pieces(self) -> Frames:
        """Return what cuts the feed into lines or binary frames."""
        return Frames()

    def take(self, piece: bytes) -> Sighting | None:
        """Take one line or frame; return the sighting that it completes, if any. Nothing in it raises."""
        self.report.lines += 1
        piece = piece.strip() if piece[:1] != b"\x1a" else piece
        if not piece or piece[:1] == b"#" or self._is_heading(piece):
            return None
        self.report.sentences += 1
        try:
            message = heard.read(piece)
            squitter = read_frame(message.data)
            content = said.read(squitter)
        except NotSquitter as fault:
            self.report.reject(fault.what, piece)
            return None
        except Ignored as fault:
            self.report.note(fault.what, piece)
            return None
        self.report.heard(squitter.icao)
        return self._sighting(message, squitter, content)

    def end(self) -> None:
        """Expect another recording's clock to begin anew."""
        self._first_ticks = None

    def _is_heading(self, piece: bytes) -> bool:
        return (
            self.report.lines == 1 and b"," in piece and not any(48 <= code < 58 for code in piece.partition(b",")[0])
        )

    def _time(self, message: Heard) -> Instant | None:
        if message.time is not None:
            return message.time
        if self._origin.arrival is not None:
            return self._origin.arrival()
        if self._origin.begin is None or message.ticks is None:
            return None
        if self._first_ticks is None:
            self._first_ticks = self._last_ticks = message.ticks
        if message.ticks < self._last_ticks - SECOND * _TICKS:
            # by how much cannot be told, and all times behind it would be wrong
            self.report.note("the receiver's clock went back")
            return None
        self._last_ticks = max(self._last_ticks, message.ticks)
        return self._origin.begin + (message.ticks - self._first_ticks) // _TICKS

    def _sighting(
        self, message: Heard, squitter: Squitter, content: Place | Velocity | Name | Emergency | Quality
    ) -> Sighting | None:
        time = self._time(message)
        if time is None or not self._origin.holds(time):
            self.report.untimed += 1
            return None
        self.report.timed(time)
        aircraft = self._fleet.get(squitter)
        motion = self._motion(aircraft, content, time)
        if motion is None:
            return None
        self.report.sightings += 1
        call_sign = content.call_sign if isinstance(content, Name) else None
        identity = Identity(kind=SubjectKind.AIRCRAFT, icao=squitter.icao, call_sign=call_sign)
        return self._origin.sighting(message.data, time, identity, motion)

    def _motion(
        self, aircraft: Aircraft, content: Place | Velocity | Name | Emergency | Quality, time: Instant
    ) -> Motion | None:
        """Return what a message adds to the picture; None for what is only kept for the messages behind it."""
        if isinstance(content, Place):
            return self._placed(aircraft, content, time)
        if isinstance(content, Velocity):
            aircraft.velocity, aircraft.moved = content, time
        elif isinstance(content, Quality):
            aircraft.category, aircraft.graded = content.accuracy, time
        elif isinstance(content, Emergency):
            aircraft.emergency = time if content.state in DISTRESS else None
            return Motion(distress=True) if aircraft.emergency is not None else None
        elif content.call_sign is not None:
            return Motion(distress=aircraft.in_distress(time))
        return None

    def _placed(self, aircraft: Aircraft, content: Place, time: Instant) -> Motion | None:
        found = aircraft.place(content, time, self._station)
        if not isinstance(found, Position):
            jumped = isinstance(found, Jump)
            self.report.note("a position too far from the last" if jumped else "a position whose zone is not known yet")
            return None
        velocity = aircraft.motion(content, time)
        return Motion(
            position=found,
            accuracy=aircraft.accuracy(content, time),
            speed=velocity.speed,
            course=velocity.course,
            altitude=content.altitude,
            pressure_altitude=content.pressure_altitude,
            distress=aircraft.in_distress(time),
        )
