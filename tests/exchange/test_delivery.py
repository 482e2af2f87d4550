"""What is proven: through cut, slow, lying and forgetful partners nothing is lost, doubled, or delivered too late."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence

import httpx
import pytest
from litestar import Litestar, Request, Response, get, post
from litestar.concurrency import sync_to_thread
from litestar.datastructures import State
from msgspec.structs import replace

from builders import pair
from builders.pair import Party, served
from builders.web import serving
from comity.exchange import delivery, inbox, partner_prekeys, partners, posting, prekeys, receipted, receipts, wire
from comity.exchange.cards import Own
from comity.exchange.delivery import Courier
from comity.exchange.inbox import Accepted, Gone
from comity.exchange.posting import Later
from comity.exchange.receipted import Come, Undelivered
from comity.exchange.recheck import Waiting
from comity.foundation import canonical
from comity.foundation.clock import Clock, steady, wall
from comity.foundation.store import inbox as kept_inbox
from comity.foundation.store import outbox as kept_outbox
from comity.foundation.store import partners as kept_partners
from comity.foundation.store.outbox import KeptMessage
from comity.foundation.store.store import Transaction
from comity.vocabulary.entry import Act
from comity.vocabulary.fault import Fault, Missing, Refused
from comity.vocabulary.instant import DAY, MINUTE
from comity.vocabulary.message import Given, Lane, Outcome, Refusal


class Permits:
    """Answers for the permit when it is asked again."""

    def __init__(self) -> None:
        self.obstacle: str | None = None
        self.stopped = ""
        """The id of a record that may not go."""
        self.asked: list[bytes] = []

    def __call__(self, _: Transaction, waiting: Sequence[Waiting]) -> list[str | None]:
        """Return the obstacles, or fail as if the records were gone."""
        self.asked += [one.request for one in waiting]
        if self.obstacle == "gone":
            raise Missing("there is no such alert")
        ids = [canonical.read(one.given, Given).id for one in waiting]
        return ["it was rejected" if record == self.stopped else self.obstacle for record in ids]


@pytest.fixture
def line() -> Iterator[httpx.Client]:
    """Return what couriers speak through."""
    with posting.line() as client:
        yield client


@pytest.fixture
def permits() -> Permits:
    """Return a permit that says yes until told otherwise."""
    return Permits()


@pytest.fixture
def courier(north: Party, line: httpx.Client, permits: Permits) -> Courier:
    """Return the courier from north to south."""
    return Courier(north.store, north.own, "se.coord", north.clock, permits, line)


def at(north: Party, south: Party, endpoint: str) -> None:
    """Tell north where south is served."""
    card = replace(south.own.card, endpoint=endpoint)
    north.knows(
        replace(south.own, card=card, signed=pair.cards.sign(card, south.own.keys.identity, south.own.keys.identity_pq))
    )


def kept(party: Party, message: bytes) -> KeptMessage:
    with party.store.reading() as t:
        found = kept_outbox.get(t, message)
    assert found is not None
    return found


def bound(message: KeptMessage) -> bytes:
    return wire.head(wire.cover(message.cover).header).payload


def steps(south: Party) -> list[bytes]:
    return [step for _, step in south.steps]


def test_all_that_waits_is_brought_in_order_distress_first(north: Party, south: Party, courier: Courier) -> None:
    """Every message gets its receipt and every receipt its entry; distress overtakes what was put in before it."""
    messages = [north.release(south.own, pair.alert(str(number))) for number in range(3)]
    messages.append(north.release(south.own, pair.alert("sos", distress=True)))
    with served(south) as endpoint:
        at(north, south, endpoint)
        assert courier.deliver_due() == 4
        assert courier.deliver_due() == 0
    assert [record.id for _, record in south.releases] == ["sos", "0", "1", "2"]
    for message in messages:
        done = kept(north, message)
        assert (done.state, done.last_fault) == ("accepted", "")
        receipt = receipts.read(done.receipt or b"", south.own.card.identity)
        assert (receipt.message, receipt.payload) == (message, bound(done))
    assert [entry.detail for entry in north.did(Act.RECEIPTED)] == ["accepted"] * 4


def test_through_an_outage_nothing_is_lost_and_nothing_doubled(north: Party, south: Party, courier: Courier) -> None:
    """While the partner is down messages wait and say why; when it is back each arrives once, in order."""
    first = north.negotiate(south.own, b"one")
    with pytest.raises(Fault):
        courier.deliver_due()
    second = north.negotiate(south.own, b"two")
    with pytest.raises(Fault):
        courier.deliver_due()
    waiting = kept(north, first)
    assert (waiting.attempts, waiting.state, kept(north, second).attempts) == (2, "queued", 0)
    assert "no answer" in waiting.last_fault
    with served(south) as endpoint:
        at(north, south, endpoint)
        assert courier.deliver_due() == 2
    assert steps(south) == [b"one", b"two"]


def test_a_receipt_that_somebody_else_kept_just_now_has_one_entry(north: Party, south: Party, courier: Courier) -> None:
    """Two couriers at once, as after a restart: the second finds it kept, and logs nothing."""
    message = north.release(south.own)
    waiting = kept(north, message)
    with served(south) as endpoint:
        at(north, south, endpoint)
        assert courier.deliver_due() == 1
    before = north.acts()
    come = Come(waiting, kept(north, message).receipt or b"")
    with pytest.raises(Undelivered, match="somebody else just now"):
        receipted.keep(north.store, north.own, south.own.card, [come])
    assert north.acts() == before


def test_a_refusal_is_a_receipt(north: Party, south: Party, courier: Courier) -> None:
    """A message that the partner refuses is done with, and the reason is kept."""
    south.suspend()
    message = north.release(south.own)
    with served(south) as endpoint:
        at(north, south, endpoint)
        assert courier.deliver_due() == 1
    assert kept(north, message).state == "refused"
    assert north.did(Act.RECEIPTED)[-1].detail == "refused: not-in-force"


def renews(party: Party, other: Own) -> None:
    """Follow a partner to its next card."""
    with party.store.acting() as act:
        partners.renew(act, party.own, other.signed, officer="anna", now=party.clock.now())


def test_what_waited_while_the_keys_changed_goes_under_the_new_ones(
    north: Party, south: Party, line: httpx.Client, permits: Permits
) -> None:
    """Same id, same sequence, same record; the partner has followed to the new card, and nothing is lost."""
    message, step = north.release(south.own), north.negotiate(south.own, b"step")
    before = kept(north, message)
    rotated = pair.successor(north.own, 9)
    courier = Courier(north.store, rotated, "se.coord", north.clock, permits, line)
    with served(south) as endpoint:
        at(north, south, endpoint)
        renews(south, rotated)
        assert courier.deliver_due() == 2  # refused at first: signed by keys that the partner does not believe any more
    after = kept(north, message)
    assert (after.id, after.sequence, after.state) == (before.id, before.sequence, "accepted")
    assert after.envelope != before.envelope
    assert bound(after) == bound(before)
    assert [record.id for _, record in south.releases] == ["alert-1"]
    assert kept(north, step).state == "accepted"


def test_a_receipt_under_an_earlier_card_counts(north: Party, south: Party, courier: Courier) -> None:
    """The answer was lost, the partner has new keys since, and answers again with the bytes signed before."""
    message = north.negotiate(south.own, b"step")
    answered = inbox.accept(south.reception(), kept(north, message).envelope)
    assert isinstance(answered, Accepted)
    with served(south) as endpoint:
        at(north, south, endpoint)
        with north.store.reading() as t:
            known = kept_partners.get(t, "se.coord")
        assert known is not None
        moved = replace(south.own, card=pair.cards.read(known.card), signed=known.card)
        rotated = pair.successor(moved, 9)
        renews(north, rotated)
        south.prekeys._own, south.prekeys._held = rotated, None
        assert courier.deliver_due() == 1
    assert kept(north, message).receipt == answered.receipt


def test_a_receipt_beyond_the_cut_does_not_count(north: Party, south: Party) -> None:
    """Keys were stolen: what they signed for entries at or beyond the size is not believed, what stands before is."""
    message = north.negotiate(south.own, b"step")
    answered = inbox.accept(south.reception(), kept(north, message).envelope)
    assert isinstance(answered, Accepted)
    index = receipts.read(answered.receipt, south.own.card.identity).index
    for size, counts in ((index + 1, True), (index, False)):
        with north.store.acting() as act:
            partners.cut_off(act, "se.coord", officer="anna", reason="stolen", now=pair.NOW, size=size)
        with north.store.reading() as t:
            if counts:
                assert partners.receipt(t, "se.coord", answered.receipt).index == index
            else:
                with pytest.raises(Refused, match="cut off before"):
                    partners.receipt(t, "se.coord", answered.receipt)


class Intermediary:
    """Stands between courier and partner: hands envelopes on, and may answer otherwise."""

    def __init__(self, south: Party) -> None:
        self.reception = replace(south.reception(), prekeys=south.prekeys)
        self.answers: list[Response[bytes]] = []
        """Given instead of the true answer, one after the other."""
        self.seen: list[bytes] = []
        self.receipts: list[bytes] = []
        self.then: Callable[[], None] = lambda: None
        """What happens elsewhere while the partner answers."""

    def take(self, envelope: bytes) -> Response[bytes]:
        """Hand the envelope on, and answer with the partner's word or another."""
        self.seen.append(envelope)
        try:
            answer = inbox.accept(self.reception, envelope)
        except Fault:
            return Response(b"refused", status_code=400)
        finally:
            self.then()
        if self.answers:
            return self.answers.pop(0)
        if isinstance(answer, Accepted):
            self.receipts.append(answer.receipt)
            return Response(answer.receipt, status_code=200, media_type="application/cbor")
        if isinstance(answer, Gone):
            return Response(answer.prekey, status_code=410)
        return Response(canonical.written({"expected": answer.expected}), status_code=409)

    def application(self) -> Litestar:
        """Return it as a web application."""

        @post("/exchange/inbox", status_code=200)
        async def take(request: Request[object, object, State]) -> Response[bytes]:
            return await sync_to_thread(self.take, await request.body())

        @get("/exchange/prekey", sync_to_thread=False)
        def prekey() -> Response[bytes]:
            assert self.reception.prekeys is not None
            self.then()
            return Response(self.reception.prekeys.present(), media_type="application/cbor")

        return Litestar([take, prekey], openapi_config=None)


