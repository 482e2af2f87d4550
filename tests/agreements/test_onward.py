"""Passing on: the originator's leave lifts the veto for just what it says, and the recipient takes in nothing else."""

from __future__ import annotations

import copy

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from agreements.cases import ELSEWHERE, KATTEGAT, NOW, WESTERN_BALTIC, alert, asked, drawing, notice, report, track
from builders.pair import keys
from comity.agreements.admission import SKEW, admit
from comity.agreements.clause import Blur
from comity.agreements.held import held
from comity.agreements.onward import Granted, bound, granted, sign
from comity.agreements.permit import Denial, Permit, permit
from comity.agreements.redaction import apart, disclosed, give, pass_on
from comity.agreements.standing import Standing
from comity.foundation import canonical
from comity.foundation.keys import BadSignature
from comity.vocabulary.fault import Fault
from comity.vocabulary.handling import Handling, Onward, Tlp, strictest, within
from comity.vocabulary.instant import DAY
from comity.vocabulary.message import Given
from comity.vocabulary.onward import Leave
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import Record, RecordKind

ORIGINATOR = keys(1)
ASKED = {"own": "se.coord", "own_country": "SE", "purpose": Purpose.SMUGGLING}


def given_to_sweden(standing: Standing, record: Record) -> Given:
    answer = permit(asked(record, standing, "se.coord"))
    assert isinstance(answer, Permit), answer
    return give(answer, drawing())


def leave_for(one: Given, **changes: object) -> Leave:
    version = disclosed(one)["version"] if one.kind in (RecordKind.REPORT, RecordKind.NOTICE) else 0
    said: dict[str, object] = {
        "onward": bytes(32),
        "originator": "dk.coord",
        "holder": "se.coord",
        "recipient": "de.coord",
        "message": bytes(32),
        "place": 0,
        "kind": one.kind,
        "record": one.id,
        "version": version,
        "bound": bound(one),
        "handling": one.handling,
        "purpose": Purpose.SMUGGLING,
        "keep_until": one.keep_until,
        "until": NOW + 7 * DAY,
        "time": NOW,
        "officer": "mette",
    }
    return Leave(**{**said, **changes})  # type: ignore[arg-type]


def signed(leave: Leave) -> Granted:
    signature = sign(ORIGINATOR.identity, leave, ORIGINATOR.identity_pq)
    return granted(leave, signature, ORIGINATOR.identity.public, ORIGINATOR.identity_pq.public)


def answered(standing: Standing, one: Given, leave: Granted, partner: str = "de.coord", **changes: object) -> object:
    record = held(one, leave, cancelled=False)
    request = asked(record, standing, partner, leave=leave, **{**ASKED, **changes})
    return permit(request)


def test_with_a_leave_it_is_passed_on_as_it_came(standing: Standing) -> None:
    """Denmark's notice goes from Sweden to Germany, word for word, no wider and no longer; Germany admits it."""
    one = given_to_sweden(standing, notice(WESTERN_BALTIC))
    leave = signed(leave_for(one, keep_until=NOW + 3 * DAY))
    answer = answered(standing, one, leave)
    assert isinstance(answer, Permit), answer
    passed = pass_on(answer, one)
    assert disclosed(passed) == disclosed(one)
    assert (passed.owner, passed.keep_until, passed.digests) == ("dk.coord", NOW + 3 * DAY, one.digests)
    assert within(passed.handling, one.handling)
    assert admit(passed, "se.coord", "de.coord", (standing,), NOW, leave) is None
    assert canonical.read(canonical.written(passed), Given) == passed


def test_without_it_nothing_is(standing: Standing) -> None:
    one = given_to_sweden(standing, notice(WESTERN_BALTIC))
    leave = signed(leave_for(one))
    record = held(one, leave, cancelled=False)
    answer = permit(asked(record, standing, "de.coord", **ASKED))
    assert isinstance(answer, Denial)
    assert answer.safeguard == 8
    allowed = answered(standing, one, leave)
    assert isinstance(allowed, Permit)
    assert admit(pass_on(allowed, one), "se.coord", "de.coord", (standing,), NOW) == "not-permitted"


