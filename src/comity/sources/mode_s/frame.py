"""A frame: the 56 or 112 bits of one Mode S message, and whether they came whole (ICAO Annex 10, IV, 3.1.2)."""

from __future__ import annotations

import msgspec

from comity.vocabulary.fault import Fault

SHORT, LONG = 7, 14
"""Bytes of a message."""
_GENERATOR = 0xFFF409
"""The 24 lower coefficients of the generating polynomial (3.1.2.3.3)."""


class NotSquitter(Fault):
    """Bytes that are no extended squitter. `what` is the name of the fault."""


class Ignored(Fault):
    """A message that is whole as far as can be told, and says nothing that a sighting could be made of."""


class Squitter(msgspec.Struct, frozen=True):
    """An extended squitter: who sends, and the 56 bits of what it says (ME)."""

    address: int
    anonymous: bool
    """The address is the sender's own choice, not an aircraft's (DF 18, CF 1)."""
    message: int

    @property
    def icao(self) -> int | None:
        """The aircraft address; None where it is none."""
        return self.address if not self.anonymous and 0 < self.address < 0xFFFFFF else None

    def number(self, start: int, width: int) -> int:
        """Return an unsigned number; bits are counted from 0 at the front of ME, one less than the tables' own."""
        return self.message >> (56 - start - width) & ((1 << width) - 1)

    @property
    def type(self) -> int:
        """The type code (DO-260B, table 2-16)."""
        return self.message >> 51


def _table() -> tuple[int, ...]:
    made = []
    for byte in range(256):
        value = byte << 16
        for _ in range(8):
            value = (value << 1 ^ (_GENERATOR if value & 0x800000 else 0)) & 0xFFFFFF
        made.append(value)
    return tuple(made)


_REMAINDERS = _table()


def remainder(data: bytes) -> int:
    """Return what is left when the bits are divided by the generating polynomial: 0 where the last 24 are parity."""
    value = 0
    for byte in data[:-3]:
        value = (value << 8 & 0xFFFFFF) ^ _REMAINDERS[value >> 16 ^ byte]
    return value ^ int.from_bytes(data[-3:], "big")


def read(data: bytes) -> Squitter:
    """Return the extended squitter in these bytes.

    Raises:
        NotSquitter: they have no message's length, or the parity does not hold.
        Ignored: they are a message of another downlink format, or from the ground.
    """
    kind = _downlink_format(data)
    if kind not in {17, 18}:
        raise Ignored(f"downlink format {kind} is not decoded")
    if remainder(data):
        raise NotSquitter("wrong parity")
    control = data[0] & 7
    if kind == 18 and control not in {0, 1, 6}:
        raise Ignored("traffic information from the ground is not decoded")
    anonymous = kind == 18 and control == 1
    return Squitter(int.from_bytes(data[1:4], "big"), anonymous, int.from_bytes(data[4:11], "big"))


def _downlink_format(data: bytes) -> int:
    if len(data) not in {SHORT, LONG}:
        raise NotSquitter("no Mode S message by its length")
    kind = min(data[0] >> 3, 24)
    if (len(data) == LONG) != (kind >= 16):
        raise NotSquitter("a downlink format of another length")
    return kind
