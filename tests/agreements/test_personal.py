"""What is proven: no clause gives a record about a person past its safeguards, and no mark is ever told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import asdict, replace

from agreements.cases import (
    COUNTRIES,
    NARROW,
    NOW,
    PARTIES,
    PERSONS,
    asked,
    at_risk,
    drawing,
    guard,
    in_force,
    person,
    seeking,
    with_persons,
)
from agreements.test_admission import bound
from comity.agreements import field, personal
from comity.agreements import permit as permits
from comity.agreements.admission import admit
from comity.agreements.clause import Clause, Marks, flaws
from comity.agreements.permit import Denial, Permit, permit
from comity.agreements.redaction import disclosed, give
from comity.agreements.standing import Standing, State
from comity.agreements.terms import Terms, canonical, from_canonical, read
from comity.foundation.canonical import written
from comity.vocabulary.handling import Handling, Onward, Tlp
from comity.vocabulary.instant import DAY
from comity.vocabulary.message import Given
from comity.vocabulary.place import Position
from comity.vocabulary.protection import Guard
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import Record, RecordKind
from comity.vocabulary.subject import SubjectKind

CODES = st.sampled_from(["SE", "DE", "DK", "NO", "FI"])
MARKS = st.builds(
    guard,
    protection=st.none()
    | st.builds(
        lambda origin, fled: seeking(*origin, fled=tuple(fled)), st.sets(CODES, max_size=3), st.sets(CODES, max_size=2)
    ),
    risks=st.sets(CODES, max_size=2).map(lambda codes: at_risk(*sorted(codes))),
    review=st.sampled_from([NOW - DAY, NOW, NOW + 1, NOW + 60 * DAY]),
)


@pytest.fixture(scope="module")
def persons(terms: Terms) -> Standing:
    """Return the example agreement with a clause that gives records about persons, in force."""
    return in_force(with_persons(terms))


def _given(standing: Standing, record: Record | None = None, partner: str = "se.coord") -> Given:
    answer = permit(asked(record or person(), standing, partner))
    assert isinstance(answer, Permit), answer
    return give(answer, drawing())


def _denied(standing: Standing, record: Record, safeguard: int | None, **changes: object) -> Denial:
    answer = permit(asked(record, standing, **changes))
    assert isinstance(answer, Denial), answer
    assert (answer.safeguard, answer.code) == (safeguard, "not-permitted")
    return answer


def test_a_clause_gives_a_record_about_a_person(persons: Standing) -> None:
    """Its fields and no others go, kept no longer than the clause says, and the receiver admits it."""
    answer = permit(asked(person(), persons))
    assert isinstance(answer, Permit), answer
    assert set(answer.fields) == field.known(RecordKind.PERSON) - {"officer"}
    assert answer.keep_until == NOW + 60 * DAY, "the review date comes before the clause's 90 days"
    assert (answer.handling.tlp, answer.handling.onward) == (Tlp.AMBER, Onward.NO)
    assert admit(_given(persons), "dk.coord", "se.coord", (persons,), NOW) is None


def test_without_such_a_clause_it_goes_nowhere(standing: Standing, persons: Standing) -> None:
    """Who signed no clause for persons gives and takes none."""
    assert permit(asked(person(), standing)).reason == "no clause gives a person"  # type: ignore[union-attr]
    forged = replace(_given(persons), agreement=standing.digest)
    for clause in (forged.clause, "alerts-in-the-kattegat", "reports-in-the-kattegat"):
        assert admit(replace(forged, clause=clause), "dk.coord", "se.coord", (standing,), NOW) == "not-permitted"


@given(marks=MARKS, partner=st.sampled_from(PARTIES[1:]), purpose=st.sampled_from([*PERSONS["purposes"]]))  # type: ignore[misc]
def test_3_7_19_whatever_is_marked(*, persons: Standing, marks: Guard, partner: str, purpose: Purpose) -> None:
    """Nothing goes to a country of origin, fled or of a real risk, nor past the review date; all else goes."""
    country = COUNTRIES[partner]
    seeks, risks = marks.protection, {one.country for one in marks.risks}
    answer = permit(asked(person(guard=marks), persons, partner, purpose=purpose))
    protected = seeks is not None and (not seeks.origin or country in {*seeks.origin, *seeks.fled})
    if protected or country in risks or marks.review <= NOW:
        assert isinstance(answer, Denial)
        assert answer.safeguard == (3 if protected else 19 if country in risks else 7)
        assert answer.code == "not-permitted", "as if no clause gave it"
    else:
        assert isinstance(answer, Permit), answer
        assert answer.keep_until <= marks.review


@given(marks=MARKS, state=st.sampled_from(State), partner=st.sampled_from([*PARTIES, "no.coord"]))
def test_the_partners_code_tells_no_mark(*, persons: Standing, marks: Guard, state: State, partner: str) -> None:
    """What is denied for a mark has the code of what no clause gives: whoever may ask learns no more of it."""
    answer = permit(asked(person(guard=marks), replace(persons, state=state), partner))
    if isinstance(answer, Denial) and answer.safeguard in (3, 7, 19):
        bare = with_no_clause(persons)
        without = permit(asked(person(), bare, "se.coord"))
        assert isinstance(without, Denial)
        assert answer.code == without.code


def with_no_clause(persons: Standing) -> Standing:
    """Return the agreement without its clause for persons."""
    return in_force(replace(persons.terms, clauses=persons.terms.clauses[:-1]))


@given(marks=MARKS, seed=st.integers(0, 99))
def test_the_marks_are_in_nothing_that_is_made_of_it(*, persons: Standing, marks: Guard, seed: int) -> None:
    """Whatever is marked, what is given, bound and kept back is the same, byte for byte, but for the review date."""
    told, bare = person(guard=marks), person(guard=guard(review=marks.review))
    made = [permit(asked(one, persons, "de.coord")) for one in (told, bare)]
    if all(isinstance(one, Permit) for one in made):
        first, second = (give(one, drawing(seed)) for one in made if isinstance(one, Permit))
        assert first == second
        assert len(first.digests) == 32 * 32


def test_no_clause_can_name_a_mark(terms: Terms) -> None:
    """The marks are no fields: a clause that names one is flawed, in every spelling that the record has."""
    for name in (*Guard.__struct_fields__[:2], "guard", "protection", "risks", "origin", "fled", "seeks_protection"):
        assert name not in field.known(RecordKind.PERSON)
        whole = with_persons(terms, fields=(*PERSONS["fields"], name))  # type: ignore[misc]
        assert any("field of person records" in flaw.what for flaw in _flaws(whole))
    assert not field.known(RecordKind.PERSON) & {"position", "velocity"}, "nor does it say where a person is"


def _flaws(terms: Terms) -> list[object]:
    areas = [area.name for area in terms.areas]
    return list(flaws(terms.clauses[-1], terms.between, terms.purposes, areas))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"handling": Marks(tlp=Tlp.GREEN, onward=Onward.NO)}, "AMBER or stricter"),
        ({"handling": Marks(tlp=Tlp.CLEAR, onward=Onward.NO)}, "AMBER or stricter"),
        ({"handling": Marks(tlp=Tlp.AMBER, onward=Onward.ASK)}, "passed on to nobody"),
        ({"handling": Marks(tlp=Tlp.AMBER, onward=Onward.YES)}, "passed on to nobody"),
        ({"keep": 367 * DAY}, "366 days at most"),
        ({"fields": ("time", "names")}, "no person travels without it"),
        ({"purposes": ()}, "purpose"),
    ],
)
def test_what_a_clause_for_persons_must_not_say(terms: Terms, changes: dict[str, object], told: str) -> None:
    """Its marks are strict, its time short, and what the receiver must know goes with it."""
    assert any(told in flaw.what for flaw in _flaws(with_persons(terms, **changes)))  # type: ignore[attr-defined]
    assert _flaws(with_persons(terms)) == []
    assert from_canonical(canonical(with_persons(terms))) == with_persons(terms)


def test_such_a_clause_in_yaml(example: str) -> None:
    """The format says how it is written, and what is refused is named with its place."""
    names = ", ".join(sorted(field.NEEDED_OF_PERSONS))
    clause = (
        f"  - id: suspects\n    give: person\n    where: kattegat\n    to: all\n    for: [smuggling]\n"
        f"    fields: [names, {names}]\n    handling: {{tlp: AMBER, onward: no}}\n    keep: 90 d\n"
    )
    before, after = example.split("clauses:\n")
    found = read(f"{before}clauses:\n{clause}{after}", "example").clauses[0]
    assert (found.give, found.handling.tlp) == (RecordKind.PERSON, Tlp.AMBER)
    with pytest.raises(Exception, match="passed on to nobody"):
        read(f"{before}clauses:\n{clause.replace('onward: no', 'onward: ask')}{after}", "example")


@pytest.mark.parametrize("name", ["offence", "ground", "facts", "on_conduct_alone"])
@pytest.mark.parametrize("value", [None, "", " \n", "belief", False, 1, "ethnic origin", []])
def test_20_a_suspicion_and_an_offence(persons: Standing, name: str, value: object) -> None:
    """Without an offence, a ground out of the list, facts and the officer's word it goes nowhere."""
    if name == "facts" and value in ("belief", "ethnic origin"):
        return  # words, which no machine can judge: the officer's word stands for them
    fields = {**person().fields, name: value}
    _denied(persons, person(fields=fields), 20)
    _denied(persons, person(fields={key: one for key, one in fields.items() if key != name}), 20)


