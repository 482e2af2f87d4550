"""What simulated vessels and a simulated radar report: AIS messages of types 1, 5, 18 and 24, and noise from a seed."""

from __future__ import annotations

import hashlib
import math

import msgspec

from comity.demo.sentences import Field, Message, text
from comity.demo.voyage import Moment
from comity.foundation.geodesy import KNOT, offset
from comity.vocabulary.instant import Duration
from comity.vocabulary.place import Position


class How(msgspec.Struct, frozen=True, kw_only=True):
    """How a vessel reports its position."""

    class_b: bool = False
    status: int = 0


class Who(msgspec.Struct, frozen=True, kw_only=True):
    """Who a vessel says that it is."""

    mmsi: int
    name: str
    call_sign: str
    ship_type: int
    length: int
    destination: str
    class_b: bool


def position(mmsi: int, moment: Moment, at: Duration, how: How) -> Message:
    """Return a position report: type 1, or 18 for class B (ITU-R M.1371-5, tables 48 and 70)."""
    motion = (
        Field(min(round(moment.speed / KNOT * 10), 1_022), 10),
        Field(1, 1),
        Field(round(moment.position.longitude * 600_000), 28),
        Field(round(moment.position.latitude * 600_000), 27),
        Field(round(moment.course * 10) % 3_600, 12),
        Field(round(moment.course) % 360, 9),
        Field(at // 1_000 % 60, 6),
    )
    if how.class_b:
        return Message.of((Field(18, 6), Field(0, 2), Field(mmsi, 30), Field(0, 8), *motion, Field(0, 29)))
    turn = Field(-128, 8)
    head = (Field(1, 6), Field(0, 2), Field(mmsi, 30), Field(how.status, 4), turn)
    return Message.of((*head, *motion, Field(0, 25)))


def identity(who: Who) -> tuple[Message, ...]:
    """Return the identity reports: one of type 5, or parts A and B of type 24 for class B."""
    bow, side = who.length - who.length // 4, who.length // 14
    sides = (Field(bow, 9), Field(who.length - bow, 9), Field(side, 6), Field(side, 6))
    sender = (Field(0, 2), Field(who.mmsi, 30))
    call_sign, name, kind = text(who.call_sign, 7), text(who.name, 20), Field(who.ship_type, 8)
    if who.class_b:
        part_a = (Field(24, 6), *sender, Field(0, 2), name, Field(0, 8))
        part_b = (Field(24, 6), *sender, Field(1, 2), kind, Field(0, 42), call_sign, *sides, Field(0, 6))
        return Message.of(part_a), Message.of(part_b)
    unknown_arrival, draught = Field(24 << 6 | 60, 20), Field(0, 8)
    voyage = (Field(1, 4), unknown_arrival, draught, text(who.destination, 20), Field(0, 2))
    return (Message.of((Field(5, 6), *sender, Field(0, 2), Field(0, 30), call_sign, name, kind, *sides, *voyage)),)


class Noise:
    """Numbers that look drawn at random and are always the same for one seed: SHA-256 in counter mode."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._count = 0

    def near(self, place: Position, deviation: float) -> Position:
        """Return a place so many metres off, normally distributed on each axis."""
        radius = deviation * math.sqrt(-2 * math.log(1 - self._share()))
        angle = 2 * math.pi * self._share()
        return offset(place, radius * math.cos(angle), radius * math.sin(angle))

    def within(self, centre: Position, side: float) -> Position:
        """Return a place anywhere in the square whose sides lie so many metres from its centre."""
        return offset(centre, side * (2 * self._share() - 1), side * (2 * self._share() - 1))

    def count(self, mean: float) -> int:
        """Return a number of events, Poisson distributed."""
        limit, product, events = math.exp(-mean), self._share(), 0
        while product > limit:
            product *= self._share()
            events += 1
        return events

    def _share(self) -> float:
        """Return a number in [0, 1)."""
        self._count += 1
        drawn = hashlib.sha256(f"{self._seed}/{self._count}".encode()).digest()
        return (int.from_bytes(drawn[:8], "big") >> 11) / 2**53
