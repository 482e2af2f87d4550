"""The permit: one clause permits or none does, it never raises, and nobody else can make one."""

from __future__ import annotations

import copy
import pickle
import re
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agreements.cases import (
    HANDLING,
    KATTEGAT,
    NOW,
    PARTIES,
    SOUND,
    WESTERN_BALTIC,
    alert,
    asked,
    confirmed,
    in_force,
    notice,
    report,
    track,
)
from comity.agreements.frame import Term
from comity.agreements.permit import Denial, Permit, Request, permit
from comity.agreements.standing import Standing, State
from comity.agreements.terms import Terms
from comity.vocabulary.handling import Handling, Onward, Tlp, within
from comity.vocabulary.instant import DAY
from comity.vocabulary.place import Position
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import Record, RecordKind
from comity.vocabulary.subject import SubjectKind

SOURCE = Path(__file__).parents[2] / "src" / "comity"


def _permitted(request: Request) -> Permit:
    answer = permit(request)
    assert isinstance(answer, Permit), answer
    return answer


def _denied(request: Request) -> Denial:
    answer = permit(request)
    assert isinstance(answer, Denial), answer
    return answer


def test_an_alert_in_the_kattegat(standing: Standing) -> None:
    """The clause's fields are given, all others withheld, each with the clause that does so."""
    answer = _permitted(asked(alert(), standing))
    clause = standing.terms.clauses[0]
    assert answer.clause == clause.id == "alerts-in-the-kattegat"
    assert set(answer.fields) == set(clause.fields)
    withheld = {one.field for one in answer.withheld}
    assert withheld == {"imo", "sightings", "sources", "rule", "officer", "reason", "explanation", "would_change"}
    assert {one.clause for one in answer.withheld} == {clause.id}
    assert (answer.agreement, answer.version, answer.digest) == ("kattegat-maritime", 1, standing.digest)
    assert answer.keep_until == NOW + 30 * DAY
    assert "2016/680" in answer.basis
    assert not answer.distress


def test_a_blurred_alert(standing: Standing) -> None:
    """Where the clause blurs, the permit says so among what is withheld."""
    answer = _permitted(asked(alert(WESTERN_BALTIC), standing, partner="de.coord"))
    assert answer.blur.position == 2_000
    assert ("position", "given within 2000 m only") in {(one.field, one.reason) for one in answer.withheld}
    assert "mmsi" not in answer.fields


def test_a_track(standing: Standing) -> None:
    """A track needs no decision, and goes under its own clause."""
    answer = _permitted(asked(track(), standing))
    assert answer.clause == "tracks-in-the-kattegat"
    assert "imo" not in answer.fields


@pytest.mark.parametrize(
    ("changes", "nearest", "condition"),
    [
        ({"partner": "de.coord"}, "alerts-in-the-western-baltic", "the position is outside of western-baltic"),
        (
            {"purpose": Purpose.SEARCH_AND_RESCUE, "record": alert(WESTERN_BALTIC)},
            "alerts-in-the-kattegat",
            "the position is outside of kattegat, sound",
        ),
        (
            {"record": alert(Position(58.5, 9.0))},
            "alerts-in-the-kattegat",
            "the position is outside of kattegat, sound",
        ),
        (
            {"record": alert(fields={"kind": "distress"})},
            "alerts-in-the-kattegat",
            "it does not hold: alert.kind in [meeting, going-dark, crossing]",
        ),
        (
            {"record": alert(fields={})},
            "alerts-in-the-kattegat",
            "unknown: alert.kind in [meeting, going-dark, crossing]",
        ),
    ],
)
def test_denials_name_the_nearest_clause(
    standing: Standing, changes: dict[str, object], nearest: str, condition: str
) -> None:
    """The officer reads which clause came closest and the first condition that failed; the partner a code alone."""
    answer = _denied(asked(alert(), standing, **changes))
    assert answer.code == "not-permitted"
    assert (answer.nearest[0].clause, answer.nearest[0].condition) == (nearest, condition)
    assert answer.reason == f"{nearest}: {condition}"


