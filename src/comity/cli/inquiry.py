"""`comity inquiry`: ask partners whether they hold anything on a thing, and look at what their questions hit."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from comity.agreements.answering import ANSWERABLE
from comity.agreements.permit import Denial
from comity.api.access import reader
from comity.api.consulted import consulted
from comity.cli.main import printable
from comity.cli.options import FOLDER, JSON, OFFICER, encoded, identifier, named
from comity.foundation.store import inquiries
from comity.foundation.store.inquiries import KeptInquiry
from comity.node.assemble import opened
from comity.vocabulary.fault import Fault, Missing
from comity.vocabulary.inquiry import Question
from comity.vocabulary.instant import written
from comity.vocabulary.purpose import Purpose

_ID = click.argument("inquiry", metavar="INQUIRY")
_LOOKS = click.option("--officer", required=True, help="Who looks: a user of the node.")
_REASON = click.option("--reason", required=True, help="Why, for the node's own log; the partner does not learn it.")
_MOST = 500


@click.group()
def inquiry() -> None:
    """Ask partners hit or no-hit, and look at what their questions hit."""


@inquiry.command(name="list")
@FOLDER
@click.option("--waiting", is_flag=True, help="Only hits here at which no officer has looked, the oldest first.")
@_LOOKS
@JSON
def list_(folder: Path, officer: str, *, waiting: bool, as_json: bool) -> None:
    """List the newest inquiries of the node in FOLDER, of both sides; the look is logged."""
    with opened(folder) as node:
        who = reader(named(node, officer))
        with consulted(node.store, who, "inquiries") as transaction:
            if waiting:
                found = inquiries.unlooked(transaction, node.own.card.name, _MOST)
            else:
                found = inquiries.recent(transaction, _MOST)
            refusals = node.inquiries.refusals(transaction, found)
    if as_json:
        click.echo(encoded([_fields(kept, refusals.get(kept.id, "")) for kept in found]))
        return
    if not found:
        click.echo("nothing waits" if waiting else "no inquiries yet: comity inquiry ask")
    for kept in found:
        click.echo(_line(kept, refusals.get(kept.id, "")))


@inquiry.command()
@FOLDER
@click.option("--partner", required=True, help="Who is asked.")
@click.option("--kind", required=True, type=click.Choice([kind.value for kind in ANSWERABLE]), help="About what.")
@click.option("--mmsi", type=int, help="Maritime Mobile Service Identity.")
@click.option("--imo", type=int, help="IMO ship number.")
@click.option("--call-sign", help="Radio call sign.")
@click.option("--name", help="Name of the ship or aircraft.")
@click.option("--purpose", required=True, type=click.Choice([purpose.value for purpose in Purpose]), help="What for.")
@click.option("--agreement", required=True, help="The agreement's name.")
@click.option("--clause", required=True, help="The clause that answers.")
@_REASON
@OFFICER
@JSON
def ask(folder: Path, *, partner: str, reason: str, officer: str, as_json: bool, **parts: object) -> None:
    """Ask a partner of the node in FOLDER whether it holds anything on a thing: hit or no-hit."""
    question = _question(parts)
    with opened(folder) as node:
        made = node.inquiries.ask(named(node, officer), partner, question, reason).hex()
    click.echo(encoded({"inquiry": made}) if as_json else f"asked {partner}: {made}")


@inquiry.command()
@FOLDER
@_ID
@_LOOKS
@JSON
def show(folder: Path, inquiry: str, officer: str, as_json: bool) -> None:
    """Show the INQUIRY of the node in FOLDER, what it hit here, and which messages bring what lies behind a hit."""
    id = identifier(inquiry)  # noqa: A001 - what every record calls it
    with opened(folder) as node:
        who = reader(named(node, officer))
        with consulted(node.store, who, inquiry) as transaction:
            kept = inquiries.get(transaction, id)
            if kept is None:
                raise Missing("there is no such inquiry", where=inquiry, remedy="See comity inquiry list.")
            refusal = node.inquiries.refusals(transaction, [kept]).get(id, "")
            hits = inquiries.found(transaction, id)
            messages = [message.hex() for message in inquiries.given(transaction, id)]
    if as_json:
        found = [{"kind": kind.value, "record": record} for kind, record in hits]
        click.echo(encoded(_fields(kept, refusal) | {"found": found, "messages": messages}))
        return
    click.echo(_line(kept, refusal))
    for kind, record in hits:
        click.echo(f"hit\t{kind.value}\t{printable(record)}")
    for message in messages:
        click.echo(f"given\t{message}")


@inquiry.command()
@FOLDER
@_ID
@click.option("--record", "records", required=True, multiple=True, help="A record that was hit; can be given again.")
@OFFICER
@JSON
def give(folder: Path, inquiry: str, records: tuple[str, ...], officer: str, as_json: bool) -> None:
    """Give who asked the INQUIRY at the node in FOLDER records that it hit, each as far as its own permit goes."""
    chosen = list(dict.fromkeys(records))
    with opened(folder) as node:
        answers = node.inquiries.give(named(node, officer), identifier(inquiry), chosen)
    told = [
        {"record": record, "denied": answer.reason}
        if isinstance(answer, Denial)
        else {"record": record, "message": answer.message.hex()}
        for record, answer in zip(chosen, answers, strict=True)
    ]
    if as_json:
        click.echo(encoded(told))
        return
    for one in told:
        click.echo(f"{one['record']}\tdenied: {one['denied']}" if "denied" in one else f"{one['record']}\tgiven")


@inquiry.command()
@FOLDER
@_ID
@_REASON
@OFFICER
@JSON
def decline(folder: Path, inquiry: str, reason: str, officer: str, as_json: bool) -> None:
    """Keep back what lies behind the hit of the INQUIRY at the node in FOLDER."""
    with opened(folder) as node:
        node.inquiries.decline(named(node, officer), identifier(inquiry), reason)
    click.echo(encoded({"inquiry": inquiry, "done": "declined"}) if as_json else f"{inquiry} declined")


def _question(parts: dict[str, object]) -> Question:
    try:
        return msgspec.convert(parts, Question)
    except msgspec.ValidationError as error:
        raise Fault(f"this cannot be asked: {error}", remedy="See docs/formats/inquiry.md.") from error


def _fields(kept: KeptInquiry, refusal: str) -> dict[str, object]:
    return {
        "inquiry": kept.id.hex(),
        "owner": kept.owner,
        "asker": kept.asker,
        **msgspec.to_builtins(kept.question),
        "state": kept.state.value,
        "refusal": refusal,
        "simulated": kept.simulated,
        "made": kept.made,
        "officer": kept.officer,
    }


def _line(kept: KeptInquiry, refusal: str) -> str:
    """Return one line that no name a partner sends can break."""
    question = kept.question
    marks = (
        ("MMSI", question.mmsi),
        ("IMO", question.imo),
        ("call sign", question.call_sign),
        ("name", question.name),
    )
    asked = ", ".join(f"{mark} {value}" for mark, value in marks if value is not None)
    state = f"refused: {refusal}" if refusal else kept.state.value
    who = f"{kept.asker} asks {kept.owner}"
    parts = (kept.id.hex(), who, asked, question.purpose.value, written(kept.made), state)
    return "\t".join(" ".join(printable(part).split()) for part in parts)
