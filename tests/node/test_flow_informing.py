"""What is proven: who subscribes is given what the agreement gives, as it appears, once, and nothing after its end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from builders import centre, informed, pair
from builders.informed import ALERTS, REPORTS, TRACKS, Two, at, moves, suspended, vessel
from builders.neighbours import ANNA, carried
from builders.writings import draft
from comity.agreements import redaction, terms
from comity.casework.update import Revision
from comity.exchange import outbox as sending
from comity.exchange import partners, precedence, wire
from comity.foundation import canonical
from comity.foundation.store import alerts, inbox, outbox, recalls, subscriptions, tracks
from comity.foundation.store import partners as kept_partners
from comity.foundation.store.store import Row, Store, Transaction
from comity.node.assemble import Node
from comity.node.flow_informing import BATCH, STALE
from comity.node.flow_recall import Calling
from comity.node.flow_release import Asked
from comity.node.inventory import Mark, Question
from comity.review.decide import Verdict, decide
from comity.vocabulary.decision import Judgement
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.instant import DAY, HOUR, MINUTE, SECOND
from comity.vocabulary.message import Given
from comity.vocabulary.officer import Officer, Role
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.recall import RecallAct
from comity.vocabulary.record import RecordKind, Value
from comity.vocabulary.subject import SubjectKind
from comity.vocabulary.subscription import SubscriptionState
from comity.vocabulary.writing import Ending

NOW = pair.NOW


@pytest.fixture
def nodes(borrow_database: Callable[[], str], tmp_path: Path) -> Iterator[Two]:
    """Return an owner and a subscriber."""
    stores = [Store(borrow_database(), node=name, clock=pair.clock()) for name in ("dk.coord", "se.coord")]
    with informed.two(stores[0], stores[1], tmp_path) as made:
        yield made
    for store in stores:
        store.close()


def shown(node: Node, *, tracks: bool = True) -> list[dict[str, Value]]:
    """Return the fields of what partners gave, as the node's people see it, the newest first."""
    with node.store.reading() as transaction:
        kept = inbox.releases(transaction, node.clock.now(), 500, tracks=tracks)
    return [redaction.disclosed(canonical.read(one.item, Given)) for one in kept if one.item]


def arrived(node: Node) -> int:
    """Return how many records of partners are kept."""
    with node.store.reading() as transaction:
        return inbox.count(transaction)


def judged(node: Node, alert: str, judgement: Judgement) -> None:
    decide(node.store, node.clock, ANNA, Verdict(alert=alert, judgement=judgement, reason="seen"))


def raised(node: Node, *names: str, latitude: float = 56.5) -> None:
    with node.store.acting() as act:
        for name in names:
            alerts.add(act, centre.alert(name, latitude), NOW)
        act.log(Entry(act=Act.COMBINED))


def disclosed(node: Node) -> list[Entry]:
    return [entry for entry in centre.acts(node) if entry.act is Act.DISCLOSED]


def test_tracks_arrive_with_the_fields_that_the_clause_gives(nodes: Two) -> None:
    """In one message; each with an entry by the node itself that names the subscription and who accepted it."""
    made = nodes.running()
    moves(nodes.dk, [vessel(number, NOW - SECOND) for number in range(3)])
    assert nodes.dk.informing.inform() == 3
    assert nodes.carry() == 1
    found = shown(nodes.se)
    assert {str(one["name"]) for one in found} == {"VESSEL 0", "VESSEL 1", "VESSEL 2"}
    assert {tuple(sorted(one)) for one in found} == {
        ("call_sign", "mmsi", "name", "position", "ship_type", "time", "velocity")
    }
    entries = disclosed(nodes.dk)
    assert len(entries) == 3
    assert {(entry.officer, entry.basis, entry.detail) for entry in entries} == {
        ("dk.coord", "kattegat-maritime 1", f"subscription {made.hex()}, accepted by anna")
    }
    assert not {entry.subject for entry in entries} & {"track-0", "track-1", "track-2"}, "ids that others can compute"


