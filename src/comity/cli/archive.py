"""`comity archive`: what is in the archive of movements, and what moved in a period."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import msgspec

from comity.api.consulted import consulted
from comity.cli.main import printable
from comity.cli.options import FOLDER, JSON, OFFICER, encoded, named
from comity.foundation.archive.replay import MOST
from comity.foundation.store import archiving
from comity.node.assemble import Node, opened
from comity.vocabulary.fault import Fault, Refused
from comity.vocabulary.instant import LATEST, read, written
from comity.vocabulary.movement import Box, Movement, Period
from comity.vocabulary.officer import Officer, Role

_PATIENCE = 60.0
"""Seconds that a page may take."""


@click.group()
def archive() -> None:
    """Replay what moved, and see what the archive holds."""


@archive.command()
@FOLDER
@JSON
def show(folder: Path, as_json: bool) -> None:
    """Tell what the archive of the node in FOLDER holds, a line for each day: no movement is shown."""
    with opened(folder) as node, node.store.reading() as transaction:
        days = archiving.days(transaction)
        behind, orders = archiving.behind(transaction), archiving.waiting(transaction)
    if as_json:
        told = [msgspec.to_builtins(day) | {"day": written(day.day)[:10]} for day in days]
        click.echo(encoded({"days": told, "not_archived_yet": behind, "orders_open": orders}))
        return
    for day in days:
        click.echo(f"{written(day.day)[:10]}\t{day.rows} rows\t{day.files} files\t{day.cells} cells\t{day.size} bytes")
    click.echo(f"{behind} sightings are not archived yet, {orders} records wait to be taken out")


@archive.command()
@FOLDER
@click.option("--since", required=True, help="From when, like 2026-01-01T12:00:00Z.")
@click.option("--until", required=True, help="Until when: at most 31 days later.")
@click.option("--known", default="", help="As known at this moment; otherwise as it was, by all that is known now.")
@click.option("--area", default="", help="South,west,north,east in degrees.")
@click.option("--limit", type=click.IntRange(1, 1_000_000), default=10_000, show_default=True, help="How many at most.")
@OFFICER
@JSON
def replay(
    folder: Path, since: str, until: str, *, known: str, area: str, limit: int, officer: str, as_json: bool
) -> None:
    """Print what moved in a period at the node in FOLDER, in the order of time; the look is entered in the log.

    With --json one JSON object a line.
    """
    period = Period(
        since=read(since),
        until=read(until),
        known=read(known) if known else LATEST,
        box=_box(area) if area else None,
    )
    with opened(folder) as node:
        caller = named(node, officer)
        if caller.role is Role.ADMINISTRATOR:
            raise Refused(f"the role {caller.role.value} sees no records", remedy="Ask a duty officer.")
        for movement in _all(node, caller, period, limit):
            click.echo(msgspec.json.encode(movement).decode() if as_json else _line(movement))


def _all(node: Node, officer: Officer, period: Period, limit: int) -> Iterator[Movement]:
    """Yield page after page, each look entered as that through the API is."""
    after, left = (-1, -1), limit
    while left:
        asked = min(left, MOST)
        with consulted(node.store, officer, "archive") as act:
            found = node.archive.replay(act, period, after=after, limit=asked, patience=_PATIENCE)
        yield from found
        if len(found) < asked:
            return
        after, left = (found[-1].sighting.time, found[-1].sequence), left - len(found)


def _box(text: str) -> Box:
    try:
        return msgspec.convert(dict(zip(Box.__struct_fields__, map(float, text.split(",")), strict=True)), Box)
    except (ValueError, msgspec.ValidationError) as error:
        raise Fault("that is no area", where=text[:80], remedy="Write south,west,north,east in degrees.") from error


def _line(movement: Movement) -> str:
    sighting = movement.sighting
    position = sighting.position
    place = "" if position is None else f"{position.latitude:.5f} {position.longitude:.5f}"
    who = " ".join(str(each) for each in (sighting.identity.mmsi, sighting.identity.name) if each is not None)
    return "\t".join(map(printable, (written(sighting.time), sighting.source, movement.track, place, who)))
