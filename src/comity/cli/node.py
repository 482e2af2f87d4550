"""`comity node`: make a node, run it, show what it tells partners."""

from __future__ import annotations

import os
from pathlib import Path

import click

from comity.cli import journal
from comity.exchange import cards
from comity.exchange.cards import Own
from comity.foundation.keys import HardwareUri
from comity.node import coastlines, disputes, relations, rotation
from comity.node.assemble import closed, opened
from comity.node.create import NewNode, create, readdressed
from comity.node.rotation import CARD
from comity.node.rules import rules
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
    """Check the settings in FOLDER, and the files on rules, law, disputes and coasts that they name."""
    settings = load(folder, os.environ)
    rules(settings.picture, folder)
    relations.load(folder, settings.relations.law, settings.node.country)
    disputes.load(folder, settings.relations.disputes)
    coastlines.load(folder / settings.relations.coastline if settings.relations.coastline else coastlines.SHIPPED)
    click.echo(f"{settings.node.name}: the settings are right ({len(settings.feed)} feeds)")


_OTHER_NAMES = (
    "tracks       partners see those that they are given from now on under other names, as new ones; what they have is",
    "             called back by the name that it has there: comity recall erase FOLDER --record NAME",
    "theft        tell every partner how large the log was: comity partner cut-off FOLDER NAME --size N",
)
_LOG_KEY_STAYS = ("theft        if keys were stolen, rotate again with --log: the log key has stayed the same",)
_STOPPED = click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
_OFFICER = click.option("--officer", required=True, help="Who does this, for the ledger.")
_REASON = click.option("--reason", required=True, help="Why, for the ledger.")


@node.command()
@_STOPPED
@click.option("--log", is_flag=True, help="Make a new log key too, as after a theft; tracks get other names.")
@click.option("--hsm", metavar="URI", help="Make the Ed25519 keys in this hardware: pkcs11:token=T;object=PREFIX?…")
@_REASON
@_OFFICER
def rotate(folder: Path, log: bool, hsm: str | None, reason: str, officer: str) -> None:
    """Give the node in FOLDER, which must be stopped, new keys and a card that its partners can follow.

    After a theft, rotate with --log: a thief of the identity keys may have the log key as well. The names under which
    partners have this node's tracks are drawn from that key: tracks given later have others. The log's tree goes on.

    With --hsm the keys are made in a PKCS#11 module and stay there, as in
    pkcs11:token=T;object=PREFIX?module-path=/usr/lib/M.so&pin-source=file:/F (RFC 7512).
    """
    within = HardwareUri.read(hsm, "--hsm") if hsm else None
    with closed(folder):
        own = rotation.rotate(folder, log=log, within=within)
    _remember(folder, own, officer, reason)
    for line in _OTHER_NAMES if log else _LOG_KEY_STAYS:
        click.echo(line)


@node.command()
@_STOPPED
@click.option("--endpoint", required=True, help="How partners reach the exchange from now on.")
@_REASON
@_OFFICER
def address(folder: Path, endpoint: str, reason: str, officer: str) -> None:
    """Give the node in FOLDER, which must be stopped, another address and a card that says so."""
    with closed(folder):
        readdressed(folder, endpoint)
        own = rotation.readdress(folder, endpoint)
    _remember(folder, own, officer, reason)


def _remember(folder: Path, own: Own, officer: str, reason: str) -> None:
    with opened(folder, officer=officer, reason=reason):
        click.echo(f"card {own.card.serial} of {own.card.name} is in {folder / CARD}")
    click.echo(f"fingerprint  {cards.fingerprint(own.signed)}")
    click.echo("next         give it to every partner: comity partner renew FOLDER CARD")
