"""Ordering: what is known of a type beforehand changes nothing of what comes out."""

from __future__ import annotations

from typing import Any

import cbor2
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.foundation.ordering import DEEPEST, NotCanonical, of, ordered
from comity.vocabulary.place import Position
from comity.vocabulary.subject import SubjectKind

_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
_REAL = st.floats(-90, 90) | st.floats(-90, 90, width=16)
_WHOLE = st.integers(-(2**63), 2**64 - 1)


class _Inner(msgspec.Struct, frozen=True, omit_defaults=True):
    bb: float
    a: int = 0
    ccc: tuple[Position, ...] = ()


class _Outer(msgspec.Struct, frozen=True):
    longest: _Inner | None
    b: tuple[str, ...]
    kind: SubjectKind
    any: Any
    c: float | None
    mixed: str | int | None
    numbers: list[int]
    either: dict[str, float]


_INNER = st.builds(_Inner, bb=_REAL, a=st.just(0) | _WHOLE, ccc=st.lists(st.builds(Position, _REAL, _REAL)).map(tuple))
_ANY = st.recursive(
    st.none() | st.booleans() | _WHOLE | _REAL | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
)
_OUTER = st.builds(
    _Outer,
    longest=st.none() | _INNER,
    b=st.lists(_TEXT, max_size=3).map(tuple),
    kind=st.sampled_from(SubjectKind),
    any=_ANY,
    c=st.none() | _REAL,
    mixed=st.none() | _TEXT | _WHOLE,
    numbers=st.lists(_WHOLE, max_size=3),
    either=st.dictionaries(_TEXT, _REAL, max_size=3),
)


@given(_OUTER)
def test_a_type_known_beforehand_gives_what_looking_at_everything_gives(value: _Outer) -> None:
    """Both ways bring out the same bytes and the same numbers to be shortened."""
    plain = msgspec.to_builtins(value)
    known: list[float] = []
    looked_at: list[float] = []
    assert cbor2.dumps(of(_Outer)(plain, known)) == cbor2.dumps(ordered(plain, looked_at))
    assert sorted(known) == sorted(looked_at)


@pytest.mark.parametrize(
    "wrong",
    [
        _Inner(bb=float("nan")),
        _Inner(bb=float("-inf")),
        _Inner(bb=0.5, a=2**64),
        _Inner(bb=0.5, a=-(2**63) - 1),
        _Inner(bb=0.5, ccc=(Position(float("nan"), 0.0),)),
    ],
)
def test_what_has_no_canonical_form_is_refused_with_a_known_type_too(wrong: _Inner) -> None:
    """Numbers that are not finite or exceed 64 bits, wherever they are in the struct."""
    with pytest.raises(NotCanonical):
        of(_Inner)(msgspec.to_builtins(wrong), [])


def test_what_a_type_leaves_open_is_as_deep_as_it_lies_in_the_whole() -> None:
    """A field that takes anything begins one level down."""

    class Open(msgspec.Struct):
        any: Any

    nested: Any = "x"
    for _ in range(DEEPEST - 1):
        nested = [nested]
    assert of(Open)({"any": nested}, []) == {"any": nested}
    with pytest.raises(NotCanonical):
        of(Open)({"any": [nested]}, [])
