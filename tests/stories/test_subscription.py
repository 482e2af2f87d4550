"""Need: a neighbour sees the other's picture live, as far as the agreement goes, and not an instant longer."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import suppress
from functools import partial
from typing import Any

import pytest

from comity.demo.desk import Desk, wait_for
from comity.exchange.step import StepKind
from comity.foundation import canonical
from comity.foundation.clock import wall
from comity.node.assemble import opened
from comity.vocabulary.fault import Fault
from comity.vocabulary.instant import DAY, MINUTE, SECOND, written
from comity.vocabulary.message import Given
from stories.conftest import BuildTown
from stories.duties import all_settled, in_force
from stories.fleet import Fleet
from stories.house import OFFICER, PATIENCE, House, command
from stories.town import AGREEMENT, Town

pytestmark = pytest.mark.story
_SAILED = 10 * MINUTE
"""How long the fleet has sailed before the town is built; from then on one of it reports every five seconds."""
_WISH = {"owner": "north", "kind": "track", "purpose": "smuggling", "agreement": AGREEMENT, "clauses": ["passing"]}


def _newest(records: list[dict[str, Any]]) -> int:
    return max((record["fields"]["time"] for record in records), default=0)


def _arrives(desk: Desk, after: int) -> bool:
    """Whether a position from after this instant has come in."""
    return _newest(desk.received_tracks()) > after


def _moved(desk: Desk, after: int) -> bool:
    return max(track["last"] for track in desk.tracks()) > after


def _kept(house: House) -> list[Given]:
    rows = house.rows("SELECT item FROM inbox_item WHERE record_kind = 'track' ORDER BY received, message, place")
    return [canonical.read(bytes(item), Given) for (item,) in rows]


def _stops(north: House, south: House) -> None:
    """Show that the picture goes on at one side, and that none of it comes to the other."""
    wait_for("calm", partial(all_settled, north.desk()), PATIENCE)
    count, last = len(_kept(south)), wall()
    wait_for("movement", partial(_moved, north.desk(), last + 3 * SECOND), PATIENCE)
    wait_for("calm", partial(all_settled, north.desk()), PATIENCE)
    assert len(_kept(south)) == count


def _state(desk: Desk, subscription: str) -> dict[str, Any]:
    return next(one for one in desk.subscriptions() if one["subscription"] == subscription)


def _asked(desk: Desk, subscription: str) -> bool:
    return any(one["subscription"] == subscription for one in desk.subscriptions())


def _gives_for_a_moment(north: House, south: House, span: int) -> bool:
    """Let a subscription run until its time is over, and return whether anything came of it."""
    before = len(_kept(south))
    made = south.desk().subscribe({**_WISH, "until": wall() + span})
    wait_for("the question", partial(_asked, north.desk(), made), PATIENCE)
    with suppress(Fault):  # if its time is over already
        north.desk().accept_subscription(made, "for a moment")
    wait_for("expiry", lambda: _state(north.desk(), made)["state"] == "expired", PATIENCE)
    wait_for("calm", partial(all_settled, north.desk()), PATIENCE)
    return len(_kept(south)) > before


def _by_command(town: Town) -> str:
    """Ask and accept with the commands; return the subscription's id."""
    north, south = town.houses
    asked = command(
        *("subscription", "ask", south.folder, "--partner", "north", "--kind", "track", "--purpose", "smuggling"),
        *("--agreement", AGREEMENT, "--clause", "passing", "--area", "skerries", "--until", written(wall() + DAY)),
        *("--officer", OFFICER, "--json"),
    )
    assert asked.returncode == 0, asked.stderr
    made = str(json.loads(asked.stdout)["subscription"])
    wait_for("the question", partial(_asked, north.desk(), made), PATIENCE)
    why = ("--reason", "they watch the same strait", "--officer", OFFICER)
    accepted = command("subscription", "accept", north.folder, made, *why)
    assert accepted.returncode == 0, accepted.stderr
    return made


def _stop(house: House) -> None:
    with opened(house.folder) as node:
        node.endings.stop(AGREEMENT, 1, StepKind.SUSPENDED, OFFICER, "relations are strained")


@pytest.mark.timeout(600)
def test_tracks_arrive_live_and_stop_when_they_must(build_town: BuildTown) -> None:
    """Live; none while the agreement is suspended; again under its next version; none once the time is over.

    Each position comes once, with the fields that the clause gives, and is shown as the newest of its track.
    """
    town = build_town("north", "south")
    north, south = town.houses
    north.configure("[exchange]", 'refresh = "1 s"')
    town.feed(north, Fleet(begin=wall() - _SAILED, silent=0))
    town.start()
    town.introduce()
    town.agree()

    made = _by_command(town)
    desk = south.desk()
    wait_for("the fleet", lambda: len(desk.received_tracks()) >= 12, PATIENCE)
    wait_for("live positions", partial(_arrives, desk, wall()), PATIENCE)
    assert {tuple(sorted(one["fields"])) for one in desk.received_tracks()} == {
        ("mmsi", "position", "time", "velocity")
    }
    assert desk.received() == []

    _stop(north)
    wait_for("the suspension", lambda: not in_force(desk), PATIENCE)
    _stops(north, south)

    town.version = 2
    town.agree()
    wait_for("live positions again", partial(_arrives, desk, wall()), PATIENCE)
    north.desk().end_subscription(made, "another takes its place")
    wait_for("the end", lambda: _state(desk, made)["state"] == "ended", PATIENCE)

    tried = [_gives_for_a_moment(north, south, 20 * SECOND)]
    while not tried[-1]:  # the moment was too short for this machine
        tried.append(_gives_for_a_moment(north, south, 60 * SECOND))
    _stops(north, south)

    counted = Counter((given.id, given.time) for given in _kept(south))
    assert max(counted.values()) <= 1 + len(tried), "each subscription gives each position once"
    shown = desk.received_tracks()
    assert len({one["record"] for one in shown}) == len(shown) == 12
    batches = north.rows("SELECT state FROM outbox WHERE lane = 'bulk'")
    assert {state for (state,) in batches} <= {"accepted", "withdrawn"}
    for house in town.houses:
        house.assert_sound()
        house.assert_calm()
