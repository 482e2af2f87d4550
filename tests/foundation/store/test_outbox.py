"""What is proven: messages wait in order without gaps, keep their first receipt, and stay readable once withdrawn."""

from __future__ import annotations

import threading

import pytest
from msgspec.structs import replace

from comity.foundation.store import outbox, outbox_state, partners
from comity.foundation.store.outbox import KeptItem, KeptMessage
from comity.foundation.store.store import Store
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.partner import Station

ENTRY = Entry(act=Act.DISCLOSED)
ITEM = KeptItem(place=0, leaf=b"leaf", item=b"plain", request=b"asked", entry=0)

MESSAGE = KeptMessage(
    id=b"message",
    partner="east",
    kind="release",
    lane="ordinary",
    sequence=1,
    created=0,
    decided_wall=5,
    envelope=b"sealed",
    cover=b"cover",
    count=1,
    entry=0,
)


@pytest.fixture
def sender(store: Store) -> Store:
    """Return a store that knows two partners."""
    with store.acting() as act:
        for name in ("east", "west"):
            partners.add(act, name, Station.NODE, b"card", "anna", 0)
        act.log(Entry(act=Act.PARTNER))
    return store


def put(store: Store, partner: str, lane: str = "ordinary", record: str | None = None) -> KeptMessage:
    with store.acting() as act:
        place = outbox.next_place(act, partner, lane)
        entry, sequence = place.entry, place.sequence
        message = replace(
            MESSAGE,
            id=f"{partner}/{lane}/{sequence}".encode(),
            partner=partner,
            lane=lane,
            sequence=sequence,
            created=entry,
            record=record,
            entry=entry,
        )
        outbox.add(act, message, [replace(ITEM, record=record, entry=entry)])
        assert act.log(ENTRY).index == entry
    return message


def sequences(messages: list[KeptMessage]) -> list[int]:
    return [message.sequence for message in messages]


def test_a_message_comes_back_as_it_was_put(sender: Store) -> None:
    """Nothing is lost or changed on the way through the table."""
    message = put(sender, "east", record="alert-1")
    with sender.reading() as t:
        assert outbox.get(t, message.id) == message
        assert outbox.items(t, message.id) == [replace(ITEM, record="alert-1", entry=message.entry)]
        assert outbox.get(t, b"other") is None
        assert outbox.of_record(t, "alert-1") == [message]
        assert outbox.of_record(t, "alert-2") == []


def test_each_partner_and_lane_counts_for_itself(sender: Store) -> None:
    """Sequences start at 1 and have no gaps, and distress does not wait behind the ordinary lane."""
    for _ in range(3):
        put(sender, "east")
    put(sender, "east", "distress")
    put(sender, "west")
    with sender.reading() as t:
        assert sequences(outbox.waiting(t, "east", "ordinary", 10)) == [1, 2, 3]
        assert sequences(outbox.waiting(t, "east", "ordinary", 2)) == [1, 2]
        assert sequences(outbox.waiting(t, "east", "distress", 10)) == [1]
        assert sequences(outbox.waiting(t, "west", "ordinary", 10)) == [1]
        assert sequences(outbox.between(t, "east", "ordinary", 2, 3, 10)) == [2]


def test_a_transaction_that_fails_gives_its_number_back(sender: Store) -> None:
    """An act undone leaves no gap."""

    def undone() -> None:
        with sender.acting() as act:
            assert outbox.next_place(act, "east", "ordinary").sequence == 1
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        undone()
    assert put(sender, "east").sequence == 1


