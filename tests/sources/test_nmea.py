"""Sentences: framing, checksums, times, and parts put together."""

from __future__ import annotations

import functools
import operator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.sources.checksum import checksum
from comity.sources.nmea import LONGEST_WAIT, MOST_UNFINISHED, Payload, Receiver
from comity.sources.report import Report

ONE = b"!AIVDM,1,1,,B,15NBj>PP1gG>1PVKTDTUJOv00<0M,0*09"
FIRST = b"!AIVDM,2,1,3,B,53uM0R01lIn=<<P:2219Dp5HTf28LN3CB:22220N2p:624000:Og:JJI,0*40"
SECOND = b"!AIVDM,2,2,3,B,w`8888888888880,2*33"


def sentence(body: bytes) -> bytes:
    return b"!%s*%02X" % (body, checksum(body))


def block(fields: bytes) -> bytes:
    return b"\\%s*%02X\\" % (fields, checksum(fields))


def time_line(fields: bytes) -> bytes:
    return b"$%s*%02X" % (fields, checksum(fields))


def received(*lines: bytes) -> tuple[list[Payload], Report]:
    report = Report()
    receiver = Receiver(report)
    payloads = [payload for line in lines if (payload := receiver.take(line)) is not None]
    receiver.end()
    return payloads, report


@given(st.binary(max_size=300))
def test_checksum_is_the_exclusive_or_of_all_bytes(body: bytes) -> None:
    """Folding one large number gives what going byte by byte gives."""
    assert checksum(body) == functools.reduce(operator.xor, body, 0)


def test_a_single_sentence_is_a_message() -> None:
    """Payload and fill bits come out, and no time is made up."""
    payloads, report = received(ONE)
    assert payloads == [Payload(b"15NBj>PP1gG>1PVKTDTUJOv00<0M", 0, None, own=False)]
    assert (report.sentences, report.own, report.rejected) == (1, 0, 0)


@pytest.mark.parametrize("order", [(FIRST, SECOND), (SECOND, FIRST)])
def test_parts_are_put_together_in_their_order(order: tuple[bytes, ...]) -> None:
    """Whichever part comes first, the payload is the first part's followed by the second's."""
    payloads, report = received(*order)
    assert [p.characters for p in payloads] == [
        b"53uM0R01lIn=<<P:2219Dp5HTf28LN3CB:22220N2p:624000:Og:JJI" + b"w`8888888888880"
    ]
    assert payloads[0].fill == 2
    assert report.rejected == 0


def test_interleaved_messages_do_not_mix() -> None:
    """Two messages on two channels under one sequence number are told apart, and so are two tag-block groups."""
    parts = [
        sentence(b"AIVDM,2,1,3,A,AAAA,0"),
        sentence(b"AIVDM,2,1,3,B,CCCC,0"),
        block(b"g:1-2-7") + sentence(b"AIVDM,2,1,3,B,EEEE,0"),
        sentence(b"AIVDM,2,2,3,A,BBBB,0"),
        block(b"g:2-2-7") + sentence(b"AIVDM,2,2,3,B,FFFF,0"),
        sentence(b"AIVDM,2,2,3,B,DDDD,0"),
    ]
    payloads, report = received(*parts)
    assert [p.characters for p in payloads] == [b"AAAABBBB", b"EEEEFFFF", b"CCCCDDDD"]
    assert report.rejected == 0


def test_a_part_that_comes_again_begins_a_new_message() -> None:
    """The unfinished one is given up by name; nothing of it enters the new one."""
    payloads, report = received(sentence(b"AIVDM,2,1,3,A,OOOO,0"), FIRST.replace(b",B,", b",A,"), FIRST, FIRST, SECOND)
    assert len(payloads) == 1
    assert report.faults["unfinished multipart message"] == 2
    assert report.faults["wrong checksum"] == 1


def test_unfinished_messages_are_bounded_in_number_and_age() -> None:
    """However many first parts come, only so many wait; and none waits longer than so many lines."""
    many = [sentence(b"AIVDM,2,1,,,A,0").replace(b"*", b"*") for _ in range(1)]
    many += [block(b"g:1-2-%d" % n) + sentence(b"AIVDM,2,1,%d,A,A,0" % (n % 10)) for n in range(5 * MOST_UNFINISHED)]
    report = Report()
    receiver = Receiver(report)
    for line in many:
        receiver.take(line)
        assert len(receiver._unfinished) <= MOST_UNFINISHED
    for _ in range(LONGEST_WAIT):
        receiver.take(b"")
    receiver.take(FIRST)
    assert len(receiver._unfinished) == 1
    receiver.end()
    assert report.faults["unfinished multipart message"] == len(many) + 1


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (ONE[:-2] + b"0A", "wrong checksum"),
        (ONE[:-3], "malformed sentence"),
        (ONE.replace(b"15NB", b"15\xff\x00"), "malformed sentence"),
        (sentence(b"AIVDM,1,1,,B,15N|,0"), "malformed sentence"),
        (sentence(b"AIVDM,1,1,,B,15N,6"), "malformed sentence"),
        (sentence(b"AIVDM,1,2,,B,15N,0"), "part beyond its total"),
        (b"!AIVDM,1,1,,B,,0*25", "empty payload"),
        (sentence(b"AIVDM,2,1,1,B,15N,2"), "fill bits before the last part"),
        (b"!AIXDR,1", "not an AIS sentence"),
        (b"foobar", "not a sentence"),
    ],
)
def test_what_is_wrong_is_refused_by_name(line: bytes, fault: str) -> None:
    """One line, one rejection, under its name, with an example that says where."""
    payloads, report = received(line)
    assert payloads == []
    assert report.faults == {fault: 1}
    assert report.rejected == 1
    assert report.examples[fault].startswith("line 1")


