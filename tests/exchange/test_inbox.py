"""What is proven: a message is taken in once, in order, from a certain sender, and answered with one receipt."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from builders import pair
from builders.pair import Party
from comity.exchange import cards, inbox, receipts, wire
from comity.exchange.cards import Own
from comity.exchange.inbox import Accepted, Gap
from comity.foundation import canonical, keys
from comity.foundation.clock import Clock
from comity.foundation.ledger.commitment import commitment
from comity.foundation.store import inbox as kept_inbox
from comity.foundation.store import outbox as kept_outbox
from comity.foundation.store.inbox import KeptArrival, KeptRecord
from comity.vocabulary.entry import Act
from comity.vocabulary.fault import Fault
from comity.vocabulary.instant import DAY
from comity.vocabulary.message import Given, Lane, MessageKind, Outcome, Receipt, Refusal

SEALED = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def envelope(party: Party, message: bytes) -> bytes:
    with party.store.reading() as t:
        found = kept_outbox.get(t, message)
    assert found is not None
    return found.envelope


def taken(party: Party, data: bytes) -> Receipt:
    answer = inbox.accept(party.reception(), data)
    assert isinstance(answer, Accepted)
    return receipts.read(answer.receipt, party.own.card.identity)


def arrivals(party: Party) -> list[KeptArrival]:
    with party.store.reading() as t:
        return kept_inbox.recent(t)


def taken_in(party: Party, message: bytes) -> list[KeptRecord]:
    with party.store.reading() as t:
        return kept_inbox.records(t, "dk.coord", message)


def made(north: Party, payload: bytes = b"step", **changes: object) -> bytes:
    """Return an envelope of the true sender with a header written by hand."""
    header = wire.Header(
        kind=MessageKind.AGREEMENT,
        sender="dk.coord",
        recipient="se.coord",
        id=keys.random_bytes(32),
        lane=Lane.ORDINARY,
        sequence=1,
        created=pair.NOW,
        expires=pair.NOW + DAY,
    )
    return wire.seal(
        replace(header, **changes),
        [payload] if payload else [],
        north.own.keys.identity,
        pair.keys(2).sealing.public,
        north.own.keys.identity_pq,
    )


def test_a_release_is_taken_in_and_receipted(north: Party, south: Party) -> None:
    """The receipt names what was sent, and opens the entry at that place of the receiver's log."""
    data = envelope(north, north.release(south.own))
    receipt = taken(south, data)
    parsed = wire.parse(data)
    assert (receipt.message, receipt.envelope, receipt.payload) == (
        parsed.header.id,
        parsed.digest,
        parsed.header.payload,
    )
    assert (receipt.outcome, receipt.reason, receipt.sender, receipt.receiver) == (
        Outcome.ACCEPTED,
        "",
        "dk.coord",
        "se.coord",
    )
    with south.store.reading() as t:
        row = t.row("SELECT leaf FROM ledger_entry WHERE index = %s", receipt.index)
    assert row == (commitment(receipt.salt, receipt.entry),)
    ((sender, record),) = south.releases
    assert (sender, record.id) == ("dk.coord", "alert-1")
    (arrival,) = arrivals(south)
    assert (arrival.count, arrival.cover) == (1, parsed.cover.written())
    (one,) = taken_in(south, receipt.message)
    assert (one.record, one.keep_until) == ("alert-1", record.keep_until)
    assert canonical.read(one.item or b"", Given) == record
    (entry,) = south.did(Act.RECEIVED)
    assert (entry.basis, entry.clause, entry.subject) == ("kattegat-maritime 1", "alerts-in-the-kattegat", "alert-1")


def test_the_same_again_is_answered_byte_for_byte(north: Party, south: Party) -> None:
    """A retry changes nothing at the receiver and gets the same receipt, however long after."""
    data = envelope(north, north.release(south.own))
    first = inbox.accept(south.reception(), data)
    later = envelope(north, north.negotiate(south.own, b"step"))
    taken(south, later)
    before = south.acts()
    assert inbox.accept(south.reception(), data) == replace(first, again=True)
    assert south.acts() == before
    assert len(south.releases) == 1


