"""`comity dispute`: which lines on the map somebody disputes. The software shows them and settles none."""

from __future__ import annotations

import os
from pathlib import Path

import click

from comity.cli.main import printable
from comity.cli.options import JSON, encoded
from comity.node import disputes, settings
from comity.vocabulary.dispute import DisputedLine
from comity.vocabulary.place import Position


@click.group()
def dispute() -> None:
    """See which lines on the map somebody disputes."""


@dispute.command(name="list")
@click.argument("folder", required=False, type=click.Path(path_type=Path, exists=True, file_okay=False))
@JSON
def list_(folder: Path | None, as_json: bool) -> None:
    """List the disputed lines that come with the software, and with FOLDER those of that node's own file."""
    found = disputes.shipped()
    if folder is not None:
        own = settings.load(folder, os.environ).relations.disputes
        found = (*found, *disputes.load(folder, own))
    if as_json:
        click.echo(encoded(found))
        return
    for one in found:
        click.echo("\t".join(map(printable, _line(one))))


def _line(one: DisputedLine) -> tuple[str, ...]:
    claimed = f"claimed by {', '.join(one.claimants)}" if one.claimants else "the source names no claimants"
    begin, end = one.pieces[0][0], one.pieces[-1][-1]
    where = f"from {_place(begin)} to {_place(end)}"
    return one.name or "without a name", one.status, where, claimed, one.note, one.source


def _place(position: Position) -> str:
    north, east = position.latitude, position.longitude
    return f"{abs(north):.2f} {'N' if north >= 0 else 'S'} {abs(east):.2f} {'E' if east >= 0 else 'W'}"
