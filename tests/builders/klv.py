"""Packets of ST 0601 as an aircraft writes them, alone and in a transport stream: the inverse of sources.klv."""

from __future__ import annotations

import math

from comity.sources.klv.packet import KEY, checksum


def unsigned(value: float, low: float, high: float, width: int) -> bytes:
    """Return a value of a range as a whole number."""
    return round((value - low) / (high - low) * ((1 << 8 * width) - 1)).to_bytes(width, "big")


def signed(value: float, limit: float, width: int) -> bytes:
    """Return a value of `-limit` to `limit` as a number in two's complement."""
    return round(value / limit * ((1 << 8 * width - 1) - 1)).to_bytes(width, "big", signed=True)


def imapb(value: float, low: float, high: float, width: int) -> bytes:
    """Return a value of a range as ST 1201 maps it."""
    forward = 2.0 ** (8 * width - 1 - math.ceil(math.log2(high - low)))
    offset = forward * low - math.floor(forward * low) if low < 0 < high else 0.0
    return int(forward * (value - low) + offset).to_bytes(width, "big")


def place(tag: int, latitude: float, longitude: float) -> dict[int, bytes]:
    """Return the two items of a position."""
    return {tag: signed(latitude, 90.0, 4), tag + 1: signed(longitude, 180.0, 4)}


def packet(items: dict[int, bytes], time: int) -> bytes:
    """Return a packet of these items at this time, with its checksum."""
    body = _item(2, (time * 1_000).to_bytes(8, "big")) + b"".join(_item(tag, value) for tag, value in items.items())
    frame = KEY + _length(len(body) + 4) + body + b"\x01\x02\x00\x00"
    return frame[:-2] + checksum(frame).to_bytes(2, "big")


def transport(data: bytes, stream: int = 0x101, stream_id: int = 0xBD) -> bytes:
    """Return data as private data of a transport stream, with a packet of another stream after each of its own."""
    elementary = b"\x00\x00\x01" + bytes([stream_id]) + b"\x00\x00\x80\x00\x00" + data
    other = b"\x47\x41\x00\x10" + b"\x00\x00\x01\xe0\x00\x00\x80\x00\x00" + b"\xaa" * 175
    out, start = b"", True
    while elementary:
        piece, elementary = elementary[:184], elementary[184:]
        head = bytes([0x47, 0x40 * start | stream >> 8, stream & 0xFF])
        out, start = out + _filled(head, piece) + other, False
    return out


def _filled(head: bytes, piece: bytes) -> bytes:
    """Return a transport packet: where the piece is short, an adaptation field fills it."""
    room = 184 - len(piece)
    if room == 0:
        return head + b"\x10" + piece
    if room == 1:
        return head + b"\x30\x00" + piece
    return head + b"\x30" + bytes([room - 1, 0]) + b"\xff" * (room - 2) + piece


def _item(tag: int, value: bytes) -> bytes:
    return (bytes([tag]) if tag < 128 else bytes([0x80 | tag >> 7, tag & 0x7F])) + _length(len(value)) + value


def _length(size: int) -> bytes:
    return bytes([size]) if size < 128 else bytes([0x82]) + size.to_bytes(2, "big")
