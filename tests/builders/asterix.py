"""ASTERIX records as a sender writes them: items by name, put in order and counted into blocks."""

from __future__ import annotations

import struct
from collections.abc import Mapping

from comity.sources.asterix.shape import PROFILES


def bits(present: list[int]) -> bytes:
    """Return the bits that tell that these things are there, counted from 0; the eighth of each byte tells of more."""
    count = max(present, default=0) // 7 + 1
    made = bytearray(count)
    for number in present:
        made[number // 7] |= 0x80 >> number % 7
    for place in range(count - 1):
        made[place] |= 1
    return bytes(made)


def record(category: int, items: Mapping[str, bytes]) -> bytes:
    """Return a record with these items."""
    names = [None if item is None else item.name for item in PROFILES[category]]
    present = sorted(names.index(name) for name in items)
    return bits(present) + b"".join(items[str(names[number])] for number in present)


def block(category: int, *records: bytes) -> bytes:
    """Return a block of these records."""
    body = b"".join(records)
    return bytes([category]) + (len(body) + 3).to_bytes(2, "big") + body


def compound(parts: Mapping[int, bytes]) -> bytes:
    """Return a compound item with these parts, numbered from 1."""
    return bits([number - 1 for number in sorted(parts)]) + b"".join(parts[number] for number in sorted(parts))


def time_of_day(seconds: float) -> bytes:
    """Return three bytes of 1/128 s."""
    return round(seconds * 128).to_bytes(3, "big")


def turn(degrees: float) -> bytes:
    """Return an angle in 1/65,536 of a turn."""
    return (round(degrees * 65_536 / 360) % 65_536).to_bytes(2, "big")


def name(text: str) -> bytes:
    """Return an identification in six-bit characters."""
    codes = [32 if letter == " " else ord(letter) & 0x3F for letter in text.ljust(8)]
    made = 0
    for code in codes:
        made = made << 6 | code
    return made.to_bytes(6, "big")


def wgs(latitude: float, longitude: float, size: int, power: int) -> bytes:
    """Return a position as two numbers of so many bytes, in 180 degrees over two to the power."""
    return b"".join(
        round(degrees * 2**power / 180).to_bytes(size, "big", signed=True) for degrees in (latitude, longitude)
    )


def captured(*datagrams: tuple[float, bytes], order: str = "<", nano: bool = False, tagged: bool = False) -> bytes:
    """Return a capture of UDP datagrams over IPv4 and Ethernet, at these seconds since 1970."""
    made = struct.pack(order + "IHHiIII", 0xA1B23C4D if nano else 0xA1B2C3D4, 2, 4, 0, 0, 65_535, 1)
    for seconds, payload in datagrams:
        udp = struct.pack(">HHHH", 8_600, 8_600, len(payload) + 8, 0) + payload
        internet = struct.pack(">BBHHHBBH8s", 0x45, 0, len(udp) + 20, 0, 0x4000, 64, 17, 0, bytes(8)) + udp
        packet = bytes(12) + (b"\x81\x00\x00\x05" if tagged else b"") + b"\x08\x00" + internet
        whole, part = divmod(round(seconds * 1_000), 1_000)
        made += (
            struct.pack(order + "IIII", whole, part * (1_000_000 if nano else 1_000), len(packet), len(packet)) + packet
        )
    return made
