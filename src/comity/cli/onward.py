"""`comity onward`: ask for leave to pass a record on, give or decline it, and pass the record on."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from comity.agreements.permit import Denial
from comity.agreements.quantity import duration
from comity.api.access import reader
from comity.api.consulted import consulted
from comity.cli.main import printable
from comity.cli.options import FOLDER, JSON, LIMIT, OFFICER, encoded, identifier, named
from comity.foundation.store import inbox, onward
from comity.foundation.store.onward import KeptOnward
from comity.foundation.store.store import Store
from comity.node.assemble import opened
from comity.node.passing import original
from comity.vocabulary.fault import Fault, Missing
from comity.vocabulary.instant import written
from comity.vocabulary.onward import Wish
from comity.vocabulary.purpose import Purpose

_ID = click.argument("id_", metavar="ID")
_NEWEST = 1_000
"""Among which one is sought by its first digits."""


@click.group(name="onward")
def onward_() -> None:
    """Pass reports and notices on, with their originator's signed leave."""


@onward_.command()
@FOLDER
@click.argument("message")
@click.option("--place", type=click.IntRange(0, 999), default=0, help="Which record of the message, from 0.")
@click.option("--to", "recipient", required=True, help="The partner who should have it.")
@click.option("--purpose", type=click.Choice([one.value for one in Purpose]), required=True, help="What for.")
@click.option("--reason", required=True, help="Why: the originator's people read it.")
@OFFICER
@JSON
def ask(
    folder: Path, *, message: str, place: int, recipient: str, purpose: str, reason: str, officer: str, as_json: bool
) -> None:
    """Ask the originator of what MESSAGE brought to the node in FOLDER for leave to pass it on."""
    with opened(folder) as node:
        who, id_ = named(node, officer), identifier(message)
        with node.store.reading() as transaction:
            came = [one for one in inbox.recent(transaction, _NEWEST) if one.id == id_]
            if not came:
                raise Missing("no such message came", where=message, remedy="Take it from those received.")
            given = original(transaction, came[0].sender, id_, place, node.clock.now())
        try:
            wish = msgspec.convert(
                {
                    "message": id_,
                    "place": place,
                    "record": given.id,
                    "recipient": recipient,
                    "purpose": purpose,
                    "reason": reason,
                },
                Wish,
            )
        except msgspec.ValidationError as error:
            raise Fault(f"this is no wish: {error}", remedy="Name a partner, and say why in 500 characters.") from error
        asked = node.onwards.ask(who, given.owner, wish)
    click.echo(encoded({"onward": asked.hex()}) if as_json else f"asked {given.owner}\n{asked.hex()}")


@onward_.command()
@FOLDER
@_ID
@click.option("--for", "span", default="7 d", show_default=True, help="How long the record can be passed on.")
@OFFICER
@JSON
def give(folder: Path, id_: str, span: str, officer: str, as_json: bool) -> None:
    """Give leave, signed by the node in FOLDER, to what a partner asked as ID."""
    with opened(folder) as node:
        leave = node.onwards.give(named(node, officer), _found(node.store, id_).id, duration(span))
    until = written(leave.until)
    words = f"{leave.holder} may pass {leave.record} on to {leave.recipient} for {leave.purpose.value} until {until}"
    click.echo(encoded({"record": leave.record, "until": leave.until}) if as_json else words)


@onward_.command()
@FOLDER
@_ID
@click.option("--reason", required=True, help="Why, for this node's log.")
@OFFICER
def decline(folder: Path, id_: str, reason: str, officer: str) -> None:
    """Give no leave to what a partner of the node in FOLDER asked as ID."""
    with opened(folder) as node:
        found = _found(node.store, id_)
        node.onwards.decline(named(node, officer), found.id, reason)
    click.echo(f"declined: {found.holder} learns that, and not why")


@onward_.command(name="pass")
@FOLDER
@_ID
@OFFICER
@JSON
def pass_(folder: Path, id_: str, officer: str, as_json: bool) -> None:
    """Pass on what the originator has given the node in FOLDER leave for as ID, as far as an agreement permits."""
    with opened(folder) as node:
        found = _found(node.store, id_)
        answer = node.onwards.pass_on(named(node, officer), found.id)
    if isinstance(answer, Denial):
        raise Fault(f"denied: {answer.reason}", where=found.record)
    told = {"message": answer.message.hex(), "clause": answer.permit.clause, "fields": answer.permit.fields}
    words = f"{found.record} is on its way to {found.recipient} under {answer.permit.clause}\n{answer.message.hex()}"
    click.echo(encoded(told) if as_json else words)


@onward_.command(name="list")
@FOLDER
@OFFICER
@LIMIT
@JSON
def list_(folder: Path, officer: str, limit: int, as_json: bool) -> None:
    """List what the node in FOLDER asked leave for, was asked, or was shown, newest first. The look is logged."""
    with opened(folder) as node:
        who = reader(named(node, officer))
        with consulted(node.store, who, "onward") as transaction:
            lines = [_line(one) for one in onward.recent(transaction, limit)]
    if as_json:
        click.echo(encoded(lines))
        return
    if not lines:
        click.echo("nothing was to be passed on yet: comity onward ask")
    for line in lines:
        click.echo("\t".join(printable(str(value)) for value in line.values()))


def _line(kept: KeptOnward) -> dict[str, object]:
    return {
        "onward": kept.id.hex(),
        "state": kept.state.value,
        "record": kept.record,
        "originator": kept.originator,
        "holder": kept.holder,
        "recipient": kept.recipient,
        "purpose": kept.purpose.value,
        "made": written(kept.made),
        "reason": kept.reason,
    }


def _found(store: Store, text: str) -> KeptOnward:
    """Return the one whose id begins with these digits.

    Raises:
        Missing: none does, or several do.
    """
    with store.reading() as transaction:
        found = [one for one in onward.recent(transaction, _NEWEST) if one.id.hex().startswith(text.lower())]
    if len(found) != 1:
        what = "there is no such one" if not found else f"{len(found)} begin so"
        raise Missing(what, where=text, remedy="Give the id, as comity onward list shows it.")
    return found[0]
