"""`comity rights`: answer a person's request from the log, and correct or erase from there."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from comity.cli import options
from comity.cli.main import printable
from comity.cli.options import FOLDER, JSON, OFFICER
from comity.node.assemble import opened
from comity.node.flow_rights import Answer
from comity.node.inventory import Held, Mark, Question
from comity.node.told import Event
from comity.vocabulary.fault import Fault
from comity.vocabulary.instant import written

_REFERENCE = click.option("--reference", required=True, help="The request's own number, under which the log keeps it.")


@click.group()
def rights() -> None:
    """Answer the requests of persons, for the data-protection officer."""


@rights.command()
@FOLDER
@click.argument("value")
@click.option("--by", "mark", type=click.Choice([each.value for each in Mark]), required=True, help="What VALUE is.")
@_REFERENCE
@OFFICER
@JSON
def answer(folder: Path, value: str, mark: str, reference: str, officer: str, as_json: bool) -> None:
    """Tell what the node in FOLDER holds of VALUE, who received it and under which clause. The question is logged."""
    asked = _question(reference=reference, mark=mark, value=value)
    with opened(folder) as node:
        found = node.rights.answer(options.named(node, officer), asked)
    if as_json:
        click.echo(options.encoded(found))
        return
    _show(found)


@rights.command()
@FOLDER
@click.argument("record")
@_REFERENCE
@OFFICER
@JSON
def erase(folder: Path, record: str, reference: str, officer: str, as_json: bool) -> None:
    """Erase RECORD at the node in FOLDER, and call it back from everyone to whom it was given."""
    with opened(folder) as node:
        made = node.rights.erase(options.named(node, officer), reference, record)
    _tell(f"{record} is erased here", made, as_json)


@rights.command()
@FOLDER
@click.argument("record")
@click.option("--partner", required=True, help="Who has it.")
@click.option("--by", "by", required=True, help="The release, to the same partner, with the corrected record.")
@_REFERENCE
@OFFICER
@JSON
def correct(folder: Path, *, record: str, partner: str, by: str, reference: str, officer: str, as_json: bool) -> None:
    """Call RECORD back from a partner of the node in FOLDER, to whom a corrected one was released in its place."""
    with opened(folder) as node:
        corrected = options.release(node.store, by)
        made = node.rights.correct(options.named(node, officer), reference, record, partner, corrected)
    _tell(f"{record} is corrected at {partner}", made, as_json)


def _question(**parts: str) -> Question:
    try:
        return msgspec.convert(parts, Question)
    except msgspec.ValidationError as error:
        raise Fault(f"this cannot be asked: {error}", remedy="Give a reference and what is asked after.") from error


def _show(found: Answer) -> None:
    for held in found.held:
        click.echo("\t".join(map(printable, _line(held))))
        for event in held.events:
            click.echo("\t".join(map(printable, ("", *_done(event)))))
    if not found.held:
        click.echo("nothing is held, and the log knows of nothing")
    if not found.complete:
        click.echo("there is more than one answer holds: ask after each record by itself")


def _line(held: Held) -> tuple[str, ...]:
    recipients = f"given to {', '.join(held.recipients)}" if held.recipients else "given to nobody"
    until = f"kept until {written(held.keep_until)}" if held.keep_until is not None else ""
    return held.record, held.kind or "erased", held.owner, until, recipients


def _done(event: Event) -> tuple[str, ...]:
    why = " ".join(filter(None, (event.basis, event.clause, event.purpose)))
    return str(event.index), written(event.time), event.act.value, event.partner, why, event.detail


def _tell(words: str, made: list[bytes], as_json: bool) -> None:
    found = [each.hex() for each in made]
    if as_json:
        click.echo(options.encoded({"recalls": found}))
        return
    click.echo(words)
    for each in found:
        click.echo(f"called back: {each}")
    if found:
        click.echo("what partners answer: comity recall list")