@pytest.fixture
def between(north: Party, south: Party) -> Iterator[Intermediary]:
    """Return an intermediary that north takes for south."""
    made = Intermediary(south)
    with serving(made.application()) as endpoint:
        at(north, south, endpoint)
        yield made


def said(status: int, body: bytes) -> Response[bytes]:
    return Response(body, status_code=status, media_type="application/cbor")


@pytest.mark.parametrize(
    "answer",
    [
        said(503, b"unavailable"),
        said(500, b""),
        said(400, b"refused"),
        said(200, b""),
        said(200, b"not a receipt"),
        said(200, bytes(receipts.LARGEST + 1)),
        said(409, b"not canonical"),
        said(409, canonical.written({"expected": 0})),
        said(409, canonical.written({"expected": 1})),
        said(409, canonical.written({"expected": 7})),
        said(409, canonical.written({"expected": 2**64 - 1})),
        Response(b"", status_code=302, headers={"Location": "http://127.0.0.1:1/"}),
    ],
    ids=["503", "500", "400", "empty", "junk", "long", "409 junk", "409 0", "409 1", "409 7", "409 huge", "redirect"],
)
def test_an_answer_lost_on_the_way_back_is_got_again(
    north: Party, south: Party, courier: Courier, between: Intermediary, answer: Response[bytes]
) -> None:
    """The partner had accepted; whatever came back instead, the next attempt brings the same receipt and no double."""
    message = north.negotiate(south.own, b"one")
    between.answers.append(answer)
    with pytest.raises(Fault):
        courier.deliver_due()
    assert kept(north, message).receipt is None
    assert kept(north, message).attempts == 1
    assert courier.deliver_due() == 1
    assert steps(south) == [b"one"]
    assert between.seen == [kept(north, message).envelope] * 2


