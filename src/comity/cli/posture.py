"""`comity posture`: narrow or widen relations with a partner, and see beforehand what stops."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click
import msgspec

from comity.cli.main import printable
from comity.cli.options import FOLDER, JSON, OFFICER, encoded, named
from comity.foundation.store import partners, postures
from comity.foundation.store.postures import KeptPosture
from comity.node.assemble import opened
from comity.node.flow_posture import Flow, Preview
from comity.vocabulary.instant import Instant, read, written
from comity.vocabulary.partner import Station
from comity.vocabulary.posture import Posture

_PARTNER = click.argument("partner")
_POSTURE = click.argument("posture", type=click.Choice([posture.value for posture in Posture]))
_MOST = 1_000


@click.group()
def posture() -> None:
    """Narrow or widen relations with a partner."""


@posture.command(name="set")
@FOLDER
@_PARTNER
@_POSTURE
@click.option("--reason", required=True, help="Why, for the node's own log; the partner does not learn it.")
@click.option("--review", required=True, help="When it must be looked at again, like 2026-12-31.")
@OFFICER
@JSON
def set_(folder: Path, partner: str, posture: str, *, reason: str, review: str, officer: str, as_json: bool) -> None:
    """Set the POSTURE of the node in FOLDER towards PARTNER: it counts at once, for what is on its way too."""
    with opened(folder) as node:
        made = node.postures.set(named(node, officer), partner, Posture(posture), reason, read(review))
    click.echo(encoded(_fields(made)) if as_json else f"relations with {partner} are {posture} from now on")


@posture.command()
@FOLDER
@_PARTNER
@_POSTURE
@OFFICER
@JSON
def preview(folder: Path, partner: str, posture: str, officer: str, as_json: bool) -> None:
    """Show what would stop if the node in FOLDER set this POSTURE towards PARTNER. Nothing is changed."""
    with opened(folder) as node:
        found = node.postures.preview(named(node, officer), partner, Posture(posture))
    if as_json:
        click.echo(encoded(found))
        return
    click.echo("\n".join(_told(found)))


@posture.command(name="list")
@FOLDER
@click.option("--partner", default="", help="This one alone, with all that was set before.")
@JSON
def list_(folder: Path, partner: str, as_json: bool) -> None:
    """List the postures of the node in FOLDER towards its partners."""
    with opened(folder) as node:
        now = node.clock.now()
        with node.store.reading() as transaction:
            everyone = [one.name for one in partners.all(transaction) if one.station is Station.NODE]
            found = postures.history(transaction, partner, _MOST) if partner else postures.all(transaction)
    if as_json:
        click.echo(encoded([_fields(kept) | {"due": kept.review <= now} for kept in found]))
        return
    for kept in found:
        click.echo("\t".join(map(printable, _line(kept, now))))
    unset = [name for name in everyone if name not in {kept.partner for kept in found} and partner in ("", name)]
    for name in unset:
        click.echo(f"{name}\t{Posture.OPEN.value}\tnobody has set any")


def _told(found: Preview) -> list[str]:
    heading = f"{found.partner}: {found.now.value} becomes {found.then.value}"
    unseen = [f"{found.unseen} more messages wait and were not looked at"] if found.unseen else []
    return [heading, *_flows("stop", found.stops), *_flows("begin", found.begins), *unseen]


def _flows(word: str, flows: Iterable[Flow]) -> list[str]:
    lines = [f"  {flow.kind}\t{printable(flow.words)}" for flow in flows]
    return [f"{len(lines)} {word}{'s' if len(lines) == 1 else ''}", *lines]


def _fields(kept: KeptPosture) -> dict[str, object]:
    return {
        **msgspec.to_builtins(kept),
        "since": written(kept.since),
        "review": written(kept.review),
    }


def _line(kept: KeptPosture, now: Instant) -> tuple[str, ...]:
    late = "review was due" if kept.review <= now else "review"
    return (
        *(kept.partner, kept.posture.value, f"since {written(kept.since)}", f"{late} {written(kept.review)}"),
        *(kept.officer, kept.reason),
    )
