"""A fault in a condition is told at its very sign, however the scalar stands in the file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.agreements import document, grammar
from comity.agreements.condition import WORDS
from comity.agreements.document import Misread, Scalar, Unreadable, converted
from comity.vocabulary.record import RecordKind

PARTS = [
    "alert.kind in [meeting, going-dark]",
    "alert.severity >= medium",
    "not (subject.kind == vessel)",
    "alert.confidence < 0.5",
    "alert.kind == crossing",
]
WRONG = "zzz"
"""Nothing that the language knows, and nothing that stands anywhere else."""


@st.composite
def spoilt(draw: st.DrawFn) -> list[str]:
    """Return the words of a condition one of which is spoilt."""
    parts = draw(st.lists(st.sampled_from(PARTS), min_size=1, max_size=5))
    words = f" {draw(st.sampled_from(['and', 'or']))} ".join(parts).split()
    words[draw(st.integers(0, len(words) - 1))] = WRONG
    return words


def _folded(words: list[str], draw: st.DrawFn) -> str:
    """Return the words with a blank or a break and an indent between each two."""
    gaps = [draw(st.sampled_from([" ", "  ", "\n    ", "\n      "])) for _ in words[1:]]
    return words[0] + "".join(gap + word for gap, word in zip(gaps, words[1:], strict=True))


STYLES = {
    "plain": lambda text: text,
    "single": lambda text: f"'{text}'",
    "double": lambda text: f'"{text}"',
    "escaped": lambda text: '"' + text.replace("a", r"\x61").replace("=", r"\u003d") + '"',
    "block": lambda text: ">-\n    " + " ".join(text.split()),
}


@given(spoilt(), st.sampled_from(sorted(STYLES)), st.sampled_from(["", "# é\n", "other: 'it''s'\n"]), st.data())
def test_the_sign_is_found_wherever_it_stands(words: list[str], style: str, above: str, data: st.DataObject) -> None:
    text = f"{above}if: {STYLES[style](_folded(words, data.draw))}\n"
    node = document.load(text, "f").items["if"]
    assert isinstance(node, Scalar)
    with pytest.raises(Unreadable) as caught:
        converted(node, grammar.read, most=grammar.LONGEST)
    before = text[: text.index(WRONG)]
    assert repr(WRONG) in caught.value.what
    assert caught.value.where == f"f:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"


@given(st.lists(st.sampled_from([*PARTS, WRONG, "and", "or", "(", "]", "é", "'"]), max_size=8).map(" ".join))
def test_every_fault_names_a_sign_of_the_text(text: str) -> None:
    try:
        grammar.read(text)
    except Misread as fault:
        quoted = fault.what.split("'")
        named = quoted[1] if fault.what.startswith("'") and len(quoted) == 3 else ""
        at = fault.at
    else:
        return
    assert 0 <= at <= len(text)
    assert text.startswith(named, at)


def test_the_end_of_what_breaks_off() -> None:
    for text, place in (
        ("if: alert.kind ==\n", "f:1:18"),
        ("if: 'alert.kind =='\n", "f:1:19"),
        ('if: "alert.kind\n  =="\n', "f:2:5"),
        ("if: >-\n  alert.kind\n  ==\n", "f:3:5"),
    ):
        with pytest.raises(Unreadable) as caught:
            converted(document.load(text, "f").items["if"], grammar.read)
        assert caught.value.where == place, text


def test_what_a_kind_of_record_does_not_have_is_told_with_what_it_has() -> None:
    with pytest.raises(Misread) as caught:
        grammar.read("subject.kind == vessel and alert.severity >= high", RecordKind.NOTICE)
    assert (caught.value.what, caught.value.at) == ("a notice has no alert.severity", 27)
    assert "notice.kind" in caught.value.remedy
    assert "alert.kind" not in caught.value.remedy
    for name, word in WORDS.items():
        if word.choices and word.kind is not None:
            assert grammar.read(f"{name} == {word.choices[0]}", word.kind)
