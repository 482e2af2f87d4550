"""What is proven: nothing leaves without a permit for that very partner, and act, message and entry are one."""

from __future__ import annotations

from typing import Any, cast

import pytest
from msgspec.structs import replace

from builders import pair
from builders.pair import Party
from comity.agreements.permit import Permit
from comity.agreements.redaction import disclosed
from comity.exchange import outbox, replacement, wire
from comity.exchange.cards import Own
from comity.foundation import canonical
from comity.foundation.clock import wall
from comity.foundation.store import outbox as kept_outbox
from comity.foundation.store.outbox import KeptItem, KeptMessage
from comity.foundation.store.store import Busy
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Fault, Refused
from comity.vocabulary.message import Given, Lane, MessageKind


def kept(party: Party, message: bytes) -> KeptMessage:
    with party.store.reading() as t:
        found = kept_outbox.get(t, message)
    assert found is not None
    return found


def items(party: Party, message: bytes) -> list[KeptItem]:
    with party.store.reading() as t:
        return kept_outbox.items(t, message)


def test_a_release_is_sealed_kept_and_entered_at_once(north: Party, south: Party) -> None:
    """What the partner opens is what was kept and what the entry names: the permitted fields, no others."""
    message = kept(north, north.release(south.own))
    parsed = wire.parse(message.envelope)
    wire.authenticate(parsed.cover, north.own.card.identity)
    (item,) = wire.open(parsed, south.own.keys.sealing)
    given = canonical.read(item, Given)
    fields = disclosed(given)
    assert fields["name"] == ["FREJA", "SAGA"]
    assert not fields.keys() & {"sources", "reason", "officer"}
    header = parsed.header
    assert (header.kind, header.lane, header.sequence) == (MessageKind.RELEASE, Lane.ORDINARY, 1)
    assert (header.agreement, header.purpose, header.expires) == (given.agreement, "smuggling", given.keep_until)
    assert (message.record, message.count, message.state) == ("alert-1", 1, "queued")
    (kept_item,) = items(north, message.id)
    assert (kept_item.item, kept_item.record, kept_item.request) == (item, "alert-1", b"asked")
    assert kept_item.entry == message.entry
    entry = north.acts()[message.entry]
    assert (entry.act, entry.officer, entry.partner, entry.subject) == (Act.DISCLOSED, "anna", "se.coord", "alert-1")
    assert (entry.basis, entry.clause, entry.purpose) == ("kattegat-maritime 1", "alerts-in-the-kattegat", "smuggling")
    assert entry.digest == canonical.digest(item)


def test_sequences_have_no_gaps_and_distress_has_its_own(north: Party, south: Party) -> None:
    """Each lane counts from one, whatever went in the other."""
    messages = [north.release(south.own, pair.alert(str(n))) for n in range(2)]
    messages.append(north.release(south.own, pair.alert("sos", distress=True)))
    messages.append(north.negotiate(south.own, b"step"))
    placed = [(kept(north, message).lane, kept(north, message).sequence) for message in messages]
    assert placed == [("ordinary", 1), ("ordinary", 2), ("distress", 1), ("ordinary", 3)]


def test_a_call_that_a_clause_gives_for_rescue_waits_behind_nothing_either(north: Party, south: Party) -> None:
    """Where partners have agreed on more than safeguard 13 gives, distress must not be slower than without that."""
    sos = pair.alert("sos", distress=True)
    agreed = replace(sos, fields={**sos.fields, "kind": "meeting"})
    leave = north.permit(south.own, agreed)
    assert (leave.clause, leave.distress) == ("alerts-in-the-kattegat", False)
    assert kept(north, north.release(south.own, agreed)).lane == "distress"
    assert kept(north, north.release(south.own, replace(agreed, distress=False))).lane == "ordinary"


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
        north.negotiate(south.own, bytes(outbox.LARGEST_TOLD + 1))
    assert kept(north, north.negotiate(south.own, bytes(outbox.LARGEST_TOLD))).sequence == 1


