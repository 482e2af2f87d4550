"""Need: a guard asks the neighbour after a ship and learns hit or no-hit; the rest an officer there decides."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from comity.demo.desk import Desk, wait_for
from comity.foundation import canonical
from comity.vocabulary.entry import Act
from comity.vocabulary.message import Given
from stories.conftest import BuildTown
from stories.duties import alerts, all_settled, past, refused
from stories.fleet import Fleet
from stories.house import OFFICER, PATIENCE, House, command
from stories.town import AGREEMENT

_FLEET = Fleet(begin=0, silent=2)
_UNKNOWN = 987_654_321
_RESTS = {"kind": "vessel-inquiry", "purpose": "smuggling", "agreement": AGREEMENT, "clause": "vessels"}


def _by_command(south: House, mmsi: int) -> str:
    asked = command(
        *("inquiry", "ask", south.folder, "--partner", "north", "--kind", "vessel-inquiry", "--mmsi", mmsi),
        *("--purpose", "smuggling", "--agreement", AGREEMENT, "--clause", "vessels", "--reason", "seen at night"),
        *("--officer", OFFICER, "--json"),
    )
    assert asked.returncode == 0, asked.stderr
    return str(json.loads(asked.stdout)["inquiry"])


def _state(desk: Desk, inquiry: str, state: str) -> dict[str, Any] | None:
    found = next((one for one in desk.inquiries() if one["inquiry"] == inquiry), None)
    return found if found and found["state"] == state else None


def test_a_ship_is_asked_after_and_given(build_town: BuildTown) -> None:
    """Two hits and a no-hit; one hit is given, one kept back; the question too many is refused before it leaves."""
    town = build_town("north", "south")
    north, south = town.houses
    north.configure("[exchange]", 'answers = "1 s"')
    town.feed(north, Fleet(begin=past(_FLEET.length), silent=_FLEET.silent))
    town.start()
    town.introduce()
    town.agree()
    here, there = north.desk(), south.desk()
    first, second = alerts(here, 2)
    for alert in (first, second):
        here.decide(alert["id"], "confirmed", "silent while others were heard")

    numbers = [alert["subjects"][0]["mmsi"] for alert in (first, second)]
    hit = _by_command(south, numbers[0])
    other = there.inquire("north", {**_RESTS, "mmsi": numbers[1]}, "seen at night")
    none = there.inquire("north", {**_RESTS, "mmsi": _UNKNOWN}, "seen at night")
    for inquiry, state in ((hit, "hit"), (other, "hit"), (none, "no-hit")):
        told = wait_for(state, partial(_state, there, inquiry, state), PATIENCE)
        assert told["simulated"] is (state == "hit")
    assert "3 questions a day" in str(refused(partial(there.inquire, "north", {**_RESTS, "mmsi": 1}, "once more")))
    rows = north.rows("SELECT DISTINCT length(envelope) FROM outbox WHERE kind = 'inquiry'")
    assert len(rows) == 1, "hit and no-hit are one length on the wire"

    found = here.inquiry(hit)
    assert found["found"] == [{"kind": "alert", "record": first["id"]}]
    (given,) = here.give(hit, [first["id"]])
    here.decline(other, "an operation is under way")
    wait_for("what was given", partial(_state, there, hit, "given"), PATIENCE)
    wait_for("what was kept back", partial(_state, there, other, "declined"), PATIENCE)
    assert there.inquiry(hit)["messages"] == [given["message"]]
    (record,) = there.received()
    assert (record["message"], record["fields"]["mmsi"]) == (given["message"], [numbers[0]])
    wait_for("calm", partial(all_settled, here), PATIENCE)

    items = [bytes(item) for (item,) in south.rows("SELECT item FROM inbox_item WHERE item IS NOT NULL")]
    assert sum(b"operation" in item for item in items) == 0
    assert sum(second["id"].encode() in item for item in items) == 0, "nothing of what was kept back has come"
    released = [item for item in items if first["id"].encode() in item]
    assert [canonical.read(item, Given).id for item in released] == [first["id"]]
    assert (north.acts(Act.INQUIRY), south.acts(Act.INQUIRY)) == (8, 8)
    for house in town.houses:
        house.assert_sound()
        house.assert_calm()
