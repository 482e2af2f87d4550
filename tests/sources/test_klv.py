"""KLV: a real packet value by value, mappings and their inverses, transport streams, marks, noise."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import klv
from comity.foundation import canonical
from comity.foundation.geodesy import contains
from comity.sources.feed import read_file
from comity.sources.klv.packet import KEY, Packet, read
from comity.sources.klv.scaled import imapb, signed, unsigned
from comity.sources.klv.stream import KlvStream
from comity.sources.origin import Origin
from comity.vocabulary.instant import written
from comity.vocabulary.place import Position
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import SubjectKind

ORIGIN = Origin(source="gull")
NOON = 1_767_268_800_000
VECTOR = Path(__file__).parents[1] / "vectors" / "klv" / "DynamicOnlyMISMMSPacketData.bin"
HERE = klv.place(13, 56.9, 11.7)
PLAIN = klv.packet({**HERE, 4: b"SE-123", 59: b"GULL 1"}, NOON)


def taken(*pieces: bytes) -> tuple[list[Sighting], KlvStream]:
    stream = KlvStream(ORIGIN)
    return [*(s for piece in pieces for s in stream.feed(piece)), *stream.end()], stream


def packet(items: dict[int, bytes]) -> Packet:
    frame = klv.packet(items, NOON)
    return read(frame, len(KEY) + (1 if frame[16] < 128 else 3))


def test_a_real_packet() -> None:
    """Each value is what the standard gives for these bytes (ST 0601, the examples of tags 2, 5 to 7, 13 to 24)."""
    stream = KlvStream(ORIGIN)
    (sighting,) = read_file(VECTOR, stream)
    assert written(sighting.time) == "2009-01-12T22:08:22.000Z"
    assert sighting.position == Position(pytest.approx(60.17682296), pytest.approx(128.42675904))
    assert sighting.heading == pytest.approx(159.9744, abs=1e-4)
    assert (sighting.identity.kind, sighting.accuracy) == (SubjectKind.AIRCRAFT, None)
    whole = read(VECTOR.read_bytes(), 17)
    assert (whole.pitch, whole.roll) == (pytest.approx(-0.4315317), pytest.approx(3.4058657))
    assert (whole.horizontal_view, whole.vertical_view) == (pytest.approx(144.5713), pytest.approx(152.6436, abs=1e-4))
    assert whole.slant_range == pytest.approx(68590.98, abs=0.01)
    assert whole.altitude == pytest.approx(14190.72, abs=0.01)
    assert whole.centre == Position(pytest.approx(-10.5423886), pytest.approx(29.1578901))
    assert stream.report.faults == {}


_LOW = st.integers(-10_000_000, 10_000_000).map(
    lambda number: number / 1_000
)  # none so near zero that it is lost there


@given(st.integers(1, 6), _LOW, st.floats(1, 1e5), st.floats(0, 1))
def test_every_mapping_has_an_inverse(width: int, low: float, span: float, part: float) -> None:
    """What is written comes back within a step of the mapping."""
    high = low + span
    value = min(low + part * span, high)
    step = span / (1 << 8 * width - 2)
    assert unsigned(klv.unsigned(value, low, high, width), low, high) == pytest.approx(value, abs=step + 1e-7)
    assert signed(klv.signed(value, 2e5, width), 2e5) == pytest.approx(value, abs=2e5 / (1 << 8 * width - 2) + 1e-7)
    back = imapb(klv.imapb(value, low, high, width), low, high)
    assert back == pytest.approx(value, abs=4 * step + 1e-7)


def test_what_is_not_known_is_none() -> None:
    """The smallest signed number, and the special values of ST 1201, stand for no value."""
    assert signed(b"\x80\x00", 20.0) is None
    assert imapb(b"\xc8\x00", 0.0, 360.0) is None
    assert packet({13: b"\x80\x00\x00\x00", 14: bytes(4)}).sensor is None
    sightings, stream = taken(klv.packet({5: b"\x00\x00"}, NOON))
    assert (sightings, stream.report.messages) == ([], 1)


@given(st.floats(-90, 90), st.floats(-180, 180), st.floats(-300, 300), st.floats(-300, 300))
def test_a_packet_is_read_as_written(latitude: float, longitude: float, north: float, east: float) -> None:
    """Positions to a tenth of a microdegree, speed and course from the velocity north and east."""
    items = {**klv.place(13, latitude, longitude), 79: klv.signed(north, 327.0, 2), 80: klv.signed(east, 327.0, 2)}
    (sighting,), _ = taken(klv.packet(items, NOON))
    assert sighting.position == Position(pytest.approx(latitude, abs=1e-7), pytest.approx(longitude, abs=1e-7))
    assert sighting.speed == pytest.approx((north**2 + east**2) ** 0.5, abs=0.02)
    assert sighting.course is not None
    assert 0 <= sighting.course < 360


def test_speed_and_course_may_stand_by_themselves() -> None:
    """Ground speed in tag 56, course as IMAPB in tag 112; 360 is 0."""
    one = packet({56: b"\x15", 112: klv.imapb(90.0, 0.0, 360.0, 2)})
    assert (one.speed, one.course) == (21.0, pytest.approx(90.0, abs=0.02))
    assert packet({5: b"\xff\xff"}).heading == 0.0


@pytest.mark.parametrize("form", ["in full", "as offsets"])
def test_the_sighting_carries_the_footprint(form: str) -> None:
    """Four corners, in full or as offsets from the centre, joined to a ring; the last stands beside the feed too."""
    corners = [(57.01, 11.99), (57.01, 12.01), (56.99, 12.01), (56.99, 11.99)]
    items = {**HERE, **klv.place(23, 57.0, 12.0)}
    for number, (latitude, longitude) in enumerate(corners):
        if form == "in full":
            items |= klv.place(82 + 2 * number, latitude, longitude)
        else:
            items[26 + 2 * number] = klv.signed(latitude - 57.0, 0.075, 2)
            items[27 + 2 * number] = klv.signed(longitude - 12.0, 0.075, 2)
    (sighting,), stream = taken(klv.packet(items, NOON))
    assert sighting.footprint is not None
    assert sighting.footprint == stream.footprint
    assert sighting.footprint.centre == Position(pytest.approx(57.0, abs=1e-6), pytest.approx(12.0, abs=1e-6))
    area = sighting.footprint.area("camera", sighting.source)
    assert area is not None
    ((ring,),) = area.polygons
    assert contains(area, Position(57.0, 12.0))
    assert not contains(area, Position(57.02, 12.0))
    assert ring[0] == ring[4]
    for place, (latitude, longitude) in zip(ring, corners, strict=False):
        assert place == Position(pytest.approx(latitude, abs=1e-5), pytest.approx(longitude, abs=1e-5))


def test_the_middle_of_the_image_is_told_where_corners_are_not() -> None:
    """One corner of four is none; a packet without a place of its sensor has its footprint beside the feed only."""
    middle = klv.place(23, 57.0, 12.0)
    (sighting,), stream = taken(klv.packet({**HERE, **middle, **klv.place(82, 57.1, 12.1)}, NOON))
    assert sighting.footprint is not None
    assert (sighting.footprint.corners, sighting.footprint.area("camera")) == ((), None)
    assert sighting.footprint.centre is not None
    none, stream = taken(klv.packet(middle, NOON))
    assert none == []
    assert stream.footprint == sighting.footprint
    (plain,), stream = taken(klv.packet(HERE, NOON))
    assert plain.footprint is None is stream.footprint
    assert canonical.read(canonical.written(sighting), Sighting) == sighting
    assert b"footprint" not in canonical.written(plain), "what was kept before has the bytes that it had"


def test_of_a_footprint_across_the_antimeridian_no_area_is_made() -> None:
    """An area is cut there, and a wrong one would be worse than none."""
    items = dict(HERE)
    for number, longitude in enumerate((179.9, -179.9, -179.9, 179.9)):
        items |= klv.place(82 + 2 * number, 57.0, longitude)
    (sighting,), _ = taken(klv.packet(items, NOON))
    assert sighting.footprint is not None
    assert len(sighting.footprint.corners) == 4
    assert sighting.footprint.area("camera") is None


@pytest.mark.parametrize(("level", "kept"), [(1, 1), (2, 0), (5, 0), (9, 0)])
def test_what_is_marked_is_refused(level: int, kept: int) -> None:
    """A sighting cannot carry a mark: only UNCLASSIFIED goes in, and nothing else is kept as an example."""
    sightings, stream = taken(klv.packet({**HERE, 48: bytes([1, 1, level])}, NOON))
    assert len(sightings) == kept
    assert all(fault.startswith("marked ") for fault in stream.report.faults)
    assert stream.report.rejected == 1 - kept
    assert all(":" not in example for example in stream.report.examples.values())


@pytest.mark.parametrize(
    ("bad", "fault"),
    [
        (PLAIN[:-1] + bytes([PLAIN[-1] ^ 1]), "wrong checksum"),
        (KEY + b"\x0c\x02\x08" + bytes(8) + b"\x03\x00", "no checksum"),
        (KEY + b"\x03\x02\x08\x00", "not a local set"),
        (KEY + b"\x03\xff\xff\xff", "not a local set"),
        (KEY + b"\x83\xff\xff\xff", "packet too long"),
        (klv.packet(HERE, 300_000_000_000_000), "not a time"),
        (PLAIN[:-20], "packet cut off"),
    ],
)
def test_what_is_no_packet_is_refused_by_name(bad: bytes, fault: str) -> None:
    """One rejection, and the next packet is taken."""
    stream = KlvStream(ORIGIN)
    assert [*stream.feed(bad), *stream.end()] == []
    assert (stream.report.faults.get(fault), stream.report.rejected) == (1, 1)
    assert len(list(stream.feed(PLAIN))) == 1


@given(st.integers(1, 6), st.sampled_from([None, 0xBD, 0xFC]), st.data())
def test_wherever_the_bytes_are_cut_the_packets_are_the_same(
    count: int, stream_id: int | None, data: st.DataObject
) -> None:
    """By themselves or in a transport stream beside others, in one piece or in many."""
    packets = [klv.packet({**HERE, 10: b"x" * (70 * n), 59: b"GULL"}, NOON + n) for n in range(count)]
    whole = b"".join(p if stream_id is None else klv.transport(p, stream_id=stream_id) for p in packets)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=8)))
    sightings, stream = taken(*(whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True)))
    assert [s.time for s in sightings] == [NOON + n for n in range(count)]
    assert stream.report.summary().faults == {}


def test_datagrams_may_cut_a_packet() -> None:
    """A transport stream in datagrams of seven packets, as cameras send it."""
    whole = b"".join(klv.transport(klv.packet({**HERE, 10: b"x" * 900}, NOON + n)) for n in range(5))
    stream = KlvStream(ORIGIN)
    found = [s for place in range(0, len(whole), 1_316) for s in stream.datagram(whole[place : place + 1_316])]
    assert len(found) == 5


@given(st.binary(max_size=100), st.binary(max_size=100))
def test_noise_costs_no_packet(before: bytes, between: bytes) -> None:
    """Whatever stands between packets is counted once a run."""
    stream = KlvStream(ORIGIN)
    data = b"\x00" + before + PLAIN + between + PLAIN
    assert len([*stream.feed(data), *stream.end()]) == 2
    assert stream.report.faults == {"bytes between frames": 1 + bool(between)}


@given(st.data())
def test_no_changed_bytes_break_it(data: st.DataObject) -> None:
    """A real packet and a transport stream with bytes changed: nothing raises, no wrong sum passes."""
    changed = bytearray(data.draw(st.sampled_from([VECTOR.read_bytes() * 2, klv.transport(PLAIN) * 2])))
    for _ in range(data.draw(st.integers(1, 6))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    sightings, _ = taken(bytes(changed))
    assert len(sightings) <= 2
