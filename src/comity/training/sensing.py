"""Sensing: what a sensor makes of where everybody is, with its noise, gaps, clutter and faults."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import msgspec
import numpy as np

from comity.training.craft import Craft, Floats, Where
from comity.training.measure import length, span
from comity.training.scenario import Adsb, Ais, Ground, Radar, Sensor
from comity.vocabulary.instant import HOUR, Duration
from comity.vocabulary.subject import Identity, SubjectKind

_STILL = 0.5
"""Metres a second: slower ones report as those that lie still."""
_TURNING = 3.0
"""Degrees: how good a reported course is."""


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """One report before it is written: times since the begin, metres from the scenario's place."""

    time: Duration
    arrival: Duration
    sensor: str
    craft: str
    """Whom it is of; empty for clutter and false alarms."""
    identity: Identity
    """What is told of it."""
    east: float
    north: float
    accuracy: float
    speed: float | None = None
    course: float | None = None
    altitude: float | None = None
    distress: bool = False


def readings(sensor: Sensor, crafts: Sequence[Craft], duration: Duration, chance: np.random.Generator) -> list[Reading]:
    """Return what the sensor reports, in the order in which it arrives."""
    if isinstance(sensor, (Ais, Adsb)):
        seen = _heard(sensor, crafts, duration, chance)
    elif isinstance(sensor, Radar):
        seen = _swept(sensor, crafts, duration, chance)
    else:
        seen = _noticed(sensor, crafts, duration, chance)
    worn = (late for reading in seen for late in _worn(sensor, reading, chance))
    return sorted(worn, key=lambda one: (one.arrival, one.time, one.craft, one.east))


def on(sensor: Sensor, times: Floats) -> Floats:
    """Return those of the times at which the sensor works."""
    for begin, end in sensor.off:
        times = times[(times < span(begin)) | (times >= span(end))]
    return times


def _reached(sensor: Sensor, where: Where) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    east, north = sensor.at
    reached: np.ndarray[tuple[int, ...], np.dtype[np.bool_]] = np.hypot(
        where.east - east * 1_000, where.north - north * 1_000
    ) <= length(sensor.reach)
    return reached


def _heard(
    sensor: Ais | Adsb, crafts: Sequence[Craft], duration: Duration, chance: np.random.Generator
) -> Iterator[Reading]:
    deviation = length(sensor.accuracy)
    kind = SubjectKind.VESSEL if isinstance(sensor, Ais) else SubjectKind.AIRCRAFT
    for craft in crafts:
        if craft.silent or craft.identity.kind is not kind:
            continue
        times = on(sensor, craft.there(_reports(sensor, craft, duration, chance)))
        times = times[chance.random(times.size) < sensor.heard]
        where = craft.at(times)
        noise = chance.normal(0.0, 1.0, (4, times.size))
        reached = _reached(sensor, where)
        for k in np.flatnonzero(reached):
            said = craft.says(float(times[k]))
            if said is None:
                continue
            speed = max(float(where.speed[k]) + 0.1 * float(noise[2, k]), 0.0)
            yield Reading(
                time=int(times[k]),
                arrival=int(times[k]),
                sensor=sensor.name,
                craft=craft.name,
                identity=said.identity,
                east=float(where.east[k] + deviation * noise[0, k]) + said.moved[0],
                north=float(where.north[k] + deviation * noise[1, k]) + said.moved[1],
                accuracy=deviation,
                speed=speed,
                course=float(where.course[k] + _TURNING * noise[3, k]) % 360.0 if speed > _STILL else None,
                altitude=craft.altitude if kind is SubjectKind.AIRCRAFT else None,
                distress=said.distress,
            )


def _reports(sensor: Ais | Adsb, craft: Craft, duration: Duration, chance: np.random.Generator) -> Floats:
    """Return when a craft transmits: often under way, seldom while it lies still."""
    every = span(sensor.every)
    times: Floats = np.floor(chance.random() * every + np.arange(0, duration, every)).astype(np.float64)
    if isinstance(sensor, Adsb):
        return times
    slow = craft.at(times).speed < _STILL
    seldom = np.arange(times.size) % max(round(span(sensor.still) / every), 1) == 0
    reports: Floats = times[~slow | seldom]
    return reports