@pytest.mark.parametrize("make", [report, notice])
def test_what_is_written_goes_with_all_that_it_needs(standing: Standing, make: Callable[..., Record]) -> None:
    """Grading, version, expiry and the officer's word go with it; who wrote it, why and by which source does not."""
    answer = _permitted(asked(make(), standing))
    assert set(answer.fields) >= {"time", "version", "expires", "grading", "names_nobody", "title", "text"}
    assert not set(answer.fields) & {"officer", "reason", "independent"}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"area": "western-baltic"}, "the area western-baltic is not named by it"),
        ({"area": "skagerrak"}, "the area skagerrak is not named by it"),
        ({}, "it has no position and names no area"),
        ({"area": "kattegat"}, None),
        ({"area": "sound"}, None),
    ],
)
def test_an_area_counts_by_its_name(standing: Standing, changes: dict[str, object], told: str | None) -> None:
    """A report without a position goes where the clause names the area that it names, and nowhere else."""
    answer = permit(asked(report(None, **changes), standing))
    if told is None:
        assert isinstance(answer, Permit), answer
    else:
        assert isinstance(answer, Denial)
        assert told in answer.nearest[0].condition


def test_a_position_and_an_area_are_one_too_many(standing: Standing) -> None:
    """What decides is one of them, and it is the one that the field tells."""
    for record in (
        report(area="kattegat"),
        msgspec.structs.replace(report(None, area="kattegat"), area="sound"),
        msgspec.structs.replace(report(None), area="sound"),
        msgspec.structs.replace(report(), position=None),
    ):
        assert _denied(asked(record, standing)).code == "malformed"


@pytest.mark.parametrize(
    ("changes", "told"), [({"cancelled": True}, "it is cancelled"), ({"expires": NOW}, "it expired at")]
)
@pytest.mark.parametrize("make", [report, notice])
def test_what_counts_no_more_is_not_given(
    standing: Standing, make: Callable[..., Record], changes: dict[str, object], told: str
) -> None:
    assert told in _denied(asked(make(**changes), standing)).reason


def test_conditions_ask_about_the_offence(standing: Standing) -> None:
    """What the clause does not name is not given."""
    fields = {**report().fields, "offence": "terrorism"}
    assert "it does not hold" in _denied(asked(report(fields=fields), standing)).reason


def test_no_agreement_between_us(standing: Standing) -> None:
    """A node that is no party gets nothing, whatever the others agreed."""
    for changes in (
        {"partner": "no.coord"},
        {"own": "no.coord", "record": alert(owner="no.coord")},
        {"partner": "dk.coord"},
    ):
        answer = _denied(asked(alert(), standing, **changes))
        assert (answer.code, answer.nearest) == ("not-in-force", ())


def test_clauses_are_never_joined(terms: Terms) -> None:
    """With two clauses that would each give one field, one is chosen and the other's field stays withheld."""
    first, second, *_ = terms.clauses
    one = msgspec.structs.replace(first, id="one", fields=("time", "kind", "severity"))
    two = msgspec.structs.replace(first, id="two", fields=("time", "kind", "mmsi"))
    for clauses in ((one, two), (two, one)):
        standing = in_force(msgspec.structs.replace(terms, clauses=(*clauses, second)))
        answer = _permitted(asked(alert(), standing))
        assert (answer.clause, set(answer.fields)) == (clauses[0].id, set(clauses[0].fields))


def test_kept_no_longer_than_the_agreement_allows(terms: Terms) -> None:
    """Near the agreement's end what is given must be erased when the rest is, not after the clause's full time."""
    standing = in_force(msgspec.structs.replace(terms, in_force=Term(start=0, end=NOW + 1)))
    keep = msgspec.structs.replace(standing.terms.clauses[0], keep=3000 * DAY)
    standing = in_force(msgspec.structs.replace(standing.terms, clauses=(keep,)))
    assert _permitted(asked(alert(), standing)).keep_until == NOW + 1 + 30 * DAY


