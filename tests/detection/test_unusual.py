"""What is proven: the learned rule keeps its budget on traffic like that learned, and finds what goes against it."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from comity.detection.stretch import Stretch
from comity.detection.traffic_model import Learned, TrafficModel, learn
from comity.detection.unusual import Unusual, UnusualSettings
from comity.detection.usual import Counts, Odd, score
from comity.foundation.cell import fine
from comity.foundation.geodesy import KNOT
from comity.foundation.traffic import Passage, motion, told
from comity.vocabulary.alert import Alert
from comity.vocabulary.fault import Fault
from comity.vocabulary.handling import Handling, Onward, Tlp
from comity.vocabulary.instant import DAY, HOUR, MINUTE, Duration
from comity.vocabulary.place import Position
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import Identity, SubjectKind
from comity.vocabulary.track import Track

BEGIN = 20_000 * DAY
DAYS = 20
PLACE = fine(Position(56.5, 11.0))


def handling(source: str) -> Handling:
    """Return a mark for each source, so that it is seen which of them count."""
    return Handling(tlp=Tlp.AMBER if source == "old" else Tlp.GREEN, onward=Onward.YES)


def voyage(name: str, begin: int, *, north: bool, aside: float = 0.0, knots: float = 10.0) -> list[Sighting]:
    """Return a voyage in a lane: northbound in the east, southbound in the west, a report every two minutes."""
    longitude = (11.06 if north else 11.0) + aside
    return [
        Sighting(
            id=f"{name}-{number}",
            source="coast",
            time=begin + number * 2 * MINUTE,
            identity=Identity(kind=SubjectKind.VESSEL, mmsi=219_000_001),
            position=Position((56.3 if north else 56.7) + (1 if north else -1) * number * 0.0055, longitude),
            speed=knots * KNOT,
            course=0.0 if north else 180.0,
        )
        for number in range(70)
    ]


def traffic(seed: int, days: int, begin: int = BEGIN) -> Iterator[tuple[str, list[Sighting]]]:
    """Yield what passes in so many days: twenty vessels a day, of varying speed and a little beside their lane."""
    draw = np.random.default_rng(seed)
    for number in range(days * 20):
        name = f"{seed}-{number}"
        yield (
            name,
            voyage(
                name,
                begin + int(draw.integers(0, days * DAY)),
                north=bool(draw.integers(0, 2)),
                aside=float(draw.normal(0.0, 0.006)),
                knots=float(draw.uniform(8.5, 13.5)),
            ),
        )


def passages(ways: Iterator[tuple[str, list[Sighting]]]) -> list[Passage]:
    """Return the passages of the voyages, as the archive counts them."""
    found: dict[tuple[str, int, int, int], Passage] = {}
    for name, way in ways:
        for each in way:
            assert each.position is not None
            moving = motion(SubjectKind.VESSEL, each.speed or 0.0, each.course)
            assert moving is not None
            place = fine(each.position)
            found.setdefault(
                (name, each.time // HOUR, place, moving), Passage(name, each.time, "vessel", place, moving)
            )
    return list(found.values())


@pytest.fixture(scope="module")
def model() -> TrafficModel:
    """Return what twenty days teach."""
    about = Learned(number=7, learned=BEGIN, since=BEGIN, until=BEGIN + DAYS * DAY, sources=("coast", "old"))
    return learn(passages(traffic(1, DAYS)), about)


def watch(model: TrafficModel | None, ways: Iterator[tuple[str, list[Sighting]]], budget: int = 1) -> list[Alert]:
    """Return all that is raised of the voyages, seen in the order of time."""
    rule = Unusual(UnusualSettings(budget=budget), handling, model)
    seen = sorted(((each.time, name, each) for name, way in ways for each in way), key=lambda found: found[:2])
    return [alert for _, name, each in seen for alert in rule.observe(track(name, each), each)]


def track(name: str, sighting: Sighting, kind: SubjectKind = SubjectKind.VESSEL) -> Track:
    """Return the track of a sighting."""
    identity = Identity(kind=kind, mmsi=219_000_001, name="FREJA")
    return Track(id=name, identity=identity, sources=("coast",), first=sighting.time, last=sighting.time, sightings=1)


def ghost(begin: int = BEGIN + 30 * DAY) -> Iterator[tuple[str, list[Sighting]]]:
    """Yield one vessel that runs southward in the northbound lane, and fast."""
    south = voyage("ghost", begin, north=False, aside=0.06, knots=23.0)
    yield "ghost", south


def test_the_budget_holds_on_traffic_like_that_learned(model: TrafficModel) -> None:
    """Ten days that were not learned, each voyage judged as if nothing had been raised before it.

    No more are found than the budget bears, but for chance (three standard deviations of a Poisson count); and the
    larger budget is used, so that it is no empty promise.
    """
    days, raised = 10, dict[int, int]()
    for budget in (1, 5):
        rule = Unusual(UnusualSettings(budget=budget), handling, model)
        raised[budget] = 0
        for name, way in traffic(2, days, BEGIN + 30 * DAY):
            rule._raised.clear()
            raised[budget] += any(rule.observe(track(name, each), each) for each in way)
        assert raised[budget] <= days * budget + 3 * math.sqrt(days * budget)
    assert raised[1] < raised[5]


def test_what_goes_against_the_traffic_is_found_and_explained(model: TrafficModel) -> None:
    found = watch(model, ghost())
    assert len({alert.id for alert in found}) == 1
    first = found[0]
    assert (first.kind.value, first.rule, first.tracks) == ("unusual-motion", "unusual-motion", ("ghost",))
    assert "going south above 22 kn" in first.explanation
    assert "0 were so; usual are going north at 8 to 14 kn" in first.explanation
    assert "at most 0.05 a day are to be expected" in found[-1].explanation, "of a score never seen in twenty days"
    assert "Model 7, learned from" in first.explanation
    assert first.sightings
    assert set(first.sightings) <= {each.id for _, way in ghost() for each in way}
    assert first.handling.tlp is Tlp.AMBER, "the strictest also of what was learned from"
    assert watch(model, iter([("usual", voyage("usual", BEGIN + 31 * DAY, north=True))])) == []


def test_days_have_no_edges(model: TrafficModel) -> None:
    """The same voyage across midnight is the same find: moved by whole hours it is told alike."""

    def told_of(shift: Duration) -> list[tuple[int, int]]:
        return [(alert.time - shift, len(alert.sightings)) for alert in watch(model, ghost(BEGIN + 30 * DAY + shift))]

    assert told_of(23 * HOUR) == told_of(0) == told_of(11 * HOUR)


def test_no_more_are_raised_than_the_budget_bears(model: TrafficModel) -> None:
    """Ten at once are two alerts, and a day later there may be two again."""
    days = [BEGIN + 40 * DAY, BEGIN + 41 * DAY]
    many = [(f"{name}-{day}", way) for day in days for name in "abcde" for _, way in ghost(day)]
    raised = {alert.tracks for alert in watch(model, iter(many), 2)}
    assert len(raised) == 4


def test_nothing_is_said_without_a_model_or_where_nothing_was_learned(model: TrafficModel) -> None:
    assert watch(None, ghost()) == []
    away = [
        (name, [replace(each, position=Position(40.0 + number / 500, 0.0)) for number, each in enumerate(way)])
        for name, way in ghost()
    ]
    assert watch(model, iter(away)) == []


@pytest.mark.parametrize("kind", [kind for kind in SubjectKind if kind.value not in {"vessel", "aircraft"}])
def test_nobody_but_vessels_and_aircraft_is_judged(model: TrafficModel, kind: SubjectKind) -> None:
    rule = Unusual(UnusualSettings(budget=100), handling, model)
    assert [alert for _, way in ghost() for each in way for alert in rule.observe(track("x", each, kind), each)] == []


def test_too_little_teaches_nothing() -> None:
    few = passages(iter([("one", voyage("one", BEGIN, north=True))]))
    with pytest.raises(Fault, match="too few to learn from"):
        learn(few, Learned(number=1, learned=0, since=0, until=1, sources=("coast",)))


@settings(max_examples=12, deadline=None)
@given(
    st.lists(st.integers(1, 20), min_size=3, max_size=5).filter(lambda numbers: sum(numbers) >= 21),
    st.floats(0.001, 1.0),
)
def test_a_share_is_that_small_no_more_often_than_it_says(numbers: list[int], share: float) -> None:
    """Take any one of those counted out and judge it by the rest: p <= x for at most the part x of them."""
    small = 0
    for kind, number in enumerate(numbers):
        rest = Counts(("vessel", PLACE, motion, n - (motion == kind)) for motion, n in enumerate(numbers))
        odd = rest.odd("vessel", PLACE, kind)
        assert odd is not None
        small += number * (odd.p <= share)
    assert small <= share * sum(numbers) + 1e-9


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(1e-4, 1.0), min_size=1, max_size=12))
def test_the_score_is_that_of_fisher(shares: list[float]) -> None:
    """Against the sum as it stands in the book, and not below that of the stretch without what is ordinary."""
    product = math.prod(shares)
    tail = product * sum((-math.log(product)) ** n / math.factorial(n) for n in range(len(shares)))
    assert score(shares) == pytest.approx(-math.log(min(tail, 1.0)), abs=1e-6)
    assert score([*shares, 1.0]) <= score(shares) + 1e-9


def test_a_stretch_forgets_and_counts_once_an_hour() -> None:
    stretch = Stretch[None](0)
    assert [stretch.is_new(time, 1, 1) for time in (0, 1, HOUR - 1, HOUR, HOUR + 1)] == [
        True,
        False,
        False,
        True,
        False,
    ]
    odd = Odd(p=0.01, motion=True, usual=(), seen=0, total=99)
    assert stretch.add(0, odd, None) == 0.0, "one passage alone says nothing"
    assert stretch.add(HOUR, odd, None) > 0.0
    assert stretch.add(9 * HOUR, odd, None) == 0.0


def test_motions_in_words() -> None:
    said = {
        (0.0, None): "lying still or drifting below 0.5 kn",
        (10.0, 359.0): "going north at 8 to 14 kn",
        (10.0, 22.5): "going north-east at 8 to 14 kn",
        (60.0, 270.0): "going west above 22 kn",
    }
    for (knots, course), words in said.items():
        moving = motion(SubjectKind.VESSEL, knots * KNOT, course)
        assert moving is not None
        assert told(SubjectKind.VESSEL, moving) == words
    assert motion(SubjectKind.VESSEL, 5.0, None) is None
