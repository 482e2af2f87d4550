"""Land: parties nobody knows, followed between sensors by time and terrain, across a border and along a route."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from builders.shuffling import delayed
from builders.tracks import BEGIN
from builders.watching import handling
from comity.detection.land import Land, LandSettings
from comity.foundation.geodesy import offset
from comity.picture.areas import Areas
from comity.vocabulary.alert import Alert, AlertKind, Severity
from comity.vocabulary.instant import DAY, HOUR, MINUTE, Instant
from comity.vocabulary.place import Area, Position
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import Identity, SubjectKind

POST = Position(51.5, 14.7)
PARTY = Identity(kind=SubjectKind.PARTY)


def box(name: str, west: float, south: float, east: float, north: float) -> Area:
    corners = tuple(offset(POST, e, n) for e, n in ((west, south), (east, south), (east, north), (west, north)))
    return Area(name=name, polygons=((corners,),))


AREAS = Areas(
    [
        box("home", -20_000, -20_000, 0, 20_000),
        box("abroad", 0, -20_000, 20_000, 20_000),
        box("bridge", -300, 4_700, 300, 5_300),
        box("lake", 100, -3_000, 600, -1_000),
        box("marsh", 1_000, -8_000, 1_600, -6_000),
    ]
)
SETTINGS = LandSettings(borders=(("home", "abroad"),), points=("bridge",), terrain={"lake": 0.0, "marsh": 0.25})


def noticed(time: Instant, east: float, north: float, kind: SubjectKind = SubjectKind.PARTY) -> Sighting:
    place = offset(POST, east, north)
    name = f"{time}-{east}-{north}"
    return Sighting(id=name, source="sensors", time=time, identity=Identity(kind=kind), position=place, accuracy=20.0)


def walk(begin: Instant, north: float, pace: float = 1.0, *, back: bool = False) -> list[Sighting]:
    """Return what five sensors, 1 km apart from 2 km abroad to 2 km at home, notice of one that walks past."""
    easts = (2_000, 1_000 - 200, -300, -1_000, -2_000)
    easts = easts[::-1] if back else easts
    return [noticed(begin + round(abs(east - easts[0]) / pace * 1_000), east, north) for east in easts]


def told(sightings: list[Sighting], chosen: LandSettings = SETTINGS) -> dict[str, list[Alert]]:
    rule, found = Land(chosen, AREAS.at, handling), dict[str, list[Alert]]()
    for sighting in sightings:
        for alert in rule.sense(sighting):
            found.setdefault(alert.id, []).append(alert)
    return found


def seen(sightings: list[Sighting]) -> list[Alert]:
    return sorted((alerts[-1] for alerts in told(sightings).values()), key=lambda alert: alert.time)


def test_a_party_that_walks_over_the_border_is_found_over_midnight() -> None:
    """One crossing, with all that noticed it, of an unidentified party."""
    (alert,) = seen(walk(BEGIN + DAY - 30 * MINUTE, 0))
    assert (alert.kind, alert.area, alert.severity) == (AlertKind.CROSSING, "home", Severity.HIGH)
    assert alert.subjects == (PARTY,)
    assert alert.tracks == ()
    assert len(alert.sightings) == 5
    assert alert.confidence > 0.9
    assert "last in abroad at" in alert.explanation


def test_by_the_bridge_or_along_the_border_is_no_crossing() -> None:
    """Passing at a crossing point is regular, and going along raises nothing."""
    assert seen(walk(BEGIN, 5_000)) == []
    assert seen([noticed(BEGIN + k * 20 * MINUTE, -500, 1_000.0 * k) for k in range(5)]) == []


def test_who_cannot_have_gone_there_is_another_party() -> None:
    """Three kilometres in five minutes, or straight through the lake, are not one party's way."""
    assert seen(walk(BEGIN, 0, pace=10.0)) == []
    assert seen(walk(BEGIN, -2_000)) == []


