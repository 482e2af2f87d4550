"""Postures: safeguard 10. A narrower one never gives what a wider one does not, to nobody, under any agreement."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from agreements.cases import KATTEGAT, PARTIES, SOUND, alert, asked, in_force, notice, report, track
from agreements.test_inquiring import NOW, QUESTION
from agreements.test_permit import requests
from agreements.test_terms import _dumped, documents
from comity.agreements import clause, posture, rescue
from comity.agreements.clause import Clause, Marks
from comity.agreements.document import load
from comity.agreements.inquiring import Asking, Unasked, asking
from comity.agreements.permit import Denial, Permit, Request, permit
from comity.agreements.posture import Remaining
from comity.agreements.standing import Standing, State
from comity.agreements.terms import Terms, read
from comity.vocabulary.handling import within
from comity.vocabulary.place import Position
from comity.vocabulary.posture import Posture
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import Record

NARROWED = [one for one in Posture if one is not Posture.OPEN]


def remains(posture: Posture, *only: str, purposes: tuple[Purpose, ...] = ()) -> Remaining:
    return Remaining(posture=posture, only=only, purposes=purposes)


def narrowed(terms: Terms, *written: Remaining) -> Standing:
    """Return the terms in force, with what remains in some postures, for all purposes where none is named."""
    filled = tuple(replace(one, purposes=one.purposes or terms.purposes) for one in written)
    return in_force(replace(terms, postures=filled))


@st.composite
def _postures(draw: st.DrawFn, found: Terms) -> tuple[Remaining, ...]:
    ids, purposes, written = [one.id for one in found.clauses], list(found.purposes), []
    for one in NARROWED:
        ids = [name for name in ids if draw(st.integers(0, 2))]
        purposes = [purpose for purpose in purposes if draw(st.integers(0, 5))] or purposes
        if draw(st.integers(0, 2)):
            written.append(Remaining(posture=one, only=tuple(ids), purposes=tuple(purposes)))
    return tuple(written)


_KEPT = {"time", "version", "expires", "grading", "names_nobody", "position"}


@st.composite
def _alike(draw: st.DrawFn, like: Clause, number: int) -> Clause:
    """Return a clause that is met wherever another is, with other fields, marks, times and blur."""
    return replace(
        like,
        id=f"other-{number}",
        fields=tuple(name for name in like.fields if name in _KEPT or draw(st.booleans())),
        keep=like.keep * draw(st.integers(1, 2)),
        handling=replace(like.handling, proceedings=draw(st.booleans())),
    )


@st.composite
def narrowings(draw: st.DrawFn, example: Terms) -> Terms:
    """Return the example with each clause several times, in any order, and what remains of that in some postures."""
    every = [draw(_alike(like, 10 * place + turn)) for place, like in enumerate(example.clauses) for turn in range(2)]
    found = replace(example, clauses=tuple(draw(st.permutations([*example.clauses, *every]))))
    return replace(found, postures=draw(_postures(found)))


@given(st.data(), st.sampled_from([alert, track, report, notice]), st.sampled_from([KATTEGAT, SOUND]))
def test_10_a_narrower_posture_never_widens(
    terms: Terms, data: st.DataObject, make: Callable[[Position], Record], place: Position
) -> None:
    """Over any agreements and requests: what is given in a narrower posture lies within what is in a wider one."""
    found = data.draw(narrowings(terms))
    assert not list(posture.flaws(found.postures, [one.id for one in (*found.clauses, *found.answers)], found.purposes))
    standing = in_force(found)
    likely = asked(make(place), standing, purpose=data.draw(st.sampled_from([Purpose.SMUGGLING, *Purpose])))
    request = data.draw(st.one_of(st.just(likely), requests(standing)))
    keeps_all = remains(Posture.SUSPENDED, *(one.id for one in terms.clauses))
    second = replace(narrowed(replace(terms, agreement="second"), keeps_all), state=request.standings[0].state)
    request = replace(request, standings=(*request.standings, second)[: data.draw(st.integers(1, 2))])
    for wider, narrower in pairwise([permit(replace(request, posture=one)) for one in Posture]):
        if isinstance(narrower, Permit) and narrower.distress:
            assert set(narrower.fields) <= set(rescue.FIELDS)
        elif isinstance(narrower, Permit):
            assert isinstance(wider, Permit)
            assert set(narrower.fields) <= set(wider.fields)
            assert narrower.blur.position >= wider.blur.position
            assert within(narrower.handling, wider.handling)
            assert narrower.keep_until <= wider.keep_until
            assert narrower.digest == wider.digest


@given(st.data())
def test_10_the_same_for_questions(terms: Terms, data: st.DataObject) -> None:
    """What is not answered or asked in a wider posture is not in a narrower one."""
    ids = [one.id for one in (*terms.clauses, *terms.answers)]
    kept, written = ids, []
    for one in NARROWED:
        kept = [name for name in kept if data.draw(st.integers(0, 4))]
        if data.draw(st.booleans()):
            written.append(Remaining(posture=one, only=tuple(kept), purposes=terms.purposes))
    standing = in_force(replace(terms, postures=tuple(written)))
    question = replace(QUESTION, purpose=data.draw(st.sampled_from(Purpose)))
    found = [asking(question, "se.coord", "dk.coord", (standing,), NOW, one) for one in Posture]
    for wider, narrower in pairwise(found):
        assert isinstance(wider, Asking) or isinstance(narrower, Unasked)


@given(documents())
def test_what_remains_lies_within(document: dict[str, object]) -> None:
    """Of every agreement that can be written, each posture keeps clauses and purposes that the wider one keeps."""
    found = read(_dumped(document), "f")
    every = {(one.id, purpose) for one in found.clauses for purpose in found.purposes}
    for one in Posture:
        left = posture.remaining(found.postures, one)
        kept = every if left is None else {(name, purpose) for name in left.only for purpose in left.purposes}
        assert kept <= every
        every = kept


def _given(standing: Standing, towards: Posture, record: Record | None = None, **changes: object) -> str:
    """Return the clause under which a record is given in a posture, or why it is not, clause by clause."""
    answer = permit(asked(record or alert(), standing, posture=towards, **changes))
    if isinstance(answer, Permit):
        return answer.clause
    assert (answer.code, answer.safeguard) == ("not-permitted", 10)
    return "; ".join(f"{one.clause}: {one.condition}" for one in answer.nearest)


FIRST = "alerts-in-the-kattegat"


@pytest.mark.parametrize(
    ("written", "towards", "given"),
    [
        ((), Posture.OPEN, FIRST),
        ((), Posture.GUARDED, "nothing remains of it then"),
        ((remains(Posture.SUSPENDED, FIRST),), Posture.GUARDED, FIRST),
        ((remains(Posture.GUARDED, FIRST),), Posture.GUARDED, FIRST),
        ((remains(Posture.GUARDED, FIRST),), Posture.RESTRICTED, "nothing remains of it then"),
        ((remains(Posture.GUARDED, FIRST), remains(Posture.RESTRICTED)), Posture.OPEN, FIRST),
        ((remains(Posture.RESTRICTED, "notices-to-all"),), Posture.GUARDED, "nothing remains of it then"),
        (
            (remains(Posture.GUARDED, FIRST, purposes=(Purpose.SEARCH_AND_RESCUE,)),),
            Posture.GUARDED,
            "smuggling is no purpose then",
        ),
    ],
)
def test_one_that_is_not_written_is_the_next_narrower(
    terms: Terms, written: tuple[Remaining, ...], towards: Posture, given: str
) -> None:
    """Decision 0130: silence narrows. Open is open whatever is written."""
    assert given in _given(narrowed(terms, *written), towards)


def test_the_officer_reads_why_and_the_partner_a_code(terms: Terms) -> None:
    """The reason names clause, posture and safeguard; the code is the one that any clause's no has."""
    answer = permit(asked(alert(), narrowed(terms), posture=Posture.RESTRICTED))
    assert isinstance(answer, Denial)
    assert answer.reason == f"{FIRST}: relations are restricted, and nothing remains of it then"
    assert (answer.code, answer.safeguard, answer.nearest[0].clause) == ("not-permitted", 10, FIRST)
    otherwise = permit(asked(alert(), narrowed(terms), partner="no.coord", posture=Posture.RESTRICTED))
    assert isinstance(otherwise, Denial)
    assert otherwise.safeguard != 10
    elsewhere = permit(asked(alert(), narrowed(terms), partner="de.coord", posture=Posture.RESTRICTED))
    assert isinstance(elsewhere, Denial)
    assert (elsewhere.code, elsewhere.safeguard) == ("not-permitted", None), "it would not be given in open either"