def _swept(
    sensor: Radar, crafts: Sequence[Craft], duration: Duration, chance: np.random.Generator
) -> Iterator[Reading]:
    kind = SubjectKind(sensor.sees)
    turns = on(sensor, np.arange(0.0, duration, span(sensor.every)))
    for craft in crafts:
        if craft.identity.kind is not kind:
            continue
        times = craft.there(turns)
        where = craft.at(times)
        shown = _reached(sensor, where) & (chance.random(times.size) < sensor.detects)
        for k in np.flatnonzero(shown):
            yield _plot(sensor, craft.name, int(times[k]), (float(where.east[k]), float(where.north[k])), chance)
    reach = length(sensor.reach)
    for time in turns:
        for _ in range(int(chance.poisson(sensor.clutter))):
            away, angle = reach * math.sqrt(chance.random()), chance.random() * 2 * math.pi
            east, north = sensor.at[0] * 1_000 + away * math.sin(angle), sensor.at[1] * 1_000 + away * math.cos(angle)
            yield _plot(sensor, "", int(time), (east, north), chance)


def _plot(
    sensor: Radar, craft: str, time: Duration, place: tuple[float, float], chance: np.random.Generator
) -> Reading:
    """Return a plot of something at that place, with the radar's errors along and across its beam."""
    east, north = place[0] - sensor.at[0] * 1_000, place[1] - sensor.at[1] * 1_000
    away, angle = math.hypot(east, north), math.atan2(east, north)
    along, across = length(sensor.range_error), away * math.radians(sensor.bearing_error)
    seen = max(away + chance.normal(0.0, along), 1.0)
    angle += chance.normal(0.0, math.radians(sensor.bearing_error))
    return Reading(
        time=time,
        arrival=time,
        sensor=sensor.name,
        craft=craft,
        identity=Identity(kind=SubjectKind(sensor.sees)),
        east=sensor.at[0] * 1_000 + seen * math.sin(angle),
        north=sensor.at[1] * 1_000 + seen * math.cos(angle),
        accuracy=max(along, across, 1.0),
    )


def _noticed(
    sensor: Ground, crafts: Sequence[Craft], duration: Duration, chance: np.random.Generator
) -> Iterator[Reading]:
    times = on(sensor, np.arange(0.0, duration, span(sensor.every)))
    for craft in crafts:
        if craft.identity.kind not in {SubjectKind.PARTY, SubjectKind.VEHICLE}:
            continue
        there = craft.there(times)
        shown = _reached(sensor, craft.at(there)) & (chance.random(there.size) < sensor.detects)
        yield from (_near(sensor, craft.name, int(time), craft.identity.kind) for time in there[shown])
    for time in np.sort(chance.uniform(0.0, duration, int(chance.poisson(sensor.false_alarms * duration / HOUR)))):
        if on(sensor, np.array([time])).size:
            yield _near(sensor, "", int(time), SubjectKind.PARTY)


def _near(sensor: Ground, craft: str, time: Duration, kind: SubjectKind) -> Reading:
    return Reading(
        time=time,
        arrival=time,
        sensor=sensor.name,
        craft=craft,
        identity=Identity(kind=kind),
        east=sensor.at[0] * 1_000,
        north=sensor.at[1] * 1_000,
        accuracy=length(sensor.reach) / 2,
    )


def _worn(sensor: Sensor, reading: Reading, chance: np.random.Generator) -> Iterator[Reading]:
    """Return the report as it arrives: late, twice, of a wrong place, by a wrong clock."""
    late = round(chance.random() * span(sensor.late)) if sensor.late != "0 s" else 0
    east, north = reading.east, reading.north
    if sensor.wild and chance.random() < sensor.wild:
        reach = length(sensor.reach)
        east, north = east + chance.uniform(-reach, reach), north + chance.uniform(-reach, reach)
    time = reading.time - span(sensor.lag)
    worn = msgspec.structs.replace(reading, time=time, arrival=reading.arrival + late, east=east, north=north)
    yield worn
    if sensor.doubled and chance.random() < sensor.doubled:
        yield msgspec.structs.replace(worn, arrival=worn.arrival + 1)
