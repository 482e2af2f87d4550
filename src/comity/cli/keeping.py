"""`comity ledger kept`, `hold` and `lift`: how long the entries of a log can be opened, and what keeps some longer."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from comity.cli.options import FOLDER, JSON, OFFICER
from comity.foundation.store.holds import KeptHold
from comity.foundation.store.keeping import Kept
from comity.vocabulary import instant

_REASON = click.option("--reason", required=True, help="Which proceedings, or which audit.")


class _Told(msgspec.Struct, frozen=True):
    term: str
    kept: Kept
    holds: list[KeptHold]


@click.command()
@FOLDER
@JSON
def kept(folder: Path, *, as_json: bool) -> None:
    """Tell how much of the log of the node in FOLDER can be opened, until when, and what is held beyond that."""
    from comity.cli import options  # noqa: PLC0415 - loads the whole node, which help need not wait for
    from comity.node.assemble import opened  # noqa: PLC0415

    with opened(folder) as node:
        told = _Told(node.settings.retention.entries, *node.forgetting.kept())
    if as_json:
        click.echo(options.encoded(told))
        return
    oldest = instant.written(told.kept.oldest) if told.kept.oldest is not None else "none"
    for words, value in (
        ("entries", f"{told.kept.entries:,}"),
        ("term of an entry", f"{told.term}, and as long after what it tells of is gone"),
        ("closed for good", f"{told.kept.closed:,}"),
        ("kept beyond their term", f"{told.kept.over:,}"),
        ("oldest within its term", oldest),
    ):
        click.echo(f"{words:<24}{value}")
    for hold in told.holds:
        what = hold.record or "all entries"
        click.echo(f"hold {hold.sequence}: {what}, by {hold.officer} {instant.written(hold.since)}: {hold.reason}")


@click.command()
@FOLDER
@click.option("--record", default="", help="Id of the record that the entries tell of  [default: all entries]")
@_REASON
@OFFICER
def hold(folder: Path, *, record: str, reason: str, officer: str) -> None:
    """Keep entries of the node in FOLDER beyond their term, for proceedings or an audit."""
    from comity.cli import options  # noqa: PLC0415 - loads the whole node, which help need not wait for
    from comity.node.assemble import opened  # noqa: PLC0415

    with opened(folder) as node:
        number = node.forgetting.hold(options.named(node, officer), record, reason)
    click.echo(f"hold {number}: entries on {record or 'everything'} are kept until it is lifted")


@click.command()
@FOLDER
@click.argument("number", type=click.IntRange(1))
@_REASON
@OFFICER
def lift(folder: Path, *, number: int, reason: str, officer: str) -> None:
    """End hold NUMBER of the node in FOLDER: what it kept beyond its term is closed within a day."""
    from comity.cli import options  # noqa: PLC0415 - loads the whole node, which help need not wait for
    from comity.node.assemble import opened  # noqa: PLC0415

    with opened(folder) as node:
        node.forgetting.lift(options.named(node, officer), number, reason)
    click.echo(f"hold {number} is lifted")
