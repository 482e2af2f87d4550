"""The story: what was written says what the facts claim, to anybody who reads it as a feed."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from comity.demo.cast import ships
from comity.demo.story import Facts, write
from comity.foundation.geodesy import KNOT, distance
from comity.sources.feed import open_reader, read_file
from comity.sources.origin import Origin
from comity.vocabulary.instant import HOUR, MINUTE
from comity.vocabulary.place import Position
from comity.vocabulary.sighting import Sighting

START = 1_700_000_000_000
FERRY_SPEED = 25 * KNOT


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder for the story."""
    return tmp_path_factory.mktemp("story")


@pytest.fixture(scope="module")
def facts(folder: Path) -> Facts:
    """Return what is true of it."""
    return write(folder, START)


def read(path: Path, name: str) -> list[Sighting]:
    reader = open_reader(name, Origin(source="test", simulated=True))
    found = list(read_file(path, reader))
    assert reader.report.rejected == reader.report.untimed == 0
    assert reader.report.faults == {}
    return found


@pytest.fixture(scope="module")
def heard(folder: Path, facts: Facts) -> dict[int, list[Sighting]]:
    """Return what was heard of each vessel."""
    found: dict[int, list[Sighting]] = {}
    for sighting in read(folder / "simulated.nmea", "ais"):
        assert sighting.identity.mmsi is not None
        found.setdefault(sighting.identity.mmsi, []).append(sighting)
    return found


def positions(sightings: list[Sighting], begin: int, end: int) -> list[Position]:
    return [s.position for s in sightings if s.position is not None and begin <= s.time <= end]


def test_everybody_is_heard_under_an_invented_number(heard: dict[int, list[Sighting]], facts: Facts) -> None:
    """Nine senders, all with country digits that nobody has, and each with the name that the facts give."""
    assert set(heard) == {ship.mmsi for ship in ships()}
    assert all(f"{mmsi:09d}".removeprefix("970").startswith("299") for mmsi in heard)
    for mmsi, name in facts.names.items():
        assert {s.identity.name for s in heard[mmsi]} - {None} == {name}


def test_it_lasts_four_hours_and_is_of_modest_size(heard: dict[int, list[Sighting]], facts: Facts) -> None:
    """Within its time, in the order of time, and below 30,000 sentences."""
    times = [s.time for sightings in heard.values() for s in sightings]
    assert facts.end - facts.start == 4 * HOUR
    assert min(times) >= facts.start
    assert max(times) < facts.end
    assert facts.sentences < 30_000


def test_lines_stand_in_the_order_of_time(folder: Path, facts: Facts) -> None:
    """A replay need never go back."""
    for name, format_name in (("simulated.nmea", "ais"), ("plots.ndjson", "plots")):
        times = [s.time for s in read(folder / name, format_name)]
        assert times == sorted(times)


def test_the_silent_ones_are_silent_just_as_long_as_the_facts_say(
    heard: dict[int, list[Sighting]], facts: Facts
) -> None:
    """Nothing is heard of them in between, all is heard before and after, and only of them is there a gap."""
    assert set(facts.dark) == {*facts.meeting, facts.denied}
    for mmsi, (last, first) in facts.dark.items():
        times = [s.time for s in heard[mmsi]]
        assert {last, first} <= set(times)
        assert not [time for time in times if last < time < first]
        assert first - last > 2 * HOUR
    for mmsi in set(heard) - set(facts.dark):
        times = [s.time for s in heard[mmsi]]
        assert max(after - before for before, after in pairwise(times)) <= MINUTE


def test_others_are_heard_around_the_silence_all_the_time(heard: dict[int, list[Sighting]], facts: Facts) -> None:
    """Within 60 km of where each went silent somebody else is heard in every ten minutes of its silence."""
    for mmsi, (last, first) in facts.dark.items():
        (place,) = positions(heard[mmsi], last, last)[-1:]
        others = [s for other, sightings in heard.items() if other not in facts.dark for s in sightings]
        near = [s.time for s in others if s.position is not None and distance(s.position, place) < 60_000]
        for begin in range(last, first, 10 * MINUTE):
            assert [time for time in near if begin <= time < begin + 10 * MINUTE]


