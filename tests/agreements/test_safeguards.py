"""The safeguards: each over every path that exists, sending (permit) and receiving (admission)."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agreements.cases import (
    CENTRES,
    ELSEWHERE,
    KATTEGAT,
    NOW,
    PARTIES,
    SOUND,
    alert,
    asked,
    confirmed,
    drawing,
    in_force,
    notice,
    report,
    track,
)
from agreements.test_admission import bound
from agreements.test_permit import requests
from comity.agreements import veto
from comity.agreements.admission import admit
from comity.agreements.field import FREE_TEXT, IDENTIFIERS
from comity.agreements.permit import Denial, Permit, Request, permit
from comity.agreements.redaction import disclosed, give
from comity.agreements.safeguards import SAFEGUARDS, page
from comity.agreements.standing import Standing, State
from comity.agreements.terms import Terms
from comity.agreements.veto import WITHOUT_PATH
from comity.vocabulary.decision import Judgement
from comity.vocabulary.handling import (
    Credibility,
    Evaluation,
    Grading,
    Handling,
    Information,
    Onward,
    Reliability,
    Source,
    Tlp,
    within,
)
from comity.vocabulary.instant import HOUR
from comity.vocabulary.message import Given
from comity.vocabulary.place import Position
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import WRITTEN, Record, RecordKind
from comity.vocabulary.subject import SubjectKind

DOCS = Path(__file__).parents[2] / "docs"
SHIPS = {SubjectKind.VESSEL, SubjectKind.AIRCRAFT}
KINDS_OF_RECORD = st.sampled_from([alert, track, report, notice])
WRITINGS = st.sampled_from([report, notice])


HANDLINGS = st.builds(
    Handling,
    tlp=st.sampled_from([Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER, Tlp.AMBER_STRICT]),
    onward=st.sampled_from(Onward),
    grading=st.builds(Grading, st.sampled_from(Reliability), st.sampled_from(Credibility)),
) | st.builds(
    Handling,
    tlp=st.sampled_from([Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER, Tlp.AMBER_STRICT]),
    onward=st.sampled_from(Onward),
    evaluation=st.builds(Evaluation, st.sampled_from(Source), st.sampled_from(Information)),
)


def _denied(request: Request, safeguard: int) -> Denial:
    answer = permit(request)
    assert isinstance(answer, Denial), answer
    assert answer.safeguard == safeguard
    return answer


def _release(standing: Standing, record: Record | None = None, **changes: object) -> Given:
    answer = permit(asked(record or alert(), standing, **changes))
    assert isinstance(answer, Permit), answer
    return give(answer, drawing())


def test_page() -> None:
    """docs/safeguards.md says what the table says; write it anew with `safeguards.page()`."""
    assert (DOCS / "safeguards.md").read_text() == page()
    assert [one.id for one in SAFEGUARDS] == list(range(1, 26))


@given(
    purpose=st.sampled_from(Purpose),
    held=st.sets(st.sampled_from(Purpose)),
    make=KINDS_OF_RECORD,
    distress=st.booleans(),
)
def test_1_purpose(*, standing: Standing, purpose: Purpose, held: set[Purpose], make: object, distress: bool) -> None:
    """A purpose that is not both the agreement's and the record's is denied, distress or not, and refused."""
    record = make(purposes=tuple(held), distress=distress)  # type: ignore[operator]
    answer = permit(asked(record, standing, purpose=purpose))
    if purpose not in held:
        _denied(asked(record, standing, purpose=purpose), 1)
    if isinstance(answer, Permit):
        assert answer.purpose is purpose
        assert purpose in set(standing.terms.purposes) & held
    if purpose not in standing.terms.purposes:
        assert isinstance(answer, Denial)
        forged = msgspec.structs.replace(_release(standing), purpose=purpose.value)
        assert admit(forged, "dk.coord", "se.coord", (standing,), NOW) == "not-permitted"


@given(data=st.data(), kind=st.sampled_from(sorted(WITHOUT_PATH, key=lambda kind: kind.value)))
def test_3_4_20_21_23_kinds_without_a_path(standing: Standing, data: st.DataObject, kind: RecordKind) -> None:
    """A kind of record whose safeguards wait is denied by its kind, in distress too, and refused."""
    request = data.draw(requests(standing))
    record = msgspec.structs.replace(request.record, kind=kind)
    answer = _denied(msgspec.structs.replace(request, record=record), WITHOUT_PATH[kind][0])
    assert answer.code == "not-permitted"
    assert str(WITHOUT_PATH[kind][-1]) in answer.reason
    forged = bound(msgspec.structs.replace(_release(standing), kind=kind), {})
    assert admit(forged, "dk.coord", "se.coord", (standing,), NOW) == "not-permitted"


@given(data=st.data(), others=st.lists(st.sampled_from(SubjectKind), max_size=3))
def test_3_no_person_inside(standing: Standing, data: st.DataObject, others: list[SubjectKind]) -> None:
    """A record with a person among its subjects goes nowhere, in distress either, whatever else is asked."""
    request = data.draw(requests(standing))
    place = data.draw(st.integers(0, len(others)))
    subjects = (*others[:place], SubjectKind.PERSON, *others[place:])
    answer = permit(msgspec.structs.replace(request, record=msgspec.structs.replace(request.record, subjects=subjects)))
    assert isinstance(answer, Denial)


@pytest.mark.parametrize(
    "changes",
    [
        None,
        {"judgement": Judgement.UNREVIEWED},
        {"judgement": Judgement.REJECTED},
        {"judgement": Judgement.UNSURE},
        {"officer": ""},
        {"officer": "  "},
        {"officer": "dk.coord"},
        {"alert": "another alert"},
        {"time": NOW + 1},
    ],
)
def test_4_a_named_officer_confirms(standing: Standing, changes: dict[str, object] | None) -> None:
    """An alert goes out only when a named person, not the machine, has confirmed this very alert before now."""
    record = alert()
    decision = None if changes is None else confirmed(record, **changes)
    _denied(asked(record, standing, decision=decision), 4)
    assert isinstance(permit(asked(record, standing)), Permit)


@given(
    subjects=st.lists(st.sampled_from(SubjectKind), max_size=3).map(tuple), make=KINDS_OF_RECORD, distress=st.booleans()
)
def test_6_ships_and_aircraft_only(
    *, standing: Standing, subjects: tuple[SubjectKind, ...], make: object, distress: bool
) -> None:
    """A track of anything but a ship or aircraft is denied; an alert about it tells no identifier and no free text."""
    record = make(subjects=subjects, distress=distress)  # type: ignore[operator]
    request = asked(record, standing)
    answer = permit(request)
    if set(subjects) <= SHIPS and subjects:
        assert isinstance(answer, Permit) == (
            record.kind is not RecordKind.TRACK or set(subjects) == {SubjectKind.VESSEL}
        )
    elif isinstance(answer, Permit):
        assert record.kind is not RecordKind.TRACK
        words = frozenset() if record.kind in WRITTEN else FREE_TEXT  # for which an officer answers
        assert not set(disclosed(give(answer, drawing()))) & (IDENTIFIERS | words)
    else:
        assert answer.safeguard in (3, 6, 20)


@given(subjects=st.lists(st.sampled_from(SubjectKind), max_size=3).map(tuple), make=WRITINGS, distress=st.booleans())
def test_3_and_20_what_is_written_is_about_things(
    *, standing: Standing, subjects: tuple[SubjectKind, ...], make: object, distress: bool
) -> None:
    """A report or notice on persons, on parties or on organisations, which are persons, goes nowhere."""
    answer = permit(asked(make(subjects=subjects, distress=distress), standing))  # type: ignore[operator]
    if set(subjects) & {SubjectKind.PERSON, SubjectKind.PARTY, SubjectKind.ORGANISATION}:
        assert isinstance(answer, Denial)
        assert answer.safeguard in (3, 20)
    else:
        assert isinstance(answer, Permit)


@given(
    word=st.one_of(st.none(), st.just(False), st.integers(-9, 9), st.text(max_size=4)),  # noqa: FBT003 - a value
    make=WRITINGS,
    distress=st.booleans(),
)
def test_20_an_officer_says_that_nobody_is_named(
    *, standing: Standing, word: object, make: object, distress: bool
) -> None:
    """Without an officer's word that nobody is named, what is written is denied, and refused when it comes."""
    record = make(distress=distress)  # type: ignore[operator]
    without = msgspec.structs.replace(record, fields={**record.fields, "names_nobody": word})
    _denied(asked(without, standing), 20)
    honest = _release(standing, record)
    forged = bound(honest, {**disclosed(honest), "names_nobody": word})  # type: ignore[dict-item]
    assert admit(forged, "dk.coord", "se.coord", (standing,), NOW) == "malformed"


