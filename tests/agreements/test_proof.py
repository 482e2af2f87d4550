"""The proof: what it says of a text is so, by the permit's own word; and a text that is wrong is not proved."""

from __future__ import annotations

from collections.abc import Sequence
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from agreements import cases
from agreements.cases import PARTIES
from builders import chance
from builders.chance import EXAMPLE, MADE, Chance
from comity.agreements import condition, field
from comity.agreements.case import Case
from comity.agreements.claim import Claim, Finding
from comity.agreements.clause import Blur, Clause
from comity.agreements.condition import WORDS
from comity.agreements.dispute import Dispute
from comity.agreements.frame import Term, Witnesses
from comity.agreements.permit import Denial, Permit, Request, permit
from comity.agreements.posture import Remaining
from comity.agreements.proof import proved
from comity.agreements.remainder import Narrowing, narrowed
from comity.agreements.terms import Terms, flaws
from comity.agreements.widening import loosened
from comity.vocabulary.handling import Tlp, within
from comity.vocabulary.instant import DAY
from comity.vocabulary.place import Area, Position
from comity.vocabulary.posture import Posture
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import WRITTEN, RecordKind, Value

FIRST = EXAMPLE.clauses[0]
TRIED = 100
"""Requests by chance for each pair of versions of which the proof says that nothing more is permitted."""


def quiet(_: str) -> None:
    return None


def asked(case: Case, terms: Terms, posture: Posture = Posture.OPEN) -> Request:
    """Return the request that a case describes, with every field that such a record can have, under these terms."""
    made = MADE[case.kind](case.position, case.giver)
    area = case.areas[0] if case.position is None and case.areas else None
    fields: dict[str, Value] = dict(made.fields)
    for name, word in WORDS.items():
        field_name = name.partition(".")[2]
        if word.kind is case.kind and name not in case.facts:
            fields[field_name] = "unheard-of" if word.choices else None
        elif word.kind is case.kind:
            fields[field_name] = case.facts[name]
    if case.kind in WRITTEN:
        fields["area"] = area
    handling = cases.HANDLING
    record = replace(
        made,
        fields={**fields, "grading": handling.graded} if case.kind in WRITTEN else fields,
        area=area or "",
        subjects=case.subjects,
        purposes=tuple(Purpose),
        handling=handling,
    )
    standing = cases.in_force(terms)
    return cases.asked(record, standing, case.receiver, own=case.giver, purpose=case.purpose, posture=posture)


def while_(finding: Finding) -> Posture:
    """Return in which posture a finding is so."""
    return next((one for one in Posture if finding.words.startswith(f"while {one.value}, ")), Posture.OPEN)


def gives_more(new: Permit, old: Permit | Denial) -> bool:
    """Whether a permit gives anything that another answer to the same request does not."""
    if isinstance(old, Denial):
        return True
    sharper = "position" in old.fields and "position" in new.fields and new.blur.position < old.blur.position
    more = set(new.fields) - set(old.fields)
    return sharper or bool(more) or not within(new.handling, old.handling) or new.keep_until > old.keep_until


def changed(draw: Chance, terms: Terms) -> Terms:
    """Return a later version in which some clause, area or order is another."""
    names, purposes, clauses = [area.name for area in terms.areas], terms.purposes, list(terms.clauses)
    for number in range(draw.of((1, 1, 2))):
        place = int(draw.share() * len(clauses))
        one, other = clauses[place], chance.clause(draw, 90 + number, names, purposes)
        if draw.yes(0.2):
            clauses.insert(place, other)
        elif draw.yes(0.2) and len(clauses) > 1:
            clauses.append(clauses.pop(place))
        else:
            clauses[place] = draw.of(_otherwise(draw, one, other))
    areas = list(terms.areas)
    if draw.yes(0.3):
        place = int(draw.share() * len(areas))
        areas[place] = chance.area(draw, areas[place].name)
    return replace(terms, version=2, clauses=tuple(clauses), areas=tuple(areas))


