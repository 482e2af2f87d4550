"""Names of nodes: nothing stands behind the last letter that a reader would not see."""

from __future__ import annotations

import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.vocabulary.onward import Name
from comity.vocabulary.partner import NAME_PATTERN


@pytest.mark.parametrize("name", ["dk.coord", "a", "a" * 63, "0-9"])
def test_names(name: str) -> None:
    assert msgspec.convert(name, Name) == name


@pytest.mark.parametrize("name", ["dk.coord\n", "\ndk.coord", "a" * 64, "", "-a", "a.", "DK", "a b"])
def test_what_is_no_name(name: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(name, Name)


@given(st.from_regex(NAME_PATTERN))
def test_searched_or_matched_whole_a_name_is_the_same(name: str) -> None:
    assert re.fullmatch(r"[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?", name)