@given(handling=HANDLINGS, other=HANDLINGS, make=WRITINGS)
def test_15_what_is_written_carries_its_grading(
    standing: Standing, handling: Handling, other: Handling, make: object
) -> None:
    """On either scale the grading goes with it unchanged; with another than its handling says, it goes nowhere."""
    record = make(handling=handling)  # type: ignore[operator]
    given_ = _release(standing, record)
    assert (given_.handling.grading, given_.handling.evaluation) == (handling.grading, handling.evaluation)
    assert disclosed(given_)["grading"] == handling.graded
    if other.graded != handling.graded:
        _denied(asked(msgspec.structs.replace(record, handling=other), standing), 15)
        forged = bound(given_, {**disclosed(given_), "grading": other.graded})
        assert admit(forged, "dk.coord", "se.coord", (standing,), NOW) == "not-permitted"


def test_6_plates_are_no_field(standing: Standing) -> None:
    """A number plate has no field that could carry it, neither out nor in."""
    fields = {**track().fields, "plate": "AB 12 345"}
    assert "plate" not in disclosed(_release(standing, track(fields=fields)))
    forged = bound(_release(standing, track()), {"time": NOW, "plate": "AB 12 345"})
    assert admit(forged, "dk.coord", "se.coord", (standing,), NOW) == "malformed"


