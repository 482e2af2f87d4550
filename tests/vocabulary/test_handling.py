"""Handling is a lattice: what is derived inherits the strictest, and nothing loosens."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from comity.vocabulary.handling import Credibility, Grading, Handling, Onward, Reliability, Tlp, strictest, within

_HANDLING = st.builds(
    Handling,
    tlp=st.sampled_from(Tlp),
    onward=st.sampled_from(Onward),
    proceedings=st.booleans(),
    grading=st.builds(Grading, st.sampled_from(Reliability), st.sampled_from(Credibility)),
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
