"""AIS that is wrong, on purpose or by accident: what of it is believed, what it is called; memory stays bounded.

Each is tried line by line and by the block.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from builders.ais_lines import armoured, block, fleet, sentence
from comity.sources.ais_feed import AHEAD, AisReader
from comity.sources.ais_sightings import MOST_KEPT
from comity.sources.ais_stream import AisStream
from comity.sources.nmea import MOST_UNFINISHED
from comity.sources.origin import Origin
from comity.sources.report import MOST_SUBJECTS
from comity.sources.stream import Cut, Stream
from comity.vocabulary.instant import HOUR, MINUTE, SECOND
from comity.vocabulary.place import Position
from comity.vocabulary.sighting import Sighting

NOW = 1_700_000_000_000
RECORDED = Origin(source="test")
LIVE = Origin(source="test", arrival=lambda: NOW)
FIRST = b"!AIVDM,2,1,3,B,53uM0R01lIn=<<P:2219Dp5HTf28LN3CB:22220N2p:624000:Og:JJI,0*40"
SECOND_PART = b"!AIVDM,2,2,3,B,w`8888888888880,2*33"

Opener = Callable[[Origin], Stream]
WAYS: list[Opener] = [lambda origin: Cut(AisReader(origin)), lambda origin: AisStream(origin, few=0)]
both = pytest.mark.parametrize("opened", WAYS, ids=["by line", "by block"])


def position(mmsi: int, latitude: float, longitude: float, status: int = 0) -> bytes:
    """Return a class A report as a sentence."""
    value = 1 << 162 | mmsi << 130 | status << 126 | 1_023 << 108
    value |= (round(longitude * 600_000) & (1 << 28) - 1) << 79 | (round(latitude * 600_000) & (1 << 27) - 1) << 52
    characters, fill = armoured(value, 168)
    return sentence(b"AIVDM,1,1,,A,%b,%d" % (characters, fill))


def station(hours: int) -> bytes:
    """Return a base station's report whose clock shows that many hours more than 2023-11-14T22:13:20Z."""
    value = 4 << 162 | 2_190_045 << 130 | 2_023 << 116 | 11 << 112 | (14 << 107)
    value |= (22 + hours) << 102 | 13 << 96 | 20 << 90 | 181 * 600_000 << 61 | 91 * 600_000 << 34
    characters, fill = armoured(value, 168)
    return sentence(b"AIVDM,1,1,,A,%b,%d" % (characters, fill))


