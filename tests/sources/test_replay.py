"""Replay: each sighting when its time has come, in order, and exactly on from where an earlier run had come."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from threading import Event, Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.foundation.clock import Clock, wall
from comity.sources.batch import LARGEST, Batch
from comity.sources.feed import open_reader, read_file
from comity.sources.origin import Origin
from comity.sources.replay import Replay
from comity.vocabulary.fault import Fault, Missing
from comity.vocabulary.sighting import Sighting

BEGIN = 1_384_257_600_011
VECTORS = Path(__file__).resolve().parent.parent / "vectors" / "ais"


class Hands:
    """A clock set by hand: asked how long to wait until an instant, it goes there."""

    def __init__(self, shown: int) -> None:
        self.shown = shown
        self.waits: list[int] = []

    def now(self) -> int:
        """Return what it shows."""
        return self.shown

    def until(self, instant: int) -> int:
        """Go to the instant, and say that no waiting is left."""
        self.waits.append(instant - self.shown)
        self.shown = instant
        return 0


def replay(path: Path, hands: Hands, skip: int = 0, shift: int = 0) -> Replay:
    origin = Origin(source="test", shift=shift, simulated=True)
    return Replay(path, "ais", origin, now=hands.now, until=hands.until, skip=skip, gather=0)


def sightings(path: Path, shift: int = 0) -> list[Sighting]:
    return list(read_file(path, open_reader("ais", Origin(source="test", shift=shift, simulated=True))))


def test_everything_comes_once_in_order_and_in_time(recording: Path) -> None:
    """The whole recording: no sighting before its time, none twice, none left, none in a batch too large."""
    hands = Hands(0)
    position = 0
    found: list[Sighting] = []
    for batch in replay(recording, hands).batches(Event()):
        assert 0 < len(batch.sightings) <= LARGEST
        assert all(sighting.time <= hands.shown for sighting in batch.sightings)
        position += len(batch.sightings)
        assert batch.position == position
        found += batch.sightings
    assert found == sightings(recording)
    assert hands.waits[0] == BEGIN
    assert all(wait > 0 for wait in hands.waits)


def test_what_is_already_due_comes_in_full_batches(recording: Path) -> None:
    """A node that was off for long catches up by 500, not one by one."""
    batches = list(replay(recording, Hands(2**43)).batches(Event()))
    assert [len(batch.sightings) for batch in batches] == [500] * 49 + [318]


@settings(deadline=None)
@given(kept=st.integers(0, 400))
def test_a_killed_node_goes_on_exactly_where_it_was(kept: int) -> None:
    """However many batches were kept before the kill, those and the rest are the whole, and nothing is twice."""
    path = VECTORS / "replay_dump.txt"
    first: list[Batch] = []
    for batch in replay(path, Hands(0)).batches(Event()):
        if len(first) == kept:
            break
        first.append(batch)
    reached = first[-1].position if first else 0
    rest = list(replay(path, Hands(0), skip=reached).batches(Event()))
    together = [sighting.id for batch in (*first, *rest) for sighting in batch.sightings]
    assert together == [sighting.id for sighting in sightings(path)]
    assert not rest or rest[-1].position == 48


def test_times_are_shifted_and_the_original_kept() -> None:
    """Every sighting is simulated, at its shifted time, with the recorded one beside it."""
    path = VECTORS / "replay_dump.txt"
    batches = list(replay(path, Hands(0), shift=1_000_000).batches(Event()))
    shifted = [sighting for batch in batches for sighting in batch.sightings]
    assert all(s.simulated and s.original_time is not None and s.time - s.original_time == 1_000_000 for s in shifted)
    assert {s.id for s in shifted}.isdisjoint(s.id for s in sightings(path))


def test_it_stops_in_the_middle_of_a_wait(recording: Path) -> None:
    """With the real clock standing long before the recording's time, a stop ends the wait at once."""
    moment = wall()
    clock = Clock(((moment, 0), (moment + 3_600_000, 1_000)))
    origin = Origin(source="test")
    stop = Event()
    running = Replay(recording, "ais", origin, now=clock.now, until=clock.until).batches(stop)
    found: list[Batch] = []
    thread = Thread(target=lambda: found.extend(running))
    thread.start()
    stop.set()
    thread.join(10)
    assert not thread.is_alive()
    assert found == []


def test_the_real_clock_lets_five_minutes_pass_in_a_moment(recording: Path) -> None:
    """With a clock that runs a thousand times faster, all comes, batch by batch, never early."""
    moment = wall()
    clock = Clock(((moment, BEGIN), (moment + 300, BEGIN + 300_000)))
    batches = []
    for batch in Replay(recording, "ais", Origin(source="x"), now=clock.now, until=clock.until, gather=20).batches(
        Event()
    ):
        assert max(sighting.time for sighting in batch.sightings) <= clock.now()
        batches.append(batch)
    assert batches[-1].position == 24_818
    assert all(before.position < after.position for before, after in pairwise(batches))


def test_a_recording_that_was_exchanged_is_refused() -> None:
    """Fewer sightings than were already taken: somebody put another file in its place."""
    with pytest.raises(Fault, match="already taken"):
        list(replay(VECTORS / "replay_dump.txt", Hands(0), skip=49).batches(Event()))


def test_a_missing_recording_is_a_fault(tmp_path: Path) -> None:
    """It says where."""
    with pytest.raises(Missing):
        list(replay(tmp_path / "nothing.nmea", Hands(0)).batches(Event()))


def test_a_recording_has_no_time_of_arrival() -> None:
    """Guessing the time of a recording's reports from now is refused."""
    with pytest.raises(Fault, match="no time of arrival"):
        Replay(Path("x"), "ais", Origin(source="x", arrival=lambda: 0), now=lambda: 0, until=lambda _: 0)