def test_the_receipt_of_another_message_does_not_count(
    north: Party, south: Party, courier: Courier, between: Intermediary
) -> None:
    """A true receipt of the partner's, for something else, leaves the message waiting."""
    north.negotiate(south.own, b"one")
    courier.deliver_due()
    second = north.negotiate(south.own, b"two")
    between.answers.append(said(200, between.receipts[0]))
    with pytest.raises(receipts.WrongReceipt):
        courier.deliver_due()
    assert kept(north, second).receipt is None
    assert "not for the message" in kept(north, second).last_fault


def test_a_receipt_signed_by_another_does_not_count(
    north: Party, south: Party, courier: Courier, between: Intermediary
) -> None:
    """Whoever stands on the way cannot answer in the partner's place."""
    message = north.negotiate(south.own, b"one")
    between.answers.append(said(500, b""))
    with pytest.raises(Fault):
        courier.deliver_due()
    with south.store.reading() as t:
        (arrival,) = kept_inbox.recent(t)
    true = receipts.read(arrival.receipt, south.own.card.identity)
    forged = receipts.sign(true, pair.keys(9).identity)
    between.answers.append(said(200, forged))
    with pytest.raises(Fault, match="signature"):
        courier.deliver_due()
    assert kept(north, message).receipt is None


def test_what_was_stopped_before_it_left_is_withdrawn(
    north: Party, south: Party, courier: Courier, permits: Permits
) -> None:
    """The permit is asked again with what was asked first; on a no the record stays home, and the lane goes on."""
    stopped = north.release(south.own)
    north.negotiate(south.own, b"two")
    permits.obstacle = "it is suspended"
    with served(south) as endpoint:
        at(north, south, endpoint)
        assert courier.deliver_due() == 2
    assert permits.asked == [b"asked"]
    assert south.releases == []
    assert steps(south) == [b"two"]
    done = kept(north, stopped)
    assert done.state == "withdrawn"
    receipt = receipts.read(done.receipt or b"", south.own.card.identity)
    assert (receipt.outcome, receipt.payload) == (Outcome.ACCEPTED, wire.bound([]))
    assert [entry.detail for entry in north.did(Act.WITHDRAWN)] == ["it is suspended"]


