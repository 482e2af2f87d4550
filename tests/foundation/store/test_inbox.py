"""What is proven: a message is kept once with its receipt, lanes advance in order, and erasure leaves no content."""

from __future__ import annotations

import psycopg
import pytest
from msgspec.structs import replace

from comity.foundation.store import inbox
from comity.foundation.store.inbox import KeptArrival
from comity.foundation.store.store import Store
from comity.vocabulary.entry import Act, Entry

ARRIVAL = KeptArrival(
    sender="east",
    id=b"one",
    kind="release",
    lane="ordinary",
    sequence=1,
    received=100,
    envelope=b"sealed",
    payload=b"plain",
    record="alert-1",
    keep_until=500,
    receipt=b"receipt",
)


def put(store: Store, arrival: KeptArrival) -> None:
    with store.acting() as act:
        inbox.claim(act, arrival.sender, arrival.lane)
        inbox.add(act, arrival)
        inbox.advance(act, arrival.sender, arrival.lane)
        act.log(Entry(act=Act.RECEIVED))


def test_a_message_comes_back_as_it_was_put(store: Store) -> None:
    """Nothing is lost or changed on the way through the table; another sender may use the same id."""
    put(store, ARRIVAL)
    put(store, replace(ARRIVAL, sender="west"))
    with store.reading() as t:
        assert inbox.get(t, "east", b"one") == ARRIVAL
        assert inbox.get(t, "north", b"one") is None


def test_a_message_is_kept_once(store: Store) -> None:
    """The table itself refuses a second row for the same sender and id."""
    put(store, ARRIVAL)
    with pytest.raises(psycopg.errors.UniqueViolation):
        put(store, ARRIVAL)


def test_each_sender_and_lane_advances_for_itself(store: Store) -> None:
    """What comes next starts at 1 and moves only with what was kept."""
    put(store, ARRIVAL)
    with store.reading() as t:
        assert inbox.expected(t, "east", "ordinary") == 2
        assert inbox.expected(t, "east", "distress") == 1
        assert inbox.expected(t, "west", "ordinary") == 1
    with store.acting() as act:
        assert inbox.claim(act, "east", "ordinary") == 2
        assert inbox.claim(act, "west", "ordinary") == 1
        act.log(Entry(act=Act.RECEIVED))


def test_erasure_takes_payload_and_envelope(store: Store) -> None:
    """What is due is found in time, and neither it nor the sealed form that we could open stays."""
    put(store, ARRIVAL)
    put(store, replace(ARRIVAL, id=b"two", keep_until=400))
    put(store, replace(ARRIVAL, id=b"three", keep_until=None))
    with store.reading() as t:
        assert inbox.due_for_erasure(t, 399, 10) == []
        assert [each.id for each in inbox.due_for_erasure(t, 500, 10)] == [b"two", b"one"]
        assert [each.id for each in inbox.due_for_erasure(t, 500, 1)] == [b"two"]
    with store.acting() as act:
        assert inbox.erase(act, "east", b"one")
        assert not inbox.erase(act, "east", b"one")
        act.log(Entry(act=Act.ERASED))
    with store.reading() as t:
        assert inbox.get(t, "east", b"one") == replace(ARRIVAL, payload=None, envelope=b"")
        assert [each.id for each in inbox.due_for_erasure(t, 500, 10)] == [b"two"]


def test_recent_is_newest_first_and_bounded(store: Store) -> None:
    """The page of recent messages does not grow with the table."""
    for number in range(4):
        put(store, replace(ARRIVAL, id=bytes([number]), received=number))
    with store.reading() as t:
        assert [each.id for each in inbox.recent(t, 2)] == [b"\x03", b"\x02"]
