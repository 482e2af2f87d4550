"""`comity agreement`: check what an agreement says before anyone signs it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import msgspec

from comity.agreements import document, terms
from comity.agreements.difference import Effect, differences
from comity.agreements.explanation import explained
from comity.agreements.permit import permit
from comity.agreements.standing import State, obstacle
from comity.agreements.terms import Terms
from comity.cli import asking
from comity.exchange.step import StepKind
from comity.node import relations
from comity.node.assemble import opened
from comity.node.standings import standings
from comity.vocabulary.fault import Fault

_FOLDER = click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
_NAME = click.argument("name")
_VERSION = click.option("--version", type=click.IntRange(1), required=True, help="Which version of it.")
_DIGEST = click.option("--digest", default="", help="First digits of its digest, where there are several texts.")
_OFFICER = click.option("--officer", required=True, help="Who does this, for the ledger.")
_REASON = click.option("--reason", required=True, help="Why, for the ledger and the other parties.")
_FILE = click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
_JSON = click.option("--json", "as_json", is_flag=True, help="Answer in JSON, faults included.")


@click.group()
def agreement() -> None:
    """Check, sign, accept and stop agreements."""


@agreement.command()
@_FILE
@_JSON
def check(file: Path, as_json: bool) -> None:
    """Check the agreement in FILE, and print the digest that parties sign."""
    try:
        found = _read(file)
    except Fault as fault:
        if not as_json:
            raise
        click.echo(_encoded({"right": False, "what": fault.what, "where": fault.where, "remedy": fault.remedy}))
        raise SystemExit(1) from fault
    digest = terms.digest(found).hex()
    if as_json:
        click.echo(_encoded({"right": True, "digest": digest, "terms": msgspec.to_builtins(found)}))
        return
    click.echo(f"{found.agreement} version {found.version} is right: {len(found.clauses)} clauses, {_parties(found)}")
    click.echo(f"digest  {digest}")


@agreement.command()
@_FILE
def explain(file: Path) -> None:
    """Print the agreement in FILE in plain words."""
    click.echo("\n".join(explained(_read(file))))


@agreement.command()
@_FILE
@click.option("--request", "request", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=True)
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
    found = permit(asking.request(request.read_bytes(), _read(file), State(state), str(request), law_read))
    click.echo(_encoded(asking.answer(found)) if as_json else "\n".join(asking.told(found)))


@agreement.command()
@click.argument("old", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("new", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@_JSON
def diff(old: Path, new: Path, as_json: bool) -> None:
    """Print what the agreement in NEW newly allows and newly forbids beside that in OLD, in words."""
    found = differences(_read(old), _read(new))
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


@agreement.command()
@_FOLDER
@_FILE
@_OFFICER
def sign(folder: Path, file: Path, officer: str) -> None:
    """Sign the agreement in FILE for the node in FOLDER, and offer it to the other parties."""
    found = _read(file)
    with opened(folder) as node:
        digest = node.agreements.sign(found, officer)
    click.echo(f"{found.agreement} version {found.version} is signed and offered, {_parties(found)}")
    click.echo(f"digest  {digest.hex()}")


@agreement.command()
@_FOLDER
@_NAME
@_VERSION
@_DIGEST
@_OFFICER
def accept(folder: Path, name: str, version: int, digest: str, officer: str) -> None:
    """Sign the agreement NAME that another party has offered to the node in FOLDER."""
    with opened(folder) as node:
        signed = node.agreements.accept(name, version, officer, digest)
    click.echo(f"{name} version {version} is signed")
    click.echo(f"digest  {signed.hex()}")


@agreement.command()
@_FOLDER
@_NAME
@_VERSION
@_DIGEST
@_OFFICER
@_REASON
def suspend(folder: Path, **asked: Any) -> None:  # noqa: ANN401 - the options above
    """Suspend the agreement NAME: nothing goes out under it from this instant, here and soon at the other parties."""
    _stop(folder, StepKind.SUSPENDED, **asked)


@agreement.command()
@_FOLDER
@_NAME
@_VERSION
@_DIGEST
@_OFFICER
@_REASON
def terminate(folder: Path, **asked: Any) -> None:  # noqa: ANN401 - the options above
    """End the agreement NAME for good."""
    _stop(folder, StepKind.TERMINATED, **asked)


def _stop(folder: Path, kind: StepKind, *, name: str, version: int, digest: str, officer: str, reason: str) -> None:
    with opened(folder) as node:
        node.agreements.stop(name, version, kind, officer, reason, digest)
    click.echo(f"{name} version {version} is {kind.value}")


@agreement.command(name="list")
@_FOLDER
def list_(folder: Path) -> None:
    """List the agreements of the node in FOLDER, and whether each is in force."""
    with opened(folder) as node, node.store.reading() as transaction:
        for standing in standings(transaction):
            state = obstacle(standing, node.clock.now()) or "in force"
            name = f"{standing.terms.agreement} version {standing.terms.version}"
            click.echo(f"{name}\t{standing.digest.hex()[:16]}\t{state}")


def _read(file: Path) -> Terms:
    size = file.stat().st_size
    if size > document.LARGEST:
        raise Fault(f"{size} bytes are more than the {document.LARGEST} allowed", where=str(file), remedy="Split it.")
    try:
        text = file.read_bytes().decode()
    except UnicodeDecodeError as error:
        raise Fault("the file is not UTF-8", where=str(file), remedy="Save it as UTF-8.") from error
    return terms.read(text, str(file))


def _parties(found: Terms) -> str:
    return f"between {', '.join(found.between)}"


def _encoded(answer: object) -> str:
    return msgspec.json.format(msgspec.json.encode(answer), indent=2).decode()
