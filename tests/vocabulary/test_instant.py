"""Instants as text."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from comity.vocabulary import instant
from comity.vocabulary.fault import Fault


@given(st.integers(0, instant.LATEST))
@example(instant.LATEST)
def test_reading_is_the_inverse_of_writing(moment: int) -> None:
    """Every instant from 1970 to the end of 9999 is read back to the millisecond."""
    assert instant.read(instant.written(moment)) == moment


@given(st.integers(0, instant.LATEST), st.integers(0, instant.LATEST))
def test_text_sorts_as_time(one: int, other: int) -> None:
    """Of two instants the earlier is written as the text that sorts first."""
    assert (one < other) == (instant.written(one) < instant.written(other))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("1970-01-01", 0),
        ("2026-01-01T00:00:00Z", 1_767_225_600_000),
        ("2026-01-01T01:00:00+01:00", 1_767_225_600_000),
        ("2026-01-01T00:00:00.001", 1_767_225_600_001),
    ],
)
def test_other_ways_to_write(text: str, moment: int) -> None:
    """A bare date is midnight UTC, an offset is heeded, and a time without one is UTC."""
    assert instant.read(text) == moment


@given(
    st.text(max_size=40) | st.from_regex(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?([+-]\d\d:\d\d|Z)?", fullmatch=True)
)
@example("0001-01-01T00:00:00+14:00")
@example("9999-12-31T23:59:59.999999-14:00")
@example("2026-13-01")
@example("")
def test_any_text_is_an_instant_or_a_fault(text: str) -> None:
    """Nothing but our own fault comes of text that is no time, and it says what to write."""
    try:
        moment = instant.read(text)
    except Fault as fault:
        assert "2026-01-01T00:00:00Z" in fault.remedy  # noqa: PT017 - both outcomes are right here
    else:
        assert isinstance(moment, int)
