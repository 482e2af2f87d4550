"""The YAML reader: what it refuses, where it says so, and that nothing but a fault ever comes out of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.agreements.document import DEEPEST, LARGEST, Mapping, Scalar, Unreadable, load
from comity.agreements.terms import read
from comity.vocabulary.fault import Fault

BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"


@pytest.mark.parametrize(
    ("text", "what", "where"),
    [
        (BOMB, "anchors and aliases", "f:1:4"),
        ("a: x\nb: *a\n", "anchors and aliases", "f:2:4"),
        ("a: !!python/object:os.system x\n", "tags are not allowed", "f:1:4"),
        ("a: !!str 3\n", "tags are not allowed", "f:1:4"),
        ("! a: 3\n", "tags are not allowed", "f:1:1"),
        ("%YAML 1.1\n---\na: 3\n", "directives", "f"),
        ("a: 1\nb: 2\na: 3\n", "'a' stands twice", "f:3:1"),
        ("a: 1\n---\nb: 2\n", "second document", "f"),
        ("? [a, b]\n: 3\n", "a key must be a word", "f:1:3"),
        ("", "the text is empty", "f"),
        ("# nothing\n", "the text is empty", "f"),
        ("- a\n- b\n", "should be a mapping", "f:1:1"),
        ("just text\n", "should be a mapping", "f:1:1"),
        ("a: [1, 2\nb: 3\n", "not YAML", "f:2:2"),
        ("a: 'unfinished\n", "not YAML", "f:2:1"),
        ("a: \x07\n", "not YAML", "f"),
        ("a: " + "[" * (DEEPEST + 1) + "]" * (DEEPEST + 1), "nested deeper", f"f:1:{4 + DEEPEST}"),
        ("a: " + "[" * 100_000, "nested deeper", f"f:1:{4 + DEEPEST}"),
        ("a: " + "é" * (LARGEST // 2) + "\n", "bytes are more than", "f"),
    ],
)
def test_refusals(text: str, what: str, where: str) -> None:
    """Each thing outside of the subset is refused at its line and column."""
    with pytest.raises(Unreadable) as caught:
        load(text, "f")
    assert what in caught.value.what
    assert caught.value.where == where


def test_scalars_mean_nothing_by_themselves() -> None:
    """No word becomes a truth value, a number or a date: `no` stays `no`, `010` stays `010`."""
    root = load("a: no\nb: 010\nc: 2026-01-01\nd: ~\ne: 'no'\n", "f")
    assert isinstance(root, Mapping)
    texts = [node.text for node in root.items.values() if isinstance(node, Scalar)]
    assert texts == ["no", "010", "2026-01-01", "~", "no"]


def _only_faults(text: str) -> None:
    told = None
    try:
        read(text, "f")
    except Fault as fault:
        told = fault
    assert told is None or (told.where.startswith("f") and told.what)


@given(st.text(max_size=300))
def test_any_text(text: str) -> None:
    """Whatever text comes, either terms or a fault with its place comes out."""
    _only_faults(text)


@given(st.data())
def test_mutated_example(example: str, data: st.DataObject) -> None:
    """Pieces of the example cut out, doubled or replaced give terms or a fault with its place, nothing else."""
    start = data.draw(st.integers(0, len(example)))
    stop = data.draw(st.integers(start, min(start + 60, len(example))))
    piece = data.draw(
        st.one_of(st.just(""), st.just(example[start:stop] * 2), st.text("{}[]:,-#&*!|>'\"%@ \n09az", max_size=8))
    )
    _only_faults(example[:start] + piece + example[stop:])
