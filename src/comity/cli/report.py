"""`comity report`: write reports and notices, write them anew, cancel and list them."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from comity.api.access import reader
from comity.api.consulted import consulted
from comity.casework.draft import Draft
from comity.casework.update import Revision
from comity.cli.main import printable
from comity.cli.options import FOLDER, JSON, LIMIT, OFFICER, encoded, named
from comity.foundation.clock import wall
from comity.foundation.store import writings
from comity.foundation.store.writings import AnyWriting, KeptWriting
from comity.node.assemble import opened
from comity.vocabulary import instant
from comity.vocabulary.fault import Fault
from comity.vocabulary.instant import DAY, Instant
from comity.vocabulary.writing import Ending

_LARGEST = 1024 * 1024
_TIMES = ("since", "until", "expires")
_FILE = click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))


@click.group()
def report() -> None:
    """Write reports and notices, write them anew, cancel and list them."""


@report.command()
@click.option("--notice", is_flag=True, help="Of a notice.")
def draft(notice: bool) -> None:
    """Print a draft to start from: change it, and hand it to write."""
    now = wall() // 1000 * 1000
    made: dict[str, object] = {
        "offence": "smuggling",
        "title": "In a few words",
        "text": "What is known. Nothing in it names a person or leads to one.",
        "since": instant.written(now - DAY),
        "until": instant.written(now),
        "position": {"latitude": 56.5, "longitude": 11.5},
        "subjects": [{"kind": "vessel", "name": "EXAMPLE ONE", "mmsi": 219000001, "description": "blue hull"}],
        "purposes": ["smuggling", "border-surveillance"],
        "marks": {"tlp": "AMBER", "onward": "ask", "scale": "admiralty", "grading": "B2"},
        "names_nobody": False,
        "expires": instant.written(now + 30 * DAY),
    }
    if notice:
        made["notice"] = {"kind": "look-out", "asks": ["observe", "report"], "attachments": []}
    click.echo(encoded(made))


@report.command()
@FOLDER
@_FILE
@OFFICER
@JSON
def write(folder: Path, file: Path, officer: str, as_json: bool) -> None:
    """Write the report or notice drafted in FILE at the node in FOLDER."""
    drafted = _draft(file)
    with opened(folder) as node:
        made = node.casework.write(named(node, officer), drafted)
    _tell(made, as_json=as_json)


@report.command()
@FOLDER
@click.argument("id_", metavar="ID")
@_FILE
@click.option("--version", type=click.IntRange(1), required=True, help="The version that you write on.")
@click.option("--reason", required=True, help="Why.")
@OFFICER
@JSON
def update(folder: Path, id_: str, file: Path, version: int, reason: str, officer: str, as_json: bool) -> None:
    """Write ID anew as drafted in FILE; the new version goes to every partner who has an older one."""
    drafted = _draft(file)
    with opened(folder) as node:
        revision = Revision(id=id_, version=version, reason=reason, draft=drafted)
        updated = node.casework.update(named(node, officer), revision)
    _tell(updated.writing, as_json=as_json, partners=[each.partner for each in updated.told])


@report.command()
@FOLDER
@click.argument("id_", metavar="ID")
@click.option("--ending", type=click.Choice([each.value for each in Ending]), required=True, help="Partners learn it.")
@click.option("--reason", required=True, help="Why: it stays here.")
@OFFICER
@JSON
def cancel(folder: Path, id_: str, ending: str, reason: str, officer: str, as_json: bool) -> None:
    """Cancel ID for good, and tell every partner who has it."""
    with opened(folder) as node:
        made = node.casework.cancel(named(node, officer), id_, Ending(ending), reason)
    click.echo(encoded(msgspec.to_builtins(made)) if as_json else f"{id_} is cancelled: {ending}")


@report.command(name="list")
@FOLDER
@OFFICER
@LIMIT
@JSON
def list_(folder: Path, officer: str, limit: int, as_json: bool) -> None:
    """List reports and notices of the node in FOLDER, the last changed first. The look is logged."""
    with opened(folder) as node:
        who = reader(named(node, officer))
        with consulted(node.store, who, "reports") as transaction:
            found = writings.newest(transaction, limit)
        lines = [_line(each, node.clock.now()) for each in found]
    if as_json:
        click.echo(encoded(lines))
        return
    if not lines:
        click.echo("no reports yet: comity report write")
    for line in lines:
        click.echo("\t".join(printable(str(value)) for value in line.values()))


def _line(kept: KeptWriting, now: Instant) -> dict[str, object]:
    writing = kept.writing
    ended = f"cancelled: {kept.cancellation.ending.value}" if kept.cancellation else "expired"
    return {
        "id": writing.id,
        "record": kept.kind.value,
        "version": writing.version,
        "state": "open" if kept.counts(now) else ended,
        "offence": writing.offence.value,
        "grading": writing.handling.graded,
        "officer": writing.officer,
        "title": writing.title,
    }


def _tell(made: AnyWriting, *, as_json: bool, partners: list[str] | None = None) -> None:
    kind = writings.kind_of(made).value
    if as_json:
        click.echo(encoded({"id": made.id, "record": kind, "version": made.version, "told": partners or []}))
        return
    click.echo(f"{kind} {made.id}, version {made.version}, graded {made.handling.graded}")
    if partners:
        click.echo(f"told: {', '.join(partners)}")


def _draft(file: Path) -> Draft:
    size = file.stat().st_size
    if size > _LARGEST:
        raise Fault(f"{size} bytes are more than the {_LARGEST} of a draft", where=str(file), remedy="Shorten it.")
    try:
        raw = msgspec.json.decode(file.read_bytes(), type=dict[str, object])
        for name in _TIMES:
            value = raw.get(name)
            if isinstance(value, str):
                raw[name] = instant.read(value)
        return msgspec.convert(raw, Draft)
    except (msgspec.DecodeError, RecursionError, ValueError) as error:
        raise Fault(
            f"this is no draft: {error}", where=str(file), remedy="Start from what comity report draft prints."
        ) from error