def _otherwise(draw: Chance, one: Clause, other: Clause) -> Sequence[Clause]:
    """Return the clause with each part as another has it."""
    fields = tuple(dict.fromkeys((*field.needed(one.give), *draw.some(chance.SAFE[one.give], 5), "position")))
    return (
        replace(one, condition=""),
        replace(one, condition=condition.written(chance.tree(draw, one.give))),
        replace(one, where=other.where),
        replace(one, to=other.to, givers=other.givers),
        replace(one, purposes=other.purposes),
        replace(one, fields=fields, blur=Blur()),
        replace(one, fields=fields, blur=Blur(position=1_000)),
        replace(one, keep=other.keep, handling=other.handling),
        other,
    )


def postures(draw: Chance, terms: Terms) -> Terms:
    """Return the terms with a word on what remains in two postures."""
    ids, purposes = [one.id for one in terms.clauses], terms.purposes
    guarded = draw.some(ids, 3), draw.some(purposes, 3)
    restricted = draw.some(guarded[0], 2), draw.some(guarded[1], 2)
    left = zip((Posture.GUARDED, Posture.RESTRICTED), (guarded, restricted), strict=True)
    return replace(terms, postures=tuple(Remaining(posture=one, only=each[0], purposes=each[1]) for one, each in left))


def covered(findings: Sequence[Finding], request: Request, permit: Permit) -> bool:
    """Whether one of the findings is about this clause, and reaches this request: in its posture, or in any."""
    return any(
        finding.clause == permit.clause
        and while_(finding) in (request.posture, Posture.OPEN)
        and request.own in finding.reach["givers"]
        and request.partner in finding.reach["receivers"]
        and request.purpose.value in finding.reach["purposes"]
        for finding in findings
    )


@settings(max_examples=5)
@given(st.integers(0, 10**9))
def test_what_is_found_is_so_and_what_is_so_is_found(seed: int) -> None:
    """Each case of a widening is one by the permit's word; and what chance finds is among what the proof found."""
    draw = Chance(seed)
    old = postures(draw, replace(chance.standing(draw, "kattegat").terms, version=1))
    new = postures(draw, changed(draw, old)) if draw.yes(0.5) else changed(draw, old)
    ids = {one.id for one in new.clauses}
    left = (replace(one, only=tuple(each for each in one.only if each in ids)) for one in new.postures)
    new = replace(new, postures=tuple(left))
    assert not [*flaws(old), *flaws(new)]
    findings = [one for one in loosened(old, new, quiet) if one.clause]
    for finding in findings:
        assert finding.case is not None
        now, before = (permit(asked(finding.case, each, while_(finding))) for each in (new, old))
        assert isinstance(now, Permit), (finding.words, now)
        assert now.clause == finding.clause
        assert gives_more(now, before), (finding.words, before)
    standings = cases.in_force(new), cases.in_force(old)
    for _ in range(TRIED):
        request = replace(chance.request(draw, standings[:1]), posture=draw.of(tuple(Posture), 0.5))
        now, before = (permit(replace(request, standings=(one,))) for one in standings)
        if isinstance(now, Permit) and not now.distress and gives_more(now, before):
            assert covered(findings, request, now), (now, before)


@settings(max_examples=4)
@given(st.integers(0, 10**9))
def test_what_never_decides_never_does(seed: int) -> None:
    """No request by chance is decided by a clause that the proof calls idle, and of the others each has a case."""
    draw = Chance(seed)
    terms = chance.standing(draw, "kattegat").terms
    terms = replace(terms, clauses=(*terms.clauses, replace(draw.of(terms.clauses), id="again")))
    idle = {finding.clause for finding in claim(terms, "clauses").findings}
    assert "again" in idle
    fewer = cases.in_force(replace(terms, clauses=tuple(one for one in terms.clauses if one.id not in idle)))
    whole = cases.in_force(terms)
    for _ in range(TRIED):
        request = chance.request(draw, (whole,))
        with_all, without = permit(request), permit(replace(request, standings=(fewer,)))
        decided = (isinstance(with_all, Permit) and with_all.clause, isinstance(without, Permit) and without.clause)
        assert decided[0] == decided[1]


