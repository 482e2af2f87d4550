"""The AIS feed: lines of NMEA 0183 in, sightings of vessels out."""

from __future__ import annotations

from comity.foundation.geodesy import KNOT
from comity.sources.ais import Message, NotDecoded, decode
from comity.sources.line import Lines
from comity.sources.nmea import Payload, Receiver
from comity.sources.origin import Motion, Origin
from comity.sources.report import Report
from comity.vocabulary.place import Position
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import Identity, SubjectKind

ACCURATE = 10.0
"""Metres: the better class that a sender can state (ITU-R M.1371-5, table 47)."""
COARSE = 60.0
"""Metres: what the tenth of a minute of type 27 leaves open (185 m over the square root of 12, and the fix itself)."""
DISTRESS_STATUS = 14
TEST_STATUS = 15
_BEACONS = frozenset({970, 972, 974})
_VESSEL_TYPES = frozenset({1, 2, 3, 5, 18, 19, 24, 27})
_LARGEST_IMO, _SMALLEST_IMO = 9_999_999, 1_000_000


class AisReader:
    """Reads an AIS feed line by line (docs/formats/feed-ais.md)."""

    def __init__(self, origin: Origin) -> None:
        self.report = Report()
        self._origin = origin
        self._receiver = Receiver(self.report)

    def pieces(self) -> Lines:
        """Return what cuts the feed into lines."""
        return Lines()

    def take(self, line: bytes) -> Sighting | None:
        """Take one line; return the sighting that it completes, if any. Nothing in a line raises."""
        payload = self._receiver.take(line)
        if payload is None:
            return None
        try:
            message = decode(payload.characters, payload.fill)
        except NotDecoded as fault:
            self.report.reject(fault.what, payload.characters)
            return None
        if not payload.own:
            self.report.heard(message.mmsi)
        return self._sighting(payload, message)

    def end(self) -> None:
        """Count what was left unfinished when the feed ended."""
        self._receiver.end()

    def _sighting(self, payload: Payload, message: Message) -> Sighting | None:
        time = payload.time
        if time is None and self._origin.arrival is not None:
            time = self._origin.arrival()
        if time is None or not self._origin.holds(time):
            self.report.untimed += 1
            return None
        self.report.timed(time)
        if message.type not in _VESSEL_TYPES:
            return None
        self.report.sightings += 1
        return self._origin.sighting(payload.characters, time, _identity(message), _motion(message))


def _identity(message: Message) -> Identity:
    if message.type < 4 or message.type in {18, 27}:
        return Identity(kind=SubjectKind.VESSEL, mmsi=message.mmsi)
    imo = message.imo
    return Identity(
        kind=SubjectKind.VESSEL,
        mmsi=message.mmsi,
        imo=imo if imo is not None and _SMALLEST_IMO <= imo <= _LARGEST_IMO else None,
        call_sign=message.call_sign,
        name=message.name,
        ship_type=message.ship_type,
        destination=message.destination,
        length=float((message.bow or 0) + (message.stern or 0)) or None,
    )


def _motion(message: Message) -> Motion:
    longitude, latitude = message.longitude, message.latitude
    position = None if longitude is None or latitude is None else Position(latitude, longitude)
    return Motion(
        position=position,
        accuracy=_accuracy(message) if position is not None else None,
        speed=None if message.speed is None else message.speed * KNOT,
        course=message.course,
        heading=None if message.heading is None else float(message.heading),
        distress=in_distress(message),
    )


def _accuracy(message: Message) -> float | None:
    if message.type == 27:
        return COARSE
    return ACCURATE if message.accurate else None


def in_distress(message: Message) -> bool:
    """Whether the message is a call of distress."""
    return distressed(message.mmsi, message.status)


def distressed(mmsi: int, status: int | None) -> bool:
    """Whether a sender of this number with this navigational status calls out in distress.

    That is status 14 of whatever sender, or any message of a distress beacon (MMSI 970 AIS-SART, 972 man overboard,
    974 EPIRB-AIS: ITU-R M.585-9, annex 2), unless it says by status 15 that it is being tested.
    """
    if status == DISTRESS_STATUS:
        return True
    return mmsi // 1_000_000 in _BEACONS and status != TEST_STATUS
