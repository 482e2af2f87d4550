"""The ULog feed: a log's messages one after another, of which three tell where the vehicle was."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from functools import partial

from comity.sources.frames import Frames
from comity.sources.mavlink.traffic import KINDS
from comity.sources.origin import Motion, Origin
from comity.sources.receiver_time import EARLIEST, END
from comity.sources.ulog.definition import Definitions, Layout
from comity.sources.ulog.positions import of_itself, of_receiver
from comity.vocabulary.fault import Fault
from comity.vocabulary.instant import Duration
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import Identity, SubjectKind

MAGIC = bytes.fromhex("554c6f67011235")
_HEADER = 16
_TYPES = frozenset(b"BFIMPQARDLCSO")
SYNC = bytes.fromhex("0800532f731320250cbb12")
"""A whole message of synchronisation: after damage, reading goes on behind the next."""
_STATUS, _GLOBAL, _GPS = "vehicle_status", "vehicle_global_position", "vehicle_gps_position"
_TOPICS = frozenset({_STATUS, _GLOBAL, _GPS})
_APPENDED = 0x01


class UlogStream(Frames):
    """Reads logs (docs/formats/feed-ulog.md), each ended by `end`. Nothing but definitions is held."""

    def __init__(self, origin: Origin) -> None:
        super().__init__(origin, "message")
        self._headed: bool
        self._jumps: bool
        self._begin()

    def find(self, held: bytearray, start: int) -> int:
        """Return where the next message begins: here, or what was appended, or behind damage a synchronisation."""
        if not self._headed:
            found = held.find(MAGIC[:1], start)
            return len(held) if found < 0 else found
        if not self._lost:
            return self._jumped(held, start)
        found = held.find(SYNC, start)
        return found if found >= 0 else max(start, len(held) - len(SYNC) + 1)

    def length(self, held: bytearray, start: int) -> int | None:
        """Return the length of the header or message at `start`."""
        if not self._headed:
            return _HEADER if len(held) - start < len(MAGIC) or held.startswith(MAGIC, start) else 0
        if len(held) - start < 3 or (self._lost and not held.startswith(SYNC, start)):
            return None
        if held[start + 2] not in _TYPES:
            return 0
        return 3 + int.from_bytes(held[start : start + 2], "little")

    def take(self, frame: bytes) -> Iterable[Sighting]:
        """Return the sighting of a message, if it tells where the vehicle was."""
        if not self._headed:
            self._headed = True
            return ()
        self._lost = False
        self.report.lines += 1
        try:
            return self._read(chr(frame[2]), frame)
        except Fault as fault:
            self.report.reject(fault.what, frame)
            return ()

    def skipped(self, data: bytes) -> None:
        """Count damage: from here on only a synchronisation can be trusted."""
        if self._jumps:
            self._jumps = False
            return
        self._lost = self._headed
        super().skipped(data)

    def feed(self, data: bytes) -> Iterator[Sighting]:
        """Take the next bytes; yield the sightings of the messages that they complete."""
        before = len(self._held) + len(data)
        yield from super().feed(data)
        self._passed += before - len(self._held)

    def end(self) -> Iterator[Sighting]:
        """Count what is unfinished; another log may follow."""
        if self._held and not self._lost:
            self.report.reject("message cut off")
        self._held.clear()
        self._begin()
        self._noisy = False
        yield from ()

    def drop(self) -> None:
        """Forget an unfinished log, and count it."""
        super().drop()
        self._begin()

    def _jumped(self, held: bytearray, start: int) -> int:
        """Return where what was appended begins, if the message here runs into it: the vehicle lost power within it."""
        here = self._passed + start
        end = here + max(self.length(held, start) or 0, 3)
        for place in self._appended:
            if here < place < end:
                self._jumps = True
                return min(start + place - here, len(held))
        return start

    def _begin(self) -> None:
        self._headed = self._lost = self._jumps = self._placed = False
        self._passed = 0
        self._appended: tuple[int, ...] = ()
        self._definitions = Definitions()
        self._topics: dict[int, tuple[str, Layout]] = {}
        self._started: Duration | None = None
        self._kind: SubjectKind | None = None

    def _read(self, kind: str, frame: bytes) -> Iterable[Sighting]:
        body = frame[3:]
        if kind == "B":
            self._flags(body)
        elif kind == "F":
            self._definitions.add(body)
        elif kind == "A":
            self._subscribe(body)
        elif kind == "O":
            self.report.note("messages that the vehicle could not write")
        elif kind == "D":
            self.report.sentences += 1
            known = self._topics.get(int.from_bytes(body[:2], "little"))
            if known is not None:
                self.report.heard(None)
                return self._told(frame, known[0], known[1], body[2:])
        return ()

    def _flags(self, body: bytes) -> None:
        if len(body) < 40 or any(body[9:16]) or body[8] & ~_APPENDED:
            raise Fault("a log of a kind that is not known")
        if body[8] & _APPENDED:
            places = (int.from_bytes(body[at : at + 8], "little") for at in (16, 24, 32))
            self._appended = tuple(place for place in places if place)

    def _subscribe(self, body: bytes) -> None:
        name = body[3:].decode("ascii", "replace")
        if name in _TOPICS and body[0] == 0:  # of several receivers, the first
            self._topics[int.from_bytes(body[1:3], "little")] = name, self._definitions.layout(name)

    def _told(self, raw: bytes, topic: str, layout: Layout, body: bytes) -> Iterable[Sighting]:
        number = partial(layout.read, body)
        if topic == _STATUS:
            kind = number("system_type")
            self._kind = self._kind if math.isnan(kind) else KINDS.get(int(kind), self._kind)
            return ()
        since = number("timestamp") / 1_000
        if topic == _GPS:
            utc = number("time_utc_usec") / 1_000
            if EARLIEST <= utc < END and math.isfinite(since):
                self._started = round(utc - since)
            if self._placed:
                return ()
            motion = of_receiver(number)
        else:
            self._placed = True
            motion = of_itself(number)
        return self._seen(raw, since, motion)

    def _seen(self, raw: bytes, since: float, motion: Motion) -> Iterable[Sighting]:
        if self._kind is None:
            self.report.note("a position before a status")
            return ()
        time = None if self._started is None or not math.isfinite(since) else self._started + round(since)
        if time is None or not self._origin.holds(time):
            self.report.untimed += 1
            return ()
        self.report.timed(time)
        if motion.position is None:
            self.report.note("no position")
            return ()
        self.report.sightings += 1
        return (self._origin.sighting(raw, time, Identity(kind=self._kind), motion),)
