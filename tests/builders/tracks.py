"""A small seeded simulator: paths on the sea with their truth, and what AIS and radar report of them."""

from __future__ import annotations

import math
import random  # noqa: TID251 - seeded scenarios
from collections.abc import Callable, Iterable
from itertools import count, pairwise

from comity.foundation.geodesy import KNOT, distance, offset
from comity.vocabulary.instant import SECOND, Duration, Instant
from comity.vocabulary.place import Position
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import Identity, SubjectKind

BEGIN: Instant = 1_767_225_600_000
"""2026-01-01T00:00:00Z."""
KATTEGAT = Position(56.9, 11.6)
ANYBODY = Identity(kind=SubjectKind.VESSEL)

Path = Callable[[Instant], Position]


def vessel(mmsi: int) -> Identity:
    return Identity(kind=SubjectKind.VESSEL, mmsi=mmsi)


def straight(origin: Position, knots: float, course: float, since: Instant = BEGIN) -> Path:
    """Return a path that goes on and on."""
    speed, angle = knots * KNOT, math.radians(course)

    def place(time: Instant) -> Position:
        length = speed * (time - since) / 1000.0
        return offset(origin, length * math.sin(angle), length * math.cos(angle))

    return place


def legs(points: list[tuple[Instant, Position]]) -> Path:
    """Return a path through the points at their times; it stays at the last."""

    def place(time: Instant) -> Position:
        for (begin, one), (end, other) in pairwise(points):
            if begin <= time < end:
                share = (time - begin) / (end - begin)
                return Position(
                    one.latitude + share * (other.latitude - one.latitude),
                    one.longitude + share * (other.longitude - one.longitude),
                )
        return points[-1][1] if time >= points[-1][0] else points[0][1]

    return place


class World:
    """What happens, and what is reported of it, in order of time."""

    def __init__(self, seed: int = 1) -> None:
        self.random = random.Random(seed)  # noqa: S311 - a scenario, not a secret
        self.sightings: list[Sighting] = []
        self._seed = seed
        self._numbers = count()

    def ais(
        self,
        identity: Identity,
        path: Path,
        times: tuple[Instant, Instant],
        *,
        every: Duration = 10 * SECOND,
        silent: tuple[Instant, Instant] = (0, 0),
        source: str = "ais",
        noise: float = 10.0,
    ) -> None:
        """Report a path as a class A transmitter does, but for a silence."""
        begin = times[0] + self.random.randrange(every)
        for time in range(begin, times[1], every):
            if silent[0] <= time < silent[1]:
                continue
            here, there = path(time), path(time + SECOND)
            east, north = self.random.gauss(0, noise), self.random.gauss(0, noise)
            self.add(
                source, time, identity, offset(here, east, north), noise, distance(here, there), _course(here, there)
            )

    def radar(
        self,
        paths: Iterable[Path],
        times: tuple[Instant, Instant],
        *,
        every: Duration = 20 * SECOND,
        noise: float = 30.0,
        clutter: int = 0,
        around: Position = KATTEGAT,
        reach: float = 10_000.0,
        seen: float = 1.0,
        source: str = "radar",
    ) -> None:
        """Report paths as a radar sees them, and false plots a scan within `reach` metres on each axis of `around`."""
        held = list(paths)
        for time in range(times[0], times[1], every):
            for path in held:
                if self.random.random() < seen:
                    blur = (self.random.gauss(0, noise), self.random.gauss(0, noise))
                    self.add(source, time, ANYBODY, offset(path(time), *blur), noise)
            for _ in range(clutter):
                place = (self.random.uniform(-reach, reach), self.random.uniform(-reach, reach))
                self.add(source, time, ANYBODY, offset(around, *place), noise)

    def add(
        self,
        source: str,
        time: Instant,
        identity: Identity,
        position: Position | None,
        accuracy: float | None = None,
        speed: float | None = None,
        course: float | None = None,
    ) -> Sighting:
        """Report one thing."""
        sighting = Sighting(
            id=f"{source}-{self._seed}-{next(self._numbers)}",
            source=source,
            time=time,
            identity=identity,
            position=position,
            accuracy=accuracy,
            speed=speed,
            course=course,
        )
        self.sightings.append(sighting)
        return sighting

    def ordered(self) -> list[Sighting]:
        """Return what was reported, by time."""
        return sorted(self.sightings, key=lambda sighting: sighting.time)


def _course(here: Position, there: Position) -> float:
    across = (there.longitude - here.longitude) * math.cos(math.radians(here.latitude))
    return math.degrees(math.atan2(across, there.latitude - here.latitude)) % 360.0 % 360.0
