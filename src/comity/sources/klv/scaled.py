"""Whole numbers that stand for a range: ST 0601's own mappings, and IMAPB of MISB ST 1201."""

from __future__ import annotations

import math


def unsigned(data: bytes, low: float, high: float) -> float:
    """Return what a number from 0 to its largest stands for, evenly from `low` to `high`."""
    return low + int.from_bytes(data, "big") * (high - low) / ((1 << 8 * len(data)) - 1)


def signed(data: bytes, limit: float) -> float | None:
    """Return what a number of two's complement stands for, from `-limit` to `limit`.

    None for the smallest number, by which a sender says that it does not know.
    """
    largest = (1 << 8 * len(data) - 1) - 1
    value = int.from_bytes(data, "big", signed=True)
    return None if value < -largest else value * limit / largest


def imapb(data: bytes, low: float, high: float) -> float | None:
    """Return what a number of ST 1201 (section 7.2) stands for; None for its special values, such as no number."""
    bits = 8 * len(data) - 1
    value = int.from_bytes(data, "big")
    if value > 1 << bits:
        return None
    forward = 2.0 ** (bits - math.ceil(math.log2(high - low)))
    offset = forward * low - math.floor(forward * low) if low < 0 < high else 0.0
    found = (value - offset) / forward + low
    return min(found, high) if found <= high + 1 / forward else None
