"""What is proven: a message is kept once with its receipt, lanes advance in order, and erasure leaves no content."""

from __future__ import annotations

import psycopg
import pytest
from msgspec.structs import replace

from comity.foundation.store import inbox
from comity.foundation.store.inbox import KeptArrival, KeptRecord
from comity.foundation.store.store import Store
from comity.vocabulary.entry import Act, Entry

ARRIVAL = KeptArrival(
    sender="east",
    id=b"one",
    kind="release",
    lane="ordinary",
    sequence=1,
    received=100,
    cover=b"cover",
    count=1,
    receipt=b"receipt",
)
RECORD = KeptRecord(
    sender="east",
    message=b"one",
    place=0,
    leaf=b"leaf",
    item=b"plain",
    record="alert-1",
    received=100,
    keep_until=500,
)


def put(store: Store, arrival: KeptArrival, *records: KeptRecord) -> None:
    with store.acting() as act:
        inbox.claim(act, arrival.sender, arrival.lane)
        inbox.add(act, arrival, records)
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


def test_erasure_takes_each_record_in_its_time(store: Store) -> None:
    """What is due is found in time and its content goes; the other of its message stays, and so does that it came."""
    late, never = replace(RECORD, place=1, keep_until=400), replace(RECORD, place=2, keep_until=None)
    put(store, ARRIVAL, RECORD, late, never)
    with store.reading() as t:
        assert inbox.due_for_erasure(t, 399, 10) == []
        assert inbox.due_for_erasure(t, 500, 10) == [late, RECORD]
        assert inbox.due_for_erasure(t, 500, 1) == [late]
        assert inbox.releases(t, 450) == [RECORD]
        assert inbox.count(t) == 2
    with store.acting() as act:
        assert inbox.erase(act, "east", b"one", [0, 7]) == 1
        assert inbox.erase(act, "east", b"one", [0]) == 0
        act.log(Entry(act=Act.ERASED))
    with store.reading() as t:
        assert inbox.get(t, "east", b"one") == ARRIVAL
        assert inbox.records(t, "east", b"one") == [replace(RECORD, item=None), late, never]
        assert inbox.due_for_erasure(t, 500, 10) == [late]


def test_recent_is_newest_first_and_bounded(store: Store) -> None:
    """The page of recent messages does not grow with the table."""
    for number in range(4):
        put(store, replace(ARRIVAL, id=bytes([number]), received=number))
    with store.reading() as t:
        assert [each.id for each in inbox.recent(t, 2)] == [b"\x03", b"\x02"]
