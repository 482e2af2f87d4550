"""What is proven: how a pursuit is judged on its track (UNCLOS art. 111), and that bad files are refused in place."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from agreements.waters import NOW, SMUGGLING, chase, off, sea
from comity.agreements import pursuit, track_file
from comity.agreements.pursuit import Event, Fix, Sample
from comity.agreements.zone import Chart
from comity.foundation.geodesy import geodesic
from comity.vocabulary.fault import Fault
from comity.vocabulary.instant import HOUR, MINUTE, written
from comity.vocabulary.offence import Offence
from comity.vocabulary.place import Position
from comity.vocabulary.zone import Zone

CHART = Chart([], sea())


def way(track: tuple[Fix, ...], chart: Chart = CHART, until: int = NOW) -> tuple[Sample, ...]:
    return pursuit.samples(track, chart, until)


def nothing(zone: Zone, position: Position) -> bool:
    return False


def into_sweden(zone: Zone, position: Position) -> bool:
    return zone.state == "se"


@pytest.mark.parametrize(
    ("miles", "offence", "holds"),
    [
        (5, None, True),
        (18, SMUGGLING, True),
        (18, None, None),
        (18, Offence.TERRORISM, False),
        (18, Offence.ILLEGAL_FISHING, True),
        (95, SMUGGLING, False),
        (40, Offence.ILLEGAL_FISHING, None),
        (40, SMUGGLING, False),
    ],
)
def test_where_it_may_begin(miles: float, offence: Offence | None, holds: object) -> None:
    """In one's own sea; in the contiguous zone for customs [33]; in the economic zone for what it is for [111(2)]."""
    assert pursuit.begun(way(chase(miles, miles + 1)), "dk", offence).holds is holds


def test_it_begins_with_the_signal() -> None:
    """A ship that was followed from the territorial sea, but signalled only on the high seas, is not pursued hotly."""
    late = pursuit.begun(way(chase(5, 15, 30, signal=2)), "dk", SMUGGLING)
    assert late.holds is False
    assert pursuit.begun(way(chase(5, 15, 30, signal=None)), "dk", None).words.startswith("no signal to stop")
    assert pursuit.begun((), "dk", None).holds is False
    assert pursuit.begun(way(chase(5, 6)), "", None).holds is False


def test_within_the_error_of_the_line_its_beginning_is_not_told() -> None:
    coarse = Chart([], sea(error=2_000))
    assert pursuit.begun(way(chase(12.5, 13), coarse), "dk", None).holds is None
    assert pursuit.begun(way(chase(5, 6), coarse), "dk", None).holds is True


def test_an_interruption_ends_it() -> None:
    track = chase(5, 10, 20)
    assert pursuit.unbroken(way(track), track, NOW).holds is True
    lost = (track[0], replace(track[1], event=Event.LOST), track[2])
    found = pursuit.unbroken(way(lost), lost, NOW)
    assert found.holds is False
    assert found.words == f"broken off at {written(track[1].time)} (111(1))"


def test_silence_is_not_told() -> None:
    """Between two rows, and after the last."""
    track = chase(5, 10, 20, every=16 * MINUTE)
    assert pursuit.unbroken(way(track), track, NOW).holds is None
    track = chase(5, 10, 20)
    assert pursuit.unbroken(way(track, until=NOW + HOUR), track, NOW + HOUR).holds is None


def test_it_ends_in_the_territorial_sea_of_another() -> None:
    """For good, even if the ship comes out again, and even between two rows."""
    for miles in ((5, 50, 92), (5, 50, 92, 50)):
        found = pursuit.open_still(way(chase(*miles)), "dk", nothing)
        assert found.holds is False
        assert "se.territorial-sea (111(3))" in found.words
    assert pursuit.open_still(way(chase(5, 50, 80)), "dk", nothing).holds is True
    assert pursuit.open_still(way(chase(5, 50, 92)), "dk", into_sweden).holds is True


def test_what_was_before_the_signal_does_not_end_it() -> None:
    track = chase(92, 50, 5, 20, signal=2)
    assert pursuit.open_still(way(track), "dk", nothing).holds is True


def test_near_the_line_it_may_have_ended() -> None:
    coarse = Chart([], sea(error=2_000))
    assert pursuit.open_still(way(chase(5, 50, 87.8), coarse), "dk", nothing).holds is None


