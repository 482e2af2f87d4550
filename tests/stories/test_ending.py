"""Need: when partners part, what they gave each other goes, and each can show the other that it is gone."""

from __future__ import annotations

import json
from functools import partial

import pytest

from comity.agreements import revocation
from comity.demo.desk import wait_for
from comity.exchange import cards
from comity.exchange.step import Effect
from comity.foundation import canonical
from stories.conftest import BuildTown
from stories.duties import alerts, in_force, past, release, settled
from stories.fleet import Fleet
from stories.house import OFFICER, PATIENCE, House, command
from stories.town import AGREEMENT

pytestmark = pytest.mark.story
_HOW = ("--version", "1", "--officer", OFFICER, "--reason", "relations have ended")


def _listed(house: House, *options: str) -> list[dict[str, object]]:
    done = command("agreement", "obligations", house.folder, "--json", *options)
    assert done.returncode == 0, done.stderr
    found: list[dict[str, object]] = json.loads(done.stdout)
    return found


def _state(house: House) -> str:
    done = command("agreement", "list", house.folder, "--json")
    assert done.returncode == 0, done.stderr
    return str(json.loads(done.stdout)[0]["state"])


def _proven(house: House) -> list[dict[str, object]] | None:
    found = _listed(house)
    return found if found and all(str(one["state"]).startswith("proven") for one in found) else None


@pytest.mark.timeout(600)
def test_what_was_given_goes_when_an_agreement_is_revoked_and_each_proves_it(build_town: BuildTown) -> None:
    """Nothing goes out any more, here and there; what was given is erased in time; the owner has the account of it."""
    town = build_town("north", "south")
    town.after = "{erase: 20 s, prove: receipt, return: [alert]}"
    north, south = town.houses
    fleet = Fleet(begin=0, silent=4)
    town.feed(north, Fleet(begin=past(fleet.length), silent=4))
    town.start()
    town.introduce()
    town.agree()
    desk = north.desk()
    raised = alerts(desk, 4)
    given = [release(desk, alert, "south") for alert in raised[:3]]
    settled(desk, given)
    assert len(south.desk().received()) == 3

    done = command("agreement", "revoke", north.folder, AGREEMENT, *_HOW)
    assert done.returncode == 0, done.stderr
    assert not in_force(desk)
    desk.decide(raised[3]["id"], "confirmed", "silent")
    assert not desk.release(raised[3]["id"], "south", "smuggling")["permitted"]
    wait_for("the revocation", lambda: _state(south) == "revoked", PATIENCE)
    again = command("agreement", "revoke", south.folder, AGREEMENT, *_HOW)
    assert "stopped already" in again.stderr

    for house in town.houses:
        wait_for(f"proofs at {house.name}", partial(_proven, house), PATIENCE)
    told = {str(one["holder"]): one for one in _listed(north)}
    assert (told["south"]["erased"], told["south"]["kept"]) == (3, 0)
    assert told["this node"]["erased"] == 0
    assert _listed(north, "--overdue") == []
    assert south.desk().received() == []
    assert south.rows("SELECT count(*) FROM inbox_item WHERE record IS NOT NULL AND item IS NOT NULL") == [(0,)]
    ((effect,),) = north.rows("SELECT effect FROM obligation WHERE NOT ours")
    account = canonical.read(bytes(effect), Effect).returned
    assert {account[at : at + 32].hex() for at in range(0, len(account), 36)} == set(given)
    ends = [house.rows("SELECT party, reason, revocation FROM agreement_end") for house in town.houses]
    assert ends[0] == ends[1]
    ((party, reason, signed),) = ends[0]
    said = revocation.read(bytes(signed), cards.read(north.card).identity)
    assert (said.party, said.reason, party, reason) == (
        "north",
        "relations have ended",
        "north",
        "relations have ended",
    )
    for house in town.houses:
        house.assert_sound()
        house.assert_calm()
