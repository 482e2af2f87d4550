"""What is proven: a leave counts as long as the keys that signed it do, whichever card of the originator names them."""

from __future__ import annotations

import pytest

from builders import pair
from builders.pair import Party
from comity.agreements import onward
from comity.exchange import cards, leaves, partners
from comity.foundation.keys import BadSignature
from comity.vocabulary.fault import Missing
from comity.vocabulary.handling import Handling, Onward, Tlp
from comity.vocabulary.instant import DAY
from comity.vocabulary.onward import Leave
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import RecordKind

SOUTH = pair.own("se.coord", 2)
LEAVE = Leave(
    onward=bytes(32),
    originator="se.coord",
    holder="de.coord",
    recipient="dk.coord",
    message=bytes(32),
    place=0,
    kind=RecordKind.ALERT,
    record="alert-1",
    version=1,
    bound=bytes(32),
    handling=Handling(tlp=Tlp.AMBER, onward=Onward.ASK),
    purpose=Purpose.SMUGGLING,
    keep_until=pair.NOW + DAY,
    until=pair.NOW + DAY,
    time=pair.NOW,
    officer="bo",
)
SIGNED = onward.sign(SOUTH.keys.identity, LEAVE, SOUTH.keys.identity_pq)


def test_a_leave_outlives_a_rotation_of_keys_and_not_their_theft(north: Party) -> None:
    """Signed under the card before it still lets pass; once those keys were cut off, whoever has them signs in vain."""
    with north.store.reading() as t:
        assert leaves.believed(t, LEAVE, SIGNED).leave == LEAVE
    fresh = pair.successor(SOUTH, 7)
    with north.store.acting() as act:
        partners.renew(act, north.own, fresh.signed, officer="anna", now=pair.NOW + 1)
    with north.store.reading() as t:
        assert leaves.believed(t, LEAVE, SIGNED).leave == LEAVE
    with north.store.acting() as act:
        partners.cut_off(act, "se.coord", officer="anna", reason="stolen", now=pair.NOW + 2, size=100)
    with north.store.reading() as t, pytest.raises(Missing):
        leaves.believed(t, LEAVE, SIGNED)
    newest = pair.successor(fresh, 8)
    with north.store.acting() as act:
        typed = cards.fingerprint(newest.signed)
        partners.accept(act, north.own, newest.signed, typed, officer="anna", now=pair.NOW + 3)
    with north.store.reading() as t, pytest.raises(BadSignature):
        leaves.believed(t, LEAVE, SIGNED)
