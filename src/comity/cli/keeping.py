"""`comity ledger kept`, `hold`, `lift`: how long entries and our own records are kept, and what keeps some longer."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from comity.cli.options import FOLDER, JSON, OFFICER
from comity.foundation.store.holds import KeptHold
from comity.foundation.store.keeping import Kept
from comity.node.flow_expiring import OwnKept
from comity.vocabulary import instant

_REASON = click.option("--reason", required=True, help="Which proceedings, or which audit.")


class _Told(msgspec.Struct, frozen=True):
    term: str
    kept: Kept
    holds: list[KeptHold]
    terms: dict[str, str]
    records: list[OwnKept]


@click.command()
@FOLDER
@JSON
def kept(folder: Path, *, as_json: bool) -> None:
    """Tell how long the node in FOLDER keeps its log's entries and its own records, and what is kept beyond that."""
    from comity.cli import options  # noqa: PLC0415 - loads the whole node, which help need not wait for
    from comity.node.assemble import opened  # noqa: PLC0415

    with opened(folder) as node:
        records, retention = node.expiring.kept(), node.settings.retention
        terms = {each.kind: getattr(retention, each.kind) for each in records}
        told = _Told(retention.entries, *node.forgetting.kept(), terms, records)
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
    for each in told.records:
        because = "".join(f", {number:,} {reason}" for reason, number in sorted(each.because.items()))
        click.echo(f"{each.kind:<24}{told.terms[each.kind]}; {each.over:,} beyond it{because}")
    for hold in told.holds:
        what = hold.record or "everything"
        click.echo(f"hold {hold.sequence}: {what}, by {hold.officer} {instant.written(hold.since)}: {hold.reason}")


@click.command()
@FOLDER
@click.option("--record", default="", help="Id of a record  [default: everything]")
@_REASON
@OFFICER
def hold(folder: Path, *, record: str, reason: str, officer: str) -> None:
    """Keep entries of the node in FOLDER beyond their term, for proceedings or an audit.

    Of an alert, report or notice of its own, the record itself too, and such others as it names.
    """
    from comity.cli import options  # noqa: PLC0415 - loads the whole node, which help need not wait for
    from comity.node.assemble import opened  # noqa: PLC0415

    with opened(folder) as node:
        number = node.forgetting.hold(options.named(node, officer), record, reason)
    click.echo(f"hold {number}: entries on {record or 'everything'} are kept until it is lifted, own records too")


@click.command()
@FOLDER
@click.argument("number", type=click.IntRange(1))
@_REASON
@OFFICER
def lift(folder: Path, *, number: int, reason: str, officer: str) -> None:
    """End hold NUMBER of the node in FOLDER: what it kept beyond its term is erased or closed within a day."""
    from comity.cli import options  # noqa: PLC0415 - loads the whole node, which help need not wait for
    from comity.node.assemble import opened  # noqa: PLC0415

    with opened(folder) as node:
        node.forgetting.lift(options.named(node, officer), number, reason)
    click.echo(f"hold {number} is lifted")
