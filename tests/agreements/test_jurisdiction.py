"""What is proven: the answer is total, what is missing never permits, a never beats a may, and errors never permit.

Names in brackets are articles of the Convention on the Law of the Sea.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from agreements.cases import in_force
from agreements.waters import (
    COUNTRIES,
    NOW,
    PLAIN,
    SMUGGLING,
    TERMS,
    asked,
    chase,
    having,
    off,
    power,
    question,
    sea,
)
from comity.agreements import ruling
from comity.agreements.dispute import UNSAID, Claim, Contested, Dispute
from comity.agreements.jurisdiction import Answer, Question, may
from comity.agreements.leave import Verdict
from comity.agreements.powers import Duty, Ground, Limit, Units
from comity.agreements.standing import Standing, State
from comity.node import coastlines
from comity.vocabulary.instant import DAY, HOUR, MINUTE
from comity.vocabulary.offence import Offence
from comity.vocabulary.place import Area, Position
from comity.vocabulary.unit import Moment, UnitAct, UnitKind

SEA = sea()
"""A hundred nautical miles wide: Denmark to the west, Sweden to the east, their economic zones overlap."""
NARROW = sea(20)
"""Twenty wide: two territorial seas that meet amid it."""


def verdict(answer: Answer) -> str:
    return answer.leave.verdict.value


_OTHER_SEA, _OWN_SEA, _MIDDLE = off(95), off(5), off(50)


@pytest.mark.parametrize(
    ("act", "position", "expected", "article"),
    [
        (UnitAct.OBSERVE, _OWN_SEA, "permitted", "UNCLOS art. 2"),
        (UnitAct.ARREST, _OWN_SEA, "permitted", "UNCLOS art. 2"),
        (UnitAct.USE_OF_FORCE, _OWN_SEA, "permitted", "UNCLOS art. 2"),
        (UnitAct.OBSERVE, _MIDDLE, "permitted", "UNCLOS art. 87"),
        (UnitAct.ENTER, _OTHER_SEA, "permitted", "UNCLOS art. 17"),
        (UnitAct.OBSERVE, _OTHER_SEA, "forbidden", "UNCLOS art. 2"),
        (UnitAct.PURSUE, _OTHER_SEA, "forbidden", "UNCLOS art. 2"),
        (UnitAct.BOARD, _MIDDLE, "forbidden", "UNCLOS art. 92"),
        (UnitAct.USE_OF_FORCE, _MIDDLE, "forbidden", "UNCLOS art. 56"),
        (UnitAct.RESCUE, _OTHER_SEA, "permitted", "UNCLOS art. 98"),
        (UnitAct.ENTER, off(105), "forbidden", "territorial sovereignty"),
        (UnitAct.RESCUE, off(105), "forbidden", "UNCLOS art. 98"),
    ],
)
def test_general_law(act: UnitAct, position: Position, expected: str, article: str) -> None:
    """Where no agreement says anything."""
    answer = asked(None, SEA, act=act, position=position)
    assert verdict(answer) == expected
    assert article in answer.leave.instruments


@pytest.mark.parametrize(
    ("miles", "act", "offence", "expected"),
    [
        (18, UnitAct.BOARD, Offence.DRUGS, "permitted"),
        (18, UnitAct.BOARD, Offence.TERRORISM, "forbidden"),
        (18, UnitAct.BOARD, None, "forbidden"),
        (18, UnitAct.SEIZE, Offence.ILLEGAL_FISHING, "permitted"),
        (18, UnitAct.ARREST, Offence.ENVIRONMENTAL, "forbidden"),
        (18, UnitAct.BOARD, Offence.ENVIRONMENTAL, "permitted"),
        (82, UnitAct.BOARD, Offence.DRUGS, "forbidden"),
        (40, UnitAct.ARREST, Offence.ILLEGAL_FISHING, "contested"),
        (40, UnitAct.BOARD, Offence.DRUGS, "forbidden"),
    ],
)
def test_enforcing_beyond_the_territorial_sea(
    miles: float, act: UnitAct, offence: Offence | None, expected: str
) -> None:
    """Customs in one's own contiguous zone [33], fish in one's own economic zone [73], and where two overlap [74]."""
    assert verdict(asked(None, SEA, act=act, position=off(miles), offence=offence)) == expected


def test_where_two_claims_overlap_both_are_named() -> None:
    answer = asked(None, SEA, act=UnitAct.ARREST, position=off(40), offence=Offence.ILLEGAL_FISHING)
    assert [claim.by for claim in answer.claims] == ["dk", "se"]
    assert "if it is dk.eez, permitted" in answer.leave.reason
    assert "if it is se.eez, forbidden" in answer.leave.reason
    assert ruling.told(answer, NOW)[-2].startswith("no step is agreed for this")


@pytest.mark.parametrize("kind", [UnitKind.AIRCRAFT, UnitKind.DRONE, UnitKind.VEHICLE])
def test_passage_is_for_ships(kind: UnitKind) -> None:
    """No aircraft passes innocently [17], nor rescues unasked within the territorial sea."""
    for act in (UnitAct.ENTER, UnitAct.RESCUE):
        assert verdict(asked(None, SEA, act=act, kind=kind, position=_OTHER_SEA)) == "forbidden"


def test_a_power_lets_and_says_on_what_terms() -> None:
    one = power(
        may=(UnitAct.OBSERVE, UnitAct.STOP),
        must=(Duty(notify="se.coord", before=Moment.ENTRY),),
        never=(UnitAct.ARREST,),
        instrument="A treaty (invented)",
        article="7",
    )
    answer = asked(having(one), SEA, act=UnitAct.STOP, position=_OTHER_SEA)
    assert verdict(answer) == "permitted"
    assert answer.leave.instruments == ("A treaty (invented), art. 7", "one of sound-pursuit version 1")
    assert ruling.headline(answer, NOW) == "permitted; notify se.coord before entry; no arrest; indicative"
    assert verdict(asked(having(one), SEA, act=UnitAct.BOARD, position=_OTHER_SEA)) == "forbidden"


@pytest.mark.parametrize(
    "change",
    [
        {"unit": Units(of="se.coord", kind=tuple(UnitKind))},
        {"unit": Units(of="dk.coord", kind=(UnitKind.DRONE,))},
        {"may": (UnitAct.PURSUE,)},
        {"where": ("se.eez",)},
        {"where": ("sound",)},
        {"where": ("dk.territorial-sea",)},
        {"on": Ground(offence=(Offence.ARMS,))},
        {"within": Limit(time=HOUR)},
    ],
)
def test_a_power_for_something_else_lets_nothing(change: dict[str, object]) -> None:
    assert verdict(asked(having(power()), SEA, position=_OTHER_SEA)) == "permitted"
    assert verdict(asked(having(power(**change)), SEA, position=_OTHER_SEA)) == "forbidden"


def test_a_power_holds_only_while_the_agreement_does() -> None:
    standing = having(power())
    for other in (replace(standing, state=State.SUSPENDED), replace(standing, signed=frozenset({"dk.coord"}))):
        answer = asked(other, SEA, position=_OTHER_SEA)
        assert verdict(answer) == "forbidden"
        assert any(line.startswith("does not count: sound-pursuit:") for line in ruling.told(answer, NOW))
    assert verdict(asked(standing, SEA, position=_OTHER_SEA, time=NOW - 365 * DAY)) == "forbidden"


def test_a_never_counts_whosever_waters_they_are() -> None:
    """Even if nobody says of which State a party is: innocent passage is not open to those who gave it up."""
    never = having(power(may=(), never=(UnitAct.ENTER,)))
    asking = question(act=UnitAct.ENTER, position=_OTHER_SEA)
    for countries in (COUNTRIES, {}, {"dk.coord": "dk"}):
        assert verdict(may(asking, [never], countries, SEA)) == "forbidden"


def test_a_coastline_cannot_know_internal_waters() -> None:
    answer = asked(having(power()), SEA, position=_OTHER_SEA)
    assert answer.leave.conditions[-1].startswith("only where it is no internal waters")


def test_no_power_reaches_into_a_third_state() -> None:
    """Two parties cannot give each other what is a third's; nor is it known whose a party's waters are, if not said."""
    one = having(power(where=("se.territorial-sea",)))
    asking = question(position=_OTHER_SEA)
    assert verdict(may(asking, [one], {"dk.coord": "dk", "se.coord": "no"}, SEA)) == "forbidden"
    assert verdict(may(asking, [one], {"dk.coord": "dk"}, SEA)) == "forbidden"


@pytest.mark.parametrize("act", [act for act in UnitAct if act is not UnitAct.RESCUE])
@pytest.mark.parametrize("position", [off(-5), off(5), off(50), off(95), off(105)])
def test_a_never_beats_every_may(act: UnitAct, position: Position) -> None:
    """Of another power, of general law, and of the State's own sovereignty."""
    everywhere = ("dk.land", "dk.territorial-sea", "dk.eez", "se.eez", "se.territorial-sea", "se.land")
    let, never = power(may=tuple(UnitAct), where=everywhere), power(id="two", may=(), never=(act,), where=everywhere)
    for standing in (having(let, never), having(never, let)):
        answer = asked(standing, SEA, act=act, position=position, offence=SMUGGLING)
        assert verdict(answer) == "forbidden"
        assert "says never to" in answer.leave.reason


