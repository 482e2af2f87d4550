"""Units: what acts for a party in the field, and what it can do there."""

from __future__ import annotations

from enum import Enum


class UnitKind(Enum):
    """What a unit is: the law asks whether it is a ship, an aircraft or neither."""

    PATROL_VESSEL = "patrol-vessel"
    WARSHIP = "warship"
    AIRCRAFT = "aircraft"
    HELICOPTER = "helicopter"
    DRONE = "drone"
    VEHICLE = "vehicle"
    FOOT_PATROL = "foot-patrol"


VESSELS = frozenset({UnitKind.PATROL_VESSEL, UnitKind.WARSHIP})
FLYING = frozenset({UnitKind.AIRCRAFT, UnitKind.HELICOPTER, UnitKind.DRONE})


class UnitAct(Enum):
    """What a unit does."""

    OBSERVE = "observe"
    ENTER = "enter"
    PURSUE = "pursue"
    STOP = "stop"
    BOARD = "board"
    SEARCH = "search"
    SEIZE = "seize"
    ARREST = "arrest"
    USE_OF_FORCE = "use-of-force"
    RESCUE = "rescue"


class Moment(Enum):
    """By when somebody must have been told of what a unit does."""

    ENTRY = "entry"
    ACT = "act"