def test_no_record_leaves_as_something_else(north: Party, south: Party) -> None:
    """What is told to a partner is never of the kind that carries records."""
    for kind in (MessageKind.RELEASE, MessageKind.WITHDRAWN):
        with pytest.raises(Refused, match="permit"), north.store.acting() as act:
            outbox.tell(act, north.own, south.own.card, kind, b"a record", pair.NOW)


def test_what_is_told_without_an_entry_is_not_sent(north: Party, south: Party) -> None:
    """A caller that forgets to log the act sends nothing."""

    def silent() -> None:
        with north.store.acting() as act:
            outbox.tell(act, north.own, south.own.card, MessageKind.AGREEMENT, b"step", pair.NOW)

    with pytest.raises(AssertionError):
        silent()
    with north.store.reading() as t:
        assert kept_outbox.recent(t) == []


def test_several_told_at_once_share_the_entry_that_follows(north: Party, south: Party) -> None:
    """Each message names the entry of the act that sent it."""
    third = pair.own("de.coord", 3)
    north.knows(third)
    with north.store.acting() as act:
        told = [
            outbox.tell(act, north.own, partner.card, MessageKind.AGREEMENT, b"step", pair.NOW)
            for partner in (third, south.own)
        ]
        logged = act.log(Entry(act=Act.AGREEMENT))
    assert {kept(north, message).entry for message in told} == {logged.index}


def test_a_withdrawal_takes_the_place_of_its_release(north: Party, south: Party) -> None:
    """Same id, lane and sequence, nothing inside; the release is kept, and the entry says why it was stopped."""
    message = kept(north, north.release(south.own))
    with north.store.acting() as act:
        assert replacement.withdraw(act, north.own, south.own.card, message, {0: "it is suspended"}, pair.NOW)
    stopped = kept(north, message.id)
    assert stopped == replace(message, envelope=stopped.envelope, cover=stopped.cover, state="withdrawn")
    parsed = wire.parse(stopped.envelope)
    wire.authenticate(parsed.cover, north.own.card.identity)
    assert wire.open(parsed, south.own.keys.sealing) == ()
    with north.store.reading() as t:
        assert kept_outbox.covers(t, message.id) == [stopped.cover, message.cover]
    release = wire.parse(message.envelope).header
    assert replace(parsed.header, created=0, expires=0) == replace(
        release,
        kind=MessageKind.WITHDRAWN,
        created=0,
        expires=0,
        bucket=wire.SMALLEST_BUCKET,
        payload=wire.bound([]),
    )
    (entry,) = north.did(Act.WITHDRAWN)
    assert (entry.subject, entry.partner, entry.clause) == ("alert-1", "se.coord", "alerts-in-the-kattegat")
    assert entry.detail == "it is suspended"


def test_a_message_is_withdrawn_once(north: Party, south: Party) -> None:
    """The second who wants to withdraw learns that it is done, and logs nothing."""
    message = kept(north, north.release(south.own))
    with north.store.acting() as act:
        assert replacement.withdraw(act, north.own, south.own.card, message, {0: "first"}, pair.NOW)
        assert not replacement.withdraw(act, north.own, south.own.card, message, {0: "second"}, pair.NOW)
    assert [entry.detail for entry in north.did(Act.WITHDRAWN)] == ["first"]


def test_many_records_go_in_one_message_each_with_its_own_entry(north: Party, south: Party) -> None:
    """One envelope, one sequence, and for each record its permit, its entry, and its place in what the header binds."""
    names = [f"alert-{number}" for number in range(5)]
    message = kept(north, north.release_many(south.own, [pair.alert(name) for name in names]))
    assert (message.lane, message.sequence, message.count, message.record) == ("bulk", 1, 5, None)
    inside = wire.open(wire.parse(message.envelope), south.own.keys.sealing)
    assert [canonical.read(item, Given).id for item in inside] == names
    for place, one in enumerate(items(north, message.id)):
        entry = north.acts()[one.entry]
        assert (entry.act, entry.subject, entry.digest) == (
            Act.DISCLOSED,
            names[place],
            canonical.digest(inside[place]),
        )
    with north.store.reading() as t:
        assert [each.id for each in kept_outbox.of_record(t, "alert-3")] == [message.id]


