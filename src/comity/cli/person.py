"""`comity person`: write, look at, correct, renew and erase records about suspects."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from comity.casework.person_draft import PersonDraft
from comity.cli.main import printable
from comity.cli.options import FOLDER, JSON, LIMIT, OFFICER, encoded, named
from comity.foundation.clock import wall
from comity.foundation.store.persons import KeptPerson
from comity.node.assemble import opened
from comity.node.flow_person import Received
from comity.vocabulary import instant
from comity.vocabulary.fault import Fault
from comity.vocabulary.instant import DAY, Instant

_LARGEST = 256 * 1024
_FILE = click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
_ID = click.argument("id_", metavar="ID")


@click.group()
def person() -> None:
    """Write, look at, correct, renew and erase records about suspects. Each look is logged."""


@person.command()
def draft() -> None:
    """Print a draft to start from: change it, and hand it to add. The person in it is invented."""
    now = wall() // 1000 * 1000
    made: dict[str, object] = {
        "names": [{"kind": "recorded", "family": "EXAMPLE", "given": "ROBIN"}],
        "birth": {"date": "1984-05", "by": "document"},
        "sex": None,
        "nationalities": [{"country": "NO", "by": "document"}],
        "documents": [{"type": "passport", "number": "X0000000", "issuer": "NO"}],
        "description": "",
        "offence": "smuggling",
        "ground": "observed-conduct",
        "facts": "What the person did. Neither belief, opinion, origin, health nor sexuality.",
        "on_conduct_alone": False,
        "area": "kattegat",
        "purposes": ["smuggling"],
        "basis": "The law on which it is held",
        "marks": {"tlp": "AMBER", "onward": "no", "scale": "admiralty", "grading": "B2"},
        "review": instant.written(now + 90 * DAY),
        "protection": None,
        "risks": [],
    }
    click.echo(encoded(made))


@person.command()
@FOLDER
@_FILE
@OFFICER
@JSON
def add(folder: Path, file: Path, officer: str, as_json: bool) -> None:
    """Write the record drafted in FILE at the node in FOLDER."""
    drafted = _draft(file)
    with opened(folder) as node:
        made = node.persons.write(named(node, officer), drafted)
    _tell(made, as_json=as_json)


@person.command(name="list")
@FOLDER
@OFFICER
@LIMIT
@click.option("--received", is_flag=True, help="Those that partners gave.")
@JSON
def list_(folder: Path, officer: str, limit: int, received: bool, as_json: bool) -> None:
    """List the records that can be read at the node in FOLDER, the newest first."""
    with opened(folder) as node:
        who = named(node, officer)
        lines = (
            [_theirs(one) for one in node.persons.received(who, limit)]
            if received
            else [_line(kept) for kept in node.persons.listed(who, limit)]
        )
    if as_json:
        click.echo(encoded(lines))
        return
    for line in lines:
        click.echo("\t".join(printable(str(value)) for value in line.values()))
    if not lines:
        click.echo("no records about persons that can be read")


@person.command()
@FOLDER
@_ID
@OFFICER
def show(folder: Path, id_: str, officer: str) -> None:
    """Print ID as the node in FOLDER holds it, in JSON, and who has it."""
    with opened(folder) as node:
        found = node.persons.read(named(node, officer), id_)
    held = {**msgspec.to_builtins(found.kept.person), "review": found.kept.review}
    told = [{"message": one.message.hex(), "partner": one.partner, "state": one.state} for one in found.given]
    click.echo(encoded({"person": held, "given": told}))


@person.command()
@FOLDER
@_ID
@_FILE
@click.option("--version", type=click.IntRange(1), required=True, help="The version that you write on.")
@OFFICER
@JSON
def correct(folder: Path, id_: str, file: Path, version: int, officer: str, as_json: bool) -> None:
    """Write ID anew as drafted in FILE; whoever has the version before is given this one or nothing."""
    drafted = _draft(file)
    with opened(folder) as node:
        done = node.persons.correct(named(node, officer), id_, version, drafted)
    _tell(done.kept, as_json=as_json, partners=[each.partner for each in done.told])


@person.command()
@FOLDER
@_ID
@click.option("--until", required=True, help="The new review date, like 2026-12-31.")
@click.option("--reason", required=True, help="Why: it stands in the log, and names nobody.")
@OFFICER
@JSON
def renew(folder: Path, id_: str, until: str, reason: str, officer: str, as_json: bool) -> None:
    """Let ID be read until another date; past its own date a supervisor may, unread."""
    review = instant.read(until)
    with opened(folder) as node:
        shell = node.persons.renew(named(node, officer), id_, review, reason)
    if as_json:
        click.echo(encoded(shell))
        return
    click.echo(f"{shell.id} can be read until {instant.written(shell.review)}")


@person.command()
@FOLDER
@_ID
@click.option("--reason", required=True, help="Why: it stands in the log, and names nobody.")
@OFFICER
@JSON
def erase(folder: Path, id_: str, reason: str, officer: str, as_json: bool) -> None:
    """Erase ID at the node in FOLDER, and call it back from everyone who has it."""
    with opened(folder) as node:
        called = [each.hex() for each in node.persons.erase(named(node, officer), id_, reason)]
    if as_json:
        click.echo(encoded({"recalls": called}))
        return
    click.echo(f"{printable(id_)} is erased here")
    for each in called:
        click.echo(f"called back: {each}")


def _line(kept: KeptPerson) -> dict[str, object]:
    one = kept.person
    return {
        "id": one.id,
        "version": one.version,
        "review": instant.written(kept.review)[:10],
        "offence": one.offence.value,
        "grading": one.handling.graded,
        "names": "; ".join(f"{name.family}, {name.given}" for name in one.names),
    }


def _theirs(one: Received) -> dict[str, object]:
    return {
        "sender": one.kept.sender,
        "id": one.given.id,
        "kept until": _day(one.given.keep_until),
        "clause": one.given.clause,
        "fields": msgspec.json.encode(one.fields).decode(),
    }


def _day(moment: Instant) -> str:
    return instant.written(moment)[:10]


def _tell(made: KeptPerson, *, as_json: bool, partners: list[str] | None = None) -> None:
    one = made.person
    if as_json:
        click.echo(encoded({"id": one.id, "version": one.version, "review": made.review, "told": partners or []}))
        return
    click.echo(f"person {one.id}, version {one.version}, can be read until {instant.written(made.review)}")
    if partners:
        click.echo(f"who had the version before: {', '.join(partners)}")


def _draft(file: Path) -> PersonDraft:
    size = file.stat().st_size
    if size > _LARGEST:
        raise Fault(f"{size} bytes are more than the {_LARGEST} of a draft", where=str(file), remedy="Shorten it.")
    try:
        raw = msgspec.json.decode(file.read_bytes(), type=dict[str, object])
        review = raw.get("review")
        if isinstance(review, str):
            raw["review"] = instant.read(review)
        return msgspec.convert(raw, PersonDraft)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise Fault(
            f"this is no draft: {error}", where=str(file), remedy="Start from what comity person draft prints."
        ) from error
