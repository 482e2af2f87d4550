"""The AIS feed as a whole: counts on real recordings, units, distress, and garbage of every kind."""

from __future__ import annotations

import gzip
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.foundation.canonical import read, written
from comity.sources.ais import Message
from comity.sources.ais_feed import AisReader, in_distress
from comity.sources.feed import open_reader, read_file
from comity.sources.origin import Origin
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import Identity, SubjectKind

TIMED = b"\\s:rORBCOMM104,q:u,c:1418172113,T:2014-12-10 00.41.53*55\\!AIVDM,1,1,,B,13F?Vv700<DJuLEtvep`iToV0<00,0*78"
UNTIMED = b"!AIVDM,1,1,,B,15NBj>PP1gG>1PVKTDTUJOv00<0M,0*09"
ORIGIN = Origin(source="test")


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("decode_encode_messages.txt", (646, 0, 601, 0, 601, 0, 50)),
        ("gatehouse.nmea", (4, 0, 4, 0, 3, 1, 4)),
        ("mixed.txt", (15, 0, 12, 3, 10, 2, 10)),
        ("nmea_data_sample.txt", (898, 0, 778, 120, 778, 0, 167)),
        ("replay_dump.txt", (50, 1, 49, 0, 0, 48, 33)),
        ("stream_example.txt", (4_346, 154, 3_908, 0, 0, 3_487, 1_880)),
        ("tagblock.nmea", (5, 0, 4, 0, 0, 4, 2)),
    ],
)
def test_counts_on_kept_recordings(vectors: Path, name: str, counts: tuple[int, ...]) -> None:
    """Each gives the sentences, own, messages, rejections, untimed, sightings and subjects known to be in it."""
    reader = AisReader(ORIGIN)
    sightings = list(read_file(vectors / name, reader))
    found = reader.report
    assert counts == (
        found.sentences,
        found.own,
        found.messages,
        found.rejected,
        found.untimed,
        len(sightings),
        found.subjects,
    )
    assert len(sightings) == found.sightings


def test_danish_waters(recording: Path) -> None:
    """The recording of Danish waters is taken in whole: nothing is rejected, everything has its time."""
    reader = AisReader(ORIGIN)
    sightings = list(read_file(recording, reader))
    found = reader.report.summary()
    assert (found.sentences, found.messages, found.rejected, found.subjects) == (25_671, 25_602, 0, 1_504)
    assert (found.first, found.last) == ("2013-11-12T12:00:00.011Z", "2013-11-12T12:04:59.979Z")
    assert found.faults == {}
    assert found.untimed == 0
    assert len(sightings) == found.sightings == 24_818


def test_every_sighting_is_of_the_vocabulary(recording: Path) -> None:
    """Written and read again with every limit checked, each comes out the same."""
    for sighting in list(read_file(recording, AisReader(ORIGIN)))[::7]:
        assert read(written(sighting), Sighting) == sighting


def test_units_are_those_of_the_vocabulary() -> None:
    """A real report of 1.2 knots: metres a second, degrees, and the shift that is added is told."""
    sighting = AisReader(Origin(source="test", shift=1_000, simulated=True)).take(TIMED)
    assert sighting is not None
    assert sighting.identity == Identity(kind=SubjectKind.VESSEL, mmsi=224_651_000)
    assert sighting.speed == pytest.approx(1.2 * 1852 / 3600, rel=1e-12)
    assert (sighting.course, sighting.heading) == (224.6, 155.0)
    assert (sighting.time, sighting.original_time) == (1_418_172_114_000, 1_418_172_113_000)
    assert sighting.simulated
    assert not sighting.distress


def test_a_report_read_twice_is_one_sighting_and_a_replay_another() -> None:
    """Ids are drawn from source, shifted time and bytes."""

    def taken(source: str, shift: int) -> str:
        sighting = AisReader(Origin(source=source, shift=shift)).take(TIMED)
        assert sighting is not None
        return sighting.id

    assert taken("a", 0) == taken("a", 0)
    assert len({taken("a", 0), taken("b", 0), taken("a", 1)}) == 3


