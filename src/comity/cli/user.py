"""`comity user`: the people who use a node."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from comity.api.passwords import LONGEST_NAME, hashed
from comity.foundation.store import officers
from comity.node.assemble import opened
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Fault
from comity.vocabulary.officer import Officer, Role


@click.group()
def user() -> None:
    """Add and change the people who use a node."""


_FOLDER = click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
_ROLE = click.option("--role", required=True, type=click.Choice([role.value for role in Role]), help="Their duty.")
_BY = click.option("--by", default="administrator", show_default=True, help="Who does this, for the ledger.")
_PASSWORD = click.option("--password-stdin", is_flag=True, help="Read the password from standard input, unasked.")


@user.command()
@_FOLDER
@click.argument("name")
@_ROLE
@_BY
@_PASSWORD
def add(folder: Path, name: str, role: str, by: str, password_stdin: bool) -> None:
    """Add the person NAME to the node in FOLDER."""
    officer, kept = Officer(name=_checked(name), role=Role(role)), hashed(_password(password_stdin))
    with opened(folder) as opened_node, opened_node.store.acting() as act:
        officers.add(act, officer, kept)
        act.log(Entry(act=Act.ACCESS, officer=by, basis="user add", subject=name, detail=f"added as {role}"))
    click.echo(f"{name} is added as {role}")


@user.command()
@_FOLDER
@click.argument("name")
@_ROLE
@_BY
@_PASSWORD
def change(folder: Path, name: str, role: str, by: str, password_stdin: bool) -> None:
    """Give the person NAME another password and role at the node in FOLDER, and end their sessions."""
    officer, kept = Officer(name=name, role=Role(role)), hashed(_password(password_stdin))
    with opened(folder) as opened_node, opened_node.store.acting() as act:
        officers.change(act, officer, kept)
        act.log(Entry(act=Act.ACCESS, officer=by, basis="user change", subject=name, detail=f"changed to {role}"))
    click.echo(f"{name} is now {role}, with a new password; open sessions are ended")


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))


def _checked(name: str) -> str:
    """Return the name, which people sign in with and the ledger tells.

    Raises:
        Fault: it is empty, too long, or holds what does not print or cannot be seen.
    """
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable() or name != name.strip():
        raise Fault(
            f"a name has 1 to {LONGEST_NAME} characters that print, and no space around them",
            where=repr(name[:LONGEST_NAME]),
            remedy="Choose another name.",
        )
    return name


@user.command(name="list")
@_FOLDER
def list_(folder: Path) -> None:
    """List the people of the node in FOLDER."""
    with opened(folder) as opened_node, opened_node.store.reading() as transaction:
        found = officers.all(transaction)
    if not found:
        click.echo("nobody yet: comity user add")
    for officer in found:
        click.echo(f"{officer.name}\t{officer.role.value}")
