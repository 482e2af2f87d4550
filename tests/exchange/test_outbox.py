"""What is proven: nothing leaves without a permit for that very partner, and act, message and entry are one."""

from __future__ import annotations

from typing import Any, cast

import pytest
from msgspec.structs import replace

from builders import pair
from builders.pair import Party
from comity.agreements.permit import Permit
from comity.agreements.redaction import disclosed
from comity.exchange import outbox, wire
from comity.exchange.cards import Own
from comity.foundation import canonical
from comity.foundation.store import outbox as kept_outbox
from comity.foundation.store.outbox import KeptMessage
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Fault, Refused
from comity.vocabulary.message import Given, Lane, MessageKind


def kept(party: Party, message: bytes) -> KeptMessage:
    with party.store.reading() as t:
        found = kept_outbox.get(t, message)
    assert found is not None
    return found


def test_a_release_is_sealed_kept_and_entered_at_once(north: Party, south: Party) -> None:
    """What the partner opens is what was kept and what the entry names: the permitted fields, no others."""
    message = kept(north, north.release(south.own))
    parsed = wire.parse(message.envelope)
    wire.authenticate(parsed, north.own.card.identity)
    payload = wire.open(parsed, south.own.keys.sealing)
    given = canonical.read(payload, Given)
    fields = disclosed(given)
    assert fields["name"] == ["FREJA", "SAGA"]
    assert not fields.keys() & {"sources", "reason", "officer"}
    header = parsed.header
    assert (header.kind, header.lane, header.sequence) == (MessageKind.RELEASE, Lane.ORDINARY, 1)
    assert (header.agreement, header.purpose, header.expires) == (given.agreement, "smuggling", given.keep_until)
    assert message.payload == payload
    assert (message.record, message.request, message.state) == ("alert-1", b"asked", "queued")
    entry = north.acts()[message.entry]
    assert (entry.act, entry.officer, entry.partner, entry.subject) == (Act.DISCLOSED, "anna", "se.coord", "alert-1")
    assert (entry.basis, entry.clause, entry.purpose) == ("kattegat-maritime 1", "alerts-in-the-kattegat", "smuggling")
    assert entry.digest == canonical.digest(payload)


def test_sequences_have_no_gaps_and_distress_has_its_own(north: Party, south: Party) -> None:
    """Each lane counts from one, whatever went in the other."""
    messages = [north.release(south.own, pair.alert(str(n))) for n in range(2)]
    messages.append(north.release(south.own, pair.alert("sos", distress=True)))
    messages.append(north.negotiate(south.own, b"step"))
    placed = [(kept(north, message).lane, kept(north, message).sequence) for message in messages]
    assert placed == [("ordinary", 1), ("ordinary", 2), ("distress", 1), ("ordinary", 3)]


