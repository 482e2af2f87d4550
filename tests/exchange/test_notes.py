"""Notes between partners come back from their bytes, and whatever else arrives is refused."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.exchange.notes import Acknowledgement, Cancellation
from comity.foundation import canonical
from comity.foundation.canonical import NotCanonical
from comity.vocabulary.instant import LATEST
from comity.vocabulary.writing import Ending

FORMATS = Path(__file__).parents[2] / "docs" / "formats"
KINDS = st.sampled_from([Acknowledgement, Cancellation])
NOTES = st.one_of(
    st.builds(
        Acknowledgement,
        message=st.binary(min_size=32, max_size=32),
        place=st.integers(0, 999),
        time=st.integers(0, LATEST),
    ),
    st.builds(
        Cancellation,
        record=st.text("abc-019", min_size=1, max_size=200),
        ending=st.sampled_from(Ending),
        time=st.integers(0, LATEST),
    ),
)


@given(NOTES)
def test_a_note_comes_back(note: Acknowledgement | Cancellation) -> None:
    assert canonical.read(canonical.written(note), type(note)) == note


@given(KINDS, st.binary(max_size=120))
def test_arbitrary_bytes_are_a_note_or_refused(kind: type[msgspec.Struct], data: bytes) -> None:
    try:
        note = canonical.read(data, kind)
    except NotCanonical:
        return
    assert canonical.written(note) == data


@given(NOTES, st.data())
def test_mutated_notes_are_another_note_or_refused(note: Acknowledgement | Cancellation, data: st.DataObject) -> None:
    raw = bytearray(canonical.written(note))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        found = canonical.read(bytes(raw), type(note))
    except NotCanonical:
        return
    assert found != note


@pytest.mark.parametrize(
    ("page", "note"),
    [
        ("acknowledgement.md", Acknowledgement(message=bytes(range(32)), place=0, time=1_780_315_200_000)),
        ("cancellation.md", Cancellation(record="al-1", ending=Ending.MISTAKEN, time=1_780_315_200_000)),
    ],
)
def test_the_example_on_the_page_is_right(page: str, note: msgspec.Struct) -> None:
    """The bytes that the page shows are those of the note that it tells."""
    text = (FORMATS / page).read_text()
    shown = "".join(re.findall(r"^    ([0-9a-f …]+?)(?:  +#.*)?$", text, re.MULTILINE))
    whole = shown.replace("0001…1f", bytes(range(32)).hex())
    written = canonical.written(note)
    assert bytes.fromhex(whole) == written
    assert f"{len(written)} bytes" in text
