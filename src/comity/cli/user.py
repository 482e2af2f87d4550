"""`comity user`: the people who use a node."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from comity.api.passwords import hashed
from comity.foundation.store import officers
from comity.node.assemble import opened
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.officer import Officer, Role


@click.group()
def user() -> None:
    """Add the people who use a node."""


@user.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.argument("name")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]), help="Their duty.")
@click.option("--by", "added_by", default="administrator", show_default=True, help="Who adds them, for the ledger.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of asking.")
def add(folder: Path, name: str, role: str, added_by: str, password_stdin: bool) -> None:
    """Add the person NAME to the node in FOLDER."""
    password = (
        sys.stdin.readline().rstrip("\n")
        if password_stdin
        else click.prompt("Password", hide_input=True, confirmation_prompt=True)
    )
    officer = Officer(name=name, role=Role(role))
    kept = hashed(password)
    with opened(folder) as opened_node, opened_node.store.acting() as act:
        officers.add(act, officer, kept)
        act.log(Entry(act=Act.ACCESS, officer=added_by, basis="user add", subject=name, detail=f"added as {role}"))
    click.echo(f"{name} is added as {role}")


@user.command(name="list")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
def list_(folder: Path) -> None:
    """List the people of the node in FOLDER."""
    with opened(folder) as opened_node, opened_node.store.reading() as transaction:
        for officer in officers.all(transaction):
            click.echo(f"{officer.name}\t{officer.role.value}")
