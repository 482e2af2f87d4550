"""What is proven: a record about a person goes where its safeguards let it, is read by few until its date, and ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from builders import centre, pair, suspects
from builders.informed import at
from builders.neighbours import ANNA, BIRGER, Neighbours, carried
from builders.suspects import FAMILY, REVIEW, asked, at_risk, draft, given, seeking
from comity.agreements.permit import Denial
from comity.agreements.redaction import disclosed
from comity.casework import person
from comity.casework.person import GRACE
from comity.casework.person_draft import PersonDraft
from comity.exchange import outbox
from comity.foundation import canonical
from comity.foundation.store import inbox, persons
from comity.foundation.store import outbox as kept_outbox
from comity.foundation.store.store import ActTransaction, Store
from comity.node.assemble import Node
from comity.node.flow_person import Corrected
from comity.node.flow_recall import OF_PERSONS, Calling
from comity.node.flow_release import Released
from comity.node.inventory import Mark, Question
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Fault, Missing, Refused
from comity.vocabulary.instant import DAY, HOUR
from comity.vocabulary.message import Given, MessageKind
from comity.vocabulary.officer import Officer, Role
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.recall import RecallAct
from comity.vocabulary.record import RecordKind

SARA = Officer(name="sara", role=Role.SUPERVISOR)
DORA = Officer(name="dora", role=Role.DATA_PROTECTION)
READERS = {Role.OFFICER, Role.SUPERVISOR, Role.DATA_PROTECTION, Role.FUNDAMENTAL_RIGHTS}


@pytest.fixture
def both(make_store: Callable[[str], Store], tmp_path: Path) -> Iterator[Neighbours]:
    """Return the two nodes."""
    with suspects.two(make_store("dk.coord"), make_store("se.coord"), tmp_path) as made:
        yield made


def received(node: Node, officer: Officer = BIRGER) -> list[str]:
    """Return the ids of the records about persons that the node has from partners and can read."""
    return [one.given.id for one in node.persons.received(officer, 100)]


def acts(node: Node, record: str) -> list[Entry]:
    """Return the entries of a record."""
    return [entry for entry in centre.acts(node) if entry.subject == record]


def corrected(both: Neighbours, record: str, officer: Officer = ANNA, **changes: object) -> Corrected:
    with both.dk.store.reading() as transaction:
        shell = persons.shell(transaction, record)
    assert shell is not None
    return both.dk.persons.correct(officer, record, shell.version, draft(**changes))


def test_what_is_given_arrives_as_the_preview_showed_it(both: Neighbours) -> None:
    """The fields of the clause arrive, kept until the review date; each look on either side is an entry."""
    made = both.dk.persons.write(ANNA, draft()).person.id
    seen = both.dk.releases.preview(ANNA, asked(made))
    assert isinstance(both.dk.releases.release(ANNA, asked(made)), Released)
    assert both.carry() == 1
    (found,) = both.se.persons.received(BIRGER, 100)
    assert found.fields == seen.given
    assert found.fields["names"] == [{"kind": "recorded", "family": FAMILY, "given": "ROBIN"}]
    assert found.given.keep_until == REVIEW
    assert "officer" not in found.fields
    assert [entry.act for entry in acts(both.dk, made)] == [
        *(Act.COLLECTED, Act.CONSULTED, Act.DISCLOSED, Act.RECEIPTED)
    ]
    (*_, look) = acts(both.se, made)
    assert (look.act, look.officer, look.basis, look.partner) == (
        Act.CONSULTED,
        "birger",
        "role officer",
        "dk.coord",
    )


@pytest.mark.parametrize(
    ("changes", "safeguard"),
    [
        ({"protection": seeking("SE")}, 3),
        ({"protection": seeking("NO", fled=("SE",))}, 3),
        ({"protection": seeking()}, 3),
        ({"risks": at_risk("NO", "SE")}, 19),
    ],
)
def test_nothing_goes_to_where_somebody_fled_from_or_is_at_risk(
    both: Neighbours, changes: dict[str, object], safeguard: int
) -> None:
    """The officer reads which safeguard forbids it; nothing is sent, and the log does not say why."""
    made = both.dk.persons.write(ANNA, draft(**changes)).person.id
    seen = both.dk.releases.preview(ANNA, asked(made))
    assert isinstance(seen.answer, Denial)
    assert (seen.answer.safeguard, seen.given) == (safeguard, {})
    answer = both.dk.releases.release(ANNA, asked(made))
    assert isinstance(answer, Denial)
    assert answer.code == "not-permitted"
    assert both.carry() == 0
    (*_, entry) = acts(both.dk, made)
    assert (entry.act, entry.basis, entry.detail) == (Act.DENIED, "safeguards and agreements", "not-permitted")
    unmarked = both.dk.persons.write(ANNA, draft(purposes=(Purpose.TRAFFICKING,))).person.id
    both.dk.releases.release(ANNA, asked(unmarked))
    (*_, other) = acts(both.dk, unmarked)
    assert replace(other, subject="", time=0) == replace(entry, subject="", time=0), "one answer for all causes"


@pytest.mark.parametrize("changes", [{"protection": seeking("SE")}, {"risks": at_risk("SE")}])
def test_what_waits_is_withdrawn_by_a_mark_and_nothing_tells_why(both: Neighbours, changes: dict[str, object]) -> None:
    """Before each attempt it is asked again: a mark set while it waits stops it, and the partner gets an empty word."""
    made, message = given(both.dk)
    corrected(both, made, **changes)
    both.carry()
    assert received(both.se) == []
    with both.dk.store.reading() as transaction:
        kept = kept_outbox.get(transaction, message)
    assert kept is not None
    assert kept.state == "withdrawn"
    (entry,) = [entry for entry in acts(both.dk, made) if entry.act is Act.WITHDRAWN]
    assert "protection" not in entry.detail
    assert "risk" not in entry.detail
    with both.se.store.reading() as transaction:
        assert transaction.rows("SELECT item FROM inbox_item WHERE item IS NOT NULL AND record IS NOT NULL") == []


@pytest.mark.parametrize(
    "changes", [{"protection": seeking("SE")}, {"risks": at_risk("SE")}, {"purposes": (Purpose.TRAFFICKING,)}]
)
def test_a_mark_calls_back_what_was_given_in_the_words_of_any_recall(
    both: Neighbours, changes: dict[str, object]
) -> None:
    """Whatever the cause, the holder is told to erase, with one reason for all: a mark looks like any correction."""
    made, message = given(both.dk)
    both.carry()
    assert received(both.se) == [made]
    done = corrected(both, made, **changes)
    (told,) = done.told
    assert isinstance(told.answer, Denial)
    assert len(told.recalls) == 1
    both.carry()
    assert received(both.se) == []
    with both.se.store.reading() as transaction:
        (row,) = transaction.rows("SELECT message, act, reason, outcome FROM recalled_here")
    assert (bytes(row[0]), *row[1:]) == (message, "erase", OF_PERSONS, "erased")
    both.carry()
    with both.dk.store.reading() as transaction:
        assert kept_outbox.items(transaction, message)[0].item is None, "nor do we keep what was given"


def test_a_correction_reaches_who_has_it_and_the_old_one_is_gone(both: Neighbours) -> None:
    """The new version is given, the one before erased at the partner, and here only the newest is kept."""
    made, _ = given(both.dk)
    both.carry()
    done = corrected(both, made, description="no scar at all")
    (told,) = done.told
    assert isinstance(told.answer, Released)
    both.carry()
    (found,) = both.se.persons.received(BIRGER, 100)
    assert (found.fields["version"], found.fields["description"]) == (2, "no scar at all")
    both.carry()
    with both.dk.store.reading() as transaction:
        assert transaction.row("SELECT count(*) FROM person") == (1,)
        body = transaction.row("SELECT body FROM person")
    assert body is not None
    assert b"scar on" not in body[0]


def test_who_answers_for_data_corrects_and_what_was_given_is_called_back(both: Neighbours) -> None:
    """The data-protection officer releases nothing: what partners have goes, and an officer gives it anew."""
    made, _ = given(both.dk)
    both.carry()
    (told,) = corrected(both, made, officer=DORA, description="").told
    assert (told.answer, len(told.recalls)) == (None, 1)
    both.carry()
    assert received(both.se) == []


def test_marks_come_off_by_the_data_protection_officer_only(both: Neighbours) -> None:
    """Anybody who writes adds a mark; nobody but one role takes one away, or a country from one."""
    made = both.dk.persons.write(ANNA, draft(protection=seeking("SE", fled=("FI",)), risks=at_risk("NO"))).person.id
    marked: dict[str, object] = {"protection": seeking("SE", fled=("FI",)), "risks": at_risk("NO")}
    for looser in (
        {"protection": None},
        {"protection": seeking("SE")},
        {"protection": seeking("NO", fled=("FI",))},
        {"risks": ()},
        {"risks": at_risk("DE")},
    ):
        for officer in (ANNA, SARA):
            with pytest.raises(Refused, match="data-protection officer only"):
                corrected(both, made, officer=officer, **{**marked, **looser})
    corrected(both, made, protection=seeking("SE", "FI"), risks=at_risk("NO", "DE"))
    corrected(both, made, protection=seeking(), risks=at_risk("NO", "DE"))
    with pytest.raises(Refused, match="data-protection officer only"):
        corrected(both, made, protection=seeking("SE", "FI"), risks=at_risk("NO", "DE"))
    corrected(both, made, officer=DORA)


def test_past_its_review_date_nobody_reads_it_on_any_path(both: Neighbours) -> None:
    """Screens, lists, previews, releases and corrections find nothing; what waits is withdrawn; at the partner too."""
    made, waiting = given(both.dk)
    late = at(both.dk, REVIEW)
    for attempt in (
        lambda: late.persons.read(ANNA, made),
        lambda: late.releases.preview(ANNA, asked(made)),
        lambda: late.releases.release(ANNA, asked(made)),
        lambda: late.persons.correct(ANNA, made, 1, draft(review=REVIEW + DAY)),
    ):
        with pytest.raises(Missing, match="its review date is past"):
            attempt()
    assert late.persons.listed(ANNA, 100) == []
    assert [one.person.id for one in both.dk.persons.listed(ANNA, 100)] == [made]
    with late.store.reading() as transaction:
        assert persons.get(transaction, made, REVIEW) is None
        assert persons.get(transaction, made, REVIEW - 1) is not None
        assert persons.page(transaction, "", REVIEW, 100) == []
    both.carry()
    assert received(both.se) == [made]
    then = at(both.se, REVIEW)
    assert received(then) == []
    with late.store.reading() as transaction:
        assert kept_outbox.get(transaction, waiting) is not None


def test_what_waits_past_its_review_date_is_withdrawn(both: Neighbours) -> None:
    """A release that could not go before the date does not go after it, and our own copy of it is erased."""
    _, message = given(both.dk, draft(review=pair.NOW + HOUR))
    late = at(both.dk, pair.NOW + HOUR)
    assert late.persons.upkeep() == 0, "what waits is the courier's"
    carried(late, "se.coord")
    assert received(both.se) == []
    assert late.persons.upkeep() == 1
    with late.store.reading() as transaction:
        kept = kept_outbox.get(transaction, message)
        assert kept_outbox.items(transaction, message)[0].item is None
    assert kept is not None
    assert kept.state == "withdrawn"


def test_renewed_with_a_reason_it_is_read_on(both: Neighbours) -> None:
    """Before its date an officer renews, after it a supervisor unread; without a reason nobody, and not for ever."""
    made = both.dk.persons.write(ANNA, draft()).person.id
    for review, reason in ((REVIEW + DAY, " "), (pair.NOW, "why"), (pair.NOW + 400 * DAY, "why")):
        with pytest.raises(Fault, match=r"reason|review date"):
            both.dk.persons.renew(ANNA, made, review, reason)
    both.dk.persons.renew(ANNA, made, REVIEW + DAY, "the case is open")
    assert at(both.dk, REVIEW).persons.read(ANNA, made).kept.review == REVIEW + DAY
    late = at(both.dk, REVIEW + DAY)
    with pytest.raises(Refused, match="supervisor"):
        late.persons.renew(ANNA, made, REVIEW + 9 * DAY, "the case is open")
    late.persons.renew(SARA, made, REVIEW + 9 * DAY, "the case is open")
    assert late.persons.read(ANNA, made).kept.person.id == made
    details = [entry.detail for entry in acts(both.dk, made) if entry.act is Act.ALTERED]
    assert details == ["renewed: the case is open"] * 2
    answer = late.releases.release(ANNA, asked(made))
    assert isinstance(answer, Released)
    assert answer.permit.keep_until == REVIEW + 9 * DAY


def test_an_earlier_review_date_is_a_correction_that_partners_are_told_of(both: Neighbours) -> None:
    """A renewal is not told: whoever has the record would keep it beyond its date. A correction takes its place."""
    made, _ = suspects.given(both.dk)
    both.carry()
    with pytest.raises(Refused, match="puts the review date off"):
        both.dk.persons.renew(ANNA, made, REVIEW - DAY, "the case closes soon")
    both.dk.persons.correct(ANNA, made, 1, draft(review=REVIEW - DAY))
    both.carry()
    (found,) = both.se.persons.received(BIRGER, 100)
    assert found.fields["review"] == REVIEW - DAY


def test_what_nobody_renews_is_erased(both: Neighbours) -> None:
    """Thirty days after its date nothing of it is here, and no supervisor gets it back."""
    made = both.dk.persons.write(ANNA, draft()).person.id
    late = at(both.dk, REVIEW + GRACE)
    assert at(both.dk, REVIEW + GRACE - 60_000).persons.upkeep() == 0
    with pytest.raises(Missing):
        late.persons.renew(SARA, made, REVIEW + GRACE + DAY, "too late")
    assert late.persons.upkeep() == 1
    with late.store.reading() as transaction:
        assert persons.shell(transaction, made) is None
    (*_, entry) = acts(both.dk, made)
    assert (entry.act, entry.basis) == (Act.ERASED, "its review date is past")


def test_a_correction_puts_no_review_date_off(both: Neighbours) -> None:
    """That needs a renewal, with its reason; sooner it may be."""
    made = both.dk.persons.write(ANNA, draft()).person.id
    with pytest.raises(Refused, match="does not put the review date off"):
        corrected(both, made, review=REVIEW + 1)
    assert corrected(both, made, review=REVIEW - DAY).kept.review == REVIEW - DAY


def test_what_is_given_while_it_is_erased_is_called_back_too(both: Neighbours, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another officer sends it between the recalls and the erasing: that release is found after it."""
    made = both.dk.persons.write(ANNA, draft()).person.id
    erase = person.erase

    def meanwhile(act: ActTransaction, officer: Officer, id: str, reason: str) -> None:  # noqa: A002
        assert isinstance(both.dk.releases.release(SARA, asked(made)), Released)
        erase(act, officer, id, reason)

    monkeypatch.setattr(person, "erase", meanwhile)
    assert len(both.dk.persons.erase(ANNA, made, "the case is closed")) == 1
    both.carry()
    assert received(both.se) == []