@pytest.mark.parametrize("name", field.NEEDED_OF_PERSONS)
def test_a_receiver_takes_nothing_without_what_it_must_know(persons: Standing, name: str) -> None:
    """What goes with every record about a person is missed at the receiver, truly bound or not."""
    honest = _given(persons)
    fields = disclosed(honest)
    assert admit(bound(honest, fields), "dk.coord", "se.coord", (persons,), NOW) is None
    del fields[name]
    assert admit(bound(honest, fields), "dk.coord", "se.coord", (persons,), NOW) == "not-permitted"


@pytest.mark.parametrize(
    "changes",
    [
        {"handling": replace(NARROW, tlp=Tlp.GREEN)},
        {"handling": replace(NARROW, onward=Onward.ASK)},
        {"handling": Handling(tlp=Tlp.AMBER, onward=Onward.NO)},
        {"keep_until": NOW + 60 * DAY + 1},
        {"keep_until": NOW},
        {"owner": "de.coord"},
        {"purpose": "terrorism"},
        {"clause": "alerts-in-the-kattegat"},
        {"clause": "safeguard-13"},
    ],
)
def test_a_receiver_takes_nothing_wider(persons: Standing, changes: dict[str, object]) -> None:
    """Wider marks, a time beyond the review date, another owner or clause, and distress open nothing."""
    forged = replace(_given(persons), **changes)
    assert admit(forged, "dk.coord", "se.coord", (persons,), NOW) == "not-permitted"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("names", []),
        ("names", [{"kind": "recorded", "family": "", "given": ""}]),
        ("names", [{"kind": "recorded", "family": "X"}]),
        ("birth", {"date": "1984-13", "by": "document"}),
        ("birth", {"date": "1984", "by": "guessed"}),
        ("sex", {"value": "F", "by": "inferred-from-name"}),
        ("nationalities", [{"country": "ZZ", "by": "stated"}]),
        ("nationalities", [{"country": "NO"}]),
        ("documents", [{"type": "passport", "number": "", "issuer": "NO"}]),
        ("ground", "belief"),
        ("offence", "being foreign"),
        ("on_conduct_alone", False),
        ("protection", {"origin": ["SE"]}),
        ("risks", []),
    ],
)
def test_what_has_another_shape_is_malformed(persons: Standing, name: str, value: object) -> None:
    """Neither a guessed attribute nor a ground that is none, nor a mark, has a shape in which it could travel."""
    honest = _given(persons)
    forged = bound(honest, {**disclosed(honest), name: value})  # type: ignore[dict-item]
    assert admit(forged, "dk.coord", "se.coord", (persons,), NOW) == "malformed"


