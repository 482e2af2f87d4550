"""What an extended squitter says, by its type code (DO-260B, section 2.2.3.2)."""

from __future__ import annotations

import math

import msgspec

from comity.foundation.geodesy import KNOT
from comity.sources.mode_s import letters
from comity.sources.mode_s.altitude import FOOT, metres
from comity.sources.mode_s.cpr import Folded
from comity.sources.mode_s.frame import Ignored, NotSquitter, Squitter


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A position report (type codes 5 to 8 on the ground, 9 to 18 and 20 to 22 in the air)."""

    folded: Folded
    type: int
    altitude: float | None = None
    """Above the ellipsoid, metres."""
    pressure_altitude: float | None = None
    velocity: Velocity | None = None
    """On the ground, where it is said in the same report."""


class Velocity(msgspec.Struct, frozen=True, kw_only=True):
    """A velocity report (type code 19). Metres a second, degrees."""

    speed: float | None = None
    """Over ground."""
    course: float | None = None
    """Over ground, from true north."""
    airspeed: float | None = None
    heading: float | None = None
    """Of the nose. From magnetic north, unless the aircraft says otherwise elsewhere: no course."""
    climb: float | None = None
    """Upwards."""


class Name(msgspec.Struct, frozen=True):
    """An identification (type codes 1 to 4); None where the aircraft has not been told its own."""

    call_sign: str | None


class Emergency(msgspec.Struct, frozen=True):
    """An emergency state (type code 28, subtype 1; table 2-77). 0 is none."""

    state: int


class Quality(msgspec.Struct, frozen=True):
    """How good positions are (type codes 29 and 31): the navigation accuracy category, 0 to 11."""

    accuracy: int


def read(squitter: Squitter) -> Place | Velocity | Name | Emergency | Quality:
    """Return what the squitter says.

    Raises:
        NotSquitter: it says what nothing can mean.
        Ignored: it says nothing of use here.
    """
    kind = squitter.type
    if 1 <= kind <= 4:
        return _name(squitter)
    if 5 <= kind <= 8:
        return _on_ground(squitter)
    if 9 <= kind <= 18 or 20 <= kind <= 22:
        return _in_air(squitter)
    if kind == 19:
        return _velocity(squitter)
    if kind == 28 and squitter.number(5, 3) == 1:
        return Emergency(squitter.number(8, 3))
    return _quality(squitter)


def _quality(squitter: Squitter) -> Quality:
    if squitter.type == 31 and squitter.number(5, 3) <= 1 and squitter.number(40, 3) in {1, 2}:
        return Quality(squitter.number(44, 4))
    if squitter.type == 29 and squitter.number(5, 2) == 1:
        return Quality(squitter.number(39, 4))
    raise Ignored(f"type code {squitter.type} is not decoded")


def _name(squitter: Squitter) -> Name:
    try:
        return Name(letters.read(squitter.number(8, 48)))
    except letters.NotLetters as fault:
        raise NotSquitter(fault.what) from fault


def _folded(squitter: Squitter, *, surface: bool) -> Folded:
    return Folded(squitter.number(21, 1) == 1, squitter.number(22, 17), squitter.number(39, 17), surface)


def _in_air(squitter: Squitter) -> Place:
    height = metres(squitter.number(8, 12))
    satellite = squitter.type >= 20
    return Place(
        folded=_folded(squitter, surface=False),
        type=squitter.type,
        altitude=height if satellite else None,
        pressure_altitude=None if satellite else height,
    )


_MOVEMENT = ((2, 0.125, 0.125), (9, 1.0, 0.25), (13, 2.0, 0.5), (39, 15.0, 1.0), (94, 70.0, 2.0), (109, 100.0, 5.0))
"""First code of each stretch, the knots it begins with, and the step (table 2-18)."""


def _on_ground(squitter: Squitter) -> Place:
    code, valid, course = squitter.number(5, 7), squitter.number(12, 1), squitter.number(13, 7)
    return Place(
        folded=_folded(squitter, surface=True),
        type=squitter.type,
        velocity=Velocity(speed=_movement(code), course=course * 360 / 128 if valid else None),
    )


def _movement(code: int) -> float | None:
    if code == 0 or code > 124:
        return None
    if code == 1:
        return 0.0
    if code == 124:
        return 175 * KNOT
    first, knots, step = max(stretch for stretch in _MOVEMENT if stretch[0] <= code)
    return (knots + (code - first) * step) * KNOT


def _velocity(squitter: Squitter) -> Velocity:
    subtype = squitter.number(5, 3)
    if subtype not in {1, 2, 3, 4}:
        raise NotSquitter("a velocity of no known kind")
    rate, fast = squitter.number(37, 9), 4 if subtype in {2, 4} else 1
    climb = None if rate == 0 else (rate - 1) * 64 * FOOT / 60 * (-1 if squitter.number(36, 1) else 1)
    if subtype <= 2:
        return _over_ground(squitter, fast, climb)
    airspeed, heading = squitter.number(25, 10), squitter.number(14, 10)
    return Velocity(
        airspeed=(airspeed - 1) * fast * KNOT if airspeed else None,
        heading=heading * 360 / 1_024 if squitter.number(13, 1) else None,
        climb=climb,
    )


def _over_ground(squitter: Squitter, fast: int, climb: float | None) -> Velocity:
    east, north = squitter.number(14, 10), squitter.number(25, 10)
    if east == 0 or north == 0:
        return Velocity(climb=climb)
    eastwards = (east - 1) * fast * KNOT * (-1 if squitter.number(13, 1) else 1)
    northwards = (north - 1) * fast * KNOT * (-1 if squitter.number(24, 1) else 1)
    speed = math.hypot(eastwards, northwards)
    course = math.degrees(math.atan2(eastwards, northwards)) % 360 if speed else None
    return Velocity(speed=speed, course=0.0 if course == 360 else course, climb=climb)
