"""The ADS-B feed: squitters of invented aircraft, as text and as Beast frames, and what becomes of them."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import squitters
from builders.recordings import recordings
from builders.squitters import squitter
from comity.foundation.geodesy import KNOT, distance, offset
from comity.sources.adsb import AdsbReader
from comity.sources.feed import read_file
from comity.sources.mode_s.aircraft import MOST
from comity.sources.origin import Origin
from comity.sources.station import Station
from comity.vocabulary.place import Position
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import Identity, SubjectKind

ICAO = 0x48AABB
BEGIN = 1_700_000_000_000
AIRFIELD = Position(55.6, 12.65)


def row(second: float, message: int, **options: int) -> bytes:
    return b"%.3f,%s" % (BEGIN / 1000 + second, squitter(options.pop("icao", ICAO), message, **options).hex().encode())


def taken(*lines: bytes, origin: Origin | None = None) -> tuple[list[Sighting], AdsbReader]:
    reader = AdsbReader(origin or Origin(source="test"))
    return [sighting for line in lines if (sighting := reader.take(line)) is not None], reader


def placed(second: float, place: Position, *, odd: bool, **options: int) -> bytes:
    return row(second, squitters.in_air(place.latitude, place.longitude, odd=odd, **options))


def test_a_flight_is_told_from_its_messages() -> None:
    """Name, velocity, accuracy and a pair of positions make sightings; all that comes before the pair waits for it."""
    place = Position(55.5, 12.25)
    found, reader = taken(
        row(0, squitters.name("TST42")),
        row(0.2, squitters.over_ground(300, -300)),
        row(0.4, squitters.status(9)),
        placed(0.5, place, odd=False, altitude=squitters.feet(38_000)),
        placed(1.0, place, odd=True, altitude=squitters.feet(38_000)),
        placed(1.5, place, odd=True, altitude=0x10 | 1),
    )
    name, first, second = found
    assert name.identity == Identity(kind=SubjectKind.AIRCRAFT, icao=ICAO, call_sign="TST42")
    assert (name.position, name.time) == (None, BEGIN)
    assert first.position is not None
    assert distance(first.position, place) < 6
    assert first.accuracy == pytest.approx(30 / 2.4477, rel=1e-3)
    assert (first.speed, first.course) == (pytest.approx(300 * 2**0.5 * KNOT), pytest.approx(135))
    assert (first.pressure_altitude, first.altitude) == (pytest.approx(38_000 * 0.3048), None)
    assert second.time == BEGIN + 1_500
    assert reader.report.faults == {"a position whose zone is not known yet": 1}
    assert (reader.report.messages, reader.report.sightings, reader.report.subjects) == (6, 3, 1)


def test_a_pair_too_far_apart_in_time_is_none() -> None:
    """More than ten seconds: either could be anywhere."""
    place = Position(55.5, 12.25)
    assert taken(placed(0, place, odd=False), placed(10.5, place, odd=True))[0] == []
    assert len(taken(placed(0, place, odd=False), placed(9.5, place, odd=True))[0]) == 1


def test_old_velocity_is_not_carried_on() -> None:
    """After five seconds a position goes without it."""
    place = Position(55.5, 12.25)
    found, _ = taken(row(0, squitters.over_ground(300, 0)), placed(6, place, odd=False), placed(7, place, odd=True))
    assert (found[0].speed, found[0].course) == (None, None)


def test_a_jump_is_not_given() -> None:
    """A position 300 km away one second later, well-formed as it is, and what was known is begun anew."""
    here, there = Position(55.5, 12.25), Position(58.3, 12.25)
    found, reader = taken(
        placed(0, here, odd=False),
        placed(1, here, odd=True),
        placed(2, there, odd=False),
        placed(2.5, there, odd=True),
        placed(3, there, odd=False),
        placed(3.5, there, odd=True),
    )
    assert reader.report.faults["a position too far from the last"] >= 1
    assert all(min(distance(s.position, p) for p in (here, there)) < 6 for s in found if s.position)


@pytest.mark.parametrize("state", range(8))
def test_distress(state: int) -> None:
    """General emergency and downed, on the message itself and on positions of the next minute; nothing else."""
    place, distress = Position(55.5, 12.25), state in {1, 6}
    found, _ = taken(
        row(0, squitters.emergency(state)),
        placed(1, place, odd=False),
        placed(2, place, odd=True),
        row(50, squitters.name("TST42")),
        row(70, squitters.name("TST42")),
    )
    assert [s.distress for s in found] == [True] * distress + [distress, distress, False]


def test_distress_ends_when_the_aircraft_says_so() -> None:
    """State 0 behind state 1."""
    found, _ = taken(row(0, squitters.emergency(1)), row(1, squitters.emergency(0)), row(2, squitters.name("TST42")))
    assert [s.distress for s in found] == [True, False]


def test_on_the_ground_a_station_is_needed() -> None:
    """Without one the same bits are in eight places, and none is given."""
    place = offset(AIRFIELD, 900, -400)
    lines = [
        row(second, squitters.on_ground(place.latitude, place.longitude, odd=odd, movement=39, track=32))
        for second, odd in ((0, False), (1, True))
    ]
    assert taken(*lines)[0] == []
    found, _ = taken(*lines, origin=Origin(source="test", stations=(Station(position=AIRFIELD),)))
    assert [distance(s.position, place) < 2 for s in found if s.position] == [True, True]
    assert (found[0].speed, found[0].course) == (pytest.approx(15 * KNOT), 90.0)


def test_an_address_of_its_own_choice_identifies_nobody() -> None:
    """DF 18 with control field 1, and one from the ground, which is not decoded."""
    found, _ = taken(
        row(0, squitters.name("TST42"), kind=18, control=1), row(0, squitters.name("TST42"), kind=18, control=0)
    )
    assert [s.identity.icao for s in found] == [None, ICAO]
    _, reader = taken(row(0, squitters.name("TST42"), kind=18, control=2))
    assert reader.report.faults == {"traffic information from the ground is not decoded": 1}


def damaged(bit: int) -> bytes:
    return (
        (int.from_bytes(squitter(ICAO, squitters.name("TST42")), "big") ^ 1 << bit).to_bytes(14, "big").hex().encode()
    )


@pytest.mark.parametrize(
    ("line", "fault", "lost"),
    [
        (b"nonsense", "not a message", 1),
        (b"1700000000,zz", "not a message", 1),
        (b"1700000000,8D", "no Mode S message by its length", 1),
        (b"12:00,8D48AABB", "not a time", 1),
        (b"100000000,8D48AABB", "not a time", 1),
        (b"*" + damaged(30) + b";", "wrong parity", 1),
        (b"*8D48AABB000000;", "a downlink format of another length", 1),
        (b"*5D48AABB000000;", "downlink format 11 is not decoded", 0),
        (b"*2048AABB000000;", "downlink format 4 is not decoded", 0),
        (b"*A048AABB000000" + b"0" * 14 + b";", "downlink format 20 is not decoded", 0),
    ],
)
def test_what_is_not_used_is_named(line: bytes, fault: str, lost: int) -> None:
    """Damage is a loss; a message of another kind is not."""
    found, reader = taken(line)
    assert found == []
    assert (reader.report.faults, reader.report.rejected) == ({fault: 1}, lost)


def test_text_without_a_time() -> None:
    """AVR lines are untimed in a recording, and have the time of arrival when live; the receiver's clock counts on."""
    line = b"*" + squitter(ICAO, squitters.name("TST42")).hex().encode() + b";"
    found, reader = taken(line)
    assert (found, reader.report.untimed) == ([], 1)
    found, _ = taken(line, origin=Origin(source="test", arrival=lambda: BEGIN))
    assert found[0].time == BEGIN
    clocked = [b"@%012X" % ticks + line[1:] for ticks in (7_000_000, 19_000_000, 1_000)]
    found, reader = taken(*clocked, origin=Origin(source="test", begin=BEGIN))
    assert [s.time - BEGIN for s in found] == [0, 1_000]
    assert reader.report.faults == {"the receiver's clock went back": 1}


