"""The cast: every simulated vessel of the story, where it goes and when it says so. All are invented."""

from __future__ import annotations

import msgspec

from comity.demo.voyage import Leg, Voyage
from comity.vocabulary.instant import HOUR, MINUTE, SECOND, Duration
from comity.vocabulary.place import Position

LENGTH: Duration = 4 * HOUR
MEETING = Position(56.93, 11.70)
LANDING = Position(55.9455, 12.7655)
DISTRESS = Position(56.745, 12.115)
FERRY_PORTS = (Position(56.66, 11.30), Position(57.07, 12.20))


class Ship(msgspec.Struct, frozen=True, kw_only=True):
    """One invented vessel: who it says it is, where it goes, and when it says so."""

    mmsi: int
    name: str
    call_sign: str = ""
    ship_type: int = 0
    length: int = 0
    destination: str = ""
    class_b: bool = False
    status: int = 0
    voyage: Voyage
    every: Duration
    """Between two position reports."""
    speaks: tuple[tuple[Duration, Duration], ...] = ((0, LENGTH),)
    """From when to when its AIS is on."""
    seen: bool = False
    """The radar sees it."""


def ships() -> tuple[Ship, ...]:
    """Return everybody in the story, in an order that never changes."""
    return (*_meeting_ships(), *_neighbours(), *_sound(), *_lolland())


def _meeting_ships() -> tuple[Ship, ...]:
    return (
        Ship(
            mmsi=299_010_001,
            name="LYNGEN STAR",
            call_sign="QL1001",
            ship_type=70,
            length=112,
            destination="ALDERHAVN",
            every=10 * SECOND,
            speaks=((0, 50 * MINUTE), (200 * MINUTE, LENGTH)),
            seen=True,
            voyage=Voyage(
                Leg(0, Position(57.205, 11.49)),
                Leg(88 * MINUTE, MEETING),
                Leg(160 * MINUTE, Position(56.9302, 11.7005)),
                Leg(LENGTH, Position(56.685, 11.955)),
            ),
        ),
        Ship(
            mmsi=299_010_002,
            name="HAVSULA",
            call_sign="QH1002",
            ship_type=30,
            length=24,
            destination="KLIPVIK",
            every=20 * SECOND,
            speaks=((0, 65 * MINUTE), (210 * MINUTE, LENGTH)),
            seen=True,
            voyage=Voyage(
                Leg(0, Position(56.845, 11.915)),
                Leg(90 * MINUTE, Position(56.9308, 11.7012)),
                Leg(160 * MINUTE, Position(56.9311, 11.7015)),
                Leg(LENGTH, Position(56.90, 11.455)),
            ),
        ),
    )


def _neighbours() -> tuple[Ship, ...]:
    """Return those who keep transmitting around the meeting, so that reception there is known to be good."""
    west, east = FERRY_PORTS
    return (
        Ship(
            mmsi=299_020_001,
            name="KATTESUND FERRY",
            call_sign="QF2001",
            ship_type=60,
            length=142,
            destination="WILLOWHAVN",
            every=10 * SECOND,
            seen=True,
            voyage=Voyage(
                Leg(0, west), Leg(115 * MINUTE, east), Leg(130 * MINUTE, east), Leg(LENGTH, Position(56.70, 11.388))
            ),
        ),
        Ship(
            mmsi=299_020_002,
            name="MYRTLE TRADER",
            call_sign="QM2002",
            ship_type=79,
            length=88,
            destination="DUNE POINT",
            every=20 * SECOND,
            seen=True,
            voyage=Voyage(Leg(0, Position(56.70, 11.62)), Leg(LENGTH, Position(57.24, 11.40))),
        ),
        Ship(
            mmsi=299_020_003,
            name="SKARVEN",
            call_sign="QS2003",
            ship_type=30,
            length=18,
            every=20 * SECOND,
            voyage=Voyage(*(Leg(at * 30 * MINUTE, place) for at, place in enumerate(_fishing_ground()))),
        ),
    )


def _fishing_ground() -> list[Position]:
    """Return nine corners, half an hour apart, of a trawl back and forth east of Anholt's latitude."""
    corners = (Position(56.985, 11.56), Position(57.005, 11.62))
    return [corners[place % 2] for place in range(9)]


def _sound() -> tuple[Ship, ...]:
    return (
        Ship(
            mmsi=299_030_001,
            name="LILLE TERN",
            call_sign="QT3001",
            ship_type=37,
            length=9,
            class_b=True,
            every=30 * SECOND,
            speaks=((80 * MINUTE, LENGTH),),
            voyage=Voyage(
                Leg(80 * MINUTE, Position(55.962, 12.562)),
                Leg(100 * MINUTE, Position(55.960, 12.575)),
                Leg(138 * MINUTE, LANDING),
                Leg(LENGTH, LANDING),
            ),
        ),
        Ship(
            mmsi=970_299_001,
            name="",
            status=14,
            every=8 * SECOND,
            speaks=((170 * MINUTE, 180 * MINUTE),),
            voyage=Voyage(Leg(170 * MINUTE, DISTRESS), Leg(180 * MINUTE, Position(56.7462, 12.1157))),
        ),
    )


def _lolland() -> tuple[Ship, ...]:
    """Return the one that goes dark outside the Kattegat, and one beside it that is heard throughout."""
    return (
        Ship(
            mmsi=299_040_001,
            name="RUSSET GANNET",
            call_sign="QR4001",
            ship_type=70,
            length=96,
            destination="GULLWICK",
            every=20 * SECOND,
            speaks=((0, 60 * MINUTE), (190 * MINUTE, LENGTH)),
            voyage=Voyage(Leg(0, Position(54.53, 11.22)), Leg(LENGTH, Position(54.385, 11.95))),
        ),
        Ship(
            mmsi=299_040_002,
            name="PATIENT EIDER",
            call_sign="QP4002",
            ship_type=52,
            length=31,
            every=30 * SECOND,
            voyage=Voyage(Leg(0, Position(54.465, 11.36)), Leg(LENGTH, Position(54.415, 11.74))),
        ),
    )
