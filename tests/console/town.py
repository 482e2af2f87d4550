"""A town for the console: the rehearsal's three nodes with more people, a hostile name, and the story over."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import msgspec

from builders.ports import first_free
from comity.api.passwords import hashed
from comity.demo import stage
from comity.demo.desk import Desk, wait_for
from comity.demo.process import Cast
from comity.demo.stage import Neighbour, Pace, Stage
from comity.foundation.clock import wall
from comity.foundation.store import officers
from comity.node.assemble import opened
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.instant import SECOND, written
from comity.vocabulary.officer import Officer, Role

HOSTILE = '<img src=x onerror="document.title=1"><b>HOSTILE'
"""A name that a vessel gives itself."""
COLLEAGUES = (("ada", Role.ADMINISTRATOR), ("otto", Role.AUDITOR))
PASSWORD = "a password of the tests"


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
            wait_for(kind, partial(_raised, desk, kind))


def _in_force(desk: Desk) -> bool:
    return any(each["in_force"] for each in desk.agreements())


def _raised(desk: Desk, kind: str) -> bool:
    return any(each["alert"]["kind"] == kind for each in desk.alerts())
