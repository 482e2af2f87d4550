"""Shapes: records of every item that there is are taken apart as they were put together."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders import asterix
from comity.sources.asterix import shape
from comity.sources.asterix.shape import PROFILES, Compound, Damaged, Explicit, Extended, Fixed, Repeated, Shape


def chunk(length: int) -> st.SearchStrategy[bytes]:
    return st.binary(min_size=length, max_size=length)


def extended(part: int) -> st.SearchStrategy[bytes]:
    def joined(parts: list[bytes]) -> bytes:
        return b"".join(
            one[:-1] + bytes([one[-1] & 0xFE | (place < len(parts) - 1)]) for place, one in enumerate(parts)
        )

    return st.lists(chunk(part), min_size=1, max_size=4).map(joined)


def drawn(form: Shape) -> st.SearchStrategy[bytes]:
    """Return what draws the bytes of an item of this shape."""
    if isinstance(form, Fixed):
        return chunk(form.length)
    if isinstance(form, Extended):
        return extended(form.part)
    if isinstance(form, Explicit):
        return st.binary(max_size=20).map(lambda body: bytes([len(body) + 1]) + body)
    if isinstance(form, Repeated):
        part = form.part
        return st.integers(0, 4).flatmap(lambda count: chunk(count * part).map(lambda body: bytes([count]) + body))
    return st.fixed_dictionaries(
        {}, optional={number: drawn(part) for number, part in enumerate(form.parts, 1) if part is not None}
    ).map(asterix.compound)


@pytest.mark.parametrize("category", PROFILES)
@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(data=st.data())
def test_whatever_items_a_record_has_they_are_found_again(category: int, data: st.DataObject) -> None:
    """Every shape, every category, several records in a row."""
    wanted = st.fixed_dictionaries(
        {}, optional={item.name: drawn(item.shape) for item in PROFILES[category] if item is not None}
    ).filter(bool)
    records = data.draw(st.lists(wanted, min_size=1, max_size=3))
    body, place = b"".join(asterix.record(category, one) for one in records), 0
    for expected in records:
        found, place = shape.items(category, body, place)
        assert found == expected
    assert place == len(body)


@given(data=st.data())
def test_parts_of_a_compound_item(data: st.DataObject) -> None:
    """Numbered as in the specification."""
    forms = [(c, i) for c, p in PROFILES.items() for i in p if i is not None and isinstance(i.shape, Compound)]
    category, item = data.draw(st.sampled_from(forms))
    assert isinstance(item.shape, Compound)
    parts = data.draw(
        st.fixed_dictionaries({}, optional={n: drawn(p) for n, p in enumerate(item.shape.parts, 1) if p is not None})
    )
    assert shape.parts(category, item.name, asterix.compound(parts)) == parts


@pytest.mark.parametrize(("category", "count"), [(48, 28), (34, 14), (62, 35), (65, 14), (21, 49)])
def test_profiles_fill_their_bytes(category: int, count: int) -> None:
    """As many places as the specification has."""
    assert len(PROFILES[category]) == count


@pytest.mark.parametrize(
    ("category", "item", "count"), [(62, "380", 28), (62, "295", 31), (62, "390", 18), (62, "290", 10), (21, "295", 23)]
)
def test_compound_items_have_all_their_parts(category: int, item: str, count: int) -> None:
    """As many as the specification has."""
    (form,) = (each.shape for each in PROFILES[category] if each is not None and each.name == item)
    assert isinstance(form, Compound)
    assert len(form.parts) == count


@pytest.mark.parametrize(
    ("category", "data", "fault"),
    [
        (48, "", "a record that does not end with its block"),
        (48, "81", "a record that does not end with its block"),
        (48, "800a", "a record that does not end with its block"),
        (48, "010101010180", "an item that the category does not have"),
        (62, "4000", "an item that the category does not have"),
        (34, "010400", "an item of no length"),
        (34, "0440", "an item that the category does not have"),
        (48, "1001", "a record that does not end with its block"),
        (48, "010110ff00", "a record that does not end with its block"),
    ],
)
def test_damage_has_a_name(category: int, data: str, fault: str) -> None:
    """One for each rule that can be broken."""
    with pytest.raises(Damaged) as caught:
        shape.items(category, bytes.fromhex(data), 0)
    assert caught.value.what == fault


@given(st.sampled_from(sorted(PROFILES)), st.binary(max_size=300))
def test_no_bytes_lead_out_of_the_block(category: int, data: bytes) -> None:
    """A record ends within what there is, and consists of all bytes up to there; or it is damaged."""
    try:
        found, end = shape.items(category, data, 0)
    except Damaged:
        return
    assert 0 < end <= len(data)
    assert sum(map(len, found.values())) < end
