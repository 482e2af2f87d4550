"""`comity witness`: make and run a witness, for an oversight body or anyone who watches over logs."""

from __future__ import annotations

from pathlib import Path

import click
import structlog

from comity.cli import journal
from comity.exchange import cards
from comity.node import witness_station
from comity.node.rotation import CARD

_FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)


@click.group()
def witness() -> None:
    """Make and run a witness, which cosigns the logs that it has seen grow honestly."""


@witness.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--name", required=True, help="Short name, unique among stations, such as oversight.eu.")
@click.option("--agency", required=True, help="Full name of the body that runs it.")
@click.option("--country", required=True, help="Two letters, ISO 3166-1.")
@click.option("--listen", default="127.0.0.1:8460", show_default=True, help="Where logs ask it to cosign.")
@click.option("--endpoint", default="", help="How logs reach it  [default: http:// and its address]")
def init(folder: Path, name: str, agency: str, country: str, listen: str, endpoint: str) -> None:
    """Make keys, a card and settings in FOLDER."""
    signed = witness_station.create(
        folder, name=name, agency=agency, country=country.upper(), listen=listen, endpoint=endpoint
    )
    click.echo(f"{name} is made in {folder}")
    click.echo(f"card         {folder / CARD}")
    click.echo(f"fingerprint  {cards.fingerprint(signed)}")
    click.echo(f"next         comity witness add {folder} CARD --fingerprint ...; comity witness run {folder}")


@witness.command()
@click.argument("folder", type=_FOLDER)
@click.argument("card", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--fingerprint", required=True, help="As the node's people read it to you over another channel.")
@click.option("--officer", required=True, help="Who has compared it.")
def add(folder: Path, card: Path, fingerprint: str, officer: str) -> None:
    """Watch over the log of the node with CARD, and cosign it from now on."""
    signed = cards.from_text(card.read_text("utf-8"), str(card))
    with witness_station.opened(folder) as station:
        accepted = witness_station.accept(station.store, signed, fingerprint, officer)
    click.echo(f"{accepted.origin} is cosigned from now on")


@witness.command()
@click.argument("folder", type=_FOLDER)
@click.argument("card", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--officer", required=True, help="Who does this, for the ledger.")
def renew(folder: Path, card: Path, officer: str) -> None:
    """Follow a node that the witness in FOLDER watches to its next CARD."""
    signed = cards.from_text(card.read_text("utf-8"), str(card))
    with witness_station.opened(folder) as station:
        followed = witness_station.follow(station.store, signed, officer)
    click.echo(f"{followed.name} is followed to its card {followed.serial}")
    click.echo(f"fingerprint  {cards.fingerprint(signed)}")


@witness.command()
@click.argument("folder", type=_FOLDER)
def run(folder: Path) -> None:
    """Run the witness in FOLDER until SIGTERM or Ctrl-C."""
    from comity.api.listener import listen  # noqa: PLC0415 - loads the web framework, which help need not wait for
    from comity.api.witness_station import witness_application  # noqa: PLC0415

    journal.to_stderr()
    log = structlog.get_logger()
    with witness_station.opened(folder) as station:
        name, address = station.own.card.name, station.settings.listen
        listen({address: witness_application(station)}, lambda: log.info("witness running", name=name, listen=address))
    log.info("witness stopped", name=name)
