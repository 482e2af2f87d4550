"""What is proven: a step of an inquiry reads as it was written, and holds what its kind has and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from comity.exchange import inquiry_step
from comity.vocabulary.fault import Fault
from comity.vocabulary.inquiry import InquiryKind, InquiryStep, Question, Step
from comity.vocabulary.purpose import Purpose

_NAMES = st.text(st.characters(codec="ascii", categories=["Ll", "Nd"]), min_size=1, max_size=63)
_IDS = st.binary(min_size=32, max_size=32)
_QUESTIONS = st.builds(
    Question,
    kind=st.sampled_from(InquiryKind),
    mmsi=st.integers(1, 999_999_999),
    imo=st.none() | st.integers(1, 9_999_999),
    call_sign=st.none() | _NAMES,
    name=st.none() | _NAMES,
    purpose=st.sampled_from(Purpose),
    agreement=_NAMES,
    clause=_NAMES,
)
STEPS = st.one_of(
    st.builds(Step, step=st.just(InquiryStep.ASKED), inquiry=_IDS, question=_QUESTIONS, salt=_IDS),
    st.builds(Step, step=st.just(InquiryStep.ANSWERED), inquiry=_IDS, hit=st.booleans()),
    st.builds(
        Step,
        step=st.just(InquiryStep.GIVEN),
        inquiry=_IDS,
        messages=st.lists(_IDS, min_size=1, max_size=20, unique=True).map(tuple),
    ),
    st.builds(Step, step=st.just(InquiryStep.DECLINED), inquiry=_IDS),
)
EXAMPLE = Question(
    kind=InquiryKind.VESSEL, mmsi=219_000_001, purpose=Purpose.SMUGGLING, agreement="kattegat", clause="vessels"
)

ASKED = Step(step=InquiryStep.ASKED, inquiry=bytes(32), question=EXAMPLE, salt=bytes(32))


@given(STEPS)
def test_a_step_reads_as_it_was_written(step: Step) -> None:
    assert inquiry_step.read(inquiry_step.written(step)) == step


@pytest.mark.parametrize("kind", InquiryStep)
@pytest.mark.parametrize("question", [None, EXAMPLE])
@pytest.mark.parametrize("hit", [None, True, False])
@pytest.mark.parametrize("messages", [(), (bytes(32),)])
def test_a_step_holds_what_its_kind_has(
    kind: InquiryStep, *, question: Question | None, hit: bool | None, messages: tuple[bytes, ...]
) -> None:
    """Of all that fits the form, one shape a kind is taken: there is no room for anything else."""
    has = (question is not None, hit is not None, bool(messages))
    right = has == (kind is InquiryStep.ASKED, kind is InquiryStep.ANSWERED, kind is InquiryStep.GIVEN)
    salt = bytes(32) if question else b""
    step = Step(step=kind, inquiry=bytes(32), question=question, salt=salt, hit=hit, messages=messages)
    data = inquiry_step.written(step)
    if right:
        assert inquiry_step.read(data).step is kind
    else:
        with pytest.raises(Fault, match="more or less"):
            inquiry_step.read(data)


@pytest.mark.parametrize(
    ("step", "why"),
    [
        (
            Step(step=InquiryStep.ASKED, inquiry=bytes(32), question=replace(EXAMPLE, mmsi=None), salt=bytes(32)),
            "after nothing",
        ),
        (
            Step(step=InquiryStep.ASKED, inquiry=bytes(32), question=replace(EXAMPLE, name=" \t"), salt=bytes(32)),
            "after nothing",
        ),
        (Step(step=InquiryStep.ASKED, inquiry=bytes(32), question=EXAMPLE), "random bytes"),
        (Step(step=InquiryStep.ANSWERED, inquiry=bytes(32), hit=True, salt=bytes(32)), "random bytes"),
        (Step(step=InquiryStep.ANSWERED, inquiry=bytes(32), hit=False, simulated=True), "only a hit"),
        (Step(step=InquiryStep.DECLINED, inquiry=bytes(32), simulated=True), "only a hit"),
        (Step(step=InquiryStep.GIVEN, inquiry=bytes(32), messages=(bytes(32),) * 2), "twice"),
    ],
)
def test_what_makes_no_sense_is_refused(step: Step, why: str) -> None:
    with pytest.raises(Fault, match=why):
        inquiry_step.read(inquiry_step.written(step))
