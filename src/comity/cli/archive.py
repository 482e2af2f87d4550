"""`comity archive`: what is in the archive of movements, and what moved in a period."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import msgspec

from comity.api.consulted import consulted
from comity.cli.main import printable
from comity.cli.options import FOLDER, JSON, OFFICER, encoded, named
from comity.detection.traffic_model import TrafficModel
from comity.foundation.archive.replay import MOST
from comity.foundation.store import archiving
from comity.node.assemble import Node, opened
from comity.vocabulary.fault import Fault, Missing, Refused
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


@archive.command()
@FOLDER
@click.option("--since", required=True, help="From when, like 2026-01-01.")
@click.option("--until", required=True, help="Until when: at most 366 days later.")
@click.option("--source", "sources", multiple=True, help="A feed to learn from; otherwise all.")
@OFFICER
@JSON
def learn(folder: Path, since: str, until: str, sources: tuple[str, ...], officer: str, as_json: bool) -> None:
    """Learn normal traffic from a period of the archive of the node in FOLDER: unusual motion is judged by it."""
    with opened(folder) as node:
        made = node.learning.learn(named(node, officer), read(since), read(until), sources)
    click.echo(encoded(_about(made)) if as_json else _told(made))


@archive.command()
@FOLDER
@JSON
def model(folder: Path, as_json: bool) -> None:
    """Tell from what the model of the node in FOLDER was learned."""
    with opened(folder) as node:
        kept = node.learning.model()
    if kept is None:
        raise Missing("nothing was learned yet", remedy="Have it learned: comity archive learn.")
    click.echo(encoded(_about(kept)) if as_json else _told(kept))


def _about(kept: TrafficModel) -> dict[str, object]:
    told = {name: value for name, value in msgspec.structs.asdict(kept).items() if name not in {"passages", "scores"}}
    times = {name: written(getattr(kept, name)) for name in ("learned", "since", "until")}
    return (
        told | times | {"passages": sum(row[3] for row in kept.passages), "watches": sum(row[2] for row in kept.scores)}
    )


def _told(kept: TrafficModel) -> str:
    about = _about(kept)
    return (
        f"model {kept.number}, learned {about['learned']} from {about['since']} to {about['until']}"
        f" ({printable(', '.join(kept.sources))}): {kept.movements} movements, {about['passages']} passages,"
        f" {about['watches']} watches in {kept.days:.2f} days"
    )


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