@pytest.mark.parametrize("act", list(UnitAct))
def test_where_nobody_can_tell_nothing_is_permitted(act: UnitAct) -> None:
    """No drawing and no coastline, or a place that the coastline does not cover, or land that it does not name."""
    everywhere = power(may=tuple(UnitAct), where=("sound", "se.territorial-sea", "high-seas"))
    for coast, position in ((None, _OWN_SEA), (SEA, Position(20.0, 30.0))):
        assert verdict(asked(having(everywhere), coast, act=act, position=position)) == "contested"


def test_a_disputed_area_is_contested() -> None:
    """Both claims are named, and the agreed step."""
    answer = may(question(position=Position(55.61, 12.71)), [in_force(TERMS)], COUNTRIES, coastlines.load())
    assert verdict(answer) == "contested"
    assert {claim.by for claim in answer.claims} == {"dk", "se"}
    told = "\n".join(ruling.told(answer, NOW))
    assert "dk says an exchange of notes of 1931 (invented); se says the median line" in told
    assert "agreed step: call the other centre" in told


_SAID = Dispute(area="claimed", claimants=("dk", "se"), source="a note", status="open")


def _claimed(west: float, east: float, said: Dispute = _SAID) -> Contested:
    low, high = off(west).longitude, off(east).longitude
    ring = tuple(Position(north, each) for north, each in ((55, low), (55, high), (57, high), (57, low), (55, low)))
    return Contested(said, Area(name=said.area, polygons=((ring,),)))


