"""What is proven: an entry is closed when its term is over, with all that could open it, and the tree stands."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from builders import pair
from builders.giving import OFFICER, answers, brought, given
from builders.hands import Hand
from comity.exchange.inbox import Reception
from comity.foundation.ledger.note import Ed25519Key
from comity.foundation.store import alerts, fsck, keeping, ledger, recalls, receipt_proofs
from comity.foundation.store.store import Store
from comity.node.assemble import Node
from comity.node.flow_forgetting import Forgetting
from comity.node.flow_recall import Calling
from comity.node.told import told
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Fault, Missing, Refused
from comity.vocabulary.instant import DAY, Duration
from comity.vocabulary.officer import Officer, Role
from comity.vocabulary.recall import RecallAct

Forgets = Callable[[Store, Duration], Forgetting]
TERM = 1095 * DAY
ERASE = Calling(act=RecallAct.ERASE, reason="a mistaken identity")
PROTECTOR = Officer(name="dora", role=Role.DATA_PROTECTION)


@pytest.fixture(autouse=True)
def hand(monkeypatch: pytest.MonkeyPatch) -> Hand:
    """Return the clock by which both nodes date their entries."""
    made = Hand()
    monkeypatch.setattr(pair, "clock", lambda: made)
    return made


@pytest.fixture
def forgetting(hand: Hand) -> Callable[[Store, Duration], Forgetting]:
    """Return what makes the one that forgets at a node, so long after all began."""

    def make(store: Store, after: Duration) -> Forgetting:
        hand.shown = pair.NOW + after
        return Forgetting(store, hand, TERM)

    return make


def named(store: Store, word: str) -> set[str]:
    """Return the tables in which a word stands anywhere, in the open or inside of bytes."""
    with store.reading() as t:
        tables = [row[0] for row in t.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        found = {
            table: t.row(
                f"SELECT EXISTS (SELECT FROM {table} AS each WHERE each::text LIKE %s OR each::text LIKE %s)",  # noqa: S608
                *(f"%{word}%", f"%{word.encode().hex()}%"),
            )
            for table in tables
        }
    return {table for table, row in found.items() if row and row[0]}


def opened(store: Store) -> list[Entry]:
    """Return the entries that can be opened."""
    with store.reading() as t:
        return [entry for kept in ledger.entries(t, 0, 1000) if (entry := kept.read()) is not None]


def tree(node: Node) -> tuple[int, bytes, list[bytes]]:
    """Return the node's tree and its leaves, as the integrator leaves them."""
    with node.store.upkeep() as t:
        ledger.integrate(t)
        return *ledger.head(t), [kept.leaf for kept in ledger.entries(t, 0, 1000)]


def called_back(owner: Node, holder: Reception) -> bytes:
    """Give an alert, call it back and erase it everywhere; return the release."""
    message = given(owner)
    brought(owner, holder)
    with owner.store.upkeep() as t:
        receipt_proofs.put(t, message, b"shown by the log")
    recall = owner.recalls.recall(OFFICER, message, 0, ERASE)
    brought(owner, holder)
    answers(owner, holder)
    with owner.store.upkeep() as t:
        recalls.prove(t, recall, b"shown by the log")
    with owner.store.acting() as act:
        alerts.erase(act, "alert-1")
        act.log(Entry(act=Act.ERASED, subject="alert-1"))
    for store in (owner.store, holder.store):
        with store.upkeep() as t:
            t.run("UPDATE outbox SET state = 'accepted', receipt = 'signed' WHERE receipt IS NULL")
            t.run("UPDATE archive_order SET done = made")
    return message


def test_a_term_after_a_record_is_gone_nothing_here_tells_of_it(
    owner: Node, holder: Reception, forgetting: Forgets
) -> None:
    """On both sides: no table holds its name or opens an entry about it; the leaves and the tree stay as they were."""
    called_back(owner, holder)
    size, root, leaves = tree(owner)
    assert named(owner.store, "alert-1") >= {"ledger_entry", "outbox_item", "recall", "outbox"}
    assert named(holder.store, "alert-1") >= {"ledger_entry", "inbox_item", "inbox", "recalled_here"}
    for store in (owner.store, holder.store):
        assert forgetting(store, TERM).forget() == 0, "not before its time"
        assert forgetting(store, TERM + 2 * DAY).forget() > 3
        assert named(store, "alert-1") == set()
    with owner.store.reading() as t:
        assert told(t, "alert-1").events == ()
        assert [kept.leaf for kept in ledger.entries(t, 0, size)] == leaves
        assert ledger.inclusion(t, 0, size)
        key = Ed25519Key(owner.own.card.origin, owner.own.card.log)
        report = fsck.fsck(t, [key], lambda *_: None)
    assert (report.found, report.size, report.root) == (0, size, root)
    assert report.erased > 3
    left = [entry for entry in opened(owner.store) if entry.subject not in {"alert-2", "track-1"}]
    assert {entry.act for entry in left} == {Act.AGREEMENT, Act.PARTNER, Act.ERASED}
    assert {entry.basis for entry in left if entry.act is Act.ERASED} == {"retention.entries"}


