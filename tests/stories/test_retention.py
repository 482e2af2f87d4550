"""Need: what a partner gave is gone when its time is over, and that it came and went can still be shown."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from comity.demo.desk import wait_for
from comity.exchange import cards, receipts
from comity.foundation import canonical
from comity.foundation.clock import wall
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.instant import DAY
from stories.conftest import BuildTown
from stories.duties import alerts, past, release, settled
from stories.fleet import Fleet
from stories.house import PATIENCE

pytestmark = pytest.mark.story
_FLEET = Fleet(begin=0, silent=1)


def test_a_release_is_erased_when_its_time_is_over(build_town: BuildTown) -> None:
    """Thirty-one days later the record is out of sight, and soon gone with one entry; receipt and tree stay."""
    town = build_town("north", "south")
    north, south = town.houses
    town.feed(north, replace(_FLEET, begin=past(_FLEET.length)))
    town.start()
    town.introduce()
    town.agree()
    desk = north.desk()
    (alert,) = alerts(desk, 1)
    message = release(desk, alert, "south")
    settled(desk, [message])
    ((receipt, envelope),) = north.rows("SELECT receipt, envelope FROM outbox WHERE id = %s", bytes.fromhex(message))
    given = b"\x1a" + _FLEET.mmsis[0].to_bytes(4, "big")  # as a number is written in canonical form
    assert given in south.dump()
    size = south.count("SELECT size FROM ledger_head")

    assert south.process.stop() == 0
    now = wall()
    south.set_clock((now, now + 31 * DAY))
    south.start()
    assert south.desk().received() == []
    wait_for("the erasure", lambda: south.acts(Act.ERASED), PATIENCE)

    kept = south.rows(
        "SELECT item, inbox.receipt FROM inbox JOIN inbox_item ON message = id WHERE id = %s", bytes.fromhex(message)
    )
    assert kept == [(None, receipt)]
    assert given not in south.dump()
    assert south.acts(Act.ERASED) == 1
    ((body,),) = south.rows("SELECT entry FROM ledger_entry WHERE act = 'erased'")
    entry = canonical.read(body, Entry)
    assert (entry.subject, entry.partner, entry.basis) == (alert["id"], "north", "keep of the permit")
    assert south.count("SELECT size FROM ledger_head") > size

    again = south.post(bytes(envelope))
    assert (again.status_code, again.content) == (200, bytes(receipt))
    assert given not in south.dump()
    told = receipts.read(bytes(receipt), cards.read(south.card).identity, "south")
    ((leaf,),) = south.rows("SELECT entry FROM ledger_entry WHERE index = %s", told.index)
    assert bytes(leaf) == told.entry
    for house in town.houses:
        house.assert_sound()
        house.assert_calm()
