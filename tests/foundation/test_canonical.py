"""Canonical form: one value, one sequence of bytes."""

from __future__ import annotations

import math
import subprocess
import sys
from decimal import Decimal
from typing import Any

import cbor2
import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from comity.foundation.canonical import DEEPEST, LARGEST, NotCanonical, digest, read, written
from comity.foundation.clock import steady
from comity.vocabulary.decision import Decision, Judgement
from comity.vocabulary.place import Position
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import Identity, SubjectKind

_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.floats(width=16, allow_nan=False, allow_infinity=False)
    | _TEXT
    | st.binary(max_size=40)
)
_PLAIN = st.recursive(_LEAVES, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(_TEXT, inner, max_size=5))
_REAL = st.floats(0, 359.9)
_SIGHTINGS = st.builds(
    Sighting,
    id=_TEXT,
    source=_TEXT,
    time=st.integers(0, 2**53),
    identity=st.builds(
        Identity,
        kind=st.sampled_from(SubjectKind),
        mmsi=st.none() | st.integers(0, 999_999_999),
        name=st.none() | _TEXT,
        length=st.none() | _REAL,
    ),
    position=st.none() | st.builds(Position, st.floats(-90, 90), st.floats(-180, 180)),
    speed=st.none() | _REAL | st.integers(0, 40),
    course=st.none() | _REAL,
    distress=st.booleans(),
)


def _hex(text: str) -> bytes:
    return bytes.fromhex(text.replace(" ", ""))


@pytest.mark.parametrize(
    ("value", "encoded"),
    [
        (0, "00"),
        (23, "17"),
        (24, "1818"),
        (255, "18ff"),
        (1000, "1903e8"),
        (1_000_000, "1a000f4240"),
        (1_000_000_000_000, "1b000000e8d4a51000"),
        (2**64 - 1, "1bffffffffffffffff"),
        (-1, "20"),
        (-1000, "3903e7"),
        (-(2**63), "3b7fffffffffffffff"),
        (0.0, "f90000"),
        (-0.0, "f98000"),
        (1.0, "f93c00"),
        (1.1, "fb3ff199999999999a"),
        (65504.0, "f97bff"),
        (100000.0, "fa47c35000"),
        (1.0e300, "fb7e37e43c8800759c"),
        (5.960464477539063e-08, "f90001"),
        (False, "f4"),
        (True, "f5"),
        (None, "f6"),
        (b"", "40"),
        (b"\x01\x02\x03\x04", "4401020304"),
        ("", "60"),
        ("IETF", "6449455446"),
        ("ü", "62c3bc"),
        ([1, [2, 3], [4, 5]], "8301820203820405"),
        ({"a": 1, "b": [2, 3]}, "a26161016162820203"),
        ({"a": 3, "b": 1, "aa": 2}, "a361610361620162616102"),
    ],
)
def test_the_examples_of_the_standard(value: object, encoded: str) -> None:
    """Values of RFC 8949, appendix A, that canonical form has, and one map more, are written as they should be."""
    assert written(value).hex() == encoded
    assert repr(read(_hex(encoded), object)) == repr(value)


def test_the_example_of_the_page() -> None:
    """The bytes and the hash in docs/formats/canonical.md are right."""
    data = written(Position(55.5, 12.25))
    assert data == _hex("a2 68 6c61746974756465 f9 52f0 69 6c6f6e676974756465 f9 4a20")
    assert digest(data).hex() == "0cbf0c8be52097af38c292ca19b2095b32ab2d0e3e5040976caecd586a1115e8"
    assert digest(data[:5], data[5:]) == digest(data)


@given(_PLAIN)
def test_plain_values_come_back(value: object) -> None:
    """Whatever plain value is written is read back the same, whole reals real and negative zero negative."""
    data = written(value)
    back: object = read(data, object)
    assert back == value
    assert written(back) == data


@given(_PLAIN)
def test_another_decoder_agrees(value: object) -> None:
    """The bytes are CBOR that reads as the value, and a reader of plain CBOR needs nothing from us."""
    assert cbor2.loads(written(value)) == value


@given(_SIGHTINGS)
def test_structs_come_back(sighting: Sighting) -> None:
    """A struct is read back equal; whole numbers in its real fields have become real."""
    data = written(sighting)
    assert read(data, Sighting) == sighting
    assert written(read(data, Sighting)) == data


