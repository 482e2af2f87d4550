"""The clock: times of day over midnight."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from builders.asterix import time_of_day
from comity.sources.asterix.clock import Clock
from comity.vocabulary.instant import DAY, HOUR, MINUTE, SECOND

MIDNIGHT = 1_700_006_400_000
assert MIDNIGHT % DAY == 0


def test_a_feed_runs_on_over_midnight_and_back() -> None:
    """Before it, behind it, and a record that comes late."""
    clock = Clock(MIDNIGHT - MINUTE)
    times = [clock.time(time_of_day(seconds), None) for seconds in (86_395, 0.5, 86_399, 3)]
    assert times == [MIDNIGHT - 5 * SECOND, MIDNIGHT + 500, MIDNIGHT - SECOND, MIDNIGHT + 3 * SECOND]


def test_days_of_a_feed_are_counted() -> None:
    """A record an hour for four days, and the beginning alone was told."""
    clock = Clock(MIDNIGHT)
    times = [clock.time(time_of_day(hour % 24 * 3_600), None) for hour in range(96)]
    assert times == [MIDNIGHT + hour * HOUR for hour in range(96)]


@given(st.integers(-11 * HOUR, 11 * HOUR), st.integers(0, 3 * DAY))
def test_the_nearest_day_to_what_is_known(late: int, since: int) -> None:
    """Captured or arrived up to eleven hours off, to 1/128 s."""
    time = MIDNIGHT + since
    found = Clock(None).time(time_of_day(time % DAY / 1_000 // (1 / 128) / 128), time + late)
    assert found is not None
    assert 0 <= time - found <= 9


def test_without_a_time_of_day() -> None:
    """The time of capture; without that too, none; what is beyond its day counts as missing."""
    assert Clock(None).time(None, MIDNIGHT) == MIDNIGHT
    assert Clock(None).time(b"\xff\xff\xff", MIDNIGHT) == MIDNIGHT
    assert Clock(None).time(time_of_day(5), None) is None
    assert Clock(MIDNIGHT).time(None, None) is None