def test_what_is_held_keeps_its_history_and_a_term_begins_when_it_goes(
    owner: Node, holder: Reception, forgetting: Forgets
) -> None:
    """The alert is still here, then erased late: who received it can be told for a term from then on."""
    given(owner)
    brought(owner, holder)
    late = forgetting(owner.store, TERM + 2 * DAY)
    late.forget()
    with owner.store.reading() as t:
        assert told(t, "alert-1").recipients == ("se.coord",)
        assert keeping.kept(t).over > 0
    with owner.store.acting() as act:
        alerts.erase(act, "alert-1")
        act.log(Entry(act=Act.ERASED, subject="alert-1"))
    forgetting(owner.store, 2 * TERM).forget()
    with owner.store.reading() as t:
        assert told(t, "alert-1").recipients == ("se.coord",), "our copy of what was given has gone, the term runs"
    assert forgetting(owner.store, 2 * TERM + 9 * DAY).forget() > 0
    assert named(owner.store, "alert-1") == set()


def test_a_hold_keeps_what_it_names_and_somebody_answers_for_it(
    owner: Node, holder: Reception, forgetting: Forgets
) -> None:
    """By whom and why stands in the log. Once it is lifted, what it kept goes within a day."""
    called_back(owner, holder)
    at = forgetting(owner.store, TERM + 2 * DAY)
    with pytest.raises(Refused):
        at.hold(OFFICER, "alert-1", "I want it")
    with pytest.raises(Fault, match="no reason"):
        at.hold(PROTECTOR, "alert-1", " ")
    number = at.hold(PROTECTOR, "alert-1", "case 7 at the district court")
    at.forget()
    with owner.store.reading() as t:
        assert told(t, "alert-1").recipients == ("se.coord",)
    _, holds = at.kept()
    assert [(each.record, each.officer, each.reason) for each in holds] == [
        ("alert-1", "dora", "case 7 at the district court")
    ]
    at.lift(PROTECTOR, number, "the case is closed")
    with pytest.raises(Missing):
        at.lift(PROTECTOR, number, "again")
    assert at.kept()[1] == []
    assert forgetting(owner.store, TERM + 3 * DAY).forget() > 3
    assert told_nothing(owner.store)


def told_nothing(store: Store) -> bool:
    """Whether the log tells nothing of the alert any more."""
    with store.reading() as t:
        return told(t, "alert-1").events == ()


def test_what_is_brought_again_after_it_was_forgotten_is_not_taken_in(
    owner: Node, holder: Reception, forgetting: Forgets
) -> None:
    """The place in the lane is taken for good, though nothing tells by what."""
    message = called_back(owner, holder)
    with holder.store.reading() as t:
        (row,) = t.rows("SELECT sequence FROM inbox WHERE id = %s", message)
    forgetting(holder.store, TERM + 2 * DAY).forget()
    with holder.store.reading() as t:
        assert t.rows("SELECT 1 FROM inbox WHERE id = %s", message) == []
        (expected,) = t.rows("SELECT next FROM inbox_sequence WHERE sender = 'dk.coord' ORDER BY next DESC LIMIT 1")
    assert expected[0] > row[0]


def test_entries_of_one_day_are_closed_together(owner: Node, forgetting: Forgets) -> None:
    """Each closing is an act with an entry, so it is not done every second."""
    assert forgetting(owner.store, TERM + DAY // 2).forget() == 0
    before = len(opened(owner.store))
    closed = forgetting(owner.store, TERM + 2 * DAY).forget()
    assert closed > 0
    assert len(opened(owner.store)) == before - closed + 1
    assert forgetting(owner.store, TERM + 2 * DAY).forget() == 0