def test_erased_here_it_is_called_back_from_all_and_gone(both: Neighbours) -> None:
    """The reason stays here; the holder proves that it erased, and our own copy goes with its answer."""
    made, message = given(both.dk)
    both.carry()
    (recall,) = both.dk.persons.erase(ANNA, made, "the case is closed")
    both.carry()
    assert received(both.se) == []
    with both.dk.store.reading() as transaction:
        assert transaction.row("SELECT count(*) FROM person") == (0,)
        (row,) = transaction.rows("SELECT id, reason, outcome FROM recall")
        assert kept_outbox.items(transaction, message)[0].item is None
    assert (bytes(row[0]), *row[1:]) == (recall, OF_PERSONS, "erased")
    for deed in (
        lambda: both.dk.persons.erase(ANNA, made, "again"),
        lambda: both.dk.persons.read(ANNA, made),
        lambda: both.dk.persons.renew(ANNA, made, REVIEW, "why"),
    ):
        with pytest.raises(Missing):
            deed()


def test_a_recall_says_the_same_of_every_person(both: Neighbours) -> None:
    """What an officer writes as reason of a recall is not sent, kept or entered: it could tell of the person."""
    made, message = given(both.dk)
    both.carry()
    calling = Calling(act=RecallAct.ERASE, reason="seeks protection from Sweden")
    both.dk.recalls.recall(ANNA, message, 0, calling)
    both.carry()
    for node in (both.dk, both.se):
        assert not any("protection" in entry.detail for entry in centre.acts(node))
        with node.store.reading() as transaction:
            assert transaction.rows("SELECT reason FROM recall UNION SELECT reason FROM recalled_here") == [
                (OF_PERSONS,)
            ]
    assert made


