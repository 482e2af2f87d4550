"""What is proven: a partner learns hit or no-hit and nothing else, in one length at one time, as far as is agreed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from structlog.testing import capture_logs

from builders import centre, informed, pair, writings
from builders.informed import Two, at, suspended
from builders.neighbours import ANNA, BIRGER, carried
from comity.agreements.answering import WINDOW
from comity.agreements.permit import Denial
from comity.exchange import inquiry_step, outbox, partners
from comity.exchange.inbox import Arrived
from comity.foundation import canonical
from comity.foundation.store import alerts, decisions, inbox, inquiries
from comity.foundation.store import outbox as kept_outbox
from comity.foundation.store.inquiries import KeptInquiry
from comity.foundation.store.store import Store
from comity.node.assemble import Node
from comity.node.flow_release import Released
from comity.node.inventory import Mark
from comity.node.inventory import Question as RightsQuestion
from comity.vocabulary.decision import Decision, Judgement
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Missing, Refused
from comity.vocabulary.handling import Tlp
from comity.vocabulary.inquiry import InquiryKind, InquiryState, InquiryStep, Question, Step
from comity.vocabulary.instant import DAY, HOUR, MINUTE, SECOND, Duration
from comity.vocabulary.message import MessageKind
from comity.vocabulary.officer import Officer, Role
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.subject import Identity, SubjectKind
from comity.vocabulary.thing import Thing, ThingKind
from comity.vocabulary.writing import Ending

FREJA = Question(
    kind=InquiryKind.VESSEL,
    mmsi=219_000_001,
    purpose=Purpose.SMUGGLING,
    agreement="kattegat-maritime",
    clause="vessel-inquiry",
)
STRANGER = replace(FREJA, mmsi=219_999_999)


@pytest.fixture
def nodes(borrow_database: Callable[[], str], tmp_path: Path) -> Iterator[Two]:
    """Return an owner that holds an alert on the FREJA, confirmed, and an asker."""
    stores = [Store(borrow_database(), node=name, clock=pair.clock()) for name in ("dk.coord", "se.coord")]
    with informed.two(stores[0], stores[1], tmp_path) as made:
        centre.raised(made.dk, "alert-1")
        judged(made.dk, "alert-1", Judgement.CONFIRMED)
        yield made
    for store in stores:
        store.close()


def judged(node: Node, alert: str, judgement: Judgement) -> None:
    with node.store.acting() as act:
        made = Decision(alert=alert, judgement=judgement, officer="anna", reason="seen", time=node.clock.now())
        decisions.add(act, made)
        act.log(Entry(act=Act.ALTERED, officer="anna", subject=alert))


def kept(node: Node, id: bytes) -> KeptInquiry:  # noqa: A002
    with node.store.reading() as transaction:
        found = inquiries.get(transaction, id)
    assert found is not None
    return found


def told(node: Node) -> int:
    """Look up what waits, let the second beat come, and return how many were told."""
    node.answers.look_up()
    return at(node, node.clock.now() + 10 * SECOND).answers.tell_due()


def beats(nodes: Two) -> int:
    """Carry, let the owner look and tell, and carry again; return how many were told."""
    nodes.carry()
    count = told(nodes.dk)
    nodes.carry()
    return count


def asked(nodes: Two, question: Question = FREJA) -> bytes:
    return nodes.se.inquiries.ask(BIRGER, "dk.coord", question, "seen at night")


def state(nodes: Two, question: Question = FREJA) -> str:
    """Ask, and return what the asker knows after two beats."""
    made = asked(nodes, question)
    beats(nodes)
    return kept(nodes.se, made).state.value


def refusal(nodes: Two, id: bytes) -> str:  # noqa: A002
    with nodes.se.store.reading() as transaction:
        return nodes.se.inquiries.refusals(transaction, [kept(nodes.se, id)]).get(id, "")


def steps(node: Node) -> list[tuple[str, str]]:
    return [(entry.officer, entry.detail) for entry in centre.acts(node) if entry.act is Act.INQUIRY]


def forced(sender: Node, receiver: Node, step: Step) -> bytes:
    """Send a step past all that the sender itself would check, and return the message's id."""
    with sender.store.acting() as act:
        item = inquiry_step.written(step)
        message = outbox.tell(act, sender.own, receiver.own.card, MessageKind.INQUIRY, item, sender.clock.now())
        act.log(Entry(act=Act.INQUIRY, detail="forged"))
    carried(sender, receiver.own.card.name)
    return message


