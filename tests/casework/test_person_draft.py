"""The page on persons tells the truth: its example is a draft, its words and limits are those of the code."""

from __future__ import annotations

import json
import re
from pathlib import Path

import msgspec

from builders import pair
from comity.agreements import field
from comity.casework.person import GRACE
from comity.casework.person_draft import PersonDraft, PersonSignature, signed
from comity.vocabulary.instant import DAY
from comity.vocabulary.person import (
    LONGEST_REVIEW,
    MOST_DOCUMENTS,
    MOST_NAMES,
    DocumentKind,
    Ground,
    NameKind,
    Recorded,
)
from comity.vocabulary.record import RecordKind

PAGE = " ".join((Path(__file__).parents[2] / "docs" / "formats" / "person.md").read_text().split())


def test_the_example_is_a_draft() -> None:
    """What the page shows can be written as it stands, and says all that a draft can but for what is optional."""
    (text,) = re.findall(r"```json (\{.*?\}) ```", PAGE)
    draft = msgspec.convert(json.loads(text), PersonDraft)
    assert set(json.loads(text)) == set(PersonDraft.__struct_fields__) - {"simulated"}
    made = signed(draft, PersonSignature(id="x", version=1, officer="anna", time=pair.NOW), bytes(32), pair.NOW)
    assert made.person.protection is None


def test_the_words_and_limits_of_the_page() -> None:
    """Every ground, kind and source stands there; so do the fields, those that go with each, and the limits."""
    for words in (Ground, DocumentKind, NameKind):
        assert f"`{' '.join(one.value for one in words)}`" in PAGE
    for one in Recorded:
        assert f"`{one.value}`" in PAGE
    for name in PersonDraft.__struct_fields__:
        assert f"| `{name}` |" in PAGE
    assert f"`{' '.join(field.NEEDED_OF_PERSONS)}` go with every one" in PAGE
    (told,) = re.findall(r"at most: `([^`]*)`", PAGE)
    assert set(told.split()) == field.known(RecordKind.PERSON)
    assert f"1 to {MOST_NAMES} of" in PAGE
    assert f"list of at most {MOST_DOCUMENTS} of `{{type" in PAGE
    assert (LONGEST_REVIEW, GRACE) == (366 * DAY, 30 * DAY)
    assert "at most 366 days away" in PAGE
