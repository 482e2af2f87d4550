"""`comity agreement`: check what an agreement says before anyone signs it."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from comity.agreements import document, terms
from comity.agreements.explanation import explained
from comity.agreements.terms import Terms
from comity.vocabulary.fault import Fault

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