def test_the_marsh_takes_longer() -> None:
    """Through it a party at the usual pace is taken for two; at a slower one it is followed."""
    steps = [noticed(BEGIN, 1_800, -7_000), noticed(BEGIN + 10 * MINUTE, 800, -7_000)]
    later = [noticed(BEGIN, 1_800, -7_000), noticed(BEGIN + 50 * MINUTE, 800, -7_000)]
    for first, count in ((steps, 0), (later, 1)):
        begin = first[-1].time
        rest = [noticed(begin + 20 * MINUTE, -400, -7_000), noticed(begin + 40 * MINUTE, -1_500, -7_000)]
        chosen = msgspec.structs.replace(SETTINGS, reports=4)
        assert len(told(first + rest, chosen)) == count


def test_two_parties_at_once_are_kept_apart() -> None:
    """Each is followed on its own way, though both are noticed in turns."""
    mixed = sorted(walk(BEGIN, 0) + walk(BEGIN + MINUTE, 9_000), key=lambda one: one.time)
    assert [len(alert.sightings) for alert in seen(mixed)] == [5, 5]


def test_a_route_that_is_taken_three_times_is_told() -> None:
    """On three nights; each crossing is told too, and a fourth night revises the route's alert."""
    nights = [sighting for night in (0, 2, 5, 6) for sighting in walk(BEGIN + night * DAY, 0)]
    found = seen(nights)
    routes = [alert for alert in found if alert.kind is AlertKind.REPEATED_ROUTE]
    assert len([alert for alert in found if alert.kind is AlertKind.CROSSING]) == 4
    assert len(routes) == 3
    assert all("4 times" in alert.explanation and alert.confidence == 0.875 for alert in routes)
    assert [alert for alert in seen(nights[:10]) if alert.kind is AlertKind.REPEATED_ROUTE] == []
    back = [sighting for night in (0, 2) for sighting in walk(BEGIN + night * DAY, 0)] + walk(BEGIN + DAY, 0, back=True)
    assert [alert for alert in seen(back) if alert.kind is AlertKind.REPEATED_ROUTE] == []


def test_persons_and_the_identified_are_never_followed() -> None:
    """What has an identity, or is a person, the rule does not look at."""
    for who in (Identity(kind=SubjectKind.PERSON), Identity(kind=SubjectKind.VEHICLE, name="van")):
        assert seen([msgspec.structs.replace(one, identity=who) for one in walk(BEGIN, 0)]) == []


def test_a_report_that_comes_late_takes_a_crossing_back() -> None:
    """It was noticed at the bridge meanwhile, as a report says that comes late: there it may pass."""
    near = [noticed(BEGIN + k * 25 * MINUTE, east, 4_000) for k, east in enumerate((1_500, 800, -800, -1_800))]
    late = noticed(BEGIN + 36 * MINUTE, 50, 4_950)
    (alerts,) = told([*near, late]).values()
    assert alerts[0].confidence > 0.5
    assert alerts[-1].confidence == 0.0
    assert alerts[-1].explanation.startswith("This does not stand any more")


@settings(max_examples=8, deadline=None, phases=[Phase.generate])
@given(seed=st.integers(0, 1_000))
def test_order_changes_nothing(seed: int) -> None:
    """Reports up to two hours late give the same crossings and the same routes."""

    def stands(found: dict[str, list[Alert]]) -> set[tuple[object, ...]]:
        last = [alerts[-1] for alerts in found.values()]
        return {(one.kind, one.time, one.position) for one in last if one.confidence > 0}

    assert stands(told(delayed(NIGHTS, 2 * HOUR, seed))) == stands(told(NIGHTS))


NIGHTS = sorted(
    [s for night in (0, 1, 3) for s in walk(BEGIN + night * DAY, 0) + walk(BEGIN + night * DAY + 7 * MINUTE, 900)],
    key=lambda one: one.time,
)


@pytest.mark.parametrize("reverse", [False, True])
def test_what_is_remembered_is_bounded(*, reverse: bool) -> None:
    """Many reports, in order or each later than the next, leave as many behind as the settings allow."""
    rule = Land(LandSettings(most=50), lambda _: (), handling)
    order = range(150, 0, -1) if reverse else range(1_000)
    for k in order:
        rule.sense(noticed(BEGIN + k * 1_000, 500.0 * (k * 7 % 40), 700.0 * (k * 11 % 40)))
    assert len(rule._reports) <= 50
    assert len(rule._chains) <= 100
