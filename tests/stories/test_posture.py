"""Need: when relations narrow, what is on its way stops with them; whoever is at sea is still rescued."""

from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec.structs import replace

from comity.agreements import rescue
from comity.demo.desk import Desk
from comity.foundation.clock import wall
from comity.vocabulary.entry import Act
from comity.vocabulary.instant import DAY, written
from stories.conftest import BuildTown
from stories.duties import PURPOSE, alerts, past, release, settled
from stories.fleet import BEACON, Fleet
from stories.house import OFFICER, House, command

pytestmark = pytest.mark.story
_FLEET = Fleet(begin=0, silent=3, beacon=True)
_RESCUE = "search-and-rescue"


def _posture(house: House, verb: str, posture: str, *more: object) -> str:
    done = command("posture", verb, house.folder, "south", posture, "--officer", OFFICER, *more)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _set(house: House, posture: str) -> None:
    _posture(house, "set", posture, "--reason", "a patrol was fired at", "--review", written(wall() + DAY))


def _stops(house: House, posture: str) -> dict[str, list[str]]:
    """Return by kind what a preview says would stop."""
    found: dict[str, list[str]] = {}
    for flow in json.loads(_posture(house, "preview", posture, "--json"))["stops"]:
        found.setdefault(flow["kind"], []).append(flow["id"])
    return found


def _given(desk: Desk, alert: dict[str, Any], purpose: str) -> dict[str, Any]:
    return desk.release(alert["id"], "south", purpose)


def test_a_narrower_posture_withdraws_what_waits_and_distress_still_goes(build_town: BuildTown) -> None:
    """The officer sees what would stop, and sets it; just that stops, and nothing of it ever reaches the partner.

    What waited for a partner that was down is withdrawn; a beacon's call goes with position and need, and not who it
    is; nobody widens it but an officer, and then records go again.
    """
    town = build_town("north", "south")
    north, south = town.houses
    town.feed(north, replace(_FLEET, begin=past(_FLEET.length)))
    town.start()
    town.introduce()
    town.agree()
    desk = north.desk()
    waiting, denied, later = alerts(desk, 3)
    (beacon,) = alerts(desk, 1, "distress")
    assert south.process.stop() == 0
    message = release(desk, waiting, "south")

    stops = _stops(north, "suspended")
    assert stops == {"clause": ["silences", "passing", "vessels"], "message": [message]}
    assert _stops(north, "open") == {}
    _set(north, "suspended")
    desk.decide(denied["id"], "confirmed", "silent")
    answer = _given(desk, denied, PURPOSE)
    assert (answer["permitted"], answer["safeguard"], answer["code"]) == (False, 10, "not-permitted")
    assert "relations are suspended" in answer["reason"]
    call = _given(desk, beacon, _RESCUE)
    assert (call["permitted"], call["clause"]) == (True, rescue.CLAUSE)

    south.start()
    settled(desk, [message], "withdrawn")
    settled(desk, [call["message"]])
    (arrival,) = south.desk().received()
    assert (arrival["record"], arrival["clause"]) == (beacon["id"], rescue.CLAUSE)
    assert set(arrival["fields"]) == set(rescue.FIELDS)
    kept = south.dump()
    assert waiting["id"].encode() not in kept
    assert b"suspended" not in kept, "the posture is the node's own word"
    assert b"\x1a" + BEACON.to_bytes(4, "big") not in kept

    _set(north, "open")
    settled(desk, [release(desk, later, "south")])
    assert {item["record"] for item in south.desk().received()} == {beacon["id"], later["id"]}
    assert (north.acts(Act.POSTURE), south.acts(Act.POSTURE)) == (2, 0)
    for house in town.houses:
        house.assert_sound()
        house.assert_calm()
