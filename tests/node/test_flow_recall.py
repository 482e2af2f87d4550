"""What is proven: a recall reaches each holder after the release, is answered once, and no false answer is believed."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from builders import centre, pair
from builders.giving import OFFICER, answers, as_it_rests, brought, given
from comity.agreements.standing import State
from comity.exchange import inbox, outbox, partners, wire
from comity.exchange.cards import Own
from comity.exchange.inbox import Accepted, Reception
from comity.exchange.receipts import read
from comity.foundation import canonical
from comity.foundation.clock import Clock, wall
from comity.foundation.store import findings, recalls
from comity.foundation.store import inbox as kept_inbox
from comity.foundation.store import outbox as kept_outbox
from comity.foundation.store.recalls import KeptRecall
from comity.foundation.store.store import Store
from comity.node import overdue
from comity.node.assemble import Node
from comity.node.flow_recall import Calling, Recalls
from comity.node.reception import reception
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Missing, Refused
from comity.vocabulary.finding import FindingKind
from comity.vocabulary.instant import DAY
from comity.vocabulary.message import MessageKind, Outcome
from comity.vocabulary.officer import Officer, Role
from comity.vocabulary.recall import Recall, RecallAct, Recalled, RecallOutcome

ERASE = Calling(act=RecallAct.ERASE, reason="a mistaken identity")


def kept(owner: Node, recall: bytes) -> KeptRecall:
    with owner.store.reading() as transaction:
        found = recalls.get(transaction, recall)
    assert found is not None
    return found


def test_a_recall_erases_and_is_answered(owner: Node, holder: Reception) -> None:
    """The holder's entry names what it erased and why; the owner keeps the signed answer, and erases its own copy."""
    message = given(owner)
    recall = owner.recalls.recall(OFFICER, message, 0, ERASE)
    assert [receipt.outcome for receipt in brought(owner, holder)] == [Outcome.ACCEPTED] * 2
    with holder.store.reading() as transaction:
        (record,) = kept_inbox.records(transaction, "dk.coord", message)
    assert record.item is None
    assert kept(owner, recall).outcome is None
    assert [receipt.outcome for receipt in answers(owner, holder)] == [Outcome.ACCEPTED]
    done = kept(owner, recall)
    assert (done.outcome, done.officer, done.act) == (RecallOutcome.ERASED, "anna", RecallAct.ERASE)
    answer = canonical.read(done.answer or b"", Recalled)
    cover = wire.cover(done.cover or b"")
    wire.authenticate(cover, pair.keys(2).identity.public, pair.keys(2).identity_pq.public)
    assert wire.head(cover.header).payload == wire.bound([done.answer or b""])
    entry = canonical.read(answer.entry, Entry)
    assert (entry.act, entry.subject, entry.partner, entry.count) == (Act.ERASED, "alert-1", "dk.coord", 1)
    with owner.store.reading() as transaction:
        (item,) = kept_outbox.items(transaction, message)
        assert kept_outbox.get(transaction, message) is not None
    assert item.item is None
    acts = [each for each in centre.acts(owner) if each.act is Act.RECALLED]
    assert [each.detail for each in acts] == ["erase: a mistaken identity", "answered: erased"]


def test_what_still_waits_is_not_given_first(owner: Node) -> None:
    """A release that has not left is withdrawn by the courier once it was recalled."""
    message = given(owner)
    owner.recalls.recall(OFFICER, message, 0, ERASE)
    with owner.store.reading() as transaction:
        assert recalls.pending(transaction, message, 0)
        assert not recalls.pending(transaction, message, 1)


def test_what_was_refused_was_never_held(owner: Node, holder: Reception) -> None:
    """A holder that refused the record says so, and has nothing to erase."""
    message = given(owner)
    recall = owner.recalls.recall(OFFICER, message, 0, ERASE)
    suspended = replace(holder, standings=lambda _: (replace(pair.in_force(), state=State.SUSPENDED),))
    assert [receipt.outcome for receipt in brought(owner, suspended)] == [Outcome.REFUSED, Outcome.ACCEPTED]
    answers(owner, holder)
    assert kept(owner, recall).outcome is RecallOutcome.NEVER_HELD


def test_what_was_erased_in_its_time_is_gone(owner: Node, holder: Reception) -> None:
    """A recall that comes after the end of a record is answered too."""
    message = given(owner)
    brought(owner, holder)
    with holder.store.acting() as act:
        kept_inbox.erase(act, "dk.coord", message, [0])
        act.log(Entry(act=Act.ERASED))
    recall = owner.recalls.recall(OFFICER, message, 0, ERASE)
    brought(owner, holder)
    later = Clock(((wall(), pair.NOW + 40 * DAY),))
    answers(replace(owner, recalls=Recalls(owner.store, owner.own, later, DAY)), holder)
    assert kept(owner, recall).outcome is RecallOutcome.GONE


