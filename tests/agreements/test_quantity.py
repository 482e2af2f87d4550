"""Quantities: they read back as written, and none goes without its unit."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.agreements.quantity import beginning, duration, duration_written, end, length, length_written, whole
from comity.vocabulary.fault import Fault
from comity.vocabulary.instant import DAY, HOUR, MINUTE
from comity.vocabulary.instant import read as instant


def test_units() -> None:
    """Each unit means what it says."""
    assert [duration(text) for text in ("30 d", "72 h", "90 min", "1.5 s")] == [30 * DAY, 72 * HOUR, 90 * MINUTE, 1500]
    assert [length(text) for text in ("0 m", "500 m", "2 km", "0.5 nm", "1.25 km")] == [0, 500, 2000, 926, 1250]


@given(st.integers(0, 10**9))
def test_lengths_read_back(metres: int) -> None:
    """Writing a length and reading it gives the same metres."""
    assert length(length_written(metres)) == metres


@given(st.integers(1, 10**6).map(lambda count: count * 1000))
def test_durations_read_back(value: int) -> None:
    """Writing a duration and reading it gives the same milliseconds."""
    assert duration(duration_written(value)) == value


@pytest.mark.parametrize(
    "text", ["30", "30d", "30 D", "30 days", "-3 d", "0.3 m", "1e3 m", "٣ d", "", "d", "1 d 2 h", "3 km"]
)
def test_durations_refused(text: str) -> None:
    """A duration without a space and a known unit, or too fine, is a fault that says how to write it."""
    with pytest.raises(Fault, match=r"Write a number, a space and one of"):
        duration(text)


@given(st.text(max_size=20))
def test_any_text(text: str) -> None:
    """Whatever text comes, a quantity or a fault comes out."""
    for reader in (duration, length, whole, beginning, end):
        with contextlib.suppress(Fault):
            assert isinstance(reader(text), int)


def test_dates() -> None:
    """A bare date begins at its midnight and, as an end, includes its whole day; a time is that very instant."""
    assert beginning("2026-01-01") == instant("2026-01-01T00:00:00Z")
    assert end("2028-12-31") == instant("2029-01-01T00:00:00Z")
    assert beginning("2026-01-01T06:30:00Z") == end("2026-01-01T06:30:00Z") == instant("2026-01-01T06:30:00Z")


@pytest.mark.parametrize(
    "text", ["2026-13-01", "2026-02-30", "1 January 2026", "2026-01-01T00:00:00", "20260101", "2026-W01"]
)
def test_dates_refused(text: str) -> None:
    """A day that is none, another notation, or a time without its zone is refused."""
    with pytest.raises(Fault):
        beginning(text)


@pytest.mark.parametrize("text", ["0", "-1", "01", "1.0", "1_000", "0x1", "three", "9999999999"])
def test_whole_numbers_refused(text: str) -> None:
    """A version is counted from 1 in plain digits."""
    with pytest.raises(Fault, match="whole number"):
        whole(text)