def asking(id: bytes, question: Question) -> Step:  # noqa: A002
    return Step(step=InquiryStep.ASKED, inquiry=id, question=question, salt=bytes(32))


def answered(sender: Node, message: bytes, receiver: str) -> str:
    """Return the reason in the receipt for a message."""
    with sender.store.reading() as transaction:
        sent = kept_outbox.get(transaction, message)
        assert sent is not None
        assert sent.receipt is not None
        return partners.receipt(transaction, receiver, sent.receipt).reason


def test_answers_that_come_after_their_beat_are_told_of(nodes: Two) -> None:
    """Whatever they say: whoever runs the node learns that looking takes longer than a beat (decision 0081)."""
    made = [asked(nodes), asked(nodes, STRANGER)]
    nodes.carry()
    nodes.dk.answers.look_up()
    due = max(kept(nodes.dk, one).due for one in made)
    with capture_logs() as logs:
        assert at(nodes.dk, due + MINUTE + SECOND).answers.tell_due() == 2
    assert [(line["log_level"], line["count"]) for line in logs if "answers are late" in line["event"]] == [
        ("warning", 2)
    ]
    asked(nodes)
    nodes.carry()
    with capture_logs() as logs:
        assert told(nodes.dk) == 1
    assert not [line for line in logs if "late" in line["event"]]


def test_a_hit_is_told_looked_at_and_given(nodes: Two) -> None:
    """Both logs have each step with the officers of their own; the asker gets the record under its own permit."""
    made = asked(nodes)
    assert kept(nodes.se, made).state is InquiryState.ASKED
    assert beats(nodes) == 1
    assert (kept(nodes.dk, made).state, kept(nodes.se, made).state) == (InquiryState.HIT, InquiryState.HIT)
    answers = nodes.dk.inquiries.give(ANNA, made, ["alert-1"])
    assert [type(one) for one in answers] == [Released]
    nodes.carry()
    assert (kept(nodes.dk, made).state, kept(nodes.se, made).state) == (InquiryState.GIVEN, InquiryState.GIVEN)
    with nodes.se.store.reading() as transaction:
        (message,) = inquiries.given(transaction, made)
        (record,) = inbox.records(transaction, "dk.coord", message)
    assert record.record == "alert-1"
    assert steps(nodes.se) == [
        ("birger", "asked: seen at night"),
        ("se.coord", "answered: hit"),
        ("se.coord", "given"),
    ]
    assert steps(nodes.dk) == [("dk.coord", "asked"), ("dk.coord", "answered: hit"), ("anna", "given")]
    looked = [entry for entry in centre.acts(nodes.dk) if entry.detail == "looked up"]
    assert [(entry.act, entry.subject, entry.clause) for entry in looked] == [
        (Act.CONSULTED, made.hex(), "vessel-inquiry")
    ]
    with pytest.raises(Refused, match="was given"):
        nodes.dk.inquiries.decline(ANNA, made, "too late")
    betrayed = [entry for entry in centre.acts(nodes.dk) if entry.act is Act.DISCLOSED]
    assert [(entry.subject, entry.partner, entry.detail[:10]) for entry in betrayed] == [
        ("alert-1", "se.coord", "by the hit"),
        ("alert-1", "se.coord", ""),
    ]


def test_a_hit_is_kept_back(nodes: Two) -> None:
    """The asker learns that, and not why."""
    made = asked(nodes)
    beats(nodes)
    nodes.dk.inquiries.decline(ANNA, made, "an operation is under way")
    nodes.carry()
    assert kept(nodes.se, made).state is InquiryState.DECLINED
    assert steps(nodes.se)[-1] == ("se.coord", "declined")
    assert steps(nodes.dk)[-1] == ("anna", "declined: an operation is under way")