@pytest.mark.parametrize("act", list(UnitAct))
def test_ones_own_record_of_disputes_counts_too(act: UnitAct) -> None:
    """In it everything is contested but rescue at sea."""
    let = power(may=tuple(UnitAct), where=("dk.territorial-sea", "se.territorial-sea", "dk.eez", "se.eez"))
    asking = question(act=act, position=_OWN_SEA)
    claims = (Claim(by="dk", says="one"), Claim(by="se", says="two"))
    said = replace(_SAID, claims=claims, step="call first")
    answer = may(asking, [having(let)], COUNTRIES, SEA, [_claimed(2, 8, said)])
    assert verdict(answer) == ("permitted" if act is UnitAct.RESCUE else "contested")
    assert answer.claims == claims
    assert answer.steps == ("call first",)


def _disputing(said: Dispute, *between: str) -> Standing:
    """Return an agreement of these parties in force that says this of the Danish territorial sea."""
    ground = _claimed(2, 8, said).ground
    terms = replace(PLAIN, agreement="another", between=between, powers=(), areas=(ground,), disputes=(said,))
    return in_force(terms)


def test_a_dispute_that_hides_makes_ground_contested_too() -> None:
    """What masks a position and what makes an act contested is one word, whose agreement it is in does not count."""
    masked = replace(_SAID, claimants=("XA", "XB"), mask=("se.coord",))
    for between in (("dk.coord", "se.coord"), ("no.coord", "fi.coord")):
        answer = asked(_disputing(masked, *between), SEA, position=_OWN_SEA)
        assert verdict(answer) == "contested"
        assert [(claim.by, claim.says) for claim in answer.claims] == [("XA", UNSAID), ("XB", UNSAID)]
        assert answer.steps == ()
        assert "no step is agreed there" in answer.leave.reason
        assert "no step is agreed for this" in ruling.told(answer, NOW)[-2]
    assert verdict(asked(_disputing(masked, "dk.coord", "se.coord"), SEA, position=off(9))) == "permitted"