def test_many_at_once_are_one(north: Party, south: Party) -> None:
    """Deliveries of one envelope that race each other leave one row, one entry and one receipt."""
    data = envelope(north, north.release(south.own))
    reception = south.reception()
    start = threading.Barrier(6)

    def deliver(_: int) -> Accepted | Gap:
        start.wait(30)
        return inbox.accept(reception, data)

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(deliver, range(6)))
    assert len({answer.receipt for answer in answers if isinstance(answer, Accepted)}) == 1
    assert all(isinstance(answer, Accepted) for answer in answers)
    assert len(arrivals(south)) == len(south.did(Act.RECEIVED)) == len(south.releases) == 1


def test_what_comes_before_its_turn_is_asked_for(north: Party, south: Party) -> None:
    """Of a message ahead of its turn nothing is kept; in order, all are taken in; distress waits for nobody."""
    first, second = (envelope(north, north.negotiate(south.own, step)) for step in (b"one", b"two"))
    distress = envelope(north, north.release(south.own, pair.alert("sos", distress=True)))
    before = south.acts()
    assert inbox.accept(south.reception(), second) == Gap(1)
    assert south.acts() == before
    assert arrivals(south) == []
    assert taken(south, distress).outcome is Outcome.ACCEPTED
    taken(south, first)
    taken(south, second)
    assert south.steps == [("dk.coord", b"one"), ("dk.coord", b"two")]


def test_a_sequence_used_again_is_replayed(north: Party, south: Party) -> None:
    """Another message in a place already taken is refused with a receipt, and the lane goes on."""
    taken(south, envelope(north, north.negotiate(south.own, b"one")))
    receipt = taken(south, made(north, b"other"))
    assert (receipt.outcome, receipt.reason) == (Outcome.REFUSED, "replayed")
    taken(south, envelope(north, north.negotiate(south.own, b"two")))
    assert south.steps == [("dk.coord", b"one"), ("dk.coord", b"two")]


@pytest.mark.parametrize(
    ("payload", "changes", "reason"),
    [
        (b"step", {"expires": pair.NOW}, "expired"),
        (b"not a record", {"kind": MessageKind.RELEASE}, "malformed"),
        (b"something", {"kind": MessageKind.WITHDRAWN}, "malformed"),
    ],
)
def test_a_refusal_is_durable_and_moves_the_lane_on(
    north: Party, south: Party, payload: bytes, changes: dict[str, object], reason: str
) -> None:
    """A true sender learns why in one word, gets the same word again, and is not stuck; no content is kept."""
    data = made(north, payload, **changes)
    receipt = taken(south, data)
    assert (receipt.outcome, receipt.reason) == (Outcome.REFUSED, reason)
    assert taken(south, data) == receipt
    (arrival,) = arrivals(south)
    assert (arrival.cover, arrival.count, taken_in(south, receipt.message)) == (b"", 0, [])
    assert south.releases == south.steps == []
    assert taken(south, made(north, sequence=2)).outcome is Outcome.ACCEPTED


def test_what_does_not_open_is_unreadable(north: Party, south: Party) -> None:
    """An envelope by the true sender that is sealed to another key is refused with a receipt that opened nothing."""
    header = wire.parse(made(north)).header
    own = north.own.keys
    astray = wire.seal(header, [b"step"], own.identity, pair.keys(9).sealing.public, own.identity_pq)
    receipt = taken(south, astray)
    assert (receipt.reason, receipt.payload) == ("unreadable", receipts.UNOPENED)


def test_a_record_under_another_header_is_malformed(north: Party, south: Party) -> None:
    """Agreement and purpose on the envelope are those of the record inside."""
    with north.store.reading() as t:
        kept = kept_outbox.get(t, north.release(south.own))
    assert kept is not None
    parsed = wire.parse(kept.envelope)
    header, inside = parsed.header, wire.open(parsed, pair.keys(2).sealing)
    others: tuple[dict[str, object], ...] = ({"purpose": "trafficking"}, {"agreement": bytes(32)})
    for sequence, changes in enumerate(others, 1):
        changed = replace(header, id=keys.random_bytes(32), sequence=sequence, **changes)
        own = north.own.keys
        data = wire.seal(changed, inside, own.identity, pair.keys(2).sealing.public, own.identity_pq)
        assert taken(south, data).reason == "malformed"
    assert south.releases == []