def test_a_report_without_time_is_a_sighting_only_where_arrivals_are_timed() -> None:
    """A recording guesses no time; a live feed takes the time of arrival."""
    recorded = AisReader(ORIGIN)
    assert recorded.take(UNTIMED) is None
    assert recorded.report.untimed == 1
    live = AisReader(Origin(source="test", arrival=lambda: 1_700_000_000_000)).take(UNTIMED)
    assert live is not None
    assert live.time == 1_700_000_000_000


@pytest.mark.parametrize(
    ("mmsi", "status", "distress"),
    [
        (970_010_119, 14, True),
        (972_010_119, None, True),
        (974_010_119, 0, True),
        (219_000_001, 14, True),
        (970_010_119, 15, False),
        (219_000_001, 0, False),
        (971_010_119, 0, False),
    ],
)
def test_beacons_and_status_14_are_distress(mmsi: int, status: int | None, *, distress: bool) -> None:
    """A beacon calls unless it says that it is tested; status 14 calls whoever sends it."""
    assert in_distress(Message(type=1, mmsi=mmsi, status=status)) is distress


def test_an_aid_to_navigation_is_no_vessel(vectors: Path) -> None:
    """Types 4 and 21 are messages of senders, and no sightings; type 9 is of an aircraft."""
    reader = AisReader(ORIGIN)
    data = (vectors / "stream_example.txt").read_bytes().split(b"\n")
    kinds = {s.identity.kind for line in data if (s := reader.take(line)) is not None}
    assert kinds == {SubjectKind.VESSEL, SubjectKind.AIRCRAFT}
    assert reader.report.messages - reader.report.sightings > 400


def test_the_open_reader_is_the_same(recording: Path) -> None:
    """By its format's name, the feed opens the same reader."""
    first = gzip.decompress(recording.read_bytes()).split(b"\n")[:30]
    by_name, direct = open_reader("ais", ORIGIN), AisReader(ORIGIN)
    assert [by_name.take(line) for line in first] == [direct.take(line) for line in first]


@given(st.data())
def test_mutated_recordings_only_ever_lose(data: st.DataObject) -> None:
    """Bytes changed, dropped or doubled anywhere: nothing raises, and what comes out obeys every limit."""
    lines = [TIMED, UNTIMED, *MULTIPART]
    whole = bytearray(b"\n".join(data.draw(st.lists(st.sampled_from(lines), min_size=1, max_size=12))))
    for _ in range(data.draw(st.integers(0, 8))):
        place = data.draw(st.integers(0, len(whole) - 1))
        whole[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
        whole = whole or bytearray(b"!")
    reader = AisReader(ORIGIN)
    for line in bytes(whole).split(b"\n"):
        sighting = reader.take(line)
        if sighting is not None:
            msgspec.convert(msgspec.to_builtins(sighting), Sighting)
    reader.end()


FIRST_BLOCK = b"\\g:1-2-1604,s:rORBCOMM008,c:1418169601,T:2014-12-10 00.00.01*37\\"
MULTIPART = [
    FIRST_BLOCK + b"!AIVDM,2,1,6,A,53@o0E000001Q0CG37U8u<Tp4q@D00000000000018330400000000000000,0*63",
    b"\\g:2-2-1604,s:rORBCOMM008,c:1418169601,T:2014-12-10 00.00.01*34\\!AIVDM,2,2,6,A,00000000008,2*2A",
]


def test_an_identity_report_says_who_it_is() -> None:
    """A real type 5 in two parts with tag blocks: name, call sign and length, no position, no IMO number."""
    reader = AisReader(ORIGIN)
    taken = [reader.take(line) for line in MULTIPART]
    assert taken[0] is None
    assert taken[1] is not None
    assert taken[1].identity == Identity(
        kind=SubjectKind.VESSEL, mmsi=219_005_012, call_sign="XPD5019", name="ROSINANTE", length=12.0
    )
    assert (taken[1].position, taken[1].time) == (None, 1_418_169_601_000)
