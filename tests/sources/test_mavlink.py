"""MAVLink: both versions, logs and connections, what a vehicle says of itself and what it hears."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import mavlink
from comity.sources.feed import read_file
from comity.sources.mavlink import messages
from comity.sources.mavlink.frame import checksum
from comity.sources.mavlink.messages import (
    AdsbVehicle,
    AisVessel,
    Attitude,
    GlobalPosition,
    GpsRaw,
    Heartbeat,
    Message,
    SystemTime,
)
from comity.sources.mavlink.stream import MavlinkStream
from comity.sources.origin import Origin
from comity.vocabulary.place import Position
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import Identity, SubjectKind

NOON = 1_767_268_800_000
RECORDED = Origin(source="gull")
LIVE = Origin(source="gull", arrival=lambda: NOON)
COPTER = Heartbeat(0, 2, 3, 0, 4, 3)
HERE = GlobalPosition(1_000, 569_000_000, 117_000_000, 120_000, 0, 0, 200, 0, 9_000)
FIX = GpsRaw(NOON * 1_000, 569_000_000, 117_000_000, 0, 80, 0, 150, 4_500, 3, 12, 0, 2_500, 0, 0, 0, 0)
VESSEL = AisVessel(
    299_000_001, 569_000_000, 117_000_000, 21_100, 36_000, 400, 40, 20, 3, 1 | 2 | 4 | 64 | 2_048 | 4_096, 0, 0, 70, 5,
    5, b"LYNG\0\0\0", b"LYNGEN STAR".ljust(20, b"\0"),
)  # fmt: skip
PLANE = AdsbVehicle(
    0x4AC8B3, 569_000_000, 117_000_000, 0, 27_000, 12_000, 0, 1 | 4 | 8 | 16, 0, 0, b"SAS123\0\0\0", 1, 2
)
PAGE = Path(__file__).parents[2] / "docs" / "formats" / "feed-mavlink.md"


def taken(data: bytes, origin: Origin = LIVE) -> tuple[list[Sighting], MavlinkStream]:
    stream = MavlinkStream(origin)
    return [*stream.feed(data), *stream.end()], stream


def test_the_checksum_is_the_published_one() -> None:
    """The check value of CRC-16/MCRF4XX."""
    assert checksum(b"123456789") == 0x6F91


@pytest.mark.parametrize("framed", [mavlink.one, mavlink.two])
def test_a_vehicle_tells_where_it_is(framed: Callable[[Message], bytes]) -> None:
    """Position, speed, course and heading; the accuracy is its receiver's."""
    (sighting,), stream = taken(framed(COPTER) + framed(HERE))
    assert (sighting.identity, sighting.position) == (Identity(kind=SubjectKind.AIRCRAFT), Position(56.9, 11.7))
    assert (sighting.speed, sighting.course, sighting.heading, sighting.accuracy) == (2.0, 90.0, 90.0, None)
    assert stream.report.faults == {}
    found, _ = taken(framed(COPTER) + framed(FIX) + framed(HERE) + framed(FIX))
    expected = None if framed is mavlink.one else 2.5  # an extension, which version 1 does not carry
    assert [s.accuracy for s in found] == [expected, expected]
    assert (found[0].speed, found[0].course) == (1.5, 45.0)


def test_the_page_shows_real_bytes() -> None:
    """A log's time and a position."""
    data = bytes.fromhex(PAGE.read_text("utf-8").split("```\n")[1])
    (sighting,), _ = taken(mavlink.logged(mavlink.two(COPTER), NOON) + data, RECORDED)
    assert (sighting.time, sighting.position) == (NOON, Position(56.9, 11.7))


@pytest.mark.parametrize(
    ("kind", "expected"),
    [(1, "aircraft"), (10, "vehicle"), (11, "vessel"), (12, "vessel"), (6, None), (26, None), (0, None)],
)
def test_what_moves_is_what_its_heartbeat_says(kind: int, expected: str | None) -> None:
    """A ground station or a gimbal is nothing that moves; without a heartbeat nothing is guessed."""
    sightings, stream = taken(mavlink.two(Heartbeat(0, kind, 3, 0, 4, 3)) + mavlink.two(HERE))
    assert [s.identity.kind.value for s in sightings] == ([expected] if expected else [])
    assert stream.report.faults == ({} if expected else {"a position before a heartbeat": 1})


