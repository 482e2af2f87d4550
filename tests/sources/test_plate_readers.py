"""Plate readers: a hit says which case, a miss leaves a count, and the plate is nowhere."""

from __future__ import annotations

import gc
import json
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.foundation.canonical import digest
from comity.sources import wanted
from comity.sources.feed import open_stream
from comity.sources.origin import Origin
from comity.sources.plate_readers import PlateReader
from comity.vocabulary.fault import Fault, Missing
from comity.vocabulary.place import Position
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import Identity, SubjectKind

PAGE = (Path(__file__).parents[2] / "docs" / "formats" / "feed-plate-readers.md").read_text("utf-8")
READING, ENTRY = (text.strip() for text in PAGE.split("```\n")[1::2])
LISTED = wanted.read(ENTRY, "list", [Purpose.SMUGGLING])
ORIGIN = Origin(source="bridge", wanted=LISTED)
_LETTERS = st.text("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", min_size=5, max_size=8)


def reading(**fields: object) -> bytes:
    return json.dumps(json.loads(READING) | fields).encode()


def entry(**fields: object) -> str:
    return json.dumps(json.loads(ENTRY) | fields)


def test_a_hit_names_the_case_and_never_the_plate() -> None:
    """A vehicle of this case was here, at this time."""
    sighting = PlateReader(ORIGIN).take(READING.encode())
    assert sighting is not None
    assert sighting.identity == Identity(kind=SubjectKind.VEHICLE, name="case 2026-17")
    assert (sighting.position, sighting.accuracy) == (Position(56.9, 11.7), 5.0)
    written = msgspec.json.encode(sighting)
    assert b"12 345" not in written
    assert b"12345" not in written


def test_the_id_cannot_be_guessed_back() -> None:
    """Another spelling of the plate, and another confidence, give the same id: none of them went into it."""
    one = PlateReader(ORIGIN).take(READING.encode())
    other = PlateReader(ORIGIN).take(reading(plate="ab-12345", confidence=0.9))
    assert one is not None
    assert other is not None
    assert one.id == other.id != digest(b"bridge", b"\x00%d\x00" % one.time, READING.encode()).hex()[:32]


@given(st.lists(_LETTERS.filter(lambda plate: plate != "AB12345"), min_size=1, max_size=20, unique=True))
def test_a_miss_leaves_nothing_but_a_count(plates: list[str]) -> None:
    """No plate is in the counts, in the examples of faults, or in whatever the reader still reaches."""
    stream = open_stream("plate-readers", ORIGIN)
    lines = [reading(plate=f"«{plate}»") for plate in plates]
    broken = [line[:-1] for line in lines] + [reading(plate=f"«{plate}»", time="noon") for plate in plates]
    assert [s for line in lines + broken for s in stream.feed(line + b"\n")] == []
    report = stream.report
    assert (report.sentences, report.messages, report.sightings) == (3 * len(plates), len(plates), 0)
    assert report.faults == {"not a reading": len(plates), "not a time": len(plates)}
    assert report.first is None
    assert not any(f"«{plate}»" in text for plate in plates for text in _reached(stream))


def _reached(root: object) -> list[str]:
    """Return every text and bytes that an object leads to, but for code."""
    seen: set[int] = set()
    found, waiting = [], [root]
    while waiting:
        one = waiting.pop()
        if id(one) in seen or isinstance(one, type) or callable(one):
            continue
        seen.add(id(one))
        if isinstance(one, (str, bytes, bytearray)):
            found.append(one if isinstance(one, str) else one.decode("utf-8", "replace"))
        waiting += gc.get_referents(one)
    return found