@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.value)
def test_each_role_may_what_it_is_there_for(both: Neighbours, role: Role) -> None:
    """Who runs the machine, and who audits, sees nothing; the others as the page says. What is refused does nothing."""
    made, _ = given(both.dk)
    both.carry()
    officer = Officer(name=role.value, role=role)
    writers = {Role.OFFICER, Role.SUPERVISOR}
    deeds: list[tuple[set[Role], Callable[[], object]]] = [
        (READERS, lambda: both.dk.persons.read(officer, made)),
        (READERS, lambda: both.dk.persons.listed(officer, 9)),
        (READERS, lambda: both.se.persons.received(officer, 9)),
        (writers, lambda: both.dk.persons.write(officer, draft())),
        (writers, lambda: both.dk.persons.renew(officer, made, REVIEW, "open")),
        (writers, lambda: both.dk.releases.preview(officer, asked(made))),
        (writers | {Role.DATA_PROTECTION}, lambda: both.dk.persons.correct(officer, made, 1, draft())),
        (writers | {Role.DATA_PROTECTION}, lambda: both.dk.persons.erase(officer, made, "closed")),
    ]
    for allowed, deed in deeds:
        before = len(centre.acts(both.dk)) + len(centre.acts(both.se))
        if role in allowed:
            deed()
            assert len(centre.acts(both.dk)) + len(centre.acts(both.se)) > before
        else:
            with pytest.raises(Refused, match=role.value):
                deed()
            assert len(centre.acts(both.dk)) + len(centre.acts(both.se)) == before


