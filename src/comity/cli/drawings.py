"""The drawn pages of the documentation: tracks over truth, and one alert of each kind on a map, from simulated worlds.

Run `python -m comity.cli.drawings docs` (or `make pictures`) to draw them anew. The same rules draw the same bytes.
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import click

from comity.cli.chart import Chart
from comity.cli.findings import who
from comity.node import coastlines, watching
from comity.node.recorded import Findings, Look
from comity.node.settings import PictureSettings
from comity.picture.areas import Areas, read_geojson
from comity.picture.tracks import Picture
from comity.training import files, library
from comity.training.world import World
from comity.vocabulary.alert import Alert, AlertKind
from comity.vocabulary.handling import Handling
from comity.vocabulary.instant import MINUTE

SEED = 1
FOLDER = "pictures"
_WIDE = 165
"""Letters in a line below a map."""
_PAGE = """# Pictures of detection

Drawn by `make pictures` from simulated worlds (`comity simulate`, seed 1); do not edit. Everybody in them is invented.
How good the rules are is not seen here but measured by `benchmarks/detection.py`.

## Tracks over truth

Grey dots are a radar's plots, clutter among them, dashed lines the truth, brown lines the tracks made of the plots.

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


def looked(world: World) -> tuple[Findings, Areas]:
    """Return what a node finds in a world."""
    areas = Areas(read_geojson(files.areas(world)))
    rules = watching.detectors_of(
        watching.drawn(areas, PictureSettings(ports=files.ports(world))), areas, lambda _: Handling()
    )
    look = Look(Picture(), rules, watching.region_of(areas), wakes=True)
    for _, batch in groupby(world.reports(), key=lambda report: report.arrival // MINUTE):
        look.take([report.sighting for report in batch])
    return look.findings, areas


def tracks_over_truth() -> str:
    """Return a map of plots, truth and tracks."""
    world = World(library.load("tracks"), SEED)
    findings, _ = looked(world)
    plots = [report.sighting.position for report in world.reports() if report.sighting.position]
    ways = [[moment.position for moment in world.whereabouts(craft)] for craft in world.cast.crafts]
    chart = Chart([place for way in ways for place in way], title=f"Tracks over truth: {world.scenario.title}")
    chart.ground(coastlines.load())
    for place in plots:
        chart.dot(place, "plot", radius=0.9)
    for wake in findings.wakes.values():
        chart.line([place for _, place in wake.places()], "unknown")
    for way in ways:
        chart.line(way, "truth")
    chart.say(f"{len(ways)} boats, {len(plots):,} plots, {len(findings.tracks)} tracks")
    return chart.svg()


def alert_on_a_map(kind: AlertKind, name: str) -> str:
    """Return a map of the surest alert of the kind that the world has; empty if none is raised."""
    world = World(library.load(name), SEED)
    findings, areas = looked(world)
    alerts = [alert for alert in findings.alerts.values() if alert.kind is kind]
    if not alerts:
        return ""
    alert = max(alerts, key=lambda one: (_staged(one, world), one.confidence, one.id))
    own = [findings.wakes[track] for track in alert.tracks if track in findings.wakes]
    places = [place for wake in own for _, place in wake.places()]
    chart = Chart(
        [*places, alert.position], title=f"{kind.value.replace('-', ' ').capitalize()}: {world.scenario.title}"
    )
    chart.ground(coastlines.load())
    chart.areas(areas)
    for track, wake in findings.wakes.items():
        chart.line([place for _, place in wake.places()], "own" if track in alert.tracks else "other")
    for track, wake in zip(alert.tracks, own, strict=False):
        chart.dot(wake.places()[-1][1], "dot-known", who(findings.tracks[track].identity))
    chart.alerts([alert])
    _tell(chart, alert)
    return chart.svg()


def _staged(alert: Alert, world: World) -> bool:
    """Whether the alert is, by the numbers of its subjects, about something that the scenario staged."""
    found = {subject.mmsi for subject in alert.subjects if subject.mmsi is not None}
    identities = world.identities()
    return any(
        found & {identities[name].mmsi for name in one.crafts}
        for one in world.happenings()
        if one.kind == alert.kind.value
    )


def _tell(chart: Chart, alert: Alert) -> None:
    for label, text in (("Why", alert.explanation), ("Unless", alert.would_change)):
        for line in textwrap.wrap(f"{label}: {text}", _WIDE):
            chart.say(line)


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