def claim(terms: Terms, name: str, old: Terms | None = None, narrowings: Sequence[Narrowing] = ()) -> Claim:
    """Return the claim of a name; of several of one name that which is not proved."""
    found = [one for one in proved(terms, old, narrowings) if one.name == name]
    return min(found, key=lambda one: one.proved)


def test_the_example_is_proved() -> None:
    """Nothing stands against the example, nor against it beside itself."""
    claims = [*proved(EXAMPLE, EXAMPLE)]
    assert [one.name for one in claims if not one.proved] == []
    assert {one.name for one in claims} >= {"within", "clauses", "safeguard 1", "safeguard 6", "safeguard 13"}


def _first(**changes: object) -> Terms:
    return replace(EXAMPLE, clauses=(replace(FIRST, **changes), *EXAMPLE.clauses[1:]))


IDS = [one.id for one in EXAMPLE.clauses]
REMAINING = replace(
    EXAMPLE,
    postures=(Remaining(posture=Posture.GUARDED, only=tuple(IDS[1:3]), purposes=(Purpose.BORDER_SURVEILLANCE,)),),
)
BROADER = {
    "a field": (_first(fields=(*FIRST.fields, "imo")), "gives imo too"),
    "a recipient": (_first(to=PARTIES), "gives de.coord"),
    "a purpose": (_first(purposes=(*FIRST.purposes, Purpose.TRAFFICKING)), "for trafficking"),
    "no condition": (_first(condition=""), "and no clause of version 1 gave anything"),
    "a wider condition": (
        _first(condition="alert.kind in [meeting, going-dark, crossing, distress]"),
        "alert.kind is distress",
    ),
    "an area": (_first(where=("kattegat", "sound", "western-baltic")), "in western-baltic"),
    "a longer time": (_first(keep=31 * DAY), "kept for 31 d, not 30 d"),
    "wider marks": (_first(handling=replace(FIRST.handling, tlp=Tlp.CLEAR)), "marks it TLP:CLEAR"),
    "no blur": (
        replace(EXAMPLE, clauses=(FIRST, replace(EXAMPLE.clauses[1], blur=Blur()), *EXAMPLE.clauses[2:])),
        "the position within 0 m, not 2 km",
    ),
    "a clause": (
        replace(EXAMPLE, clauses=(*EXAMPLE.clauses, replace(FIRST, id="more", condition="alert.severity == low"))),
        "more gives",
    ),
    "another order": (
        replace(EXAMPLE, clauses=(replace(FIRST, id="short", fields=("time",)), *EXAMPLE.clauses)),
        "",
    ),
    "a longer term": (replace(EXAMPLE, in_force=Term(start=0, end=EXAMPLE.in_force.end)), "in force from 1970"),
    "a later end": (
        replace(EXAMPLE, in_force=Term(start=EXAMPLE.in_force.start, end=EXAMPLE.in_force.end + DAY)),
        "is kept until",
    ),
    "a rescue centre": (
        replace(
            EXAMPLE,
            rescue=(replace(EXAMPLE.rescue[0], areas=("kattegat", "western-baltic")), *EXAMPLE.rescue[1:]),
        ),
        "is told to se.coord, and was not",
    ),
    "more questions": (
        replace(
            EXAMPLE,
            answers=(replace(EXAMPLE.answers[0], ask_at_most=replace(EXAMPLE.answers[0].ask_at_most, per_day=501)),),
        ),
        "501 times a day, not 500",
    ),
    "what remains in a posture": (
        replace(REMAINING, postures=(replace(REMAINING.postures[0], only=IDS[:3]),)),
        "while guarded, dk.coord gives se.coord an alert",
    ),
    "a purpose that remains": (
        replace(REMAINING, postures=(replace(REMAINING.postures[0], purposes=EXAMPLE.purposes),)),
        "while guarded, ",
    ),
    "no mask": (replace(EXAMPLE, disputes=()), "is told where something is at"),
    "fewer witnesses": (replace(EXAMPLE, witnesses=Witnesses(quorum=1, required=())), "was once 2 witnesses"),
    "what may stay": (
        replace(EXAMPLE, after=replace(EXAMPLE.after, keep=(RecordKind.REPORT,))),
        "report records may be kept although it ended early",
    ),
    "other askers": (replace(EXAMPLE, answers=(replace(EXAMPLE.answers[0], to=PARTIES),)), "by de.coord"),
}