@given(st.permutations(list("abcdefgh")))
def test_the_order_of_a_map_says_nothing(keys: list[str]) -> None:
    """Maps that are equal are written alike, in whatever order they were filled."""
    assert written(dict.fromkeys(keys, 1)) == written(dict.fromkeys(sorted(keys), 1))


@pytest.mark.parametrize(
    "data",
    [
        *("1817", "1900ff", "1a0000ffff", "1b00000000ffffffff", "3817"),  # integers longer than needed
        *("5800", "7801 61", "9801 01", "b801 6161 01"),  # lengths longer than needed
        *("fa3f800000", "fb3ff0000000000000", "fb40f86a0000000000"),  # reals longer than needed
        *("5f 41 01 ff", "7f 61 61 ff", "9f 01 ff", "bf 6161 01 ff"),  # indefinite lengths
        *("a2 6162 01 6161 02", "a2 626161 01 6162 02"),  # keys out of order
        *("a2 6161 01 6161 01", "a2 6161 01 6161 02"),  # keys twice
        *("a1 01 01", "a1 4161 01", "a1 80 01", "a1 a0 01", "a1 f6 01"),  # keys that are not text
        *("c0 74 323031332d30332d32315432303a30343a30305a", "c1 00", "c2 41 01", "c3 49 01 0000000000000000"),  # tags
        *("c4 82 20 01", "c5 82 01 01", "d81c 80", "d81d 00", "d81e 82 01 02", "d823 63 2e2a24", "d9 d9f7 00"),
        *("d9 0102 81 01", "da ffffffff 00", "db ffffffffffffffff 00", "d9 0100 82 63616161 d819 00"),
        *("f7", "e0", "f8 ff", "f8 14"),  # simple values that have no place
        *("f9 7e00", "f9 7c00", "f9 fc00", "fa 7fc00000", "fb 7ff0000000000000"),  # not finite
        *("3b ffffffffffffffff", "3b 8000000000000000"),  # below 64 bits
        *("61 ff", "63 eda080", "62 c0af"),  # not UTF-8
        *(
            "",
            "18",
            "82 01",
            "a1 6161",
            "44 010203",
            "5b 00000000ffffffff",
            "9b 00000000ffffffff",
            "bb 7fffffffffffffff",
        ),
        *("01 01", "80 00", "ff", "1c", "fc", "1f", "df"),  # something after it, or nothing that CBOR knows
    ],
)
def test_what_is_not_canonical_is_refused(data: str) -> None:
    """Every way of writing a value otherwise, or of writing none, is refused, and the place is named."""
    with pytest.raises(NotCanonical, match=r"^the test: "):
        read(_hex(data), object, where="the test")


def _plainly(value: Any, **changes: Any) -> bytes:  # noqa: ANN401 - any struct
    return cbor2.dumps(msgspec.to_builtins(value) | changes, canonical=True)


_DECISION = Decision(alert="a1", judgement=Judgement.UNSURE, officer="lind", reason="fog", time=5)


@pytest.mark.parametrize(
    "changes",
    [{"unknown": 1}, {"time": 5.0}, {"time": "5"}, {"judgement": "maybe"}, {"reason": ""}, {"duplicate_of": 1}],
    ids=str,
)
def test_what_is_not_of_the_type_is_refused(changes: dict[str, object]) -> None:
    """An unknown field, another type, a word that is none of the enumeration, a limit broken."""
    assert read(_plainly(_DECISION), Decision) == _DECISION
    with pytest.raises(NotCanonical):
        read(_plainly(_DECISION, **changes), Decision)


def test_what_may_be_left_out_must_be() -> None:
    """A default written out, or a whole number in a real field, is a second way to say the same, and refused."""
    sighting = Sighting(id="s", source="ais", time=1, identity=Identity(kind=SubjectKind.VESSEL), speed=5.0)
    assert read(_plainly(sighting), Sighting) == sighting
    for changes in ({"distress": False}, {"position": None}, {"speed": 5}):
        with pytest.raises(NotCanonical, match="not the one canonical form"):
            read(_plainly(sighting, **changes), Sighting)