def test_rows_after_the_question_do_not_count() -> None:
    track = chase(5, 50, 92)
    until = NOW - 10 * MINUTE
    assert pursuit.open_still(way(track, until=until), "dk", nothing).holds is True


@settings(deadline=None, max_examples=20)
@given(st.lists(st.floats(-5, 40), min_size=1, max_size=4))
def test_no_step_of_the_way_is_longer_than_a_quarter_mile(miles: list[float]) -> None:
    found = way(chase(*miles))
    for one, other in pairwise(found):
        assert geodesic(one.position, other.position) <= pursuit.STEP * 1.01
        assert one.time <= other.time
    assert [one.event for one in found].count(Event.SIGNAL) == 1


def test_a_way_without_end_is_refused() -> None:
    with pytest.raises(Fault, match="longer than 1000 nm"):
        way(chase(*[5, 100] * 8))


def _inside(sample: Sample) -> tuple[bool, bool]:
    """Surely beyond 50 nm, perhaps beyond 40."""
    east = sample.position.longitude
    return east > off(40).longitude, east > off(50).longitude


def test_every_place_at_which_it_may_have_come_in_counts() -> None:
    now = Sample(time=NOW, position=off(60), located=CHART.at(off(60)))
    found = pursuit.entries(way(chase(30, 45, 60)), _inside, now)
    assert found is not None
    assert found[0].position.longitude == pytest.approx(off(40).longitude, abs=0.01)
    assert found[-1].position.longitude == pytest.approx(off(50).longitude, abs=0.01)
    assert pursuit.entries(way(chase(30, 35)), _inside, now) == (now,)
    assert pursuit.entries(way(chase(45, 60)), _inside, now) is None


def test_it_counts_from_the_last_time_it_came_in() -> None:
    now = Sample(time=NOW, position=off(60), located=CHART.at(off(60)))
    found = pursuit.entries(way(chase(30, 60, 30, 60)), _inside, now)
    assert found is not None
    assert found[0].time > NOW - 10 * MINUTE


TEXT = "time,latitude,longitude,event\n2026-06-01T12:00:00Z,55.9,12.6,signal\n2026-06-01T12:05:00Z,55.91,12.62,\n"


def test_a_file() -> None:
    found = track_file.read(TEXT.encode(), "t.csv")
    assert [fix.event for fix in found] == [Event.SIGNAL, Event.NONE]
    assert found[1].position == Position(55.91, 12.62)


def test_columns_in_another_order_and_others_between() -> None:
    text = "\ufeffname,Longitude,latitude,TIME\r\nx,12.6,55.9,2026-06-01T14:00:00+02:00\r\n\r\n"
    (found,) = track_file.read(text.encode(), "t.csv")
    assert written(found.time) == "2026-06-01T12:00:00.000Z"
    assert found.position == Position(55.9, 12.6)


@pytest.mark.parametrize(
    ("old", "new", "where", "told"),
    [
        ("time,lat", "when,lat", "t.csv:1:1", "lacks time"),
        ("event\n", "time\n", "t.csv:1:1", "stands twice"),
        (",signal", "", "t.csv:2:1", "another width"),
        ("12.6,signal", '"12.6,signal', "t.csv:2:1", "not a row"),
        ("2026-06-01T12:05", "2026-06-01T11:05", "t.csv:3:1", "not later"),
        ("2026-06-01T12:05:00Z", "noon", "t.csv:3:1", "'noon' is not a time"),
        ("2026-06-01T12:05:00Z", "2026-06-01T12:05:00", "t.csv:3:1", "with its zone"),
        ("55.91", "x", "t.csv:3:22", "'x' is not a number"),
        ("55.91", "nan", "t.csv:3:22", "not on the Earth"),
        ("12.62", "212.62", "t.csv:3:28", "not on the Earth"),
        ("signal", "shot", "t.csv:2:32", "'shot' is no event"),
    ],
)
def test_bad_rows_are_refused_in_place(old: str, new: str, where: str, told: str) -> None:
    with pytest.raises(Fault) as caught:
        track_file.read(TEXT.replace(old, new, 1).encode(), "t.csv")
    assert (caught.value.where, told in caught.value.what) == (where, True)
    assert caught.value.remedy


@pytest.mark.parametrize("data", [b"", b"\xff", b"time,latitude,longitude\n", b"x" * 1_000_001])
def test_no_file_at_all(data: bytes) -> None:
    with pytest.raises(Fault):
        track_file.read(data, "t.csv")