def test_hit_and_no_hit_look_alike_and_leave_together(nodes: Two) -> None:
    """Of one length on the wire and one time in the header; due at the same beat, and told at none before."""
    pair_of = [asked(nodes), asked(nodes, STRANGER)]
    nodes.carry()
    assert nodes.dk.answers.look_up() == 2
    due = [kept(nodes.dk, one).due for one in pair_of]
    arrived = [kept(nodes.dk, one).made for one in pair_of]
    assert [one % (5 * SECOND) for one in due] == [0, 0]
    assert [one - made > 5 * SECOND for one, made in zip(due, arrived, strict=True)] == [True, True]
    assert at(nodes.dk, min(due) - 2 * SECOND).answers.tell_due() == 0
    assert at(nodes.dk, max(due)).answers.tell_due() == 2
    with nodes.dk.store.reading() as transaction:
        rows = transaction.rows("SELECT length(envelope), created FROM outbox WHERE kind = 'inquiry'")
    assert len(rows) == 2
    assert len(set(rows)) == 1
    nodes.carry()
    assert [kept(nodes.se, one).state.value for one in pair_of] == ["hit", "no-hit"]


def test_what_is_found_is_judged_once_however_often_it_is_asked(nodes: Two) -> None:
    """A hundred questions after one ship cost one judgement of each record, so that looking takes no longer for it."""
    many = [asked(nodes) for _ in range(6)]
    nodes.carry()
    judged_ids: list[str] = []
    holdings = nodes.dk.answers._holdings
    whole = holdings.record
    holdings.record = lambda *asking: judged_ids.append(asking[-1]) or whole(*asking)  # type: ignore[method-assign, func-returns-value]
    assert told(nodes.dk) == 6
    assert judged_ids == ["alert-1"]
    nodes.carry()
    assert {kept(nodes.se, one).state for one in many} == {InquiryState.HIT}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (replace(FREJA, mmsi=None, name=" fre JA "), "hit"),
        (replace(FREJA, mmsi=None, name="FREJ"), "no-hit"),
        (replace(FREJA, mmsi=219_999_999, name="Freja"), "hit"),
        (replace(FREJA, mmsi=None, call_sign="OXAB"), "no-hit"),
    ],
)
def test_an_exact_look_texts_folded(nodes: Two, question: Question, expected: str) -> None:
    assert state(nodes, question) == expected


@pytest.mark.parametrize("judgement", [Judgement.REJECTED, Judgement.UNSURE])
def test_an_alert_that_nobody_stands_by_is_no_hit(nodes: Two, judgement: Judgement) -> None:
    """Safeguard 4: what a machine thinks of a ship tells no partner anything."""
    assert state(nodes) == "hit"
    judged(nodes.dk, "alert-1", judgement)
    assert state(nodes) == "no-hit"


def test_what_is_kept_for_another_purpose_or_marked_red_is_no_hit(nodes: Two) -> None:
    other = Identity(kind=SubjectKind.VESSEL, mmsi=219_000_007)
    for name, changes in (
        ("red", {"handling": replace(centre.alert("x").handling, tlp=Tlp.RED)}),
        ("fed-by-nobody", {"sources": ("a-feed-that-is-gone",)}),
    ):
        centre.raised(nodes.dk, name, replace(centre.alert(name), subjects=(other,), **changes))  # type: ignore[arg-type]
        judged(nodes.dk, name, Judgement.CONFIRMED)
    assert state(nodes, replace(FREJA, mmsi=219_000_007)) == "no-hit"
    centre.raised(nodes.dk, "plain", replace(centre.alert("plain"), subjects=(other,)))
    judged(nodes.dk, "plain", Judgement.CONFIRMED)
    assert state(nodes, replace(FREJA, mmsi=219_000_007)) == "hit"


def test_tracks_reports_and_cancelled_ones(nodes: Two) -> None:
    """A track is a hit, and so is a report until it is cancelled; an officer gives the track's newest position."""
    informed.moves(nodes.dk, [informed.vessel(42, nodes.dk.clock.now())])
    found = asked(nodes, replace(FREJA, mmsi=219_000_042))
    beats(nodes)
    assert kept(nodes.se, found).state is InquiryState.HIT
    assert isinstance(nodes.dk.inquiries.give(ANNA, found, ["track-42"])[0], Released)
    nodes.carry()
    with nodes.se.store.reading() as transaction:
        assert inbox.records(transaction, "dk.coord", inquiries.given(transaction, found)[0])
    number = 219_000_077
    made = nodes.dk.casework.write(ANNA, writings.draft(subjects=(Thing(kind=ThingKind.VESSEL, mmsi=number),)))
    assert state(nodes, replace(FREJA, mmsi=number)) == "hit"
    nodes.dk.casework.cancel(ANNA, made.id, Ending.MISTAKEN, "it was another ship")
    assert state(nodes, replace(FREJA, mmsi=number)) == "no-hit"