def test_a_dispute_of_an_agreement_that_ended_counts_no_more() -> None:
    for state in (State.SUSPENDED, State.TERMINATED):
        for between in (("dk.coord", "se.coord"), ("no.coord", "fi.coord")):
            standing = replace(_disputing(_SAID, *between), state=state)
            assert verdict(asked(standing, SEA, position=_OWN_SEA)) == "permitted"


def test_who_spells_no_claim_out_is_named_all_the_same() -> None:
    said = replace(_SAID, claimants=("dk", "se", "no"), claims=(Claim(by="se", says="the median line"),))
    answer = may(question(position=_OWN_SEA), [], COUNTRIES, SEA, [_claimed(2, 8, said)])
    assert [(claim.by, claim.says) for claim in answer.claims] == [
        ("dk", UNSAID),
        ("se", "the median line"),
        ("no", UNSAID),
    ]


def test_within_the_error_of_the_median_line_it_is_contested() -> None:
    coarse = sea(20, error=2_000)
    assert verdict(asked(None, NARROW, act=UnitAct.STOP, position=off(9))) == "permitted"
    assert verdict(asked(None, coarse, act=UnitAct.STOP, position=off(9))) == "contested"
    assert verdict(asked(None, coarse, act=UnitAct.STOP, position=off(5))) == "permitted"
    assert verdict(asked(None, coarse, act=UnitAct.STOP, position=off(15))) == "forbidden"


_CHASED = chase(5, 8, 11, 14)
"""From the Danish territorial sea towards, and in the narrow sea into, the Swedish one."""


def test_a_pursuit_by_a_power() -> None:
    """It is told until when, how far, whom to tell, and what never."""
    one = power(
        may=(UnitAct.PURSUE,),
        within=Limit(distance=18_520, time=2 * HOUR),
        on=Ground(offence=(SMUGGLING,)),
        must=(Duty(notify="se.coord", before=Moment.ENTRY),),
        never=(UnitAct.ARREST, UnitAct.USE_OF_FORCE),
    )
    asking = {"act": UnitAct.PURSUE, "position": off(14), "offence": SMUGGLING, "track": _CHASED}
    answer = asked(having(one), NARROW, **asking)
    assert verdict(answer) == "permitted"
    assert ruling.headline(answer, NOW) == (
        "permitted until 14:16 UTC or 10 nm from 56.000 N 10.293 E; notify se.coord before entry; "
        "no arrest, no use of force; indicative"
    )
    for change, told in (
        ({"track": ()}, "no track tells"),
        ({"offence": None}, "none is told"),
        ({"offence": Offence.DOCUMENTS}, "on suspicion of smuggling"),
        ({"time": NOW + 3 * HOUR}, "used up"),
        ({"position": off(19.5), "track": chase(5, 8, 9.9, 10.1, 19.5)}, ""),
        ({"track": chase(5, 8, 11, 14, signal=None)}, "no signal to stop"),
        ({"track": chase(12, 13, 14)}, "where it cannot begin"),
        ({"track": chase(5, 8, 11, 14, every=20 * MINUTE)}, "the track is silent for 20 min"),
    ):
        other = asked(having(one), NARROW, **{**asking, **change})
        assert (verdict(other) == "permitted") is (told == "")
        assert told in other.leave.reason


def test_where_it_was_before_the_track_nobody_can_tell() -> None:
    one = having(power(within=Limit(time=HOUR)))
    answer = asked(one, NARROW, position=off(14), track=chase(12, 13, 14))
    assert verdict(answer) == "contested"
    assert "before the track begins" in answer.leave.reason
    assert verdict(asked(one, NARROW, position=off(14), track=chase(5, 12, 14))) == "permitted"


