"""AIS by the block: what is proven is that it gives what the reader of single lines gives, on all bytes."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from builders.ais_lines import armoured, block, other, sentence, with_type
from comity.sources.ais import Message, NotDecoded, decode
from comity.sources.ais_columns import message
from comity.sources.ais_days import IMPOSSIBLE, instant
from comity.sources.ais_feed import APART, AisReader
from comity.sources.ais_scan import Scan
from comity.sources.ais_stream import AisStream
from comity.sources.nmea import Receiver
from comity.sources.origin import Origin
from comity.sources.report import Report
from comity.sources.stream import Cut, Stream
from comity.vocabulary.sighting import Sighting

NOW = 1_418_172_200_000
ORIGINS = [
    Origin(source="test"),
    Origin(source="live", arrival=lambda: NOW),
    Origin(source="other", shift=-5, simulated=True),
]
REAL = b"13F?Vv700<DJuLEtvep`iToV0<00"
REPORT = sentence(b"AIVDM,1,1,,B,%b,0" % REAL)
FIRST = b"!AIVDM,2,1,3,B,53uM0R01lIn=<<P:2219Dp5HTf28LN3CB:22220N2p:624000:Og:JJI,0*40"
SECOND = b"!AIVDM,2,2,3,B,w`8888888888880,2*33"
BOUND = REPORT[-2:]
LINES = [
    REPORT,
    REPORT + b",r003669946,1325394060",
    REPORT + b",x, 1325394060",
    REPORT + b" ",
    REPORT + b"\r",
    block(b"s:rORBCOMM104,q:u,c:1418172113") + REPORT,
    block(b"c:1418172113123") + REPORT,
    block(b"c:12415440354") + REPORT,
    block(b"c:%d" % (NOW // 1_000 + 86_400)) + REPORT,
    block(b"si:AISD"),
    block(b"c:1418172114"),
    b"\\c:1418172113*00\\" + REPORT,
    other(b"PGHP,1,2014,12,10,0,42,0,11,219,,2190067,1," + BOUND),
    other(b"PGHP,1,2014,12,10,0,42,0,11,219,,2190067,1,00"),
    other(b"PGHP,1,2014,12,10,0,42,0,11,219,,2190067,1,73"),
    other(b"PGHP,1,2014,13,10,0,42,0,11,219,,2190067,1,00"),
    other(b"PGHP,1,2014,12,10,0,42,0,11,219,,2190067,1,"),
    b"$GPGGA,184353.07*6D",
    b"",
    b"# a remark",
    b"garbage",
    FIRST,
    SECOND,
    FIRST + b"\n" + SECOND,
    block(b"g:1-2-7,c:1418172113") + FIRST + b"\n" + block(b"g:2-2-7") + SECOND,
    block(b"1G2:7") + FIRST + b"\n" + block(b"2G2:7,c:1418172113") + SECOND,
    block(b"g:1-2-7") + FIRST + b"\n" + block(b"g:2-2-8") + SECOND,
    sentence(b"AIVDM,3,1,4,A,55NPn`P2AdlIDaKo3?PlTh@DV0lu8DTr2222220O,0"),
    sentence(b"AIVDM,3,2,4,A,0`>444t0Ht40BSmDPiAC,0"),
    sentence(b"AIVDM,3,3,4,A,Sk88888888880,2"),
    sentence(b"BSVDO,1,1,,A,%b,0" % REAL),
    sentence(b"AIVDM,1,1,,A,%b,0" % REAL[:-1]),
    sentence(b"AIVDM,1,1,,B,15N|,0"),
    sentence(b"AIVDM,1,1,,B,15N,2"),
    block(b"c:1418172113") + sentence(b"AIVDM,1,1,,A,402=481uaUcf;OQ55JS9ITi025Jp,0"),
    block(b"c:1418172113") + sentence(b"AIVDM,1,1,,A,95M2oQ@41Tr4L4H@eRvQ;2h20000,0"),
    block(b"c:1418172113") + sentence(b"AIVDM,1,1,,A,;4R33:1uUK2F`q?mOt@@GoQ00000,0"),
]
"""Lines in order and out of it, some of which belong together."""


def read(stream: Stream, pieces: list[bytes]) -> tuple[list[Sighting], dict[str, object]]:
    """Return the sightings, and everything that the report holds."""
    found = [sighting for piece in pieces for sighting in stream.feed(piece)]
    found += stream.end()
    return found, vars(stream.report)


def by_line(origin: Origin) -> Stream:
    return Cut(AisReader(origin))


def by_block(origin: Origin) -> Stream:
    return AisStream(origin, few=0)


def cut(data: bytes, size: int) -> list[bytes]:
    return [data[place : place + size] for place in range(0, len(data), size)]


def same(data: bytes, size: int = 65_536, origin: Origin = ORIGINS[0]) -> list[Sighting]:
    """Assert that both readers find the same, and return it."""
    pieces = cut(data, size)
    slow, fast = read(by_line(origin), pieces), read(by_block(origin), pieces)
    assert fast == slow
    return fast[0]


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("decode_encode_messages.txt", 700), ("gatehouse.nmea", 50), ("mixed.txt", 80), ("nmea_data_sample.txt", 3_000),
        ("replay_dump.txt", 1_000), ("sample.ais", 60), ("small_cb_example.txt", 100), ("stream_example.txt", 65_536),
        ("tagblock.nmea", 200), ("test.aivdm", 500), ("timestamped.ais", 100), ("typeexamples.nmea", 65_536),
        ("new-york-2020.csv", 65_536),
    ],
)  # fmt: skip
def test_recordings_give_the_same_by_block_as_by_line(vectors: Path, name: str, size: int) -> None:
    """Each recording, cut anywhere: sightings in order, counts, faults and their examples; live, all have a time."""
    data = (vectors / name).read_bytes()
    same(data, size)
    assert same(data, size, Origin(source="live", arrival=lambda: NOW)) or name.endswith(".csv")


def test_danish_waters_give_the_same_by_block_as_by_line(recording: Path) -> None:
    """A fifth of the recording; the whole of it is compared message by message by the benchmark."""
    data = gzip.decompress(recording.read_bytes())
    assert len(same(data[: len(data) // 5])) > 4_000


@settings(deadline=None, max_examples=150)
@given(
    st.lists(st.sampled_from(LINES), min_size=1, max_size=14),
    st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 2), st.binary(max_size=2)), max_size=3),
    st.integers(1, 400),
    st.sampled_from(ORIGINS),
)
def test_changed_lines_give_the_same(
    lines: list[bytes], changes: list[tuple[int, int, bytes]], size: int, origin: Origin
) -> None:
    """Lines in any order, a few bytes changed, taken away or put in, cut anywhere."""
    data = bytearray(b"\n".join(lines) + b"\n")
    for place, length, put in changes:
        start = place % len(data)
        data[start : start + length] = put
        data = data or bytearray(b"\n")
    same(bytes(data), size, origin)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.one_of(st.binary(max_size=40), st.sampled_from([b"\n", b"!AIVDM,", b"\\g:1-", b"$PGHP,1,", REPORT])))
)
def test_arbitrary_bytes_give_the_same(parts: list[bytes]) -> None:
    """Nothing raises, and both find the same."""
    same(b"".join(parts), 64)


def test_a_line_too_long_is_passed_over_by_both() -> None:
    """Within a block, across blocks, and at the end."""
    long = b"x" * 20_000
    same(b"\n".join([REPORT, long, REPORT, long, b""]), 65_536)
    same(b"\n".join([REPORT, long, REPORT, long]), 7_000)


def scanned(characters: bytes, fill: int) -> Message | None:
    """Return what the columns hold of one payload."""
    receiver = Receiver(Report())
    scan = Scan(receiver, Report(), apart=APART)
    line = sentence(b"AIVDM,1,1,,A,%b,%d" % (characters, fill)) + b"\n"
    scan.read(np.frombuffer(line, np.uint8), 0, 2**62)
    return message(scan.columns, 0) if scan.rows else None


def decoded(characters: bytes, fill: int) -> Message | None:
    try:
        return decode(characters, fill)
    except NotDecoded:
        return None


LENGTHS = {5: (422, 424, 426), 19: (312,), 21: (272, 278, 300, 360), 24: (160, 162, 168), 27: (96, 168), 8: (40, 500)}


@settings(deadline=None, max_examples=250)
@given(st.sampled_from([1, 2, 3, 4, 5, 8, 9, 11, 18, 19, 21, 24, 27]), st.data())
def test_every_field_is_what_the_decoder_says(kind: int, data: st.DataObject) -> None:
    """Payloads of each type of any bits, and such as are a bit too short or too long."""
    bits = data.draw(st.sampled_from(LENGTHS.get(kind, (168,)))) + data.draw(st.sampled_from([0, 0, 0, 0, -2, 6]))
    value = data.draw(st.integers(0, (1 << bits) - 1))
    mmsi = data.draw(st.sampled_from([219_000_001, 982_190_001, 2_190_045, 999_999_999, 1_000_000_000]))
    characters, fill = armoured(with_type(value, max(bits, 38), kind, mmsi), bits)
    assert scanned(characters, fill) == decoded(characters, fill)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.sampled_from([0, 32, 32, 1, 19, 54]), min_size=20, max_size=20),
    st.lists(st.sampled_from([0, 32, 2]), min_size=14, max_size=14),
)
@example([32] * 20, [32] * 14)
def test_texts_end_where_the_decoder_ends_them(name: list[int], rest: list[int]) -> None:
    """Spaces before, between and behind, end marks anywhere: an aid's name and what goes on behind its fields."""
    value = 21 << 354 | 992_191_501 << 322
    for place, code in enumerate(name):
        value |= code << (360 - 43 - 6 - 6 * place)
    for place, code in enumerate(rest):
        value |= code << (360 - 272 - 6 - 6 * place)
    characters, fill = armoured(value, 360)
    assert scanned(characters, fill) == decoded(characters, fill)


@settings(deadline=None, max_examples=80)
@given(
    st.integers(1_999, 2_101),
    st.integers(0, 15),
    st.integers(0, 31),
    st.integers(0, 31),
    st.integers(0, 63),
    st.integers(0, 63),
)
@example(2_000, 2, 29, 0, 0, 0)
@example(2_001, 2, 29, 0, 0, 0)
@example(2_099, 12, 31, 23, 59, 59)
def test_a_station_says_the_same_time(year: int, month: int, day: int, hour: int, minute: int, second: int) -> None:
    """Every day of the century, and none that there is not."""
    value = (
        4 << 162
        | 2_190_045 << 130
        | year << 116
        | month << 112
        | day << 107
        | hour << 102
        | minute << 96
        | second << 90
    )
    characters, fill = armoured(value, 168)
    found, expected = scanned(characters, fill), decoded(characters, fill)
    assert found is not None
    assert found == expected
    assert (found.utc is None) == (instant(year, month, day, hour, minute, second, 0) == IMPOSSIBLE)
