"""Meetings: found among plots and identities, and not among neighbours, harbours or echoes."""

from __future__ import annotations

from itertools import groupby

import pytest

from builders.tracks import ANYBODY, BEGIN, KATTEGAT, Path, World, legs, straight, vessel
from builders.watching import handling, latest, watched
from comity.detection.meeting import Meeting, MeetingSettings
from comity.foundation.geodesy import KNOT, offset
from comity.picture.areas import Areas
from comity.picture.tracks import Picture
from comity.vocabulary.alert import Alert, Severity
from comity.vocabulary.handling import Tlp
from comity.vocabulary.instant import DAY, HOUR, MINUTE, SECOND, Instant
from comity.vocabulary.place import Area, Position
from comity.vocabulary.sighting import Sighting

END = BEGIN + 4 * HOUR


def seen(world: World, settings: MeetingSettings | None = None, areas: tuple[Area, ...] = ()) -> list[Alert]:
    rule = Meeting(settings or MeetingSettings(), Areas(areas).at, handling)
    return latest(watched([rule], world.ordered()))


def meeting(apart: float = 120.0, lasting: int = 70 * MINUTE, since: Instant = BEGIN + HOUR) -> tuple[Path, Path]:
    """Return the paths of two that come from 9 km away, drift at 1.2 knots together, and part."""
    paths = []
    for side in (-1.0, 1.0):
        drift = offset(KATTEGAT, 0, 1.2 * KNOT * lasting / 1000.0)
        points = [
            (since - HOUR, offset(KATTEGAT, side * 9_000, 0)),
            (since, offset(KATTEGAT, side * apart / 2, 0)),
            (since + lasting, offset(drift, side * apart / 2, 0)),
            (since + lasting + HOUR, offset(drift, side * 9_000, 0)),
        ]
        paths.append(legs(points))
    return paths[0], paths[1]


def test_two_unidentified_plots_that_meet_are_found() -> None:
    """Radar alone, 30 m of noise, clutter, one plot in ten missing: one alert, with times near the truth."""
    world = World(2)
    world.radar(meeting(), (BEGIN, END), clutter=3, seen=0.9)
    (alert,) = seen(world)
    assert abs(alert.time - (BEGIN + HOUR)) <= 6 * MINUTE
    assert abs(alert.until - (BEGIN + HOUR + 70 * MINUTE)) <= 4 * MINUTE
    assert alert.severity is Severity.HIGH
    assert alert.subjects == (ANYBODY, ANYBODY)
    assert len(alert.sightings) <= 200
    assert alert.handling.tlp is Tlp.AMBER
    assert "n unidentified vessel and an unidentified vessel have been together" in alert.explanation


def test_the_alert_comes_early_and_is_revised() -> None:
    """It is told soon after twenty minutes, and again as the meeting goes on, under one id and ever later."""
    world = World()
    for k, path in enumerate(meeting()):
        world.ais(vessel(219_000_001 + k), path, (BEGIN, END))
    rule = Meeting(MeetingSettings(), Areas(()).at, handling)
    (told,) = watched([rule], world.ordered()).values()
    assert told[0].until - told[0].time < 21 * MINUTE
    assert [alert.until for alert in told] == sorted({alert.until for alert in told})
    assert len(told) >= 5
    assert told[-1].confidence > told[0].confidence == pytest.approx(0.5, abs=0.02)


def test_a_meeting_over_midnight_is_one() -> None:
    """Days are no boundary."""
    world = World()
    midnight = BEGIN + DAY
    for k, path in enumerate(meeting(since=midnight - 35 * MINUTE)):
        world.ais(vessel(219_000_001 + k), path, (midnight - 2 * HOUR, midnight + 2 * HOUR))
    (alert,) = seen(world)
    assert alert.time < midnight < alert.until


@pytest.mark.parametrize(("apart", "lasting"), [(900.0, 70 * MINUTE), (120.0, 12 * MINUTE)])
def test_too_far_or_too_short_is_no_meeting(apart: float, lasting: int) -> None:
    """900 m apart, or 12 minutes together, raises nothing."""
    world = World()
    for k, path in enumerate(meeting(apart, lasting)):
        world.ais(vessel(219_000_001 + k), path, (BEGIN, END))
    assert seen(world) == []