def test_a_gimbal_of_the_same_system_changes_nothing() -> None:
    """Its heartbeat comes under the vehicle's number."""
    gimbal = mavlink.two(Heartbeat(0, 26, 8, 0, 4, 3))
    (sighting,), _ = taken(mavlink.two(COPTER) + gimbal + mavlink.two(HERE))
    assert sighting.identity.kind is SubjectKind.AIRCRAFT


def test_a_heading_not_known_is_the_attitude() -> None:
    """Yaw in radians, west of north."""
    unknown = GlobalPosition(1_000, 569_000_000, 117_000_000, 0, 0, 0, 0, 0, 65_535)
    attitude = Attitude(1_000, 0.0, 0.0, -math.pi / 2, 0.0, 0.0, 0.0)
    (sighting,), _ = taken(mavlink.two(COPTER) + mavlink.two(attitude) + mavlink.two(unknown))
    assert (sighting.heading, sighting.course, sighting.speed) == (pytest.approx(270.0, abs=1e-4), None, 0.0)


def test_the_first_of_three_times_counts() -> None:
    """The log's; the vehicle's own; the arrival. A recording without any has no sightings."""
    head, here = mavlink.two(COPTER), mavlink.two(HERE)
    clock = mavlink.two(SystemTime((NOON - 5_000) * 1_000, 500))
    logged = mavlink.logged(head, NOON) + mavlink.logged(clock, NOON) + mavlink.logged(here, NOON + 7)
    assert [s.time for s in taken(logged, RECORDED)[0]] == [NOON + 7]
    assert [s.time for s in taken(head + clock + here, RECORDED)[0]] == [NOON - 4_500]
    assert [s.time for s in taken(head + here)[0]] == [NOON]
    sightings, stream = taken(head + here, RECORDED)
    assert (sightings, stream.report.untimed) == ([], 1)


def test_traffic_that_it_hears() -> None:
    """A vessel and an aircraft with their own identities, and the seconds since they were heard taken off."""
    (vessel, plane), _ = taken(mavlink.two(VESSEL) + mavlink.two(PLANE))
    assert vessel.identity == Identity(
        kind=SubjectKind.VESSEL, mmsi=299_000_001, call_sign="LYNG", name="LYNGEN STAR", ship_type=70, length=60.0
    )
    assert (vessel.time, vessel.accuracy, vessel.speed, vessel.course) == (NOON - 3_000, 10.0, 4.0, 211.0)
    assert (vessel.heading, vessel.distress) == (None, False)
    assert plane.identity == Identity(kind=SubjectKind.AIRCRAFT, call_sign="SAS123")
    assert (plane.time, plane.speed, plane.course, plane.simulated) == (NOON - 2_000, 120.0, 270.0, False)


@pytest.mark.parametrize(
    ("mmsi", "status", "distress"), [(1, 14, True), (970_123_456, 0, True), (970_123_456, 15, False), (1, 0, False)]
)
def test_distress_is_that_of_ais(mmsi: int, status: int, distress: object) -> None:
    """By status, or by a beacon that is not under test."""
    values = {name: getattr(VESSEL, name) for name in AisVessel.__struct_fields__}
    (sighting,), _ = taken(mavlink.two(AisVessel(**values | {"mmsi": mmsi, "status": status})))
    assert sighting.distress is distress


def test_what_flags_do_not_vouch_for_is_not_taken() -> None:
    """An aircraft without flags has no coordinates; a simulated one says so."""
    values: dict[str, Any] = {name: getattr(PLANE, name) for name in AdsbVehicle.__struct_fields__}
    sightings, stream = taken(mavlink.two(AdsbVehicle(**values | {"flags": 0})))
    assert (sightings, stream.report.faults) == ([], {"no position": 1})
    (sighting,), _ = taken(mavlink.two(AdsbVehicle(**values | {"flags": 1 | 64})))
    assert (sighting.simulated, sighting.speed, sighting.identity.call_sign) == (True, None, None)


def test_a_signature_is_named_and_not_verified() -> None:
    """The frame counts; that nobody checked its signature is on record."""
    data = mavlink.two(COPTER, signature=bytes(13)) + mavlink.two(HERE, signature=bytes(13))
    sightings, stream = taken(data)
    assert len(sightings) == 1
    assert stream.report.faults == {"signature not checked": 2}
    assert stream.report.rejected == 0