def test_a_denial_of_the_permit_ends_nothing(nodes: Two) -> None:
    """What counts as a hit may still not be given: here as no clause gives what lies outside of the areas."""
    far = Identity(kind=SubjectKind.VESSEL, mmsi=219_000_008)
    centre.raised(nodes.dk, "far", replace(centre.alert("far", 10.0, -30.0), subjects=(far,)))
    judged(nodes.dk, "far", Judgement.CONFIRMED)
    made = asked(nodes, replace(FREJA, mmsi=219_000_008))
    beats(nodes)
    assert [type(one) for one in nodes.dk.inquiries.give(ANNA, made, ["far"])] == [Denial]
    assert kept(nodes.dk, made).state is InquiryState.HIT


@pytest.mark.parametrize("chosen", [[], ["alert-2"], ["alert-1", "alert-2"]])
def test_only_what_was_hit_is_given(nodes: Two, chosen: list[str]) -> None:
    made = asked(nodes)
    beats(nodes)
    with pytest.raises(Refused, match="records that were hit"):
        nodes.dk.inquiries.give(ANNA, made, chosen)


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.DATA_PROTECTION, Role.AUDITOR])
def test_only_who_releases_asks_gives_and_declines(nodes: Two, role: Role) -> None:
    made = asked(nodes)
    beats(nodes)
    other = Officer(name="olga", role=role)
    with pytest.raises(Refused, match="does not release"):
        nodes.se.inquiries.ask(other, "dk.coord", FREJA, "why")
    with pytest.raises(Refused, match="does not release"):
        nodes.dk.inquiries.give(other, made, ["alert-1"])
    with pytest.raises(Refused, match="does not release"):
        nodes.dk.inquiries.decline(other, made, "why")


REFUSED = [
    (replace(FREJA, clause="tracks-in-the-kattegat"), "not-permitted"),
    (replace(FREJA, purpose=Purpose.TRAFFICKING), "not-permitted"),
    (replace(FREJA, kind=InquiryKind.AIRCRAFT), "not-permitted"),
    (replace(FREJA, kind=InquiryKind.PERSON, mmsi=None, name="Somebody"), "not-permitted"),
    (replace(FREJA, agreement="another"), "not-in-force"),
]


@pytest.mark.parametrize(("question", "code"), REFUSED)
def test_what_no_clause_answers_is_refused_on_both_sides(nodes: Two, question: Question, code: str) -> None:
    """An honest node does not send it; of another it is refused with a coarse code, and nothing is looked up."""
    with pytest.raises(Refused):
        asked(nodes, question)
    made = bytes(range(32))
    message = forced(nodes.se, nodes.dk, asking(made, question))
    assert answered(nodes.se, message, "dk.coord") == code
    with nodes.dk.store.reading() as transaction:
        assert inquiries.get(transaction, made) is None
    assert steps(nodes.dk) == []


def test_a_party_that_the_clause_does_not_name_is_answered_nothing(nodes: Two) -> None:
    """The clause names two of three parties."""
    text = replace(pair.TERMS, answers=(replace(pair.TERMS.answers[0], to=("dk.coord",)),), version=2)
    nodes.agree(text)
    with pytest.raises(Refused, match=r"se\.coord asks nothing under it"):
        asked(nodes)
    message = forced(nodes.se, nodes.dk, asking(bytes(32), FREJA))
    assert answered(nodes.se, message, "dk.coord") == "not-permitted"


def budgeted(nodes: Two, per_day: int, keep: Duration = 2 * DAY) -> None:
    answer = pair.TERMS.answers[0]
    budget = replace(answer.ask_at_most, per_day=per_day)
    nodes.agree(replace(pair.TERMS, answers=(replace(answer, ask_at_most=budget, keep=keep),), version=2))


