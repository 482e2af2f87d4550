"""`comity crosswalk`: look at tables between schemes of codes, tell a code by them, and check one of your own."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from comity.agreements import crosswalk as tables_of
from comity.agreements import document, tables
from comity.agreements.crosswalk import Crosswalk
from comity.agreements.translation import Translation, translated
from comity.cli.options import JSON, encoded
from comity.vocabulary.fault import Fault


@click.group()
def crosswalk() -> None:
    """Tell codes of one scheme in another, with what is lost."""


@crosswalk.command()
@click.argument("name", required=False)
@JSON
def show(name: str | None, as_json: bool) -> None:
    """Print the crosswalk NAME, one that comes with Comity or a file; without a name, list those that come with it."""
    if name is None:
        every = tables.built_in()
        listed = [
            {"crosswalk": one.crosswalk, "version": one.version, "from": one.source.scheme, "to": one.target.scheme}
            for one in every
        ]
        lines = [f"{one.crosswalk}\tversion {one.version}\t{one.source.scheme} to {one.target.scheme}" for one in every]
        click.echo(encoded(listed) if as_json else "\n".join(lines))
        return
    found = _found(name)
    click.echo(encoded(msgspec.to_builtins(found)) if as_json else "\n".join(_table(found)))


@crosswalk.command(name="map")
@click.argument("names", nargs=-1, required=True, metavar="NAME... CODE")
@JSON
def map_(names: tuple[str, ...], as_json: bool) -> None:
    """Tell CODE by the crosswalk NAME, one that comes with Comity or a file, or by several one after another."""
    *chain, code = names
    if not chain:
        raise click.UsageError("Name a crosswalk and a code.")
    found = translated(code, [_found(name) for name in chain])
    click.echo(encoded(_answer(found)) if as_json else "\n".join(_told(found)))


@crosswalk.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def check(file: Path) -> None:
    """Check the crosswalk in FILE."""
    found = _read(file)
    ends = f"from {found.source.scheme} to {found.target.scheme}"
    mapped, none = len(found.mappings), len(found.none)
    click.echo(
        f"{found.crosswalk} version {found.version} is right: {ends}, {mapped} mapped, {none} without counterpart"
    )


def _found(name: str) -> Crosswalk:
    """Return the crosswalk that comes with Comity under this name, or else the one in the file."""
    if any(one.crosswalk == name for one in tables.built_in()) or not Path(name).is_file():
        return tables.get(name)
    return _read(Path(name))


def _read(file: Path) -> Crosswalk:
    if file.stat().st_size > document.LARGEST:
        raise Fault(f"it is larger than {document.LARGEST} bytes", where=str(file), remedy="Split it.")
    try:
        text = file.read_bytes().decode()
    except UnicodeDecodeError as error:
        raise Fault("the file is not UTF-8", where=str(file), remedy="Save it as UTF-8.") from error
    return tables_of.read(text, str(file))


def _table(found: Crosswalk) -> list[str]:
    source, target = found.source, found.target
    lines = [
        f"{found.crosswalk} version {found.version}",
        f"from  {source.scheme}: {source.source}",
        f"to    {target.scheme}: {target.source}",
    ]
    lines += [
        f"  {one.code} ({source.meaning(one.code)})  {one.relation.value}  {one.to} ({target.meaning(one.to)})"
        + (f"; lost: {one.loses}" if one.loses else "")
        for one in found.mappings
    ]
    return [*lines, *(f"  {one.code} ({source.meaning(one.code)})  none: {one.why}" for one in found.none)]


def _told(found: Translation) -> list[str]:
    first = f"{found.schemes[0]} {found.codes[0]}"
    if found.missing:
        return [f"{first}: no counterpart: {found.missing}", *(f"lost: {lost}" for lost in found.losses)]
    kept = f"{found.relation.value}: {found.relation.words}"
    return [f"{first}: {found.schemes[-1]} {found.shown}, {kept}", *(f"lost: {lost}" for lost in found.losses)]


def _answer(found: Translation) -> dict[str, object]:
    steps = [{"scheme": name, "code": code} for name, code in zip(found.schemes, found.codes, strict=True)]
    return {
        "shown": found.shown,
        "as": found.relation.value,
        "words": found.missing or found.relation.words,
        "losses": found.losses,
        "steps": steps,
    }