def test_only_the_narrow_marks_are_narrow() -> None:
    """Both the marking and the rule on passing on must be: neither is enough alone, and red goes nowhere."""
    found = {(tlp, onward) for tlp in Tlp for onward in Onward if personal.narrow(Handling(tlp=tlp, onward=onward))}
    assert found == {(Tlp.AMBER, Onward.NO), (Tlp.AMBER_STRICT, Onward.NO)}


def test_each_part_of_what_a_receiver_must_know_counts(persons: Standing) -> None:
    """All is sound up to the very last moment; with any one part amiss nothing is."""
    honest = _given(persons)
    fields, handling, review = disclosed(honest), honest.handling, NOW + DAY
    fields["review"] = review
    assert personal.sound(fields, handling, review, review - 1)
    assert personal.sound({name: fields[name] for name in field.NEEDED_OF_PERSONS}, handling, review, NOW)
    for name in field.NEEDED_OF_PERSONS:
        assert not personal.sound({each: fields[each] for each in fields if each != name}, handling, review, NOW)
    assert not personal.sound({**fields, "grading": "E5"}, handling, review, NOW)
    assert not personal.sound({**fields, "review": str(review)}, handling, review, NOW)
    assert not personal.sound(fields, replace(handling, onward=Onward.ASK), review, NOW)
    assert not personal.sound(fields, handling, review, review)
    assert not personal.sound(fields, handling, review + 1, NOW)


