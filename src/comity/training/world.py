"""A world: a scenario with a seed; what its sensors report, and the truth beside it."""

from __future__ import annotations

import heapq
from collections.abc import Iterator

import msgspec
import numpy as np

from comity.foundation.geodesy import offset
from comity.training.cast import Cast, Happening, cast, stream
from comity.training.craft import Craft, Where
from comity.training.measure import span
from comity.training.report import Report, reported
from comity.training.scenario import Radar, Scenario, Sensor
from comity.training.sensing import Reading, readings
from comity.vocabulary.fault import Fault
from comity.vocabulary.instant import Duration, Instant
from comity.vocabulary.place import Position
from comity.vocabulary.subject import Identity

MOST_REPORTS = 5_000_000
"""Looks of sensors at targets, false plots, and moments of the truth that a scenario may ask for."""


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """Where a craft really is: metres a second, degrees from true north."""

    craft: str
    time: Instant
    position: Position
    speed: float
    course: float


class World:
    """Everything of one scenario with one seed. The same seed gives the same world, byte for byte."""

    def __init__(self, scenario: Scenario, seed: int) -> None:
        """Draw the cast.

        Raises:
            Fault: the sensors would look at targets too often to be worked through.
        """
        self.scenario = scenario
        self.seed = seed
        self.began = scenario.began
        self.duration = span(scenario.duration)
        self.cast: Cast = cast(scenario, seed)
        many = len(self.cast.crafts)
        looks = sum(self.duration / span(each.every) * (many + _clutter(each)) for each in scenario.sensors)
        looks += self.duration / span(scenario.truth) * many
        if looks > MOST_REPORTS:
            remedy = "Shorten it, or let sensors look less often."
            raise Fault(f"{looks:,.0f} looks are more than {MOST_REPORTS:,}", where=scenario.scenario, remedy=remedy)

    def reports(self) -> Iterator[Report]:
        """Yield the reports of all sensors in the order in which they arrive."""
        for reading in heapq.merge(*map(self.readings, self.scenario.sensors), key=_arrival):
            yield self.report(reading)

    def readings(self, sensor: Sensor) -> list[Reading]:
        """Return what one sensor reports, in the order in which it arrives."""
        chance = stream(self.seed, "sensor", sensor.name)
        return readings(sensor, self.cast.crafts, self.duration, chance)

    def report(self, reading: Reading) -> Report:
        """Return the reading as its feed brings it."""
        sensor = next(each for each in self.scenario.sensors if each.name == reading.sensor)
        return reported(reading, sensor, self.began, self.scenario.place)

    def happenings(self) -> tuple[Happening, ...]:
        """Return what is to be found, in the order in which it begins."""
        return self.cast.happenings

    def craft(self, name: str) -> Craft:
        """Return one of the cast."""
        return next(craft for craft in self.cast.crafts if craft.name == name)

    def whereabouts(self, craft: Craft) -> list[Moment]:
        """Return where a craft is, as often as the scenario has the truth told."""
        times = np.arange(max(craft.begin, 0.0), min(craft.end, self.duration) + 1, span(self.scenario.truth))
        where = craft.at(times)
        return [self._moment(craft, int(times[k]), where, k) for k in range(times.size)]

    def place(self, craft: Craft, time: Duration) -> Position:
        """Return where a craft is at a time since the begin."""
        where = craft.at(np.array([float(time)]))
        return offset(self.scenario.place, float(where.east[0]), float(where.north[0]))

    def identities(self) -> dict[str, Identity]:
        """Return who everybody is."""
        return {craft.name: craft.identity for craft in self.cast.crafts}

    def _moment(self, craft: Craft, time: Duration, where: Where, k: int) -> Moment:
        return Moment(
            craft=craft.name,
            time=self.began + time,
            position=offset(self.scenario.place, float(where.east[k]), float(where.north[k])),
            speed=float(where.speed[k]),
            course=float(where.course[k]),
        )


def _clutter(sensor: Sensor) -> float:
    return sensor.clutter if isinstance(sensor, Radar) else 0.0


def _arrival(reading: Reading) -> tuple[Duration, str, Duration]:
    return reading.arrival, reading.sensor, reading.time
