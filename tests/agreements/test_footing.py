"""The short way: what `permit` says at once is what the law says step by step, of any request whatever."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from agreements.cases import (
    KATTEGAT,
    NOW,
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
from agreements.test_permit import ANYTHING, RECORD_FIELDS, REQUEST_FIELDS, requests
from comity.agreements import permit as permits
from comity.agreements.clause import Clause
from comity.agreements.denial import MALFORMED
from comity.agreements.footing import footing
from comity.agreements.frame import Term
from comity.agreements.permit import Denial, Permit, Request, permit, permit_many
from comity.agreements.standing import Standing, State
from comity.agreements.terms import Terms
from comity.vocabulary.handling import Tlp
from comity.vocabulary.instant import DAY
from comity.vocabulary.place import Position
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import Record, RecordKind
from comity.vocabulary.subject import SubjectKind

VALUES = st.one_of(
    ANYTHING,
    st.sampled_from(["meeting", "going-dark", "distress", "smuggling", "low", "urgent", True, 0, 1.5, [1, "a", None]]),
    st.text(min_size=4_001, max_size=4_002),
    st.lists(st.one_of(st.none(), st.integers(), st.text(max_size=3), st.floats()), max_size=3),
    st.fixed_dictionaries({"latitude": st.floats(), "longitude": st.floats()}),
)
PLACES = st.builds(Position, st.floats(54, 58), st.floats(9, 14))


def by_law(request: Request) -> Permit | Denial:
    """Return what the law says step by step, with nothing that is remembered."""
    try:
        return permits._decided(request)
    except Exception as error:  # noqa: BLE001 - as `permit` does
        return Denial(code=MALFORMED, reason=f"it could not be decided ({type(error).__name__}: {error})")


@settings(max_examples=400)
@given(st.data())
def test_the_short_way_is_the_law(standing: Standing, data: st.DataObject) -> None:
    """Sound requests of every kind, and each with one datum that may be anything; one by one and many at once."""
    request = data.draw(requests(standing))
    changed = replace(request, **{data.draw(st.sampled_from(REQUEST_FIELDS)): data.draw(ANYTHING)})
    record = replace(request.record, **{data.draw(st.sampled_from(RECORD_FIELDS)): data.draw(ANYTHING)})
    several = [request, changed, replace(request, record=record), request]
    expected = [by_law(one) for one in several]
    assert [permit(one) for one in several] == expected
    assert permit_many(several) == expected


@settings(max_examples=300)
@given(st.data())
def test_whatever_the_fields_hold(standing: Standing, data: st.DataObject) -> None:
    """A value of any shape in any field, in any area, with any name: the same answer, the same reasons."""
    record = data.draw(st.sampled_from([alert, track, report, notice]))(data.draw(PLACES))
    name = data.draw(st.sampled_from([*record.fields, "unheard_of"]))
    changed = replace(record, fields={**record.fields, name: data.draw(VALUES)})
    dropped = replace(record, fields={key: value for key, value in record.fields.items() if key != name})
    several = [asked(one, standing, decision=confirmed(one)) for one in (record, changed, dropped)]
    assert permit_many(several) == [by_law(one) for one in several]


@given(name=st.one_of(ANYTHING, st.tuples(st.text(max_size=2))), value=ANYTHING)
def test_whatever_names_a_field(*, standing: Standing, name: object, value: object) -> None:
    """A field that no text names makes the record malformed, at once as by the law."""
    if type(name) in (list, dict):
        name = str(name)
    fields = {**alert().fields, name: value}
    request = asked(alert(fields=fields), standing)
    assert permit(request) == by_law(request)


@pytest.mark.parametrize("area", ["kattegat", "sound", "western-baltic", "skagerrak", ""])
def test_areas_by_name(standing: Standing, area: str) -> None:
    """A report that names its area is answered at once as by the law, the second time too."""
    changes = {"area": area} if area else {}
    request = asked(report(None, **changes), standing)
    assert permit(request) == permit(request) == by_law(request)


@pytest.mark.parametrize("now", [NOW, NOW + 1, NOW + DAY - 1, NOW + DAY, NOW + 3 * DAY])
def test_time_turns_the_footing(terms: Terms, now: int) -> None:
    """At each instant the version that counts then decides, however the requests follow one another."""
    first = in_force(replace(terms, in_force=Term(start=0, end=NOW + 3 * DAY)))
    narrow = replace(terms, version=2, in_force=Term(start=NOW + DAY, end=NOW + 9 * DAY), clauses=terms.clauses[2:])
    standings = (first, in_force(narrow))
    for moment in (now, NOW, now, NOW + 9 * DAY, now):
        request = asked(alert(), first, standings=standings, now=moment)
        answer = permit(request)
        assert answer == by_law(request)
        assert isinstance(answer, Permit) is (moment < NOW + DAY)


def test_what_stands_turns_the_footing(standing: Standing) -> None:
    """Suspension counts from the next request on; the same standings in another tuple are the same."""
    request = asked(alert(), standing)
    assert isinstance(permit(request), Permit)
    before = footing(request)
    again = replace(request, standings=(replace(standing, signed=frozenset(standing.signed)),))
    assert isinstance(permit(again), Permit)
    assert footing(again) is before
    for changes in ({"state": State.SUSPENDED}, {"signed": frozenset({"dk.coord"})}, {"standing_at": frozenset()}):
        assert isinstance(permit(replace(request, standings=(replace(standing, **changes),))), Denial)
    assert isinstance(permit(request), Permit)


def test_two_agreements(terms: Terms) -> None:
    """Of two agreements the first that permits decides; what the areas are called in one says nothing in the other."""
    sound, kattegat = terms.areas[1], terms.areas[0]
    swapped = (replace(kattegat, polygons=sound.polygons), replace(sound, polygons=kattegat.polygons), *terms.areas[2:])
    only: Clause = replace(terms.clauses[0], where=("kattegat",))
    one = in_force(replace(terms, agreement="one", clauses=(only,), answers=()))
    two = in_force(replace(terms, agreement="two", clauses=(only,), answers=(), areas=swapped))
    for place, name in ((KATTEGAT, "one"), (SOUND, "two"), (KATTEGAT, "one")):
        request = asked(alert(place), one, standings=(one, two))
        answer = permit(request)
        assert answer == by_law(request)
        assert isinstance(answer, Permit)
        assert answer.agreement == name


def test_what_was_remembered_is_not_what_is_asked(standing: Standing) -> None:
    """A record that differs in one thing that decides is not answered with what was remembered of the other."""
    sound = asked(alert(), standing)
    fields = alert().fields
    for _ in range(2):
        assert isinstance(permit(sound), Permit)
        for changed in (
            replace(sound, record=alert(fields={**fields, "kind": "distress"})),
            replace(sound, purpose=Purpose.TRAFFICKING),
            replace(sound, decision=None),
            replace(sound, record=alert(cancelled=True)),
            replace(sound, record=alert(expires=NOW)),
            replace(sound, record=alert(Position(58.5, 9.0))),
            replace(sound, officer=" "),
            replace(sound, own_country="dk"),
        ):
            assert isinstance(permit(changed), Denial)
            assert permit(changed) == by_law(changed)


def test_answers_do_not_change_with_the_record(standing: Standing) -> None:
    """A permit keeps what it said, whatever becomes of the map of fields that it was asked with."""
    record = alert()
    answer = permit(asked(record, standing))
    assert isinstance(answer, Permit)
    before = msgspec.structs.asdict(answer) | {"record": None}
    record.fields.clear()
    assert msgspec.structs.asdict(answer) | {"record": None} == before


def test_ordinary_requests_are_answered_without_the_law(standing: Standing, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was found out once is used: a sound request is permitted, or denied as another was, at once."""
    fields = alert().fields
    asking = [
        asked(alert(), standing),
        asked(alert(WESTERN_BALTIC), standing, "de.coord"),
        asked(alert(subjects=(SubjectKind.VEHICLE,)), standing),
        asked(track(), standing),
        asked(report(), standing),
        asked(notice(), standing, "de.coord"),
        asked(report(None, area="sound"), standing),
        asked(alert(), standing, purpose=Purpose.CUSTOMS),
        asked(alert(), standing, decision=None),
        asked(alert(Position(58.5, 9.0)), standing),
        asked(alert(fields={**fields, "kind": "distress"}), standing),
        asked(alert(fields={**fields, "kind": "unheard-of"}), standing),
        asked(report(None, area="western-baltic"), standing),
        asked(report(None), standing),
        asked(alert(simulated=True), standing),
        asked(track(expires=NOW + 1), standing),
        asked(track(), standing, decision=confirmed(alert())),
    ]
    expected = [by_law(one) for one in asking]
    assert [permit(one) for one in asking] == expected
    denied = [isinstance(one, Denial) for one in expected]
    assert denied.count(True) == 7
    monkeypatch.setattr(permits, "_decided", lambda _: pytest.fail("the law was asked"))
    assert permit_many(asking) == expected