def test_what_cannot_be_asked_again_does_not_go(north: Party, south: Party, courier: Courier, permits: Permits) -> None:
    """Missing data is a denial: a release whose record is gone is withdrawn."""
    stopped = north.release(south.own)
    permits.obstacle = "gone"
    with served(south) as endpoint:
        at(north, south, endpoint)
        courier.deliver_due()
    assert kept(north, stopped).state == "withdrawn"
    assert south.releases == []


def test_suspended_in_flight_is_withdrawn_once_and_stays_so(
    north: Party, south: Party, courier: Courier, permits: Permits
) -> None:
    """Stopped while the partner was down, it is withdrawn once, and does not go even if the permit returns."""
    stopped = north.release(south.own)
    permits.obstacle = "it is suspended"
    for _ in range(2):
        with pytest.raises(Fault):
            courier.deliver_due()
    permits.obstacle = None
    with served(south) as endpoint:
        at(north, south, endpoint)
        courier.deliver_due()
    assert kept(north, stopped).state == "withdrawn"
    assert south.releases == []
    assert len(north.did(Act.WITHDRAWN)) == 1


def test_a_release_that_arrived_before_it_was_stopped_counts_as_given(
    north: Party, south: Party, courier: Courier, permits: Permits, between: Intermediary
) -> None:
    """The receipt was lost, the release withdrawn: the partner's first receipt tells the truth, and it is kept."""
    message = north.release(south.own)
    between.answers.append(said(500, b""))
    with pytest.raises(Fault):
        courier.deliver_due()
    permits.obstacle = "it is suspended"
    assert courier.deliver_due() == 1
    done = kept(north, message)
    assert done.state == "accepted"
    receipt = receipts.read(done.receipt or b"", south.own.card.identity)
    assert receipt.envelope == wire.parse(between.seen[0]).digest
    assert done.envelope == between.seen[-1] != between.seen[0]


