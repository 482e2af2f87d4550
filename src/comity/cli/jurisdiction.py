"""`comity jurisdiction`: may this unit do this here, and under which law."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click
import msgspec

from comity.agreements import document, ruling, terms, track_file
from comity.agreements.jurisdiction import Question, may
from comity.agreements.standing import Standing, State
from comity.agreements.terms import Terms
from comity.cli.options import JSON, encoded
from comity.foundation import coastline, topology
from comity.foundation.coastline import Drawing
from comity.foundation.topology import Bounds
from comity.node import coastlines
from comity.vocabulary import country, instant
from comity.vocabulary.fault import Fault
from comity.vocabulary.instant import LATEST, Instant
from comity.vocabulary.offence import Offence
from comity.vocabulary.place import Position
from comity.vocabulary.unit import UnitAct, UnitKind

_FILE: Final = click.Path(path_type=Path, exists=True, dir_okay=False)
_LARGEST_MAP: Final = 64 * 1024 * 1024


@click.group()
def jurisdiction() -> None:
    """Ask which unit may do what where, and under which law."""


@jurisdiction.command()
@click.argument("file", type=_FILE)
@click.option("--unit", required=True, help="The party whose unit it is.")
@click.option("--kind", type=click.Choice([kind.value for kind in UnitKind]), required=True, help="Kind of unit.")
@click.option("--act", type=click.Choice([act.value for act in UnitAct]), required=True, help="What it would do.")
@click.option("--at", "at", required=True, metavar="LAT,LON", help="Where, in degrees, like 55.93,12.66.")
@click.option("--time", "time", required=True, help="When, like 2026-06-01T12:00:00Z.")
@click.option("--offence", type=click.Choice([offence.value for offence in Offence]), help="On suspicion of what.")
@click.option("--track", type=_FILE, help="CSV: where the ship pursued went, or for other acts the unit.")
@click.option("--country", "countries", multiple=True, metavar="NODE=CC", help="A party's State, if its name has none.")
@click.option(
    "--state", type=click.Choice([state.value for state in State]), default="finalized", help="How it stands."
)
@click.option("--coastline", "coast", type=_FILE, help="Another coastline than the one that comes with the node.")
@JSON
def ask(
    *,
    file: Path,
    unit: str,
    kind: str,
    act: str,
    at: str,
    time: str,
    offence: str | None,
    track: Path | None,
    countries: tuple[str, ...],
    state: str,
    coast: Path | None,
    as_json: bool,
) -> None:
    """Ask what the agreement in FILE and general law answer: permitted, forbidden or contested, and why.

    The agreement is taken as signed and proven by all parties.
    """
    found = terms.read(_text(file, document.LARGEST), str(file))
    question = Question(
        unit=unit,
        kind=UnitKind(kind),
        act=UnitAct(act),
        position=_position(at),
        time=_moment(time),
        offence=Offence(offence) if offence else None,
        track=track_file.read(_bytes(track, track_file.LARGEST), str(track)) if track else (),
    )
    standing = _standing(found, State(state))
    answer = may(question, [standing], _states(found, unit, countries), coastlines.load(coast or coastlines.SHIPPED))
    if as_json:
        click.echo(encoded(ruling.plain(answer, question.time)))
    else:
        click.echo("\n".join(ruling.told(answer, question.time)))


@jurisdiction.command(name="coastline")
@click.argument("file", type=_FILE)
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--bounds", required=True, metavar="SOUTH,WEST,NORTH,EAST", help="Where it is to tell zones, in degrees.")
@click.option("--name", required=True, help="What readers of an answer are told.")
@click.option("--source", required=True, help="Where the map is from.")
@click.option("--licence", required=True, help="Under what terms it is.")
@click.option("--error", type=click.IntRange(0, 10_000), required=True, help="Metres: how well its lines are known.")
@click.option(
    "--unseen", type=click.IntRange(0, 10_000), required=True, help="Metres: how far off it small islands lie."
)
@click.option("--islets", type=_FILE, help="CSV of islands that the map leaves out.")
def coastline_(
    *,
    file: Path,
    out: Path,
    bounds: str,
    name: str,
    source: str,
    licence: str,
    error: int,
    unseen: int,
    islets: Path | None,
) -> None:
    """Make a coastline in OUT from the map in FILE: TopoJSON, as the npm package world-atlas has it."""
    south, west, north, east = _numbers(bounds, "--bounds", 4)
    within = Bounds(south=south, west=west, north=north, east=east)
    arcs = topology.arcs(_bytes(file, _LARGEST_MAP), within, str(file))
    if islets:
        arcs += topology.islets(_text(islets, document.LARGEST), str(islets))
    drawing = Drawing(
        name=name,
        source=source,
        licence=licence,
        error=error,
        unseen=unseen,
        arcs=arcs,
        **msgspec.structs.asdict(within),
    )
    data = coastline.written(drawing)
    coastline.read(data, str(out))
    out.write_bytes(data)
    click.echo(f"{out}: {len(arcs)} arcs, {sum(len(arc.points) // 8 for arc in arcs)} points, {len(data)} bytes")


def _standing(found: Terms, state: State) -> Standing:
    parties = frozenset(found.between)
    return Standing(terms=found, digest=terms.digest(found), state=state, signed=parties, standing_at=parties)


def _states(found: Terms, unit: str, given: tuple[str, ...]) -> dict[str, str]:
    """Return the State of each party: as said, else by the first part of its name where that is a code."""
    states = {node: node.split(".")[0] for node in (*found.between, unit)}
    for text in given:
        node, _, code = text.partition("=")
        if not country.is_code(code.lower()):
            raise Fault(f"{text!r} names no State", where="--country", remedy="Write it like dk.coord=dk.")
        states[node] = code.lower()
    return {node: code for node, code in states.items() if country.is_code(code)}


def _position(text: str) -> Position:
    north, east = _numbers(text, "--at", 2)
    if abs(north) > 90 or abs(east) > 180:
        raise Fault("this point is not on the Earth", where="--at", remedy="Write latitude,longitude.")
    return Position(north, east)


def _numbers(text: str, where: str, count: int) -> list[float]:
    try:
        found = [float(part) for part in text.split(",")]
    except ValueError:
        found = []
    if len(found) != count or not all(abs(one) <= 360 for one in found):
        raise Fault(f"{text!r} is not {count} numbers of degrees", where=where, remedy="Write them like 55.93,12.66.")
    return found


def _moment(text: str) -> Instant:
    try:
        moment = instant.read(text)
    except (Fault, OverflowError) as error:
        raise Fault(f"{text!r} is not a time", where="--time", remedy="Write it like 2026-06-01T12:00:00Z.") from error
    if not 0 <= moment <= LATEST:
        raise Fault(f"{text!r} is not a time since 1970", where="--time", remedy="Write it like 2026-06-01T12:00:00Z.")
    return moment


def _bytes(file: Path, most: int) -> bytes:
    size = file.stat().st_size
    if size > most:
        raise Fault(f"{size} bytes are more than the {most} allowed", where=str(file), remedy="Shorten it.")
    return file.read_bytes()


def _text(file: Path, most: int) -> str:
    try:
        return _bytes(file, most).decode()
    except UnicodeDecodeError as error:
        raise Fault("the file is not UTF-8", where=str(file), remedy="Save it as UTF-8.") from error