def test_sailing_in_company_is_no_meeting() -> None:
    """Two at eight knots side by side for hours are none."""
    world = World()
    for k in range(2):
        path = straight(offset(KATTEGAT, 150.0 * k, 0), 8.0, 0.0)
        world.ais(vessel(219_000_001 + k), path, (BEGIN, END), every=30 * SECOND)
    assert seen(world) == []


def test_moored_side_by_side_is_no_meeting() -> None:
    """Two that were never seen to move are moored."""
    world = World()
    for k in range(2):
        path = straight(offset(KATTEGAT, 60.0 * k, 0), 0.0, 0.0)
        world.ais(vessel(219_000_001 + k), path, (BEGIN, END), every=60 * SECOND)
    assert seen(world) == []


def test_an_anchorage_is_no_place_for_a_meeting_whether_listed_or_not() -> None:
    """The same meeting is not raised in a listed anchorage, nor where four others lie near."""
    corners = tuple(offset(KATTEGAT, *corner) for corner in ((-5e3, -5e3), (5e3, -5e3), (5e3, 9e3), (-5e3, 9e3)))
    roads = Area(name="roads", polygons=((corners,),))
    world = World()
    for k, path in enumerate(meeting(lasting=35 * MINUTE)):
        world.ais(vessel(219_000_001 + k), path, (BEGIN, END))
    assert len(seen(world)) == 1
    assert seen(world, MeetingSettings(anchorages=("roads",)), (roads,)) == []
    for k in range(4):
        place = offset(KATTEGAT, 600.0, 300.0 + 250.0 * k)
        world.ais(vessel(219_000_100 + k), straight(place, 0.0, 0.0), (BEGIN, END), every=60 * SECOND)
    assert seen(world) == []


def test_one_vessel_on_two_sensors_is_no_meeting() -> None:
    """A drifting vessel whose radar track was begun before its AIS came on is one vessel, not two."""
    world = World()
    path = legs([(BEGIN, offset(KATTEGAT, -9_000, 0)), (BEGIN + HOUR, KATTEGAT), (END, offset(KATTEGAT, 0, 900))])
    world.radar([path], (BEGIN, END))
    world.ais(vessel(219_000_001), path, (BEGIN + 80 * MINUTE, END), noise=40.0)
    assert seen(world) == []


def test_two_that_share_an_mmsi_do_not_meet_each_other() -> None:
    """Two drifting vessels 30 km apart with one MMSI are two tracks and no meeting; one still meets a third."""
    world = World()
    world.ais(vessel(219_000_001), straight(KATTEGAT, 1.0, 0.0), (BEGIN, END), every=30 * SECOND)
    far = offset(KATTEGAT, 30_000, 0)
    world.ais(vessel(219_000_001), straight(far, 1.0, 180.0), (BEGIN, END), every=30 * SECOND)
    assert seen(world) == []
    arriving = legs(
        [(BEGIN, offset(far, 0, 15_000)), (BEGIN + HOUR, offset(far, 100, -1_852)), (END, offset(far, 100, -7_408))]
    )
    world.ais(vessel(219_000_002), arriving, (BEGIN, END), every=30 * SECOND)
    assert len(seen(world)) == 1


def test_disorder_changes_no_meeting() -> None:
    """Neighbours swapped in time give the same alert."""
    world = World()
    for k, path in enumerate(meeting()):
        world.ais(vessel(219_000_001 + k), path, (BEGIN, END))
    reports = world.ordered()
    swapped = list(reports)
    for place in range(0, len(swapped) - 1, 3):
        swapped[place : place + 2] = reversed(swapped[place : place + 2])
    found = [latest(watched([Meeting(MeetingSettings(), Areas(()).at, handling)], each)) for each in (reports, swapped)]
    assert [alert.tracks for alert in found[0]] == [alert.tracks for alert in found[1]]
    assert abs(found[0][0].time - found[1][0].time) <= MINUTE


