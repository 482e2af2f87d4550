"""`comity picture`: what a recording becomes: tracks, alerts, and a chart of both, without node or database."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import click
import msgspec

from comity.cli import findings as shown
from comity.cli.chart import Chart
from comity.node import coastlines, watching
from comity.node.recorded import Findings, Look
from comity.picture.areas import Areas, read_geojson
from comity.picture.tracks import Picture
from comity.sources import station
from comity.sources.feed import open_stream, read_file
from comity.sources.origin import Origin
from comity.sources.stream import Stream
from comity.sources.wanted import read_file as read_wanted
from comity.vocabulary import instant
from comity.vocabulary.fault import Fault, Missing
from comity.vocabulary.instant import written
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.sighting import Sighting

_PACE, _SLOW_PACE = 1.0, 30.0
"""Wall seconds between two words of progress, on a screen and in a log."""
_FILE = click.Path(path_type=Path)


@click.group()
def picture() -> None:
    """Turn recordings into tracks and alerts, as a node would."""


@picture.command()
@click.option("--format", "format_name", required=True, help="As `comity feed formats` lists them.")
@click.argument("files", metavar="FILE…", nargs=-1, required=True, type=_FILE)
@click.option(
    "--with", "others", multiple=True, nargs=2, metavar="FORMAT FILE", help="Another feed beside it, merged by time."
)
@click.option("--source", default="file", show_default=True, help="What the sightings of FILE… name as their source.")
@click.option("--begin", help="When a recording began whose own clock tells no day: RFC 3339.")
@click.option("--station", "stations", multiple=True, help="Where a sensor stands: [SAC/SIC=]lat,lon[,height].")
@click.option("--wanted", type=_FILE, help="The list of wanted plates, for plate readers.")
@click.option("--areas", type=_FILE, help="Areas as GeoJSON: borders between those drawn as waters or land, regions.")
@click.option("--settings", type=_FILE, help="A node.toml: what [picture] says, and how [[feed]]s are handled.")
@click.option("--tracks", is_flag=True, help="Print each track.")
@click.option("--alerts", is_flag=True, help="Print each alert, in words.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object a line (docs/formats/picture-run.md).")
@click.option("--map", "chart", type=_FILE, help="Draw tracks and alerts over the coastline into this SVG file.")
@click.option("--coastline", type=_FILE, help="Another coastline for the map than the one that comes along.")
def run(
    format_name: str,
    files: tuple[Path, ...],
    *,
    others: tuple[tuple[str, str], ...],
    source: str,
    begin: str | None,
    stations: tuple[str, ...],
    wanted: Path | None,
    areas: Path | None,
    settings: Path | None,
    tracks: bool,
    alerts: bool,
    as_json: bool,
    chart: Path | None,
    coastline: Path | None,
) -> None:
    """Run FILEs of one format, one after another as one feed, through the picture and the rules that watch it.

    Time is the recording's own, the thresholds are a node's, and nothing is stored. Prints counts, and the tracks and
    alerts that are asked for. A file whose name ends in .gz is unpacked on the way. Exits with 1 if nothing in the
    recording is a sighting.
    """
    origin = Origin(
        source=source,
        begin=None if begin is None else instant.read(begin),
        stations=tuple(station.read(text) for text in stations),
        wanted=None if wanted is None else read_wanted(wanted, frozenset(Purpose)),
    )
    watched, known = _watched(settings, areas)
    handling = watching.handling_of(watched.feed)
    look = Look(
        Picture(),
        watching.detectors_of(watched.picture, known, handling, watching.coast_of(coastline), _folder(settings)),
        watching.region_of(known),
        wakes=chart is not None,
    )
    if chart is not None and not chart.absolute().parent.is_dir():
        raise Missing("there is no such folder", where=str(chart.parent), remedy="Make it first.")
    drawn = coastlines.load(coastline) if coastline else coastlines.load()
    streams = _streams(format_name, files, origin, others)
    found = _run(look, [_sightings(paths, stream) for paths, stream in streams.values()])
    read = {name: stream.report.summary() for name, (_, stream) in streams.items()}
    if not found.sightings:
        raise _nothing(streams)
    if as_json:
        _print(msgspec.json.encode(one).decode() for one in shown.json_lines(found, read, tracks=tracks, alerts=alerts))
    else:
        _print(shown.words(found, read, tracks=tracks, alerts=alerts))
    if chart is not None:
        title = f"{', '.join(read)}, {written(found.first or 0)} to {written(found.last or 0)}"
        chart.write_text(Chart.of(found, known, drawn, title=title).svg(), "utf-8")


def _watched(settings: Path | None, areas: Path | None) -> tuple[watching.Watched, Areas]:
    """Return the settings and the areas; where the areas are given by themselves, what they are drawn as counts."""
    watched = watching.Watched()
    if settings is not None:
        watched = watching.read(_text(settings), str(settings))
    if areas is None:
        folder = _folder(settings)
        if watched.picture.areas and not (folder / watched.picture.areas).is_file():
            raise Missing("there is no such file", where=str(folder / watched.picture.areas), remedy="Check the path.")
        return watched, watching.areas_of(watched.picture, folder)
    known = Areas(read_geojson(_text(areas), str(areas)))
    chosen = watching.drawn(known, watched.picture)
    watching.expect(known, chosen, str(areas), _folder(settings))
    return msgspec.structs.replace(watched, picture=chosen), known


def _folder(settings: Path | None) -> Path:
    """Return where the files are that the settings name."""
    return settings.parent if settings else Path()


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except FileNotFoundError as error:
        raise Missing("there is no such file", where=str(file), remedy="Check the path.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise Fault("the file cannot be read as UTF-8 text", where=str(file), remedy="Check it.") from error


def _streams(
    format_name: str, files: tuple[Path, ...], origin: Origin, others: tuple[tuple[str, str], ...]
) -> dict[str, tuple[tuple[Path, ...], Stream]]:
    """Return files and stream of each feed, by its name."""
    streams = {origin.source: (files, open_stream(format_name, origin))}
    for name, text in others:
        file = Path(text)
        source = re.sub(r"[^a-z0-9.-]+", "-", file.name.split(".")[0].lower()).strip("-.") or "other"
        if source in streams:
            raise Fault(f"two feeds are named {source!r}", where=text, remedy="Rename the file, or give --source.")
        streams[source] = ((file,), open_stream(name, msgspec.structs.replace(origin, source=source)))
    for paths, _ in streams.values():
        for file in paths:
            if not file.is_file():
                raise Missing("there is no such file", where=str(file), remedy="Check the path.")
    return streams


def _sightings(files: Iterable[Path], stream: Stream) -> Iterator[Sighting]:
    for file in files:
        yield from read_file(file, stream)


def _run(look: Look, feeds: list[Iterator[Sighting]]) -> Findings:
    """Run to the end, telling on the way, on stderr, how far it is where that takes long."""
    begun = told = time.monotonic()
    screen = sys.stderr.isatty()
    for found in look.run(feeds):
        now = time.monotonic()
        if now - told >= (_PACE if screen else _SLOW_PACE):
            told = now
            _tell(found, now - begun, screen=screen)
    if screen and told > begun:
        _tell(look.findings, time.monotonic() - begun, screen=screen)
        click.echo(err=True)
    return look.findings


def _tell(found: Findings, seconds: float, *, screen: bool) -> None:
    line = (
        f"{found.sightings:,} sightings until {written(found.last or 0)}, {len(found.tracks):,} tracks,"
        f" {len(found.alerts):,} alerts, {found.sightings / max(seconds, 1e-9):,.0f} sightings/s"
    )
    click.echo(f"\r\x1b[K{line}" if screen else line, err=True, nl=not screen)


def _nothing(streams: dict[str, tuple[tuple[Path, ...], Stream]]) -> Fault:
    reports = [stream.report for _, stream in streams.values()]
    where = ", ".join(str(file) for files, _ in streams.values() for file in files)
    if any(report.untimed for report in reports):
        remedy = "Record with tag blocks or time lines, or tell by --begin when the receiver's own clock began."
        return Fault("no message carries a time, so there is no sighting", where=where, remedy=remedy)
    faults = [name for report in reports for name in report.faults]
    what = f"there is no sighting in it ({', '.join(faults[:3])})" if faults else "there is no sighting in it"
    return Fault(what, where=where, remedy="Check the format: comity feed read FORMAT FILE tells what was refused.")


def _print(lines: Iterable[str]) -> None:
    try:
        for line in lines:
            sys.stdout.write(line + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        sys.stdout = None  # whoever read has had enough
