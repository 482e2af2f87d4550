"""A record that was given is called back: nothing of it is left at the partner, and its log proves so."""

from __future__ import annotations

from functools import partial
from typing import Any

from comity.demo.desk import Desk, wait_for
from comity.foundation import canonical
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.message import Given
from stories.conftest import BuildTown
from stories.duties import alerts, past, refused, release, settled
from stories.fleet import Fleet
from stories.house import PATIENCE, House

_FLEET = Fleet(begin=0, silent=3)


def _proven(desk: Desk, count: int) -> list[dict[str, Any]] | None:
    found = desk.recalls()
    return found if sum(one["proven"] for one in found) == count else None


def _given(house: House, message: str) -> bytes:
    ((item,),) = house.rows("SELECT item FROM outbox_item WHERE message = %s", bytes.fromhex(message))
    return bytes(item)


def _traces(item: bytes) -> list[bytes]:
    """Return what must be gone once a record is erased: each field that was given, with its salt."""
    return list(canonical.read(item, Given).disclosures)


def test_what_is_recalled_is_erased_at_the_partner_and_proven_by_its_log(build_town: BuildTown) -> None:
    """Erased while connected, erased after an outage, and corrected: each is answered, proven, and leaves no byte."""
    town = build_town("north", "south")
    north, south = town.houses
    town.feed(north, Fleet(begin=past(_FLEET.length), silent=_FLEET.silent))
    town.start()
    town.introduce()
    town.agree()
    desk = north.desk()
    first, second, third = alerts(desk, 3)
    gone, away, old = (release(desk, alert, "south") for alert in (first, second, third))
    settled(desk, [gone, away, old])
    traces = [trace for message in (gone, away, old) for trace in _traces(_given(north, message))]
    kept = south.dump()
    assert all(trace in kept for trace in traces)

    desk.recall(gone, "erase", "a mistaken identity")
    wait_for("the first proof", partial(_proven, desk, 1), PATIENCE)

    assert south.process.stop() == 0
    desk.recall(away, "erase", "collected without a basis")
    new = release(desk, third, "south")
    desk.recall(old, "correct", "the position was wrong", corrected_by=new)
    assert {one["outcome"] for one in desk.recalls()} == {"erased", None}
    south.start()
    told = wait_for("every proof", partial(_proven, desk, 3), PATIENCE)
    settled(desk, [new])

    assert {one["outcome"] for one in told} == {"erased"}
    assert [one["act"] for one in told].count("correct") == 1
    kept = south.dump()
    assert [trace for trace in traces if trace in kept] == []
    assert [one["message"] for one in south.desk().received()] == [new]
    here = {one["message"]: one for one in south.desk().recalled_here()}
    assert set(here) == {gone, away, old}
    assert (here[old]["corrected_by"], here[old]["reason"]) == (new, "the position was wrong")
    erased = [
        canonical.read(bytes(body), Entry)
        for (body,) in south.rows("SELECT entry FROM ledger_entry WHERE act = 'erased' ORDER BY index")
    ]
    assert [entry.basis for entry in erased] == ["recall by north"] * 3
    for message in (gone, away):
        assert _owner_keeps_nothing(north, message), "what is to be erased goes at the owner too, once all have proven"
        assert "erased" in str(refused(partial(desk.bundle, message)))
    assert not _owner_keeps_nothing(north, old)
    assert north.acts(Act.RECALLED) == 6
    for house in town.houses:
        house.assert_sound()
        house.assert_calm()


def _owner_keeps_nothing(house: House, message: str) -> bool:
    rows = house.rows("SELECT item FROM outbox_item WHERE message = %s", bytes.fromhex(message))
    return rows == [(None,)]