def test_each_record_of_a_list_is_a_look_of_its_own(both: Neighbours) -> None:
    """Operations are entries: two records listed are two looks, and an empty list is one."""
    assert both.dk.persons.listed(ANNA, 9) == []
    made = {both.dk.persons.write(ANNA, draft()).person.id for _ in range(2)}
    both.dk.persons.listed(ANNA, 9)
    looks = [entry.subject for entry in centre.acts(both.dk) if entry.act is Act.CONSULTED]
    assert looks[0] == "persons"
    assert set(looks[1:]) == made


@pytest.mark.parametrize(
    ("mark", "value"),
    [(Mark.PERSON, "Robin Exemplarius"), (Mark.PERSON, " exemplarius "), (Mark.DOCUMENT, "x0000000")],
)
def test_a_person_asks_and_is_told_also_what_nobody_may_read(both: Neighbours, mark: Mark, value: str) -> None:
    """By name or document, at both; past the review date they learn that it is there, and who received it."""
    made, _ = given(both.dk, draft(protection=seeking("NO")))
    both.carry()
    question = Question(reference="DSR-8", mark=mark, value=value)
    for node in (both.dk, both.se):
        (held,) = node.rights.answer(DORA, question).held
        assert (held.record, held.kind) == (made, "person")
        assert FAMILY in str(held.fields)
    (held,) = both.dk.rights.answer(DORA, question).held
    assert held.recipients == ("se.coord",)
    assert "NO" in str(held.fields["protection"]), "it is their own"
    for node in (at(both.dk, REVIEW), at(both.se, REVIEW)):
        (held,) = node.rights.answer(DORA, question).held
        assert (held.record, held.kind, held.fields) == (made, "person", {})
        assert held.events
    for other in ("Somebody Else", "Robin", "219000001"):
        found = both.dk.rights.answer(DORA, replace(question, value=other)).held
        assert (len(found) == 1) is (other == "Robin" and mark is Mark.PERSON)
    asking = Question(reference="DSR-8", mark=Mark.RECORD, value=made)
    assert [held.fields for held in at(both.dk, REVIEW).rights.answer(DORA, asking).held] == [{}]
    with pytest.raises(Refused):
        both.dk.rights.answer(ANNA, question)


