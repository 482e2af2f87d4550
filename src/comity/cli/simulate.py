"""`comity simulate`: a scenario's feeds and its truth, drawn from a seed."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from comity.training import files, library
from comity.training.world import World
from comity.vocabulary.fault import Fault


@click.command()
@click.argument("scenario", required=False)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**32 - 1),
    default=0,
    show_default=True,
    help="The same seed makes the same world.",
)
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="Write the feeds, the areas and the truth here."
)
def simulate(scenario: str | None, *, seed: int, out: Path | None) -> None:
    """Make up a world from SCENARIO, one that comes along or a YAML file (docs/formats/scenario.md).

    Without SCENARIO those that come along are listed. The feeds are files that `comity picture run` reads; the truth
    (docs/formats/truth.md) tells who was where, what was to be found, and whom each report is of. Everything in it is
    invented.
    """
    if scenario is None:
        for name in library.names():
            click.echo(f"{name:21} {library.load(name).title}")
        return
    world = World(library.load(scenario), seed)
    found = Counter(one.kind for one in world.happenings())
    click.echo(f"{len(world.cast.crafts)} targets; to be found: {_counted(found)}")
    if out is not None:
        _write(world, out)
        click.echo(files.command(world, str(out)))


def _write(world: World, out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, lines in files.files(world):
            with (out / name).open("w", encoding="utf-8", newline="\n") as file:
                count = sum(bool(file.write(line + "\n")) for line in lines)
            click.echo(f"  {out / name}: {count:,} lines")
    except OSError as error:
        raise Fault(
            f"it cannot be written ({error.strerror})", where=str(out), remedy="Choose another --out."
        ) from error


def _counted(found: Counter[str]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in sorted(found.items())) or "nothing"