@pytest.mark.parametrize(
    "fields",
    [
        {"plate": "AB12346"},
        {"plate": "A812345"},
        {"country": "SE"},
        {"confidence": 0.79},
        {"time": "2025-12-31T23:59:59Z"},
        {"time": "2026-03-01T00:00:00Z"},
    ],
)
def test_what_is_not_wanted_is_discarded(fields: dict[str, object]) -> None:
    """Another plate, one letter off, another country, a poor reading, before and after it was wanted."""
    one = PlateReader(ORIGIN)
    assert one.take(reading(**fields)) is None
    assert (one.report.messages, one.report.sightings, one.report.faults) == (1, 0, {})


def test_without_a_list_all_are_discarded() -> None:
    """Nothing is wanted where nobody said so."""
    assert PlateReader(Origin(source="bridge")).take(READING.encode()) is None


@given(_LETTERS, st.text(" -.", max_size=1))
def test_spaces_dashes_and_small_letters_do_not_count(plate: str, between: str) -> None:
    """Plates are compared by their letters and digits."""
    listed = wanted.read(entry(plate=between.join(plate)), "list", [Purpose.SMUGGLING])
    sighting: Sighting | None = PlateReader(Origin(source="b", wanted=listed)).take(reading(plate=plate.lower()))
    assert sighting is not None


@pytest.mark.parametrize(
    ("bad", "fault"),
    [
        (reading(image="…"), "not a reading"),
        (reading(driver="somebody"), "not a reading"),
        (reading(plate=""), "not a reading"),
        (reading(country="dk"), "not a reading"),
        (reading(confidence=2), "not a reading"),
        (b"\xff{", "not a reading"),
        (reading(time="noon"), "not a time"),
        (reading(time="1900-01-01"), "not a time"),
    ],
)
def test_what_is_no_reading_is_refused_by_name(bad: bytes, fault: str) -> None:
    """One rejection, whose example is the line's number alone; the next reading is taken."""
    one = PlateReader(ORIGIN)
    assert one.take(bad) is None
    assert (one.report.faults, one.report.examples) == ({fault: 1}, {fault: "line 1"})
    assert one.take(READING.encode()) is not None


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("{", "not an entry"),
        (entry(note="x"), "not an entry"),
        (entry(purpose="curiosity"), "not an entry"),
        (entry(until="soon"), "not an entry"),
        (entry(plate="--"), "less than two"),
        (entry(plate="-Ö-"), "less than two"),
        (entry(reference="the lorry ab-12.345"), "holds the plate"),
        (entry(reference="a\x1b[2J"), "not printable"),
        (entry(until="2026-01-01"), "no time"),
        (entry(until="2027-06-01"), "more than a year"),
        (entry(purpose="terrorism"), "none of the feed's"),
        (ENTRY + "\n\n" + entry(plate="ab 12345", reference="other"), "stands twice"),
    ],
)
def test_a_list_that_may_not_be_is_refused_without_showing_a_plate(text: str, what: str) -> None:
    """The fault names the line by its number."""
    with pytest.raises(Fault, match=what) as caught:
        wanted.read(text, "list", [Purpose.SMUGGLING])
    assert "list, line " in caught.value.where
    shown = f"{caught.value} {caught.value.where} {caught.value.remedy} {caught.value.__cause__}"
    assert "12" not in shown.replace("line 12", "")


def test_a_missing_list_and_one_that_is_no_text_are_faults(tmp_path: Path) -> None:
    """Each says where."""
    with pytest.raises(Missing):
        wanted.read_file(tmp_path / "none", [])
    (tmp_path / "list").write_bytes(b"\xff")
    with pytest.raises(Fault, match="cannot be read"):
        wanted.read_file(tmp_path / "list", [])
    (tmp_path / "list").write_text(ENTRY + "\n", "utf-8")
    assert len(wanted.read_file(tmp_path / "list", [Purpose.SMUGGLING])) == 1


@given(st.text(max_size=200))
def test_no_text_breaks_the_list(text: str) -> None:
    """A list, or a Fault."""
    with suppress(Fault):
        wanted.read(text, "list", [Purpose.SMUGGLING])