def test_what_a_type_itself_refuses_is_refused() -> None:
    """What a type's own check refuses comes out as a fault, not as another error."""

    class Careful(msgspec.Struct, frozen=True):
        number: int

        def __post_init__(self) -> None:
            if self.number == 13:
                raise ValueError("not this one")

    with pytest.raises(NotCanonical, match="not this one"):
        read(written({"number": 13}), Careful)


def _nested(levels: int) -> object:
    value: object = 1
    for _ in range(levels):
        value = [value]
    return value


def test_the_deepest() -> None:
    """Exactly the allowed depth is written and read; one more is neither, however much more it is."""
    assert read(written(_nested(DEEPEST)), object) == _nested(DEEPEST)
    for levels in (DEEPEST + 1, 10 * DEEPEST, 100_000):
        with pytest.raises(NotCanonical):
            written(_nested(levels))
        with pytest.raises(NotCanonical):
            read(b"\x81" * levels + b"\x01", object)


def test_the_largest() -> None:
    """What is longer than allowed is neither written nor read."""
    with pytest.raises(NotCanonical, match="more than the"):
        written(bytes(LARGEST))
    with pytest.raises(NotCanonical, match="more than the"):
        read(bytes(LARGEST + 1), object)


def test_references_do_not_multiply() -> None:
    """Lists that each hold the one before twice, by reference, would be billions of items: they are refused at once."""
    levels = 28
    opened = b"\xd8\x1c\x82" * levels + b"\xd8\x1c\x82\x01\x01"
    closed = b"".join(b"\xd8\x1d" + cbor2.dumps(level) for level in range(levels, 0, -1))
    began = steady()
    with pytest.raises(NotCanonical, match="tag"):
        read(opened + closed, object)
    assert steady() - began < 1


@pytest.mark.parametrize(
    "value",
    [
        *(math.nan, math.inf, -math.inf, 2**64, -(2**63) - 1, {1: 2}, {b"a": 1}, {None: 1}),
        *("\ud800", {"\udfff": 1}, bytearray(b"a"), memoryview(b"a"), Decimal(1), object(), [object()]),
        *(Position(91.0, 0.0), Position("55", 12.0), msgspec.structs.replace(_DECISION, reason="")),  # type: ignore[arg-type]
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_cannot_be_read_back_is_not_written(value: object) -> None:
    """A value without canonical form, and a struct that breaks its own limits, is refused where it is written."""
    with pytest.raises(NotCanonical):
        written(value)


def _is_refused_or_the_same(data: bytes, kind: type) -> None:
    try:
        value = read(data, kind)
    except NotCanonical:
        return
    assert written(value) == data


@given(st.binary(max_size=200))
@example(b"\xd8\x23\x63(a+")
@example(b"\xc1\xfb\x7f\xf0\x00\x00\x00\x00\x00\x00")
def test_garbage(data: bytes) -> None:
    """Of arbitrary bytes, each is refused by our own fault or is the canonical form of what is read."""
    _is_refused_or_the_same(data, object)
    _is_refused_or_the_same(data, Sighting)


@given(_SIGHTINGS, st.data())
def test_mutated_bytes(sighting: Sighting, data: st.DataObject) -> None:
    """A canonical struct in which bytes were changed, cut or added is refused or canonical for what it now says."""
    changed = bytearray(written(sighting))
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(changed) - 1))
        changed[place : place + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=3))
        if not changed:
            return
    _is_refused_or_the_same(bytes(changed), Sighting)


_AT_ONCE = """
import sys, threading
from typing import Annotated
import msgspec
from comity.foundation import canonical
sys.setswitchinterval(1e-6)
small = [msgspec.defstruct(f"Small{n}", [("x", Annotated[int, msgspec.Meta(ge=0)])], frozen=True) for n in range(300)]
large = [msgspec.defstruct(f"Large{n}", [(f"f{m}", tuple[one, ...], ()) for m in range(8)], frozen=True,
    omit_defaults=True) for n, one in enumerate(small)]
canonical.prepare()
data = canonical.written({"f7": [{"x": 1}]})
for kind in large:
    threads = [threading.Thread(target=canonical.read, args=(data, kind)) for _ in range(6)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
"""


def test_what_is_first_read_by_many_at_once_ends_no_process() -> None:
    """A struct that was prepared may be read by any thread first; without that the process would end at once."""
    done = subprocess.run([sys.executable, "-c", _AT_ONCE], capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, "")
