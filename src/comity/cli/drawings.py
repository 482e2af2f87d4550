"""The drawn pages of the documentation: tracks over truth, and one alert of each kind on a map, from simulated worlds.

Run `python -m comity.cli.drawings docs` (or `make pictures`) to draw them anew. The same rules draw the same bytes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from comity.cli.chart import Chart
from comity.cli.scene import scene
from comity.cli.staged import staged
from comity.foundation.geodesy import offset
from comity.node import coastlines
from comity.training import library
from comity.training.world import World
from comity.vocabulary.alert import Alert, AlertKind
from comity.vocabulary.instant import written

SEED = 1
FOLDER = "pictures"
_PAGE = """# Pictures of detection

Drawn by `make pictures` from simulated worlds (`comity simulate`, seed 1); do not edit. Everybody in them is invented.
How good the rules are is not seen here but measured by `benchmarks/detection.py`.

Each map shows one alert: blue the tracks that it is about, with the hours in UTC along them, red where it is and which
reports it stands on, grey what else was under way meanwhile; below it what the rule says, and what would
change its mind. All rules are on, that of encounters too, which a node has off; unusual motion is judged by what two
days taught.

## Tracks over truth

![Tracks over truth](pictures/tracks-over-truth.svg)
"""


def drawn() -> Iterator[tuple[str, str]]:
    """Yield the path below `docs/` and the text of each drawing, and of the page that shows them."""
    yield f"{FOLDER}/tracks-over-truth.svg", tracks_over_truth()
    parts = [_PAGE]
    for kind in AlertKind:
        name = scenario_of(kind)
        svg = name and alert_on_a_map(kind, name)
        words = kind.value.replace("-", " ").capitalize()
        if svg:
            yield f"{FOLDER}/alert-{kind.value}.svg", svg
            parts.append(f"## {words}\n\n![{words}]({FOLDER}/alert-{kind.value}.svg)\n")
        else:
            why = f"no alert of the kind is raised in `{name}`" if name else "no scenario that comes along has one"
            parts.append(f"## {words}\n\nNot drawn: {why}.\n")
    yield "pictures.md", "\n".join(parts)


def scenario_of(kind: AlertKind) -> str:
    """Return the scenario in which one of the kind is to be found; empty if there is none."""
    if kind.value in library.names():
        return kind.value
    has = (
        name
        for name in library.names()
        if any(event.kind == kind.value for group in library.load(name).groups for event in group.events)
    )
    return next(has, "")


def tracks_over_truth() -> str:
    """Return a map of plots, truth and tracks."""
    found = staged(World(library.load("tracks"), SEED))
    world, wakes = found.world, found.findings.wakes
    plots = [report.sighting.position for report in found.reports if report.sighting.position]
    ways = {craft.name: [moment.position for moment in world.whereabouts(craft)] for craft in world.cast.crafts}
    begin, end = written(world.began), written(world.began + world.duration)
    chart = Chart(
        [place for way in ways.values() for place in way],
        title=f"Tracks over truth: {world.scenario.title}",
        told=f"{begin[:10]} {begin[11:16]} to {end[11:16]} UTC: {len(ways)} boats, {len(plots):,} plots,"
        f" {len(found.findings.tracks)} tracks. Everybody is invented.",
    )
    chart.ground(coastlines.load())
    for place in plots:
        chart.dot(place, "plot", radius=1.1)
    for wake in wakes.values():
        chart.line([place for _, place in wake.places()], "unknown")
    for name, way in ways.items():
        chart.line(way, "truth")
        chart.head(way, "head-truth")
        chart.label(way[-1], name.replace("-", " "), "truth-name", keep=5.0)
    radar = world.scenario.sensors[0]
    chart.sensor(offset(world.scenario.place, radar.at[0] * 1_000, radar.at[1] * 1_000), radar.name, ())
    chart.key('<circle class="key plot" cx="11" cy="0" r="1.6"/>', "plot of the radar, clutter among them")
    chart.key('<path class="key truth" d="M0 0h22"/>', "how a boat really went")
    chart.key('<path class="key unknown" d="M0 0h22"/>', "track made of the plots")
    chart.key('<path class="key sensor" d="M11 -5l5 9h-10z"/>', "sensor")
    return chart.svg()


def alert_on_a_map(kind: AlertKind, name: str) -> str:
    """Return a map of the surest alert of the kind that the world has; empty if none is raised."""
    found = staged(World(library.load(name), SEED))
    alerts = [alert for alert in found.findings.alerts.values() if alert.kind is kind]
    if not alerts:
        return ""
    return scene(found, max(alerts, key=lambda one: (_staged(one, found.world), one.confidence, one.id)))


def _staged(alert: Alert, world: World) -> bool:
    """Whether the alert is, by the numbers of its subjects, about something that the scenario staged."""
    known = {subject.mmsi for subject in alert.subjects if subject.mmsi is not None}
    identities = world.identities()
    return any(
        known & {identities[name].mmsi for name in one.crafts}
        for one in world.happenings()
        if one.kind == alert.kind.value
    )


def main(folder: Path) -> None:
    """Write every drawing below `folder`, and remove those that are drawn no more."""
    written = set()
    for path, text in drawn():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
        written.add(folder / path)
        click.echo(path)
    for old in (folder / FOLDER).glob("*.svg"):
        if old not in written:
            old.unlink()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
