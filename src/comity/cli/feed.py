"""`comity feed`: which feeds can be read, and what is in a recording of one."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from comity.sources import station
from comity.sources.feed import described, open_stream, read_file
from comity.sources.origin import Origin
from comity.sources.report import Summary
from comity.sources.stream import Stream
from comity.sources.wanted import read_file as read_wanted
from comity.vocabulary import instant
from comity.vocabulary.fault import Fault, Missing
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.sighting import Sighting

_ROWS = {
    "sentences": "sentences, rows or plots",
    "own": "reports of the receiving station itself",
    "messages": "messages decoded",
    "rejected": "rejected",
    "untimed": "without a time, so no sighting",
    "sightings": "sightings",
    "subjects": "subjects",
    "first": "first",
    "last": "last",
}


@click.group()
def feed() -> None:
    """Read recordings and feeds of sensors."""


@feed.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def formats(as_json: bool) -> None:
    """List the formats that feeds can have."""
    if as_json:
        click.echo(msgspec.json.encode(described()).decode())
        return
    table = Table("format", "what it is", box=None, header_style="bold")
    for name, words in described().items():
        table.add_row(name, words)
    Console(highlight=False).print(table)


@feed.command()
@click.argument("format_name", metavar="FORMAT")
@click.argument("files", metavar="FILE…", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the counts as one JSON object.")
@click.option("--records", is_flag=True, help="Print every sighting, a JSON object a line, instead of the counts.")
@click.option("--source", default="file", show_default=True, help="What the sightings name as their source.")
@click.option("--begin", help="When a recording began whose own clock tells no day: RFC 3339.")
@click.option("--station", "stations", multiple=True, help="Where a sensor stands: [SAC/SIC=]lat,lon[,height].")
@click.option("--wanted", type=click.Path(path_type=Path), help="The list of wanted plates, for plate readers.")
def read(
    format_name: str,
    files: tuple[Path, ...],
    *,
    as_json: bool,
    records: bool,
    source: str,
    begin: str | None,
    stations: tuple[str, ...],
    wanted: Path | None,
) -> None:
    """Read FILEs of FORMAT one after another, as one feed, and tell what is in them.

    What cannot be used is counted by name; the exit code is 0 all the same, since receivers' recordings are never
    clean. A file whose name ends in .gz is unpacked on the way.
    """
    if as_json and records:
        raise Fault("--json prints counts and --records prints sightings", remedy="Choose one of the two.")
    origin = Origin(
        source=source,
        begin=None if begin is None else instant.read(begin),
        stations=tuple(station.read(text) for text in stations),
        wanted=None if wanted is None else read_wanted(wanted, frozenset(Purpose)),
    )
    stream = open_stream(format_name, origin)
    _must_be_there(files)
    sightings = _sightings(files, stream)
    if records:
        _print_records(sightings)
        return
    for _ in sightings:
        pass
    summary = stream.report.summary()
    if as_json:
        click.echo(msgspec.json.encode(summary).decode())
    else:
        _print_table(summary)


def _must_be_there(files: tuple[Path, ...]) -> None:
    for file in files:
        if not file.is_file():
            raise Missing("there is no such file", where=str(file), remedy="Check the path.")


def _sightings(files: tuple[Path, ...], stream: Stream) -> Iterator[Sighting]:
    for file in files:
        yield from read_file(file, stream)


def _print_records(sightings: Iterator[Sighting]) -> None:
    encoder = msgspec.json.Encoder()
    try:
        for sighting in sightings:
            sys.stdout.write(encoder.encode(sighting).decode() + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        sys.stdout = None  # whoever read has had enough


def _print_table(summary: Summary) -> None:
    console = Console(highlight=False)
    counts = Table(show_header=False, box=None)
    for name, words in _ROWS.items():
        value = getattr(summary, name)
        counts.add_row(words, f"{value:,}" if isinstance(value, int) else value or "none", style=_style(name, value))
    console.print(counts)
    if summary.faults:
        faults = Table("fault", "times", "first", title="What could not be used", title_justify="left", box=None)
        for name, count in summary.faults.items():
            faults.add_row(name, f"{count:,}", escape(summary.examples.get(name, "")))
        console.print()
        console.print(faults)
    if summary.untimed and not summary.sightings:
        console.print(
            "\nNo message carries a time. Record with tag blocks or time lines, tell by --begin when the receiver's own"
            " clock began, or connect the feed live."
        )


def _style(name: str, value: object) -> str:
    return "yellow" if name in {"rejected", "untimed"} and value else ""
