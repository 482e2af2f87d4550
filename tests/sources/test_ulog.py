"""ULog: layouts that the log itself defines, times that follow from its receiver, damage, crashes."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import ulog
from comity.sources.feed import read_file
from comity.sources.origin import Origin
from comity.sources.ulog.definition import MOST, Definitions
from comity.sources.ulog.stream import UlogStream
from comity.vocabulary.fault import Fault
from comity.vocabulary.instant import written
from comity.vocabulary.place import Position
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import Identity, SubjectKind

NOON = 1_767_268_800_000
BEGUN = ulog.head() + ulog.status(2) + ulog.gps(1_000_000, NOON, 56.9, 11.7)
SUBSCRIBED = ulog.message("A", b"\0\0\0vehicle_status")
REAL = Path(__file__).parents[1] / "vectors" / "ulog" / "sample-first-256k.ulg"


def taken(data: bytes) -> tuple[list[Sighting], UlogStream]:
    stream = UlogStream(Origin(source="gull"))
    return [*stream.feed(data), *stream.end()], stream


def test_a_real_log() -> None:
    """The first part of a copter's log: positions of its receiver near Trondheim, with their error and time."""
    stream = UlogStream(Origin(source="gull"))
    sightings = list(read_file(REAL, stream))
    assert len(sightings) > 5
    assert {s.identity for s in sightings} == {Identity(kind=SubjectKind.AIRCRAFT)}
    assert written(sightings[0].time) == "2021-04-21T06:30:58.601Z"
    assert sightings[0].position == Position(63.4170622, 10.4082151)
    assert sightings[0].accuracy == pytest.approx(3.26)
    assert set(stream.report.faults) <= {"message cut off", "messages that the vehicle could not write"}


def test_a_position_is_read_as_the_log_defines_it() -> None:
    """Behind inner messages and arrays; the vehicle's own position takes the place of its receiver's."""
    own = ulog.position(2_000_000, 57.0, 12.0)
    sightings, stream = taken(BEGUN + own + ulog.gps(3_000_000, NOON + 2_000, 1.0, 1.0))
    assert [s.time for s in sightings] == [NOON, NOON + 1_000]
    first, second = sightings
    assert (first.position, first.accuracy, first.speed) == (Position(56.9, 11.7), 2.5, 1.5)
    assert first.course == pytest.approx(math.degrees(0.5))
    assert (second.position, second.accuracy, second.speed) == (Position(57.0, 12.0), 1.25, 2.0)
    assert (second.course, second.heading) == (pytest.approx(90.0), pytest.approx(360 - math.degrees(0.5)))
    assert stream.report.faults == {}


def test_without_a_time_or_a_status_nothing_is_guessed() -> None:
    """Positions before the receiver's first UTC time are untimed, those before a status are of nobody knows what."""
    sightings, stream = taken(ulog.head() + ulog.status(2) + ulog.position(1, 57.0, 12.0))
    assert (sightings, stream.report.untimed) == ([], 1)
    sightings, stream = taken(ulog.head() + ulog.gps(1, NOON, 57.0, 12.0))
    assert (sightings, stream.report.faults) == ([], {"a position before a status": 1})


@given(st.floats(-90, 90), st.floats(-180, 180), st.floats(-50, 50), st.floats(-50, 50))
def test_what_is_written_is_read_again(latitude: float, longitude: float, north: float, east: float) -> None:
    """Positions to the last bit; speed as its two parts say."""
    sightings, _ = taken(BEGUN + ulog.position(2_000_000, latitude, longitude, north, east))
    if (latitude, longitude) != (0, 0):
        assert sightings[1].position == Position(latitude, longitude)
        assert sightings[1].speed == pytest.approx(math.hypot(north, east), abs=1e-4)


@given(st.integers(0, 6), st.data())
def test_wherever_the_bytes_are_cut_the_log_is_the_same(count: int, data: st.DataObject) -> None:
    """In one piece or in many."""
    whole = BEGUN + b"".join(ulog.position(2_000_000 + n * 1_000, 57.0, 12.0) for n in range(count))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=8)))
    pieces = UlogStream(Origin(source="gull"))
    found = [s for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True) for s in pieces.feed(whole[a:b])]
    assert [*found, *pieces.end()] == taken(whole)[0]
    assert len(found) == 1 + count


@given(st.integers(0, 30))
def test_a_crash_cuts_a_message_and_what_was_appended_is_read(cut: int) -> None:
    """The flags say where it begins."""
    torn = ulog.position(2_000_000, 57.0, 12.0)[:cut]
    place = len(BEGUN) + cut
    begun = BEGUN.replace(ulog.head(), ulog.head(appended=place))
    data = begun + torn + ulog.position(3_000_000, 58.0, 13.0)
    sightings, stream = taken(data)
    assert [s.position for s in sightings] == [Position(56.9, 11.7), Position(58.0, 13.0)]
    assert stream.report.rejected == 0


def test_after_damage_reading_goes_on_behind_a_synchronisation() -> None:
    """What lies between is one fault."""
    data = BEGUN + b"\x05\x00\xff" + ulog.position(2, 1.0, 1.0) + ulog.sync() + ulog.position(3_000_000, 58.0, 13.0)
    sightings, stream = taken(data)
    assert [s.position for s in sightings] == [Position(56.9, 11.7), Position(58.0, 13.0)]
    assert stream.report.faults == {"bytes between frames": 1}


@pytest.mark.parametrize(
    ("bad", "fault"),
    [
        (ulog.message("F", b"no colon"), "not a definition"),
        (ulog.message("F", b"vehicle_status:odd") + SUBSCRIBED, "not a definition"),
        (ulog.message("F", b"vehicle_status:unheard x;") + SUBSCRIBED, "not a definition"),
        (ulog.message("F", b"a:a x;") + ulog.message("F", b"vehicle_status:a[99999] x;")
         + SUBSCRIBED, "not a definition"),
        (ulog.message("B", bytes(8) + b"\x02" + bytes(31)), "a log of a kind that is not known"),
        (b"\xff\xffD", "message cut off"),
    ],
)  # fmt: skip
def test_what_is_no_log_is_refused_by_name(bad: bytes, fault: str) -> None:
    """One rejection; the next log is read."""
    stream = UlogStream(Origin(source="gull"))
    assert [*stream.feed(ulog.HEADER + bad), *stream.end()] == []
    assert stream.report.faults == {fault: 1}
    assert len([*stream.feed(BEGUN), *stream.end()]) == 1


def test_definitions_are_bounded() -> None:
    """So many, so deep, so large, and no further."""
    definitions = Definitions()
    for number in range(12):
        definitions.add(f"m{number}:m{number + 1}[9] x;".encode())
    definitions.add(b"m12:uint64_t x;")
    assert definitions.layout("m9").size == 9**3 * 8
    with pytest.raises(Fault, match="not a definition"):
        definitions.layout("m0")
    for number in range(13, MOST):
        definitions.add(f"m{number}:int8_t x;".encode())
    with pytest.raises(Fault, match="not a definition"):
        definitions.add(b"one:int8_t more;")


@given(st.data())
def test_no_changed_bytes_break_it(data: st.DataObject) -> None:
    """A log with bytes changed, and noise: nothing raises, nothing is left over."""
    changed = bytearray(BEGUN + ulog.position(2_000_000, 57.0, 12.0) + data.draw(st.binary(max_size=50)))
    for _ in range(data.draw(st.integers(1, 6))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    sightings, stream = taken(bytes(changed))
    assert len(sightings) <= 2
    before = stream.report.rejected
    stream.drop()
    assert stream.report.rejected == before