def test_only_what_has_moved_is_given_again_and_only_the_newest_is_shown(nodes: Two) -> None:
    """A position that was given is not given twice; the newer one takes its place in what is shown."""
    nodes.running()
    moves(nodes.dk, [vessel(1, NOW - 9 * SECOND), vessel(2, NOW - 9 * SECOND)])
    assert nodes.dk.informing.inform() == 2
    nodes.carry()
    assert nodes.dk.informing.inform() == 0
    moves(nodes.dk, [vessel(1, NOW - 5 * SECOND, latitude=56.6)])
    assert nodes.dk.informing.inform() == 1
    nodes.carry()
    found = {one["name"]: one["position"] for one in shown(nodes.se)}
    assert found == {
        "VESSEL 1": {"latitude": 56.6, "longitude": 11.501},
        "VESSEL 2": {"latitude": 56.5, "longitude": 11.502},
    }
    assert arrived(nodes.se) == 3, "the older position stays until its time"
    assert shown(nodes.se, tracks=False) == []


def test_positions_wait_for_those_before_and_are_fresh_then(nodes: Two) -> None:
    """A partner who takes nothing finds one batch and then the newest positions: no backlog."""
    nodes.running()
    for second in (9, 8, 7, 6):
        moves(nodes.dk, [vessel(1, NOW - second * SECOND)])
        nodes.dk.informing.inform()
    assert nodes.carry() == 1
    assert [one["time"] for one in shown(nodes.se)] == [NOW - 9 * SECOND]
    assert nodes.dk.informing.inform() == 1
    nodes.carry()
    assert [one["time"] for one in shown(nodes.se)] == [NOW - 6 * SECOND]
    assert arrived(nodes.se) == 2