def at(time: int, line: bytes) -> bytes:
    return block(b"c:%d" % (time // SECOND)) + line


def taken(stream: Stream, *lines: bytes) -> list[Sighting]:
    return [sighting for line in lines for sighting in stream.feed(line + b"\n")]


@both
def test_wrong_checksums_are_counted_and_nothing_else(opened: Opener) -> None:
    """Each of a thousand, and the right one among them is taken."""
    stream, right = opened(RECORDED), at(NOW, position(219_000_001, 55, 11))
    found = taken(stream, *[right[:-2] + b"00"] * 500, right, *[right[:-2] + b"FF"] * 500)
    assert len(found) == 1
    assert stream.report.faults == {"wrong checksum": 1_000}


@both
@pytest.mark.parametrize(("latitude", "longitude"), [(91, 181), (90.5, 11), (55, 180.1), (-100, -200)])
def test_an_impossible_position_is_none(opened: Opener, latitude: float, longitude: float) -> None:
    """The sender was heard all the same, and where half of a position is impossible the other is not believed."""
    (found,) = taken(opened(RECORDED), at(NOW, position(219_000_001, latitude, longitude)))
    assert (found.position, found.accuracy, found.identity.mmsi) == (None, None, 219_000_001)


@both
def test_the_edges_of_the_earth_are_positions(opened: Opener) -> None:
    """Poles and antimeridian."""
    found = taken(opened(RECORDED), *(at(NOW, position(1, *place)) for place in ((90, 180), (-90, -180), (0, 0))))
    assert [sighting.position for sighting in found] == [Position(90, 180), Position(-90, -180), Position(0, 0)]


@both
def test_a_time_in_the_future_is_not_believed_of_a_live_receiver(opened: Opener) -> None:
    """It would be the picture's time, and every other vessel silent since; the time of arrival is taken, and named."""
    stream, report = opened(LIVE), position(219_000_001, 55, 11)
    told = [NOW + 2 * HOUR, NOW + AHEAD, NOW + AHEAD + SECOND, NOW - 5 * HOUR, NOW + 30 * 365 * 24 * HOUR]
    found = taken(stream, *(at(time, report) for time in told))
    assert [sighting.time for sighting in found] == [NOW, NOW + AHEAD, NOW, NOW - 5 * HOUR, NOW]
    assert stream.report.faults == {"time in the future": 3}


@both
def test_a_recording_has_no_now(opened: Opener) -> None:
    """What it tells is taken as told: there is nothing to hold it against."""
    stream = opened(RECORDED)
    found = taken(stream, at(NOW + 20 * HOUR, position(219_000_001, 55, 11)))
    assert [sighting.time for sighting in found] == [NOW + 20 * HOUR]
    assert stream.report.faults == {}


@both
def test_a_receivers_clock_is_held_against_base_stations(opened: Opener) -> None:
    """Hours apart are named, each time; which of the two is wrong is not known, so nothing is changed."""
    stream = opened(RECORDED)
    taken(stream, at(NOW, station(0)), at(NOW, station(1)), at(NOW + MINUTE, station(0)), at(NOW + 61_000, station(0)))
    assert stream.report.faults == {"time far from a base station's": 2}
    assert (stream.report.messages, stream.report.rejected) == (4, 0)


@both
def test_a_stream_twice_and_in_another_order_is_the_same_sightings(opened: Opener) -> None:
    """Two receivers that pass on one report with one time give one id; order does not matter to ids."""
    lines = [at(NOW + number * SECOND, position(219_000_001 + number, 55, 11)) for number in range(50)]
    first = {sighting.id: sighting for sighting in taken(opened(RECORDED), *lines)}
    again = taken(opened(RECORDED), *lines[::-1], *lines[::2], *lines)
    assert len(again) == 125
    assert len(first) == 50
    assert all(first[sighting.id] == sighting for sighting in again)


@both
def test_a_source_that_stops_and_resumes_joins_nothing_across_the_gap(opened: Opener) -> None:
    """Half a line, half a message and a time that waits are not put to what comes afterwards."""
    stream, report = opened(RECORDED), position(219_000_001, 55, 11)
    lost = [*stream.feed(FIRST + b"\n" + block(b"c:1700000000") + b"\n" + report[:20])]
    stream.drop()
    if isinstance(stream, Cut):  # which knows no more than lines
        [*stream.end()]
    found = taken(stream, report, SECOND_PART, at(NOW, report))
    assert lost == []
    assert [sighting.time for sighting in found] == [NOW]
    assert stream.report.untimed == 1
    assert stream.report.faults == {"line cut off": 1, "unfinished multipart message": 1}


@both
def test_a_flood_of_first_parts_keeps_few(opened: Opener) -> None:
    """However many messages are begun and not finished, only so many are waited for, and a whole one gets through."""
    stream = opened(RECORDED)
    part = sentence(b"AIVDM,2,1,7,A,55NPn,0") + b"\n"
    for _ in stream.feed(b"".join(block(b"g:1-2-%d" % number) + part for number in range(3_000))):
        pass
    assert stream.report.faults["unfinished multipart message"] >= 3_000 - MOST_UNFINISHED
    assert len(taken(stream, at(NOW, FIRST), SECOND_PART)) == 1


def test_a_million_false_identities_stay_within_bounds() -> None:
    """Only so many identities are kept to be used again, and only so many subjects told apart."""
    stream = AisStream(RECORDED)
    first = {sighting.identity.mmsi for sighting in stream.feed(fleet(200_000_000, 100_000))}
    assert len(first) == 100_000
    for begin in range(200_100_000, 201_100_000, 100_000):
        for _ in stream.feed(fleet(begin, 100_000, timed=False)):
            pass
    assert len(stream._blocks()._sightings._kept) <= MOST_KEPT
    assert stream.report.subjects == MOST_SUBJECTS
    assert (stream.report.messages, stream.report.untimed, stream.report.faults) == (1_100_000, 1_000_000, {})
