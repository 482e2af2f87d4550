"""Handling is a lattice: what is derived inherits the strictest, and nothing loosens."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.foundation import canonical
from comity.vocabulary.handling import (
    BEST,
    Credibility,
    Evaluation,
    Grading,
    Handling,
    Information,
    Onward,
    Reliability,
    Scale,
    Source,
    Tlp,
    read_grading,
    strictest,
    within,
)

_EVALUATION = st.one_of(
    st.just(msgspec.UNSET), st.builds(Evaluation, st.sampled_from(Source), st.sampled_from(Information))
)
_HANDLING = st.builds(
    Handling,
    tlp=st.sampled_from(Tlp),
    onward=st.sampled_from(Onward),
    proceedings=st.booleans(),
    grading=st.builds(Grading, st.sampled_from(Reliability), st.sampled_from(Credibility)),
    evaluation=_EVALUATION,
)


@given(_HANDLING, _HANDLING, _HANDLING)
def test_strictest_joins(one: Handling, two: Handling, three: Handling) -> None:
    """It does not matter in what order or how often marks are joined."""
    assert strictest(one, one) == one
    assert strictest(one, two) == strictest(two, one)
    assert strictest(strictest(one, two), three) == strictest(one, strictest(two, three)) == strictest(one, two, three)


@given(_HANDLING, _HANDLING, _HANDLING)
def test_within_is_an_order(one: Handling, two: Handling, three: Handling) -> None:
    """Each is within itself; two within each other are the same; within carries over."""
    assert within(one, one)
    assert not (within(one, two) and within(two, one)) or one == two
    assert not (within(one, two) and within(two, three)) or within(one, three)


@given(_HANDLING, _HANDLING, _HANDLING)
def test_the_join_is_the_least_that_is_within_both(one: Handling, two: Handling, three: Handling) -> None:
    """What is derived of two is within both, and whatever is within both is within it: no more tightens than must."""
    joined = strictest(one, two)
    assert within(joined, one)
    assert within(joined, two)
    assert not (within(three, one) and within(three, two)) or within(three, joined)


@given(_HANDLING)
def test_unmarked_is_the_strictest(handling: Handling) -> None:
    """What carries no marks is within every limit, and joined with anything takes it with it."""
    assert within(Handling(), handling)
    assert strictest(handling, Handling()) == Handling()


def test_marks_by_example() -> None:
    """Each mark tightens by itself, and a grade of A1 joined with one of C2 is C2."""
    wide = Handling(
        tlp=Tlp.GREEN,
        onward=Onward.YES,
        proceedings=True,
        grading=Grading(Reliability.A, Credibility.ONE),
    )
    graded = Handling(
        tlp=Tlp.AMBER, onward=Onward.ASK, proceedings=False, grading=Grading(Reliability.C, Credibility.TWO)
    )
    assert strictest(wide, graded) == graded
    assert str(strictest(wide, graded).grading) == "C2"
    assert not within(wide, graded)
    assert [tlp.value for tlp in Tlp] == ["CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"]


@given(_HANDLING)
def test_the_best_changes_nothing(handling: Handling) -> None:
    """Every handling is within the widest, and joined with it stays what it is."""
    assert within(handling, BEST)
    assert strictest(handling, BEST) == handling


@given(_HANDLING, _HANDLING)
def test_no_join_raises_a_grade_on_either_scale(one: Handling, two: Handling) -> None:
    """What is derived is graded no better than any of its sources, on the scale on which that one was graded."""
    joined = strictest(one, two)
    for source in (one, two):
        assert within(Handling(grading=joined.grading), Handling(grading=source.grading))
        assert within(Handling(evaluation=joined.evaluation), Handling(evaluation=source.evaluation))


def test_what_is_derived_of_both_scales_cannot_be_judged_on_either() -> None:
    """The scales are not turned into each other: a B2 of one says nothing on the other."""
    admiralty = Handling(grading=Grading(Reliability.B, Credibility.TWO))
    europol = Handling(evaluation=Evaluation(Source.B, Information.TWO))
    assert strictest(admiralty, europol).graded == "admiralty F6"
    assert strictest(europol, europol).graded == "4x4 B2"


@given(_HANDLING)
def test_marks_come_back_from_canonical_form(handling: Handling) -> None:
    """What is not graded on the 4x4 scale has no trace of it in its bytes, as before there was that scale."""
    data = canonical.written(handling)
    assert canonical.read(data, Handling) == handling
    assert (b"evaluation" in data) == (handling.evaluation is not msgspec.UNSET)


@given(st.sampled_from(Scale), st.text(max_size=3))
def test_an_arbitrary_grading_is_read_or_refused(scale: Scale, text: str) -> None:
    """Whatever is written is the grading that comes out again, or is refused."""
    try:
        grading, evaluation = read_grading(scale, text)
    except ValueError:
        return
    assert Handling(grading=grading, evaluation=evaluation).graded == f"{scale.value} {text}"


@pytest.mark.parametrize(("scale", "text"), [("4x4", "D1"), ("4x4", "A5"), ("admiralty", "X1"), ("admiralty", "A7")])
def test_marks_of_the_other_scale_are_refused(scale: str, text: str) -> None:
    """Neither scale has the other's letters and digits."""
    with pytest.raises(ValueError, match="not a valid"):
        read_grading(Scale(scale), text)
