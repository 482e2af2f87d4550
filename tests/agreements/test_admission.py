"""Admission: what an honest sender gives is admitted; whatever is wider than its clause is refused."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agreements.cases import (
    KATTEGAT,
    NOW,
    PARTIES,
    WESTERN_BALTIC,
    alert,
    asked,
    drawing,
    in_force,
    notice,
    placed,
    report,
    track,
)
from agreements.test_permit import requests
from comity.agreements.admission import SKEW, admit
from comity.agreements.frame import Term
from comity.agreements.permit import Permit, permit
from comity.agreements.redaction import BUCKET, disclosed, give
from comity.agreements.standing import Standing, State
from comity.foundation import canonical
from comity.vocabulary.handling import Onward, Tlp
from comity.vocabulary.instant import DAY
from comity.vocabulary.message import Given
from comity.vocabulary.place import Position
from comity.vocabulary.record import Record, RecordKind, Value
from comity.vocabulary.subject import SubjectKind


def _given(standing: Standing, record: Record | None = None, partner: str = "se.coord") -> Given:
    answer = permit(asked(record or alert(), standing, partner))
    assert isinstance(answer, Permit), answer
    return give(answer, drawing())


def bound(given_: Given, fields: dict[str, Value], **changes: object) -> Given:
    """Return the release as a dishonest sender would make it: any fields, truly bound by their digests."""
    draw = drawing(9)
    disclosures = tuple(canonical.written([draw(16), name, value]) for name, value in fields.items())
    decoys = [draw(32) for _ in range(-len(disclosures) % BUCKET or BUCKET)]
    digests = b"".join(sorted([*map(canonical.digest, disclosures), *decoys]))
    return msgspec.structs.replace(given_, disclosures=disclosures, digests=digests, **changes)


@given(st.data())
def test_what_is_permitted_is_admitted(standing: Standing, data: st.DataObject) -> None:
    """Every permit that can be had, under distress too, leads to a release that its receiver admits."""
    request = data.draw(requests(standing))
    answer = permit(request)
    if isinstance(answer, Permit):
        refusal = admit(give(answer, drawing()), request.own, request.partner, request.standings, request.now + 60_000)
        assert refusal is None or request.now + 60_000 >= standing.terms.in_force.end


def test_tracks_and_blurred_alerts(standing: Standing) -> None:
    """Each clause of the example gives what its receiver admits."""
    for record, partner in (
        (alert(), "se.coord"),
        (track(), "se.coord"),
        (alert(WESTERN_BALTIC), "de.coord"),
        (report(), "se.coord"),
        (notice(WESTERN_BALTIC), "de.coord"),
    ):
        assert admit(_given(standing, record, partner), "dk.coord", partner, (standing,), NOW) is None


@pytest.mark.parametrize("kind", list(SubjectKind), ids=lambda kind: kind.value)
def test_a_track_of_a_person_or_a_plate_is_taken_in_from_nobody(standing: Standing, kind: SubjectKind) -> None:
    """A sender's own permit keeps it back (safeguards 3 and 6); one that gives it all the same is refused."""
    clauses = tuple(
        msgspec.structs.replace(one, fields=(*one.fields, "kind")) if one.give is RecordKind.TRACK else one
        for one in standing.terms.clauses
    )
    telling = in_force(msgspec.structs.replace(standing.terms, clauses=clauses))
    honest = _given(telling, track())
    told = bound(honest, {**disclosed(honest), "kind": kind.value})
    shared = kind in {SubjectKind.VESSEL, SubjectKind.AIRCRAFT}
    assert (admit(told, "dk.coord", "se.coord", (telling,), NOW) is None) == shared