def test_the_receivers_agreement_decides_too(north: Party, south: Party) -> None:
    """What the sender let go is refused where the receiver has the agreement suspended: checked at both ends."""
    south.suspend()
    receipt = taken(south, envelope(north, north.release(south.own)))
    assert (receipt.outcome, receipt.reason) == (Outcome.REFUSED, "not-in-force")
    assert south.releases == []


def test_a_step_that_cannot_be_taken_is_refused_and_undone(north: Party, south: Party) -> None:
    """What the agreement room did before it refused is undone; the refusal is durable, and the next step is taken."""
    south.refuse = Fault("the signature does not hold")
    data = envelope(north, north.negotiate(south.own, b"one"))
    receipt = taken(south, data)
    assert (receipt.outcome, receipt.reason) == (Outcome.REFUSED, "unacceptable")
    assert receipt.payload == wire.bound([b"one"])
    assert south.did(Act.AGREEMENT) == []
    south.refuse = None
    assert taken(south, data) == receipt
    taken(south, envelope(north, north.negotiate(south.own, b"two")))
    assert south.steps == [("dk.coord", b"two")]


def test_a_failure_inside_keeps_nothing(north: Party, south: Party) -> None:
    """If the receiver itself fails, the message is neither taken nor refused: the sender tries again."""
    data = envelope(north, north.negotiate(south.own, b"one"))

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    broken = replace(south.reception(), takers={MessageKind.AGREEMENT: fail})
    with pytest.raises(ZeroDivisionError):
        inbox.accept(broken, data)
    assert arrivals(south) == []
    assert taken(south, data).outcome is Outcome.ACCEPTED


def test_a_withdrawal_fills_the_place_of_its_release(north: Party, south: Party) -> None:
    """A withdrawal that comes instead of its release gives no record and moves the lane on."""
    stopped = made(north, b"", kind=MessageKind.WITHDRAWN)
    assert taken(south, stopped).outcome is Outcome.ACCEPTED
    assert south.releases == []
    assert taken(south, made(north, sequence=2)).outcome is Outcome.ACCEPTED


def test_a_withdrawal_too_late_is_answered_with_the_first_receipt(north: Party, south: Party) -> None:
    """What had arrived stays arrived, and its sender is told so."""
    data = envelope(north, north.release(south.own))
    receipt = taken(south, data)
    assert taken(south, made(north, b"", kind=MessageKind.WITHDRAWN, id=receipt.message)) == receipt


def test_of_many_records_each_is_judged_by_itself(north: Party, south: Party) -> None:
    """What the agreement does not admit is refused by its place; the others are taken in, each with an entry."""
    message = north.release_many(south.own, [pair.alert(str(number)) for number in range(3)])
    parsed = wire.parse(envelope(north, message))
    items = list(wire.open(parsed, pair.keys(2).sealing))
    items[1] = canonical.written(replace(canonical.read(items[1], Given), owner="de.coord"))
    items.append(b"no record")
    data = wire.seal(parsed.header, items, north.own.keys.identity, pair.keys(2).sealing.public)
    receipt = taken(south, data)
    assert (receipt.outcome, receipt.reason) == (Outcome.ACCEPTED, "")
    assert receipt.refused == (Refusal(1, "not-permitted"), Refusal(3, "malformed"))
    assert [record.id for _, record in south.releases] == ["0", "2"]
    assert [(one.place, one.record) for one in taken_in(south, message)] == [(0, "0"), (2, "2")]
    (entry,) = south.did(Act.RECEIVED)
    assert (entry.subject, entry.count, entry.detail) == (message.hex(), 4, "accepted: all but 2")
    assert [entry.subject for entry in south.did(Act.COLLECTED)] == ["0", "2"]


def test_where_no_record_is_admitted_the_message_is_refused(north: Party, south: Party) -> None:
    """Nothing is kept of it, and the receipt says why."""
    message = north.release_many(south.own, [pair.alert(str(number)) for number in range(2)])
    south.suspend()
    receipt = taken(south, envelope(north, message))
    assert (receipt.outcome, receipt.reason, receipt.refused) == (Outcome.REFUSED, "not-in-force", ())
    assert taken_in(south, message) == []


