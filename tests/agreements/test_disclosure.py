"""Disclosures: what is written and read by hand is what canonical form writes and reads."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from comity.agreements import disclosure
from comity.foundation import canonical
from comity.vocabulary.fault import Fault
from comity.vocabulary.record import Value

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    st.sampled_from([0, 23, 24, 255, 256, 65_535, 65_536, 2**32 - 1, 2**32, -1]),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=30).filter(lambda text: text.isascii() or text.encode("utf-8", "ignore").decode() == text),
    st.integers(20, 300).map(lambda size: "x" * size),
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=30) | st.dictionaries(st.text("abc", max_size=3), inner, max_size=3)
)
NAMES = st.text("abcdefgæ_", min_size=0, max_size=30)
SALTS = st.binary(min_size=16, max_size=16)


def by_canon(data: bytes) -> tuple[str, Value] | None:
    """Return what canonical reading says the bytes disclose, None where they are no disclosure."""
    try:
        parts = canonical.read_plain(data)
    except Fault:
        return None
    sound = isinstance(parts, list) and len(parts) == 3 and isinstance(parts[0], bytes) and len(parts[0]) == 16
    if not sound or not isinstance(parts[1], str) or not disclosure._plain(parts[2]):  # type: ignore[index]
        return None
    return parts[1], parts[2]  # type: ignore[index]


def opened(data: bytes) -> tuple[str, Value] | None:
    try:
        return disclosure.opened(data, "here")
    except Fault:
        return None


@given(NAMES, VALUES, SALTS)
def test_written_and_opened(name: str, value: Value, salt: bytes) -> None:
    """The bytes are those of canonical form, and say what was written."""
    data = disclosure.written(name, value, salt)
    assert data == canonical.written([salt, name, value])
    assert opened(data) == by_canon(data) == (name, value)
    assert repr(opened(data)) == repr(by_canon(data)), "true is not 1"


HEADS = st.sampled_from(
    [
        b"",
        b"`",
        b"aa",
        b"x\x17" + b"x" * 23,
        b"x\x18" + b"x" * 24,
        b"x\x80",
        b"\x18\x17",
        b"\x18\x18",
        b"\x19\x00\xff",
        b"\x19\x01\x00",
        b"\x1a\x00\x01\x00\x00",
        b"\x1b\x00",
        b"\xf4",
        b"\xf7",
        b"\xf9<\x00",
        b"\x80",
        b"\x81",
        b"\x81\x01",
        b"\x82aa\xf6",
        b"\x98\x01\x01",
        b"\xc0\x00",
        b"a\xff",
        b"Aa",
        b"\xa0",
    ]
)


@given(SALTS, st.lists(HEADS, max_size=5).map(b"".join), st.binary(max_size=3), st.integers(0, 60))
@example(bytes(16), b"\x61a\x01", b"", 60)
def test_any_bytes_open_as_canonical_form_says(salt: bytes, middle: bytes, tail: bytes, cut: int) -> None:
    """Whatever comes: what is not canonical, too short, too long or of another form is refused, the rest is read."""
    for data in (b"\x83\x50" + salt + middle + tail, (b"\x83\x50" + salt + middle)[:cut], middle + tail):
        assert opened(data) == by_canon(data)
        assert repr(opened(data)) == repr(by_canon(data))


@given(NAMES, VALUES, SALTS, st.data())
def test_mutated_bytes(name: str, value: Value, salt: bytes, data: st.DataObject) -> None:
    """One byte changed anywhere: as canonical form says."""
    written = bytearray(disclosure.written(name, value, salt))
    written[data.draw(st.integers(0, len(written) - 1))] = data.draw(st.integers(0, 255))
    assert repr(opened(bytes(written))) == repr(by_canon(bytes(written)))


def test_what_has_no_form_is_not_written() -> None:
    """Half a character, a number that is none, and what no field can hold."""
    for value in ("\ud800", float("nan"), ["\ud800"], 2**64, object()):
        with pytest.raises(Fault):
            disclosure.written("name", value, bytes(16))  # type: ignore[arg-type]


@given(st.lists(st.tuples(NAMES, VALUES, SALTS), max_size=30), st.data())
def test_several_opened_at_once(parts: list[tuple[str, Value, bytes]], data: st.DataObject) -> None:
    """Several are read as each by itself, also where one is changed, cut, or ends in the next."""
    several = [disclosure.written(*one) for one in parts]
    if several and data.draw(st.booleans()):
        place = data.draw(st.integers(0, len(several) - 1))
        whole, cut = several[place], data.draw(st.integers(0, len(several[place])))
        changed = [whole[:cut] + data.draw(st.binary(max_size=2)) + whole[cut:]]
        several[place : place + 1] = data.draw(st.sampled_from([changed, [whole[:cut], whole[cut:]]]))
    each = [opened(one) for one in several]
    try:
        assert repr(disclosure.all_opened(several, "here")) == repr(each)
    except Fault:
        assert None in each
