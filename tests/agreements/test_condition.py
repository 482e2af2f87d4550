"""Conditions: one text for each tree, three answers, and never a yes that rests on what is missing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.agreements.condition import (
    WORDS,
    Comparison,
    Condition,
    Datum,
    Not,
    answer,
    either,
    every,
    names,
    written,
)
from comity.agreements.grammar import read
from comity.vocabulary.fault import Fault


def _values(name: str) -> st.SearchStrategy[Datum]:
    choices = WORDS[name].choices
    return st.sampled_from(choices) if choices else st.integers(0, 10**6).map(lambda count: count / 10**6)


@st.composite
def _comparisons(draw: st.DrawFn) -> Condition:
    name = draw(st.sampled_from(sorted(WORDS)))
    operators = ["==", "!=", "in", *(["<", "<=", ">", ">="] if WORDS[name].ordered else [])]
    operator = draw(st.sampled_from(operators))
    if operator == "in":
        values = draw(st.lists(_values(name), min_size=1, max_size=3, unique=True))
        return Comparison(name, operator, tuple(values))
    return Comparison(name, operator, (draw(_values(name)),))


CONDITIONS = st.recursive(
    _comparisons(),
    lambda inner: st.one_of(
        inner.map(Not),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: every(*parts)),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: either(*parts)),
    ),
    max_leaves=8,
)


@st.composite
def _facts(draw: st.DrawFn) -> dict[str, tuple[Datum, ...]]:
    return {
        name: tuple(draw(st.lists(_values(name), min_size=1, max_size=3)))
        for name in draw(st.sets(st.sampled_from(sorted(WORDS))))
    }


FACTS = _facts()


@given(CONDITIONS)
def test_read_inverts_written(tree: Condition) -> None:
    """A condition's text reads back to the same tree: there is one text for each."""
    assert read(written(tree)) == tree


@given(CONDITIONS, FACTS, st.data())
def test_missing_data_never_decides(tree: Condition, facts: dict[str, tuple[Datum, ...]], data: st.DataObject) -> None:
    """Taking a fact away turns an answer into unknown or leaves it: it never makes a yes."""
    fewer = {name: facts[name] for name in facts if data.draw(st.booleans())}
    known = answer(tree, fewer)
    assert known is None or known == answer(tree, facts)


@given(CONDITIONS, FACTS)
def test_opposite(tree: Condition, facts: dict[str, tuple[Datum, ...]]) -> None:
    """Not of unknown is unknown, and otherwise the opposite."""
    found, opposite = answer(tree, facts), answer(Not(tree), facts)
    assert opposite is (None if found is None else not found)


@given(CONDITIONS, FACTS)
def test_nothing_known(tree: Condition, facts: dict[str, tuple[Datum, ...]]) -> None:
    """With none of its names known, no condition is a yes, whatever stands in it."""
    assert answer(tree, {name: value for name, value in facts.items() if name not in names(tree)}) is None


@given(
    CONDITIONS,
    st.dictionaries(
        st.sampled_from(sorted(WORDS)),
        st.lists(st.one_of(st.text(max_size=5), st.floats(), st.none(), st.booleans())).map(tuple),
    ),
)
def test_total(tree: Condition, facts: dict[str, tuple[Datum, ...]]) -> None:
    """Whatever the data, there is an answer of the three."""
    assert answer(tree, facts) in (True, False, None)


@pytest.mark.parametrize(
    ("text", "facts", "expected"),
    [
        ("subject.kind == vessel", {"subject.kind": ("vessel", "vessel")}, True),
        ("subject.kind == vessel", {"subject.kind": ("vessel", "party")}, None),
        ("not subject.kind == person", {"subject.kind": ("vessel", "person")}, None),
        ("not subject.kind == person", {}, None),
        ("subject.kind != person", {"subject.kind": ("vessel",)}, True),
        ("alert.kind in [meeting, going-dark]", {"alert.kind": ("going-dark",)}, True),
        ("alert.kind not in [meeting, going-dark]", {"alert.kind": ("crossing",)}, True),
        ("alert.severity >= medium", {"alert.severity": ("high",)}, True),
        ("alert.severity >= medium", {"alert.severity": ("low",)}, False),
        ("alert.severity > high", {"alert.severity": ("urgent",)}, True),
        ("alert.confidence >= 0.8", {"alert.confidence": (0.8,)}, True),
        ("alert.confidence < .5 or alert.kind == meeting".replace(" .5", " 0.5"), {"alert.kind": ("meeting",)}, True),
        ("alert.confidence < 0.5 and alert.kind == meeting", {"alert.kind": ("meeting",)}, None),
        ("alert.confidence < 0.5 and alert.kind == meeting", {"alert.kind": ("crossing",)}, False),
        ("alert.kind == meeting", {"alert.kind": ("no such kind",)}, None),
        (
            "alert.kind == meeting or alert.kind == crossing and alert.severity == low",
            {"alert.kind": ("meeting",)},
            True,
        ),
    ],
)
def test_answers(text: str, facts: dict[str, tuple[Datum, ...]], expected: bool | None) -> None:  # noqa: FBT001
    """`and` binds closer than `or`; several subjects must agree; order runs from low to urgent."""
    assert answer(read(text), facts) is expected


@pytest.mark.parametrize(
    ("text", "what", "remedy"),
    [
        ("alert.kid == meeting", "cannot ask about 'alert.kid'", "'alert.kind'"),
        ("alert.offence == smuggling", "cannot ask about 'alert.offence'", "Ask about subject.kind or alert.kind or"),
        ("alert.kind == meating", "never 'meating'", "'meeting'"),
        ("alert.kind > meeting", "has no order", "=="),
        ("alert.confidence == high", "'high' is not a number", "0.8"),
        ("alert.kind in [meeting, meeting]", "stands twice", "once"),
        ("alert.kind in []", "never ']'", ""),
        ("alert.kind == meeting alert.kind", "'alert.kind' does not belong", "and"),
        ("alert.kind ==", "breaks off", ""),
        ("(alert.kind == meeting", "breaks off", ""),
        ("alert.kind = meeting", "not known", ""),
        ("__import__('os')", "", ""),
        ("", "breaks off", ""),
        ("not " * 50 + "alert.kind == meeting", "nested deeper", ""),
        ("(" * 5_000, "characters", "Keep"),
    ],
)
def test_refusals(text: str, what: str, remedy: str) -> None:
    """What is not in the language is a fault that says what to write."""
    with pytest.raises(Fault) as caught:
        read(text)
    assert what in caught.value.what
    assert remedy in caught.value.remedy


WORDS_OF_THE_LANGUAGE = [
    *WORDS,
    "==",
    "<",
    "in",
    "not",
    "and",
    "or",
    "(",
    ")",
    "[",
    "]",
    ",",
    "meeting",
    "vessel",
    "0.5",
    "\n",
    "é",
]


@given(st.one_of(st.text(max_size=40), st.lists(st.sampled_from(WORDS_OF_THE_LANGUAGE), max_size=12).map(" ".join)))
def test_any_text(text: str) -> None:
    """Whatever text comes, a tree that reads back or a fault comes out."""
    try:
        tree = read(text)
    except Fault:
        return
    assert read(written(tree)) == tree