def _coarse(terms: Terms, **changes: object) -> Clause:
    fields = tuple(name for name in terms.clauses[0].fields if name != "mmsi")
    return replace(terms.clauses[0], **{"id": "coarse", "fields": fields, **changes})


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, "coarse"),
        ({"fields": ("kind", "time", "rule")}, "gives more than"),
        ({"keep": 31 * 86_400_000}, "gives more than"),
        ({"handling": "wider"}, "gives more than"),
    ],
)
def test_what_steps_in_gives_no_more(terms: Terms, changes: dict[str, object], told: str) -> None:
    """A later clause takes the place of one that does not remain only if it gives no more than that."""
    if "handling" in changes:
        marks = terms.clauses[0].handling
        changes = {"handling": Marks(tlp=marks.tlp, onward=marks.onward, proceedings=True)}
    made = replace(terms, clauses=(*terms.clauses, _coarse(terms, **changes)))
    standing = narrowed(made, remains(Posture.RESTRICTED, "coarse"))
    assert _given(standing, Posture.OPEN) == FIRST
    assert told in _given(standing, Posture.RESTRICTED)


def test_a_finer_position_does_not_step_in(terms: Terms) -> None:
    coarse = replace(_coarse(terms, id="first"), blur=clause.Blur(position=2_000))
    made = replace(terms, clauses=(coarse, *terms.clauses))
    assert "gives more than first" in _given(narrowed(made, remains(Posture.RESTRICTED, FIRST)), Posture.RESTRICTED)