MARKS = st.builds(
    Handling,
    tlp=st.sampled_from(Tlp),
    onward=st.sampled_from(Onward),
    proceedings=st.booleans(),
    grading=st.just(HANDLING.grading),
)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
RECORDS = st.builds(
    lambda make, position, owner, changes: make(position, owner, **changes),
    st.sampled_from([alert, track, report, notice]),
    st.sampled_from([KATTEGAT, SOUND, WESTERN_BALTIC, Position(58.5, 9.0)]),
    st.sampled_from(PARTIES),
    st.fixed_dictionaries(
        {},
        optional={
            "subjects": st.lists(st.sampled_from(SubjectKind), max_size=3).map(tuple),
            "purposes": st.lists(st.sampled_from(Purpose), max_size=4).map(tuple),
            "handling": MARKS,
            "distress": st.booleans(),
            "kind": st.sampled_from(RecordKind),
            "expires": st.sampled_from([None, NOW, NOW + DAY]),
            "cancelled": st.booleans(),
        },
    ),
)


@st.composite
def requests(draw: st.DrawFn, standing: Standing) -> Request:
    """Return well-typed requests of every kind: about half of them come to nothing."""
    record = draw(RECORDS)
    parties = frozenset(PARTIES)
    held = msgspec.structs.replace(
        standing,
        state=draw(st.sampled_from([*State, State.FINALIZED, State.FINALIZED])),
        signed=draw(st.sampled_from([parties, parties, parties - {"de.coord"}])),
        standing_at=draw(st.sampled_from([parties, parties, parties - {"se.coord"}])),
    )
    return asked(
        record,
        held,
        draw(st.sampled_from([*PARTIES, "no.coord"])),
        own=draw(st.sampled_from([record.owner, "dk.coord"])),
        purpose=draw(st.sampled_from(Purpose)),
        now=draw(st.sampled_from([NOW, standing.terms.in_force.start - 1, standing.terms.in_force.end])),
        decision=draw(st.sampled_from([None, confirmed(record), confirmed(record, alert="another")])),
    )


@given(st.data())
def test_a_permit_never_exceeds_its_clause(standing: Standing, data: st.DataObject) -> None:
    """Whatever is asked: the fields are the clause's, the marks no wider than both, the record ours, the time short."""
    request = data.draw(requests(standing))
    answer = permit(request)
    assert answer == permit(request)
    if isinstance(answer, Denial):
        assert answer.code in {"malformed", "not-in-force", "not-permitted"}
        assert answer.reason
        return
    assert request.record.owner == request.own
    assert within(answer.handling, request.record.handling)
    assert set(answer.fields) <= set(request.record.fields)
    assert {one.field for one in answer.withheld} >= set(request.record.fields) - set(answer.fields)
    if not answer.distress:
        clause = next(one for one in standing.terms.clauses if one.id == answer.clause)
        assert set(answer.fields) <= set(clause.fields)
        assert within(answer.handling, clause.handling.handling)
        assert answer.keep_until <= request.now + clause.keep


ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.binary(max_size=3),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
    st.builds(object),
)
REQUEST_FIELDS = Request.__struct_fields__
RECORD_FIELDS = Record.__struct_fields__


@given(st.data())
def test_never_raises(standing: Standing, data: st.DataObject) -> None:
    """With any of its data replaced by anything at all, a request is answered, and a datum of no type is a denial."""
    record = alert()
    if data.draw(st.booleans()):
        record = msgspec.structs.replace(record, **{data.draw(st.sampled_from(RECORD_FIELDS)): data.draw(ANYTHING)})
    request = asked(record, standing, decision=confirmed(alert()))
    if data.draw(st.booleans()):
        request = msgspec.structs.replace(request, **{data.draw(st.sampled_from(REQUEST_FIELDS)): data.draw(ANYTHING)})
    answer = permit(request)
    assert isinstance(answer, (Permit, Denial))


