"""`comity subscription`: ask partners to be kept informed, and answer those who ask."""

from __future__ import annotations

import re
from pathlib import Path

import click
import msgspec

from comity.cli.options import FOLDER, JSON, OFFICER, encoded, identifier, named
from comity.foundation.store import subscriptions
from comity.foundation.store.subscriptions import KeptSubscription
from comity.node.assemble import opened
from comity.vocabulary.fault import Fault
from comity.vocabulary.instant import DAY, Instant, read, written
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import RecordKind
from comity.vocabulary.subscription import Wish

_ID = click.argument("subscription", metavar="SUBSCRIPTION")
_REASON = click.option("--reason", required=True, help="Why, for the node's own log; the partner does not learn it.")
_MOST = 500


@click.group()
def subscription() -> None:
    """Keep partners informed, and be kept informed."""


@subscription.command(name="list")
@FOLDER
@JSON
def list_(folder: Path, as_json: bool) -> None:
    """List the newest subscriptions of the node in FOLDER, of both sides."""
    with opened(folder) as node, node.store.reading() as transaction:
        found = subscriptions.recent(transaction, _MOST)
        now = node.clock.now()
    if as_json:
        click.echo(encoded([_fields(kept) | {"runs": kept.runs(now)} for kept in found]))
        return
    if not found:
        click.echo("no subscriptions yet: comity subscription ask")
    for kept in found:
        click.echo("\t".join(_line(kept, runs=kept.runs(now))))


@subscription.command()
@FOLDER
@click.option("--partner", required=True, help="Whose records are wanted.")
@click.option("--kind", required=True, type=click.Choice([kind.value for kind in RecordKind]), help="Of what.")
@click.option("--area", default="", help="An area of the agreement's annex; else wherever the clauses give.")
@click.option("--purpose", required=True, type=click.Choice([purpose.value for purpose in Purpose]), help="What for.")
@click.option("--agreement", required=True, help="The agreement's name.")
@click.option("--clause", "clauses", required=True, multiple=True, help="A clause it rests on; can be given again.")
@click.option("--until", required=True, help="When it ends, like 2026-12-31, 2026-12-31T12:00:00Z, or 90 d from now.")
@OFFICER
@JSON
def ask(
    folder: Path, *, partner: str, kind: str, purpose: str, until: str, officer: str, as_json: bool, **rest: object
) -> None:
    """Ask a partner of the node in FOLDER to keep it informed."""
    with opened(folder) as node:
        wish = _wish({"kind": kind, "purpose": purpose, "until": _end(until, node.clock.now()), **rest})
        made = node.subscriptions.ask(named(node, officer), partner, wish).hex()
    click.echo(encoded({"subscription": made}) if as_json else f"asked {partner}: {made}")


def _end(until: str, now: Instant) -> Instant:
    """Return the instant that is named, or so many days from now."""
    days = re.fullmatch(r"(\d{1,4}) d", until)
    return now + int(days[1]) * DAY if days else read(until)


@subscription.command()
@FOLDER
@_ID
@_REASON
@OFFICER
@JSON
def accept(folder: Path, subscription: str, reason: str, officer: str, as_json: bool) -> None:
    """Accept the SUBSCRIPTION that a partner asked for at the node in FOLDER, or its renewal."""
    with opened(folder) as node:
        node.subscriptions.accept(named(node, officer), identifier(subscription), reason)
    _done(subscription, "accepted", as_json)


@subscription.command()
@FOLDER
@_ID
@_REASON
@OFFICER
@JSON
def decline(folder: Path, subscription: str, reason: str, officer: str, as_json: bool) -> None:
    """Decline the SUBSCRIPTION that a partner asked for at the node in FOLDER, or its renewal."""
    with opened(folder) as node:
        node.subscriptions.decline(named(node, officer), identifier(subscription), reason)
    _done(subscription, "declined", as_json)


@subscription.command()
@FOLDER
@_ID
@click.option("--until", required=True, help="The later end, like 2026-12-31 or 2026-12-31T12:00:00Z.")
@OFFICER
@JSON
def renew(folder: Path, subscription: str, until: str, officer: str, as_json: bool) -> None:
    """Ask the owner for a later end of the SUBSCRIPTION of the node in FOLDER."""
    with opened(folder) as node:
        node.subscriptions.renew(named(node, officer), identifier(subscription), read(until))
    _done(subscription, "renewal asked for", as_json)


@subscription.command()
@FOLDER
@_ID
@_REASON
@OFFICER
@JSON
def end(folder: Path, subscription: str, reason: str, officer: str, as_json: bool) -> None:
    """End the SUBSCRIPTION of the node in FOLDER, whichever side it is."""
    with opened(folder) as node:
        node.subscriptions.end(named(node, officer), identifier(subscription), reason)
    _done(subscription, "ended", as_json)


def _wish(parts: dict[str, object]) -> Wish:
    try:
        return msgspec.convert(parts, Wish)
    except msgspec.ValidationError as error:
        raise Fault(f"this cannot be asked for: {error}", remedy="See docs/formats/subscription.md.") from error


def _done(subscription: str, word: str, as_json: bool) -> None:
    click.echo(encoded({"subscription": subscription, "done": word}) if as_json else f"{subscription} {word}")


def _fields(kept: KeptSubscription) -> dict[str, object]:
    return {
        "subscription": kept.id.hex(),
        "owner": kept.owner,
        "subscriber": kept.subscriber,
        **msgspec.to_builtins(kept.wish),
        "state": kept.state.value,
        "until": kept.until,
        "renewal": kept.renewal,
        "officer": kept.officer,
    }


def _line(kept: KeptSubscription, *, runs: bool) -> tuple[str, ...]:
    over = kept.state.value if runs or kept.state.value != "running" else "expired"
    state = f"{over}, renewal asked until {written(kept.renewal)}" if kept.renewal else over
    where = kept.wish.area or "wherever the clauses give"
    who = f"{kept.owner} to {kept.subscriber}"
    return kept.id.hex(), who, kept.wish.kind.value, where, kept.wish.purpose.value, written(kept.until), state
