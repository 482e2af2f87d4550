"""What is proven: a posture counts from the instant it is set, for all that is on its way; a preview tells it truly."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from builders import centre, informed, pair
from builders.informed import ALERTS, TRACKS, Two, at, moves, vessel
from builders.neighbours import ANNA, BIRGER, carried
from comity.agreements import rescue
from comity.agreements.dispute import Dispute
from comity.agreements.permit import Denial, Permit
from comity.agreements.posture import Remaining
from comity.agreements.terms import Terms
from comity.foundation.store import alerts, findings, inbox, inquiries, outbox, postures
from comity.foundation.store.store import Store
from comity.node import reviews
from comity.node.assemble import Node, assemble
from comity.node.flow_release import Asked, Released
from comity.node.settings import RelationsSettings
from comity.review.decide import Verdict, decide
from comity.vocabulary.alert import AlertKind
from comity.vocabulary.decision import Judgement
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Fault, Missing, Refused
from comity.vocabulary.finding import FindingKind
from comity.vocabulary.inquiry import InquiryKind, Question
from comity.vocabulary.instant import DAY, SECOND
from comity.vocabulary.officer import Officer, Role
from comity.vocabulary.place import Area, Position
from comity.vocabulary.posture import Posture
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import RecordKind

NOW = pair.NOW
SOURCE = Path(__file__).parents[2] / "src" / "comity"
FREJA = Question(
    kind=InquiryKind.VESSEL,
    mmsi=219_000_001,
    purpose=Purpose.SMUGGLING,
    agreement="kattegat-maritime",
    clause="vessel-inquiry",
)


@pytest.fixture
def nodes(borrow_database: Callable[[], str], tmp_path: Path) -> Iterator[Two]:
    """Return an owner with two alerts, confirmed, and a partner who knows it."""
    stores = [Store(borrow_database(), node=name, clock=pair.clock()) for name in ("dk.coord", "se.coord")]
    with informed.two(stores[0], stores[1], tmp_path) as made:
        for name in ("alert-1", "alert-2"):
            centre.raised(made.dk, name)
            confirmed(made.dk, name)
        yield made
    for store in stores:
        store.close()


def confirmed(node: Node, alert: str) -> None:
    decide(node.store, node.clock, ANNA, Verdict(alert=alert, judgement=Judgement.CONFIRMED, reason="seen"))


def asked(alert: str = "alert-1", purpose: Purpose = Purpose.SMUGGLING) -> Asked:
    return Asked(kind=RecordKind.ALERT, record=alert, partner="se.coord", purpose=purpose, officer=ANNA.name)


def released(node: Node, alert: str = "alert-1", purpose: Purpose = Purpose.SMUGGLING) -> bytes:
    answer = node.releases.release(ANNA, asked(alert, purpose))
    assert isinstance(answer, Released), answer
    return answer.message


def narrows(node: Node, posture: Posture, partner: str = "se.coord") -> None:
    node.postures.set(ANNA, partner, posture, "relations are strained", node.clock.now() + DAY)


def state(node: Node, message: bytes) -> str:
    with node.store.reading() as transaction:
        kept = outbox.get(transaction, message)
    assert kept is not None
    return kept.state


def arrived(node: Node) -> int:
    with node.store.reading() as transaction:
        return inbox.count(transaction)


def did(node: Node, act: Act) -> list[Entry]:
    return [entry for entry in centre.acts(node) if entry.act is act]


def keeping(*only: str) -> Terms:
    """Return the next version of the example, in which these clauses remain in every narrower posture."""
    kept = Remaining(posture=Posture.SUSPENDED, only=only, purposes=pair.TERMS.purposes)
    return replace(pair.TERMS, version=pair.TERMS.version + 1, postures=(kept,))


def test_a_named_officer_sets_it_with_a_reason_and_a_date(nodes: Two) -> None:
    """One entry with the act; the newest counts and those before are kept; nobody else, and nothing without a why."""
    dk = nodes.dk
    narrows(dk, Posture.GUARDED)
    made = dk.postures.set(BIRGER, "se.coord", Posture.RESTRICTED, " an incident ", NOW + 30 * DAY)
    with dk.store.reading() as transaction:
        assert [one.posture for one in postures.history(transaction, "se.coord", 9)] == [
            Posture.RESTRICTED,
            Posture.GUARDED,
        ]
        (counts,) = postures.all(transaction)
    assert replace(counts, sequence=0) == made
    assert (counts.officer, counts.reason) == ("birger", "an incident")
    told = [(one.officer, one.partner, one.detail) for one in did(dk, Act.POSTURE)]
    assert [one[:2] for one in told] == [("anna", "se.coord"), ("birger", "se.coord")]
    assert "guarded to restricted, review 2026-07-01" in told[1][2]
    assert told[1][2].endswith(": an incident")


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"officer": Officer(name="odd", role=Role.ADMINISTRATOR)}, Refused),
        ({"officer": Officer(name="aud", role=Role.AUDITOR)}, Refused),
        ({"partner": "no.coord"}, Missing),
        ({"reason": "  "}, Fault),
        ({"reason": "a\nb"}, Fault),
        ({"reason": "a" * 401}, Fault),
        ({"review": NOW}, Fault),
        ({"review": NOW + 400 * DAY}, Fault),
    ],
)
def test_what_cannot_be_set_is_refused_and_does_nothing(
    nodes: Two, change: dict[str, object], fault: type[Fault]
) -> None:
    sound: dict[str, object] = {
        "officer": ANNA,
        "partner": "se.coord",
        "posture": Posture.SUSPENDED,
        "reason": "why",
        "review": NOW + DAY,
    }
    before = len(centre.acts(nodes.dk))
    with pytest.raises(fault):
        nodes.dk.postures.set(**{**sound, **change})  # type: ignore[arg-type]
    assert len(centre.acts(nodes.dk)) == before
    with nodes.dk.store.reading() as transaction:
        assert postures.all(transaction) == []


def test_what_waits_is_withdrawn_and_nothing_of_it_arrives(nodes: Two) -> None:
    """One release alone and many in one message; the entry says by which posture; the lane goes on without a gap."""
    dk = nodes.dk
    alone, (together,) = released(dk), dk.releases.release_many(ANNA, [asked(), asked("alert-2")]).messages
    narrows(dk, Posture.RESTRICTED)
    nodes.carry()
    assert [state(dk, message) for message in (alone, together)] == ["withdrawn", "withdrawn"]
    assert arrived(nodes.se) == 0
    withdrawn = did(dk, Act.WITHDRAWN)
    assert len(withdrawn) == 3
    assert all("relations are restricted" in one.detail for one in withdrawn)
    answer = dk.releases.release(ANNA, asked())
    assert isinstance(answer, Denial)
    assert answer.safeguard == 10
    assert [(one.basis, one.detail) for one in did(dk, Act.DENIED)] == [("safeguard 10", "not-permitted")]
    narrows(dk, Posture.OPEN)
    after = released(dk)
    nodes.carry()
    assert (state(dk, after), arrived(nodes.se)) == ("accepted", 1)


def test_it_is_towards_one_partner_and_of_one_node(nodes: Two) -> None:
    """Others get what they got, and what the partner gives is theirs to narrow."""
    centre.known(nodes.dk, "de.coord", 3)
    narrows(nodes.dk, Posture.SUSPENDED, "de.coord")
    released(nodes.dk)
    nodes.carry()
    assert arrived(nodes.se) == 1
    narrows(nodes.dk, Posture.SUSPENDED)
    centre.raised(nodes.se, "theirs")
    confirmed(nodes.se, "theirs")
    given = nodes.se.releases.release(BIRGER, replace(asked("theirs"), partner="dk.coord"))
    assert isinstance(given, Released)
    nodes.carry()
    assert (state(nodes.se, given.message), arrived(nodes.dk)) == ("accepted", 1)


def test_what_the_parties_wrote_remains(nodes: Two) -> None:
    """In the narrower posture alerts still go, and positions do not."""
    nodes.agree(keeping("alerts-in-the-kattegat"))
    nodes.running(ALERTS)
    nodes.running(replace(TRACKS, area=""))
    narrows(nodes.dk, Posture.GUARDED)
    moves(nodes.dk, [vessel(1, NOW - SECOND)])
    confirmed(nodes.dk, "alert-1")
    assert nodes.dk.informing.inform() == 1
    nodes.carry()
    assert arrived(nodes.se) == 1


def test_subscriptions_stop_and_go_on_once_it_is_widened(nodes: Two) -> None:
    """Nothing is ended: what was confirmed in between is given when an officer has widened it again."""
    dk = nodes.dk
    nodes.running(ALERTS)
    nodes.running()
    moves(dk, [vessel(1, NOW - 3 * SECOND)])
    assert dk.informing.inform() == 1
    narrows(dk, Posture.GUARDED)
    nodes.carry()
    assert arrived(nodes.se) == 0, "what waited is withdrawn"
    moves(dk, [vessel(1, NOW - SECOND)])
    confirmed(dk, "alert-2")
    assert dk.informing.inform() == 0
    narrows(dk, Posture.OPEN)
    assert dk.informing.inform() == 2
    nodes.carry()
    assert arrived(nodes.se) == 2


def test_questions_are_neither_asked_nor_answered(nodes: Two) -> None:
    """The asker's posture stops its question on the way; the owner's refuses the next, and withdraws an answer."""
    se, dk = nodes.se, nodes.dk
    made = se.inquiries.ask(BIRGER, "dk.coord", FREJA, "seen at night")
    se.postures.set(BIRGER, "dk.coord", Posture.SUSPENDED, "strained", NOW + DAY)
    nodes.carry()
    with se.store.reading() as transaction:
        kept = inquiries.get(transaction, made)
        assert kept is not None
        assert se.inquiries.refusals(transaction, [kept]) == {made: "withdrawn"}
    with pytest.raises(Refused, match="relations are suspended"):
        se.inquiries.ask(BIRGER, "dk.coord", FREJA, "seen at night")

    se.postures.set(BIRGER, "dk.coord", Posture.OPEN, "over", NOW + DAY)
    second = se.inquiries.ask(BIRGER, "dk.coord", FREJA, "seen at night")
    nodes.carry()
    dk.answers.look_up()
    assert at(dk, dk.clock.now() + 10 * SECOND).answers.tell_due() == 1
    narrows(dk, Posture.GUARDED)
    nodes.carry()
    with se.store.reading() as transaction:
        waiting = inquiries.get(transaction, second)
    assert waiting is not None
    assert waiting.state.value == "asked", "the answer was withdrawn"
    third = se.inquiries.ask(BIRGER, "dk.coord", FREJA, "seen at night")
    nodes.carry()
    with se.store.reading() as transaction:
        refused = inquiries.get(transaction, third)
        assert refused is not None
        assert se.inquiries.refusals(transaction, [refused]) == {third: "not-permitted"}, "the code and nothing else"


def test_a_preview_tells_what_then_happens_and_changes_nothing(nodes: Two) -> None:
    """Clauses, subscriptions, and each record that waits, with the reason; then it is set, and just these stop."""
    dk = nodes.dk
    nodes.agree(keeping("alerts-in-the-kattegat", "vessel-inquiry"))
    nodes.running(ALERTS)
    tracks = nodes.running()
    moves(dk, [vessel(1, NOW - SECOND)])
    assert dk.informing.inform() == 1
    goes_on = released(dk)
    before = len(centre.acts(dk))
    seen = dk.postures.preview(ANNA, "se.coord", Posture.GUARDED)
    assert (seen.now, seen.then, seen.unseen, seen.begins) == (Posture.OPEN, Posture.GUARDED, 0, ())
    stops: dict[str, list[str]] = {}
    for flow in seen.stops:
        stops.setdefault(flow.kind, []).append(flow.id)
    remain = {"alerts-in-the-kattegat", "vessel-inquiry"}
    every = [one.id for one in (*pair.TERMS.clauses, *pair.TERMS.answers)]
    assert stops["clause"] == [name for name in every if name not in remain]
    assert stops["subscription"] == [tracks.hex()]
    (waiting,) = stops["message"]
    assert "relations are guarded" in seen.stops[-1].words
    with dk.store.reading() as transaction:
        assert postures.all(transaction) == []
    assert [one.detail for one in centre.acts(dk)[before:]] == ["preview of guarded"]
    assert isinstance(dk.releases.preview(ANNA, asked()).answer, Permit)

    narrows(dk, Posture.GUARDED)
    nodes.carry()
    assert (state(dk, bytes.fromhex(waiting)), state(dk, goes_on)) == ("withdrawn", "accepted")
    back = dk.postures.preview(ANNA, "se.coord", Posture.OPEN)
    assert (back.now, back.stops) == (Posture.GUARDED, ())
    assert {flow.id for flow in back.begins} == {*stops["clause"], tracks.hex()}


@pytest.mark.parametrize("posture", list(Posture))
def test_a_preview_of_what_counts_already_tells_nothing(nodes: Two, posture: Posture) -> None:
    released(nodes.dk)
    narrows(nodes.dk, posture)
    seen = nodes.dk.postures.preview(ANNA, "se.coord", posture)
    assert (seen.stops, seen.begins) == ((), ())


def test_who_may_not_set_it_sees_no_preview(nodes: Two) -> None:
    with pytest.raises(Refused):
        nodes.dk.postures.preview(Officer(name="aud", role=Role.AUDITOR), "se.coord", Posture.OPEN)
    with pytest.raises(Missing):
        nodes.dk.postures.preview(ANNA, "no.coord", Posture.OPEN)


def test_distress_crosses_it_and_does_not_carry_who_it_is(nodes: Two) -> None:
    """What a clause gave of the call is withdrawn, with the name in it; the call anew goes, with position and need."""
    wide = tuple(replace(clause, condition="") for clause in pair.TERMS.clauses)
    nodes.agree(replace(pair.TERMS, version=pair.TERMS.version + 1, clauses=wide))
    with nodes.dk.store.acting() as act:
        alerts.add(act, replace(centre.alert("sos"), kind=AlertKind.DISTRESS), centre.BEGIN)
        act.log(Entry(act=Act.COMBINED, subject="sos"))
    confirmed(nodes.dk, "sos")
    named = released(nodes.dk, "sos", Purpose.SEARCH_AND_RESCUE)
    narrows(nodes.dk, Posture.SUSPENDED)
    anew = nodes.dk.releases.release(ANNA, asked("sos", Purpose.SEARCH_AND_RESCUE))
    assert isinstance(anew, Released)
    assert (anew.permit.clause, anew.permit.distress) == (rescue.CLAUSE, True)
    nodes.carry()
    assert (state(nodes.dk, named), state(nodes.dk, anew.message)) == ("withdrawn", "accepted")
    assert arrived(nodes.se) == 1


def test_a_date_that_is_past_reminds_once_and_widens_nothing(nodes: Two) -> None:
    """A finding that every role sees and a person answers for; it does not tell the reason; the posture stays."""
    dk = nodes.dk
    narrows(dk, Posture.SUSPENDED)
    assert reviews.find(dk.store, NOW) == 0
    later = dk.clock.now() + 2 * DAY
    assert [reviews.find(dk.store, later), reviews.find(dk.store, later)] == [1, 0]
    with dk.store.reading() as transaction:
        (found,) = findings.newest(transaction, 9)
    assert (found.finding.kind, found.finding.partner) == (FindingKind.REVIEW, "se.coord")
    assert "strained" not in f"{found.finding}"
    assert did(dk, Act.FINDING)[0].detail.startswith("review: relations with se.coord are suspended")
    assert isinstance(at(dk, later).releases.release(ANNA, asked()), Denial)
    at(dk, later).postures.set(ANNA, "se.coord", Posture.SUSPENDED, "looked at again", later + 3 * DAY)
    assert reviews.find(dk.store, later + DAY) == 0, "a review sets the next date"
    assert reviews.find(dk.store, later + 4 * DAY) == 1


def _masked() -> Terms:
    """Return the next version of the example, with the middle of the Kattegat masked for Sweden."""
    corners = ((56.4, 11.4), (56.4, 11.6), (56.6, 11.6), (56.6, 11.4), (56.4, 11.4))
    ground = Area(name="middle-ground", polygons=((tuple(Position(*corner) for corner in corners),),))
    said = Dispute(area=ground.name, claimants=("XA", "XB"), source="a note", status="open", mask=("se.coord",))
    return replace(pair.TERMS, version=pair.TERMS.version + 1, areas=(*pair.TERMS.areas, ground), disputes=(said,))


def test_a_masked_area_hides_where_and_a_subscription_to_an_area_does_not_tell_it(nodes: Two) -> None:
    """A position in it goes without its place, and not at all where the wish names an area around it."""
    nodes.agree(_masked())
    nodes.running()
    moves(nodes.dk, [vessel(1, NOW - 2 * SECOND), vessel(2, NOW - SECOND, latitude=57.2)])
    assert nodes.dk.informing.inform() == 1, "the one that lies outside"
    nodes.running(replace(TRACKS, area=""))
    assert nodes.dk.informing.inform() == 2
    released(nodes.dk)
    nodes.carry()
    with nodes.se.store.reading() as transaction:
        kept = inbox.releases(transaction, nodes.se.clock.now(), 9, tracks=True)
    items = b"".join(bytes(one.item or b"") for one in kept)
    assert items.count(b"position") == 1, "of the one that lies outside, newest of its track"
    assert b"middle-ground" not in items


def test_what_was_sealed_before_the_mask_counted_is_withdrawn(nodes: Two) -> None:
    sent = released(nodes.dk)
    nodes.agree(_masked())
    nodes.carry()
    assert state(nodes.dk, sent) == "withdrawn"


def test_the_law_of_the_state_is_part_of_every_permit(nodes: Two) -> None:
    """Read with the settings: a release is denied with the rule, positions are not given, a question hits nothing."""
    dk = nodes.dk
    (dk.folder / "law.yaml").write_text(
        "law: quiet\nof: DK\nversion: 1\nbasis: [{instrument: Act}]\nforbid:\n  - {id: stay, to: SE}\n", "utf-8"
    )
    nodes.running()
    sent = released(dk)
    moves(dk, [vessel(1, NOW - SECOND)])
    lawful = assemble(dk.folder, replace(dk.settings, relations=RelationsSettings(law="law.yaml")), dk.own, dk.store)
    answer = lawful.releases.release(ANNA, asked())
    assert isinstance(answer, Denial)
    assert answer.reason == "quiet 1, stay, forbids it (Act)"
    assert lawful.informing.inform() == 0
    carried(lawful, "se.coord")
    assert state(dk, sent) == "withdrawn"
    made = nodes.se.inquiries.ask(BIRGER, "dk.coord", FREJA, "seen at night")
    carried(nodes.se, "dk.coord")
    lawful.answers.look_up()
    with dk.store.reading() as transaction:
        assert inquiries.found(transaction, made) == []


def test_a_law_that_cannot_be_read_stops_the_node(nodes: Two) -> None:
    """Missing, wrong, or another state's: the node is not put together."""
    dk = nodes.dk
    for text in (
        None,
        "law: quiet\n",
        "law: q\nof: SE\nversion: 1\nbasis: [{instrument: A}]\nforbid: [{id: a, to: all}]",
    ):
        if text is not None:
            (dk.folder / "law.yaml").write_text(text, "utf-8")
        with pytest.raises(Fault):
            assemble(dk.folder, replace(dk.settings, relations=RelationsSettings(law="law.yaml")), dk.own, dk.store)


def test_nothing_asks_the_permit_without_posture_and_law() -> None:
    """Wherever the node or a command makes a request, it says both: the defaults are for plain questions in tests."""
    asking = re.compile(r"(?<![a-zA-Z.])Request\((?P<said>(?:[^()]|\((?:[^()]|\([^()]*\))*\))*)\)")
    found = [
        match["said"]
        for room in ("node", "cli", "api")
        for path in (SOURCE / room).glob("*.py")
        for match in asking.finditer(path.read_text("utf-8"))
        if "record=" in match["said"]
    ]
    assert len(found) >= 4
    assert all("posture=" in said and "law=" in said for said in found)
