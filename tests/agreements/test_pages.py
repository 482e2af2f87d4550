"""The pages of formats tell the truth: digest, disclosure and fields in them are those of the code."""

from __future__ import annotations

import re
from pathlib import Path

from agreements.cases import EXAMPLE
from comity.agreements import field
from comity.agreements.terms import digest, read
from comity.foundation import canonical
from comity.vocabulary.record import RecordKind

FORMATS = Path(__file__).parents[2] / "docs" / "formats"


def test_the_digest_of_the_example() -> None:
    """The digest that the page prints is that of the example file."""
    page = (FORMATS / "agreement.md").read_text()
    assert re.findall(r"`([0-9a-f]{64})`", page) == [digest(read(EXAMPLE.read_text(), "example")).hex()]


def test_the_fields_of_a_record() -> None:
    """The page names every field of every kind of record, and no other."""
    page = (FORMATS / "agreement.md").read_text()
    stated = re.findall(
        r"Fields of an alert: `([^`]*)`\. Of a track: `([^`]*)`\."
        r" Of a report: `([^`]*)`\. Of a notice: all of these, and `([^`]*)`\. Of a person: `([^`]*)`",
        " ".join(page.split()),
    )
    alert, track, report, more, person = (set(names.split()) for names in stated[0])
    for kind, names in zip(
        (RecordKind.ALERT, RecordKind.TRACK, RecordKind.REPORT, RecordKind.NOTICE, RecordKind.PERSON),
        (alert, track, report, report | more, person),
        strict=True,
    ):
        assert names == set(field.known(kind))


def test_the_example_of_a_disclosure() -> None:
    """The bytes that the page shows are the canonical form of salt, name and value."""
    page = (FORMATS / "given.md").read_text()
    shown = re.findall(r"^    ([0-9a-f ]+?)   *#|^    {3}([0-9a-f ]+?)   *#", page, re.MULTILINE)
    raw = bytes.fromhex("".join("".join(pair) for pair in shown))
    salt, name, value = canonical.read(raw, list)
    assert (len(raw), len(salt), name, value) == (28, 16, "mmsi", 219_000_001)