def test_a_partner_that_lost_its_state_gets_all_again(
    north: Party, south: Party, courier: Courier, permits: Permits, between: Intermediary
) -> None:
    """Restored from an old backup, it asks from the first gap on; what may still go goes, and first receipts stand."""
    north.release(south.own, pair.alert("early"))
    first = north.negotiate(south.own, b"one")
    courier.deliver_due()
    before = kept(north, first)
    with south.store.acting() as act:
        act.run("TRUNCATE inbox, inbox_item CASCADE")
        act.run("DELETE FROM inbox_sequence")
        act.log(pair.Entry(act=Act.ERASED, detail="a disaster"))
    south.releases.clear()
    south.steps.clear()
    permits.obstacle = "it is suspended"
    north.negotiate(south.own, b"two")
    assert courier.deliver_due() == 1
    assert steps(south) == [b"one", b"two"]
    assert south.releases == []
    assert kept(north, first) == before


@pytest.mark.parametrize("wait", ["missing", "gone", "outdated", "prekey"])
def test_the_permit_is_asked_again_before_each_post(
    north: Party, south: Party, line: httpx.Client, permits: Permits, between: Intermediary, wait: str
) -> None:
    """Suspended while the partner had the word, which is free to take its time: of the record nothing goes."""
    courier = Courier(north.store, north.own, "se.coord", north.clock, permits, line)
    if wait != "prekey":
        north.negotiate(south.own, b"one")
        assert courier.deliver_due() == 1
    if wait == "gone":
        other = prekeys.Prekey(
            owner="se.coord", public=pair.keys(9).sealing.public, created=pair.NOW + MINUTE, expires=pair.NOW + DAY
        )
        with north.store.upkeep() as t:
            card = partners.card(t, "se.coord")
            partner_prekeys.learn(t, card, prekeys.sign(other, south.own.keys), pair.NOW)
            south.prekeys._make(pair.NOW + 2 * MINUTE)
            south.prekeys._clock = Clock(((wall(), pair.NOW + 3 * MINUTE),))
    stopped = north.release(south.own)
    if wait == "outdated":
        north.own = pair.successor(north.own, 9)
        courier = Courier(north.store, north.own, "se.coord", north.clock, permits, line)
        renews(south, north.own)
    if wait == "missing":
        with south.store.acting() as act:
            act.run("TRUNCATE inbox, inbox_item CASCADE")
            act.run("DELETE FROM inbox_sequence")
            act.log(pair.Entry(act=Act.ERASED, detail="a disaster"))
    between.then = lambda: setattr(permits, "obstacle", "it is suspended")
    assert courier.deliver_due() == 1
    assert south.releases == []
    assert kept(north, stopped).state == "withdrawn"
    assert permits.asked == [b"asked"] * 2


def test_a_round_that_brought_something_starts_with_a_short_pause_again(
    north: Party, south: Party, courier: Courier, between: Intermediary
) -> None:
    """The partner is there: what is in trouble in one lane is not waited for as through an outage."""
    north.release(south.own, pair.alert("sos", distress=True))
    north.negotiate(south.own, b"one")
    between.answers.append(said(500, b""))
    assert courier._round(threading.Event(), 30.0) == delivery.FIRST_PAUSE
    assert steps(south) == [b"one"]


def test_a_partner_with_two_keys_since_gets_what_was_signed_by_one(
    north: Party, south: Party, courier: Courier, between: Intermediary
) -> None:
    """Refused because both are demanded now, the message is made anew with both, once, and arrives."""
    message = north.negotiate(south.own, b"one")
    before = kept(north, message)
    single = replace(wire.parse(before.envelope).header, suite=wire.SUITE)
    with north.store.upkeep() as t:
        present = south.prekeys.present()
        partner_prekeys.learn(t, partners.card(t, "se.coord"), present, pair.NOW)
        envelope = wire.seal(single, [b"one"], north.own.keys.identity, prekeys.believed(present).public)
        kept_outbox.supersede(t, message, envelope, wire.parse(envelope).cover.written())
    assert courier.deliver_due() == 1
    assert between.seen[0] == envelope
    assert [wire.parse(each).header.suite for each in between.seen] == [wire.SUITE, wire.BOTH]
    assert steps(south) == [b"one"]