@given(tlp=st.sampled_from(Tlp), onward=st.sampled_from(Onward), proceedings=st.booleans(), make=KINDS_OF_RECORD)
def test_8_and_15_handling_only_tightens(
    *, standing: Standing, tlp: Tlp, onward: Onward, proceedings: bool, make: object
) -> None:
    """What is given is marked no wider than the record was, graded as it was, and RED is given to nobody."""
    grading = Grading(Reliability.C, Credibility.THREE)
    record = make(handling=Handling(tlp=tlp, onward=onward, proceedings=proceedings, grading=grading))  # type: ignore[operator]
    if tlp is Tlp.RED:
        _denied(asked(record, standing), 8)
        return
    given_ = _release(standing, record)
    assert within(given_.handling, record.handling)
    assert given_.handling.grading == grading
    assert given_.handling.tlp not in (Tlp.CLEAR, Tlp.GREEN)


@given(onward=st.sampled_from(Onward), make=KINDS_OF_RECORD, distress=st.booleans())
def test_8_onward_needs_the_originator(*, standing: Standing, onward: Onward, make: object, distress: bool) -> None:
    """What another originated is passed on to nobody, not even where its mark says yes, and refused when it is."""
    record = make(owner="de.coord", handling=Handling(tlp=Tlp.GREEN, onward=onward), distress=distress)  # type: ignore[operator]
    _denied(asked(record, standing), 8)
    forged = msgspec.structs.replace(_release(standing), owner="de.coord")
    assert admit(forged, "dk.coord", "se.coord", (standing,), NOW) == "not-permitted"


NOT_IN_FORCE = [
    (State.SUSPENDED, NOW),
    (State.TERMINATED, NOW),
    (State.FINALIZED, "before"),
    (State.FINALIZED, "after"),
]


@pytest.mark.parametrize(("state", "moment"), NOT_IN_FORCE)
@given(
    make=KINDS_OF_RECORD,
    partner=st.sampled_from(PARTIES[1:]),
    place=st.sampled_from([*CENTRES.values()]),
    purpose=st.sampled_from(Purpose),
)
def test_9_not_in_force(
    standing: Standing, state: State, moment: object, make: object, partner: str, place: Position, purpose: Purpose
) -> None:
    """Suspended, ended, expired or not yet begun: nothing is permitted, and what is on its way is refused."""
    term = standing.terms.in_force
    now = {"before": term.start - 1, "after": term.end}.get(str(moment), NOW)
    changed = msgspec.structs.replace(standing, state=state)
    record = make(place, purposes=tuple(Purpose))  # type: ignore[operator]
    decision = confirmed(record, time=0)
    answer = permit(asked(record, changed, partner, now=now, purpose=purpose, decision=decision))
    assert isinstance(answer, Denial)
    assert (answer.code, answer.safeguard) == ("not-in-force", 9)
    words = {"before": "only from", "after": "only until"}.get(str(moment), f"it is {state.value}")
    assert words in answer.nearest[0].condition
    assert answer.reason == f"kattegat-maritime: {answer.nearest[0].condition}"
    assert admit(_release(standing), "dk.coord", "se.coord", (changed,), now) == "not-in-force"


