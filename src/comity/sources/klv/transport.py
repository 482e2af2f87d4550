"""MPEG transport streams (ISO/IEC 13818-1): the private data in them, by the number of its stream."""

from __future__ import annotations

from collections.abc import Iterator

PACKET = 188
SYNC = 0x47
MOST_STREAMS = 16
"""Streams of private data that are told apart."""
_PRIVATE = frozenset({0xBD, 0xFC})
"""Stream ids of private data 1 and of metadata (MISB ST 1402)."""


class Transport:
    """Cuts a transport stream into packets, holding back less than one, and picks out private data."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._open: set[int] = set()

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """Yield each piece of private data, with the number of its stream. Bytes that are no packet are passed over."""
        held, place = self._held, 0
        held += data
        while len(held) - place >= PACKET:
            if held[place] != SYNC:
                place = held.find(SYNC, place)
                place = len(held) if place < 0 else place
                continue
            piece = self._piece(bytes(held[place : place + PACKET]))
            if piece is not None:
                yield piece
            place += PACKET
        del held[:place]

    def drop(self) -> None:
        """Forget what is unfinished."""
        self._held.clear()
        self._open.clear()

    def _piece(self, packet: bytes) -> tuple[int, bytes] | None:
        stream = (packet[1] & 0x1F) << 8 | packet[2]
        payload = packet[4:] if packet[3] & 0x20 == 0 else packet[5 + packet[4] :]
        if packet[3] & 0x10 == 0:
            return None
        if packet[1] & 0x40:
            return self._begun(stream, payload)
        return (stream, payload) if stream in self._open else None

    def _begun(self, stream: int, payload: bytes) -> tuple[int, bytes] | None:
        """Return what follows the header of an elementary stream's packet, if that is private data."""
        private = len(payload) >= 9 and payload[:3] == b"\x00\x00\x01" and payload[3] in _PRIVATE
        if not private or (stream not in self._open and len(self._open) >= MOST_STREAMS):
            self._open.discard(stream)
            return None
        self._open.add(stream)
        return stream, payload[9 + payload[8] :]


def is_transport(data: bytes | bytearray) -> bool:
    """Whether bytes begin as a transport stream does: a packet, and the next where it must be."""
    return len(data) > PACKET and data[0] == SYNC and data[PACKET] == SYNC