def frames(count: int) -> list[bytes]:
    """Return Beast frames of names, with clocks and parities in which the escape turns up."""
    return [
        squitters.beast(squitter(0x1A1A00 + number, squitters.name(f"TST{number}")), 0x1A1A_0000 + number * 12_000)
        for number in range(count)
    ]


@given(st.lists(st.integers(1, 40), max_size=20))
def test_frames_come_whole_however_the_stream_is_cut(cuts: list[int]) -> None:
    """Escapes doubled within a frame and at a cut."""
    stream, reader = b"".join(frames(12)), AdsbReader(Origin(source="test", begin=BEGIN))
    pieces, found = reader.pieces(), []
    for cut in [*cuts, len(stream)]:
        part, stream = stream[:cut], stream[cut:]
        found += [s for piece in pieces.feed(part) if (s := reader.take(piece)) is not None]
    found += [s for piece in pieces.end() if (s := reader.take(piece)) is not None]
    pieces.count(reader.report)
    assert [(s.identity.call_sign, s.time) for s in found] == [(f"TST{n}", BEGIN + n) for n in range(12)]
    assert reader.report.faults == {}


def test_noise_between_frames_costs_only_itself(tmp_path: Path) -> None:
    """Bytes, half frames and other types before whole ones."""
    one, two, three = frames(3)
    other = b"\x1a1" + bytes(9)
    (tmp_path / "mast.bin").write_bytes(one + b"noise" + two[:9] + three + other + two[:12])
    reader = AdsbReader(Origin(source="test", begin=BEGIN))
    found = list(read_file(tmp_path / "mast.bin", reader))
    assert [s.identity.call_sign for s in found] == ["TST0", "TST2"]
    assert reader.report.faults == {
        "bytes between frames": 2,
        "Mode A, Mode C and the receiver's own state are not decoded": 1,
    }