def test_a_release_undone_leaves_nothing(north: Party, south: Party) -> None:
    """No message without entry, no entry without message, no gap in the lane."""
    before = north.acts()

    def undone() -> None:
        with north.store.acting() as act:
            leave = north.permit(south.own, pair.alert())
            outbox.release(act, north.own, south.own.card, leave, officer="anna", request=b"", now=pair.NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        undone()
    assert north.acts() == before
    assert kept(north, north.release(south.own)).sequence == 1


def tried(north: Party, partner: Own, leave: object) -> None:
    with north.store.acting() as act:
        outbox.release(act, north.own, partner.card, cast("Permit", leave), officer="anna", request=b"", now=pair.NOW)


def test_only_a_permit_for_this_partner_opens_the_door(north: Party, south: Party) -> None:
    """Neither another partner's permit nor anything that resembles one lets a record out."""
    leave = north.permit(south.own, pair.alert())
    elsewhere = pair.own("de.coord", 3)
    north.knows(elsewhere)

    class Forged:
        def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - it pretends to be anything
            return getattr(leave, name)

    before = north.acts()
    for attempt in (Forged(), None):
        with pytest.raises(Refused, match="permit"):
            tried(north, south.own, attempt)
    with pytest.raises(Refused, match="permit"):
        tried(north, elsewhere, leave)
    assert north.acts() == before


def test_nothing_goes_to_strangers_witnesses_and_those_cut_off(north: Party, south: Party) -> None:
    """The audience is checked by the sender: known, a node, and not cut off."""
    with pytest.raises(Refused):
        north.negotiate(pair.own("no.coord", 7), b"step")
    witness = pair.own("oversight", 8, station=pair.Station.WITNESS)
    north.knows(witness)
    with pytest.raises(Refused):
        north.negotiate(witness, b"step")
    north.cuts_off("se.coord")
    with pytest.raises(Refused):
        north.release(south.own)
    with north.store.reading() as t:
        assert kept_outbox.recent(t) == []


def test_a_step_is_bounded(north: Party, south: Party) -> None:
    """No record can be smuggled out as a huge step; the largest step fits."""
    with pytest.raises(Fault, match="too many"):
        north.negotiate(south.own, bytes(outbox.LARGEST_STEP + 1))
    assert kept(north, north.negotiate(south.own, bytes(outbox.LARGEST_STEP))).sequence == 1


def test_what_is_told_without_an_entry_is_not_sent(north: Party, south: Party) -> None:
    """A caller that forgets to log the act sends nothing."""

    def silent() -> None:
        with north.store.acting() as act:
            outbox.negotiate(act, north.own, south.own.card, b"step", pair.NOW)

    with pytest.raises(AssertionError):
        silent()
    with north.store.reading() as t:
        assert kept_outbox.recent(t) == []


def test_several_told_at_once_share_the_entry_that_follows(north: Party, south: Party) -> None:
    """Each message names the entry of the act that sent it."""
    third = pair.own("de.coord", 3)
    north.knows(third)
    with north.store.acting() as act:
        told = [outbox.negotiate(act, north.own, partner.card, b"step", pair.NOW) for partner in (third, south.own)]
        logged = act.log(Entry(act=Act.AGREEMENT))
    assert {kept(north, message).entry for message in told} == {logged.index}


def test_a_withdrawal_takes_the_place_of_its_release(north: Party, south: Party) -> None:
    """Same id, lane and sequence, nothing inside; the release is kept, and the entry says why it was stopped."""
    message = kept(north, north.release(south.own))
    with north.store.acting() as act:
        assert outbox.withdraw(act, north.own, south.own.card, message, "it is suspended", pair.NOW)
    stopped = kept(north, message.id)
    assert stopped == replace(message, withdrawal=stopped.withdrawal, state="withdrawn")
    assert stopped.withdrawal is not None
    parsed = wire.parse(stopped.withdrawal)
    wire.authenticate(parsed, north.own.card.identity)
    assert wire.open(parsed, south.own.keys.sealing) == b""
    release = wire.parse(message.envelope).header
    assert replace(parsed.header, created=0, expires=0) == replace(
        release,
        kind=MessageKind.WITHDRAWN,
        created=0,
        expires=0,
        bucket=wire.SMALLEST_BUCKET,
        payload=canonical.digest(b""),
    )
    (entry,) = north.did(Act.WITHDRAWN)
    assert (entry.subject, entry.partner, entry.clause) == ("alert-1", "se.coord", "alerts-in-the-kattegat")
    assert entry.detail == "it is suspended"


def test_a_message_is_withdrawn_once(north: Party, south: Party) -> None:
    """The second who wants to withdraw learns that it is done, and logs nothing."""
    message = kept(north, north.release(south.own))
    with north.store.acting() as act:
        assert outbox.withdraw(act, north.own, south.own.card, message, "first", pair.NOW)
        assert not outbox.withdraw(act, north.own, south.own.card, message, "second", pair.NOW)
    assert [entry.detail for entry in north.did(Act.WITHDRAWN)] == ["first"]