def test_a_recall_without_answer_becomes_overdue(owner: Node, holder: Reception) -> None:
    """Until it is answered and the holder's log shows it, it stands in the list of those overdue; then no more."""
    recall = owner.recalls.recall(OFFICER, given(owner), 0, ERASE)
    due = kept(owner, recall).due
    with owner.store.reading() as transaction:
        assert recalls.overdue(transaction, due - 1, 10) == []
        assert [one.id for one in recalls.overdue(transaction, due, 10)] == [recall]
    brought(owner, holder)
    answers(owner, holder)
    with owner.store.reading() as transaction:
        assert [one.id for one in recalls.overdue(transaction, due, 10)] == [recall]
    with owner.store.upkeep() as transaction:
        recalls.prove(transaction, recall, b"shown by the log")
        assert recalls.overdue(transaction, due, 10) == []


def test_what_is_overdue_is_found_once_and_someone_must_answer(owner: Node) -> None:
    """A recall that is not answered in time raises a finding with an entry, one and no more."""
    impatient = Recalls(owner.store, owner.own, owner.clock, patience=0)
    impatient.recall(OFFICER, given(owner), 0, ERASE)
    assert [impatient.find_overdue() for _ in range(3)] == [1, 0, 0]
    with owner.store.reading() as transaction:
        (found,) = findings.newest(transaction, 10)
    assert (found.finding.kind, found.finding.partner, found.acknowledged) == (FindingKind.OVERDUE, "se.coord", None)
    entry = centre.acts(owner)[-1]
    assert (entry.act, entry.partner, entry.subject) == (Act.FINDING, "se.coord", f"finding {found.sequence}")


def test_what_is_overdue_is_found_however_much_is_overdue_for_good(owner: Node) -> None:
    """What was found before, and may never be proven, takes no place among what is looked at in a round."""
    impatient = Recalls(owner.store, owner.own, owner.clock, patience=0)
    for alert in ("alert-1", "alert-2"):
        impatient.recall(OFFICER, given(owner, alert), 0, ERASE)
    assert [overdue.find(owner.store, owner.clock.now(), most=1) for _ in range(3)] == [1, 1, 0]


def test_a_record_is_called_back_from_everyone_who_has_it(owner: Node) -> None:
    """All its releases are recalled, each once; another record's are not."""
    first, again, other = given(owner), given(owner), given(owner, "alert-2")
    made = owner.recalls.recall_record(OFFICER, "alert-1", ERASE)
    assert {kept(owner, recall).message for recall in made} == {first, again}
    assert owner.recalls.recall_record(OFFICER, "alert-1", ERASE) == []
    with owner.store.reading() as transaction:
        assert not recalls.pending(transaction, other, 0)
    with pytest.raises(Missing):
        owner.recalls.recall_record(OFFICER, "alert-3", ERASE)


def test_who_may_not_and_what_cannot_be_is_refused(owner: Node) -> None:
    """Neither another role, nor twice, nor a correction that is none: nothing is sent and nothing entered."""
    message = given(owner)
    other = given(owner, "alert-2")
    auditor = Officer(name="otto", role=Role.AUDITOR)
    correct = Calling(act=RecallAct.CORRECT, reason="wrong place", corrected_by=message)
    before = centre.acts(owner)
    for attempt in (
        lambda: owner.recalls.recall(auditor, message, 0, ERASE),
        lambda: owner.recalls.recall(OFFICER, message, 0, correct),
        lambda: owner.recalls.recall(OFFICER, message, 0, replace(correct, corrected_by=bytes(32))),
        lambda: owner.recalls.recall(OFFICER, message, 0, replace(ERASE, corrected_by=other)),
    ):
        with pytest.raises(Refused):
            attempt()
    for missing in ((message, 1), (bytes(32), 0)):
        with pytest.raises(Missing):
            owner.recalls.recall(OFFICER, *missing, ERASE)
    assert centre.acts(owner) == before
    owner.recalls.recall(OFFICER, message, 0, replace(correct, corrected_by=other))
    with pytest.raises(Refused, match="recalled already"):
        owner.recalls.recall(OFFICER, message, 0, ERASE)


def told(party: Own, store: Store, kind: MessageKind, item: bytes, to: Own) -> bytes:
    """Return the envelope of a message that the party sends by hand."""
    with store.acting() as act:
        message = outbox.tell(act, party, to.card, kind, item, pair.NOW)
        act.log(Entry(act=Act.RECALLED))
    with store.reading() as transaction:
        found = kept_outbox.get(transaction, message)
    assert found is not None
    return found.envelope


