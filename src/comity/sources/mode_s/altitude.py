"""Altitude codes: twelve bits in steps of 25 or of 100 feet (ICAO Annex 10, IV, 3.1.2.6.5.4 and appendix 1)."""

from __future__ import annotations

FOOT = 0.3048
"""Metres."""


def metres(code: int) -> float | None:
    """Return the altitude that the twelve bits of an airborne position say; None where they say none.

    The Q bit, the eighth, tells which: steps of 25 ft from -1,000 ft on, or Gillham's code in steps of 100 ft.
    """
    if code == 0:
        return None
    if code & 0x10:
        return (((code & 0xFE0) >> 1 | code & 0xF) * 25 - 1_000) * FOOT
    feet = _gillham(code)
    return None if feet is None else feet * FOOT


def _gillham(code: int) -> int | None:
    """Return feet from pulses in the order C1 A1 C2 A2 C4 A4 B1 (Q) B2 D2 B4 D4; None where that is no code.

    D2 D4 A1 A2 A4 B1 B2 B4 are a Gray code of 500 ft, C1 C2 C4 one of the 100 ft in it, which runs to and fro.
    """
    c1, a1, c2, a2, c4, a4, b1, _, b2, d2, b4, d4 = (code >> shift & 1 for shift in range(11, -1, -1))
    coarse = _gray((d2, d4, a1, a2, a4, b1, b2, b4))
    fine = _gray((c1, c2, c4))
    if fine in {0, 5, 6}:
        return None
    step = 5 if fine == 7 else fine
    return coarse * 500 + (6 - step if coarse % 2 else step) * 100 - 1_300


def _gray(bits: tuple[int, ...]) -> int:
    value = 0
    for bit in bits:
        value = value << 1 | bit ^ value & 1
    return value
