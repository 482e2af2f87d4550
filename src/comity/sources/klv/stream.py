"""The KLV feed: packets of ST 0601 by themselves, or as private data in an MPEG transport stream."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from comity.foundation.canonical import digest
from comity.sources.frames import Frames
from comity.sources.klv import ber
from comity.sources.klv.footprint import footprint
from comity.sources.klv.packet import KEY, LEVELS, Packet, read
from comity.sources.klv.transport import PACKET, SYNC, Transport, is_transport
from comity.sources.origin import Motion, Origin
from comity.sources.report import Report
from comity.sources.stream import Stream
from comity.vocabulary.fault import Fault
from comity.vocabulary.footprint import Footprint
from comity.vocabulary.instant import Instant
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import Identity, SubjectKind

LONGEST = 16_384
"""Bytes of a packet."""
_OPEN = {"", LEVELS[1]}


class KlvFrames(Frames):
    """Packets one after another. In a video's private data much else stands between them, and is no noise."""

    def __init__(self, origin: Origin, report: Report | None = None) -> None:
        super().__init__(origin, "packet")
        self._in_video = report is not None
        self.report = report or self.report
        self.footprint: Footprint | None = None
        self.told: Instant = 0
        """When."""

    def find(self, held: bytearray, start: int) -> int:
        """Return where the next key begins, or may begin at the end of what is there."""
        place = held.find(KEY, start)
        if place >= 0:
            return place
        tail = max(start, len(held) - len(KEY) + 1)
        return next((p for p in range(tail, len(held)) if KEY.startswith(held[p:])), len(held))

    def length(self, held: bytearray, start: int) -> int | None:
        """Return the length of the packet whose key begins at `start`."""
        try:
            told = ber.length(held, start + len(KEY))
        except Fault:
            return 0
        if told is None:
            return None
        whole = told[0] + told[1] - start
        if whole > LONGEST:
            self.report.reject("packet too long", bytes(held[start : start + 40]))
            return 0
        return whole

    def take(self, frame: bytes) -> Iterable[Sighting]:
        """Return the sighting of a packet: where the aircraft is."""
        self.report.lines += 1
        self.report.sentences += 1
        told = ber.length(frame, len(KEY))
        try:
            packet = read(frame, told[1] if told else len(frame))
        except Fault as fault:
            self.report.reject(fault.what, frame)
            return ()
        return self._seen(frame, packet)

    def skipped(self, data: bytes) -> None:
        """Count noise."""
        if not self._in_video:
            super().skipped(data)

    def _seen(self, frame: bytes, packet: Packet) -> Iterable[Sighting]:
        if not self._origin.holds(packet.time):
            self.report.reject("not a time", frame)
            return ()
        if packet.level not in _OPEN:
            self.report.reject(f"marked {packet.level}, which a sighting cannot carry")
            return ()
        name = packet.call_sign or packet.tail_number
        self.report.heard(int.from_bytes(digest(name.encode())[:8]) if name else None)
        self.report.timed(packet.time)
        looked = footprint(packet)
        if looked is not None:
            self.footprint, self.told = looked, packet.time
        if packet.sensor is None:
            return ()
        self.report.sightings += 1
        identity = Identity(
            kind=SubjectKind.AIRCRAFT, call_sign=packet.call_sign or None, name=packet.tail_number or None
        )
        motion = Motion(position=packet.sensor, speed=packet.speed, course=packet.course, heading=packet.heading)
        seen = self._origin.sighting(frame, packet.time, identity, motion)
        return (seen if looked is None else replace(seen, footprint=looked),)


class KlvStream(Stream):
    """Reads KLV (docs/formats/feed-klv.md); the first bytes show whether it stands in a transport stream."""

    def __init__(self, origin: Origin) -> None:
        self._origin = origin
        self._plain = KlvFrames(origin)
        self.report = self._plain.report
        self._transport: Transport | None = None
        self._inner: dict[int, KlvFrames] = {}
        self._first: bytearray | None = bytearray()

    @property
    def footprint(self) -> Footprint | None:
        """Where the sensor looked by the last packet that told it."""
        return max((self._plain, *self._inner.values()), key=lambda frames: frames.told).footprint

    def feed(self, data: bytes) -> Iterator[Sighting]:
        """Take the next bytes; yield the sightings of the packets that they complete."""
        if self._first is not None:
            self._first += data
            if not self._first or (len(self._first) <= PACKET and self._first[0] == SYNC):
                return
            data = self._decided()
        yield from self._fed(data)

    def end(self) -> Iterator[Sighting]:
        """Count what is unfinished; the next file may be of the other form."""
        if self._first is not None:
            yield from self._fed(self._decided())
        for frames in (self._plain, *self._inner.values()):
            yield from frames.end()
        self._anew()

    def drop(self) -> None:
        """Forget what is unfinished, and count it."""
        for frames in (self._plain, *self._inner.values()):
            frames.drop()
        self._anew()

    def datagram(self, data: bytes) -> Iterator[Sighting]:
        """Take one datagram: a transport stream cuts packets across datagrams."""
        yield from self.feed(data)

    def _anew(self) -> None:
        self._first, self._transport = bytearray(), None

    def _decided(self) -> bytes:
        first, self._first = bytes(self._first or b""), None
        self._transport = Transport() if is_transport(first) else None
        return first

    def _fed(self, data: bytes) -> Iterator[Sighting]:
        if self._transport is None:
            yield from self._plain.feed(data)
            return
        for number, piece in self._transport.feed(data):
            yield from self._frames(number).feed(piece)

    def _frames(self, number: int) -> KlvFrames:
        if number not in self._inner:
            if len(self._inner) >= 64:  # a hostile stream that changes its numbers all the time begins anew
                self._inner.clear()
            self._inner[number] = KlvFrames(self._origin, self.report)
        return self._inner[number]
