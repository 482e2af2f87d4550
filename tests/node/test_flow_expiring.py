"""What is proven: what the node made itself goes when its term is over, and stays while anything needs it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from msgspec.structs import replace

from builders import centre, pair, writings
from builders.giving import OFFICER, brought, given
from builders.hands import Hand
from comity.agreements import terms
from comity.casework.cancel import cancel
from comity.demo.desk import wait_for
from comity.exchange.inbox import Reception
from comity.foundation.store import alerts, decisions, holds, lasting, ledger, obligations, outbox, recalls
from comity.foundation.store import writings as kept_writings
from comity.foundation.store.obligations import KeptObligation
from comity.foundation.store.store import Store
from comity.node import copies
from comity.node.assemble import Node
from comity.node.flow_expiring import Expiring, Lasting
from comity.node.flow_forgetting import Forgetting
from comity.node.flow_recall import Calling
from comity.node.told import told
from comity.review import decide
from comity.review.decide import Verdict
from comity.vocabulary.decision import Judgement
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.instant import DAY
from comity.vocabulary.officer import Officer, Role
from comity.vocabulary.recall import RecallAct
from comity.vocabulary.writing import Ending

YEAR = 365 * DAY
TERMS = Lasting(alerts=YEAR, decisions=3 * YEAR, reports=3 * YEAR, notices=YEAR)
SHORT = Lasting(alerts=DAY, decisions=DAY, reports=DAY, notices=DAY)
PROTECTOR = Officer(name="dora", role=Role.DATA_PROTECTION)


@pytest.fixture(autouse=True)
def hand(monkeypatch: pytest.MonkeyPatch) -> Hand:
    """Return the clock by which both nodes date what they do."""
    made = Hand()
    monkeypatch.setattr(pair, "clock", lambda: made)
    return made


def erased(store: Store) -> dict[str, str]:
    """Return what the log says was erased, each with the setting on which that rests."""
    with store.reading() as t:
        read = [kept.read() for kept in ledger.entries(t, 0, 1000)]
    return {entry.subject: entry.basis for entry in read if entry and entry.act is Act.ERASED}


def judged(node: Node, hand: Hand, alert: str, judgement: Judgement, **more: str) -> None:
    """Have an officer judge an alert."""
    decide.decide(node.store, hand, OFFICER, Verdict(alert=alert, judgement=judgement, reason="seen", **more))


def here(store: Store) -> set[str]:
    """Return the alerts, reports and notices that are kept."""
    with store.reading() as t:
        raised = {kept.alert.id for kept in alerts.queue(t)}
        return raised | {kept.writing.id for kept in kept_writings.newest(t, 100)}


def test_each_kind_goes_when_its_own_term_is_over(owner: Node, hand: Hand) -> None:
    """With its decisions, or all its versions, and one entry that names the setting; not a day before."""
    for name in ("confirmed", "rejected"):
        centre.raised(owner, name)
    expiring = Expiring(owner.store, hand, TERMS)
    hand.shown += 10 * DAY
    judged(owner, hand, "rejected", Judgement.REJECTED)
    judged(owner, hand, "confirmed", Judgement.REJECTED)
    hand.shown += 10 * DAY
    judged(owner, hand, "confirmed", Judgement.CONFIRMED)
    with owner.store.acting() as act:
        kept_writings.add(act, writings.report(id="report"))
        kept_writings.add(act, writings.notice(id="notice"))
        kept_writings.add(act, writings.notice(id="cancelled"))
        act.log(Entry(act=Act.COLLECTED, count=3))
    hand.shown = pair.NOW + 40 * DAY
    with owner.store.acting() as act:
        cancel(act, hand, OFFICER, "cancelled", Ending.OVER, "it is over")
    for day, gone in (
        (365, {"alert-1", "alert-2"}),
        (375, {"rejected"}),
        (365 + 30, {"notice"}),
        (365 + 40, {"cancelled"}),
        (3 * 365 + 20, {"confirmed"}),
        (3 * 365 + 30, {"report"}),
    ):
        before = here(owner.store)
        hand.shown = pair.NOW + day * DAY - 2 * DAY
        expiring.expire()
        assert here(owner.store) == before
        hand.shown = pair.NOW + day * DAY
        assert expiring.expire() == len(gone)
        assert before - here(owner.store) == gone
    assert here(owner.store) == set()
    said = erased(owner.store)
    assert {said[name] for name in ("alert-1", "rejected")} == {"retention.alerts"}
    assert [said[name] for name in ("confirmed", "report", "notice")] == [
        *("retention.decisions", "retention.reports", "retention.notices"),
    ]
    with owner.store.reading() as t:
        assert decisions.count(t) == 0
        assert t.rows("SELECT FROM writing_version") == []


def _kept_in_every_way(owner: Node, holder: Reception, hand: Hand) -> Callable[[], None]:
    """Let each alert be kept by something else, and return what ends all that."""
    names = ("hold", "named", "recall", "inquiry", "request", "way", "owed")
    for name in names:
        centre.raised(owner, name)
    judged(owner, hand, "alert-2", Judgement.CONFIRMED, duplicate_of="named")
    message = given(owner, "recall")
    given(owner, "owed")
    brought(owner, holder)
    called = owner.recalls.recall(OFFICER, message, 0, Calling(act=RecallAct.ERASE, reason="mistaken"))
    brought(owner, holder)
    given(owner, "way")
    held = [owner.forgetting.hold(PROTECTOR, name, "case 7") for name in ("hold", "alert-2")]
    debt = KeptObligation(agreement=terms.digest(pair.TERMS), partner="se.coord", ours=False, made=1, due=2)
    with owner.store.acting() as act:
        obligations.add(act, debt)
        act.run(
            "INSERT INTO inquiry (id, owner, asker, agreement, clause, question, salt, weight, state, made,"
            " message, due, keep_until) VALUES ('i', 'dk.coord', 'se.coord', 'a', 'c', '', '', 1, 'hit', 1, '', 1, 1)"
        )
        act.run("INSERT INTO inquiry_found VALUES ('i', 'alert', 'inquiry')")
        act.run(
            "INSERT INTO onward (id, originator, holder, recipient, message, place, record, purpose, reason, state,"
            " made) VALUES ('o', 'dk.coord', 'se.coord', 'de.coord', '', 0, 'request', '', '', 'asked', 1)"
        )
        act.log(Entry(act=Act.COMBINED))

    def end() -> None:
        for number in held:
            owner.forgetting.lift(PROTECTOR, number, "it is closed")
        with owner.store.acting() as act:
            recalls.prove(act, called, b"shown by the log")
            obligations.met(act, debt, b"done", 1)
            act.run("UPDATE inquiry SET state = 'given'")
            act.run("UPDATE onward SET state = 'declined'")
            act.run("UPDATE outbox SET state = 'withdrawn', receipt = 'signed' WHERE receipt IS NULL")
            act.log(Entry(act=Act.ALTERED))

    return end


def test_what_anything_needs_is_kept_beyond_its_term_and_goes_when_that_ends(
    owner: Node, holder: Reception, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hold, one on what names it, a recall without proof, an open inquiry or request, a partner that owes proof.

    However many copies were given of all together: of each record those are judged by themselves.
    """
    monkeypatch.setattr(copies, "_MOST", 1)
    end = _kept_in_every_way(owner, holder, hand)
    expiring = Expiring(owner.store, hand, SHORT)
    hand.shown += 60 * DAY
    assert expiring.expire() == 1
    assert erased(owner.store) == {"alert-1": "retention.alerts"}
    (unjudged, standing, *_) = expiring.kept()
    assert (unjudged.kind, unjudged.because) == (
        "alerts",
        {"held": 1, "named by what is held": 1, "in an open inquiry": 1, "in an open request": 1},
    )
    assert (standing.kind, standing.because) == (
        "decisions",
        {"held": 1, "called back without proof": 1, "on its way": 1, "a partner may hold it": 1},
    )
    end()
    assert expiring.expire() == 0, "looked at once a day"
    hand.shown += DAY
    assert expiring.expire() == 8
    assert here(owner.store) == set()


