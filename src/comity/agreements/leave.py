"""Leave: what one rule says of one act in one zone: whether, under what, on which conditions."""

from __future__ import annotations

from enum import Enum

import msgspec

from comity.agreements.powers import Duty
from comity.vocabulary.instant import Instant
from comity.vocabulary.place import Position
from comity.vocabulary.unit import UnitAct


class Verdict(Enum):
    """The answer."""

    PERMITTED = "permitted"
    FORBIDDEN = "forbidden"
    CONTESTED = "contested"
    """The law, the place or the facts do not settle it: no officer should act on it alone."""


class Around(msgspec.Struct, frozen=True, kw_only=True):
    """A circle beyond which it is permitted no more."""

    centre: Position
    metres: int


class Leave(msgspec.Struct, frozen=True, kw_only=True):
    """What holds, and why."""

    verdict: Verdict
    reason: str
    instruments: tuple[str, ...]
    power: str = ""
    """The power that counted, as `agreement version N: id`; empty: general law."""
    conditions: tuple[str, ...] = ()
    duties: tuple[Duty, ...] = ()
    never: tuple[UnitAct, ...] = ()
    until: Instant | None = None
    around: tuple[Around, ...] = ()


def permitted(reason: str, *instruments: str, conditions: tuple[str, ...] = ()) -> Leave:
    """Return a leave that permits."""
    return Leave(verdict=Verdict.PERMITTED, reason=reason, instruments=instruments, conditions=conditions)


def forbidden(reason: str, *instruments: str) -> Leave:
    """Return a leave that forbids."""
    return Leave(verdict=Verdict.FORBIDDEN, reason=reason, instruments=instruments)


def contested(reason: str, *instruments: str) -> Leave:
    """Return a leave that says that it is not settled."""
    return Leave(verdict=Verdict.CONTESTED, reason=reason, instruments=instruments)