BEFORE = {
    "what remains in a posture": REMAINING,
    "a purpose that remains": REMAINING,
    "no mask": replace(
        EXAMPLE,
        disputes=(Dispute(area="sound", claimants=("XA", "XB"), source="maps", status="open", mask=("de.coord",)),),
    ),
}
"""The version before, where it is not the example."""


@pytest.mark.parametrize("change", BROADER)
def test_a_broader_version_is_not_proved(change: str) -> None:
    """Each way to permit more is found, with a case in words; the other way round the same change is proved."""
    new, words = BROADER[change]
    new, old = replace(new, version=2), BEFORE.get(change, EXAMPLE)
    findings = tuple(loosened(old, new, quiet))
    if words:
        assert [one for one in findings if words in one.words], findings
        assert not [*loosened(new, old, quiet)]
    else:
        assert findings == ()
        assert [*loosened(new, old, quiet)], "now more is given than by the clause that went first"


def test_an_area_drawn_wider() -> None:
    """A ship just outside of the old drawing is the case; a drawing within the old one is proved."""
    name = EXAMPLE.areas[0].name

    def drawn(north: float) -> Terms:
        ring = tuple(
            Position(y, x) for y, x in ((56.1, 11.0), (north, 11.0), (north, 11.2), (56.1, 11.2), (56.1, 11.0))
        )
        areas = (Area(name=name, polygons=((ring,),)), *EXAMPLE.areas[1:])
        return replace(EXAMPLE, areas=areas, version=2)

    assert claim(drawn(56.4), "within", EXAMPLE).proved
    assert claim(drawn(56.3), "within", drawn(56.4)).proved
    finding = claim(drawn(56.4), "within", drawn(56.3)).findings[0]
    assert finding.case is not None
    assert finding.case.position is not None
    assert 56.3 < finding.case.position.latitude < 56.4
    assert "kattegat" in finding.words


IDLE = {
    "repeats": (replace(EXAMPLE, clauses=(*EXAMPLE.clauses, replace(FIRST, id="again"))), "again repeats"),
    "shadowed": (
        replace(EXAMPLE, clauses=(*EXAMPLE.clauses, replace(FIRST, id="less", fields=("time",), keep=DAY))),
        "less never decides: whatever meets it meets alerts-in-the-kattegat before",
    ),
    "shadowed by two": (
        replace(
            EXAMPLE,
            clauses=(
                replace(FIRST, id="low", condition="alert.severity <= low"),
                replace(FIRST, id="high", condition="alert.severity > low"),
                replace(FIRST, id="rest", condition="alert.severity in [low, medium, high, urgent]"),
            ),
        ),
        "whatever meets it meets low or high before",
    ),
    "contradictory": (_first(condition="alert.kind == meeting and not alert.kind == meeting"), "is met by no record"),
    "about persons": (_first(condition="subject.kind == person"), "is met by no record"),
    "to itself": (_first(to=("dk.coord",), givers=("dk.coord",)), "is met by no record"),
}


@pytest.mark.parametrize("fault", IDLE)
def test_an_idle_clause_is_found(fault: str) -> None:
    terms, words = IDLE[fault]
    findings = claim(terms, "clauses").findings
    assert [one for one in findings if words in one.words], findings


def test_unknown_is_not_the_rest() -> None:
    """A clause for what has no severity is not idle behind two for every severity that there is: none decides there."""
    clauses = (
        replace(FIRST, id="low", condition="alert.severity <= low"),
        replace(FIRST, id="high", condition="not alert.severity <= low"),
        replace(FIRST, id="rest", condition=""),
    )
    assert claim(replace(EXAMPLE, clauses=clauses), "clauses").proved


