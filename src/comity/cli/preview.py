"""`comity agreement preview`: what a partner would see of a record, before anything is sent."""

from __future__ import annotations

from pathlib import Path

import click

from comity.agreements.permit import Permit
from comity.cli import asking
from comity.cli.main import printable
from comity.cli.options import FOLDER, JSON, OFFICER, encoded, named
from comity.node.assemble import opened
from comity.node.flow_release import Asked
from comity.vocabulary.posture import Posture
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import RecordKind


@click.command()
@FOLDER
@click.argument("record")
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in RecordKind]),
    default=RecordKind.ALERT.value,
    show_default=True,
    help="What it is.",
)
@click.option("--partner", required=True, help="Who would see it.")
@click.option("--purpose", type=click.Choice([purpose.value for purpose in Purpose]), required=True, help="What for.")
@click.option("--posture", type=click.Choice([one.value for one in Posture]), help="As if relations were so.")
@OFFICER
@JSON
def preview(
    folder: Path,
    record: str,
    kind: str,
    *,
    partner: str,
    purpose: str,
    posture: str | None,
    officer: str,
    as_json: bool,
) -> None:
    """Show what PARTNER would see of a RECORD of the node in FOLDER. Nothing is sent, and the look is logged."""
    with opened(folder) as node:
        asked = Asked(kind=RecordKind(kind), record=record, partner=partner, purpose=Purpose(purpose), officer=officer)
        seen = node.releases.preview(named(node, officer), asked, Posture(posture) if posture else None)
    if as_json:
        click.echo(encoded({**asking.answer(seen.answer), "seen": seen.given}))
        return
    click.echo("\n".join(map(printable, asking.told(seen.answer))))
    if isinstance(seen.answer, Permit):
        click.echo("the partner sees:")
        click.echo("\n".join(printable(f"  {name}: {value}") for name, value in seen.given.items()))
