"""Feeds: formats by name, files plain and packed, and what is wrong with a file."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.sources.feed import described, formats, open_reader, open_stream, read_file
from comity.sources.line import LONGEST
from comity.sources.origin import Origin
from comity.vocabulary.fault import Fault, Missing

ORIGIN = Origin(source="test")


def test_every_format_is_described_and_opens() -> None:
    """A page each under docs/formats, and a reader that takes any line."""
    assert set(described()) == set(formats())
    for name, words in described().items():
        list(open_stream(name, ORIGIN).feed(b"\x00 nonsense"))
        page = Path(__file__).resolve().parents[2] / words.rpartition("(")[2].rstrip(")")
        assert page.is_file()


def test_an_unknown_format_is_refused_with_the_nearest() -> None:
    """The fault says what to write instead."""
    with pytest.raises(Missing) as caught:
        open_reader("aiz", ORIGIN)
    assert "'ais'" in caught.value.remedy
    with pytest.raises(Missing, match="zzzzzz") as caught:
        open_reader("zzzzzz", ORIGIN)
    assert "plots" in caught.value.remedy


def test_a_format_without_lines_is_not_opened_as_lines() -> None:
    """The fault says how to open it."""
    with pytest.raises(Fault, match="has no lines"):
        open_reader("cot", ORIGIN)


def test_packed_and_plain_are_the_same(tmp_path: Path, vectors: Path) -> None:
    """A recording gives the same sightings and counts from a .gz file."""
    plain = vectors / "replay_dump.txt"
    packed = tmp_path / "replay.nmea.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    readers = [open_reader("ais", ORIGIN) for _ in range(2)]
    assert list(read_file(plain, readers[0])) == list(read_file(packed, readers[1]))
    assert readers[0].report.summary() == readers[1].report.summary()


@pytest.mark.parametrize("damage", ["cut", "changed", "none of it"])
def test_a_damaged_archive_gives_what_can_be_read(tmp_path: Path, vectors: Path, damage: str) -> None:
    """Reading ends where the archive breaks, by name, and nothing raises."""
    packed = bytearray(gzip.compress((vectors / "stream_example.txt").read_bytes()))
    if damage == "cut":
        del packed[len(packed) // 2 :]
    elif damage == "changed":
        packed[-6] ^= 0xFF
    else:
        packed = bytearray(b"no archive at all")
    (tmp_path / "damaged.gz").write_bytes(packed)
    reader = open_reader("ais", ORIGIN)
    count = len(list(read_file(tmp_path / "damaged.gz", reader)))
    assert reader.report.faults["damaged archive"] == 1
    assert (count > 0) == (damage != "none of it")


def test_a_line_too_long_costs_only_itself(tmp_path: Path, vectors: Path) -> None:
    """A huge line in the middle is counted, and the sentences around it are read."""
    lines = (vectors / "replay_dump.txt").read_bytes().split(b"\n")
    lines.insert(40, b"!" * (10 * LONGEST))
    (tmp_path / "long.nmea").write_bytes(b"\n".join(lines))
    reader = open_reader("ais", ORIGIN)
    assert len(list(read_file(tmp_path / "long.nmea", reader))) == 48
    assert reader.report.faults == {"line too long": 1}


def test_a_missing_file_and_a_folder_are_faults(tmp_path: Path) -> None:
    """Each says where and what to do."""
    with pytest.raises(Missing) as caught:
        list(read_file(tmp_path / "nothing", open_reader("ais", ORIGIN)))
    assert str(tmp_path) in caught.value.where
    with pytest.raises(Fault, match="cannot be read"):
        list(read_file(tmp_path, open_reader("ais", ORIGIN)))


@given(st.sampled_from(sorted(formats())), st.lists(st.binary(max_size=200), max_size=20))
def test_no_bytes_break_any_reader(name: str, lines: list[bytes]) -> None:
    """Whatever comes, whatever the format: nothing raises, and every loss is counted under a name."""
    stream = open_stream(name, ORIGIN)
    for line in lines:
        list(stream.feed(line + b"\n"))
    list(stream.end())
    assert stream.report.rejected <= sum(stream.report.faults.values())


def test_examples_hold_nothing_that_a_terminal_obeys() -> None:
    """Control characters of a hostile feed are written out."""
    reader = open_reader("ais", ORIGIN)
    reader.take(b"\x1b[2Jbad\x07")
    assert reader.report.examples == {"not a sentence": "line 1: \\x1b[2Jbad\\x07"}
