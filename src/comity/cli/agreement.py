"""`comity agreement`: check what an agreement says before anyone signs it."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from comity.agreements import terms
from comity.agreements.difference import Effect, differences
from comity.agreements.explanation import explained
from comity.agreements.permit import permit
from comity.agreements.schema import schema
from comity.agreements.standing import State
from comity.agreements.terms import Terms
from comity.cli import asking, life
from comity.cli.preview import preview
from comity.cli.prove import prove
from comity.cli.text import read
from comity.cli.trial import test_
from comity.node import relations
from comity.vocabulary.fault import Fault

_FILE = click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
_JSON = click.option("--json", "as_json", is_flag=True, help="Answer in JSON, faults included.")


@click.group()
def agreement() -> None:
    """Check, sign, accept and stop agreements."""


for command in (*life.COMMANDS, preview, prove, test_):
    agreement.add_command(command)


@agreement.command()
@_FILE
@_JSON
def check(file: Path, as_json: bool) -> None:
    """Check the agreement in FILE, and print the digest that parties sign."""
    try:
        found = read(file)
    except Fault as fault:
        if not as_json:
            raise
        click.echo(_encoded({"right": False, "what": fault.what, "where": fault.where, "remedy": fault.remedy}))
        raise SystemExit(1) from fault
    digest = terms.digest(found).hex()
    if as_json:
        click.echo(_encoded({"right": True, "digest": digest, "terms": msgspec.to_builtins(found)}))
        return
    click.echo(f"{found.agreement} version {found.version} is right: {_counted(found)}, {_parties(found)}")
    click.echo(f"digest  {digest}")


@agreement.command(name="schema")
def schema_() -> None:
    """Print the JSON Schema of an agreement's file, for editors that check while one types."""
    click.echo(_encoded(schema()))


@agreement.command()
@_FILE
@click.argument("clause", default="")
def explain(file: Path, clause: str) -> None:
    """Print the agreement in FILE, or one CLAUSE of it, in plain words."""
    click.echo("\n".join(explained(read(file), clause)))


@agreement.command()
@_FILE
@click.option(
    "--request",
    "request",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    required=True,
    help="The case, as docs/formats/request.md has it.",
)
@click.option(
    "--state",
    type=click.Choice([state.value for state in State]),
    default=State.FINALIZED.value,
    help="How the agreement stands.",
)
@click.option(
    "--law", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="A national law file besides."
)
@_JSON
def ask(file: Path, request: Path, state: str, law: Path | None, as_json: bool) -> None:
    """Ask the agreement in FILE what it answers to the request in a file of JSON: the permit or denial, with reasons.

    The agreement is taken as signed and proven by all parties.
    """
    law_read = relations.read(law) if law else None
    found = permit(asking.request(request.read_bytes(), read(file), State(state), str(request), law_read))
    click.echo(_encoded(asking.answer(found)) if as_json else "\n".join(asking.told(found)))


@agreement.command()
@click.argument("old", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("new", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@_JSON
def diff(old: Path, new: Path, as_json: bool) -> None:
    """Print what the agreement in NEW newly allows and newly forbids beside that in OLD, in words."""
    found = differences(read(old), read(new))
    if as_json:
        click.echo(_encoded(found))
        return
    for effect in Effect:
        changes = [change for change in found if change.effect is effect]
        if changes:
            click.echo(f"{effect.value}:")
            click.echo("\n".join(f"  {change}" for change in changes))
    if not found:
        click.echo("nothing that decides is different")


def _counted(found: Terms) -> str:
    counts = {"clause": len(found.clauses) + len(found.answers), "power": len(found.powers)}
    return ", ".join(f"{count} {noun}{'' if count == 1 else 's'}" for noun, count in counts.items() if count)


def _parties(found: Terms) -> str:
    return f"between {', '.join(found.between)}"


def _encoded(answer: object) -> str:
    return msgspec.json.format(msgspec.json.encode(answer), indent=2).decode()
