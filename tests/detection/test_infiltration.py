"""Repeated infiltration: crossings that chain together, in whatever order they are heard of."""

from __future__ import annotations

import random  # noqa: TID251 - seeded scenarios
from collections.abc import Iterable

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from builders.centre import alert as centre_alert
from builders.tracks import BEGIN, KATTEGAT
from comity.detection.infiltration import Infiltration, InfiltrationSettings
from comity.foundation.geodesy import offset
from comity.vocabulary.alert import Alert, AlertKind, Severity
from comity.vocabulary.instant import DAY, HOUR


def crossing(name: str, day: float, east: float, confidence: float = 0.9) -> Alert:
    time = round(BEGIN + day * DAY)
    place = offset(KATTEGAT, east, 0)
    made = centre_alert(name)
    return replace(made, kind=AlertKind.CROSSING, time=time, until=time + HOUR, position=place, confidence=confidence)


def heard(alerts: Iterable[Alert]) -> dict[str, Alert]:
    """Return the last telling of each alert."""
    rule, told = Infiltration(InfiltrationSettings()), dict[str, Alert]()
    for alert in alerts:
        told.update((one.id, one) for one in rule.hear(alert))
    return told


SERIES = [crossing(f"c{k}", 3.0 * k, 300.0 * k) for k in range(4)]


def test_four_crossings_at_a_place_are_one_pattern() -> None:
    """From the first to the last, though the second week begins in between."""
    (alert,) = heard(SERIES).values()
    assert (alert.kind, alert.severity) == (AlertKind.REPEATED_INFILTRATION, Severity.MEDIUM)
    assert (alert.time, alert.until) == (SERIES[0].time, SERIES[-1].until)
    assert alert.explanation.startswith("4 crossings from 2026-01-01")
    assert alert.confidence > 0.95
    assert alert.handling == SERIES[0].handling


def test_two_or_far_or_rare_are_none() -> None:
    """Two at a place, three ten kilometres apart, or three a month apart."""
    assert heard(SERIES[:2]) == {}
    assert heard(crossing(f"c{k}", k, 10_000.0 * k) for k in range(3)) == {}
    assert heard(crossing(f"c{k}", 31.0 * k, 0.0) for k in range(3)) == {}
    assert heard(replace(one, kind=AlertKind.MEETING) for one in SERIES) == {}


def test_a_place_like_all_others_gives_little_confidence() -> None:
    """Where the border is crossed everywhere, three at one place are what chance gives."""
    around = [crossing(f"o{k}", k % 12, 2_500.0 * (k - 7)) for k in range(15) if k != 7]
    busy = heard(
        [*around * 1, *[crossing(f"p{k}", k % 9, 2_500.0 * (k - 7) + 10) for k in range(15) if k != 7], *SERIES]
    )
    alone = heard(SERIES)
    assert min(one.confidence for one in busy.values()) < min(one.confidence for one in alone.values())


def test_a_crossing_taken_back_takes_the_pattern_back() -> None:
    """Three, then one of them is withdrawn: two are left, and the alert does not stand."""
    told = heard([*SERIES[:3], replace(SERIES[1], confidence=0.0)])
    (alert,) = told.values()
    assert alert.confidence == 0.0
    kept = heard([*SERIES, replace(SERIES[0], confidence=0.0)])
    assert [one.confidence > 0.9 for one in kept.values()] == [True]
    assert next(iter(kept.values())).time == SERIES[1].time


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_order_changes_nothing(seed: int) -> None:
    """Heard of in whatever order, told twice or more: the same patterns stand."""
    mixed = [*SERIES, *SERIES[::2], *(crossing(f"d{k}", k, 50_000.0 + 100 * k) for k in range(3))]
    random.Random(seed).shuffle(mixed)  # noqa: S311 - a scenario, not a secret
    found = {(one.time, one.until, one.confidence) for one in heard(mixed).values() if one.confidence > 0}
    assert found == EXPECTED


EXPECTED = {
    (one.time, one.until, one.confidence)
    for one in heard([*SERIES, *(crossing(f"d{k}", k, 50_000.0 + 100 * k) for k in range(3))]).values()
}


def test_what_is_remembered_is_bounded() -> None:
    """Thousands of crossings leave as many behind as the settings allow."""
    rule = Infiltration(InfiltrationSettings(incidents=50))
    for k in range(500):
        rule.hear(crossing(f"c{k}", k / 10, 1_500.0 * (k - k % 3)))
    assert (len(rule._incidents), len(rule._places)) == (50, 50)
    assert len(rule._told) <= 50
