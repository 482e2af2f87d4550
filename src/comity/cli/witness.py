"""`comity witness`: make and run a witness, for an oversight body or anyone who watches over logs."""

from __future__ import annotations

from pathlib import Path

import click
import structlog

from comity.cli import journal, text
from comity.exchange import cards
from comity.foundation import canonical
from comity.foundation.keys import HardwareUri
from comity.foundation.store import partner_cards
from comity.node import rotation, witness_station
from comity.node.rotation import CARD
from comity.vocabulary.fault import Missing

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
    click.echo(
        f"next         comity witness add {folder} CARD --fingerprint ... --officer NAME; comity witness run {folder}"
    )


@witness.command()
@click.argument("folder", type=_FOLDER)
@click.argument("card", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--fingerprint", required=True, help="As the node's people read it to you over another channel.")
@click.option("--officer", required=True, help="Who has compared it.")
def add(folder: Path, card: Path, fingerprint: str, officer: str) -> None:
    """Watch over the log of the node with CARD, and cosign it from now on."""
    signed = text.card(card)
    with witness_station.opened(folder) as station:
        accepted = witness_station.accept(station.store, signed, fingerprint, officer)
    click.echo(f"{accepted.origin} is cosigned from now on")


@witness.command()
@click.argument("folder", type=_FOLDER)
@click.argument("card", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--officer", required=True, help="Who does this, for the ledger.")
def renew(folder: Path, card: Path, officer: str) -> None:
    """Follow a node that the witness in FOLDER watches to its next CARD."""
    signed = text.card(card)
    with witness_station.opened(folder) as station:
        followed = witness_station.follow(station.store, signed, officer)
    click.echo(f"{followed.name} is followed to its card {followed.serial}")
    click.echo(f"fingerprint  {cards.fingerprint(signed)}")


@witness.command()
@click.argument("folder", type=_FOLDER)
@click.option("--hsm", metavar="URI", help="Make the Ed25519 keys in this hardware: pkcs11:token=T;object=PREFIX?…")
@click.option("--reason", required=True, help="Why, for the ledger.")
@click.option("--officer", required=True, help="Who does this, for the ledger.")
def rotate(folder: Path, hsm: str | None, reason: str, officer: str) -> None:
    """Give the witness in FOLDER, which must be stopped, new keys and a card that others can follow.

    What it has cosigned before stays cosigned: whoever follows its card keeps the earlier ones.
    """
    within = HardwareUri.read(hsm, "--hsm") if hsm else None
    with witness_station.closed(folder):
        own = rotation.rotate(folder, within=within)
    with witness_station.opened(folder, officer=officer, reason=reason):
        click.echo(f"card {own.card.serial} of {own.card.name} is in {folder / CARD}")
    click.echo(f"fingerprint  {cards.fingerprint(own.signed)}")
    click.echo("next         start it, and give the card to every node that asks it to cosign or believes it:")
    click.echo("             comity partner renew FOLDER CARD; until then its cosignatures do not count there")


@witness.command()
@click.argument("folder", type=_FOLDER)
@click.option("--serial", type=click.IntRange(1), help="An earlier card, for a node that has missed one.")
def card(folder: Path, serial: int | None) -> None:
    """Print the card of the witness in FOLDER, and its fingerprint, to be told to others by another way."""
    with witness_station.opened(folder) as station, station.store.reading() as transaction:
        kept = partner_cards.of(transaction, station.own.card.name)
    found = next((each.card for each in kept if serial in {None, each.serial}), None)
    if found is None:
        raise Missing(f"this witness has had no card {serial}", where=str(folder), remedy="Show the present one.")
    click.echo(cards.text(found), nl=False)
    click.echo(f"fingerprint  {cards.fingerprint(found)}", err=True)


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
        application = witness_application(station)
        canonical.prepare()
        listen({address: application}, lambda: log.info("witness running", name=name, listen=address))
    log.info("witness stopped", name=name)
