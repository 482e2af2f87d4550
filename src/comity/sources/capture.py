"""A capture: datagrams as they were recorded from a network (libpcap's format, version 2.4)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

import msgspec

from comity.vocabulary.instant import Instant

_MAGIC: Final = {
    bytes.fromhex("d4c3b2a1"): ("<", 1_000),
    bytes.fromhex("a1b2c3d4"): (">", 1_000),
    bytes.fromhex("4d3cb2a1"): ("<", 1_000_000),
    bytes.fromhex("a1b23c4d"): (">", 1_000_000),
}
"""Order of the bytes, and parts of a second's fraction in a millisecond, by the first four bytes."""
_HEAD, _PACKET = 24, 16
LARGEST = 262_144
"""Bytes of a packet. What is larger is damage."""
_ETHERNET, _RAW, _COOKED = 1, 101, 113
_LINK: Final = {_ETHERNET: 14, _RAW: 0, _COOKED: 16}
"""Bytes before the Internet header, by type of link."""
_TAGS: Final = frozenset({0x8100, 0x88A8})
_UDP = 17


class Datagram(msgspec.Struct, frozen=True):
    """What one datagram carried, and when it was recorded."""

    time: Instant
    payload: bytes


def begins(data: bytes) -> bool:
    """Whether these four bytes begin a capture."""
    return data[:4] in _MAGIC


class Capture:
    """Takes the bytes of a capture and gives the datagrams in it. `faults` counts what was no datagram, by name."""

    def __init__(self) -> None:
        self.faults: dict[str, int] = {}
        self._rest = b""
        self._form: tuple[str, int] | None = None
        self._link = 0
        self._broken = False

    def feed(self, data: bytes) -> Iterator[Datagram]:
        """Yield each datagram that these bytes complete."""
        if self._broken:
            return
        self._rest += data
        if self._form is None:
            if len(self._rest) < _HEAD:
                return
            self._form = _MAGIC[self._rest[:4]]
            self._link = struct.unpack(self._form[0] + "I", self._rest[20:24])[0] & 0xFFFF
            self._rest = self._rest[_HEAD:]
        yield from self._packets(*self._form)

    def end(self) -> None:
        """Count a packet that was cut short."""
        if self._rest and not self._broken:
            self._fault("a capture cut short")
        self._rest = b""

    def _packets(self, order: str, fraction: int) -> Iterator[Datagram]:
        place = 0
        while len(self._rest) - place >= _PACKET:
            seconds, part, kept, length = struct.unpack_from(order + "IIII", self._rest, place)
            if max(kept, length) > LARGEST:
                self._fault("a damaged capture")
                self._broken, self._rest = True, b""
                return
            if len(self._rest) - place < _PACKET + kept:
                break
            packet = self._rest[place + _PACKET : place + _PACKET + kept]
            place += _PACKET + kept
            payload = self._payload(packet)
            if payload is not None:
                yield Datagram(seconds * 1_000 + part // fraction, payload)
        self._rest = self._rest[place:]

    def _payload(self, packet: bytes) -> bytes | None:
        start = _LINK.get(self._link)
        if start is None:
            return self._fault("a link of unknown kind")
        while self._link == _ETHERNET and int.from_bytes(packet[start - 2 : start], "big") in _TAGS:
            start += 4
        return self._datagram(packet[start:])

    def _datagram(self, packet: bytes) -> bytes | None:
        version = packet[0] >> 4 if packet else 0
        if version == 4 and len(packet) >= 20:
            if int.from_bytes(packet[6:8], "big") & 0x3FFF:
                return self._fault("a datagram in fragments")
            kind, start = packet[9], (packet[0] & 15) * 4
        elif version == 6 and len(packet) >= 40:
            kind, start = packet[6], 40
        else:
            return self._fault("not a datagram")
        if kind != _UDP or len(packet) < start + 8:
            return self._fault("not a datagram")
        length = int.from_bytes(packet[start + 4 : start + 6], "big")
        if length < 8 or len(packet) < start + length:
            return self._fault("a datagram cut short")
        return packet[start + 8 : start + length]

    def _fault(self, name: str) -> bytes | None:
        """Count a fault; return that there is no payload."""
        self.faults[name] = self.faults.get(name, 0) + 1
        return None
