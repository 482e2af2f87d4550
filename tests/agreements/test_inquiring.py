"""What is proven: what a clause does not answer is not asked, and what may not be given is no hit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from agreements.cases import EXAMPLE, alert, asked, in_force
from comity.agreements import explanation, terms
from comity.agreements.answering import ANSWERABLE
from comity.agreements.document import Unreadable
from comity.agreements.inquiring import Asking, Unasked, asking, uncounted
from comity.agreements.standing import Standing, State
from comity.vocabulary.handling import Tlp
from comity.vocabulary.inquiry import InquiryKind, Question
from comity.vocabulary.instant import read
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import RecordKind
from comity.vocabulary.subject import SubjectKind

TEXT = EXAMPLE.read_text("utf-8")
_STANDING = in_force(terms.read(TEXT, EXAMPLE.name))
NOW = read("2026-06-01T12:00:00Z")
QUESTION = Question(
    kind=InquiryKind.VESSEL,
    mmsi=219_000_001,
    purpose=Purpose.SMUGGLING,
    agreement="kattegat-maritime",
    clause="vessel-inquiry",
)


def code(question: Question = QUESTION, asker: str = "se.coord", owner: str = "dk.coord", *more: Standing) -> str:
    found = asking(question, asker, owner, more or (_STANDING,), NOW)
    return found.code if isinstance(found, Unasked) else "asked"


def test_what_a_clause_in_force_answers_may_be_asked() -> None:
    found = asking(QUESTION, "se.coord", "dk.coord", (_STANDING,), NOW)
    assert isinstance(found, Asking)
    assert (found.clause.ask_at_most.per_day, found.standing) == (500, _STANDING)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"clause": "tracks-in-the-kattegat"}, "not-permitted"),
        ({"purpose": Purpose.TRAFFICKING}, "not-permitted"),
        ({"kind": InquiryKind.AIRCRAFT}, "not-permitted"),
        ({"agreement": "another"}, "not-in-force"),
    ],
)
def test_what_rests_on_nothing_is_refused(change: dict[str, object], expected: str) -> None:
    assert code(replace(QUESTION, **change)) == expected


@pytest.mark.parametrize("state", [state for state in State if state is not State.FINALIZED])
def test_only_while_the_agreement_is_in_force(state: State) -> None:
    assert code(QUESTION, "se.coord", "dk.coord", replace(_STANDING, state=state)) == "not-in-force"


def test_only_between_those_whom_the_clause_names() -> None:
    assert code(QUESTION, "de.coord", "dk.coord") == "not-permitted"
    assert code(QUESTION, "dk.coord", "dk.coord") == "not-in-force"
    assert code(QUESTION, "fi.coord", "dk.coord") == "not-in-force"


@pytest.mark.parametrize("kind", [kind for kind in InquiryKind if kind not in ANSWERABLE])
def test_what_leads_to_persons_has_no_answer_by_its_kind(kind: InquiryKind) -> None:
    """Safeguard 3: not even where a text says otherwise, which none can."""
    answer = replace(_STANDING.terms.answers[0], answer=kind)
    forced = replace(_STANDING, terms=replace(_STANDING.terms, answers=(answer,)))
    assert code(replace(QUESTION, kind=kind), "se.coord", "dk.coord", forced) == "not-permitted"
    with pytest.raises(Unreadable, match="no answer before its safeguards stand") as error:
        terms.read(TEXT.replace("answer: vessel-inquiry", f"answer: {kind.value}"), "x.yaml")
    assert TEXT.splitlines()[int(error.value.where.split(":")[1]) - 1].strip().startswith("answer:")


@given(
    tlp=st.sampled_from(Tlp),
    kind=st.sampled_from(RecordKind),
    cancelled=st.booleans(),
    subject=st.sampled_from(SubjectKind),
)
def test_no_safeguard_is_walked_round_by_a_hit(
    *, tlp: Tlp, kind: RecordKind, cancelled: bool, subject: SubjectKind
) -> None:
    """A hit on the record implies that nothing about the record itself keeps it from being given."""
    record = replace(alert(), kind=kind, cancelled=cancelled, subjects=(subject,))
    record = replace(record, handling=replace(record.handling, tlp=tlp))
    if uncounted(asked(record, _STANDING)) is None:
        assert tlp is not Tlp.RED
        assert kind in (RecordKind.ALERT, RecordKind.TRACK)
        assert not cancelled
        assert subject in (SubjectKind.VESSEL, SubjectKind.AIRCRAFT)


def test_what_counts_and_what_does_not() -> None:
    sound = asked(alert(), _STANDING)
    assert uncounted(sound) is None
    assert "confirmed" in (uncounted(replace(sound, decision=None)) or "")
    assert "originated" in (uncounted(replace(sound, record=replace(alert(), owner="se.coord"))) or "")
    assert "purposes" in (uncounted(replace(sound, purpose=Purpose.FISHERIES)) or "")
    assert "expired" in (uncounted(replace(sound, record=replace(alert(), expires=sound.now))) or "")
    assert uncounted(replace(sound, now="soon")) is not None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("per_day: 500", "per_day: 500000", "budget"),
        ("per_day: 500", "per_week: 500", "per_week"),
        ("among: [alert, report", "among: [sighting, report", "kind that is searched"),
        ("as: hit-no-hit", "as: everything", "manner of answering"),
        ("answer: vessel-inquiry", "answer: ship-inquiry", "kind of inquiry"),
        ("{per_day: 500}\n    keep: 30 d", "{per_day: 5}\n    keep: 2 h", "less than the day"),
        ("id: vessel-inquiry", "id: notices-to-all", "stands twice"),
    ],
)
def test_a_flaw_is_told_with_its_line(old: str, new: str, what: str) -> None:
    """Both sorts of clause stand in one list in the document, and the place told is that of the document."""
    assert old in TEXT
    with pytest.raises(Unreadable, match=what) as error:
        terms.read(TEXT.replace(old, new), "x.yaml")
    line = int(error.value.where.split(":")[1])
    begin = TEXT.splitlines().index("  - id: vessel-inquiry") + 1
    assert begin <= line < begin + 8


def test_it_is_explained_in_words() -> None:
    told = "\n".join(explanation.explained(_STANDING.terms))
    assert "dk.coord and se.coord may ask every other party whether it holds anything on a vessel" in told
    assert "At most 500 questions a day of each asker" in told
