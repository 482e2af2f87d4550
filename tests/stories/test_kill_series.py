"""Need: nothing that was given is lost, doubled or left unlogged, however often either node is killed meanwhile."""

from __future__ import annotations

import os
import random  # noqa: TID251 - seeded
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from comity.demo.desk import wait_for
from comity.vocabulary.entry import Act
from stories.callers import Callers
from stories.conftest import BuildTown
from stories.evenness import Books, entries
from stories.fleet import Fleet
from stories.house import PATIENCE, House
from stories.town import Town

pytestmark = pytest.mark.story
_KILLS = int(os.environ.get("COMITY_SOAK", "10"))
_A_LIFE = 100
"""Alerts given between two kills."""
_LONGEST = 0.3
"""Seconds between the alert on which a node is to be killed and the kill, and between that and its start, at most."""


@pytest.fixture
def chance() -> random.Random:
    """Return what decides whom it hits and when: another series each time, and the same again by COMITY_SEED."""
    seed = int(os.environ.get("COMITY_SEED") or random.SystemRandom().randrange(2**32))
    print(f"COMITY_SEED={seed}")  # noqa: T201 - shown if it fails
    return random.Random(seed)  # noqa: S311 - to be the same again


@contextmanager
def _calling(callers: Callers) -> Iterator[None]:
    """Let both callers work within the block."""
    with ThreadPoolExecutor(2) as pool:
        works = [pool.submit(callers.singly), pool.submit(callers.together)]
        try:
            yield
        finally:
            callers.ending.set()
        for work in works:
            work.result()


def _kill(town: Town, callers: Callers, chance: random.Random) -> None:
    """Kill one of the nodes in the midst of what is being given, and start it again."""
    goal = callers.given + chance.randrange(_A_LIFE)
    callers.allow(_A_LIFE)
    wait_for("the moment", lambda: callers.given >= goal or callers.resting, PATIENCE)
    victim, moment = chance.choice(town.houses), threading.Event()
    moment.wait(chance.uniform(0.0, _LONGEST))
    victim.process.kill()
    moment.wait(chance.uniform(0.0, _LONGEST))
    victim.start()


def _each_call_was_true(callers: Callers, north: House) -> None:
    """Assert that what a caller was told is so, and that after a fault all was given, in one message, or nothing."""
    rows = north.rows(
        "SELECT encode(message, 'hex'), array_agg(item.record ORDER BY place) FROM outbox_item item"
        " JOIN outbox ON id = message WHERE kind = 'release' GROUP BY message"
    )
    given = {message: tuple(records) for message, records in rows}
    for call in callers.calls:
        if call.message:
            assert given.pop(call.message) == call.records
    failed = {call.records for call in callers.calls if not call.message}
    assert set(given.values()) <= failed
    assert len(given) == len(set(given.values()))


def _lanes_have_no_gap(north: House, south: House) -> None:
    """Assert that each lane counts from one on without gap at the sender, and that the receiver keeps the same."""
    sent = north.rows("SELECT lane, sequence, id FROM outbox WHERE partner = 'south' ORDER BY lane, sequence")
    assert south.rows("SELECT lane, sequence, id FROM inbox WHERE sender = 'north' ORDER BY lane, sequence") == sent
    for lane in {lane for lane, _, _ in sent}:
        numbers = [number for each, number, _ in sent if each == lane]
        assert numbers == list(range(1, len(numbers) + 1))


def _batches_are_told_apart(callers: Callers, north: House, south: House) -> None:
    """Assert that the receiver's log names each record of a message with many, once."""
    several = north.rows(
        "SELECT item.record FROM outbox JOIN outbox_item item ON message = id WHERE kind = 'release' AND count > 1"
    )
    named = Counter(entry.subject for entry in entries(south, Act.COLLECTED) if entry.partner == north.name)
    assert named == Counter(record for (record,) in several)
    assert any(len(call.records) > 1 and call.message for call in callers.calls)


def test_a_series_of_kills_loses_doubles_and_hides_nothing(build_town: BuildTown, chance: random.Random) -> None:
    """Either node is killed again and again while alerts are given singly and many at once.

    What a caller was told is so, and what failed was done whole or not at all; each message has one accepted receipt,
    each record is at the receiver once, no lane has a gap, and both logs hold and have exactly the entries of it.
    """
    town = build_town("north", "south")
    north, south = town.houses
    town.feed(north, Fleet(begin=0, silent=0))
    (north.folder / "coast.nmea").write_bytes(b"")
    town.start()
    town.introduce()
    town.agree()
    callers = Callers(north, south.name, chance)
    callers.furnish(_KILLS * _A_LIFE)
    books = Books(north, south)
    with _calling(callers):
        for _ in range(_KILLS):
            _kill(town, callers, chance)
        wait_for("the last call", lambda: callers.resting, PATIENCE)
    _settled(north)
    _each_call_was_true(callers, north)
    _lanes_have_no_gap(north, south)
    _batches_are_told_apart(callers, north, south)
    books.assert_even(books.messages())
    for house in town.houses:
        house.assert_sound()
        house.assert_calm()
    failed = sum(1 for call in callers.calls if not call.message)
    assert failed <= len(callers.calls) / 2, "most was given: the nodes were at work when they were killed"
    print(f"{_KILLS} kills, {callers.given} alerts given in {len(callers.calls)} calls, {failed} failed")  # noqa: T201


def _settled(north: House) -> None:
    """Wait until every message has its receipt."""
    wait_for("receipts", lambda: not north.count("SELECT count(*) FROM outbox WHERE receipt IS NULL"), 3 * PATIENCE)