def test_a_budget_is_kept_by_both_sides_and_refused_in_a_signed_receipt(nodes: Two) -> None:
    """Hits, no-hits and what waits count alike, each identifier for one; a day later there is room again."""
    budgeted(nodes, 3)
    asked(nodes)
    asked(nodes, replace(STRANGER, imo=9_999_999))
    nodes.carry()
    with pytest.raises(Refused, match="3 questions a day"):
        asked(nodes)
    made = bytes(range(32))
    message = forced(nodes.se, nodes.dk, asking(made, FREJA))
    assert answered(nodes.se, message, "dk.coord") == "over-budget"
    with nodes.dk.store.reading() as transaction:
        assert inquiries.get(transaction, made) is None
    tomorrow = at(nodes.se, nodes.se.clock.now() + WINDOW + 60_000)
    assert tomorrow.inquiries.ask(BIRGER, "dk.coord", FREJA, "again")


def test_what_a_dishonest_asker_reads_in_its_list_is_the_refusal(nodes: Two) -> None:
    """The budget shrank at the owner alone: the asker's own list says why nothing comes."""
    answer = pair.TERMS.answers[0]
    narrow = replace(answer, ask_at_most=replace(answer.ask_at_most, per_day=1))
    informed.agreed(nodes.dk, replace(pair.TERMS, answers=(narrow,), version=2))
    first, second = asked(nodes), asked(nodes, STRANGER)
    beats(nodes)
    assert (kept(nodes.se, first).state.value, refusal(nodes, first)) == ("hit", "")
    assert (kept(nodes.se, second).state.value, refusal(nodes, second)) == ("asked", "over-budget")


def test_suspended_neither_question_nor_answer_goes(nodes: Two) -> None:
    """Safeguard 9: what waits in the outbox is withdrawn, and comes to the other side empty."""
    made = asked(nodes)
    suspended(nodes.se)
    nodes.carry()
    assert refusal(nodes, made) == "withdrawn"
    with nodes.dk.store.reading() as transaction:
        assert inquiries.get(transaction, made) is None
    with pytest.raises(Refused, match="suspended"):
        asked(nodes)


def test_an_answer_on_its_way_stops_with_the_agreement(nodes: Two) -> None:
    made = asked(nodes)
    nodes.carry()
    other = asked(nodes, STRANGER)
    nodes.carry()
    told(nodes.dk)
    suspended(nodes.dk)
    nodes.carry()
    assert kept(nodes.se, made).state is InquiryState.ASKED
    withdrawn = [entry for entry in centre.acts(nodes.dk) if entry.act is Act.WITHDRAWN]
    assert {(entry.subject, entry.partner) for entry in withdrawn} == {
        (made.hex(), "se.coord"),
        (other.hex(), "se.coord"),
    }
    for act in (
        lambda: nodes.dk.inquiries.decline(ANNA, made, "tidying up"),
        lambda: nodes.dk.inquiries.give(ANNA, made, ["alert-1"]),
    ):
        with pytest.raises(Refused, match="does not have the hit"):
            act()
    with nodes.se.store.reading() as transaction:
        assert all(b"answered" not in bytes(row[0]) for row in transaction.rows("SELECT item FROM inbox_item"))


def test_suspended_between_question_and_beat_nothing_is_looked_up(nodes: Two) -> None:
    made = asked(nodes)
    nodes.carry()
    suspended(nodes.dk)
    assert told(nodes.dk) == 1
    with nodes.dk.store.reading() as transaction:
        assert inquiries.found(transaction, made) == []
    assert kept(nodes.dk, made).state is InquiryState.UNTOLD
    assert steps(nodes.dk)[-1] == ("dk.coord", "not answered: kattegat-maritime: it is suspended")
    nodes.carry()
    assert kept(nodes.se, made).state is InquiryState.ASKED


def test_an_answer_that_waits_too_long_is_withdrawn(nodes: Two) -> None:
    """What was so an hour ago may be so no more; the question is asked anew."""
    made = asked(nodes)
    nodes.carry()
    told(nodes.dk)
    late = replace(nodes, dk=at(nodes.dk, nodes.dk.clock.now() + HOUR + MINUTE))
    late.carry()
    assert kept(nodes.se, made).state is InquiryState.ASKED
    assert [entry.detail for entry in centre.acts(nodes.dk) if entry.act is Act.WITHDRAWN] == [
        "the answer is old by now"
    ]