def test_what_a_partner_may_still_hold_stays_and_its_history_outlives_it_by_a_term(
    owner: Node, holder: Reception, hand: Hand
) -> None:
    """While it may be kept there it is kept here; then our copy of what was given goes too, and who had it is told."""
    given(owner)
    brought(owner, holder)
    expiring = Expiring(owner.store, hand, SHORT)
    with owner.store.reading() as t:
        (message,) = outbox.of_record(t, "alert-1")
    hand.shown += 5 * DAY
    assert expiring.expire() == 1
    assert here(owner.store) == {"alert-1"}
    hand.shown += 60 * DAY
    assert expiring.expire() == 1
    with owner.store.reading() as t:
        assert [item.item for item in outbox.items(t, message.id)] == [None]
        assert told(t, "alert-1").recipients == ("se.coord",)
    hand.shown += 3 * YEAR
    Forgetting(owner.store, hand, 3 * YEAR - 2 * DAY).forget()
    with owner.store.reading() as t:
        assert told(t, "alert-1").events == ()


def test_under_a_hold_on_everything_nothing_goes(owner: Node, hand: Hand) -> None:
    number = owner.forgetting.hold(PROTECTOR, "", "an audit")
    expiring = Expiring(owner.store, hand, SHORT)
    hand.shown += 9 * DAY
    assert expiring.expire() == 0
    owner.forgetting.lift(PROTECTOR, number, "it is over")
    hand.shown += DAY
    assert expiring.expire() == 2


def test_what_somebody_changes_at_this_moment_is_left_alone(owner: Node, hand: Hand) -> None:
    """A decision that is not committed yet: the alert is not claimed, and stands as it is judged."""
    hand.shown += 9 * DAY
    with owner.store.acting() as act:
        decisions.add(act, replace(pair.decision(pair.alert()), time=hand.shown))
        assert Expiring(owner.store, hand, SHORT).expire() == 1
        act.log(Entry(act=Act.ALTERED))
    assert here(owner.store) == {"alert-1"}
    assert Expiring(owner.store, hand, SHORT).expire() == 0, "judged today, it has a term from today"
    with owner.store.acting() as act:
        assert not lasting.claim(act, "alert-2")
        act.log(Entry(act=Act.CONSULTED))


def _waits(store: Store) -> bool:
    """Whether anybody waits for a lock in the database."""
    with store.reading() as t:
        row = t.row(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
    return bool(row and row[0])


def test_a_hold_that_is_set_at_this_moment_is_waited_for(owner: Node, hand: Hand) -> None:
    """Its transaction is not over when the record is looked at: it is judged again once that is committed."""
    hand.shown += 9 * DAY
    expiring = Expiring(owner.store, hand, SHORT)
    with ThreadPoolExecutor(1) as pool:
        with owner.store.acting() as act:
            holds.add(act, "alert-1", "dora", "case 7", hand.shown)
            act.log(Entry(act=Act.ALTERED))
            erasing = pool.submit(expiring.expire)
            wait_for("the eraser to wait for the log's head", lambda: _waits(owner.store), 20)
        assert erasing.result() == 1
    assert here(owner.store) == {"alert-1"}
