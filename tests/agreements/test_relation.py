"""The algebra of crosswalks, held against sets: what is claimed is true of all, what is not is false of some."""

from __future__ import annotations

from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.agreements.relation import Relation, composed, inverse

UNIVERSE = frozenset(range(4))
MEANINGS = st.frozensets(st.sampled_from(sorted(UNIVERSE)), min_size=1)
RELATIONS = st.sampled_from(Relation)


def between(meant: frozenset[int], shown: frozenset[int]) -> Relation:
    """Return the strongest relation that holds of two meanings."""
    if meant == shown:
        return Relation.EXACT
    if meant < shown:
        return Relation.BROADER
    return Relation.NARROWER if shown < meant else Relation.LOSSY


def true(relation: Relation, meant: frozenset[int], shown: frozenset[int]) -> bool:
    """Whether all that the relation claims holds of two meanings."""
    return relation.claims <= between(meant, shown).claims


@given(st.lists(MEANINGS, min_size=1, max_size=6))
def test_a_chain_never_claims_more_than_holds(meanings: list[frozenset[int]]) -> None:
    steps = [between(one, after) for one, after in pairwise(meanings)]
    assert true(composed(steps), meanings[0], meanings[-1])


@given(MEANINGS, MEANINGS, MEANINGS, RELATIONS, RELATIONS)
def test_true_but_weaker_claims_stay_true(
    one: frozenset[int], two: frozenset[int], three: frozenset[int], first: Relation, second: Relation
) -> None:
    """An author may claim less than holds: what comes of it still holds."""
    if true(first, one, two) and true(second, two, three):
        assert true(composed([first, second]), one, three)


SUBSETS = [frozenset(one for one in range(3) if bits >> one & 1) for bits in range(1, 8)]


@pytest.mark.parametrize(("first", "second"), list(product(Relation, Relation)), ids=str)
def test_what_is_not_claimed_is_false_of_some(first: Relation, second: Relation) -> None:
    """No table could claim more: for each claim left out there are meanings, so related, of which it is false."""
    found = composed([first, second])
    ends = [
        between(one, three)
        for one, two, three in product(SUBSETS, repeat=3)
        if between(one, two) is first and between(two, three) is second
    ]
    assert ends
    for stronger in Relation:
        if not stronger.claims <= found.claims:
            assert any(not stronger.claims <= end.claims for end in ends)


def test_the_table_of_the_page() -> None:
    exact, broader, narrower, lossy = Relation
    assert composed([exact, broader]) is broader
    assert composed([broader, broader]) is broader
    assert composed([broader, narrower]) is lossy
    assert composed([narrower, broader]) is lossy
    assert composed([exact, exact]) is exact
    assert composed([exact, lossy]) is lossy
    assert composed([]) is exact


@given(st.lists(RELATIONS, max_size=6), st.integers(0, 6))
def test_composing_can_be_grouped_and_turned_round(steps: list[Relation], cut: int) -> None:
    assert composed([composed(steps[:cut]), composed(steps[cut:])]) is composed(steps)
    assert composed(map(inverse, reversed(steps))) is inverse(composed(steps))


@given(MEANINGS, MEANINGS)
def test_the_inverse_is_the_relation_from_the_other_side(one: frozenset[int], other: frozenset[int]) -> None:
    assert inverse(between(one, other)) is between(other, one)