def test_the_two_meet_where_and_when_the_facts_say(facts: Facts) -> None:
    """Within 200 m of each other and the place, under 1.5 knots, from first to last; apart before and after."""
    one, other = (next(ship.voyage for ship in ships() if ship.mmsi == mmsi) for mmsi in facts.meeting)
    for time in range(facts.meeting_from, facts.meeting_until, MINUTE):
        a, b = one.at(time - facts.start), other.at(time - facts.start)
        assert distance(a.position, b.position) < 200
        assert distance(a.position, facts.meeting_place) < 200
        assert max(a.speed, b.speed) < 1.5 * KNOT
    for time in (facts.meeting_from - 10 * MINUTE, facts.meeting_until + 10 * MINUTE):
        assert distance(one.at(time - facts.start).position, other.at(time - facts.start).position) > 2_000


def test_nobody_else_comes_near_the_meeting(facts: Facts) -> None:
    """The others keep five kilometres off while it lasts."""
    for ship in ships():
        if ship.mmsi not in facts.meeting:
            for time in range(facts.meeting_from, facts.meeting_until, MINUTE):
                assert distance(ship.voyage.at(time - facts.start).position, facts.meeting_place) > 5_000


def test_the_radar_sees_the_meeting(folder: Path, facts: Facts) -> None:
    """In every minute of it there are plots near both, none has an identity, and there is clutter elsewhere."""
    plots = read(folder / "plots.ndjson", "plots")
    assert len(plots) == facts.plots
    assert all(p.identity.mmsi is None and p.identity.name is None for p in plots)
    for begin in range(facts.meeting_from, facts.meeting_until, MINUTE):
        near = [
            p for p in plots
            if begin <= p.time < begin + MINUTE
            and p.position is not None
            and distance(p.position, facts.meeting_place) < 400
        ]  # fmt: skip
        assert len(near) >= 6
    seen = 4 * 720
    assert 200 < len(plots) - seen < 600


def test_the_noise_is_what_the_plots_say(folder: Path, facts: Facts) -> None:
    """Plots of the first vessel scatter about its true place by 30 m on each axis."""
    voyage = next(ship.voyage for ship in ships() if ship.mmsi == facts.meeting[0])
    errors = [
        distance(plot.position, voyage.at(plot.time - START).position)
        for plot in read(folder / "plots.ndjson", "plots")
        if (plot.time - START) % 20_000 == 0 and plot.position is not None
    ]
    mean_square = sum(error**2 for error in errors) / len(errors)
    assert len(errors) == 720
    assert 0.85 * 2 * 30**2 < mean_square < 1.15 * 2 * 30**2


def test_the_boat_crosses_the_sound_and_lands(heard: dict[int, list[Sighting]], facts: Facts) -> None:
    """From the Danish coast to the landing place on the Swedish one, five kilometres from the ferry line, and stays."""
    boat = heard[facts.crossing]
    under_way = positions(boat, facts.crossing_from, facts.crossing_until)
    assert under_way[0].longitude < 12.60
    assert under_way[-1].longitude > 12.76
    ferry_line = Position(56.04, 12.65)
    assert min(distance(place, ferry_line) for place in under_way) > 5_000
    after = positions(boat, facts.crossing_until + MINUTE, facts.end)
    assert len(after) > 100
    assert all(distance(place, facts.landing_place) < 10 for place in after)


def test_the_beacon_calls_for_ten_minutes(heard: dict[int, list[Sighting]], facts: Facts) -> None:
    """Distress, and nobody else is in distress."""
    calls = heard[facts.distress]
    assert all(s.distress for s in calls)
    assert facts.distress_from <= calls[0].time < calls[-1].time < facts.distress_until
    assert len(calls) == 75
    assert all(distance(place, facts.distress_place) < 500 for place in positions(calls, facts.start, facts.end))
    assert not [s for mmsi, sightings in heard.items() if mmsi != facts.distress for s in sightings if s.distress]


def test_nobody_moves_faster_than_ships_do(heard: dict[int, list[Sighting]]) -> None:
    """Between two reports no vessel covers more than its stated speed allows."""
    for sightings in heard.values():
        placed = [s for s in sightings if s.position is not None]
        for before, after in pairwise(placed):
            if before.position is not None and after.position is not None and after.time > before.time:
                speed = distance(before.position, after.position) / ((after.time - before.time) / 1_000)
                assert speed < FERRY_SPEED


def test_the_same_start_gives_the_same_bytes(tmp_path: Path, folder: Path, facts: Facts) -> None:
    """And another start only moves it in time."""
    assert write(tmp_path, START) == facts
    for name in ("simulated.nmea", "plots.ndjson"):
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()
    later = write(tmp_path, START + HOUR)
    assert later.meeting_from == facts.meeting_from + HOUR
    moved = [s.position for s in read(tmp_path / "simulated.nmea", "ais")]
    assert moved == [s.position for s in read(folder / "simulated.nmea", "ais")]