def nothing_kept(party: Party, data: bytes) -> None:
    before = party.acts()
    with pytest.raises(Fault):
        inbox.accept(party.reception(), data)
    assert party.acts() == before
    assert arrivals(party) == []


def test_strangers_and_forgers_leave_no_trace(
    north: Party, south: Party, make_party: Callable[[str, int, Own], Party]
) -> None:
    """Unknown senders, wrong keys, other audiences and partners cut off are refused without a row or an entry."""
    stranger = make_party("no.coord", 7, south.own)
    nothing_kept(south, envelope(stranger, stranger.negotiate(south.own, b"step")))
    nothing_kept(south, made(replace_keys(north, 9)))
    nothing_kept(south, made(north, recipient="de.coord"))
    nothing_kept(south, made(north, sender="no.coord"))
    data = envelope(north, north.release(south.own))
    south.cuts_off("dk.coord")
    nothing_kept(south, data)


def replace_keys(party: Party, number: int) -> Party:
    forger = pair.own("dk.coord", number)
    return Party(own=forger, store=party.store, clock=party.clock, standing=party.standing)


def test_a_partner_cut_off_is_not_even_told_its_old_receipts(north: Party, south: Party) -> None:
    """From the moment of the cut there is no answer at all."""
    data = envelope(north, north.release(south.own))
    taken(south, data)
    south.cuts_off("dk.coord")
    with pytest.raises(Fault):
        inbox.accept(south.reception(), data)


class Meanwhile:
    """A clock at whose first look somebody cuts the sender off: after it was glanced at, before it is taken in."""

    def __init__(self, party: Party) -> None:
        self._party = party
        self._looked = False

    def now(self) -> int:
        """Return the time, having cut the sender off."""
        if not self._looked:
            self._looked = True
            self._party.cuts_off("dk.coord")
        return self._party.clock.now()


@pytest.mark.parametrize("together", [False, True])
def test_a_partner_cut_off_while_its_message_is_read_is_not_taken_in(
    north: Party, south: Party, *, together: bool
) -> None:
    """Whose card counts is looked at once more in the transaction that takes the message in."""
    data = envelope(north, north.release(south.own))
    reception = replace(south.reception(), clock=cast("Clock", Meanwhile(south)))
    with pytest.raises(Fault, match="nobody that this node takes messages from"):
        inbox.together(reception, [wire.parse(data)]) if together else inbox.accept(reception, data)
    assert arrivals(south) == []
    assert south.releases == []


def test_one_id_twice_in_a_stack_is_not_taken_in_together(north: Party, south: Party) -> None:
    """Each is answered by itself: the second with the receipt of the first, and no failure inside."""
    twice = [made(north, id=bytes(32), sequence=number, kind=MessageKind.RELEASE) for number in (1, 2)]
    assert inbox.together(south.reception(), list(map(wire.parse, twice))) is None
    assert arrivals(south) == []
    first, again = (inbox.accept(south.reception(), one) for one in twice)
    assert isinstance(first, Accepted)
    assert again == Accepted(first.receipt, again=True)


def test_a_witness_sends_no_messages(north: Party, south: Party) -> None:
    """A card for witnessing opens no door for records."""
    witness = pair.own("oversight", 8, station=cards.Station.WITNESS)
    south.knows(witness)
    data = made(Party(own=witness, store=north.store, clock=north.clock, standing=north.standing), sender="oversight")
    nothing_kept(south, data)


@SEALED
@given(place=st.floats(0, 1, exclude_max=True), mask=st.integers(1, 255))
def test_a_byte_changed_on_the_way_leaves_no_trace(north: Party, south: Party, place: float, mask: int) -> None:
    """Whatever is changed in a true envelope, the receiver keeps nothing and says nothing."""
    changed = bytearray(made(north))
    changed[int(place * len(changed))] ^= mask
    nothing_kept(south, bytes(changed))


@SEALED
@given(data=st.binary(max_size=2_000))
def test_arbitrary_bytes_leave_no_trace(south: Party, data: bytes) -> None:
    """Bytes that are no envelope are a fault and nothing else."""
    nothing_kept(south, data)