def test_a_distance_used_up() -> None:
    one = having(power(may=(UnitAct.PURSUE,), within=Limit(distance=3 * 1_852)))
    for miles, expected in ((12, "permitted"), (14, "forbidden")):
        asking = {"act": UnitAct.PURSUE, "position": off(miles), "track": chase(5, 8, 11, miles)}
        assert verdict(asked(one, NARROW, **asking)) == expected


def test_hot_pursuit_on_the_sea() -> None:
    """Begun in one's own territorial sea it goes on through another's economic zone, and lets a unit board there."""
    track = chase(5, 10, 20, 30, 40)
    for act in (UnitAct.PURSUE, UnitAct.STOP, UnitAct.BOARD, UnitAct.ARREST):
        answer = asked(None, SEA, act=act, position=off(40), track=track)
        assert verdict(answer) == "permitted"
        assert "UNCLOS art. 111" in answer.leave.instruments
        assert any("clearly marked" in condition for condition in answer.leave.conditions)
    assert verdict(asked(None, SEA, act=UnitAct.USE_OF_FORCE, position=off(40), track=track)) == "forbidden"
    drone = asked(None, SEA, act=UnitAct.PURSUE, position=off(40), track=track, kind=UnitKind.DRONE)
    assert verdict(drone) == "contested"
    assert verdict(asked(None, SEA, act=UnitAct.PURSUE, position=off(95), track=chase(5, 30, 60, 95))) == "forbidden"


def test_out_of_waters_into_which_a_power_let_it_a_pursuit_goes_on_in_no_other() -> None:
    """Through the Swedish territorial sea by a power, and out again: article 111(3) has ended it for the high seas."""
    one = having(power(may=(UnitAct.PURSUE,)))
    inside = asked(one, SEA, act=UnitAct.PURSUE, position=off(90), track=chase(5, 50, 85, 90, every=14 * MINUTE))
    assert verdict(inside) == "permitted"
    back = asked(one, SEA, act=UnitAct.PURSUE, position=off(20), track=chase(5, 50, 90, 50, 20, every=14 * MINUTE))
    assert verdict(back) == "forbidden"
    assert "ended at" in back.leave.reason


def test_on_land_a_power_is_told_with_the_schengen_convention() -> None:
    one = having(power(may=(UnitAct.PURSUE, UnitAct.OBSERVE), where=("se.land",)))
    asking = {"act": UnitAct.PURSUE, "kind": UnitKind.VEHICLE, "position": off(105)}
    answer = asked(one, SEA, **asking)
    assert verdict(answer) == "permitted"
    assert "Schengen Convention, art. 41" in answer.leave.instruments
    assert any("no entry into homes" in condition for condition in answer.leave.conditions)
    without = asked(None, SEA, **asking)
    assert verdict(without) == "forbidden"
    assert "by declarations that this agreement does not hold" in without.leave.reason


_ACTS, _KINDS = st.sampled_from(list(UnitAct)), st.sampled_from(list(UnitKind))
_OFFENCES = st.none() | st.sampled_from(list(Offence))
_TRACKS = st.lists(st.floats(-5, 40) | st.floats(80, 105), max_size=3).map(lambda miles: chase(*miles) if miles else ())
_PLACES = st.floats(-10, 110).map(off)
_POWERS = st.lists(
    st.builds(
        power,
        may=st.lists(_ACTS, unique=True).map(tuple),
        never=st.lists(_ACTS.filter(lambda act: act is not UnitAct.RESCUE), unique=True, max_size=3).map(tuple),
        where=st.lists(
            st.sampled_from(["se.territorial-sea", "dk.territorial-sea", "se.eez", "high-seas", "se.land", "sound"]),
            min_size=1,
            unique=True,
        ).map(tuple),
        within=st.builds(Limit, distance=st.sampled_from([0, 20_000]), time=st.sampled_from([0, HOUR])),
        on=st.builds(Ground, offence=st.lists(st.sampled_from([SMUGGLING, Offence.DRUGS]), unique=True).map(tuple)),
        must=st.sampled_from([(), (Duty(notify="se.coord", before=Moment.ACT),)]),
    ),
    max_size=3,
)
_QUESTIONS = st.builds(
    Question,
    unit=st.sampled_from(["dk.coord", "se.coord", "no.coord", "nobody"]),
    kind=_KINDS,
    act=_ACTS,
    position=_PLACES | st.builds(Position, st.floats(-90, 90), st.floats(-180, 180)),
    time=st.just(NOW) | st.integers(0, 4_000_000_000_000),
    offence=_OFFENCES,
    track=_TRACKS,
)