@given(
    lacking=st.sampled_from(PARTIES),
    what=st.sampled_from(["signed", "standing_at"]),
    state=st.sampled_from(State),
    data=st.data(),
)
def test_11_witnessed_by_all(standing: Standing, lacking: str, what: str, state: State, data: st.DataObject) -> None:
    """While one party's signature or witnessed proof is missing, nothing is given or admitted, in distress either."""
    parties = frozenset(PARTIES)
    changed = msgspec.structs.replace(standing, state=state, **{what: parties - {lacking}})
    request = data.draw(requests(standing))
    assert isinstance(permit(msgspec.structs.replace(request, standings=(changed,))), Denial)
    _denied(asked(alert(), changed), 11)
    assert admit(_release(standing), "dk.coord", "se.coord", (changed,), NOW) == "not-in-force"
    assert admit(_distress(standing), "dk.coord", "se.coord", (changed,), NOW) == "not-in-force"


def test_3_outranks_13(standing: Standing) -> None:
    """Distress with a person among its subjects goes to nobody by this road, the competent centre included."""
    for state in (State.FINALIZED, State.SUSPENDED):
        changed = msgspec.structs.replace(standing, state=state)
        record = _in_distress(subjects=(SubjectKind.VESSEL, SubjectKind.PERSON))
        _denied(asked(record, changed, purpose=Purpose.SEARCH_AND_RESCUE), 3)


def _in_distress(place: Position = KATTEGAT, **changes: object) -> Record:
    return alert(place, distress=True, fields={**alert(place).fields, "kind": "distress"}, **changes)


def _distress(standing: Standing) -> Given:
    return _release(standing, _in_distress(), purpose=Purpose.SEARCH_AND_RESCUE)


STANDS = st.sampled_from([State.FINALIZED, State.SUSPENDED, State.TERMINATED])


@given(
    state=STANDS,
    centre=st.sampled_from(PARTIES),
    partner=st.sampled_from(PARTIES),
    own=st.sampled_from(PARTIES),
    expired=st.booleans(),
    tlp=st.sampled_from(Tlp),
    subjects=st.sets(st.sampled_from([kind for kind in SubjectKind if kind is not SubjectKind.PERSON])).map(tuple),
)
def test_13_distress(
    *,
    standing: Standing,
    state: State,
    centre: str,
    partner: str,
    own: str,
    expired: bool,
    tlp: Tlp,
    subjects: tuple[SubjectKind, ...],
) -> None:
    """Distress gives exactly position, time and need to the competent centre and to nobody else, whatever stands."""
    now = standing.terms.in_force.end + 1 if expired else NOW
    changed = msgspec.structs.replace(standing, state=state)
    record = _in_distress(CENTRES[centre], owner=own, handling=Handling(tlp=tlp), subjects=subjects)
    request = asked(record, changed, partner, own=own, now=now, decision=None, purpose=Purpose.SEARCH_AND_RESCUE)
    answer = permit(request)
    if partner != centre or own == partner:
        assert isinstance(answer, Denial)
        if own != partner:
            assert (answer.safeguard, answer.reason.split(";")[0]) == (
                13,
                f"the rescue centre there is {centre}, and not {partner}",
            )
        return
    assert isinstance(answer, Permit), answer
    assert (answer.distress, answer.clause) == (True, "safeguard-13")
    given_ = give(answer, drawing())
    assert disclosed(given_) == {name: record.fields[name] for name in ("kind", "position", "severity", "time")}
    assert given_.handling.onward is Onward.NO
    assert given_.handling.tlp in (Tlp.AMBER_STRICT, Tlp.RED)
    assert given_.keep_until == now + 72 * HOUR
    assert admit(given_, own, partner, (changed,), now) is None
    for other in {*PARTIES, "no.coord"} - {partner}:
        assert admit(given_, own, other, (changed,), now) == "not-permitted"


