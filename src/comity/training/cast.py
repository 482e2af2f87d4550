"""The cast: all craft of a scenario, and what is true of them, drawn from one seed.

Each group and each traffic draws from a stream of its own (`SeedSequence` of seed and name), so that adding one leaves
the others as they were. The same seed gives the same cast with the same version of NumPy.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator, Sequence

import msgspec
import numpy as np

from comity.training.craft import Craft, Floats, Said
from comity.training.measure import length, span, speed
from comity.training.scenario import Event, Follow, Group, Scenario, Target, Traffic
from comity.vocabulary.instant import DAY, MINUTE, Duration
from comity.vocabulary.subject import Identity, SubjectKind

_FIRST_MMSI = 299_100_000
"""Invented numbers: no State has the first three digits (ITU, table of maritime identification digits)."""

_FIRST_IMO = 299_100
"""Invented too: what stands before the check digit."""
_ALWAYS: Duration = 365 * DAY
_FIRST_ICAO = 0xF80000
"""Invented addresses: no State has a block up there (ICAO Annex 10, volume III, table 9-1)."""


class Happening(msgspec.Struct, frozen=True, kw_only=True):
    """An event of the truth: what, who, and from when until when since the scenario's begin."""

    kind: str
    crafts: tuple[str, ...]
    begin: Duration
    end: Duration


class Cast(msgspec.Struct, frozen=True):
    """Everybody, and everything that is to be found."""

    crafts: tuple[Craft, ...]
    happenings: tuple[Happening, ...]


class _Numbers:
    """Invented numbers, each once."""

    def __init__(self) -> None:
        self._next = _FIRST_MMSI

    def draw(self) -> int:
        self._next += 1
        return self._next


def stream(seed: int, *names: str) -> np.random.Generator:
    """Return the stream of random numbers that belongs to a name."""
    return np.random.default_rng(np.random.SeedSequence([seed, *(zlib.crc32(name.encode()) for name in names)]))


def cast(scenario: Scenario, seed: int) -> Cast:
    """Return who and what a scenario has with that seed."""
    numbers = _Numbers()
    crafts: list[Craft] = []
    happenings: list[Happening] = []
    for group in scenario.groups:
        for copy in range(group.copies):
            some, found = _copied(group, copy, numbers, stream(seed, "group", group.name, str(copy)))
            crafts += [_going_on(craft, span(scenario.duration)) for craft in some]
            happenings += found
    for traffic in scenario.traffic:
        crafts += _ordinary(traffic, span(scenario.duration), numbers, stream(seed, "traffic", traffic.name))
    return Cast(tuple(crafts), tuple(sorted(happenings, key=lambda one: (one.begin, one.kind, one.crafts))))


def _copied(
    group: Group, copy: int, numbers: _Numbers, chance: np.random.Generator
) -> tuple[list[Craft], list[Happening]]:
    """Return the targets of one copy of a group, put where and when chance has it, and what happens to them."""
    reach, angle = length(group.spread) * math.sqrt(chance.random()), chance.random() * 2 * math.pi
    shift = round(chance.random() * span(group.shift))
    turn = chance.random() * 2 * math.pi if group.turn else 0.0
    prefix = f"{group.name}-{copy + 1}" if group.copies > 1 else group.name
    made: dict[str, Craft] = {}
    for target in group.targets:
        name = f"{prefix}-{target.name}"
        if target.follows is not None:
            craft = _behind(target, name, made[target.follows.target], target.follows, numbers)
        else:
            craft = _placed(target, name, numbers)
            east, north = (
                craft.east * math.cos(turn) - craft.north * math.sin(turn),
                (craft.east * math.sin(turn) + craft.north * math.cos(turn)),
            )
            craft = msgspec.structs.replace(
                craft,
                times=craft.times + shift,
                east=east + reach * math.cos(angle),
                north=north + reach * math.sin(angle),
            )
        phases = (float(chance.random() * 2 * math.pi), float(chance.random() * 2 * math.pi))
        made[target.name] = msgspec.structs.replace(craft, phases=phases)
    found = [_happened(event, made, shift) for event in group.events]
    for event in group.events:
        _say(event, made, shift, numbers)
    return list(made.values()), found


def _going_on(craft: Craft, duration: Duration) -> Craft:
    """Return a vessel or aircraft that came as on its first leg and goes on as on its last, all the time.

    One that ended in the middle of the sea would be a silence that nobody wrote. A party comes and is gone.
    """
    if craft.identity.kind not in {SubjectKind.VESSEL, SubjectKind.AIRCRAFT}:
        return craft
    before, after = min(craft.begin, 0.0) - MINUTE, max(craft.end, duration) + MINUTE
    return msgspec.structs.replace(
        craft,
        times=np.array([before, *craft.times, after]),
        east=_extended(craft.times, craft.east, before, after),
        north=_extended(craft.times, craft.north, before, after),
    )


def _extended(times: Floats, places: Floats, before: float, after: float) -> Floats:
    first = (places[1] - places[0]) / (times[1] - times[0])
    last = (places[-1] - places[-2]) / (times[-1] - times[-2])
    return np.array([places[0] + first * (before - times[0]), *places, places[-1] + last * (after - times[-1])])


def _identity(target: Target, name: str, numbers: _Numbers) -> Identity:
    kind = SubjectKind(target.kind)
    calls = target.calls or name.upper().replace("-", " ")[:20]
    if kind is SubjectKind.AIRCRAFT and not target.silent:
        return _flying(numbers.draw())
    if kind is not SubjectKind.VESSEL or target.silent:
        return Identity(kind=kind)
    number = target.mmsi or numbers.draw()
    imo = _registered(number) if target.registered else None
    return Identity(kind=kind, mmsi=number, imo=imo, name=calls, ship_type=target.ship_type)