@pytest.mark.parametrize("make", [report, notice])
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, None),
        ({"position": None, "area": "kattegat"}, None),
        ({"position": None, "area": "somewhere"}, "not-permitted"),
        ({"area": "kattegat"}, "not-permitted"),
        ({"position": placed(Position(58.5, 9.0))}, "not-permitted"),
        ({"officer": "mette"}, "not-permitted"),
        ({"grading": "admiralty A1"}, "not-permitted"),
        ({"expires": NOW - SKEW - 1}, "not-permitted"),
        ({"subjects": ["vessel", "vehicle"]}, "not-permitted"),
        ({"subjects": []}, "not-permitted"),
        ({"subjects": ["person"]}, "malformed"),
        ({"subjects": ["organisation"]}, "malformed"),
        ({"subjects": [{"kind": "person"}]}, "malformed"),
        ({"names_nobody": False}, "malformed"),
        ({"names_nobody": 1}, "malformed"),
        ({"person": "x"}, "malformed"),
    ],
)
def test_what_is_written_is_admitted_as_it_should_be(
    standing: Standing, make: Callable[..., Record], changes: dict[str, Value], code: str | None
) -> None:
    """A report or notice is refused where its place, grading, subjects, expiry or its officer's word is not right."""
    honest = _given(standing, make())
    fields = {**disclosed(honest), **changes}
    forged = bound(honest, {name: value for name, value in fields.items() if value is not None})
    assert admit(forged, "dk.coord", "se.coord", (standing,), NOW) == code


@pytest.mark.parametrize("name", ["time", "version", "expires", "grading", "names_nobody"])
def test_what_is_written_is_refused_without_what_it_needs(standing: Standing, name: str) -> None:
    honest = _given(standing, report())
    fields = {key: value for key, value in disclosed(honest).items() if key != name}
    assert admit(bound(honest, fields), "dk.coord", "se.coord", (standing,), NOW) == "not-permitted"


@pytest.mark.parametrize(
    "change",
    [
        {"sha256": "00" * 32},
        {"type": "image/jpeg"},
        {"type": "text/html"},
        {"content": "bm90IGEgcGljdHVyZQ=="},
        {"content": "not base64"},
        {"name": "../up"},
        {"more": 1},
    ],
)
def test_attachments_are_what_they_say_at_the_receiver_too(standing: Standing, change: dict[str, Value]) -> None:
    honest = _given(standing, notice())
    fields = disclosed(honest)
    (held,) = fields["attachments"]  # type: ignore[misc]
    forged = bound(honest, {**fields, "attachments": [{**held, **change}]})  # type: ignore[dict-item]
    assert admit(forged, "dk.coord", "se.coord", (standing,), NOW) == "malformed"


FIELDS: dict[str, Value] = {"kind": "meeting", "severity": "high", "time": NOW - 60_000, "position": placed(KATTEGAT)}


@pytest.mark.parametrize(
    ("fields", "changes"),
    [
        ({"officer": "mette"}, {}),
        ({"sightings": ["one"]}, {}),
        ({"position": placed(WESTERN_BALTIC)}, {}),
        ({"kind": "distress"}, {}),
        ({}, {"clause": "no-such-clause"}),
        ({}, {"clause": "tracks-in-the-kattegat"}),
        ({}, {"clause": "safeguard-13"}),
        ({}, {"purpose": "trafficking"}),
        ({}, {"purpose": "no such purpose"}),
        ({}, {"owner": "de.coord"}),
        ({}, {"keep_until": NOW}),
        ({}, {"keep_until": NOW + 31 * DAY}),
        ({}, {"keep_until": NOW + 30 * DAY + SKEW + 1}),
    ],
)
def test_wider_than_the_clause(standing: Standing, fields: dict[str, Value], changes: dict[str, object]) -> None:
    """A field, place, purpose, owner or time that the clause does not allow is refused, though truly bound."""
    honest = _given(standing)
    assert admit(bound(honest, FIELDS), "dk.coord", "se.coord", (standing,), NOW) is None
    forged = bound(honest, {**FIELDS, **fields}, **changes)
    assert admit(forged, "dk.coord", "se.coord", (standing,), NOW) == "not-permitted"