def test_one_lane_in_trouble_does_not_hold_the_other(
    north: Party, south: Party, courier: Courier, between: Intermediary
) -> None:
    """A fault in the distress lane leaves the ordinary lane running, and is told."""
    north.release(south.own, pair.alert("sos", distress=True))
    north.negotiate(south.own, b"one")
    between.answers.append(said(500, b""))
    with pytest.raises(Fault, match="500"):
        courier.deliver_due()
    assert steps(south) == [b"one"]
    assert courier.deliver_due() == 1


def test_nothing_goes_to_a_partner_cut_off(north: Party, south: Party, courier: Courier) -> None:
    """What waited when the partner was cut off stays at home."""
    message = north.negotiate(south.own, b"one")
    with served(south) as endpoint:
        at(north, south, endpoint)
        north.cuts_off("se.coord")
        with pytest.raises(Missing):
            courier.deliver_due()
    assert kept(north, message).receipt is None
    assert south.steps == []


def test_the_courier_comes_when_called_and_leaves_when_told(north: Party, south: Party, courier: Courier) -> None:
    """Woken, it brings what was put in; through faults it keeps trying; told to stop, it ends."""
    stop, wake = threading.Event(), threading.Event()
    arrived = threading.Event()
    take = south.take

    def noticed(*taken: object) -> None:
        take(*taken)  # type: ignore[arg-type]
        arrived.set()

    south.take = noticed  # type: ignore[method-assign]
    north.negotiate(south.own, b"one")
    thread = threading.Thread(target=courier.run, args=(stop, wake))
    thread.start()
    try:
        with served(south) as endpoint:
            at(north, south, endpoint)
            wake.set()
            assert arrived.wait(30)
            arrived.clear()
            north.negotiate(south.own, b"two")
            wake.set()
            assert arrived.wait(30)
    finally:
        stop.set()
        wake.set()
        thread.join(30)
    assert not thread.is_alive()
    assert steps(south) == [b"one", b"two"]


@pytest.mark.parametrize(("stated", "seconds"), [("3", 3.0), ("9999999", 60.0), ("soon", 0.2), ("", 0.2)])
def test_a_partner_may_ask_to_wait(
    north: Party, south: Party, courier: Courier, between: Intermediary, stated: str, seconds: float
) -> None:
    """So long as it says, within bounds; the message is kept, and says why it waits."""
    message = north.negotiate(south.own, b"one")
    between.answers.append(Response(b"wait", status_code=429, headers={"Retry-After": stated}))
    with pytest.raises(Later) as asked:
        courier.deliver_due()
    assert asked.value.seconds == seconds
    assert "asks to wait" in kept(north, message).last_fault
    assert courier.deliver_due() == 1


def test_what_the_partner_asks_to_wait_is_waited_even_if_there_is_more(
    north: Party, south: Party, courier: Courier, between: Intermediary
) -> None:
    """Nothing is brought before the time has passed, though the courier is called."""
    times: list[float] = []
    between.then = lambda: times.append(steady())
    between.answers.append(Response(b"wait", status_code=429, headers={"Retry-After": "1"}))
    for step in (b"one", b"two"):
        north.negotiate(south.own, step)
    stop, wake = threading.Event(), threading.Event()
    thread = threading.Thread(target=courier.run, args=(stop, wake))
    thread.start()
    try:
        deadline, pause = steady() + 30, threading.Event()
        while len(between.receipts) < 2 and steady() < deadline:
            wake.set()
            pause.wait(0.02)
    finally:
        stop.set()
        wake.set()
        thread.join(30)
    posts = times[-len(between.seen) :]
    assert steps(south) == [b"one", b"two"]
    assert posts[1] - posts[0] >= 1.0