def test_one_record_of_many_is_withdrawn_and_the_others_keep_their_places(north: Party, south: Party) -> None:
    """Nothing goes where the withdrawn one was; withdrawing once more leaves out more, and logs only that."""
    message = kept(north, north.release_many(south.own, [pair.alert(str(number)) for number in range(3)]))
    for obstacles, left in (({1: "rejected"}, ["0", "", "2"]), ({1: "rejected", 2: "expired"}, ["0", "", ""])):
        with north.store.acting() as act:
            assert replacement.withdraw(act, north.own, south.own.card, kept(north, message.id), obstacles, pair.NOW)
        parsed = wire.parse(kept(north, message.id).envelope)
        assert parsed.header.kind is MessageKind.RELEASE
        inside = wire.open(parsed, south.own.keys.sealing)
        assert [canonical.read(item, Given).id if item else "" for item in inside] == left
    assert [entry.subject for entry in north.did(Act.WITHDRAWN)] == ["1", "2"]
    assert kept(north, message.id).state == "queued"


def test_what_waits_for_one_partner_in_bulk_is_bounded(
    north: Party, south: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A partner that does not answer cannot fill the disk with positions; what a person sends still goes."""
    monkeypatch.setattr(outbox, "MOST_WAITING", 4)
    north.release_many(south.own, [pair.alert(str(number)) for number in range(3)])
    with pytest.raises(Busy, match="wait for the partner"):
        north.release_many(south.own, [pair.alert(str(number)) for number in range(2)])
    assert kept(north, north.release(south.own)).sequence == 1


def test_one_message_is_under_one_agreement_and_for_one_purpose(north: Party, south: Party) -> None:
    """What the header says holds for everything inside."""
    leaves = [north.permit(south.own, pair.alert("one")), north.permit(south.own, pair.alert("sos", distress=True))]
    gives = [outbox.Give(leave, b"asked") for leave in leaves]
    for several in (gives, []):
        with pytest.raises(Refused, match="one agreement"), north.store.acting() as act:
            outbox.release_many(act, north.own, south.own.card, several, officer="anna", now=pair.NOW)


def waited(party: Party, message: bytes, milliseconds: int, attempts: int = 0) -> None:
    """Let the message have been decided so long ago, and tried so often."""
    with party.store.upkeep() as transaction:
        transaction.run(
            "UPDATE outbox SET decided_wall = %s, attempts = %s WHERE id = %s",
            *(wall() - milliseconds, attempts, message),
        )


@pytest.mark.parametrize(
    ("milliseconds", "attempts", "presses"),
    [(0, 0, False), (1_000, 0, True), (1_000, 1, False), (60_000, 0, False)],
    ids=["just now", "for a second", "tried", "for a minute"],
)
def test_batches_make_way(north: Party, south: Party, milliseconds: int, attempts: int, *, presses: bool) -> None:
    """While what a person sent waits nothing is added in bulk; what was tried or waits for long holds up nothing."""
    waited(north, north.release(south.own, pair.alert("urgent")), milliseconds, attempts)
    if presses:
        with pytest.raises(Busy, match="goes first"):
            north.release_many(south.own, [pair.alert("one"), pair.alert("two")])
    else:
        assert kept(north, north.release_many(south.own, [pair.alert("one"), pair.alert("two")])).sequence == 1


def test_batches_do_not_make_way_for_batches(north: Party, south: Party) -> None:
    """However long a batch has waited, another may be added."""
    waited(north, north.release_many(south.own, [pair.alert("one"), pair.alert("two")]), 1_000)
    assert kept(north, north.release_many(south.own, [pair.alert("three"), pair.alert("four")])).sequence == 2
