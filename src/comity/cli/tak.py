"""`comity tak`: let TAK clients (ATAK, WinTAK) in, and out."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from comity.cli.options import FOLDER, JSON, OFFICER, encoded, named
from comity.foundation.store import tak_clients
from comity.foundation.store.tak_clients import KeptClient
from comity.node.assemble import opened
from comity.node.tak_settings import CLIENT_PATTERN
from comity.vocabulary.fault import Fault
from comity.vocabulary.instant import Instant, read, written
from comity.vocabulary.purpose import Purpose

_NAME = click.argument("name")


@click.group()
def tak() -> None:
    """Let TAK clients (ATAK, WinTAK) follow the tracks of a node, and send to it."""


@tak.command()
@FOLDER
@_NAME
@click.option("--user", default="", help="Whose device it is: one of the node's people.")
@click.option("--partner", default="", help="Or: whose it is, a partner.")
@click.option("--purpose", type=click.Choice([purpose.value for purpose in Purpose]), help="For what, of a partner's.")
@click.option("--until", required=True, help="When it ends, like 2026-12-31 or 2026-12-31T12:00:00Z.")
@click.option("--feed", default="", help="As which feed of the settings it sends; else it only follows.")
@OFFICER
@JSON
def add(
    folder: Path,
    name: str,
    *,
    user: str,
    partner: str,
    purpose: str | None,
    until: str,
    feed: str,
    officer: str,
    as_json: bool,
) -> None:
    """Let the client NAME in at the node in FOLDER. Its token is printed, this once."""
    _expect_sound(name, user, partner, purpose)
    end = read(until)
    with opened(folder) as node:
        by = named(node, officer)
        if purpose is not None:
            token = node.tak.add_partners(by, name, partner, Purpose(purpose), end, feed)
        else:
            token = node.tak.add_local(by, name, user, end, feed)
        listens = node.settings.tak.listen
    if as_json:
        click.echo(encoded({"client": name, "token": token, "listen": listens}))
        return
    click.echo(f"name   {name}\ntoken  {token}")
    click.echo(f"where  {listens or 'nowhere yet: set tak.listen in node.toml and start the node again'}")


@tak.command()
@FOLDER
@_NAME
@click.option("--reason", required=True, help="Why, for the node's own log.")
@OFFICER
def revoke(folder: Path, name: str, reason: str, officer: str) -> None:
    """Let the client NAME of the node in FOLDER in no more; if it is connected it is sent nothing from now on."""
    with opened(folder) as node:
        node.tak.revoke(named(node, officer), name, reason)
    click.echo(f"{name} is revoked")


@tak.command(name="list")
@FOLDER
@JSON
def list_(folder: Path, as_json: bool) -> None:
    """List the clients of the node in FOLDER, those that are out as well."""
    with opened(folder) as node, node.store.reading() as transaction:
        found, now = tak_clients.all(transaction), node.clock.now()
    if as_json:
        click.echo(encoded([_fields(kept, now) for kept in found]))
        return
    if not found:
        click.echo("no clients yet: comity tak add")
    for kept in found:
        whose = f"{kept.holder}, {kept.purpose.value}" if kept.purpose else kept.holder
        sends = f"sends as {kept.feed}" if kept.feed else "sends nothing"
        click.echo("\t".join((kept.name, whose, sends, _state(kept, now), f"added by {kept.officer}")))


def _expect_sound(name: str, user: str, partner: str, purpose: str | None) -> None:
    if CLIENT_PATTERN.fullmatch(name) is None:
        raise Fault(f"{name[:80]!r} is no name for a client", remedy="Use small letters, digits, dots and dashes.")
    if bool(user) == bool(partner) or bool(partner) != (purpose is not None):
        raise Fault(
            "a client is one user's, or a partner's for a purpose", remedy="Give --user, or --partner and --purpose."
        )


def _fields(kept: KeptClient, now: Instant) -> dict[str, object]:
    return {**msgspec.to_builtins(kept), "until": written(kept.until), "state": _state(kept, now)}


def _state(kept: KeptClient, now: Instant) -> str:
    if kept.revoked is not None:
        return f"revoked {written(kept.revoked)}"
    return f"until {written(kept.until)}" if kept.counts(now) else f"over since {written(kept.until)}"