@pytest.mark.parametrize(
    "lie",
    [
        {"outcome": RecallOutcome.NEVER_HELD, "copies": 0},
        {"outcome": RecallOutcome.GONE, "copies": 0},
        {"copies": 0},
        {"salt": b"short"},
        {"origin": "dk.coord/log"},
        {"entry": canonical.written(Entry(act=Act.ERASED))},
        {"recall": bytes(32)},
    ],
    ids=" ".join,
)
def test_an_answer_that_says_otherwise_than_its_entry_is_refused(
    owner: Node, holder: Reception, lie: dict[str, object]
) -> None:
    """The owner believes no answer that the holder's own entry does not bear out; the recall stays open."""
    recall = owner.recalls.recall(OFFICER, given(owner), 0, ERASE)
    brought(owner, holder)
    with holder.store.reading() as transaction:
        (true,) = kept_outbox.waiting(transaction, "dk.coord", "ordinary", 10)
        (item,) = kept_outbox.items(transaction, true.id)
    with holder.store.upkeep() as transaction:
        transaction.run("DELETE FROM outbox_item")
        transaction.run("DELETE FROM outbox")
        transaction.run("DELETE FROM outbox_sequence")
    answer = replace(canonical.read(item.item or b"", Recalled), **lie)
    envelope = told(holder.own, holder.store, MessageKind.RECALLED, canonical.written(answer), owner.own)
    taken = inbox.accept(as_it_rests(reception(owner)), envelope)
    assert isinstance(taken, Accepted)
    receipt = read(taken.receipt, owner.own.card.identity)
    assert (receipt.outcome, receipt.reason) == (Outcome.REFUSED, "unacceptable")
    assert kept(owner, recall).outcome is None


@pytest.mark.parametrize("outcome", [RecallOutcome.NEVER_HELD, RecallOutcome.GONE])
def test_a_holder_that_took_it_in_cannot_say_that_it_never_had_it(
    owner: Node, holder: Reception, outcome: RecallOutcome
) -> None:
    """Entry and answer agree in the lie; the holder's own receipt and the record's time do not. Our copy stays."""
    message = given(owner)
    recall = owner.recalls.recall(OFFICER, message, 0, ERASE)
    with owner.store.reading() as transaction:
        release, *_ = kept_outbox.waiting(transaction, "se.coord", "ordinary", 10)
    brought(owner, holder)
    with holder.store.acting() as act:
        said = f"recall {recall.hex()} {outcome.value}"
        lied = act.log(Entry(act=Act.ERASED, subject="alert-1", partner="dk.coord", detail=said))
    with holder.store.upkeep() as transaction:
        transaction.run("DELETE FROM outbox_item")
        transaction.run("DELETE FROM outbox")
        transaction.run("DELETE FROM outbox_sequence")
    origin = holder.own.card.origin
    answer = Recalled(
        recall=recall, outcome=outcome, copies=0, origin=origin, index=lied.index, entry=lied.entry, salt=lied.salt
    )
    envelope = told(holder.own, holder.store, MessageKind.RECALLED, canonical.written(answer), owner.own)
    taken = inbox.accept(as_it_rests(reception(owner)), envelope)
    assert isinstance(taken, Accepted)
    assert read(taken.receipt, owner.own.card.identity).reason == "unacceptable"
    assert kept(owner, recall).outcome is None
    with owner.store.reading() as transaction:
        (item,) = kept_outbox.items(transaction, release.id)
    assert item.item is not None


def test_what_a_partner_that_was_cut_off_has_is_called_back_in_vain(owner: Node) -> None:
    """Nothing can be had from it, and it holds up no other: the recall stays overdue, and our own copy goes."""
    message = given(owner)
    with owner.store.acting() as act:
        partners.cut_off(act, "se.coord", officer="anna", reason="stolen keys", now=pair.NOW)
    (recall,) = owner.recalls.recall_record(OFFICER, "alert-1", ERASE)
    with owner.store.reading() as transaction:
        (item,) = kept_outbox.items(transaction, message)
        assert [one.id for one in recalls.overdue(transaction, kept(owner, recall).due, 10)] == [recall]
    assert item.item is None


def test_a_recall_of_what_was_never_sent_is_refused(owner: Node, holder: Reception) -> None:
    """Nobody erases with a recall what somebody else gave, or what is not there."""
    message = given(owner)
    owner.recalls.recall(OFFICER, message, 0, ERASE)
    with owner.store.reading() as transaction:
        release, recall = kept_outbox.waiting(transaction, "se.coord", "ordinary", 10)
        (item,) = kept_outbox.items(transaction, recall.id)
    inbox.accept(holder, release.envelope)
    with owner.store.upkeep() as transaction:
        transaction.run("DELETE FROM recall")
        transaction.run("DELETE FROM outbox_item WHERE message = %s", recall.id)
        transaction.run("DELETE FROM outbox WHERE id = %s", recall.id)
        transaction.run("UPDATE outbox_sequence SET next = next - 1")
    true = canonical.read(item.item or b"", Recall)
    for wrong in (replace(true, record="alert-2"), replace(true, message=bytes(32))):
        envelope = told(owner.own, owner.store, MessageKind.RECALL, canonical.written(wrong), holder.own)
        answer = inbox.accept(holder, envelope)
        assert isinstance(answer, Accepted)
        assert read(answer.receipt, holder.own.card.identity).reason == "unacceptable"
    with holder.store.reading() as transaction:
        (record,) = kept_inbox.records(transaction, "dk.coord", message)
    assert record.item is not None
