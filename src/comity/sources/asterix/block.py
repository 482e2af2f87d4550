"""Blocks: a stream of ASTERIX data blocks, plain or in a capture, cut into records."""

from __future__ import annotations

from collections.abc import Generator, Iterator

import msgspec

from comity.sources import capture
from comity.sources.asterix import shape
from comity.sources.asterix.shape import PROFILES, Damaged
from comity.sources.capture import Capture
from comity.sources.report import Report
from comity.vocabulary.instant import Instant

_HEAD = 3
"""Bytes of a block before its records: category, and length of the whole block."""


class Record(msgspec.Struct, frozen=True):
    """One record: its category, its items, and when the datagram that it came in was recorded, if that is known."""

    category: int
    items: dict[str, bytes]
    captured: Instant | None
    raw: bytes
    """Category and bytes: what the record is known by."""


def piece(category: int, record: bytes, captured: Instant | None = None) -> bytes:
    """Return a record as `Blocks` hands it on: eight bytes of time in milliseconds (0 is none), category, bytes."""
    return (captured or 0).to_bytes(8, "big") + bytes([category]) + record


def read(data: bytes) -> Record:
    """Return the record of a piece.

    Raises:
        Damaged: it is no such piece.
    """
    if len(data) < 10 or data[8] not in PROFILES:
        raise Damaged("not a record")
    found, end = shape.items(data[8], data, 9)
    if end != len(data) or not found:
        raise Damaged("not a record")
    return Record(data[8], found, int.from_bytes(data[:8], "big") or None, data[8:])


class Blocks:
    """Cuts the stream into records, holding back at most one block of 65,535 bytes."""

    def __init__(self) -> None:
        self._capture: Capture | None = None
        self._begun = False
        self._rest = b""
        self._lost: dict[str, int] = {}
        self._passed: dict[str, int] = {}
        self._straying = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield each record that these bytes complete, as `piece` writes it."""
        if not self._begun:
            self._rest += data
            if len(self._rest) < 4:
                return
            data, self._rest, self._begun = self._rest, b"", True
            self._capture = Capture() if capture.begins(data) else None
        if self._capture is None:
            self._rest += data
            self._rest = yield from self._blocks(self._rest, None)
            return
        for datagram in self._capture.feed(data):
            rest = yield from self._blocks(datagram.payload, datagram.time)
            if rest:
                self._lose("a block cut short")
            self._straying = False

    def end(self) -> Iterator[bytes]:
        """Count what is left when the stream ends; there is never a piece in it."""
        if self._rest:
            self._lose("a block cut short")
        if self._capture is not None:
            self._capture.end()
            self._gather(self._capture)
        self._begun, self._capture, self._rest, self._straying = False, None, b"", False
        yield from ()

    def drop(self) -> bool:
        """Forget what is unfinished, as after a broken connection; return whether there was anything."""
        cut = bool(self._rest)
        self._begun, self._capture, self._rest, self._straying = False, None, b"", False
        return cut

    def count(self, report: Report) -> None:
        """Count in the report what was lost, and what was passed over."""
        if self._capture is not None:
            self._gather(self._capture)
        for name, count in self._lost.items():
            for _ in range(count):
                report.reject(name)
        for name, count in self._passed.items():
            for _ in range(count):
                report.note(name)
        self._lost, self._passed = {}, {}

    def _gather(self, recorded: Capture) -> None:
        for name, count in recorded.faults.items():
            self._lost[name] = self._lost.get(name, 0) + count
        recorded.faults = {}

    def _blocks(self, data: bytes, captured: Instant | None) -> Generator[bytes, None, bytes]:
        """Yield the records of the blocks; return what is left behind the last whole one."""
        place = 0
        while len(data) - place >= _HEAD:
            category, length = data[place], int.from_bytes(data[place + 1 : place + 3], "big")
            if length <= _HEAD or (self._straying and category not in PROFILES):
                if not self._straying:
                    self._lose("bytes between blocks")
                self._straying = True
                place += 1
                continue
            if len(data) - place < length:
                break
            self._straying = False
            yield from self._records(category, data[place + _HEAD : place + length], captured)
            place += length
        return data[place:]

    def _records(self, category: int, block: bytes, captured: Instant | None) -> Iterator[bytes]:
        if category not in PROFILES:
            name = f"category {category} is not decoded"
            self._passed[name] = self._passed.get(name, 0) + 1
            return
        place = 0
        while place < len(block):
            try:
                found, end = shape.items(category, block, place)
            except Damaged as fault:
                self._lose(fault.what)
                return
            if not found:
                self._lose("a record of no items")
                return
            yield piece(category, block[place:end], captured)
            place = end

    def _lose(self, name: str) -> None:
        self._lost[name] = self._lost.get(name, 0) + 1