def test_a_full_lane_is_skipped_and_costs_nothing(nodes: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where as much waits as may, nothing is given, nothing fails, and it goes once there is room."""
    nodes.running()
    moves(nodes.dk, [vessel(1, NOW - SECOND)])
    monkeypatch.setattr(sending, "MOST_WAITING", 0)
    assert nodes.dk.informing.inform() == 0
    assert disclosed(nodes.dk) == []
    monkeypatch.setattr(sending, "MOST_WAITING", 20_000)
    assert nodes.dk.informing.inform() == 1


def test_positions_go_once_in_a_while_only(nodes: Two) -> None:
    """Within the pause nothing goes, however much moves; after it the newest goes."""
    nodes.running()
    patient = informed.refreshing(nodes.dk, "10 s")
    moves(patient, [vessel(1, NOW - 9 * SECOND)])
    assert patient.informing.inform() == 1
    nodes.carry()
    moves(patient, [vessel(1, NOW - 8 * SECOND)])
    assert patient.informing.inform() == 0
    assert at(patient, NOW + MINUTE).informing.inform() == 1


def test_a_position_that_grew_old_on_its_way_is_withdrawn(nodes: Two) -> None:
    """The partner was away: what waited is withdrawn, and what is new by then goes."""
    nodes.running()
    moves(nodes.dk, [vessel(1, NOW - SECOND)])
    nodes.dk.informing.inform()
    later = at(nodes.dk, NOW + STALE - SECOND)  # the most that two clocks may differ is five minutes, too
    moves(nodes.dk, [vessel(1, NOW + STALE - SECOND)])
    assert carried(later, "se.coord") == 1
    assert arrived(nodes.se) == 0
    assert [entry.detail for entry in centre.acts(nodes.dk) if entry.act is Act.WITHDRAWN] == [
        "the position is old by now"
    ]
    assert later.informing.inform() == 1
    assert carried(later, "se.coord") == 1
    assert [one["time"] for one in shown(nodes.se)] == [NOW + STALE - SECOND]


@pytest.mark.parametrize("kind", sorted(set(SubjectKind) - {SubjectKind.PERSON}, key=lambda kind: kind.value))
def test_the_shared_picture_is_of_vessels_and_aircraft(nodes: Two, kind: SubjectKind) -> None:
    """Safeguard 6: under a clause without condition, tracks of nothing else leave."""
    clauses = tuple(replace(clause, condition="") for clause in pair.TERMS.clauses)
    nodes.agree(replace(pair.TERMS, version=2, clauses=clauses))
    nodes.running()
    moves(nodes.dk, [vessel(1, NOW - SECOND, kind)])
    shared = kind in {SubjectKind.VESSEL, SubjectKind.AIRCRAFT}
    assert nodes.dk.informing.inform() == int(shared)


def test_what_lies_elsewhere_or_rests_on_another_clause_is_not_given(nodes: Two) -> None:
    """The area narrows what the clause gives; a clause that the subscription does not name gives it nothing."""
    nodes.running(replace(TRACKS, area="sound"))
    moves(nodes.dk, [vessel(1, NOW - SECOND)])
    assert nodes.dk.informing.inform() == 0
    raised(nodes.dk, "alert-9")
    nodes.running(replace(ALERTS, clauses=("alerts-in-the-western-baltic",)))
    judged(nodes.dk, "alert-9", Judgement.CONFIRMED)
    assert nodes.dk.informing.inform() == 0


def test_alerts_are_given_once_confirmed_and_again_when_confirmed_anew(nodes: Two) -> None:
    """Safeguard 4: what nobody confirmed is not given, nor what was confirmed before the subscription was accepted."""
    raised(nodes.dk, "early", "late")
    judged(nodes.dk, "early", Judgement.CONFIRMED)
    nodes.running(ALERTS)
    assert nodes.dk.informing.inform() == 0
    for judgement, count in ((Judgement.UNSURE, 0), (Judgement.CONFIRMED, 1), (Judgement.REJECTED, 0)):
        judged(nodes.dk, "late", judgement)
        assert nodes.dk.informing.inform() == count
        assert nodes.dk.informing.inform() == 0
    judged(nodes.dk, "late", Judgement.CONFIRMED)
    assert nodes.dk.informing.inform() == 1
    assert [entry.subject for entry in disclosed(nodes.dk)] == ["late", "late"]
    nodes.carry()
    assert len(shown(nodes.se, tracks=False)) == 2


def test_an_alert_rejected_on_its_way_is_withdrawn(nodes: Two) -> None:
    """The courier's second look works for what the node gives by itself; confirmed anew, it goes anew."""
    nodes.running(ALERTS)
    raised(nodes.dk, "alert-9")
    judged(nodes.dk, "alert-9", Judgement.CONFIRMED)
    nodes.dk.informing.inform()
    judged(nodes.dk, "alert-9", Judgement.REJECTED)
    nodes.carry()
    assert arrived(nodes.se) == 0
    judged(nodes.dk, "alert-9", Judgement.CONFIRMED)
    assert nodes.dk.informing.inform() == 1
    nodes.carry()
    assert arrived(nodes.se) == 1


def test_what_a_suspension_withdrew_goes_once_a_new_version_is_in_force(nodes: Two) -> None:
    """Nothing of it had arrived; and what appears meanwhile waits to be looked at."""
    nodes.running(ALERTS)
    raised(nodes.dk, "alert-1", "alert-2")
    judged(nodes.dk, "alert-1", Judgement.CONFIRMED)
    nodes.dk.informing.inform()
    suspended(nodes.dk)
    nodes.carry()
    judged(nodes.dk, "alert-2", Judgement.CONFIRMED)
    assert nodes.dk.informing.inform() == 0
    assert arrived(nodes.se) == 0
    nodes.agree(replace(pair.TERMS, version=2))
    assert nodes.dk.informing.inform() == 2
    nodes.carry()
    assert arrived(nodes.se) == 2
    assert nodes.dk.informing.inform() == 0


def test_what_was_recalled_from_the_partner_is_not_given_again(nodes: Two) -> None:
    """Neither a track that moves on, nor an alert that is confirmed anew; what waits of them does not go."""
    nodes.running()
    nodes.running(ALERTS)
    moves(nodes.dk, [vessel(1, NOW - 9 * SECOND)])
    raised(nodes.dk, "alert-9")
    judged(nodes.dk, "alert-9", Judgement.CONFIRMED)
    assert nodes.dk.informing.inform() == 2
    nodes.carry()
    moves(nodes.dk, [vessel(1, NOW - 8 * SECOND)])
    assert nodes.dk.informing.inform() == 1
    calling = Calling(act=RecallAct.ERASE, reason="a mistake")
    for record in sorted({entry.subject for entry in disclosed(nodes.dk)}):
        nodes.dk.recalls.recall_record(ANNA, record, calling)
    nodes.carry()
    with nodes.dk.store.reading() as transaction:
        assert len(recalls.recent(transaction, 10)) == 3
    moves(nodes.dk, [vessel(1, NOW - 7 * SECOND)])
    judged(nodes.dk, "alert-9", Judgement.REJECTED)
    judged(nodes.dk, "alert-9", Judgement.CONFIRMED)
    assert nodes.dk.informing.inform() == 0
    assert arrived(nodes.se) == 0


def test_reports_are_given_as_they_are_written_and_written_anew(nodes: Two) -> None:
    """Each version once: the officer who writes it anew sends it to who has it, and the node does not again."""
    nodes.dk.casework.write(ANNA, draft(title="written before"))
    nodes.running(REPORTS)
    made = nodes.dk.casework.write(ANNA, draft())
    assert nodes.dk.informing.inform() == 1
    assert nodes.dk.informing.inform() == 0
    nodes.carry()
    nodes.dk.casework.update(ANNA, Revision(id=made.id, version=1, reason="more is known", draft=draft(title="anew")))
    assert nodes.dk.informing.inform() == 0
    nodes.carry()
    assert [one["title"] for one in shown(nodes.se, tracks=False)] == ["anew", "Cigarettes by fishing boat"]
    assert [(entry.subject, entry.officer) for entry in disclosed(nodes.dk)] == [
        (made.id, "dk.coord"),
        (made.id, "anna"),
    ]


def test_a_report_that_is_cancelled_or_replaced_on_its_way_is_withdrawn(nodes: Two) -> None:
    nodes.running(REPORTS)
    first, second = (nodes.dk.casework.write(ANNA, draft(title=title)) for title in ("first", "second"))
    assert nodes.dk.informing.inform() == 2
    nodes.dk.casework.cancel(ANNA, first.id, Ending.MISTAKEN, "another boat")
    nodes.dk.casework.update(ANNA, Revision(id=second.id, version=1, reason="more", draft=draft(title="anew")))
    nodes.carry()
    assert [one["title"] for one in shown(nodes.se, tracks=False)] == ["anew"]
    assert nodes.dk.informing.inform() == 0


def test_what_an_officer_released_is_not_given_twice(nodes: Two) -> None:
    """An alert confirmed and released by hand before the node looked is there already."""
    nodes.running(ALERTS)
    raised(nodes.dk, "alert-9")
    judged(nodes.dk, "alert-9", Judgement.CONFIRMED)
    asked = Asked(
        kind=RecordKind.ALERT, record="alert-9", partner="se.coord", purpose=Purpose.SMUGGLING, officer=ANNA.name
    )
    nodes.dk.releases.release(ANNA, asked)
    assert nodes.dk.informing.inform() == 0
    nodes.carry()
    assert arrived(nodes.se) == 1
    assert nodes.dk.informing.inform() == 0


def test_a_persons_request_finds_and_erases_what_partners_have_of_a_track(nodes: Two) -> None:
    """Safeguards 14 and 17: by the vessel's number, though partners have the track under another name."""
    nodes.running()
    moves(nodes.dk, [vessel(1, NOW - SECOND)])
    nodes.dk.informing.inform()
    nodes.carry()
    officer = Officer(name="dora", role=Role.DATA_PROTECTION)
    question = Question(reference="DSR-1", mark=Mark.MMSI, value="219000001")
    (held,) = nodes.dk.rights.answer(officer, question).held
    assert (held.record, held.recipients) == ("track-1", ("se.coord",))
    (entry,) = disclosed(nodes.dk)
    by_name = Question(reference="DSR-1", mark=Mark.RECORD, value=entry.subject)
    assert [one.record for one in nodes.dk.rights.answer(officer, by_name).held] == ["track-1"]
    assert len(nodes.dk.rights.erase(officer, "DSR-1", entry.subject)) == 1
    nodes.carry()
    assert arrived(nodes.se) == 0
    assert nodes.dk.rights.answer(officer, question).held == ()


def test_a_track_that_is_gone_here_is_still_found_and_called_back_by_its_own_id(nodes: Two) -> None:
    """Safeguards 14 and 17: its time was over here; the log tells who has it under the other name."""
    nodes.running()
    moves(nodes.dk, [vessel(1, NOW - SECOND)])
    nodes.dk.informing.inform()
    nodes.carry()
    with nodes.dk.store.acting() as act:
        assert tracks.erase(act, "track-1")
        act.log(Entry(act=Act.ERASED, subject="track-1", basis="retention"))
    officer = Officer(name="dora", role=Role.DATA_PROTECTION)
    question = Question(reference="DSR-1", mark=Mark.RECORD, value="track-1")
    (held,) = nodes.dk.rights.answer(officer, question).held
    assert (held.kind, held.fields, held.recipients) == ("", {}, ("se.coord",))
    assert {event.act for event in held.events} == {Act.DISCLOSED, Act.RECEIPTED, Act.ERASED}
    assert len(nodes.dk.rights.erase(officer, "DSR-1", "track-1")) == 1
    nodes.carry()
    assert arrived(nodes.se) == 0
    (held,) = nodes.dk.rights.answer(officer, question).held
    assert Act.RECALLED in {event.act for event in held.events}
    assert nodes.dk.rights.erase(officer, "DSR-1", "track-1") == []


def test_many_positions_go_in_several_messages_of_one_round(nodes: Two) -> None:
    nodes.running()
    moves(nodes.dk, [vessel(number, NOW - 10 * SECOND + number) for number in range(BATCH + 1)])
    assert nodes.dk.informing.inform() == BATCH + 1
    assert nodes.carry() == 2
    assert len(shown(nodes.se)) == BATCH + 1
    assert arrived(nodes.se) == BATCH + 1


def test_what_a_batch_rests_on_is_read_once(nodes: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    """Agreements and partners are asked for as often for forty positions as for two, at both looks."""
    nodes.running()
    asked = questions(monkeypatch)
    counted = []
    for number in (2, 40):
        moves(nodes.dk, [vessel(each, NOW - (50 - number) * SECOND) for each in range(number)])
        asked.clear()
        assert nodes.dk.informing.inform() == number
        nodes.carry()
        counted.append(sum("FROM agreement" in one or "FROM partner " in one for one in asked))
    assert counted[0] == counted[1] > 0
    assert len(shown(nodes.se)) == 40


def test_alerts_and_reports_go_before_positions(nodes: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever subscription has waited longest: an event never waits behind thousands of positions."""
    monkeypatch.setattr(precedence, "SOON", HOUR)  # on a slow machine what people sent would hold positions up
    for wish in (TRACKS, ALERTS, REPORTS):
        nodes.running(wish)
    with nodes.dk.store.upkeep() as transaction:  # so that the order of waiting alone would let positions go first
        transaction.run("UPDATE subscription SET informed = 1 WHERE position('track' IN encode(wish, 'escape')) = 0")
    moves(nodes.dk, [vessel(number, NOW - SECOND) for number in range(3)])
    raised(nodes.dk, "alert-9")
    judged(nodes.dk, "alert-9", Judgement.CONFIRMED)
    made = nodes.dk.casework.write(ANNA, draft())
    assert nodes.dk.informing.inform() == 5
    subjects = [entry.subject for entry in disclosed(nodes.dk)]
    assert set(subjects[:2]) == {"alert-9", made.id}
    assert len(subjects) == 5


def test_what_is_over_is_forgotten(nodes: Two) -> None:
    """What was given is remembered while the subscription runs, and no longer."""
    made = nodes.running()
    moves(nodes.dk, [vessel(1, NOW - SECOND)])
    nodes.dk.informing.inform()
    nodes.dk.informing.forget()
    assert remembered(nodes.dk) == 1
    nodes.dk.subscriptions.end(ANNA, made, "no need")
    at(nodes.dk, NOW + 2 * MINUTE).informing.forget()
    assert remembered(nodes.dk) == 0


def test_our_own_copies_go_when_they_must_be_gone_at_the_partner(nodes: Two) -> None:
    """Not before the time, nor what has no receipt; the entry says how many."""
    nodes.running()
    moves(nodes.dk, [vessel(1, NOW - SECOND), vessel(2, NOW - SECOND)])
    nodes.dk.informing.inform()
    later = at(nodes.dk, NOW + 8 * DAY)
    assert later.informing.erase() == 0
    nodes.carry()
    assert nodes.dk.informing.erase() == 0
    assert later.informing.erase() == 2
    assert later.informing.erase() == 0
    assert [entry.count for entry in centre.acts(nodes.dk) if entry.act is Act.ERASED] == [2]
    with nodes.dk.store.reading() as transaction:
        assert transaction.rows("SELECT DISTINCT item FROM outbox_item WHERE record IS NOT NULL") == [(None,)]


def test_of_a_batch_of_which_one_was_recalled_the_others_go_in_time_too(nodes: Two) -> None:
    """The recall erases our copy of one position and the envelope; the others' time is over like any other's."""
    nodes.running()
    moves(nodes.dk, [vessel(number, NOW - SECOND) for number in range(3)])
    nodes.dk.informing.inform()
    nodes.carry()
    nodes.dk.recalls.recall_record(ANNA, disclosed(nodes.dk)[0].subject, Calling(act=RecallAct.ERASE, reason="wrong"))
    nodes.carry()
    assert copies(nodes.dk) == 2
    assert nodes.dk.informing.erase() == 0
    later = at(nodes.dk, NOW + 8 * DAY)
    assert later.informing.erase() == 2
    assert copies(nodes.dk) == 0
    assert later.informing.erase() == 0


def test_what_waits_for_a_partner_that_is_cut_off_goes_in_time(nodes: Two) -> None:
    """No receipt will come of it; accepted anew, the partner is given nothing of it, and its lane goes on."""
    nodes.running()
    moves(nodes.dk, [vessel(1, NOW - SECOND), vessel(2, NOW - SECOND)])
    nodes.dk.informing.inform()
    with nodes.dk.store.acting() as act:
        card = kept_partners.get(act, "se.coord")
        partners.cut_off(act, "se.coord", officer="anna", reason="a burglary", now=NOW)
    assert nodes.dk.informing.erase() == 0
    later = at(nodes.dk, NOW + 8 * DAY)
    assert later.informing.erase() == 2
    assert copies(nodes.dk) == 0
    assert later.informing.erase() == 0
    assert card is not None
    with nodes.dk.store.acting() as act:
        kept_partners.add(act, card.name, card.station, card.card, "anna", NOW)
        act.log(Entry(act=Act.PARTNER, officer="anna", partner="se.coord"))
    assert carried(nodes.dk, "se.coord") == 1
    assert arrived(nodes.se) == 0
    assert nodes.dk.informing.erase() == 0
    assert later.informing.erase() == 0


def questions(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return where every question to the store is noted from now on."""
    asked: list[str] = []

    def noting(self: Transaction, statement: str, *values: object) -> list[Row]:
        asked.append(statement)
        return self.connection.execute(statement.encode(), values).fetchall()

    def noting_one(self: Transaction, statement: str, *values: object) -> Row | None:
        asked.append(statement)
        return self.connection.execute(statement.encode(), values).fetchone()

    monkeypatch.setattr(Transaction, "rows", noting)
    monkeypatch.setattr(Transaction, "row", noting_one)
    return asked


def copies(node: Node) -> int:
    """Return how many records that were given are kept here in plain."""
    with node.store.reading() as transaction:
        return len(transaction.rows("SELECT 1 FROM outbox_item WHERE record IS NOT NULL AND item IS NOT NULL"))


def remembered(node: Node) -> int:
    with node.store.reading() as transaction:
        return len(transaction.rows("SELECT 1 FROM subscription_given"))


class Life:
    """A subscription and the agreement under it, with what was done to them."""

    def __init__(self, nodes: Two) -> None:
        with nodes.dk.store.reading() as transaction:
            rows = transaction.rows("SELECT max(version) FROM agreement")
        self.nodes, self.dk = nodes, nodes.dk
        self.text = replace(pair.TERMS, version=rows[0][0])
        self.moved = nodes.dk.clock.now()
        self.renewed()
        self.made = nodes.running(replace(TRACKS, until=NOW + 2 * HOUR))
        self.allowed = True
        self.in_force = True

    def renewed(self) -> None:
        """Bring a newer version of the agreement into force."""
        self.text = replace(self.text, version=self.text.version + 1)
        self.nodes.agree(self.text)
        self.in_force = True

    def suspended(self) -> None:
        """Suspend the version in force."""
        suspended(self.dk, self.text)
        self.in_force = False

    def ended(self) -> None:
        """End the subscription."""
        with self.dk.store.reading() as transaction:
            kept = subscriptions.get(transaction, self.made)
        if kept is not None and kept.state is SubscriptionState.RUNNING:
            self.dk.subscriptions.end(ANNA, self.made, "no need")
        self.allowed = False

    def expired(self) -> None:
        """Let the time of the subscription pass."""
        self.dk = at(self.dk, NOW + 2 * HOUR)
        self.allowed = False

    def moves(self) -> None:
        """Let two vessels move."""
        self.moved = max(self.moved + 1, self.dk.clock.now())
        moves(self.dk, [vessel(1, self.moved), vessel(2, self.moved)])

    def informs(self) -> None:
        """Give what is due."""
        given = self.dk.informing.inform()
        assert self.may or given == 0, "nothing is given from that instant"

    def delivers(self) -> None:
        """Bring what waits."""
        before = arrived(self.nodes.se)
        with self.dk.store.reading() as transaction:
            waiting = outbox.waiting(transaction, "se.coord", "bulk", 10)
        under = {wire.cover(one.cover).header for one in waiting}
        present = {header for header in under if wire.head(header).agreement == terms.digest(self.text)}
        carried(self.dk, "se.coord")
        came = arrived(self.nodes.se) - before
        assert came == (2 * len(present) if self.may else 0), "what waits is stopped from that instant"

    @property
    def may(self) -> bool:
        """Whether anything may go now."""
        return self.allowed and self.in_force


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.sampled_from(["moves", "informs", "delivers", "suspended", "renewed", "ended", "expired"]), max_size=14)
)
def test_nothing_goes_from_the_instant_of_suspension_end_or_expiry(nodes: Two, steps: list[str]) -> None:
    """Safeguard 9, over whatever happens in whatever order: neither given, nor delivered if it was given before."""
    life = Life(nodes)
    for step in ["moves", "informs", *steps, "delivers"]:
        getattr(life, step)()
    life.ended()
    life.delivers()