def test_pauses_grow_to_a_minute_and_differ(north: Party, courier: Courier, south: Party) -> None:
    """Each failed round doubles the pause up to the longest; a good one forgets it; couriers do not come in step."""
    north.negotiate(south.own, b"one")
    stop = threading.Event()
    pauses = [0.0]
    for _ in range(10):
        pauses.append(courier._round(stop, pauses[-1]))
    assert pauses[1:4] == [0.2, 0.4, 0.8]
    assert pauses[-1] == delivery.LONGEST_PAUSE
    with served(south) as endpoint:
        at(north, south, endpoint)
        assert courier._round(stop, 60.0) == 0.0
    drawn = [delivery._jittered(10.0) for _ in range(200)]
    assert 5 <= min(drawn) < max(drawn) <= 10
    assert len(set(drawn)) > 100


def test_what_waited_longer_than_it_may_be_kept_is_withdrawn(
    north: Party, south: Party, line: httpx.Client, permits: Permits
) -> None:
    """A partner that was down until the permit's time was over gets the place in its lane and none of the record."""
    message = north.release(south.own)
    later = Clock(((wall(), pair.NOW + 400 * DAY),))
    courier = Courier(north.store, north.own, "se.coord", later, permits, line)
    south.clock = later
    with served(south) as endpoint:
        at(north, south, endpoint)
        assert courier.deliver_due() == 1
    assert south.releases == []
    assert kept(north, message).state == "withdrawn"
    assert north.did(Act.WITHDRAWN)[0].detail == "the time for which it was given is over"


def test_of_many_records_those_that_may_still_go_go(
    north: Party, south: Party, courier: Courier, permits: Permits
) -> None:
    """One record of a batch is stopped before it leaves: the others arrive, and the receipt names its place."""
    message = north.release_many(south.own, [pair.alert(str(number)) for number in range(4)])
    permits.stopped = "2"
    with served(south) as endpoint:
        at(north, south, endpoint)
        assert courier.deliver_due() == 1
    assert [record.id for _, record in south.releases] == ["0", "1", "3"]
    done = kept(north, message)
    receipt = receipts.read(done.receipt or b"", south.own.card.identity)
    assert (done.state, receipt.refused) == ("accepted", (Refusal(2, "withdrawn"),))
    assert north.did(Act.RECEIPTED)[-1].detail == "accepted: all but 1"
    assert [entry.subject for entry in north.did(Act.WITHDRAWN)] == ["2"]
    assert [entry.subject for entry in south.did(Act.COLLECTED)] == ["0", "1", "3"]


class _Pause(threading.Event):
    """Told to wait, it does what happens meanwhile, and counts."""

    def __init__(self, meanwhile: Callable[[], None]) -> None:
        super().__init__()
        self._meanwhile = meanwhile
        self.waits = 0

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout is not None
        self.waits += 1
        self._meanwhile()
        return self.is_set()


def test_what_goes_in_bulk_waits_while_what_people_sent_does(
    north: Party, south: Party, line: httpx.Client, permits: Permits
) -> None:
    """The bulk lane's courier brings nothing while a person's message waits untried, and goes on once that is tried."""
    north.release_many(south.own, [pair.alert("one"), pair.alert("two")])
    urgent = north.release(south.own, pair.alert("urgent"))

    def _set(milliseconds: int, attempts: int) -> None:
        with north.store.upkeep() as transaction:
            transaction.run(
                "UPDATE outbox SET decided_wall = %s, attempts = %s WHERE id = %s",
                *(wall() - milliseconds, attempts, urgent),
            )

    bulk = Courier(north.store, north.own, "se.coord", north.clock, permits, line, (Lane.BULK,))
    with served(south) as endpoint:
        at(north, south, endpoint)
        _set(1_000, 0)
        pause = _Pause(lambda: _set(1_000, 1) if pause.waits == 3 else None)
        assert bulk.deliver_due(pause) == 1
    assert pause.waits == 3
    assert [record.id for _, record in south.releases] == ["one", "two"]