def test_a_flood_of_aircraft_is_forgotten_again() -> None:
    """No more are remembered than the limit, and the newest are."""
    reader = AdsbReader(Origin(source="test"))
    for number in range(1, MOST + 50):
        reader.take(row(0, squitters.emergency(0), icao=number))
    assert len(reader._fleet._aircraft) == MOST


@given(st.binary(max_size=200))
def test_no_bytes_break_it(data: bytes) -> None:
    """As a line, and as a stream that begins with an escape."""
    reader = AdsbReader(Origin(source="test", begin=BEGIN))
    reader.take(data)
    pieces = reader.pieces()
    for piece in (*pieces.feed(b"\x1a" + data), *pieces.end()):
        reader.take(piece)
    pieces.count(reader.report)
    assert reader.report.rejected <= sum(reader.report.faults.values())


if recordings("adsb/sample_data_adsb.csv"):

    @pytest.mark.parametrize("path", recordings("adsb/sample_data_adsb.csv"), ids=lambda path: path.name)
    def test_a_recorded_flight(path: Path) -> None:
        """2,000 messages of one airliner, times rounded to seconds: no step is faster than it flew."""
        reader = AdsbReader(Origin(source="test"))
        found = list(read_file(path, reader))
        report = reader.report
        assert (report.sentences, report.messages, report.rejected, report.subjects) == (2_000, 2_000, 0, 1)
        assert report.faults == {"a position whose zone is not known yet": 4}
        flown = [s for s in found if s.position is not None]
        assert (len(found), len(flown)) == (1_031, 933)
        assert {s.identity.call_sign for s in found if s.position is None} == {"EZY85MH"}
        for before, after in pairwise(flown):
            assert before.position is not None
            assert after.position is not None
            assert distance(before.position, after.position) <= (after.time - before.time + 2_000) / 1_000 * 260
