"""What is proven: a person's question is answered from the log, recipients included, and erasure reaches everyone."""

from __future__ import annotations

import pytest

from builders import centre
from builders.giving import OFFICER, answers, brought, given
from comity.exchange.inbox import Reception
from comity.foundation.store import alerts, recalls
from comity.node.assemble import Node
from comity.node.flow_rights import Answer
from comity.node.inventory import Held, Mark, Question
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Missing, Refused
from comity.vocabulary.officer import Officer, Role
from comity.vocabulary.recall import RecallOutcome

GUARDIAN = Officer(name="dora", role=Role.DATA_PROTECTION)
SHIP = "219000001"


def about(value: str = SHIP, mark: Mark = Mark.MMSI) -> Question:
    return Question(reference="DSR-7", mark=mark, value=value)


def asked(node: Node, value: str = SHIP, mark: Mark = Mark.MMSI) -> Answer:
    return node.rights.answer(GUARDIAN, about(value, mark))


def by_record(answer: Answer) -> dict[str, Held]:
    return {held.record: held for held in answer.held}


def test_all_that_is_held_of_a_ship_is_told_with_its_recipients(owner: Node) -> None:
    """Alerts and tracks of the number asked for, what was done with each, and to whom it went under which clause."""
    given(owner)
    answer = asked(owner)
    assert answer.complete
    held = by_record(answer)
    assert set(held) == {"alert-1", "alert-2", "track-1"}
    assert held["alert-1"].recipients == ("se.coord",)
    assert held["alert-2"].recipients == ()
    (event,) = [event for event in held["alert-1"].events if event.act is Act.DISCLOSED]
    assert (event.partner, event.clause, event.purpose) == ("se.coord", "alerts-in-the-kattegat", "smuggling")
    assert (event.basis, held["alert-1"].owner) == ("kattegat-maritime 1", "dk.coord")
    assert set(by_record(asked(owner, " freja ", Mark.NAME))) == set(held)
    assert asked(owner, "219999999").held == ()


def test_a_question_is_an_act_of_its_own(owner: Node) -> None:
    """Each is entered with its reference; who may not ask gets nothing."""
    before = len(centre.acts(owner))
    for role in set(Role) - {Role.DATA_PROTECTION}:
        with pytest.raises(Refused, match="persons"):
            owner.rights.answer(Officer(name="x", role=role), about())
    assert len(centre.acts(owner)) == before
    asked(owner)
    entry = centre.acts(owner)[-1]
    assert (entry.act, entry.officer, entry.basis) == (Act.CONSULTED, "dora", "data-subject request DSR-7")


def test_what_is_erased_is_still_answered_from_the_log_alone(owner: Node, holder: Reception) -> None:
    """Erased here and at the partner, the record's number still tells who had it, and that it was erased."""
    given(owner)
    brought(owner, holder)
    (recall,) = owner.rights.erase(GUARDIAN, "DSR-7", "alert-1")
    assert [entry.basis for entry in centre.acts(owner) if entry.act is Act.RECALLED] == ["data-subject request DSR-7"]
    brought(owner, holder)
    with holder.store.reading() as transaction:
        (told,) = recalls.here(transaction, 9)
    assert told.reason == "its originator calls it back", "that somebody turned to this node is told to no partner"
    answers(owner, holder)
    with owner.store.reading() as transaction:
        assert alerts.get(transaction, "alert-1") is None
        done = recalls.get(transaction, recall)
    assert done is not None
    assert (done.outcome, done.officer) == (RecallOutcome.ERASED, "dora")
    assert set(by_record(asked(owner))) == {"alert-2", "track-1"}
    held = by_record(asked(owner, "alert-1", Mark.RECORD))["alert-1"]
    assert (held.kind, held.fields, held.recipients) == ("", {}, ("se.coord",))
    acts = [event.act for event in held.events]
    assert acts.count(Act.RECALLED) == 2
    assert acts.count(Act.ERASED) == 2


def test_what_partners_gave_is_told_too(owner: Node, holder: Reception) -> None:
    """At the partner, the record it was given answers to the number in it, with its owner and its time."""
    given(owner)
    brought(owner, holder)
    theirs = type(owner.rights)(holder.store, holder.own, holder.clock, owner.recalls, owner.archive)
    (held,) = theirs.answer(GUARDIAN, about()).held
    assert (held.record, held.owner, held.kind) == ("alert-1", "dk.coord", "alert")
    assert held.keep_until is not None
    assert [event.act for event in held.events] == [Act.RECEIVED]


def test_only_what_is_ours_is_erased(owner: Node) -> None:
    """A record that is not here and went to nobody cannot be erased; one that went to nobody is erased here."""
    with pytest.raises(Missing):
        owner.rights.erase(GUARDIAN, "DSR-7", "alert-99")
    with pytest.raises(Refused):
        owner.rights.erase(OFFICER, "DSR-7", "alert-1")
    assert owner.rights.erase(GUARDIAN, "DSR-7", "track-1") == []
    assert owner.rights.erase(GUARDIAN, "DSR-7", "alert-2") == []
    assert set(by_record(asked(owner))) == {"alert-1"}
    assert centre.acts(owner)[-2].detail == "here"


def test_who_received_it_is_told_however_much_was_done_since(owner: Node) -> None:
    """The answer holds the newest thousand events and says that there are more; no recipient is lost with the rest."""
    given(owner)
    with owner.store.acting() as act:
        act.log_many([Entry(act=Act.ALTERED, subject="alert-1", detail=f"{number}") for number in range(1_000)])
    answer = asked(owner, "alert-1", Mark.RECORD)
    (held,) = answer.held
    assert held.recipients == ("se.coord",)
    assert len(held.events) == 1_000
    assert Act.DISCLOSED not in {event.act for event in held.events}
    assert not answer.complete
    assert asked(owner, "alert-2", Mark.RECORD).complete