def test_another_agreement_does_not_step_in(terms: Terms) -> None:
    """Under a posture in which the first agreement keeps nothing of it, the second does not give it either."""
    second = narrowed(replace(terms, agreement="second"), remains(Posture.RESTRICTED, FIRST))
    request = asked(alert(), narrowed(terms), posture=Posture.RESTRICTED)
    assert isinstance(permit(replace(request, standings=(second,))), Permit)
    assert isinstance(permit(replace(request, standings=(*request.standings, second))), Denial)


def _distress(standing: Standing, **changes: object) -> Request:
    record = alert(distress=True, fields={**alert().fields, "kind": "distress"})
    return asked(record, standing, **{"purpose": Purpose.SEARCH_AND_RESCUE, "posture": Posture.SUSPENDED, **changes})


def test_13_distress_crosses_a_posture_with_position_and_need(terms: Terms) -> None:
    """In the narrowest posture the rescue centre is told where and what, and never who; nobody else is."""
    answer = permit(_distress(narrowed(terms)))
    assert isinstance(answer, Permit)
    assert (answer.clause, set(answer.fields)) == (rescue.CLAUSE, set(rescue.FIELDS))
    assert isinstance(permit(_distress(narrowed(terms), partner="de.coord")), Denial)
    assert isinstance(permit(_distress(narrowed(terms), purpose=Purpose.SMUGGLING)), Denial)


@pytest.mark.parametrize("make", [alert, track, report, notice])
@pytest.mark.parametrize("towards", NARROWED)
def test_nothing_remains_where_nothing_is_written(terms: Terms, make: object, towards: Posture) -> None:
    """For every kind of record that can be given: open gives it, and each narrower one does not."""
    record = make(KATTEGAT)  # type: ignore[operator]
    assert isinstance(permit(asked(record, narrowed(terms))), Permit)
    assert "relations are" in _given(narrowed(terms), towards, record)


def test_the_widest_posture_changes_nothing(terms: Terms) -> None:
    """What is written of postures takes nothing from an agreement in open, whoever gives whom."""
    for partner in PARTIES:
        plain, written = (asked(alert(), one, partner=partner) for one in (in_force(terms), narrowed(terms)))
        first, second = permit(plain), permit(written)
        assert isinstance(first, type(second))
        if isinstance(first, Permit) and isinstance(second, Permit):
            assert (first.clause, first.fields) == (second.clause, second.fields)


def test_a_suspended_agreement_stays_suspended(terms: Terms) -> None:
    """An open posture lifts nothing."""
    standing = replace(narrowed(terms, remains(Posture.SUSPENDED, FIRST)), state=State.SUSPENDED)
    answer = permit(asked(alert(), standing))
    assert isinstance(answer, Denial)
    assert answer.safeguard == 9


def test_for_left_out_is_every_purpose(example: str) -> None:
    text = example.replace("after: {erase", f"postures:\n  guarded: {{only: [{FIRST}]}}\nafter: {{erase", 1)
    (only,) = read(text, "f").postures
    assert only.purposes == read(text, "f").purposes
    assert posture.read(load("suspended: {only: []}", "f"), only.purposes)[0].only == ()
