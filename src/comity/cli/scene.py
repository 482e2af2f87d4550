"""A scene: one alert of a made world on a map, as an officer would have it explained: who, where, when, and by what."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping
from itertools import pairwise
from statistics import median

from comity.cli.chart import Chart
from comity.cli.findings import who
from comity.cli.staged import Staged
from comity.foundation.geodesy import offset, plane
from comity.node import coastlines
from comity.training.measure import length
from comity.vocabulary.alert import Alert
from comity.vocabulary.instant import DAY, MINUTE, Duration, Instant, written
from comity.vocabulary.place import Position
from comity.vocabulary.subject import SubjectKind

Way = list[tuple[Instant, Position]]
_WIDE = 165
"""Letters in a line below a map."""
_AROUND: Duration = 12 * MINUTE
"""How much is shown of what went before and came after."""
_SILENT: Duration = 12 * MINUTE
"""Longer between two places than this, and than three times what is usual of the track: nobody saw it."""
_HOURS = tuple(minutes * MINUTE for minutes in (5, 10, 15, 20, 30, 60, 120, 180, 360, 720, 1440))
_MANY = 7
"""Times written along one way."""
_SIGNS = {
    "own": ('<path class="key own" d="M0 0h22"/>', "its track, with times (UTC)"),
    "usual": ('<circle class="key plot" cx="11" cy="0" r="1.6"/>', "reports that what is usual was learned from"),
    "gap": ('<path class="key gap" d="M0 0h22"/>', "nothing heard or seen of it"),
    "truth": ('<path class="key truth" d="M0 0h22"/>', "how they really went"),
    "other": ('<path class="key other" d="M0 0h22"/>', "other tracks meanwhile"),
    "alert": ('<circle class="key alert" cx="11" cy="0" r="6"/>', "where the alert is"),
    "report": ('<circle class="key report" cx="11" cy="0" r="2.2"/>', "reports that it stands on"),
    "sensor": ('<path class="key sensor" d="M11 -5l5 9h-10z"/>', "sensor, dotted its reach"),
    "area": ('<path class="key area" d="M0 0h22"/>', "area"),
}


def scene(staged: Staged, alert: Alert) -> str:
    """Return the map of an alert as SVG."""
    world, found = staged.world, staged.findings
    begin, end = alert.time - _AROUND, alert.until + _AROUND
    wakes = {track: [one for one in wake.places() if begin <= one[0] <= end] for track, wake in found.wakes.items()}
    own = {track: wakes[track] for track in alert.tracks if wakes.get(track)}
    reports = [r.sighting for r in staged.reports if r.sighting.id in set(alert.sightings)]
    seen = [report.position for report in reports if report.position]
    truth = {} if own else _truth(staged, alert)
    places = [place for way in (*own.values(), *truth.values()) for _, place in way]
    sure = f"severity {alert.severity.value}, confidence {alert.confidence:.2f}"
    chart = Chart(
        [*(places or seen), alert.position],
        title=f"{alert.kind.value.replace('-', ' ').capitalize()}: {world.scenario.title}",
        told=f"{_period(alert)} UTC, {sure}. Everybody is invented.",
        land=any(area.kind == "land" for area in world.scenario.areas) or bool(truth),
    )
    chart.ground(coastlines.load())
    chart.areas(staged.areas)
    for report in staged.learned:
        if report.sighting.position:
            chart.dot(report.sighting.position, "plot", radius=1.0)
    others = [[place for _, place in way] for track, way in wakes.items() if way and track not in own]
    for way in others:
        chart.line(way, "other")
        chart.head(way, "head-other")
    chart.ring(alert)
    for track, steps in own.items():
        identity = found.tracks[track].identity
        _own(chart, steps, identity.name or who(identity))
    for steps in truth.values():
        chart.line([place for _, place in steps], "truth")
        chart.head([place for _, place in steps], "head-truth")
        chart.label(steps[0][1], written(steps[0][0])[:16].replace("T", " "), "hour-name", keep=3.0)
    for place in seen:
        chart.dot(place, "report", radius=1.6)
    _sensors(chart, staged)
    drawn = {"own": own, "usual": staged.learned, "gap": any(map(_gaps, own.values())), "truth": truth}
    _explain(chart, alert, {**drawn, "other": others, "area": staged.areas.names()})
    return chart.svg()


def _own(chart: Chart, way: Way, name: str) -> None:
    """Draw the track that it is about: where nobody saw it dashed, with its name at the end and times along it."""
    places = [place for _, place in way]
    gaps = _gaps(way)
    begins = [0, *(k + 1 for k in gaps)]
    for begin, end in zip(begins, [*begins[1:], len(way)], strict=True):
        chart.line(places[begin:end], "own")
    for k in gaps:
        chart.line(places[k : k + 2], "gap")
    chart.head(places, "head")
    chart.label(places[-1], name, "own-name", keep=5.0)
    step = next((each for each in _HOURS if (way[-1][0] - way[0][0]) / each <= _MANY), _HOURS[-1])
    for number, (one, other) in enumerate(pairwise(way)):
        for time in range(one[0] // step * step + step, other[0] + 1, step) if number not in gaps else ():
            place = _between(one, other, time)
            chart.dot(place, "hour", radius=2.4)
            chart.label(place, _clock(time), "hour-name", keep=3.0)


def _sensors(chart: Chart, staged: Staged) -> None:
    scenario = staged.world.scenario
    for sensor in scenario.sensors:
        east, north = (each * 1_000 for each in sensor.at)
        reach = length(sensor.reach)
        turns = [math.radians(degrees) for degrees in range(0, 361, 3)]
        ring = [offset(scenario.place, east + reach * math.sin(turn), north + reach * math.cos(turn)) for turn in turns]
        chart.sensor(offset(scenario.place, east, north), sensor.name, ring)


def _explain(chart: Chart, alert: Alert, drawn: Mapping[str, object]) -> None:
    for name, (sign, words) in _SIGNS.items():
        if drawn.get(name, True):
            chart.key(sign, words)
    for label, text in (("Why", alert.explanation), ("Unless", alert.would_change)):
        for line in textwrap.wrap(f"{label}: {text}", _WIDE):
            chart.say(line)


def _truth(staged: Staged, alert: Alert) -> dict[str, Way]:
    """Return how those really went whom the sightings are of: an alert about a place names no track."""
    named = set(alert.sightings)
    crafts = {report.craft for report in staged.reports if report.sighting.id in named and report.craft}
    world = staged.world
    return {
        name: [(moment.time, moment.position) for moment in world.whereabouts(world.craft(name))]
        for name in sorted(crafts)
        if world.craft(name).identity.kind is SubjectKind.PARTY
    }


def _between(one: tuple[Instant, Position], other: tuple[Instant, Position], time: Instant) -> Position:
    """Return where it was at a time between two that are near each other."""
    share = (time - one[0]) / (other[0] - one[0])
    east, north = plane(one[1], other[1])
    return offset(one[1], east * share, north * share)


def _gaps(way: Way) -> list[int]:
    """Return the numbers of the places after which nobody saw it for long."""
    steps = [later - time for (time, _), (later, _) in pairwise(way)]
    least = max(_SILENT, 3 * median(steps)) if steps else 0
    return [k for k, step in enumerate(steps) if step > least]


def _clock(time: Instant) -> str:
    return written(time)[11:16]


def _period(alert: Alert) -> str:
    """Return when it was, with the second day where that is another."""
    begin, end = written(alert.time)[:16].replace("T", " "), written(alert.until)[:16].replace("T", " ")
    if begin == end:
        return begin
    return f"{begin} to {end if alert.time // DAY != alert.until // DAY else end[11:]}"
