"""What is proven: structs that are written together have the bytes that each has by itself."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from comity.foundation.alike import written_alike
from comity.foundation.canonical import written
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.handling import Handling, Tlp
from comity.vocabulary.message import Given
from comity.vocabulary.record import RecordKind

TEXTS = st.sampled_from(["", "a", "digest", "fdigestA", "silences", "x" * 300, "\u00e6"])
ENTRIES = st.builds(
    Entry,
    act=st.sampled_from([Act.DISCLOSED, Act.COLLECTED]),
    node=st.just("north"),
    time=st.sampled_from([0, 1_764_322_322_000]),
    clause=TEXTS,
    subject=st.one_of(TEXTS, st.text(max_size=40)),
    digest=st.one_of(st.sampled_from([b"", b"a", b"fdigestAa", bytes(32)]), st.binary(min_size=32, max_size=32)),
    count=st.sampled_from([1, 2, 1_000]),
    detail=TEXTS,
)


@settings(max_examples=150)
@given(st.lists(ENTRIES, max_size=8))
def test_the_same_as_each_by_itself(entries: list[Entry]) -> None:
    """Whatever stands in them, also the words by which subject and digest are known."""
    assert written_alike(entries, ("digest", "subject")) == [written(each) for each in entries]


GIVEN = st.builds(
    Given,
    kind=st.just(RecordKind.ALERT),
    id=TEXTS,
    owner=st.just("north"),
    time=st.sampled_from([0, 1, 255, 1_764_322_322_000]),
    agreement=st.just(bytes(32)),
    clause=TEXTS,
    purpose=st.just("smuggling"),
    handling=st.sampled_from([Handling(), Handling(tlp=Tlp.GREEN)]),
    keep_until=st.sampled_from([1, 1_764_322_322_000]),
    disclosures=st.lists(st.binary(max_size=30), max_size=3).map(tuple),
    digests=st.binary(max_size=64),
)


@settings(max_examples=100)
@given(st.lists(GIVEN, max_size=8))
def test_records_that_are_given(records: list[Given]) -> None:
    """The same of structs within structs, and of several fields that differ."""
    apart = ("id", "time", "keep_until", "disclosures", "digests")
    assert written_alike(records, apart) == [written(each) for each in records]