@pytest.mark.parametrize("name", sorted(set(REQUEST_FIELDS) - {"decision", "standings", "law", "leave"}))
def test_missing_data_of_the_request(standing: Standing, name: str) -> None:
    """Each datum that is missing is a denial that names it."""
    answer = _denied(msgspec.structs.replace(asked(alert(), standing), **{name: None}))
    assert answer.code == "malformed"
    assert name in answer.reason


@pytest.mark.parametrize("name", [name for name in RECORD_FIELDS if name not in ("expires", "guard")])
def test_missing_data_of_the_record(standing: Standing, name: str) -> None:
    """Each datum that the record lacks is a denial that names it."""
    record = msgspec.structs.replace(alert(), **{name: None})
    answer = _denied(asked(record, standing, decision=confirmed(alert())))
    assert answer.code == "malformed"
    assert name in answer.reason


def test_nothing_asked() -> None:
    """What is no request at all is denied."""
    assert isinstance(permit(None), Denial)  # type: ignore[arg-type]


def test_what_goes_wrong_is_told(standing: Standing) -> None:
    """A fault inside of the decision becomes a denial whose reason names it: nothing leaves and nothing is hidden."""
    other = msgspec.structs.replace(standing.terms, version=7)
    answer = _denied(asked(alert(), msgspec.structs.replace(standing, terms=other, digest=bytes(32))))
    assert answer.code == "malformed"
    assert "Fault" in answer.reason
    assert "not those of the digest" in answer.reason


def test_the_position_that_decides_is_the_one_given(standing: Standing) -> None:
    """A record whose position lies in the area but whose field says another is denied."""
    request = asked(alert(fields={**alert().fields, "position": {"latitude": 54.7, "longitude": 11.5}}), standing)
    assert _denied(request).code == "malformed"


def test_ill_shaped_values_are_withheld(standing: Standing) -> None:
    """A value that has not the shape of its field stays at home, though the clause gives the field."""
    record = alert(fields={**alert().fields, "ship_type": {"secret": 1}, "kind": "meeting"})
    answer = _permitted(asked(record, standing))
    assert "ship_type" not in answer.fields
    assert "unheard_of" not in _permitted(asked(alert(fields={**alert().fields, "unheard_of": 1}), standing)).fields


def test_only_the_permit_makes_permits(standing: Standing) -> None:
    """No constructor, replacement, conversion or pickle of fields makes a permit without leave."""
    answer = _permitted(asked(alert(), standing))
    fields = msgspec.structs.asdict(answer)
    assert fields["token"] is None, "it is spent"
    with pytest.raises(TypeError, match="made by asking"):
        Permit(**fields)
    with pytest.raises(TypeError, match="made by asking"):
        Permit(**{**fields, "token": object()})
    with pytest.raises(TypeError, match="made by asking"):
        msgspec.structs.replace(answer, fields=("officer",))
    with pytest.raises((msgspec.ValidationError, TypeError)):
        msgspec.convert(fields, Permit)
    with pytest.raises((TypeError, AttributeError)):
        pickle.loads(pickle.dumps(answer))  # noqa: S301 - its own bytes
    with pytest.raises(AttributeError):
        answer.fields = ("officer",)  # type: ignore[misc]
    assert copy.copy(answer) == answer


def test_the_token_stays_in_its_file() -> None:
    """Nowhere else in the source is a permit made, its token named, or its guard stepped around."""
    forbidden = re.compile(
        r"\bPermit\(|permit\._TOKEN|import _TOKEN|__new__\(\s*Permit|object\.__setattr__|force_setattr\((?!self)"
    )
    files = [path for path in SOURCE.rglob("*.py") if path != SOURCE / "agreements" / "permit.py"]
    assert len(files) > 20
    assert [str(path) for path in files if forbidden.search(path.read_text())] == []
