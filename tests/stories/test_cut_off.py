"""Need: neighbours who cannot reach each other go on working, and when they can again nothing was lost on the way."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest

from builders.ports import first_free, free_addresses
from comity.demo import stage
from comity.demo.desk import Desk, wait_for
from comity.demo.process import Cast
from comity.demo.stage import Neighbour, Pace, Stage
from comity.node.settings import FILE
from comity.vocabulary.entry import Act
from comity.vocabulary.instant import SECOND
from stories.duties import in_force
from stories.evenness import Books
from stories.house import PATIENCE, House
from stories.link import Link

pytestmark = pytest.mark.story
_PACE = Pace(recording=5 * SECOND, hours=10 * SECOND)


class Waters(msgspec.Struct, frozen=True, kw_only=True):
    """The rehearsal's nodes at work, their agreement in force, each reached by the others over a line of its own."""

    stage: Stage
    desks: dict[str, Desk]
    lines: dict[str, Link]
    houses: dict[str, House]

    def books(self, giver: str, taker: str) -> Books:
        """Open the books of what one gives the other."""
        return Books(self.houses[giver], self.houses[taker])

    def cut(self) -> None:
        """Let nobody reach anybody."""
        for line in self.lines.values():
            line.cut()

    def mend(self) -> None:
        """Let all reach all again."""
        for line in self.lines.values():
            line.mend()


@pytest.fixture
def waters() -> Iterator[Waters]:
    """Return the rehearsal's nodes with their agreement in force."""
    with tempfile.TemporaryDirectory(prefix="comity-waters-") as folder, ExitStack() as over:
        made = stage.build(Path(folder), _PACE, first_free(7))
        lines = {each.name: over.enter_context(_line(each)) for each in made.neighbours}
        over.enter_context(Cast(made.processes()))
        stage.introduce(made)
        desks = {
            each.name: over.enter_context(closing(Desk(each.name, each.address, each.officer, each.password)))
            for each in made.neighbours
        }
        stage.agree(made)
        for each in made.neighbours[1:]:
            wait_for(f"the offer at {each.name}", partial(stage.accept, each), PATIENCE)
        for desk in desks.values():
            wait_for(f"force at {desk.node}", partial(in_force, desk), PATIENCE)
        houses = {each.name: House(each.folder, each.country, each.console, each.exchange) for each in made.neighbours}
        yield Waters(stage=made, desks=desks, lines=lines, houses=houses)


def _line(neighbour: Neighbour) -> Link:
    """Return a line at the address on the node's card, and let the node listen elsewhere."""
    (behind,) = free_addresses(1)
    file = neighbour.folder / FILE
    said = f'listen = "{neighbour.exchange}"'
    text = file.read_text("utf-8")
    assert text.count(said) == 1
    file.write_text(text.replace(said, f'listen = "{behind}"'), "utf-8")
    return Link(neighbour.exchange, behind)


def _alert(desk: Desk, kind: str, mmsi: int | None = None) -> dict[str, Any]:
    """Wait for a simulated alert of this kind, about this vessel if one is named."""

    def look() -> dict[str, Any] | None:
        for queued in desk.alerts():
            alert = dict(queued["alert"])
            numbers = [subject.get("mmsi") for subject in alert["subjects"]]
            if alert["kind"] == kind and alert.get("simulated") and (mmsi is None or mmsi in numbers):
                return alert
        return None

    return wait_for(f"the {kind} alert at {desk.node}", look, PATIENCE)


def _given(desk: Desk, alert: dict[str, Any], partner: str, purpose: str) -> str:
    """Confirm an alert, if nobody has, and give it; return the message."""
    desk.decide(alert["id"], "confirmed", "as it looks from here")
    answer = desk.release(alert["id"], partner, purpose)
    assert answer["permitted"], answer
    return str(answer["message"])


def _tried_in_vain(desk: Desk, messages: list[str]) -> bool:
    """Whether all of these wait, and each lane's first has been tried and says why it waits."""
    found = [item for item in desk.releases() if item["message"] in messages]
    first = {item["lane"]: item for item in sorted(found, key=lambda item: -item["sequence"])}
    return {item["state"] for item in found} == {"queued"} and all(
        item["attempts"] and re.search("no answer", item["last_fault"]) for item in first.values()
    )


def _settled(desk: Desk) -> bool:
    return {item["state"] for item in desk.releases()} == {"accepted"}


def test_the_main_job_done_while_the_line_is_cut_is_whole_once_it_is_mended(waters: Waters) -> None:
    """From before the first alert until the last release nobody reaches anybody; each officer works as ever.

    All is done and waits, nothing has come to anyone, and a denial is a denial. With the lines mended both sides have
    the same: each record, each receipt and each entry once, proven by logs that hold.
    """
    dk, se, de = (each.name for each in waters.stage.neighbours)
    denmark, sweden = waters.desks[dk], waters.desks[se]
    waters.cut()
    east, west = waters.books(dk, se), waters.books(se, dk)

    dark = [_alert(denmark, "going-dark", mmsi) for mmsi in waters.stage.facts.meeting]
    meeting = _alert(sweden, "meeting")
    distress = _alert(denmark, "distress", waters.stage.facts.distress)
    given = [_given(denmark, alert, se, "smuggling") for alert in dark]
    given.append(_given(denmark, distress, se, "search-and-rescue"))
    taken = [_given(sweden, meeting, dk, "smuggling")]
    assert not denmark.release(dark[0]["id"], de, "smuggling")["permitted"]

    for desk, messages in ((denmark, given), (sweden, taken)):
        wait_for(f"attempts at {desk.node}", partial(_tried_in_vain, desk, messages), PATIENCE)
        assert desk.received() == []
        assert waters.houses[desk.node].acts(Act.RECEIPTED) == waters.houses[desk.node].count(
            "SELECT count(*) FROM outbox WHERE kind <> 'release' AND receipt IS NOT NULL"
        )
    waters.mend()
    for desk in (denmark, sweden):
        wait_for(f"receipts at {desk.node}", partial(_settled, desk), PATIENCE)
    assert sorted(east.messages()) == sorted(given)
    assert west.messages() == taken
    for books in (east, west):
        books.assert_even(books.messages())
        books.assert_proven(books.messages())
    assert {record["record"] for record in sweden.received()} == {alert["id"] for alert in (*dark, distress)}
    assert [record["record"] for record in denmark.received()] == [meeting["id"]]
    assert waters.desks[de].received() == []
    for house in waters.houses.values():
        house.assert_sound()
        house.assert_calm()
