"""Need: a partner that is down misses nothing: all that was released meanwhile arrives, once and in order."""

from __future__ import annotations

import pytest

from comity.demo.desk import wait_for
from comity.vocabulary.entry import Act
from stories.conftest import BuildTown
from stories.duties import alerts, past, release, settled
from stories.fleet import Fleet
from stories.house import PATIENCE

pytestmark = pytest.mark.story
_RELEASES = 12


def test_releases_wait_for_a_partner_that_is_down(build_town: BuildTown) -> None:
    """All twelve are queued while the partner is down, and delivered once it is back: each once, in order, receipted.

    Counted in the sender's list, in the receiver's, in both databases and in both logs.
    """
    town = build_town("north", "south")
    north, south = town.houses
    fleet = Fleet(begin=0, silent=_RELEASES)
    town.feed(north, Fleet(begin=past(fleet.length), silent=_RELEASES))
    town.start()
    town.introduce()
    town.agree()
    desk = north.desk()
    found = alerts(desk, _RELEASES)
    before = {house.name: (house.acts(Act.RECEIVED), house.acts(Act.RECEIPTED)) for house in town.houses}
    assert south.process.stop() == 0

    messages = [release(desk, alert, "south") for alert in found]
    wait_for("attempts", lambda: any(item["attempts"] for item in desk.releases()), PATIENCE)
    assert [item["state"] for item in desk.releases()] == ["queued"] * _RELEASES
    assert desk.summary()["outbox"]["south"]["queued"] == _RELEASES

    south.start()
    told = settled(desk, messages)
    assert [item["message"] for item in told] == messages
    sequences = [item["sequence"] for item in told]
    assert sequences == list(range(sequences[0], sequences[0] + _RELEASES))
    assert [item["record"] for item in told] == [alert["id"] for alert in found]

    arrived = south.rows(
        "SELECT sequence, id, record FROM inbox JOIN inbox_item ON message = id WHERE kind = 'release'"
        " ORDER BY sequence"
    )
    assert [(number, bytes(message).hex()) for number, message, _ in arrived] == list(
        zip(sequences, messages, strict=True)
    )
    entries = south.rows("SELECT subject FROM ledger_entry WHERE act = 'received' ORDER BY index")
    assert [subject for (subject,) in entries][-_RELEASES:] == [alert["id"] for alert in found]
    assert south.acts(Act.RECEIVED) == before["south"][0] + _RELEASES
    assert north.acts(Act.RECEIPTED) == before["north"][1] + _RELEASES
    assert north.acts(Act.DISCLOSED) == _RELEASES
    assert south.desk().summary()["received"] == _RELEASES
    for house in town.houses:
        house.assert_sound()
        house.assert_calm()
