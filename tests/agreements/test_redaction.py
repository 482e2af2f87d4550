"""Redaction: exactly the permitted fields come out, all are bound, and nothing tells of those withheld."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agreements.cases import KATTEGAT, WESTERN_BALTIC, alert, asked, drawing, track
from comity.agreements.permit import Permit, permit
from comity.agreements.redaction import BUCKET, apart, blurred, disclosed, give, proves
from comity.agreements.standing import Standing
from comity.foundation import canonical
from comity.foundation.geodesy import distance
from comity.vocabulary.fault import Fault
from comity.vocabulary.message import Given
from comity.vocabulary.place import Position
from comity.vocabulary.record import Record, Value

SECRETS: dict[str, Value] = {
    "officer": "an officer's name 7f3a",
    "reason": "a reason 91bc",
    "rule": "a rule 55de",
    "sightings": ["sighting 0c11", "sighting 0c12"],
    "sources": ["source aa45"],
    "explanation": "an explanation 21cd",
    "would_change": "a would-change 3e3e",
    "imo": [9_876_543],
}
GIVEN_FIELDS = (
    "area",
    "call_sign",
    "confidence",
    "grading",
    "mmsi",
    "name",
    "severity",
    "ship_type",
    "until",
)


@st.composite
def records(draw: st.DrawFn) -> Record:
    """Return alerts with any choice of the fields given and those withheld."""
    full = alert().fields
    kept = draw(st.sets(st.sampled_from(GIVEN_FIELDS)))
    secret = draw(st.sets(st.sampled_from(sorted(SECRETS))))
    fields = {name: full[name] for name in ("kind", "time", "position", *sorted(kept))}
    return alert(fields={**fields, **{name: SECRETS[name] for name in secret}})


def _permit(record: Record, standing: Standing, partner: str = "se.coord") -> Permit:
    answer = permit(asked(record, standing, partner))
    assert isinstance(answer, Permit), answer
    return answer


def _given(record: Record, standing: Standing, seed: int = 0) -> Given:
    return give(_permit(record, standing), drawing(seed))


@given(record=records(), seed=st.integers(0, 2**32))
def test_disclosed_are_the_permitted(standing: Standing, record: Record, seed: int) -> None:
    """What the receiver reads is what the permit named, with the very values of the record."""
    leave = _permit(record, standing)
    assert disclosed(give(leave, drawing(seed))) == {name: record.fields[name] for name in leave.fields}


@given(record=records(), seed=st.integers(0, 2**32))
def test_nothing_withheld_is_inside(standing: Standing, record: Record, seed: int) -> None:
    """No withheld value's bytes, nor its field's name, stand in what is sent."""
    sent = canonical.written(_given(record, standing, seed))
    for name, value in record.fields.items():
        if name in SECRETS:
            assert canonical.written(value)[1:] not in sent
            assert canonical.written(name) not in sent


@given(record=records(), seed=st.integers(0, 2**32))
def test_the_number_of_withheld_fields_is_hidden(standing: Standing, record: Record, seed: int) -> None:
    """However many fields are withheld, there are equally many digests, in sorted order."""
    fields = {name: value for name, value in record.fields.items() if name not in SECRETS}
    with_secrets, without = _given(record, standing, seed), _given(alert(fields=fields), standing, seed)
    size = -(-len(record.fields) // BUCKET) * BUCKET
    assert len(apart(with_secrets.digests)) == size
    assert len(apart(without.digests)) == -(-len(fields) // BUCKET) * BUCKET
    if len(record.fields) <= BUCKET:
        assert len(without.digests) == len(with_secrets.digests)
    assert apart(with_secrets.digests) == sorted(set(apart(with_secrets.digests)))


@given(record=records(), seed=st.integers(0, 2**32))
def test_only_what_was_given_can_be_proved(standing: Standing, record: Record, seed: int) -> None:
    """Each field given is bound, with its value and no other; of those withheld only their number is in the form."""
    source, drawn = drawing(seed), list[bytes]()

    def draw(count: int) -> bytes:
        drawn.append(source(count))
        return drawn[-1]

    made = give(_permit(record, standing), draw)
    for one in made.disclosures:
        assert proves(made, one)
        salt, name, _ = canonical.read(one, list)
        assert not proves(made, canonical.written([salt, name, "another value"]))
    bound = {canonical.digest(one) for one in made.disclosures}
    assert set(apart(made.digests)) - bound == set(apart(drawn[-1]))  # all others are drawn, and made of no value


@given(record=records(), data=st.data())
def test_tampering_is_refused(standing: Standing, record: Record, data: st.DataObject) -> None:
    """A disclosure with any byte changed, cut, added or doubled is refused."""
    given_ = _given(record, standing)
    place = data.draw(st.integers(0, len(given_.disclosures) - 1))
    raw = bytearray(given_.disclosures[place])
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    for changed in (bytes(raw), bytes(raw[:-1]), given_.disclosures[place] + b"\x00", b""):
        forged = (*given_.disclosures[:place], changed, *given_.disclosures[place + 1 :])
        with pytest.raises(Fault):
            disclosed(msgspec.structs.replace(given_, disclosures=forged))
    with pytest.raises(Fault, match="twice"):
        disclosed(msgspec.structs.replace(given_, disclosures=(*given_.disclosures, given_.disclosures[place])))


@pytest.mark.parametrize(
    "forged",
    [
        lambda digests: digests[:0],
        lambda digests: digests[:-1],
        lambda digests: digests[:-32],
        lambda digests: b"".join(reversed(apart(digests))),
        lambda digests: digests[:-32] + digests[-64:-32],
        lambda digests: b"".join(sorted([*apart(digests), *(canonical.digest(bytes([n])) for n in range(256))])),
    ],
)
def test_digests_out_of_form(standing: Standing, forged: object) -> None:
    """Digests that are missing, uneven in number, unsorted, doubled or too many are refused."""
    given_ = _given(alert(), standing)
    with pytest.raises(Fault, match="not in form"):
        disclosed(msgspec.structs.replace(given_, digests=forged(given_.digests)))  # type: ignore[operator]


@given(
    st.one_of(
        st.binary(max_size=40),
        st.lists(st.one_of(st.binary(max_size=20), st.text(max_size=5), st.none())).map(canonical.written),
    )
)
def test_any_disclosure(standing: Standing, raw: bytes) -> None:
    """Bytes that a malicious sender binds by a true digest are still refused unless they are salt, name and value."""
    given_ = _given(alert(), standing)
    digests = b"".join(sorted([canonical.digest(raw), *apart(given_.digests)[1:]]))
    try:
        fields = disclosed(msgspec.structs.replace(given_, disclosures=(raw,), digests=digests))
    except Fault:
        return
    assert all(isinstance(name, str) for name in fields)


def test_salts_differ(standing: Standing) -> None:
    """The same record given twice shares no digest: nobody can tell from two releases what is equal in them."""
    one, other = (set(apart(_given(alert(), standing, seed).digests)) for seed in (1, 2))
    assert not one & other


def test_a_given_record_is_stored_and_read(standing: Standing) -> None:
    """What is given has a canonical form that reads back, tracks too."""
    for record in (alert(), track()):
        given_ = _given(record, standing)
        assert canonical.read(canonical.written(given_), Given) == given_
        assert disclosed(given_)["time"] == record.fields["time"]


@given(st.floats(-90, 90), st.floats(-180, 180), st.sampled_from([100, 500, 2_000, 20_000]))
def test_blur(latitude: float, longitude: float, metres: int) -> None:
    """The middle of the cell is within the metres stated, and every point close to it gives the same middle."""
    middle = blurred(Position(latitude, longitude), metres)
    assert distance(middle, Position(latitude, longitude)) <= metres
    again = blurred(middle, metres)
    assert abs(middle.latitude) == 90 or distance(again, middle) < 1


def test_a_blurred_position_says_so(standing: Standing) -> None:
    """The value tells how coarse it is, repeats exactly, and the true one is not inside."""
    leave = _permit(alert(WESTERN_BALTIC), standing, "de.coord")
    first, second = give(leave, drawing(1)), give(leave, drawing(2))
    position = disclosed(first)["position"]
    assert position == disclosed(second)["position"]
    assert isinstance(position, dict)
    assert position["within"] == 2_000
    assert position["latitude"] != WESTERN_BALTIC.latitude
    assert canonical.written(WESTERN_BALTIC.latitude) not in canonical.written(first)


def test_too_many_fields(standing: Standing) -> None:
    """A record of more fields than the form has room for is a fault, not a cut record."""
    leave = _permit(
        alert(KATTEGAT, fields={**alert().fields, **{f"extra{place}": place for place in range(300)}}), standing
    )
    with pytest.raises(Fault, match="fields"):
        give(leave, drawing())