def test_what_was_given_or_kept_back_stops_with_the_agreement_too(nodes: Two) -> None:
    made = asked(nodes)
    beats(nodes)
    nodes.dk.inquiries.decline(ANNA, made, "an operation is under way")
    suspended(nodes.dk)
    nodes.carry()
    assert kept(nodes.se, made).state is InquiryState.HIT


def test_a_partner_cut_off_before_the_beat_is_told_nothing(nodes: Two) -> None:
    made = asked(nodes)
    nodes.carry()
    with nodes.dk.store.acting() as act:
        partners.cut_off(act, "se.coord", officer="anna", reason="key stolen", now=nodes.dk.clock.now())
    told(nodes.dk)
    assert kept(nodes.dk, made).state is InquiryState.UNTOLD
    with nodes.dk.store.reading() as transaction:
        assert transaction.rows("SELECT 1 FROM outbox WHERE kind = 'inquiry'") == []


FORGED = [
    Step(step=InquiryStep.ANSWERED, inquiry=bytes(32), hit=True),
    Step(step=InquiryStep.GIVEN, inquiry=bytes(32), messages=(bytes(32),)),
    Step(step=InquiryStep.DECLINED, inquiry=bytes(32)),
]


@pytest.mark.parametrize("step", FORGED)
def test_only_the_owner_answers_and_only_what_was_asked(nodes: Two, step: Step) -> None:
    """Neither side takes an answer to its partner's question, nor to none, nor one out of turn."""
    message = forced(nodes.dk, nodes.se, step)
    assert answered(nodes.dk, message, "se.coord") == "unacceptable"
    made = asked(nodes)
    nodes.carry()
    own = forced(nodes.se, nodes.dk, replace(step, inquiry=made))
    assert answered(nodes.se, own, "dk.coord") == "unacceptable"
    beats(nodes)
    if step.step is InquiryStep.ANSWERED:
        again = forced(nodes.dk, nodes.se, replace(step, inquiry=made, hit=False))
        assert answered(nodes.dk, again, "se.coord") == "unacceptable"
        assert kept(nodes.se, made).state is InquiryState.HIT


def test_one_id_is_taken_once(nodes: Two) -> None:
    made = asked(nodes)
    nodes.carry()
    message = forced(nodes.se, nodes.dk, asking(made, STRANGER))
    assert answered(nodes.se, message, "dk.coord") == "unacceptable"
    assert kept(nodes.dk, made).question == FREJA


def test_a_question_is_erased_when_its_time_is_over(nodes: Two) -> None:
    """At both sides, in the messages that carried it too, with one entry each."""
    budgeted(nodes, 5)
    made = asked(nodes, replace(FREJA, name="FREJA OF NOWHERE"))
    beats(nodes)
    for node in (nodes.dk, nodes.se):
        later = at(node, node.clock.now() + 2 * DAY)
        assert node.inquiries.forget() == 0
        assert later.inquiries.forget() == 1
        with node.store.reading() as transaction:
            assert inquiries.get(transaction, made) is None
            held = [bytes(row[0] or b"") for row in transaction.rows("SELECT item FROM outbox_item")]
            held += [bytes(row[0] or b"") for row in transaction.rows("SELECT item FROM inbox_item")]
        assert not any(b"NOWHERE" in one for one in held)
        erased = [entry for entry in centre.acts(node) if entry.act is Act.ERASED]
        assert [entry.subject for entry in erased] == [made.hex()]


def test_a_question_that_never_arrived_is_erased_too(nodes: Two) -> None:
    """What waits for a partner that is away is gone when its time is over, and the lane goes on."""
    budgeted(nodes, 5, DAY)
    made = asked(nodes, replace(FREJA, name="FREJA OF NOWHERE"))
    later = replace(nodes, se=at(nodes.se, nodes.se.clock.now() + DAY))
    assert later.se.inquiries.forget() == 1
    with nodes.se.store.reading() as transaction:
        assert transaction.rows("SELECT item FROM outbox_item") == [(None,)]
    assert later.carry() == 1
    second = later.se.inquiries.ask(BIRGER, "dk.coord", STRANGER, "another")
    later.carry()
    with nodes.dk.store.reading() as transaction:
        assert inquiries.get(transaction, made) is None
        assert inquiries.get(transaction, second) is not None


