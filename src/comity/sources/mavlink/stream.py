"""The MAVLink feed: frames of a connection or a telemetry log."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import msgspec
from msgspec.structs import replace

from comity.sources.frames import Frames
from comity.sources.mavlink import frame as frames
from comity.sources.mavlink import messages, traffic
from comity.sources.mavlink.frame import Frame
from comity.sources.mavlink.messages import (
    AdsbVehicle,
    AisVessel,
    Attitude,
    GlobalPosition,
    GpsRaw,
    Heartbeat,
    Message,
    SystemTime,
)
from comity.sources.origin import Motion, Origin
from comity.sources.receiver_time import EARLIEST, END
from comity.vocabulary.instant import SECOND, Instant
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import Identity, SubjectKind

_FIRST_BYTES = range(0x03, 0x0F)
"""The second byte of a log's time in this century; the first is 0."""


class _System(msgspec.Struct):
    """What a vehicle has said of itself so far."""

    kind: SubjectKind | None = None
    started: Instant | None = None
    accuracy: float | None = None
    yaw: float | None = None
    placed: bool = False


class MavlinkStream(Frames):
    """Reads MAVLink (docs/formats/feed-mavlink.md). At most 256 systems can speak in one feed."""

    def __init__(self, origin: Origin) -> None:
        super().__init__(origin, "frame")
        self._systems: dict[int, _System] = {}

    def find(self, held: bytearray, start: int) -> int:
        """Return where a frame, or the time before one, may begin."""
        for place in range(start, len(held)):
            byte = held[place]
            if byte in frames.MARKS:
                return place
            if byte == 0 and (place + 1 == len(held) or held[place + 1] in _FIRST_BYTES):
                return place
        return len(held)

    def length(self, held: bytearray, start: int) -> int | None:
        """Return the length of the frame at `start`, with the time before it."""
        if held[start] in frames.MARKS:
            return frames.length(held, start)
        if len(held) - start <= frames.STAMP:
            return None
        inner = start + frames.STAMP
        if held[inner] not in frames.MARKS or frames.stamp(held[start:inner]) is None:
            return 0
        length = frames.length(held, inner)
        return frames.STAMP + length if length else length

    def datagram(self, data: bytes) -> Iterator[Sighting]:
        """Take one datagram: radios that know no frames cut them anywhere."""
        yield from self.feed(data)

    def take(self, frame: bytes) -> Iterable[Sighting] | None:
        """Return the sightings of a frame; None where its checksum shows that it is none.

        Behind noise a frame counts only if it can be checked: else chance would find frames everywhere.
        """
        logged = None if frame[0] in frames.MARKS else frames.stamp(frame[: frames.STAMP])
        one = frames.read(frame if logged is None else frame[frames.STAMP :])
        if one.holds is False or (one.holds is None and self._noisy):
            if not self._noisy:
                self.report.reject("wrong checksum", frame)
            return None
        self.report.lines += 1
        self.report.sentences += 1
        if one.signed:
            self.report.note("signature not checked")
        if one.holds is None:
            return ()
        self.report.heard(one.system)
        return self._told(frame, one, messages.read(one.message, one.payload), logged)

    def _told(self, raw: bytes, one: Frame, message: Message, logged: Instant | None) -> Iterable[Sighting]:
        system = self._systems.setdefault(one.system, _System())
        if isinstance(message, Heartbeat):
            system.kind = traffic.KINDS.get(message.type, system.kind)
        elif isinstance(message, SystemTime):
            time = message.unix // 1_000
            system.started = time - message.boot if EARLIEST <= time < END else system.started
        elif isinstance(message, Attitude):
            system.yaw = math.degrees(message.yaw) % 360 % 360 if math.isfinite(message.yaw) else None
        elif isinstance(message, GlobalPosition):
            system.placed = True
            time_ = _first(logged, None if system.started is None else system.started + message.boot)
            return self._itself(raw, system, time_, traffic.of_itself(message, system.accuracy, system.yaw))
        elif isinstance(message, GpsRaw):
            system.accuracy = traffic.accuracy(message)
            if not system.placed:
                return self._itself(raw, system, _first(logged, _unix(message)), traffic.of_receiver(message))
        elif isinstance(message, AdsbVehicle):
            identity, motion, simulated = traffic.of_aircraft(message)
            return self._seen(raw, _before(self._now(logged), message.since), identity, motion, simulated=simulated)
        elif isinstance(message, AisVessel):
            return self._seen(raw, _before(self._now(logged), message.since), *traffic.of_vessel(message))
        return ()

    def _itself(self, raw: bytes, system: _System, time: Instant | None, motion: Motion) -> Iterable[Sighting]:
        if system.kind is None:
            self.report.note("a position before a heartbeat")
            return ()
        return self._seen(raw, self._now(time), Identity(kind=system.kind), motion)

    def _seen(
        self, raw: bytes, time: Instant | None, identity: Identity, motion: Motion, *, simulated: bool = False
    ) -> Iterable[Sighting]:
        if time is None or not self._origin.holds(time):
            self.report.untimed += 1
            return ()
        self.report.timed(time)
        if motion.position is None:
            self.report.note("no position")
            return ()
        self.report.sightings += 1
        sighting = self._origin.sighting(raw, time, identity, motion)
        return (replace(sighting, simulated=True) if simulated else sighting,)

    def _now(self, time: Instant | None) -> Instant | None:
        return self._origin.arrival() if time is None and self._origin.arrival is not None else time


def _first(logged: Instant | None, told: Instant | None) -> Instant | None:
    return told if logged is None else logged


def _unix(message: GpsRaw) -> Instant | None:
    """Return the receiver's time, where it is since 1970 and not since the start."""
    time = message.time // 1_000
    return time if EARLIEST <= time < END else None


def _before(time: Instant | None, seconds: int) -> Instant | None:
    return None if time is None else time - seconds * SECOND