def test_a_persons_erasure_reaches_everyone_unread(both: Neighbours) -> None:
    """The data-protection officer erases by the record's id, past its review date too."""
    made, _ = given(both.dk)
    both.carry()
    late = at(both.dk, REVIEW)
    assert len(late.rights.erase(DORA, "DSR-9", made)) == 1
    both.carry()
    assert received(both.se) == []
    with both.dk.store.reading() as transaction:
        assert persons.shell(transaction, made) is None
    (found,) = both.dk.rights.answer(DORA, Question(reference="DSR-9", mark=Mark.RECORD, value=made)).held
    assert (found.kind, found.recipients) == ("", ("se.coord",)), "the log alone tells who received it"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"on_conduct_alone": False}, "no grounds"),
        ({"marks": {"tlp": "GREEN"}}, "AMBER or stricter"),
        ({"marks": {"onward": "ask"}}, "passed on to nobody"),
        ({"review": pair.NOW}, "review date is past"),
        ({"review": pair.NOW + 367 * DAY}, "too far away"),
        ({"names": draft().names * 2}, "a name stands twice"),
        ({"birth": {"date": "2030", "by": "stated"}}, "is to come"),
        ({"risks": at_risk("SE") * 2}, "a risk stands twice"),
    ],
)
def test_what_does_not_hold_together_is_not_written(both: Neighbours, changes: dict[str, object], told: str) -> None:
    """The officer reads what is wrong, and nothing is kept."""
    plain = msgspec.to_builtins(draft())
    for name, value in changes.items():
        plain[name] = (
            {**plain[name], **value} if name == "marks" and isinstance(value, dict) else msgspec.to_builtins(value)
        )
    before = len(centre.acts(both.dk))
    with pytest.raises(Fault, match=told):
        both.dk.persons.write(ANNA, msgspec.convert(plain, PersonDraft, strict=False))
    assert len(centre.acts(both.dk)) == before