def test_what_is_left_of_an_erased_question_cannot_be_guessed(nodes: Two) -> None:
    """The digest in the log is over the question and a salt that went with it."""
    made = asked(nodes)
    entry = next(one for one in centre.acts(nodes.se) if one.act is Act.INQUIRY)
    question = canonical.written(FREJA)
    assert entry.digest == canonical.digest(kept(nodes.se, made).salt, question)
    assert entry.digest != canonical.digest(question)
    other = asked(nodes)
    assert kept(nodes.se, other).salt != kept(nodes.se, made).salt


def test_a_third_partner_answers_nothing_that_it_was_not_asked(nodes: Two) -> None:
    """Whose inquiry it is decides, not which partner knows its id."""
    made = asked(nodes)
    nodes.carry()
    step = inquiry_step.written(Step(step=InquiryStep.ANSWERED, inquiry=made, hit=True))
    with pytest.raises(Missing), nodes.se.store.acting() as act:
        nodes.se.inquiries.take(act, Arrived("de.coord", bytes(32), step, b""))
    assert kept(nodes.se, made).state is InquiryState.ASKED


def test_a_persons_request_finds_the_questions_after_their_ship_and_who_was_told(nodes: Two) -> None:
    """At the owner the record names the asker among its recipients; at both the question itself is told."""
    made = asked(nodes)
    beats(nodes)
    protection = Officer(name="dpo", role=Role.DATA_PROTECTION)
    about = RightsQuestion(reference="DSR-1", mark=Mark.MMSI, value="219000001")
    here = {one.record: one for one in nodes.dk.rights.answer(protection, about).held}
    assert here["alert-1"].recipients == ("se.coord",)
    assert (here[made.hex()].kind, here[made.hex()].owner) == ("inquiry", "se.coord")
    there = {one.record: one for one in nodes.se.rights.answer(protection, about).held}
    assert there[made.hex()].recipients == ("dk.coord",)
    nodes.dk.rights.erase(protection, "DSR-1", "alert-1")
    with nodes.dk.store.reading() as transaction:
        assert inquiries.found(transaction, made) == []


def test_a_hit_waits_in_a_list_of_its_own_until_somebody_looks(nodes: Two) -> None:
    made = asked(nodes)
    asked(nodes, STRANGER)
    beats(nodes)
    with nodes.dk.store.reading() as transaction:
        assert [one.id for one in inquiries.unlooked(transaction, "dk.coord", 10)] == [made]
    nodes.dk.inquiries.decline(ANNA, made, "an operation is under way")
    with nodes.dk.store.reading() as transaction:
        assert inquiries.unlooked(transaction, "dk.coord", 10) == []


def test_more_is_given_later_and_what_is_gone_is_denied(nodes: Two) -> None:
    centre.raised(nodes.dk, "alert-2")
    judged(nodes.dk, "alert-2", Judgement.CONFIRMED)
    made = asked(nodes)
    beats(nodes)
    for record in ("alert-1", "alert-2"):
        assert [type(one) for one in nodes.dk.inquiries.give(ANNA, made, [record])] == [Released]
        nodes.carry()
    with nodes.se.store.reading() as transaction:
        assert len(inquiries.given(transaction, made)) == 2
    with nodes.dk.store.acting() as act:
        alerts.erase(act, "alert-1")
        act.log(Entry(act=Act.ERASED, subject="alert-1"))
    assert [type(one) for one in nodes.dk.inquiries.give(ANNA, made, ["alert-1"])] == [Denial]


def test_nothing_is_asked_of_a_stranger_or_with_nothing(nodes: Two) -> None:
    with pytest.raises(Missing):
        nodes.se.inquiries.ask(BIRGER, "fi.coord", FREJA, "why")
    for blank in (replace(FREJA, mmsi=None), replace(FREJA, name="  ")):
        with pytest.raises(Refused, match="after nothing"):
            asked(nodes, blank)
    with pytest.raises(Missing):
        nodes.dk.inquiries.give(ANNA, bytes(32), ["alert-1"])