def test_past_its_review_date_it_is_not_taken(persons: Standing) -> None:
    """What comes after its review date is refused, however long the sender says it may be kept."""
    late = _given(persons, person(guard=guard(review=NOW + DAY)))
    assert admit(late, "dk.coord", "se.coord", (persons,), NOW + DAY - 1) is None
    assert admit(late, "dk.coord", "se.coord", (persons,), NOW + DAY) == "not-permitted"
    longer = replace(late, keep_until=NOW + 9 * DAY)
    assert admit(longer, "dk.coord", "se.coord", (persons,), NOW) == "not-permitted"


@pytest.mark.parametrize("subjects", [(), (SubjectKind.PERSON,) * 2, (SubjectKind.PERSON, SubjectKind.VESSEL)])
def test_it_is_about_one_person(persons: Standing, subjects: tuple[SubjectKind, ...]) -> None:
    """A group is no person, and a ship beside one is not either."""
    _denied(persons, person(subjects=subjects), 3)


def test_what_else_is_amiss(persons: Standing) -> None:
    """Without a guard, with a position, in distress, of another, cancelled or graded otherwise: nothing goes."""
    _denied(persons, person(guard=None), 3)
    _denied(
        persons, replace(person(), area="", position=Position(56.8, 11.4), fields={**person().fields, "area": ""}), 3
    )
    _denied(persons, person(owner="de.coord"), 8)
    _denied(persons, person(handling=replace(NARROW, tlp=Tlp.RED)), 8)
    _denied(persons, replace(person(), handling=Handling(tlp=Tlp.AMBER, onward=Onward.NO)), 15)
    _denied(persons, person(fields={**person().fields, "review": NOW + 61 * DAY}), 7)
    _denied(persons, person(purposes=(Purpose.TRAFFICKING,)), 1)
    _denied(persons, person(cancelled=True), None)
    _denied(persons, person("western-baltic"), None)
    rescue = person(distress=True, purposes=(Purpose.SEARCH_AND_RESCUE,))
    for state in State:
        answer = permit(asked(rescue, replace(persons, state=state), purpose=Purpose.SEARCH_AND_RESCUE))
        assert isinstance(answer, Denial), "safeguard 13 never gives who it is"


@given(marks=MARKS, partner=st.sampled_from(PARTIES), data=st.data())
def test_the_law_is_asked_each_time(*, persons: Standing, marks: Guard, partner: str, data: st.DataObject) -> None:
    """About persons the short way says nothing, so that what it remembers is never an answer about one."""
    record = person(guard=marks, simulated=data.draw(st.booleans()))
    request = asked(record, persons, partner)
    assert permits._at_once(request) is None
    assert permit(request) == permits._decided(request)


def test_with_what_it_needs_withheld_it_does_not_travel(persons: Standing) -> None:
    """A field that may not be given and without which no person travels is a denial, not a smaller record."""
    clause: Clause = persons.terms.clauses[-1]
    assert isinstance(permit(asked(person(), persons)), Permit)
    thin = replace(person(), fields={name: one for name, one in person().fields.items() if name != "time"})
    assert "time may not be given" in _denied(persons, thin, None).reason
    assert clause.give is RecordKind.PERSON


def test_the_guard_is_written_nowhere_in_a_permit(persons: Standing) -> None:
    """Of a permit only the record itself knows the marks, and what is drawn of it does not read them."""
    marks = guard(protection=seeking("FI", fled=("NO",)), risks=at_risk("NO"))
    answer = permit(asked(person(guard=marks), persons, "de.coord"))
    assert isinstance(answer, Permit)
    told = {**asdict(answer), "record": None, "token": None}
    assert "FI" not in str(told)
    assert "asylum" not in str(told)
    assert b"FI" not in written(give(answer, drawing()))