def test_a_wrong_checksum_costs_one_frame() -> None:
    """The next frame is read; a frame cut off at the end is named."""
    broken = bytearray(mavlink.two(HERE))
    broken[-1] ^= 1
    sightings, stream = taken(mavlink.two(COPTER) + bytes(broken) + mavlink.two(HERE) + mavlink.two(HERE)[:-3])
    assert len(sightings) == 1
    assert stream.report.faults["wrong checksum"] == 1
    assert stream.report.faults["frame cut off"] == 1


def test_a_frame_whose_flags_are_not_known_is_noise() -> None:
    """A receiver must not read it."""
    strange = bytearray(mavlink.two(HERE))
    strange[2] = 0x02
    sightings, stream = taken(mavlink.two(COPTER) + bytes(strange) + mavlink.two(HERE))
    assert len(sightings) == 1
    assert stream.report.faults == {"bytes between frames": 1}


_WHOLE = {"I": st.integers(0, 2**32 - 1), "Q": st.integers(0, 2**64 - 1), "i": st.integers(-(2**31), 2**31 - 1)}


@given(
    st.builds(
        GlobalPosition, _WHOLE["I"], *[_WHOLE["i"]] * 4, *[st.integers(-(2**15), 2**15 - 1)] * 3, st.integers(0, 65_535)
    )
    | st.builds(SystemTime, _WHOLE["Q"], _WHOLE["I"])
    | st.builds(Heartbeat, _WHOLE["I"], *[st.integers(0, 255)] * 5)
)
def test_what_is_written_is_read_again(message: Message) -> None:
    """With zeros at the end or without."""
    number = mavlink.NUMBERS[type(message).__name__]
    payload = messages.written(number, message)
    assert messages.read(number, payload) == message
    assert messages.read(number, payload.rstrip(b"\x00")) == message


@given(st.lists(st.sampled_from([HERE, FIX, VESSEL, PLANE, COPTER]), min_size=1, max_size=8), st.data())
def test_wherever_the_bytes_are_cut_the_frames_are_the_same(sent: list[Message], data: st.DataObject) -> None:
    """Logs and connections, both versions, with messages in between that nobody knows."""
    frames = [mavlink.two(COPTER)]
    for message in sent:
        version = mavlink.two if isinstance(message, AisVessel) or data.draw(st.booleans()) else mavlink.one
        frames += [mavlink.unknown(12_345, data.draw(st.binary(max_size=30))), version(message)]
    if data.draw(st.booleans()):
        frames = [mavlink.logged(frame, NOON + n) for n, frame in enumerate(frames)]
    whole = b"".join(frames)
    sightings, stream = taken(whole)
    assert (stream.report.sentences, stream.report.messages) == (2 * len(sent) + 1, len(sent) + 1)
    assert stream.report.faults == {}
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=8)))
    pieces = MavlinkStream(LIVE)
    found = [s for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True) for s in pieces.feed(whole[a:b])]
    assert [*found, *pieces.end()] == sightings


@given(st.binary(min_size=1, max_size=60))
def test_noise_costs_no_frame_behind_it(noise: bytes) -> None:
    """Whatever stands between, the frames behind it are found, for they can be checked."""
    data = mavlink.two(COPTER) + noise + mavlink.two(COPTER) * 20 + mavlink.two(HERE)
    sightings, _ = taken(data)
    assert len(sightings) == 1


@given(st.binary(max_size=600))
def test_no_bytes_break_it(data: bytes) -> None:
    """Nothing raises, and nothing is left over."""
    _, stream = taken(data)
    before = stream.report.rejected
    stream.drop()
    assert stream.report.rejected == before


def _elsewhere() -> list[Path]:
    return sorted(Path(os.environ.get("COMITY_RECORDINGS", "/nonexistent")).glob("drone/*.tlog"))


@pytest.mark.parametrize("path", [None, *_elsewhere()], ids=str)
def test_a_telemetry_log_is_read_to_its_end(tmp_path: Path, path: Path | None) -> None:
    """Every frame of a log is found and none is noise."""
    if path is None:
        path = tmp_path / "own.tlog"
        frames = [mavlink.two(COPTER), *[mavlink.one(HERE)] * 50]
        path.write_bytes(b"".join(mavlink.logged(frame, NOON + n) for n, frame in enumerate(frames)))
    stream = MavlinkStream(RECORDED)
    count = sum(1 for _ in read_file(path, stream))
    assert count >= 50
    assert stream.report.rejected == 0
    assert set(stream.report.faults) <= {"a position before a heartbeat"}