def test_a_partner_that_gives_a_person_under_no_clause_is_refused(both: Neighbours) -> None:
    """A sender that believes in a clause which the receiver never signed gets a refusal, and nothing is kept."""
    made, message = given(both.dk)
    with both.se.store.acting() as act:
        act.run("UPDATE agreement SET state = 'terminated' WHERE name = 'kattegat-persons'")
        act.log(Entry(act=Act.AGREEMENT, detail="ended"))
    both.carry()
    with both.dk.store.reading() as transaction:
        kept = kept_outbox.get(transaction, message)
    assert kept is not None
    assert kept.state == "refused"
    assert received(both.se) == []
    assert made


def test_only_releases_carry_persons(both: Neighbours) -> None:
    """Told as something that is no record, a record about a person is taken in by nobody."""
    made, message = given(both.dk)
    with both.dk.store.reading() as transaction:
        item = kept_outbox.items(transaction, message)[0].item
    assert item is not None
    with both.dk.store.acting() as act:
        told = [
            outbox.tell(act, both.dk.own, pair.own("se.coord", 2).card, kind, item, both.dk.clock.now())
            for kind in MessageKind
            if kind not in (MessageKind.RELEASE, MessageKind.WITHDRAWN)
        ]
        act.log(Entry(act=Act.ALTERED))
    both.carry()
    with both.dk.store.reading() as transaction:
        states = {kept_outbox.get(transaction, one).state for one in told}  # type: ignore[union-attr]
    assert states == {"refused"}
    assert received(both.se) == [made]


def test_given_is_what_the_page_says(both: Neighbours) -> None:
    """Of what arrives, the owner is the sender and the marks are as strict as they were."""
    given(both.dk)
    both.carry()
    with both.se.store.reading() as transaction:
        (kept,) = inbox.persons(transaction, both.se.clock.now(), 9)
    found = canonical.read(kept.item or b"", Given)
    assert (found.kind, found.owner, found.handling.tlp.value) == (RecordKind.PERSON, "dk.coord", "AMBER")
    assert "protection" not in disclosed(found)