def test_the_law_is_asked_where_something_is_out_of_the_ordinary(
    standing: Standing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the short way does not look at it leaves to the law: each of these, even beside one that it knows."""
    sound = asked(alert(), standing)
    assert isinstance(permit(sound), Permit)
    laws: list[Request] = []
    monkeypatch.setattr(permits, "_decided", laws.append)
    red = replace(sound.record.handling, tlp=Tlp.RED)
    strange = [
        replace(sound, record=replace(sound.record, **changes))
        for changes in (
            {"owner": "se.coord"},
            {"distress": True},
            {"cancelled": True},
            {"expires": NOW},
            {"handling": red},
            {"subjects": ()},
            {"subjects": (SubjectKind.PERSON,)},
            {"subjects": (SubjectKind.VESSEL,) * 17},
            {"area": "sound"},
            {"position": SOUND},
            {"kind": RecordKind.PERSON},
            {"id": " "},
            {"time": -1},
            {"purposes": (Purpose.SMUGGLING, "smuggling")},
        )
    ]
    strange += [replace(sound, **changes) for changes in ({"officer": " "}, {"partner": "no.coord"}, {"now": -1})]
    strange += [asked(report(fields={**report().fields, "names_nobody": False}), standing)]
    for one in strange:
        permit(one)
    assert laws == strange


@pytest.mark.parametrize(
    "changes",
    [
        {"record": track(), "decision": "confirmed"},
        {"record": track(), "decision": 0},
        {"officer": b"mette"},
        {"officer": ("mette",)},
        {"record": alert(subjects=(SubjectKind.PERSON,)), "purpose": Purpose.CUSTOMS},
        {"record": alert(subjects=()), "purpose": Purpose.CUSTOMS},
        {"record": alert(owner="se.coord"), "purpose": Purpose.CUSTOMS},
        {"record": alert(fields={1: 2}), "purpose": Purpose.CUSTOMS},
        {"now": True},
        {"now": 1.5},
        {"own_country": "dk"},
        {"partner_country": b"SE"},
        {"record": alert(simulated=0)},
        {"record": alert(cancelled=0)},
        {"record": alert(distress=None)},
        {"record": track(expires=True)},
        {"record": track(expires=NOW + 0.5)},
        {"record": track(id=b"track")},
        {"record": track(time=True)},
        {"record": track(area=None)},
        {"record": track(area="sound")},
        {"record": track(subjects=[SubjectKind.VESSEL])},
        {"record": track(purposes=[Purpose.SMUGGLING])},
        {"record": track(purposes=(Purpose.SMUGGLING, None))},
        {"record": replace(track(), position=(56.8, 11.4))},
        {"record": track(fields={**track().fields, "position": {"latitude": 56.8}})},
        {"record": track(fields={**track().fields, "position": {"latitude": 56, "longitude": 11}})},
        {"record": report(None, area="sound", fields={**report(None).fields, "area": "kattegat"})},
        {"record": report(KATTEGAT, fields={**report().fields, "area": "kattegat"})},
    ],
    ids=str,
)
def test_small_strange_things(standing: Standing, changes: dict[str, object]) -> None:
    """Each of these once slipped by a change of the short way that no other test noticed."""
    sound = asked(alert(), standing)
    assert isinstance(permit(sound), Permit)
    record = changes.get("record", sound.record)
    assert isinstance(record, Record)
    decision = confirmed(record) if record.kind is RecordKind.ALERT else None
    request = replace(sound, **{"decision": decision, **changes})
    assert permit(request) == by_law(request)
    assert permit_many([sound, request, sound])[1] == by_law(request)
