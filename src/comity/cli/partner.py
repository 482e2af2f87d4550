"""`comity partner`: exchange cards with partners and witnesses, and accept those whose fingerprints were compared."""

from __future__ import annotations

from pathlib import Path

import click

from comity.cli import text
from comity.exchange import cards, partners
from comity.foundation.store import partner_cards
from comity.foundation.store import partners as kept_partners
from comity.foundation.store.partners import KeptPartner
from comity.node.assemble import opened
from comity.node.rotation import CARD
from comity.vocabulary.fault import Missing
from comity.vocabulary.instant import written

_FOLDER = click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
_OFFICER = click.option("--officer", required=True, help="Who does this, for the ledger.")


@click.group()
def partner() -> None:
    """Exchange cards with partners and witnesses."""


@partner.group()
def card() -> None:
    """Show this node's card."""


@card.command()
@_FOLDER
@click.option("--serial", type=click.IntRange(1), help="An earlier card, for a partner that has missed one.")
def show(folder: Path, serial: int | None) -> None:
    """Print the card of the node in FOLDER for its partners, and its fingerprint, to be told them by another way."""
    signed = _own(folder) if serial is None else _earlier(folder, serial)
    click.echo(cards.text(signed), nl=False)
    click.echo(f"fingerprint  {cards.fingerprint(signed)}", err=True)


@partner.command()
@_FOLDER
@click.argument("card_file", metavar="CARD", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--fingerprint", required=True, help="As the partner's people read it to you over another channel.")
@_OFFICER
def add(folder: Path, card_file: Path, fingerprint: str, officer: str) -> None:
    """Accept the partner or witness with CARD at the node in FOLDER."""
    signed = text.card(card_file)
    with opened(folder) as node, node.store.acting() as act:
        accepted = partners.accept(act, node.own, signed, fingerprint, officer=officer, now=node.clock.now())
    click.echo(f"{accepted.name} ({accepted.agency}, {accepted.country}) is accepted as a {accepted.station.value}")


@partner.command()
@_FOLDER
@click.argument("card_file", metavar="CARD", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@_OFFICER
def renew(folder: Path, card_file: Path, officer: str) -> None:
    """Follow a partner of the node in FOLDER to its next CARD, which the keys of its last one have signed."""
    signed = text.card(card_file)
    with opened(folder) as node, node.store.acting() as act:
        followed = partners.renew(act, node.own, signed, officer=officer, now=node.clock.now())
    click.echo(f"{followed.name} is followed to its card {followed.serial}, at {followed.endpoint}")
    click.echo(f"fingerprint  {cards.fingerprint(signed)}")


@partner.command(name="cut-off")
@_FOLDER
@click.argument("name")
@click.option("--reason", required=True, help="Why, for the ledger.")
@click.option(
    "--size",
    type=click.IntRange(0, 2**63 - 1),
    help="If its keys were stolen: how many entries its log had before; what they signed beyond is not believed.",
)
@_OFFICER
def cut_off(folder: Path, name: str, reason: str, size: int | None, officer: str) -> None:
    """Cut the partner NAME off: at once nothing goes to it or comes from it any more."""
    with opened(folder) as node, node.store.acting() as act:
        partners.cut_off(act, name, officer=officer, reason=reason, now=node.clock.now(), size=size)
    anew = "a card accepted anew takes it in again" if size is None else "a card with new keys takes it in again"
    click.echo(f"{name} is cut off; {anew}")


@partner.command(name="list")
@_FOLDER
def list_(folder: Path) -> None:
    """List the partners and witnesses of the node in FOLDER with their fingerprints."""
    with opened(folder) as node, node.store.reading() as transaction:
        found = kept_partners.all(transaction)
    if not found:
        click.echo("no partners yet: comity partner add")
    for kept in found:
        click.echo("\t".join(_told(kept)))


def _own(folder: Path) -> bytes:
    file = folder / CARD
    signed = text.card(file)
    cards.read(signed, str(file))
    return signed


def _earlier(folder: Path, serial: int) -> bytes:
    with opened(folder) as node, node.store.reading() as transaction:
        kept = partner_cards.of(transaction, node.own.card.name)
    found = next((each.card for each in kept if each.serial == serial), None)
    if found is None:
        raise Missing(f"this node has had no card {serial}", where=str(folder), remedy="Show the present one.")
    return found


def _told(kept: KeptPartner) -> tuple[str, ...]:
    card = cards.read(kept.card, kept.name)
    since = f"accepted by {kept.accepted_by}" if kept.cut_off is None else f"cut off {written(kept.cut_off)}"
    return kept.name, kept.station.value, card.agency, card.endpoint, cards.fingerprint(kept.card), since
