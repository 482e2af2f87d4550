"""Coverage: could it have been seen? Where others were, yes; where nobody was, nobody knows; in a silence, no."""

from __future__ import annotations

import json
import random  # noqa: TID251 - seeded scenarios

import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.tracks import BEGIN, KATTEGAT, vessel
from comity.foundation.geodesy import offset
from comity.picture.areas import read_geojson
from comity.picture.coverage import Could, CoverageMap, CoverageSettings, Reach
from comity.vocabulary.instant import HOUR, MINUTE
from comity.vocabulary.place import Position
from comity.vocabulary.track import Track

FAR = offset(KATTEGAT, 100_000, 0)


def track(number: int, sightings: int = 5) -> Track:
    return Track(
        id=f"t{number}", identity=vessel(number), sources=("ais",), first=BEGIN, last=BEGIN, sightings=sightings
    )


def seen(*, silent: tuple[int, int] = (0, 0)) -> CoverageMap:
    """Return the map of a source that sees three around the Kattegat every other minute for three hours."""
    made = CoverageMap()
    for time in range(BEGIN, BEGIN + 3 * HOUR, 2 * MINUTE):
        for k in range(3):
            if not silent[0] <= time < silent[1]:
                made.see("ais", track(k), offset(KATTEGAT, 1_000.0 * k, 0), time)
    return made


def test_could_it_have_been_seen() -> None:
    """Near others yes; far from all, or of another source, not known or no."""
    made = seen()
    assert made.could("ais", offset(KATTEGAT, 5_000, 5_000), BEGIN + HOUR).could is Could.YES
    assert made.could("ais", FAR, BEGIN + HOUR).could is Could.UNKNOWN
    assert made.could("ais", KATTEGAT, BEGIN + 5 * HOUR).could is Could.NO
    assert made.could("radar", KATTEGAT, BEGIN + HOUR).could is Could.NO


def test_a_place_that_is_seen_at_times_is_not_known_at_others() -> None:
    """In an hour in which only one was there, the answer says so."""
    made = seen()
    for minute in range(60):
        made.see("ais", track(9), KATTEGAT, BEGIN + 4 * HOUR + minute * MINUTE)
    answer = made.could("ais", KATTEGAT, BEGIN + 4 * HOUR + 30 * MINUTE)
    assert (answer.could, answer.tracks) == (Could.UNKNOWN, 1)
    assert "at times" in answer.why


def test_a_declared_reach_counts_while_the_source_speaks() -> None:
    """A radar's range is known, whether or not anything sails there."""
    made = seen(silent=(BEGIN + HOUR, BEGIN + 2 * HOUR))
    made.declare("ais", Reach(FAR, 20_000.0))
    assert made.could("ais", offset(FAR, 15_000, 0), BEGIN + 30 * MINUTE).could is Could.YES
    assert made.could("ais", offset(FAR, 15_000, 0), BEGIN + 90 * MINUTE).could is Could.NO


def test_gaps_are_when_nothing_came() -> None:
    """One hour of silence is one gap, to the beat; before anything is remembered nothing is said."""
    made = seen(silent=(BEGIN + HOUR, BEGIN + 2 * HOUR))
    assert made.gaps("ais", BEGIN - HOUR, BEGIN + 3 * HOUR) == [(BEGIN + HOUR, BEGIN + 2 * HOUR)]
    assert made.gaps("ais", BEGIN, BEGIN + HOUR) == []
    assert made.gaps("radar", BEGIN, BEGIN + HOUR) == []


def test_false_identities_give_no_coverage() -> None:
    """Numbers that report once each prove nothing about where a source sees."""
    made = CoverageMap()
    for k in range(1_000):
        made.see("ais", track(k, sightings=1), FAR, BEGIN + k)
    assert made.could("ais", FAR, BEGIN).could is Could.UNKNOWN
    assert made.cells(BEGIN, BEGIN + HOUR) == []


def test_the_map_is_geojson_that_can_be_drawn_and_read() -> None:
    """Squares around what was seen, with figures."""
    collection = json.loads(seen().geojson(BEGIN, BEGIN + 3 * HOUR, "ais"))
    shapes = [shapely.geometry.shape(feature["geometry"]) for feature in collection["features"]]
    assert any(shape.covers(shapely.Point(KATTEGAT.longitude, KATTEGAT.latitude)) for shape in shapes)
    assert all(shape.is_valid and abs(shape.area - 0.01) < 1e-6 for shape in shapes)
    assert {feature["properties"]["spans"] for feature in collection["features"]} == {3}
    for number, feature in enumerate(collection["features"]):
        feature["properties"]["name"] = f"c{number}"
    assert len(read_geojson(json.dumps(collection))) == len(shapes)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.lists(st.tuples(st.floats(-80, 80), st.floats(-180, 179.99)), max_size=8))
def test_order_changes_nothing(seed: int, places: list[tuple[float, float]]) -> None:
    """Reports read in whatever order give the same map."""
    reports = [(track(k % 5), Position(*place), BEGIN + k * 20 * MINUTE) for k, place in enumerate(places * 2)]
    mixed = list(reports)
    random.Random(seed).shuffle(mixed)  # noqa: S311 - a scenario, not a secret
    one, other = CoverageMap(), CoverageMap()
    for made, read in ((one, reports), (other, mixed)):
        for report in read:
            made.see("ais", *report)
    until = BEGIN + 10 * HOUR
    assert one.cells(0, until) == other.cells(0, until)
    assert one.gaps("ais", BEGIN, until) == other.gaps("ais", BEGIN, until)


def test_what_is_remembered_is_bounded() -> None:
    """Spans, beats, sources: the one written to longest ago is forgotten; a clock hours off pushes out none."""
    made = CoverageMap(CoverageSettings(spans=10, beats=20, sources=3))
    for k in range(500):
        made.see("ais", track(k), KATTEGAT, BEGIN + k * MINUTE)
        made.see("ahead", track(k), KATTEGAT, BEGIN + k * MINUTE + 30 * HOUR)
        made.see(f"false-{k}", track(k, 1), KATTEGAT, BEGIN)
    assert len(made._spans) <= 10
    assert len(made._beats) == 3
    assert all(len(beats) <= 20 for beats in made._beats.values())
    assert made.could("ais", KATTEGAT, BEGIN + 499 * MINUTE).could is Could.YES