@settings(deadline=None, max_examples=60)
@given(_QUESTIONS, _POWERS, st.sampled_from([sea(20), sea(100, error=2_000, unseen=5_000), None]))
def test_every_question_has_an_answer_with_its_reason(asking: Question, powers: list[object], coast: object) -> None:
    """Nothing raises; every answer names an instrument and a reason, and reads in lines."""
    answer = may(asking, [having(*powers)], COUNTRIES, coast)  # type: ignore[arg-type]
    assert answer.leave.reason
    assert answer.leave.instruments
    lines = ruling.told(answer, asking.time)
    assert lines[0].startswith(answer.leave.verdict.value)
    assert all(line.isprintable() for line in lines)


_METRES = st.sampled_from([0, 500, 2_000, 5_000])
_RANK = {Verdict.FORBIDDEN: 0, Verdict.CONTESTED: 1, Verdict.PERMITTED: 2}


@settings(deadline=None, max_examples=60)
@given(_QUESTIONS, _POWERS, st.sampled_from([sea(20), sea(100)]))
def test_what_is_missing_never_permits(asking: Question, powers: list[object], coast: object) -> None:
    """Without the offence, the track, the State, the coastline or the agreement, nothing more is permitted.

    But for an agreement's own never, which is gone with it.
    """
    standings = [having(*powers)]  # type: ignore[arg-type]
    full = may(asking, standings, COUNTRIES, coast)  # type: ignore[arg-type]
    less = [
        may(replace(asking, offence=None), standings, COUNTRIES, coast),  # type: ignore[arg-type]
        may(replace(asking, track=()), standings, COUNTRIES, coast),  # type: ignore[arg-type]
        may(asking, standings, {}, coast),  # type: ignore[arg-type]
        may(asking, standings, COUNTRIES, None),
    ]
    if not any(asking.act in one.never for one in powers):  # type: ignore[attr-defined]
        less.append(may(asking, [], COUNTRIES, coast))  # type: ignore[arg-type]
    if full.leave.verdict is not Verdict.PERMITTED:
        assert not [one for one in less if one.leave.verdict is Verdict.PERMITTED]


@settings(deadline=None, max_examples=60)
@given(_QUESTIONS, _POWERS, _METRES, _METRES, _METRES, st.booleans())
def test_more_error_never_permits(
    asking: Question,
    powers: list[object],
    error: int,
    more: int,
    unseen: int,
    narrow: bool,  # noqa: FBT001
) -> None:
    """Whatever is permitted with a coarser coastline is permitted with a finer one."""
    width = 20 if narrow else 100
    standings = [having(*powers)]  # type: ignore[arg-type]
    finer = may(asking, standings, COUNTRIES, sea(width, error=error))
    coarser = may(asking, standings, COUNTRIES, sea(width, error=error + more, unseen=unseen))
    if coarser.leave.verdict is Verdict.PERMITTED:
        assert finer.leave.verdict is Verdict.PERMITTED


@settings(deadline=None, max_examples=60)
@given(_QUESTIONS, _POWERS)
def test_a_never_beats_a_may_wherever_it_holds(asking: Question, powers: list[object]) -> None:
    """With a never added, nothing is permitted that was not, and its act is permitted nowhere where it holds."""
    never = power(id="never", may=(), never=(asking.act,), where=("sound", "se.territorial-sea", "se.eez"))
    if asking.act is UnitAct.RESCUE:
        return
    before = may(asking, [having(*powers)], COUNTRIES, SEA)  # type: ignore[arg-type]
    after = may(asking, [having(*powers, never)], COUNTRIES, SEA)  # type: ignore[arg-type]
    assert _RANK[after.leave.verdict] <= _RANK[before.leave.verdict]
    ours = asking.unit == "dk.coord" and PLAIN.in_force.start <= asking.time < PLAIN.in_force.end
    if ours and any(zone.state == "se" and "sea" in zone.kind.value for zone in after.located.zones):
        assert after.leave.verdict is not Verdict.PERMITTED