def test_13_outside_of_every_rescue_area(standing: Standing) -> None:
    """Where the agreement names no centre for the position, distress opens nothing."""
    for partner in PARTIES[1:]:
        request = asked(_in_distress(ELSEWHERE), standing, partner, purpose=Purpose.SEARCH_AND_RESCUE, decision=None)
        answer = permit(request)
        assert isinstance(answer, Denial)
        assert answer.safeguard == 13
        assert answer.reason.startswith(f"{partner} is no rescue centre there, and the agreement names none")


@pytest.mark.parametrize("purpose", [purpose for purpose in Purpose if purpose is not Purpose.SEARCH_AND_RESCUE])
def test_13_for_rescue_only(standing: Standing, purpose: Purpose) -> None:
    """Distress opens nothing for another purpose."""
    suspended = msgspec.structs.replace(standing, state=State.SUSPENDED)
    assert isinstance(permit(asked(_in_distress(purposes=tuple(Purpose)), suspended, purpose=purpose)), Denial)


def test_13_beacon_or_named_officer(standing: Standing) -> None:
    """An alert of another kind is distress only by a named officer's word; one judged false opens nothing."""
    suspended = msgspec.structs.replace(standing, state=State.SUSPENDED)
    declared = alert(distress=True)

    def ask(record: Record, **decision: object) -> Permit | Denial:
        word = confirmed(record, **decision) if decision else None
        return permit(asked(record, suspended, purpose=Purpose.SEARCH_AND_RESCUE, decision=word))

    assert isinstance(ask(declared), Denial)
    assert isinstance(ask(declared, officer="dk.coord"), Denial)
    assert isinstance(ask(declared, judgement=Judgement.UNSURE), Denial)
    assert isinstance(ask(declared, judgement=Judgement.CONFIRMED), Permit)
    assert isinstance(ask(_in_distress()), Permit)
    assert isinstance(ask(_in_distress(), judgement=Judgement.UNSURE), Permit)
    assert isinstance(ask(_in_distress(), judgement=Judgement.REJECTED), Denial)
    beacon = permit(asked(track(distress=True), suspended, purpose=Purpose.SEARCH_AND_RESCUE))
    assert isinstance(beacon, Permit)
    assert set(beacon.fields) == {"kind", "position", "time"}, "what is to be sought, and not who"
    assert isinstance(permit(asked(alert(), suspended, purpose=Purpose.SEARCH_AND_RESCUE)), Denial)


@pytest.mark.parametrize("name", ["mmsi", "imo", "call_sign", "name", "explanation", "ship_type", "area"])
def test_13_never_who(standing: Standing, name: str) -> None:
    """A release under safeguard 13 that tells who it is, truly bound or not, is refused."""
    honest = _distress(standing)
    forged = bound(honest, {**disclosed(honest), name: alert().fields[name]})
    assert admit(bound(honest, disclosed(honest)), "dk.coord", "se.coord", (standing,), NOW) is None
    assert admit(forged, "dk.coord", "se.coord", (standing,), NOW) == "not-permitted"


@pytest.mark.parametrize(
    "change",
    [
        {"handling": Handling(tlp=Tlp.AMBER, onward=Onward.NO)},
        {"handling": Handling(tlp=Tlp.RED, onward=Onward.ASK)},
        {"keep_until": NOW + 73 * HOUR},
        {"keep_until": NOW},
        {"purpose": "smuggling"},
    ],
)
def test_13_admits_no_more(standing: Standing, change: dict[str, object]) -> None:
    """A release under safeguard 13 with wider marks, a longer time or another purpose is refused."""
    forged = msgspec.structs.replace(_distress(standing), **change)
    assert admit(forged, "dk.coord", "se.coord", (standing,), NOW) == "not-permitted"
    nowhere = bound(_distress(standing), {"time": NOW, "kind": "distress"})
    assert admit(nowhere, "dk.coord", "se.coord", (standing,), NOW) == "not-permitted"


