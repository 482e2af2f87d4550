"""The story of a report, over two nodes: given, taken note of, written anew, cancelled; each side knows what is due."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from builders import centre, pair
from builders.neighbours import ANNA, BIRGER, Neighbours, neighbours
from builders.writings import draft, look_out, marks
from comity.agreements import terms
from comity.agreements.permit import Denial
from comity.agreements.redaction import disclosed
from comity.agreements.standing import State
from comity.casework.acknowledge import Place
from comity.casework.draft import Draft
from comity.casework.update import Revision
from comity.exchange import outbox
from comity.exchange.notes import Acknowledgement, Cancellation
from comity.foundation import canonical
from comity.foundation.store import acknowledgements, agreements, inbox, writings
from comity.foundation.store import outbox as kept_outbox
from comity.foundation.store.inbox import KeptRecord
from comity.foundation.store.store import Store
from comity.foundation.store.writings import AnyWriting
from comity.node.assemble import Node
from comity.node.flow_casework import Updated
from comity.node.flow_recall import Calling
from comity.node.flow_release import Asked, Released
from comity.node.inventory import Mark, Question
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Missing, Refused
from comity.vocabulary.handling import Tlp
from comity.vocabulary.instant import DAY
from comity.vocabulary.message import Given, MessageKind
from comity.vocabulary.officer import Officer, Role
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.recall import RecallAct
from comity.vocabulary.record import RecordKind
from comity.vocabulary.writing import Ending


@pytest.fixture
def both(make_store: Callable[[str], Store], tmp_path: Path) -> Iterator[Neighbours]:
    """Return the two nodes."""
    with neighbours(make_store("dk.coord"), make_store("se.coord"), tmp_path) as made:
        yield made


def asked(made: AnyWriting, **changes: object) -> Asked:
    sound = {
        "kind": writings.kind_of(made),
        "record": made.id,
        "partner": "se.coord",
        "purpose": Purpose.SMUGGLING,
        "officer": ANNA.name,
    }
    return Asked(**{**sound, **changes})  # type: ignore[arg-type]


def given(both: Neighbours, what: Draft | None = None) -> AnyWriting:
    """Write a report in Denmark and give it to Sweden."""
    made = both.dk.casework.write(ANNA, what or draft())
    assert isinstance(both.dk.releases.release(ANNA, asked(made)), Released)
    return made


def received(node: Node) -> list[KeptRecord]:
    """Return what the node was given, the newest last."""
    with node.store.reading() as transaction:
        return inbox.releases(transaction, node.clock.now())[::-1]


def place(kept: KeptRecord) -> Place:
    return Place(kept.sender, kept.message, kept.place)


def again(both: Neighbours, older: AnyWriting, what: Draft) -> Updated:
    revision = Revision(id=older.id, version=older.version, reason="more is known", draft=what)
    return both.dk.casework.update(ANNA, revision)


def ended(both: Neighbours, made: AnyWriting) -> Ending | None:
    """Return how the record ended, as Sweden knows."""
    with both.se.store.reading() as transaction:
        found = acknowledgements.cancelled(transaction, [made.id]).get(("dk.coord", made.id))
    return found.ending if found else None


@pytest.mark.parametrize("what", [draft(), look_out()], ids=["report", "notice"])
def test_what_is_given_arrives_as_the_preview_showed_it(both: Neighbours, what: Draft) -> None:
    made = both.dk.casework.write(ANNA, what)
    seen = both.dk.releases.preview(ANNA, asked(made))
    assert isinstance(both.dk.releases.release(ANNA, asked(made)), Released)
    assert both.carry() == 1
    (kept,) = received(both.se)
    found = canonical.read(kept.item or b"", Given)
    assert (found.kind, found.id) == (writings.kind_of(made), made.id)
    assert disclosed(found) == seen.given
    assert {"officer", "reason", "independent"}.isdisjoint(seen.given)
    assert seen.given["grading"] == "admiralty B2"
    assert seen.record.fields.keys() > seen.given.keys()


def test_an_acknowledgement_travels_back_without_the_officers_name(both: Neighbours) -> None:
    made = given(both)
    both.carry()
    (kept,) = received(both.se)
    when = both.se.casework.acknowledge(BIRGER, place(kept))
    assert both.carry() == 1
    with both.dk.store.reading() as transaction:
        assert acknowledgements.partners(transaction, [kept.message]) == {kept.message: when}
        messages = transaction.rows("SELECT item FROM inbox_item")
    assert not any(b"birger" in item for (item,) in messages)
    for node, officer, partner in ((both.se, "birger", "dk.coord"), (both.dk, "dk.coord", "se.coord")):
        (entry,) = [each for each in centre.acts(node) if each.act is Act.ACKNOWLEDGED]
        assert (entry.subject, entry.officer, entry.partner) == (made.id, officer, partner)


def test_note_is_taken_once_of_what_is_there_by_who_may(both: Neighbours) -> None:
    given(both)
    both.carry()
    (kept,) = received(both.se)
    before = len(centre.acts(both.se))
    for officer, where, fault in (
        (Officer(name="otto", role=Role.AUDITOR), place(kept), Refused),
        (BIRGER, Place("dk.coord", bytes(32), 0), Missing),
        (BIRGER, Place("dk.coord", kept.message, 1), Missing),
        (BIRGER, Place("de.coord", kept.message, 0), Missing),
    ):
        with pytest.raises(fault):
            both.se.casework.acknowledge(officer, where)
    assert len(centre.acts(both.se)) == before
    both.se.casework.acknowledge(BIRGER, place(kept))
    with pytest.raises(Refused, match="already"):
        both.se.casework.acknowledge(BIRGER, place(kept))
    assert both.carry() == 1


def test_a_new_version_goes_to_who_has_the_old_one(both: Neighbours) -> None:
    first = given(both)
    both.carry()
    updated = again(both, first, draft(title="Cigarettes by two fishing boats"))
    assert [told.partner for told in updated.told] == ["se.coord"]
    assert both.carry() == 1
    older, newer = (disclosed(canonical.read(kept.item or b"", Given)) for kept in received(both.se))
    assert (older["version"], newer["version"]) == (1, 2)
    assert newer["title"] == "Cigarettes by two fishing boats"
    assert ended(both, first) is None


def test_a_version_that_still_waits_is_withdrawn_for_the_newer_one(both: Neighbours) -> None:
    first = given(both)
    again(both, first, draft(title="Cigarettes by two fishing boats"))
    both.carry()
    (kept,) = received(both.se)
    assert disclosed(canonical.read(kept.item or b"", Given))["version"] == 2
    (entry,) = [each for each in centre.acts(both.dk) if each.act is Act.WITHDRAWN]
    assert (entry.subject, entry.detail) == (first.id, "version 2 has taken its place")


def test_who_may_not_have_the_new_version_learns_that_the_old_one_counts_no_more(both: Neighbours) -> None:
    first = given(both)
    both.carry()
    updated = again(both, first, draft(marks=marks(tlp=Tlp.RED)))
    (told,) = updated.told
    assert isinstance(told.answer, Denial)
    both.carry()
    assert len(received(both.se)) == 1
    assert ended(both, first) is Ending.REPLACED


@pytest.mark.parametrize("ending", list(Ending))
def test_a_cancellation_reaches_who_has_it_even_while_the_agreement_is_suspended(
    both: Neighbours, ending: Ending
) -> None:
    first = given(both)
    both.carry()
    for node in (both.dk, both.se):
        _suspended(node)
    both.dk.casework.cancel(ANNA, first.id, ending, "the harbour master called")
    assert both.carry() == 1
    assert ended(both, first) is ending
    assert [each.detail for each in centre.acts(both.se) if each.subject == first.id][-1].endswith(ending.value)
    with both.se.store.reading() as transaction:
        items = transaction.rows("SELECT item FROM inbox_item")
    assert not any(b"harbour master" in item for (item,) in items), "the reason stays at home"


def test_what_is_cancelled_before_it_goes_is_withdrawn_and_nothing_of_it_arrives(both: Neighbours) -> None:
    first = given(both)
    both.dk.casework.cancel(ANNA, first.id, Ending.MISTAKEN, "another boat")
    both.carry()
    assert received(both.se) == []
    assert ended(both, first) is None
    answer = both.dk.releases.release(ANNA, asked(first))
    assert isinstance(answer, Denial)
    assert answer.reason == "it is cancelled"
    with both.dk.store.reading() as transaction:
        assert [kept.state for kept in kept_outbox.of_record(transaction, first.id)] == ["withdrawn"]


def test_what_expires_while_it_waits_is_withdrawn(both: Neighbours) -> None:
    first = given(both)
    request = canonical.written(asked(first, version=1))
    with both.dk.store.acting() as act:
        kept = writings.get(act, first.id)
        assert kept is not None
        short = replace(kept.writing, expires=both.dk.clock.now() + 1)
        act.run("UPDATE writing_version SET body = %s", canonical.written(short))
        act.log(Entry(act=Act.ALTERED, subject=first.id))
        (item,) = act.rows("SELECT item FROM outbox_item WHERE record = %s", first.id)
    while both.dk.clock.now() <= short.expires:
        pass  # a millisecond
    with both.dk.store.reading() as transaction:
        assert "it expired" in (both.dk.releases.obstacle(transaction, request, item[0]) or "")
    both.carry()
    assert received(both.se) == []


def test_a_partner_that_was_cut_off_is_told_nothing(both: Neighbours) -> None:
    first = given(both)
    both.carry()
    with both.dk.store.acting() as act:
        act.run("UPDATE partner SET cut_off = 1 WHERE name = 'se.coord'")
        act.log(Entry(act=Act.PARTNER, partner="se.coord"))
    assert again(both, first, draft()).told == ()
    both.dk.casework.cancel(ANNA, first.id, Ending.OVER, "over")
    with both.dk.store.reading() as transaction:
        assert len(kept_outbox.recent(transaction)) == 1


def test_what_was_called_back_is_gone_there_and_no_new_version_follows(both: Neighbours) -> None:
    """A report is recalled like an alert; who gave it back does not get the next version unasked."""
    first = given(both)
    both.carry()
    calling = Calling(act=RecallAct.ERASE, reason="it names a person after all")
    assert len(both.dk.recalls.recall_record(ANNA, first.id, calling)) == 1
    both.carry()
    assert received(both.se) == []
    assert again(both, first, draft()).told == ()


def test_a_persons_question_finds_reports_on_their_ship_and_erasure_takes_every_version(both: Neighbours) -> None:
    """What is held of a ship includes what officers wrote, in any version, and who received it (safeguard 17)."""
    guardian = Officer(name="dora", role=Role.DATA_PROTECTION)
    question = Question(reference="DSR-7", mark=Mark.MMSI, value="219000001")
    first = given(both)
    both.carry()
    again(both, first, draft(subjects=()))
    both.carry()
    for node in (both.dk, both.se):
        held = {each.record: each for each in node.rights.answer(guardian, question).held}
        assert set(held) == {first.id}
    held = {each.record: each for each in both.dk.rights.answer(guardian, question).held}
    assert held[first.id].recipients == ("se.coord",)
    versions = held[first.id].fields["versions"]
    assert isinstance(versions, list)
    assert len(versions) == 2
    both.dk.rights.erase(guardian, "DSR-7", first.id)
    both.carry()
    assert both.dk.rights.answer(guardian, question).held == ()
    assert received(both.se) == []
    with both.dk.store.reading() as transaction:
        assert writings.versions(transaction, first.id) == []
        assert transaction.row("SELECT count(*) FROM writing_version") == (0,)


def test_a_released_kind_is_the_one_that_was_asked(both: Neighbours) -> None:
    made = both.dk.casework.write(ANNA, draft())
    for kind in set(RecordKind) - {RecordKind.REPORT}:
        with pytest.raises(Missing, match="there is no such"):
            both.dk.releases.preview(ANNA, asked(made, kind=kind))


@pytest.mark.parametrize(
    ("kind", "item"),
    [
        (MessageKind.ACKNOWLEDGEMENT, b""),
        (MessageKind.ACKNOWLEDGEMENT, canonical.written({"message": bytes(32), "place": 0, "time": 1, "more": 1})),
        (MessageKind.ACKNOWLEDGEMENT, canonical.written({"message": bytes(31), "place": 0, "time": 1})),
        (MessageKind.ACKNOWLEDGEMENT, canonical.written(Acknowledgement(message=bytes(32), place=0, time=1))),
        (MessageKind.CANCELLATION, canonical.written({"record": "", "ending": "over", "time": 1})),
        (MessageKind.CANCELLATION, canonical.written({"record": "al-1", "ending": "gone", "time": 1})),
    ],
)
def test_a_note_that_is_none_is_refused(both: Neighbours, kind: MessageKind, item: bytes) -> None:
    """What a partner sends that is no note, or is of nothing it was given, is answered with a refusal and kept not."""
    with both.se.store.acting() as act:
        card = pair.own("dk.coord", 1).card
        message = outbox.tell(act, both.se.own, card, kind, item, both.se.clock.now())
        act.log(Entry(act=Act.ALTERED))
    assert both.carry() == 1
    with both.se.store.reading() as transaction:
        kept = kept_outbox.get(transaction, message)
    assert kept is not None
    assert kept.state == "refused"


def test_note_of_what_went_to_another_is_refused(both: Neighbours) -> None:
    """Who was not given a record cannot acknowledge it, though they know the message's id."""
    centre.known(both.dk, "de.coord", 3)
    made = both.dk.casework.write(ANNA, look_out())
    sent = both.dk.releases.release(ANNA, asked(made, partner="de.coord"))
    assert isinstance(sent, Released)
    note = Acknowledgement(message=sent.message, place=0, time=1)
    with both.se.store.acting() as act:
        card = pair.own("dk.coord", 1).card
        kind = MessageKind.ACKNOWLEDGEMENT
        outbox.tell(act, both.se.own, card, kind, canonical.written(note), both.se.clock.now())
        act.log(Entry(act=Act.ALTERED))
    both.carry()
    with both.dk.store.reading() as transaction:
        assert acknowledgements.partners(transaction, [sent.message]) == {}


def test_a_cancellation_of_what_another_gave_changes_nothing(both: Neighbours) -> None:
    """A partner ends only what it gave itself."""
    made = given(both)
    both.carry()
    note = Cancellation(record=made.id, ending=Ending.OVER, time=1)
    with both.se.store.acting() as act:
        card = pair.own("dk.coord", 1).card
        outbox.tell(act, both.se.own, card, MessageKind.CANCELLATION, canonical.written(note), both.se.clock.now())
        act.log(Entry(act=Act.ALTERED))
    both.carry()
    with both.dk.store.reading() as transaction:
        assert acknowledgements.cancelled(transaction, [made.id]) == {}
        kept = writings.get(transaction, made.id)
    assert kept is not None
    assert kept.counts(both.dk.clock.now())
    assert kept.writing.expires > both.dk.clock.now() + DAY


def _suspended(node: Node) -> None:
    with node.store.acting() as act:
        agreements.set_state(act, terms.digest(pair.TERMS), State.SUSPENDED.value)
        act.log(Entry(act=Act.AGREEMENT, detail="suspended"))
