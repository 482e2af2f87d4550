"""What is proven: a partner may bring so much in a while, nobody uses up another's share, distress waits for none."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import pair
from builders.pair import Party
from comity.exchange import budget, wire
from comity.exchange.budget import DISTRESS, SAVED, Budget, Spent
from comity.exchange.inbox import Accepted, Gap, Gone
from comity.vocabulary.fault import Fault
from comity.vocabulary.instant import DAY
from comity.vocabulary.message import Lane, MessageKind

RATE = 2.0
BURST = int(RATE * SAVED)
HERE, ELSEWHERE = "192.0.2.1", "192.0.2.2"


class Time:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def envelope(sequence: int, number: int = 1, lane: Lane = Lane.ORDINARY, *, both: bool = True) -> bytes:
    """Return a step from `dk.coord`, signed with the keys of this number."""
    header = wire.Header(
        kind=MessageKind.AGREEMENT,
        sender="dk.coord",
        recipient="se.coord",
        id=sequence.to_bytes(32, "big"),
        lane=lane,
        sequence=sequence,
        created=pair.NOW,
        expires=pair.NOW + DAY,
    )
    own = pair.keys(number)
    return wire.seal(header, [b"step"], own.identity, pair.keys(2).sealing.public, own.identity_pq if both else None)


Bring = Callable[..., Accepted | Gap | Gone | Spent]


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def bring(south: Party, time: Time) -> Bring:
    """Return what brings an envelope to `se.coord` from an address."""
    reception, kept = south.reception(), Budget(RATE, time)
    return lambda data, address=HERE: budget.accept(reception, kept, data, address)


def spend(bring: Bring, lane: Lane = Lane.ORDINARY) -> int:
    """Bring one message after another until the budget is spent, and return how many were taken in."""
    for number in range(1, 1_000):
        answer = bring(envelope(number, lane=lane))
        if isinstance(answer, Spent):
            assert answer.seconds >= 1
            return number - 1
        assert isinstance(answer, Accepted)
    raise AssertionError("there is no end to it")


def test_a_flood_of_good_messages_is_told_to_wait_before_anything_is_done(
    south: Party, bring: Bring, time: Time
) -> None:
    """What was saved up is taken in; then nothing is looked at, not even with the database gone, until time passes."""
    assert spend(bring) == BURST
    assert len(south.steps) == BURST
    time.now += 1 / RATE
    assert isinstance(bring(envelope(BURST + 1)), Accepted)
    south.store.close()
    assert bring(envelope(BURST + 2)) == Spent(1)
    time.now += 1.0
    with pytest.raises(Fault, match="does not answer"):
        bring(envelope(BURST + 2))


def test_distress_waits_for_none_and_has_a_bound_of_its_own(bring: Bring) -> None:
    """With the ordinary budget spent, distress passes; a flood of it is bounded too."""
    spend(bring)
    assert spend(bring, Lane.DISTRESS) == int(DISTRESS * SAVED)


def test_a_forger_uses_up_nobodys_budget(bring: Bring) -> None:
    """What is not by the partner is refused, as ever, and costs the partner nothing."""
    for number in range(BURST + 1):
        with pytest.raises(Fault):
            bring(envelope(number + 1, number=9))
    assert spend(bring) == BURST


def test_who_replays_what_passed_once_stops_nobody_elsewhere(bring: Bring) -> None:
    """The same message again and again is told to wait where it comes from, and not where the partner speaks."""
    assert isinstance(bring(envelope(1)), Accepted)
    answers = [bring(envelope(1), ELSEWHERE) for _ in range(BURST + 1)]
    assert [isinstance(answer, Spent) for answer in answers] == [False] * BURST + [True]
    assert isinstance(bring(envelope(2)), Accepted)


def test_what_is_signed_by_too_little_is_charged_too(bring: Bring) -> None:
    """A partner that leaves its second signature out is refused, and cannot do so without end."""
    for _ in range(BURST):
        with pytest.raises(Fault, match="one key"):
            bring(envelope(1, both=False))
    assert isinstance(bring(envelope(1, both=False)), Spent)


def test_who_broke_one_key_uses_up_nobodys_budget(bring: Bring) -> None:
    """What is signed by one key where both are demanded is not certain to be the partner's."""
    for _ in range(BURST):
        with pytest.raises(Fault, match="one key"):
            bring(envelope(1, both=False), ELSEWHERE)
    assert isinstance(bring(envelope(1, both=False), ELSEWHERE), Spent)
    assert isinstance(bring(envelope(1)), Accepted)


def test_a_large_message_counts_as_several() -> None:
    """A partner gains nothing by putting more into each."""
    kept = Budget(RATE, Time())
    kept.charge("dk.coord", Lane.BULK, HERE, 4 * 1024 * 1024, anew=True)
    for _ in range(BURST - 17):
        assert not kept.seconds("dk.coord", Lane.BULK, HERE)
        kept.charge("dk.coord", Lane.BULK, HERE, 1_000, anew=True)
    assert kept.seconds("dk.coord", Lane.BULK, HERE) == 1
    assert kept.seconds("dk.coord", Lane.ORDINARY, HERE) == 0, "an alert does not wait behind batches"


@given(st.lists(st.tuples(st.floats(0, 10), st.booleans()), max_size=200))
def test_no_more_passes_than_the_rate_and_what_was_saved(steps: list[tuple[float, bool]]) -> None:
    """However messages are spread over time, those that pass are at most what was saved and what the time gave."""
    time = Time()
    kept, begun, passed = Budget(RATE, time), time.now, 0
    for pause, anew in steps:
        time.now += pause
        if not kept.seconds("dk.coord", Lane.ORDINARY, HERE):
            kept.charge("dk.coord", Lane.ORDINARY, HERE, 0, anew=anew)
            passed += anew
        assert passed <= BURST + (time.now - begun) * RATE + 1


def test_the_memory_does_not_grow() -> None:
    """Addresses beyond the bound push out those heard of longest ago."""
    kept = Budget(RATE, Time(), most=10)
    for number in range(100):
        kept.charge("dk.coord", Lane.ORDINARY, f"192.0.2.{number}", 0, anew=False)
    assert len(kept) == 10


def test_a_spent_budget_is_not_forgotten_for_addresses() -> None:
    """Nobody gets a fresh budget by speaking from many places."""
    kept = Budget(RATE, Time(), most=10)
    for _ in range(BURST):
        kept.charge("dk.coord", Lane.ORDINARY, HERE, 0, anew=True)
    for number in range(100):
        kept.charge("dk.coord", Lane.ORDINARY, f"192.0.2.{number}", 0, anew=False)
    assert kept.seconds("dk.coord", Lane.ORDINARY, HERE) == 1
