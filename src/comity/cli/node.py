"""`comity node`: make a node, run it, show what it tells partners."""

from __future__ import annotations

import os
from pathlib import Path

import click

from comity.cli import journal
from comity.exchange import cards
from comity.node.create import CARD, NewNode, create
from comity.node.settings import load


@click.group()
def node() -> None:
    """Make a node and run it."""


@node.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--name", required=True, help="Short name, unique among partners, such as dk.coord.")
@click.option("--agency", required=True, help="Full name of the agency.")
@click.option("--country", required=True, help="Two letters, ISO 3166-1.")
@click.option("--console", "console_listen", default="127.0.0.1:8440", show_default=True, help="Where people connect.")
@click.option("--exchange", "exchange_listen", default="127.0.0.1:8450", show_default=True, help="For partners.")
@click.option("--endpoint", default="", help="How partners reach the exchange  [default: http:// and its address]")
def init(
    folder: Path, name: str, agency: str, country: str, console_listen: str, exchange_listen: str, endpoint: str
) -> None:
    """Make keys, a node card and settings in FOLDER."""
    signed = create(
        folder,
        NewNode(
            name=name,
            agency=agency,
            country=country.upper(),
            console=console_listen,
            exchange=exchange_listen,
            endpoint=endpoint,
        ),
    )
    click.echo(f"{name} is made in {folder}")
    click.echo(f"card         {folder / CARD}")
    click.echo(f"fingerprint  {cards.fingerprint(signed)}")
    click.echo(f"next         comity user add {folder} NAME --role officer; comity node run {folder}")


@node.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
def run(folder: Path) -> None:
    """Run the node in FOLDER until SIGTERM or Ctrl-C."""
    from comity.api.serve import serve  # noqa: PLC0415 - loads the web framework, which help need not wait for

    journal.to_stderr()
    serve(folder)


@node.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
def check(folder: Path) -> None:
    """Check the settings in FOLDER."""
    settings = load(folder, os.environ)
    click.echo(f"{settings.node.name}: the settings are right ({len(settings.feed)} feeds)")