def test_13_the_last_known_centre(terms: Terms, standing: Standing) -> None:
    """A newer version that was in force names the centre, even when it is suspended; an offer names none."""
    moved = tuple(
        msgspec.structs.replace(one, areas=other.areas)
        for one, other in zip(terms.rescue, terms.rescue[::-1], strict=True)
    )
    newer = msgspec.structs.replace(terms, version=2, rescue=moved)
    for state, expected in ((State.SUSPENDED, False), (State.OFFERED, True)):
        request = asked(
            _in_distress(), standing, standings=(standing, in_force(newer, state)), purpose=Purpose.SEARCH_AND_RESCUE
        )
        assert isinstance(permit(request), Permit) == expected


def test_13_any_agreement_that_stands_names_the_centre(terms: Terms, standing: Standing) -> None:
    """One of several agreements suffices, whichever comes first; one that was never proven names none."""
    unproven = msgspec.structs.replace(standing, signed=frozenset({"dk.coord"}))
    elsewhere = in_force(msgspec.structs.replace(terms, agreement="another", rescue=terms.rescue[1:]))
    call, rescue = _in_distress(), {"purpose": Purpose.SEARCH_AND_RESCUE, "decision": None}
    other = in_force(msgspec.structs.replace(terms, agreement="third"))
    for standings in ((unproven, other), (other, unproven), (elsewhere, other), (other, elsewhere)):
        answer = permit(asked(call, standing, standings=standings, **rescue))
        assert isinstance(answer, Permit), standings
        assert (answer.agreement, answer.distress) == ("third", True)
    denied = permit(asked(call, standing, standings=(unproven,), **rescue))
    assert isinstance(denied, Denial)
    assert denied.safeguard != 13, "what was never agreed is the reason"
    nowhere = permit(asked(call, standing, standings=(elsewhere, unproven), **rescue))
    assert isinstance(nowhere, Denial)
    assert nowhere.reason.startswith("se.coord is no rescue centre there, and the agreement names none for that place;")


def test_13_where_an_agreement_stands_its_clause_comes_first(terms: Terms) -> None:
    """In force, a clause for distress gives what the parties agreed, and safeguard 13 fills in where none does."""
    clause = msgspec.structs.replace(terms.clauses[0], condition="alert.kind == distress")
    standing = in_force(msgspec.structs.replace(terms, clauses=(clause,)))
    request = asked(_in_distress(), standing, purpose=Purpose.SEARCH_AND_RESCUE)
    answer = permit(request)
    assert isinstance(answer, Permit)
    assert (answer.clause, answer.distress) == (clause.id, False)
    assert "name" in answer.fields


def test_a_veto_rests_on_no_check_before_it() -> None:
    """What is no subject at all is about nobody knows whom, and another's record is another's, whoever asks first."""
    strange: tuple[object, ...] = ("vessel",)
    found = veto.by_subject(RecordKind.ALERT, strange)  # type: ignore[arg-type]
    assert found is not None
    assert found.safeguard == 3
    theirs = veto.by_origin(alert(), "se.coord")
    assert theirs is not None
    assert (theirs.safeguard, theirs.why) == (8, "dk.coord originated it")
    assert veto.by_origin(alert(), "dk.coord") is None


def test_deny_overrides(terms: Terms) -> None:
    """The widest clause that can be written lifts no safeguard."""
    widest = msgspec.structs.replace(
        terms.clauses[0],
        condition="",
        to=terms.between,
        purposes=terms.purposes,
        fields=tuple(sorted(alert().fields)),
        where=tuple(area.name for area in terms.areas),
    )
    standing = in_force(msgspec.structs.replace(terms, clauses=(widest,)))
    assert isinstance(permit(asked(alert(SOUND), standing)), Permit)
    forbidden = {
        1: asked(alert(), standing, purpose=Purpose.FISHERIES),
        3: asked(alert(subjects=(SubjectKind.PERSON,)), standing),
        4: asked(alert(), standing, decision=None),
        6: asked(alert(subjects=(SubjectKind.ORGANISATION,)), standing),
        8: asked(alert(owner="se.coord"), standing),
        9: asked(alert(), msgspec.structs.replace(standing, state=State.SUSPENDED)),
        11: asked(alert(), msgspec.structs.replace(standing, standing_at=frozenset())),
    }
    for safeguard, request in forbidden.items():
        _denied(request, safeguard)