AGAINST = {
    "safeguard 1": (_first(purposes=(Purpose.TERRORISM,)), "no purpose of the agreement"),
    "safeguard 3": (_first(give=RecordKind.CASE), "gives case records"),
    "safeguard 4": (_first(give=RecordKind.BIOMETRIC), "gives biometric records"),
    "safeguard 6": (_first(fields=(*FIRST.fields, "plate")), "gives plate"),
    "safeguard 7": (_first(give=RecordKind.PERSON), "gives person records beyond their review"),
    "safeguard 8": (_first(handling=replace(FIRST.handling, tlp=Tlp.RED)), "marked RED"),
    "safeguard 11": (replace(EXAMPLE, witnesses=Witnesses(quorum=1, required=("a", "b"))), "1 cosignatures suffice"),
    "safeguard 13": (
        replace(EXAMPLE, rescue=(*EXAMPLE.rescue, replace(EXAMPLE.rescue[0], node="de.coord"))),
        "both se.coord and de.coord",
    ),
    "safeguard 15": (
        replace(EXAMPLE, clauses=(*EXAMPLE.clauses[:3], replace(EXAMPLE.clauses[3], fields=("time", "names_nobody")))),
        "without grading",
    ),
    "safeguard 20": (
        replace(EXAMPLE, clauses=(*EXAMPLE.clauses[:3], replace(EXAMPLE.clauses[3], fields=("time", "grading")))),
        "without names_nobody",
    ),
    "safeguard 21": (_first(give=RecordKind.CASE), "gives case records"),
    "safeguard 23": (_first(give=RecordKind.BIOMETRIC), "gives biometric records"),
}


@pytest.mark.parametrize("safeguard", AGAINST)
def test_a_text_against_a_safeguard_is_not_proved(safeguard: str) -> None:
    """Such terms cannot be read; made by hand, each is found by the proof too."""
    terms, words = AGAINST[safeguard]
    findings = claim(terms, safeguard).findings
    assert [one for one in findings if words in one.words], findings


def test_words_that_tell_what_is_blurred() -> None:
    terms = _first(fields=(*FIRST.fields, "explanation"), blur=Blur(position=1_000))
    assert "can tell the blurred position" in claim(terms, "safeguard 6").findings[-1].words


def _left(name: str, ids: Sequence[str], purposes: Sequence[Purpose] = EXAMPLE.purposes) -> Narrowing:
    return Narrowing(name=name, clauses=frozenset(ids), purposes=frozenset(purposes))


def test_narrower_postures() -> None:
    """Fewer clauses for fewer purposes are narrower; where a clause that went first is gone, more may be given."""
    rescue = (Purpose.SEARCH_AND_RESCUE,)
    sound = [_left("guarded", IDS[:3]), _left("restricted", IDS[:1], rescue), _left("suspended", ())]
    assert claim(EXAMPLE, "safeguard 10", narrowings=sound).proved
    wider = [sound[1], sound[0]]
    assert not claim(EXAMPLE, "safeguard 10", narrowings=wider).proved
    bare = replace(FIRST, id="bare", fields=("time",))
    terms = replace(EXAMPLE, clauses=(bare, *EXAMPLE.clauses))
    findings = claim(terms, "safeguard 10", narrowings=[_left("guarded", IDS)]).findings
    assert "beyond bare of the agreement" in findings[0].words
    assert narrowed(EXAMPLE, _left("none", IDS, ())).clauses == ()


def test_questions_narrow_too() -> None:
    """What may be asked is part of what a posture leaves."""
    asking = [_left("guarded", ()), _left("restricted", [EXAMPLE.answers[0].id])]
    assert "more may be asked" in claim(EXAMPLE, "safeguard 10", narrowings=asking).findings[0].words


def test_fifty_clauses_are_proved_quickly() -> None:
    """A version of 50 clauses beside the one before, in the time that a person waits."""
    draw = Chance(50)
    terms = chance.standing(draw, "kattegat").terms
    names = [area.name for area in terms.areas]
    clauses = tuple(chance.clause(draw, number, names, terms.purposes) for number in range(50))
    old = replace(terms, clauses=clauses)
    begun = process_time()
    assert claim(replace(old, version=2, clauses=clauses[1:]), "within", old) is not None
    assert process_time() - begun < 20, "the benchmark measures; here only that it is no matter of minutes"
