"""A town for the console: the rehearsal's three nodes with more people, a hostile name, and the story over."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import msgspec

from builders.ports import first_free
from comity.api.passwords import hashed
from comity.demo import reports, stage
from comity.demo.desk import Desk, wait_for
from comity.demo.process import Cast
from comity.demo.reports import Who
from comity.demo.sentences import Header, lines
from comity.demo.stage import Neighbour, Pace, Stage
from comity.demo.voyage import Moment
from comity.foundation.clock import wall
from comity.foundation.store import officers
from comity.node.assemble import opened
from comity.node.settings import FILE
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.instant import HOUR, MINUTE, SECOND, Instant, written
from comity.vocabulary.officer import Officer, Role
from comity.vocabulary.place import Position

HOSTILE = '<img src=x onerror="document.title=1"><b>HOSTILE'
"""A name that a vessel gives itself."""
COLLEAGUES = (("ada", Role.ADMINISTRATOR), ("otto", Role.AUDITOR))
PASSWORD = "a password of the tests"
BOTH, THEIRS = (
    Who(mmsi=number, name=name, call_sign="", ship_type=70, length=90, destination="", class_b=False)
    for number, name in ((299_000_777, "BOTH SEE HER"), (299_000_778, "SWEDEN SEES HER"))
)
"""Ships that are heard from the story's end on: by Denmark and Sweden, and by Sweden alone."""
_LASTS = HOUR // 2
_PATIENCE = 200.0
"""Seconds until an alert must be raised on a machine that has much else to do."""


class ConsoleTown(msgspec.Struct, frozen=True, kw_only=True):
    """Three nodes that run, their story over and their agreement in force."""

    stage: Stage
    cast: Cast

    @property
    def denmark(self) -> Neighbour:
        """The node that saw two vessels go dark."""
        return self.stage.neighbours[0]

    @property
    def sweden(self) -> Neighbour:
        """The neighbour that may know of them."""
        return self.stage.neighbours[1]

    @property
    def germany(self) -> Neighbour:
        """The neighbour that may not, and whose feed tells a hostile name."""
        return self.stage.neighbours[2]


@contextmanager
def played(folder: Path) -> Iterator[ConsoleTown]:
    """Run the three nodes until the story is over, and yield them."""
    made = stage.build(folder, Pace(recording=5 * SECOND, hours=10 * SECOND), first_free(7))
    _hostile(made)
    denmark, sweden, _ = made.neighbours
    _coast(denmark, made.begin + stage.SPAN, BOTH)
    _coast(sweden, made.begin + stage.SPAN, BOTH, THEIRS)
    with Cast(made.processes()) as cast:
        stage.introduce(made)
        _colleagues(made.neighbours[0])
        _agreed(made)
        _over(made)
        yield ConsoleTown(stage=made, cast=cast)


def _hostile(made: Stage) -> None:
    """Let the last vessel that the German feed tells of have a name that tries to be markup."""
    last = written(made.begin + made.facts.end - made.facts.start - SECOND)
    with (made.neighbours[2].folder / "belt.csv").open("a", encoding="utf-8") as rows:
        name = HOSTILE.replace('"', '""')
        rows.write(f'{last},54.5,11.3,6.5,90.0,299999999,"{name}"\n')


def _coast(neighbour: Neighbour, end: Instant, *ships: Who) -> None:
    """Let the node hear these ships from the story's end on, and tell subscribers at once."""
    heard = [line for at in range(0, _LASTS, 5 * SECOND) for ship in ships for line in _sentences(ship, end, at)]
    (neighbour.folder / "coast.nmea").write_text("\n".join([*heard, ""]), "ascii")
    feed = '\n[[feed]]\nname = "coast"\nformat = "ais"\npath = "coast.nmea"\nsimulated = true\n'
    feed += 'purposes = ["border-surveillance", "smuggling"]\n'
    settings = neighbour.folder / FILE
    changed = settings.read_text("utf-8").replace("[exchange]", '[exchange]\nrefresh = "1 s"')
    settings.write_text(changed + feed, "utf-8")


def _sentences(ship: Who, end: Instant, at: int) -> list[str]:
    place = Position(56.7, 11.5 + ship.mmsi % 10 / 20 + at / 5e7)
    told = [reports.position(ship.mmsi, Moment(place, 1.2, 90.0), at, reports.How())]
    if at % MINUTE == 0:
        told += reports.identity(ship)
    return [line for message in told for line in lines(end + at, Header(), message)]


def _colleagues(neighbour: Neighbour) -> None:
    """Add people whose roles may do less than an officer."""
    with opened(neighbour.folder) as node, node.store.acting() as act:
        for name, role in COLLEAGUES:
            officers.add(act, Officer(name=name, role=role), hashed(PASSWORD))
            act.log(Entry(act=Act.ACCESS, officer="administrator", basis="user add", subject=name))


def _agreed(made: Stage) -> None:
    stage.agree(made)
    for neighbour in made.neighbours[1:]:
        wait_for(f"the offer at {neighbour.name}", partial(stage.accept, neighbour))


def _over(made: Stage) -> None:
    """Wait until the story is over, its agreement in force everywhere, and the alerts raised that it is told by."""
    end = made.curtain + made.pace.recording + made.pace.hours
    wait_for("the end of the story", lambda: wall() >= end, 120)
    for neighbour, kind in zip(made.neighbours, ("distress", "meeting"), strict=False):
        with closing(Desk(neighbour.name, neighbour.address, neighbour.officer, neighbour.password)) as desk:
            wait_for("the agreement", partial(_in_force, desk))
            wait_for(kind, partial(_raised, desk, kind), _PATIENCE)


def _in_force(desk: Desk) -> bool:
    return any(each["in_force"] for each in desk.agreements())


def _raised(desk: Desk, kind: str) -> bool:
    return any(each["alert"]["kind"] == kind for each in desk.alerts())
