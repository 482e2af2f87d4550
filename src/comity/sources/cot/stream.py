"""The Cursor-on-Target feed: XML events and TAK protobuf messages, one after another, in any mixture."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from comity.foundation.canonical import digest
from comity.sources.cot import event_protobuf, event_xml, wire
from comity.sources.cot.event import Event, identity, kind, motion
from comity.sources.frames import Frames
from comity.sources.origin import Origin
from comity.vocabulary.fault import Fault
from comity.vocabulary.sighting import Sighting

LONGEST = 65_536
"""Bytes of an event."""
MAGIC = 0xBF
MESH = b"\xbf\x01\xbf"
CONTROL = "t-x-"
_LONGEST_PROLOG = 1_024
_MOST_CONTROLS = 16
_KEYS = frozenset(b"\x0a\x12\x18\x20")
"""What a TakMessage may begin with: its four fields. Other bytes behind a length show that it was none."""
_BEGIN = re.compile(rb"[<\xbf]")
_EVENT = re.compile(rb"<event[\s/>]")
_WHOLE_TAG = re.compile(rb"<event(?:[^<>\"']|\"[^\"]*\"|'[^']*')*+>")
_END = re.compile(rb"</event\s*>")


class CotStream(Frames):
    """Reads events (docs/formats/feed-cot.md). What is no atom is counted and gives no sighting."""

    def __init__(self, origin: Origin) -> None:
        super().__init__(origin, "event")
        self._ending = False
        self.controls: deque[Event] = deque(maxlen=_MOST_CONTROLS)
        """The newest events about the connection itself (`t-x-…`), for whoever answers them."""

    def find(self, held: bytearray, start: int) -> int:
        """Return where the next event or prolog may begin."""
        match = _BEGIN.search(held, start)
        return len(held) if match is None else match.start()

    def length(self, held: bytearray, start: int) -> int | None:
        """Return the length of the event, prolog or message at `start`."""
        length = self._protobuf(held, start) if held[start] == MAGIC else _xml(held, start)
        known = len(held) - start if length is None else length
        if known > LONGEST:
            if self._noisy:
                return 0
            self.report.reject("event too long", bytes(held[start : start + 120]))
            return 0
        return length

    def take(self, frame: bytes) -> Iterable[Sighting] | None:
        """Return the sighting of an event; None where its bytes are broken and another may begin within them."""
        if frame.startswith(b"<?"):
            return ()
        self.report.lines += 1
        self.report.sentences += 1
        try:
            event = self._event(frame)
        except Fault as fault:
            self.report.reject(fault.what, frame)
            broken = _EVENT.search(frame, 1) is not None or b"\xbf" in frame[1:]
            return None if broken and fault.what.startswith("not well-formed") else ()
        return () if event is None else self._seen(frame, event)

    def skipped(self, data: bytes) -> None:
        """Count noise; white space is none."""
        if data.strip():
            super().skipped(data)

    def end(self) -> Iterator[Sighting]:
        """Take a mesh message that only the end delimits, and count what is unfinished."""
        self._ending = True
        yield from super().end()
        self._ending = False

    def _event(self, frame: bytes) -> Event | None:
        if frame[0] != MAGIC:
            return event_xml.read(frame)
        _, place = wire.varint(frame, 1)
        return event_protobuf.read(frame[3:] if frame.startswith(MESH) else frame[place:])

    def _protobuf(self, held: bytearray, start: int) -> int | None:
        if held.startswith(MESH, start):
            return self._mesh(held, start)
        if len(held) - start < 3 and MESH.startswith(held[start:]) and not self._ending:
            return None
        try:
            size, place = wire.varint(held, start + 1)
        except wire.Cut:
            return None
        except Fault:
            return 0
        if size == 0 or (place < len(held) and held[place] not in _KEYS):
            return 0
        return place - start + size

    def _mesh(self, held: bytearray, start: int) -> int | None:
        """Return the length of a message whose frame tells none: up to where no later field of a TakMessage follows."""
        place, least = start + len(MESH), 0
        try:
            while place < len(held) and held[place] in _KEYS and held[place] > least:
                least = held[place]
                _, _, place = wire.field(held, place)
        except wire.Cut:
            return None
        except Fault:
            return 0
        return place - start if place < len(held) or self._ending else None

    def _seen(self, frame: bytes, event: Event) -> Iterable[Sighting]:
        if not self._origin.holds(event.time):
            self.report.reject("not a time", frame)
            return ()
        self.report.heard(int.from_bytes(digest(event.uid.encode())[:8]) if event.uid else None)
        self.report.timed(event.time)
        if event.type.startswith(CONTROL):
            self.controls.append(event)
        subject = kind(event)
        if subject is None:
            return ()
        moved = motion(event)
        if moved is None:
            self.report.note("no position", frame)
            return ()
        self.report.sightings += 1
        sighting = self._origin.sighting(frame, event.time, identity(subject, event), moved)
        return (replace(sighting, simulated=True) if event.simulated else sighting,)


def _xml(held: bytearray, start: int) -> int | None:
    if held.startswith(b"<?", start):
        end = held.find(b"?>", start)
        if end < 0:
            return None if len(held) - start < _LONGEST_PROLOG else 0
        return end + 2 - start
    if len(held) - start < 7 and b"<event ".startswith(held[start:]):
        return None
    if _EVENT.match(held, start) is None:
        return 0
    tag = _WHOLE_TAG.match(held, start)
    if tag is not None and tag.group().endswith(b"/>"):
        return tag.end() - start
    closing = _END.search(held, start)
    return None if closing is None else closing.end() - start
