"""Shapes: several fields asked about at once say yes only where each would, and mostly where each would."""

from __future__ import annotations

import decimal
import enum

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agreements.cases import alert, notice, report, track
from agreements.test_footing import VALUES
from comity.agreements import field
from comity.agreements.shape import Shape, shape
from comity.vocabulary.record import Record, RecordKind


class Word(enum.Enum):
    """A word that is no text."""

    ONE = "one"


class Number(enum.IntEnum):
    """A number with a name."""

    ONE = 1


class Text(str):
    """Text of a type of its own."""

    __slots__ = ()


STRANGE = st.sampled_from(
    [
        decimal.Decimal(1),
        Word.ONE,
        Number.ONE,
        Text("one"),
        (1, 2),
        {1},
        [decimal.Decimal(1)],
        [True],
        [Word.ONE],
        b"a",
        {"speed": decimal.Decimal(1)},
        {"latitude": 1.0, "longitude": decimal.Decimal(1)},
        10**400,
        [10**30],
        10**30,
        {"latitude": 91.0, "longitude": 0.0},
        {"latitude": 1, "longitude": 0},
        ["x" * 4001],
        [1] * 1001,
        float("inf"),
    ]
)


def fits(kind: RecordKind, name: str, value: object) -> bool:
    try:
        return field.fits(kind, name, value)  # type: ignore[arg-type]
    except OverflowError:  # a number too large to be looked at
        return False


@settings(max_examples=600)
@given(st.sampled_from([alert(), track(), report(), notice()]), st.data())
def test_no_more_than_each_alone(record: Record, data: st.DataObject) -> None:
    """Whatever stands in one of the fields, a yes means that every value fits."""
    known = sorted(field.known(record.kind) & record.fields.keys())
    names = tuple(sorted(data.draw(st.sets(st.sampled_from(known), min_size=1))))
    name = data.draw(st.sampled_from(names))
    fields = {**record.fields, name: data.draw(VALUES | STRANGE)}
    try:
        together = Shape(record.kind, names).fits(fields)  # type: ignore[arg-type]
    except OverflowError:
        together = False
    if together:
        assert all(fits(record.kind, each, fields[each]) for each in names)


@pytest.mark.parametrize("record", [alert(), track(), report(), notice()], ids=lambda record: record.kind.value)
def test_sound_records_are_seen_at_once(record: Record) -> None:
    """The cases' records, which have every field, fit at once, again and one field at a time."""
    names = tuple(sorted(field.known(record.kind) & record.fields.keys()))
    for some in (names, names, *((name,) for name in names)):
        expected = all(field.fits(record.kind, name, record.fields[name]) for name in some)
        assert shape(record.kind, some).fits(record.fields) is expected
    assert shape(record.kind, names).fits(record.fields)