def test_a_feed_half_an_hour_behind_another_is_judged_by_its_own_time() -> None:
    """Where AIS is read thirty minutes ahead of radar, what radar sees is still one meeting."""
    world = World(2)
    world.radar(meeting(), (BEGIN, END))
    plots = list(world.sightings)
    world.ais(vessel(219_000_001), straight(offset(KATTEGAT, 0, 50_000), 9.0, 0.0), (BEGIN, END + HOUR))
    feeds = [(plot.time + 30 * MINUTE, plot) for plot in plots]
    feeds += [(report.time, report) for report in world.sightings[len(plots) :]]
    arrived = [sighting for _, sighting in sorted(feeds, key=lambda item: item[0])]
    assert len(as_they_come(arrived)) == 1


def as_they_come(arrived: list[Sighting]) -> list[Alert]:
    """Return the last telling of each alert where the sightings of each instant are placed and shown by themselves."""
    picture, rule, told = Picture(), Meeting(MeetingSettings(), Areas(()).at, handling), dict[str, Alert]()
    newest = 0
    for time, instant in groupby(arrived, key=lambda sighting: sighting.time):
        newest = max(newest, time)
        for placed in picture.take(list(instant)):
            found = rule.observe(placed.state, placed.sighting) if placed.state else []
            told.update((alert.id, alert) for alert in [*found, *rule.advance(newest)])
    return list(told.values())


@pytest.mark.parametrize("minute", [50, 80, 102, 112])
def test_a_feed_that_comes_in_far_ahead_ends_nothing_that_another_sees(minute: int) -> None:
    """Radar is read late by hours, and in that minute of it the first reports of another feed come, of now."""
    plots, ahead = read_far_ahead()
    late = BEGIN + minute * MINUTE
    before, after = [[plot for plot in plots if (plot.time < late) is early] for early in (True, False)]
    (alert,) = as_they_come([*before, *ahead, *after])
    assert abs(alert.until - (BEGIN + HOUR + 70 * MINUTE)) <= 4 * MINUTE


def read_far_ahead() -> tuple[list[Sighting], list[Sighting]]:
    """Return what radar sees of a meeting, and what AIS hears of another vessel hours after it, for two minutes."""
    radar, heard = World(2), World(3)
    radar.radar(meeting(), (BEGIN, END))
    path = straight(offset(KATTEGAT, 0, 50_000), 9.0, 0.0)
    heard.ais(vessel(219_000_001), path, (END + 3 * HOUR, END + 3 * HOUR + 2 * MINUTE))
    return radar.ordered(), heard.ordered()


def test_a_feed_that_ends_leaves_no_pair_open() -> None:
    """Once others have gone on for an hour and some minutes without it, what it saw last is told as the end."""
    radar, heard = World(2), World(3)
    radar.radar(meeting(), (BEGIN, BEGIN + 100 * MINUTE))
    heard.ais(vessel(219_000_001), straight(offset(KATTEGAT, 0, 50_000), 9.0, 0.0), (BEGIN, END))
    rule = Meeting(MeetingSettings(), Areas(()).at, handling)
    told = watched([rule], sorted([*radar.sightings, *heard.sightings], key=lambda each: each.time))
    assert abs(latest(told)[0].until - (BEGIN + 100 * MINUTE)) <= MINUTE
    assert len(rule._pairs) == 0


def test_what_is_remembered_is_bounded() -> None:
    """20,000 slow vessels heard twice each keep no more than the limits."""
    rule = Meeting(MeetingSettings(tracks=1_000, pairs=100), Areas(()).at, handling)
    world, picture = World(), Picture()
    for k in range(20_000):
        place = Position(56.0 + k % 100 / 1_000.0, 11.0 + k / 200_000.0)
        for time in (0, 4 * MINUTE):
            world.add("ais", BEGIN + time + k * 10, vessel(300_000_000 + k), place, speed=0.0)
    for placed in picture.take(world.ordered()):
        if placed.state:
            rule.observe(placed.state, placed.sighting)
    assert len(rule._tracks) <= 1_000
    assert len(rule._pairs) <= 100
    assert len(rule._slow) <= 1_000