def test_acts_at_the_same_time_neither_collide_nor_wait_for_each_other(sender: Store) -> None:
    """Four threads that put to two partners in opposite orders leave gapless sequences: no deadlock, no double."""
    faults: list[Exception] = []

    def work(order: tuple[str, str]) -> None:
        try:
            for _ in range(10):
                with sender.acting() as act:
                    for partner in order:
                        place = outbox.next_place(act, partner, "ordinary")
                        entry, sequence = place.entry, place.sequence
                        body = KeptMessage(
                            id=f"{partner}{sequence}".encode(),
                            partner=partner,
                            kind="release",
                            lane="ordinary",
                            sequence=sequence,
                            created=0,
                            decided_wall=0,
                            envelope=b"",
                            cover=b"",
                            count=1,
                            entry=entry,
                        )
                        outbox.add(act, body, [ITEM])
                        act.log(ENTRY)
        except Exception as fault:  # noqa: BLE001 - reported below
            faults.append(fault)

    orders = [("east", "west"), ("west", "east")] * 2
    threads = [threading.Thread(target=work, args=(order,)) for order in orders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == []
    with sender.reading() as t:
        assert sequences(outbox.waiting(t, "east", "ordinary", 100)) == list(range(1, 41))
        assert sequences(outbox.waiting(t, "west", "ordinary", 100)) == list(range(1, 41))


def test_the_first_receipt_stands(sender: Store) -> None:
    """A message has one receipt; it no longer waits, and its fault is forgotten."""
    message = put(sender, "east")
    with sender.upkeep() as t:
        outbox.attempted(t, message.id, "no route " * 100)
    with sender.acting() as act:
        assert outbox.receipted(act, message.id, "accepted", b"first", 9)
        assert not outbox.receipted(act, message.id, "refused", b"second", 10)
        act.log(ENTRY)
    with sender.reading() as t:
        kept = outbox.get(t, message.id)
        assert outbox.waiting(t, "east", "ordinary", 10) == []
        assert outbox_state.counts(t) == {"east": {"accepted": 1}}
    assert kept == replace(message, attempts=2, state="accepted", receipt=b"first", receipted_wall=9)


def test_attempts_and_their_faults_are_kept_short(sender: Store) -> None:
    """A partner that answers at length does not fill the table."""
    message = put(sender, "east")
    with sender.upkeep() as t:
        outbox.attempted(t, message.id, "x" * 10_000)
    with sender.reading() as t:
        kept = outbox.get(t, message.id)
    assert kept is not None
    assert (kept.attempts, len(kept.last_fault)) == (1, 500)


def test_a_renewed_message_still_waits_and_keeps_what_it_was(sender: Store) -> None:
    """Another envelope goes in its place; the cover of the one that may have arrived is kept, each once."""
    message = put(sender, "east")
    with sender.acting() as act:
        assert outbox.withdraw(act, message.id, [0, 7]) == [0]
        assert outbox.withdraw(act, message.id, [0]) == []
        outbox.supersede(act, message.id, b"other", b"second")
        outbox.supersede(act, message.id, b"other", b"second")
        outbox.ended(act, message.id)
        act.log(ENTRY)
    renewed = replace(message, envelope=b"other", cover=b"second", state="withdrawn")
    with sender.reading() as t:
        assert outbox.waiting(t, "east", "ordinary", 10) == [renewed]
        assert sorted(outbox.covers(t, message.id)) == [b"cover", b"second", b"second"]
        assert outbox.items(t, message.id)[0].withdrawn == 1


def test_what_was_receipted_keeps_its_state_when_renewed(sender: Store) -> None:
    """A receipt is history: what goes in the message's place to a partner that lost it does not rewrite it."""
    message = put(sender, "east")
    with sender.acting() as act:
        outbox.receipted(act, message.id, "accepted", b"receipt", 9)
        outbox.supersede(act, message.id, b"other", b"second")
        outbox.ended(act, message.id)
        act.log(ENTRY)
    with sender.reading() as t:
        kept = outbox.get(t, message.id)
    assert kept is not None
    assert (kept.state, kept.envelope) == ("accepted", b"other")


def test_recent_is_newest_first_and_bounded(sender: Store) -> None:
    """The page of recent messages does not grow with the table."""
    ids = [put(sender, "east").id for _ in range(4)]
    with sender.reading() as t:
        assert [message.id for message in outbox.recent(t, 3)] == ids[:0:-1]


def test_others_log_while_a_batch_is_kept(sender: Store) -> None:
    """What goes in bulk takes its places in the log last: each item's entry follows from its message's first."""
    with sender.acting() as act:
        place = outbox.next_in_bulk(act, "east")
        message = replace(MESSAGE, lane="bulk", sequence=place.sequence, count=3, entry=place.entry)
        outbox.add(act, message, [replace(ITEM, place=turn, record=f"alert-{turn}", keep_until=9) for turn in range(3)])
        with sender.acting() as other:  # it would wait for the first, for ever, if that held the head of the log
            between = other.log(ENTRY).index
        first = act.log_many([ENTRY] * 3)[0].index
        outbox.placed(act, message.id, first)
    assert first == between + 1
    with sender.reading() as t:
        kept = outbox.get(t, message.id)
        assert kept is not None
        assert kept.entry == first
        assert [(one.entry, one.keep_until) for one in outbox.items(t, message.id)] == [
            (first + turn, 9) for turn in range(3)
        ]
        assert outbox.holders(t, "alert-2") == [("east", b"asked")]