@pytest.mark.parametrize(
    "marks", [{"tlp": Tlp.GREEN}, {"tlp": Tlp.CLEAR}, {"onward": Onward.YES}, {"proceedings": True}, {"tlp": Tlp.RED}]
)
def test_wider_handling(standing: Standing, marks: dict[str, object]) -> None:
    """Marks wider than the clause's are refused, and so is what is marked for nobody."""
    honest = _given(standing)
    forged = msgspec.structs.replace(honest, handling=msgspec.structs.replace(honest.handling, **marks))
    assert admit(forged, "dk.coord", "se.coord", (standing,), NOW) == "not-permitted"


def test_too_precise(standing: Standing) -> None:
    """Where the clause blurs, a position that is not as coarse as that is refused."""
    honest = _given(standing, alert(WESTERN_BALTIC), "de.coord")
    fine: dict[str, Value] = {"time": NOW, "position": {**placed(WESTERN_BALTIC), "within": 100}}
    for fields in (fine, {"time": NOW, "position": placed(WESTERN_BALTIC)}):
        assert admit(bound(honest, fields), "dk.coord", "de.coord", (standing,), NOW) == "not-permitted"


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": {"a": 1}},
        {"time": "noon"},
        {"position": {"latitude": 95, "longitude": 0}},
        {"name": {"person": "x"}},
        {"position": {**placed(KATTEGAT), "name": 1}},
    ],
)
def test_ill_shaped_values(standing: Standing, fields: dict[str, Value]) -> None:
    """A value that has not the shape of its field is refused: nothing rides along in it."""
    forged = bound(_given(standing), {**FIELDS, **fields})
    assert admit(forged, "dk.coord", "se.coord", (standing,), NOW) == "malformed"


def test_strangers(standing: Standing) -> None:
    """Nothing is admitted between nodes that are not both parties, under an unknown agreement, or from oneself."""
    honest = _given(standing)
    assert admit(honest, "dk.coord", "no.coord", (standing,), NOW) == "not-permitted"
    assert admit(honest, "se.coord", "dk.coord", (standing,), NOW) == "not-permitted"
    assert admit(honest, "dk.coord", "dk.coord", (standing,), NOW) == "not-permitted"
    assert admit(honest, "dk.coord", "de.coord", (standing,), NOW) == "not-permitted"
    assert admit(honest, "dk.coord", "se.coord", (), NOW) == "not-in-force"


def test_superseded(standing: Standing) -> None:
    """A release under a version that a newer one has replaced is refused."""
    newer = in_force(msgspec.structs.replace(standing.terms, version=2, in_force=Term(start=NOW, end=NOW + DAY)))
    assert admit(_given(standing), "dk.coord", "se.coord", (standing, newer), NOW) == "not-in-force"


@pytest.mark.parametrize("state", [State.OFFERED, State.AGREED, State.SUSPENDED, State.TERMINATED])
def test_not_in_force(standing: Standing, state: State) -> None:
    """A release under an agreement that is not in force at the receiver is refused."""
    changed = msgspec.structs.replace(standing, state=state)
    assert admit(_given(standing), "dk.coord", "se.coord", (changed,), NOW) == "not-in-force"


@given(st.data())
def test_never_raises(standing: Standing, data: st.DataObject) -> None:
    """With any of its parts replaced by anything, a release is answered with a code or admitted."""
    anything = st.one_of(
        st.none(),
        st.integers(),
        st.text(max_size=4),
        st.binary(max_size=40),
        st.lists(st.binary(max_size=4)).map(tuple),
    )
    name = data.draw(st.sampled_from(Given.__struct_fields__))
    forged = msgspec.structs.replace(_given(standing), **{name: data.draw(anything)})
    assert admit(forged, "dk.coord", "se.coord", (standing,), NOW) in {
        None,
        "malformed",
        "not-in-force",
        "not-permitted",
    }


@given(
    kind=st.sampled_from([kind for kind in RecordKind if kind is not RecordKind.ALERT]), sender=st.sampled_from(PARTIES)
)
def test_other_kinds(standing: Standing, kind: RecordKind, sender: str) -> None:
    """A release that calls itself another kind than its clause gives is refused."""
    forged = bound(msgspec.structs.replace(_given(standing), kind=kind, owner=sender), {})
    assert admit(forged, sender, "se.coord", (standing,), NOW) == "not-permitted"
