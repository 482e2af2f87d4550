"""Convoys and shadowing: those that keep their places, and those that follow through changes."""

from __future__ import annotations

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from builders.shuffling import delayed, standing
from builders.tracks import BEGIN, KATTEGAT, Path, World, legs, straight, vessel
from builders.watching import handling, latest, watched
from comity.detection.convoy import Convoy, ConvoySettings
from comity.detection.shadowing import Shadowing, ShadowingSettings
from comity.foundation.geodesy import offset
from comity.vocabulary.alert import Alert, AlertKind
from comity.vocabulary.instant import DAY, HOUR, MINUTE, SECOND, Instant

MIDNIGHT = BEGIN + DAY


def convoys(world: World) -> list[Alert]:
    return latest(watched([Convoy(ConvoySettings(), handling)], world.ordered(), after=0))


def shadows(world: World) -> list[Alert]:
    return latest(watched([Shadowing(ShadowingSettings(), handling)], world.ordered(), after=0))


def abreast(count: int, begin: Instant = BEGIN, slower: float = 0.0) -> World:
    """Return so many that go north-east in a line, 800 m apart, each slower than the one before by so many knots."""
    world = World()
    for k in range(count):
        path = straight(offset(KATTEGAT, -560.0 * k, -560.0 * k), 10.0 - slower * k, 45.0, begin)
        world.ais(vessel(219_000_001 + k), path, (begin, begin + 2 * HOUR), every=30 * SECOND)
    return world


def test_four_in_line_over_midnight_are_one_convoy() -> None:
    """One alert with all four."""
    (alert,) = convoys(abreast(4, MIDNIGHT - HOUR))
    assert alert.kind is AlertKind.CONVOY
    assert {who.mmsi for who in alert.subjects} == {219_000_001 + k for k in range(4)}
    assert alert.time < MIDNIGHT < alert.until
    assert alert.until - alert.time > 90 * MINUTE
    assert "4 go together" in alert.explanation


def test_two_alone_and_ships_on_one_lane_are_none() -> None:
    """Two are no convoy; nor are four whose speeds differ by half a knot; nor two tracks of one number."""
    assert convoys(abreast(2)) == []
    assert convoys(abreast(4, slower=0.5)) == []


def led(begin: Instant, turns: int = 3) -> Path:
    """Return a way north with a change of course by 60 degrees every half hour, to and fro."""
    points, place = [(begin - HOUR, offset(KATTEGAT, 0, -18_000)), (begin, KATTEGAT)], KATTEGAT
    for k in range(8):
        east = (8_000 if k % 2 else -8_000) if k < 2 * turns else 0
        place = offset(place, east, 5_000)
        points.append((begin + (k + 1) * 30 * MINUTE, place))
    return legs(points)


def following(begin: Instant = BEGIN, lag: int = 4 * MINUTE, turns: int = 3) -> World:
    world, path = World(), led(begin, turns)
    times = (begin, begin + 3 * HOUR)
    world.ais(vessel(219_000_001), path, times, every=30 * SECOND)
    world.ais(vessel(219_000_002), lambda time: path(time - lag), times, every=30 * SECOND)
    return world


def test_one_that_follows_through_turns_shadows() -> None:
    """The follower is named first, with how far astern and through how many changes."""
    (alert,) = shadows(following(MIDNIGHT - HOUR))
    assert alert.kind is AlertKind.SHADOWING
    assert [who.mmsi for who in alert.subjects] == [219_000_002, 219_000_001]
    assert alert.time < MIDNIGHT < alert.until
    assert "followed the vessel with MMSI 219000001" in alert.explanation
    assert alert.confidence >= 0.5


def test_going_the_same_way_without_a_turn_is_no_shadowing() -> None:
    """As ships on a lane do."""
    assert shadows(abreast(2)) == []


@settings(max_examples=3, deadline=None, phases=[Phase.generate])
@given(seed=st.integers(0, 1_000), batch=st.integers(10, 1_000))
def test_order_and_cuts_change_nothing(seed: int, batch: int) -> None:
    """Reports up to ten minutes late, however the stream is cut: the same convoy, the same shadow."""
    rules = [Convoy(ConvoySettings(), handling), Shadowing(ShadowingSettings(), handling)]
    found = standing(watched(rules, delayed(LATE, 10 * MINUTE, seed, 0.1), batch=batch * SECOND, after=0))
    assert {(kind, who) for kind, _, _, who in found} == EXPECTED


LATE = sorted(abreast(3).sightings[::2] + following(BEGIN + 6 * HOUR).sightings[::2], key=lambda one: one.time)
EXPECTED = {
    ("convoy", (219_000_001, 219_000_002, 219_000_003)),
    ("shadowing", (219_000_001, 219_000_002)),
}