def _registered(number: int) -> int:
    """Return an invented IMO number with its check digit (IMO resolution A.1117(30))."""
    stem = _FIRST_IMO + number % 100_000
    return stem * 10 + sum(int(digit) * weight for digit, weight in zip(str(stem), range(7, 1, -1), strict=True)) % 10


def _flying(number: int) -> Identity:
    """Return an invented aircraft: its address, and the call sign of a flight."""
    count = number - _FIRST_MMSI
    return Identity(kind=SubjectKind.AIRCRAFT, icao=_FIRST_ICAO + count, call_sign=f"XQX{count:04d}")


def _placed(target: Target, name: str, numbers: _Numbers) -> Craft:
    return Craft(
        name=name,
        identity=_identity(target, name, numbers),
        silent=target.silent or target.kind not in {"vessel", "aircraft"},
        altitude=length(target.altitude),
        times=np.array([span(time) for time, _, _ in target.way], np.float64),
        east=np.array([east * 1_000 for _, east, _ in target.way]),
        north=np.array([north * 1_000 for _, _, north in target.way]),
        drift=length(target.drift),
    )


def _behind(target: Target, name: str, leader: Craft, follow: Follow, numbers: _Numbers) -> Craft:
    """Return one that goes the leader's way later, and beside it."""
    aside = length(follow.aside)
    east, north = np.gradient(leader.east), np.gradient(leader.north)
    along = np.maximum(np.hypot(east, north), 1e-9)
    return Craft(
        name=name,
        identity=_identity(target, name, numbers),
        silent=target.silent or target.kind not in {"vessel", "aircraft"},
        altitude=length(target.altitude),
        times=leader.times + span(follow.behind),
        east=leader.east + aside * north / along,
        north=leader.north - aside * east / along,
        drift=length(target.drift),
    )


def _happened(event: Event, made: dict[str, Craft], shift: Duration) -> Happening:
    return Happening(
        kind=event.kind,
        crafts=tuple(made[name].name for name in event.targets),
        begin=span(event.begin) + shift,
        end=span(event.end) + shift,
    )


def _say(event: Event, made: dict[str, Craft], shift: Duration, numbers: _Numbers) -> None:
    """Make the craft of an event say what it is about."""
    begin, end = span(event.begin) + shift, span(event.end) + shift
    for place, name in enumerate(event.targets):
        craft, said = made[name], None
        if event.kind == "going-dark":
            said = Said(begin, end, silent=True)
        elif event.kind == "impossible-motion":
            said = Said(begin, end, moved=(event.moved[0] * 1_000, event.moved[1] * 1_000))
        elif event.kind == "distress":
            said = Said(begin, end, distress=True)
        elif event.kind == "identity-change":
            said = Said(begin, _ALWAYS, identity=_renamed(event, craft.identity, numbers))
        elif event.kind == "shared-identity" and place:
            said = Said(-_ALWAYS, _ALWAYS, identity=_numbered(craft.identity, made[event.targets[0]].identity))
        if said is not None:
            made[name] = msgspec.structs.replace(craft, said=(*craft.said, said))


def _renamed(event: Event, identity: Identity, numbers: _Numbers) -> Identity:
    number = event.mmsi or numbers.draw()
    if identity.kind is SubjectKind.AIRCRAFT:
        return _flying(number)
    return msgspec.structs.replace(identity, mmsi=number, name=event.calls or f"RENAMED {number % 100_000}")


def _numbered(identity: Identity, other: Identity) -> Identity:
    return msgspec.structs.replace(identity, mmsi=other.mmsi, icao=other.icao)


def _ordinary(traffic: Traffic, duration: Duration, numbers: _Numbers, chance: np.random.Generator) -> Iterator[Craft]:
    for number in range(traffic.count):
        name = f"{traffic.name}-{number + 1}"
        target = Target(
            name="one",
            kind=traffic.kind,
            silent=traffic.silent,
            ship_type=traffic.ship_type,
        )
        times, east, north = _errands(traffic, duration, chance)
        yield Craft(
            name=name,
            identity=_identity(target, name, numbers),
            silent=traffic.silent or traffic.kind not in {"vessel", "aircraft"},
            altitude=length(traffic.altitude),
            times=times,
            east=east,
            north=north,
        )


def _errands(traffic: Traffic, duration: Duration, chance: np.random.Generator) -> tuple[Floats, Floats, Floats]:
    """Return a way from one place within the radius to another, at one speed, until the scenario is over."""
    pace = chance.uniform(speed(traffic.slowest), speed(traffic.fastest)) / 1_000
    places: list[Sequence[float]] = [_anywhere(traffic, chance)]
    times = [0.0]
    while times[-1] < duration:
        place = _anywhere(traffic, chance)
        away = math.dist(places[-1], place)
        if away / pace < MINUTE:
            continue  # too near to be an errand
        times.append(times[-1] + away / pace)
        places.append(place)
    return np.array(times), np.array([east for east, _ in places]), np.array([north for _, north in places])


def _anywhere(traffic: Traffic, chance: np.random.Generator) -> tuple[float, float]:
    away, angle = length(traffic.radius) * math.sqrt(chance.random()), chance.random() * 2 * math.pi
    return traffic.at[0] * 1_000 + away * math.cos(angle), traffic.at[1] * 1_000 + away * math.sin(angle)
