"""The disguise: nobody of the recording is left in it, and nothing else is changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.demo.disguise import RECORDING, disguise
from comity.demo.sentences import Header, Message, lines
from comity.sources.ais import Message as Said
from comity.sources.ais import decode
from comity.sources.ais_feed import AisReader
from comity.sources.feed import file_lines, read_file
from comity.sources.nmea import Receiver
from comity.sources.origin import Origin
from comity.sources.report import Report


@pytest.fixture(scope="module")
def disguised(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the disguised recording, made once."""
    target = tmp_path_factory.mktemp("disguise") / "disguised.nmea"
    disguise(target)
    return target


def said(path: Path) -> list[Said]:
    receiver = Receiver(Report())
    payloads = [payload for line in file_lines(path, Report()) if (payload := receiver.take(line)) is not None]
    return [decode(payload.characters, payload.fill) for payload in payloads]


@pytest.fixture(scope="module")
def pairs(disguised: Path) -> list[tuple[Said, Said]]:
    """Return what each message says before and after."""
    return list(zip(said(RECORDING), said(disguised), strict=True))


IDENTITY = {"mmsi", "imo", "call_sign", "name", "destination", "mothership"}


@pytest.mark.parametrize("field", sorted(IDENTITY))
def test_no_real_identity_is_left(pairs: list[tuple[Said, Said]], field: str) -> None:
    """No value of the recording occurs in the output, in whatever message."""
    real = {getattr(before, field) for before, _ in pairs} - {None}
    shown = {getattr(after, field) for _, after in pairs} - {None}
    assert real & shown == set()
    assert field == "mothership" or len(shown) > 0


def test_no_real_number_or_text_stands_in_the_lines(disguised: Path, pairs: list[tuple[Said, Said]]) -> None:
    """Stations named in time lines are real too: no digits of theirs stand anywhere, nor the recording's tag blocks."""
    stations = {str(before.mmsi) for before, _ in pairs if before.type == 4}
    fields = {field for line in disguised.read_text("ascii").splitlines() for field in line.split(",")}
    assert len(stations) > 10
    assert stations & fields == set()
    assert "\\" not in disguised.read_text("ascii")


def test_nothing_hides_behind_an_end_mark(disguised: Path) -> None:
    """Text fields hold the invented word and end marks only, where the recording has leavings behind them."""
    receiver = Receiver(Report())
    for line in file_lines(disguised, Report()):
        payload = receiver.take(line)
        if payload is None:
            continue
        message = Message.read(payload.characters, payload.fill)
        if message.number(0, 6) == 5:
            for start, characters in ((70, 7), (112, 20), (302, 20)):
                codes = [message.number(start + 6 * place, 6) for place in range(characters)]
                assert 0 not in codes[: len(codes) - codes.count(0)]


def test_all_else_is_as_it_was(pairs: list[tuple[Said, Said]]) -> None:
    """Position, movement, size and type of every message are those of the recording."""
    for before, after in pairs:
        for field in set(Said.__struct_fields__) - IDENTITY:
            assert getattr(after, field) == getattr(before, field)
        for field in IDENTITY:
            assert (getattr(after, field) is None) == (getattr(before, field) is None)


def test_one_identity_for_each(pairs: list[tuple[Said, Said]]) -> None:
    """Every sender has one invented number, and no two have the same; the kind of station stays."""
    mapping = {(before.mmsi, after.mmsi) for before, after in pairs}
    assert len(mapping) == len({real for real, _ in mapping}) == len({invented for _, invented in mapping}) == 1_508
    for real, invented in mapping:
        digits = f"{invented:09d}"
        assert digits[:2] in {"28", "00", "99", "98", "97", "11"}
        assert digits.startswith("28") or digits[:2] == f"{real:09d}"[:2]


def test_the_feed_reads_it_as_it_read_the_recording(disguised: Path) -> None:
    """Counts and times are the same."""
    readers = [AisReader(Origin(source="test")) for _ in range(2)]
    before, after = (
        list(read_file(path, reader)) for path, reader in zip((RECORDING, disguised), readers, strict=True)
    )
    assert readers[0].report.summary() == readers[1].report.summary()
    assert [s.time for s in before] == [s.time for s in after]
    assert [s.position for s in before] == [s.position for s in after]


def test_the_same_seed_gives_the_same_bytes(disguised: Path, tmp_path: Path) -> None:
    """And another seed gives other identities."""
    disguise(tmp_path / "again.nmea")
    disguise(tmp_path / "other.nmea", seed="another word")
    assert (tmp_path / "again.nmea").read_bytes() == disguised.read_bytes()
    assert (tmp_path / "other.nmea").read_bytes() != disguised.read_bytes()


def test_what_has_no_fixed_place_for_identities_is_dropped(tmp_path: Path) -> None:
    """Of all types of message in another recording, only those we can rewrite whole come out."""
    source = Path(__file__).resolve().parent.parent / "vectors" / "ais" / "stream_example.txt"
    result = disguise(tmp_path / "out.nmea", source=source)
    kinds = {message.type for message in said(tmp_path / "out.nmea")}
    assert kinds == {1, 2, 3, 4, 5, 9, 18, 21, 24}
    assert result.dropped == 4_051 - result.messages > 300


@given(st.integers(40, 1_000).flatmap(lambda length: st.tuples(st.just(length), st.integers(0, 2**length - 1))))
def test_bits_come_back_from_sentences(bits: tuple[int, int]) -> None:
    """Writing a message and receiving it gives its bits and its time again."""
    length, value = bits
    receiver = Receiver(Report())
    written = lines(1_384_257_600_011, Header(), Message(value, length))
    payload = next(p for line in written if (p := receiver.take(line.encode())) is not None)
    message = Message.read(payload.characters, payload.fill)
    assert (message.value, message.length, payload.time) == (value, length, 1_384_257_600_011)
