"""The checksum of NMEA 0183 sentences and tag blocks."""

from __future__ import annotations


def checksum(body: bytes) -> int:
    """Return the exclusive or of all bytes (IEC 61162-1, section 7.2.3), by folding them as one number."""
    value = int.from_bytes(body, "big")
    half = 4 * (1 << max(len(body) - 1, 1).bit_length())
    while half >= 8:
        value ^= value >> half
        half //= 2
    return value & 0xFF


def holds(given: bytes, body: bytes) -> bool:
    """Whether these two hexadecimal digits are the checksum of `body`."""
    try:
        return len(given) == 2 and int(given, 16) == checksum(body)
    except ValueError:
        return False