CHANGES: list[dict[str, object]] = [
    {"originator": "de.coord"},
    {"holder": "dk.coord"},
    {"recipient": "dk.coord"},
    {"version": 1},
    {"purpose": Purpose.BORDER_SURVEILLANCE},
    {"until": NOW},
    {"keep_until": NOW},
    {"handling": Handling(tlp=Tlp.AMBER, onward=Onward.NO)},
    {"record": "another"},
    {"bound": bytes(32)},
    {"kind": RecordKind.REPORT},
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: next(iter(change)))
def test_a_leave_for_something_else_lifts_nothing(standing: Standing, change: dict[str, object]) -> None:
    """One part changed, and truly signed: the holder's permit denies it, and the recipient does not admit it."""
    one = given_to_sweden(standing, notice(WESTERN_BALTIC))
    right, other = signed(leave_for(one)), signed(leave_for(one, **change))
    record = held(one, right, cancelled=False)
    if "bound" not in change:  # which the permit cannot see: `held` does
        answer = permit(asked(record, standing, "de.coord", leave=other, **ASKED))
        assert isinstance(answer, Denial)
        assert answer.safeguard == 8
    if {"originator", "record", "bound", "kind"} & change.keys():
        with pytest.raises(Fault):
            held(one, other, cancelled=False)
    allowed = answered(standing, one, right)
    assert isinstance(allowed, Permit)
    late = NOW + (0 if "until" not in change else 2 * SKEW)
    assert admit(pass_on(allowed, one), "se.coord", "de.coord", (standing,), late, other) == "not-permitted"


@given(st.data())
def test_no_change_of_a_signed_leave_is_believed(standing: Standing, data: st.DataObject) -> None:
    one = given_to_sweden(standing, notice(WESTERN_BALTIC))
    leave = leave_for(one)
    signature = bytearray(sign(ORIGINATOR.identity, leave, ORIGINATOR.identity_pq))
    public, second = ORIGINATOR.identity.public, ORIGINATOR.identity_pq.public
    assert granted(leave, bytes(signature), public, second).leave == leave
    other = replace(leave, **data.draw(st.sampled_from(CHANGES[:10])))
    with pytest.raises(BadSignature):
        granted(other, bytes(signature), public, second)
    place = data.draw(st.integers(0, len(signature) - 1))
    signature[place] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(BadSignature):
        granted(leave, bytes(signature), public, second)


def test_neither_key_is_believed_alone() -> None:
    one = leave_for(
        Given(
            **{
                **dict.fromkeys(("agreement",), bytes(32)),
                "kind": RecordKind.TRACK,
                "id": "x",
                "owner": "dk.coord",
                "time": NOW,
                "clause": "c",
                "purpose": "smuggling",
                "handling": Handling(),
                "keep_until": NOW + DAY,
                "disclosures": (),
                "digests": bytes(32),
            }
        )
    )
    whole = sign(ORIGINATOR.identity, one, ORIGINATOR.identity_pq)
    single = sign(ORIGINATOR.identity, one)
    public, second = ORIGINATOR.identity.public, ORIGINATOR.identity_pq.public
    assert granted(one, single, public, b"").leave == one
    for signature, pq in ((single, second), (whole, b""), (whole[64:], second), (whole[:64], second), (b"", b"")):
        with pytest.raises(BadSignature):
            granted(one, signature, public, pq)
    with pytest.raises(TypeError):
        Granted(one, object())


@pytest.mark.parametrize(
    ("record", "partner", "told"),
    [
        (notice(WESTERN_BALTIC, handling=Handling(tlp=Tlp.AMBER, onward=Onward.NO)), "de.coord", "to nobody"),
        (report(KATTEGAT), "de.coord", "no recipient"),
    ],
    ids=["marked-no", "no-clause"],
)
def test_all_else_still_holds(standing: Standing, record: Record, partner: str, told: str) -> None:
    """A leave lifts one veto: the mark `no`, the agreement between holder and recipient, and the rest stand."""
    one = given_to_sweden(standing, record)
    answer = answered(standing, one, signed(leave_for(one)), partner)
    assert isinstance(answer, Denial)
    assert told in answer.reason


