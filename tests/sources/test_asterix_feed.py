"""The ASTERIX feed: records of invented targets, and recordings beside what another decoder made of them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.asterix import block, captured, compound, name, record, time_of_day, turn, wgs
from comity.foundation.geodesy import NAUTICAL_MILE, distance, geodesic
from comity.sources.asterix_feed import AsterixReader
from comity.sources.origin import Origin
from comity.sources.station import Station
from comity.vocabulary.instant import DAY
from comity.vocabulary.place import Position
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import Identity, SubjectKind

MIDNIGHT = 1_700_006_400_000
RADAR = b"\x00\x07"
STATION = Station(position=Position(56.5, 11.5), height=120.0, number=(0, 7))
ORIGIN = Origin(source="test", begin=MIDNIGHT, stations=(STATION,))
PLOT = {
    "010": RADAR,
    "140": time_of_day(3_600.5),
    "020": b"\xa0",
    "040": (40 * 256).to_bytes(2, "big") + turn(90),
    "070": bytes.fromhex("0200"),
    "090": (4 * 340).to_bytes(2, "big"),
    "220": bytes.fromhex("48aabb"),
    "240": name("TST42"),
    "200": (round(0.125 * 16_384)).to_bytes(2, "big") + turn(225),
}
TRACK = {
    "010": RADAR,
    "070": time_of_day(3_600.5),
    "105": wgs(56.25, 11.75, 4, 25),
    "185": (400).to_bytes(2, "big") + (-400).to_bytes(2, "big", signed=True),
    "060": bytes.fromhex("0200"),
    "380": compound({1: bytes.fromhex("48aabb"), 2: name("TST42")}),
    "080": b"\x01\x01\x01\x00",
    "136": (4 * 340).to_bytes(2, "big"),
    "130": (5_600).to_bytes(2, "big"),
    "500": compound({1: bytes.fromhex("00640050"), 6: b"\x01\x01"}),
}
REPORT = {
    "010": RADAR,
    "040": b"\x00",
    "071": time_of_day(3_600.5),
    "131": wgs(56.25, 11.75, 4, 30),
    "080": bytes.fromhex("48aabb"),
    "140": (5_600).to_bytes(2, "big"),
    "090": bytes([0x71, 9 << 1]),
    "145": (4 * 340).to_bytes(2, "big"),
    "160": (round(0.125 * 16_384)).to_bytes(2, "big") + turn(135),
    "170": name("TST42"),
}
WHO = Identity(kind=SubjectKind.AIRCRAFT, icao=0x48AABB, call_sign="TST42")


def taken(data: bytes, origin: Origin = ORIGIN) -> tuple[list[Sighting], AsterixReader]:
    reader = AsterixReader(origin)
    pieces = reader.pieces()
    found = [s for piece in (*pieces.feed(data), *pieces.end()) if (s := reader.take(piece)) is not None]
    pieces.count(reader.report)
    return found, reader


def one(category: int, items: dict[str, bytes], origin: Origin = ORIGIN) -> Sighting:
    (sighting,), reader = taken(block(category, record(category, items)), origin)
    assert reader.report.faults == {}
    return sighting


def test_a_plot() -> None:
    """40 nautical miles east of the radar at flight level 340: on the map a little less, since the range slants."""
    sighting = one(48, PLOT)
    assert (sighting.identity, sighting.time) == (WHO, MIDNIGHT + 3_600_500)
    assert sighting.position is not None
    ground = math.sqrt((40 * NAUTICAL_MILE) ** 2 - (34_000 * 0.3048 - 120) ** 2)
    assert geodesic(STATION.position, sighting.position) == pytest.approx(ground, rel=1.5e-3)
    assert sighting.position.latitude < 56.5 < sighting.position.latitude + 0.01
    assert (sighting.pressure_altitude, sighting.altitude) == (pytest.approx(34_000 * 0.3048), None)
    assert (sighting.speed, sighting.course) == (pytest.approx(450 * NAUTICAL_MILE / 3_600), pytest.approx(225))
    assert (sighting.accuracy, sighting.distress, sighting.simulated) == (None, False, False)


def test_what_a_plot_may_add() -> None:
    """A track's own accuracy goes before the station's; a measured height is a height; flags count."""
    better = Origin(
        source="test",
        begin=MIDNIGHT,
        stations=(Station(position=STATION.position, range_error=70.0, azimuth_error=0.1),),
    )
    assert one(48, PLOT, better).accuracy == pytest.approx(40 * NAUTICAL_MILE * math.radians(0.1))
    tracked = one(48, PLOT | {"210": b"\x02\x04\x00\x00"}, better)
    assert tracked.accuracy == pytest.approx(4 * NAUTICAL_MILE / 128)
    assert one(48, PLOT | {"110": (1_000).to_bytes(2, "big")}).altitude == pytest.approx(25_000 * 0.3048)
    assert one(48, PLOT | {"020": b"\xb0"}).simulated
    garbled = one(48, PLOT | {"090": (0x4000 | 1_360).to_bytes(2, "big"), "070": (0x4000 | 0o7700).to_bytes(2, "big")})
    assert (garbled.pressure_altitude, garbled.distress) == (None, False)


def test_a_plot_in_cartesian_coordinates_only() -> None:
    """Where nothing was measured in polar ones."""
    flat = {key: value for key, value in PLOT.items() if key not in {"040", "090"}}
    eastwards = one(48, flat | {"042": (40 * 128).to_bytes(2, "big") + b"\0\0"})
    assert eastwards.position is not None
    assert geodesic(STATION.position, eastwards.position) == pytest.approx(40 * NAUTICAL_MILE, rel=1.5e-3)


@pytest.mark.parametrize(("code", "distress"), [(0o7700, True), (0o7600, False), (0o7500, False), (0o1000, False)])
def test_distress_by_code(code: int, distress: bool) -> None:  # noqa: FBT001 - what is expected
    """7700 and no other, in every category that carries it."""
    data = code.to_bytes(2, "big")
    assert one(48, PLOT | {"070": data}).distress == distress
    assert one(62, TRACK | {"060": data}).distress == distress
    assert one(21, REPORT | {"070": data}).distress == distress


@pytest.mark.parametrize("state", range(8))
def test_distress_by_state(state: int) -> None:
    """General emergency and downed, as a track's status and as an aircraft's own."""
    assert one(62, TRACK | {"080": b"\x01\x01\x01\x01" + bytes([state << 3])}).distress == (state in {1, 6})
    assert one(21, REPORT | {"200": bytes([state << 2])}).distress == (state in {1, 6})


def test_a_system_track() -> None:
    """Position, velocity and accuracy as they are; heights in their own units."""
    sighting = one(62, TRACK)
    assert (sighting.identity, sighting.time) == (WHO, MIDNIGHT + 3_600_500)
    assert sighting.position == Position(pytest.approx(56.25), pytest.approx(11.75))
    assert (sighting.speed, sighting.course) == (pytest.approx(100 * 2**0.5), pytest.approx(135))
    assert (sighting.accuracy, sighting.altitude) == (50.0, pytest.approx(35_000 * 0.3048))
    assert sighting.pressure_altitude == pytest.approx(34_000 * 0.3048)
    wide = one(62, TRACK | {"500": compound({3: b"\x00\x40\x00\x20"})})
    assert wide.accuracy == pytest.approx(64 * 180 / 2**25 * 111_195, rel=1e-4)
    assert one(62, TRACK | {"080": b"\x01\x80"}).simulated
    told = {key: value for key, value in TRACK.items() if key != "380"} | {"245": b"\x00" + name("TST43")}
    assert one(62, told).identity == Identity(kind=SubjectKind.AIRCRAFT, call_sign="TST43")


def test_an_aircraft_of_a_ground_station() -> None:
    """Of category 021."""
    sighting = one(21, REPORT)
    assert (sighting.identity, sighting.time) == (WHO, MIDNIGHT + 3_600_500)
    assert sighting.position == Position(pytest.approx(56.25), pytest.approx(11.75))
    assert sighting.accuracy == pytest.approx(30 / 2.4477, rel=1e-3)
    assert (sighting.speed, sighting.course) == (pytest.approx(450 * NAUTICAL_MILE / 3_600), pytest.approx(135))
    assert sighting.altitude == pytest.approx(35_000 * 0.3048)
    coarse = {key: value for key, value in REPORT.items() if key != "131"} | {"130": wgs(-56.25, -11.75, 3, 23)}
    found = one(21, coarse).position
    assert found is not None
    assert (found.latitude, found.longitude) == pytest.approx((-56.25, -11.75), abs=3e-5)
    assert one(21, REPORT | {"040": b"\x60"}).identity.icao is None
    assert one(21, REPORT | {"040": b"\x40"}).identity.kind is SubjectKind.VEHICLE
    assert one(21, REPORT | {"040": b"\x01\x20"}).simulated


def test_a_radar_says_where_it_stands() -> None:
    """By its service message, which its plots wait for; the settings go before it."""
    north = {"010": RADAR, "000": b"\x01", "030": time_of_day(3_600), "120": b"\x00\x78" + wgs(56.5, 11.5, 3, 23)}
    plots = block(48, record(48, PLOT)), block(48, record(48, PLOT | {"140": time_of_day(3_604)}))
    origin = Origin(source="test", begin=MIDNIGHT)
    (sighting,), reader = taken(plots[0] + block(34, record(34, north)) + plots[1], origin)
    known = one(48, PLOT).position
    assert sighting.position is not None
    assert known is not None
    assert distance(sighting.position, known) < 3
    assert reader.report.faults == {"a radar that stands nowhere known": 1}
    assert reader.report.messages == 3
    elsewhere = Origin(source="test", begin=MIDNIGHT, stations=(Station(position=Position(40.0, 0.0)),))
    moved = taken(block(34, record(34, north)) + plots[1], elsewhere)[0][0].position
    assert moved is not None
    assert moved.latitude == pytest.approx(40, abs=0.1)


@pytest.mark.parametrize(
    ("category", "items", "why"),
    [
        (48, PLOT | {"020": b"\xa2"}, "a test target or a field monitor"),
        (48, PLOT | {"020": b"\xa1\x80"}, "a test target or a field monitor"),
        (21, REPORT | {"040": b"\x02"}, "a test target or a field monitor"),
        (62, TRACK | {"080": b"\x01\x01\x01\x80"}, "a track that no sensor sees any more"),
        (62, {k: v for k, v in TRACK.items() if k != "105"}, "a track without a position on the ellipsoid"),
        (62, TRACK | {"105": b"\x7f" * 8}, "a position beyond the Earth"),
        (21, REPORT | {"131": b"\x7f" * 8}, "a position beyond the Earth"),
        (48, {k: v for k, v in PLOT.items() if k != "040"}, None),
    ],
)
def test_what_makes_no_sighting(category: int, items: dict[str, bytes], why: str | None) -> None:
    """It is understood, named and no loss."""
    found, reader = taken(block(category, record(category, items)))
    assert (found, reader.report.rejected, reader.report.messages) == ([], 0, 1)
    assert reader.report.faults == ({why: 1} if why else {})


def test_two_lines_of_a_network_are_one() -> None:
    """The same record twice, and one that differs by 1/128 s."""
    again = record(48, PLOT | {"140": time_of_day(3_600.5 + 1 / 128)})
    found, reader = taken(block(48, record(48, PLOT)) * 2 + block(48, again))
    assert len(found) == 2
    assert reader.report.faults == {"a record that came twice": 1}


@given(st.lists(st.integers(1, 60), max_size=20))
def test_a_stream_is_read_however_it_is_cut(cuts: list[int]) -> None:
    """Several records a block, and a category that nobody reads between."""
    stream = block(48, record(48, PLOT), record(48, PLOT | {"140": time_of_day(3_605)})) + block(247, b"\x80\x00")
    stream += block(62, record(62, TRACK)) + block(
        65, record(65, {"010": RADAR, "000": b"\x02", "030": time_of_day(1)})
    )
    reader = AsterixReader(ORIGIN)
    pieces, found = reader.pieces(), []
    for cut in [*cuts, len(stream)]:
        part, stream = stream[:cut], stream[cut:]
        found += [s for piece in pieces.feed(part) if (s := reader.take(piece)) is not None]
    assert list(pieces.end()) == []
    pieces.count(reader.report)
    assert (len(found), reader.report.sentences, reader.report.rejected) == (3, 4, 0)
    assert reader.report.faults == {"category 247 is not decoded": 1}


@pytest.mark.parametrize(
    ("noise", "fault"),
    [
        (b"\x30\x00\x02", "bytes between blocks"),
        (b"\x00" * 40, "bytes between blocks"),
        (block(48, record(48, PLOT) + b"\xff"), "a record that does not end with its block"),
        (block(48, b"\x00"), "a record of no items"),
    ],
)
def test_noise_costs_only_itself(noise: bytes, fault: str) -> None:
    """Between two good blocks."""
    first, last = block(62, record(62, TRACK)), block(62, record(62, TRACK | {"070": time_of_day(3_700)}))
    found, reader = taken(first + noise + last)
    assert [s.time for s in found if s.position == found[0].position] == [MIDNIGHT + 3_600_500, MIDNIGHT + 3_700_000]
    assert reader.report.faults == {fault: 1}


@pytest.mark.parametrize("form", [{}, {"order": ">"}, {"nano": True}, {"tagged": True}])
def test_a_capture_tells_the_day(form: dict[str, object]) -> None:
    """Datagrams of three days, either order of bytes, in micro- or nanoseconds, with and without tags."""
    datagrams = [
        (MIDNIGHT / 1_000 + day * 86_400 + 3_601, block(62, record(62, TRACK | {"010": bytes([0, day])})))
        for day in range(3)
    ]
    found, reader = taken(captured(*datagrams, **form), Origin(source="test"))  # type: ignore[arg-type]
    assert [s.time for s in found] == [MIDNIGHT + day * DAY + 3_600_500 for day in range(3)]
    assert reader.report.faults == {}


def test_what_is_wrong_with_a_capture() -> None:
    """Cut short, and a length that cannot be."""
    good = captured((MIDNIGHT / 1_000, block(62, record(62, TRACK))))
    found, reader = taken(good + good[24:50], Origin(source="test"))
    assert (len(found), reader.report.faults) == (1, {"a capture cut short": 1})
    found, reader = taken(good + b"\xff" * 100, Origin(source="test"))
    assert (len(found), reader.report.faults) == (1, {"a damaged capture": 1})


def test_without_a_day_nothing_is_guessed() -> None:
    """A recording that nobody told the beginning of."""
    found, reader = taken(block(62, record(62, TRACK)), Origin(source="test"))
    assert (found, reader.report.untimed) == ([], 1)


@given(st.binary(max_size=300), st.sampled_from([b"", captured(), block(48, record(48, PLOT))]))
def test_no_bytes_break_it(data: bytes, before: bytes) -> None:
    """As a stream, as a capture, behind a good block, and as a piece."""
    _, reader = taken(before + data)
    reader.take(data)
    assert reader.report.rejected <= sum(reader.report.faults.values())