@pytest.mark.parametrize("line", [b"", b"   ", b"# a remark!", b"$GPGGA,184353.07*6D", b"\r"])
def test_what_is_no_traffic_is_passed_over(line: bytes) -> None:
    """Remarks, other sentences and empty lines are neither sentences nor faults."""
    payloads, report = received(line)
    assert (payloads, report.sentences, report.rejected, report.faults) == ([], 0, 0, {})


@pytest.mark.parametrize(
    ("lines", "time"),
    [
        ([block(b"s:x,c:1418172113") + ONE], 1_418_172_113_000),
        ([block(b"c:1418172113123") + ONE], 1_418_172_113_123),
        ([block(b"c:1418172113"), ONE], 1_418_172_113_000),
        ([block(b"1G2:0125,c:1354719387") + ONE], 1_354_719_387_000),
        ([ONE + b",1325394060"], 1_325_394_060_000),
        ([ONE + b",d-109,S2105,t050056.00,T56.13718694,r003669946,1325394060,1325394001"], 1_325_394_060_000),
        ([ONE + b",1daasd4218,,1357134222"], 1_357_134_222_000),
        ([time_line(b"PGHP,1,2013,11,12,12,0,0,11,219,,2190067,1,09"), ONE], 1_384_257_600_011),
        ([time_line(b"PGHP,1,2013,11,12,12,0,0,11,219,,2190067,1,00"), ONE], 1_384_257_600_011),
        ([block(b"si:AISD"), time_line(b"PGHP,1,2013,11,12,12,0,0,11,219,,2190067,1,09"), ONE], 1_384_257_600_011),
        ([time_line(b"PGHP,1,2013,11,12,12,0,0,11,,,,1,09"), block(b"c:1418172113") + ONE], 1_418_172_113_000),
        ([block(b"c:12415440354") + ONE], None),
        ([block(b"c:99999999999999999") + ONE], None),
        ([block(b"c:abc") + ONE], None),
        ([b"\\c:1418172113*00\\" + ONE], None),
        ([time_line(b"PGHP,1,2013,11,12,12,0,0,11,219,,2190067,1,62"), ONE], None),
        ([time_line(b"PGHP,1,2013,13,12,12,0,0,11,219,,2190067,1,09"), ONE], None),
        ([time_line(b"PGHP,1,2013,11,12,24,0,0,11,219,,2190067,1,09"), ONE], None),
        ([time_line(b"PGHP,1,2013,11,12,12,0,0,11,219,,2190067,1,09")[:-1] + b"Z", ONE], None),
        ([time_line(b"PGHP,1,2013,11,12,12,0,0,11,219,,2190067,1,09"), b"$PSTT,1*11", ONE], None),
        ([ONE + b",99"], None),
    ],
)
def test_the_time_is_what_the_receiver_says_or_none(lines: list[bytes], time: int | None) -> None:
    """Every place where receivers put it is read; whatever is doubtful is none."""
    payloads, report = received(*lines)
    assert [payload.time for payload in payloads] == [time]
    assert report.rejected == 0


def test_a_time_line_holds_for_one_message() -> None:
    """The message after the next has no time, rather than an old one."""
    payloads, _ = received(time_line(b"PGHP,1,2013,11,12,12,0,0,11,219,,2190067,1,09"), ONE, ONE)
    assert [payload.time for payload in payloads] == [1_384_257_600_011, None]


def test_a_time_line_is_bound_to_all_parts_of_its_message() -> None:
    """Its last field is the exclusive or of the parts' checksums: 40 and 33 make 73."""
    line = time_line(b"PGHP,1,2010,6,11,11,46,15,496,261,0,,1,73")
    assert received(line, FIRST, SECOND)[0][0].time == 1_276_256_775_496
    other = time_line(b"PGHP,1,2010,6,11,11,46,15,496,261,0,,1,74")
    payloads, report = received(other, FIRST, SECOND)
    assert payloads[0].time is None
    assert report.faults == {"time line of another sentence": 1}


def test_own_reports_are_counted_apart() -> None:
    """A VDO sentence gives its payload as a VDM does, but is no received traffic."""
    payloads, report = received(sentence(b"AIVDO,1,1,,A,15NBj>PP1gG>1PVKTDTUJOv00<0M,0"))
    assert payloads[0].own
    assert (report.sentences, report.own) == (0, 1)


@given(st.lists(st.one_of(st.binary(max_size=120), st.sampled_from([ONE, FIRST, SECOND])), max_size=30))
def test_no_bytes_break_it(lines: list[bytes]) -> None:
    """Whatever comes, nothing raises, and every sentence is a message, a part or a rejection."""
    payloads, report = received(*lines)
    assert len(payloads) <= report.sentences + report.own


@given(st.sampled_from([ONE, FIRST, block(b"g:1-2-7,c:1418172113") + ONE]), st.integers(0, 200), st.integers(1, 255))
def test_one_changed_byte_never_gives_another_payload(line: bytes, place: int, change: int) -> None:
    """The checksum covers the sentence: a changed sentence is refused, or what changed was not in it."""
    changed = bytearray(line)
    changed[place % len(line)] ^= change
    good, _ = received(line)
    bad, _ = received(bytes(changed).replace(b"\n", b""))
    assert [p.characters for p in bad] in ([], [p.characters for p in good])