def test_what_is_cancelled_or_over_is_not_passed_on(standing: Standing) -> None:
    one = given_to_sweden(standing, notice(WESTERN_BALTIC))
    leave = signed(leave_for(one))
    record = held(one, leave, cancelled=True)
    answer = permit(asked(record, standing, "de.coord", leave=leave, **ASKED))
    assert isinstance(answer, Denial)
    assert answer.reason == "it is cancelled"


@pytest.mark.parametrize("make", [alert, track])
def test_what_the_machine_found_is_not_passed_on(standing: Standing, make: object) -> None:
    one = given_to_sweden(standing, make(KATTEGAT))  # type: ignore[operator]
    leave = signed(leave_for(one))
    record = msgspec.structs.replace(make(KATTEGAT), purposes=(Purpose.SMUGGLING,))  # type: ignore[operator]
    answer = permit(asked(record, standing, "de.coord", leave=leave, **ASKED))
    assert isinstance(answer, Denial)
    assert "cannot be passed on" in answer.reason
    assert admit(one, "se.coord", "de.coord", (standing,), NOW, leave) == "not-permitted"


@given(st.data())
def test_a_recipient_takes_in_no_word_of_the_holders_own(standing: Standing, data: st.DataObject) -> None:
    """Whatever field the holder writes anew, whatever mark it widens, whatever time it adds: it is refused."""
    one = given_to_sweden(standing, notice(WESTERN_BALTIC))
    leave = signed(leave_for(one))
    allowed = answered(standing, one, leave)
    assert isinstance(allowed, Permit)
    passed = pass_on(allowed, one)
    draw = drawing(7)
    name = data.draw(st.sampled_from(sorted(disclosed(one))))
    forged = canonical.written([draw(16), name, "another"])
    rest = tuple(each for each in passed.disclosures if canonical.read(each, list)[1] != name)
    digests = b"".join(sorted([*apart(one.digests)[1:], canonical.digest(forged)]))
    for other in (
        replace(passed, disclosures=(*rest, forged)),
        replace(passed, disclosures=(*rest, forged), digests=digests),
        replace(passed, handling=replace(passed.handling, tlp=Tlp.GREEN)),
        replace(passed, keep_until=passed.keep_until + 1),
        replace(passed, owner="de.coord"),
        replace(passed, id="another"),
        replace(passed, purpose="border-surveillance"),
    ):
        assert admit(other, "se.coord", "de.coord", (standing,), NOW, leave) is not None
    assert admit(passed, "se.coord", "de.coord", (standing,), NOW, leave) is None


def test_a_position_that_should_be_coarser_is_left_out(standing: Standing) -> None:
    one = given_to_sweden(standing, notice(WESTERN_BALTIC))
    leave = signed(leave_for(one))
    allowed = answered(standing, one, leave)
    assert isinstance(allowed, Permit)
    coarse = copy.copy(allowed)
    msgspec.structs.force_setattr(coarse, "blur", Blur(position=2_000))
    assert "position" not in disclosed(pass_on(coarse, one))
    assert "position" in disclosed(pass_on(allowed, one))
    with pytest.raises(Fault, match="another record"):
        pass_on(allowed, replace(one, id="another"))


@given(st.lists(st.builds(Handling, tlp=st.sampled_from(Tlp), onward=st.sampled_from(Onward)), min_size=1))
def test_a_chain_of_hands_never_loosens(marks: list[Handling]) -> None:
    """However many clauses it goes under, what arrives is as strict as each of them."""
    joined = strictest(*marks)
    assert all(within(joined, one) for one in marks)
    assert joined == strictest(*reversed(marks)) == strictest(*marks, *marks)


def test_elsewhere_no_clause_gives_it(standing: Standing) -> None:
    """The place still decides: what lies in no area of a clause is not passed on."""
    one = given_to_sweden(standing, notice(WESTERN_BALTIC))
    leave = signed(leave_for(one))
    record = held(one, leave, cancelled=False)
    moved = replace(
        record,
        position=ELSEWHERE,
        fields={**record.fields, "position": {"latitude": ELSEWHERE.latitude, "longitude": ELSEWHERE.longitude}},
    )
    answer = permit(asked(moved, standing, "de.coord", leave=leave, **ASKED))
    assert isinstance(answer, Denial)
