"""Distress is told at once."""

from __future__ import annotations

import msgspec

from builders.tracks import BEGIN, KATTEGAT, World, vessel
from builders.watching import handling, latest, watched
from comity.detection.distress import Distress, DistressSettings
from comity.vocabulary.alert import AlertKind, Severity
from comity.vocabulary.instant import HOUR, MINUTE, SECOND
from comity.vocabulary.sighting import Sighting


def beacon(minutes: int) -> list[Sighting]:
    world = World()
    for time in range(BEGIN, BEGIN + minutes * MINUTE, 8 * SECOND):
        world.add("ais", time, vessel(970_000_001), KATTEGAT, 10.0)
    return [msgspec.structs.replace(sighting, distress=True) for sighting in world.sightings]


def test_the_first_word_is_an_urgent_alert() -> None:
    """One sighting suffices."""
    told = watched([Distress(DistressSettings(), handling)], beacon(1)[:1])
    ((alert,),) = told.values()
    assert (alert.kind, alert.severity, alert.time) == (AlertKind.DISTRESS, Severity.URGENT, BEGIN)
    assert alert.position == KATTEGAT


def test_one_alert_for_a_beacon_and_hour() -> None:
    """A beacon that speaks for 150 minutes is three alerts, each kept up to date and with bounded evidence."""
    told = watched([Distress(DistressSettings(), handling)], beacon(150))
    assert [alert.time for alert in latest(told)] == [BEGIN, BEGIN + HOUR, BEGIN + 2 * HOUR]
    first = next(iter(told.values()))
    assert 50 <= len(first) <= 60
    assert first[-1].until >= BEGIN + 58 * MINUTE
    assert all(len(alert.sightings) <= 200 for alert in latest(told))


def test_others_are_not_in_distress() -> None:
    """Sightings that do not say distress raise nothing."""
    world = World()
    world.add("ais", BEGIN, vessel(970_000_001), KATTEGAT)
    assert watched([Distress(DistressSettings(), handling)], world.sightings) == {}
