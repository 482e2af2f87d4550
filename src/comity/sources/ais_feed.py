"""The AIS feed: lines of NMEA 0183 in, sightings of vessels out."""

from __future__ import annotations

from comity.foundation.geodesy import KNOT
from comity.sources.ais import Message, NotDecoded, decode
from comity.sources.ais_message import NAMES
from comity.sources.line import Lines
from comity.sources.nmea import Payload, Receiver
from comity.sources.origin import Motion, Origin
from comity.sources.report import Report
from comity.vocabulary.instant import MINUTE, Duration, Instant
from comity.vocabulary.place import Position
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import Identity, SubjectKind

ACCURATE = 10.0
"""Metres: the better class that a sender can state (ITU-R M.1371-5, table 47)."""
COARSE = 60.0
"""Metres: what the tenth of a minute of type 27 leaves open (185 m over the square root of 12, and the fix itself)."""
DISTRESS_STATUS = 14
TEST_STATUS = 15
BEACONS = frozenset({970, 972, 974})
STATION_TYPE, AIRCRAFT_TYPE, FAR_TYPE = 4, 9, 27
VESSEL_TYPES = frozenset({1, 2, 3, 5, 11, 18, 19, 24, 27})
IDENTIFYING_TYPES = frozenset({5, 19, 24})
AHEAD: Duration = 10 * MINUTE
"""How far a live receiver's time may be ahead of ours: one that shows another zone's time is further."""
APART: Duration = MINUTE
"""How far a receiver's time may be from that of a base station it hears, before it is named."""
_LARGEST_IMO, _SMALLEST_IMO = 9_999_999, 1_000_000


class AisReader:
    """Reads an AIS feed line by line (docs/formats/feed-ais.md)."""

    def __init__(self, origin: Origin) -> None:
        self.report = Report()
        self._origin = origin
        self.receiver = Receiver(self.report)

    def pieces(self) -> Lines:
        """Return what cuts the feed into lines."""
        return Lines()

    def take(self, line: bytes) -> Sighting | None:
        """Take one line; return the sighting that it completes, if any. Nothing in a line raises."""
        payload = self.receiver.take(line)
        if payload is None:
            return None
        try:
            message = decode(payload.characters, payload.fill)
        except NotDecoded as fault:
            self.report.reject(fault.what, payload.characters)
            return None
        if not payload.own:
            self.report.heard(message.mmsi, NAMES[message.type])
        return self._sighting(payload, message)

    def end(self) -> None:
        """Count what was left unfinished when the feed ended."""
        self.receiver.end()

    def _sighting(self, payload: Payload, message: Message) -> Sighting | None:
        time = self._when(payload)
        if time is None or not self._origin.holds(time):
            self.report.untimed += 1
            return None
        self.report.timed(time)
        if message.type == STATION_TYPE:
            self._compare(payload, message)
        if message.type not in VESSEL_TYPES and message.type != AIRCRAFT_TYPE:
            return None
        self.report.sightings += 1
        return self._origin.sighting(payload.characters, time, identity_of(message), motion_of(message))

    def _when(self, payload: Payload) -> Instant | None:
        """Return the receiver's time; in a live feed, that of arrival where it gives none or one still to come."""
        time = payload.time
        if self._origin.arrival is None:
            return time
        arrived = self._origin.arrival()
        if time is not None and time > arrived + AHEAD:
            self.report.note("time in the future", payload.characters)
            return arrived
        return arrived if time is None else time

    def _compare(self, payload: Payload, message: Message) -> None:
        """Name a receiver's clock that does not go with a base station's: which of the two is wrong is not known."""
        time, utc = payload.time, message.utc
        if time is not None and utc is not None and abs(time - utc) > APART:
            self.report.note("time far from a base station's", payload.characters)


def identity_of(message: Message) -> Identity:
    """Return who the sender says it is, as far as this message tells."""
    if message.type == AIRCRAFT_TYPE:
        return Identity(kind=SubjectKind.AIRCRAFT, mmsi=message.mmsi)
    if message.type not in IDENTIFYING_TYPES:
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


def motion_of(message: Message) -> Motion:
    """Return where the sender is and how it moves, in a sighting's units."""
    longitude, latitude = message.longitude, message.latitude
    position = None if longitude is None or latitude is None else Position(latitude, longitude)
    return Motion(
        position=position,
        accuracy=_accuracy(message) if position is not None else None,
        speed=None if message.speed is None else message.speed * KNOT,
        course=message.course,
        heading=None if message.heading is None else float(message.heading),
        altitude=_altitude(message, barometric=False),
        pressure_altitude=_altitude(message, barometric=True),
        distress=in_distress(message),
    )


def _altitude(message: Message, *, barometric: bool) -> float | None:
    """Return the altitude by a sensor of this kind: which of the two it is by, the aircraft says."""
    if message.altitude is None or message.barometric is not barometric:
        return None
    return float(message.altitude)


def _accuracy(message: Message) -> float | None:
    if message.type == FAR_TYPE:
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
    return mmsi // 1_000_000 in BEACONS and status != TEST_STATUS
