"""What is proven: what `test_paths_judged` says of each path is so, at nodes that hold persons who seek protection.

Words out of the records are sought in all that leaves or is shown; what partners may ask costs the same statements and
has the same answer whether there is such a record or none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from litestar import Litestar
from msgspec.structs import replace

from builders import centre, informed, suspects
from builders.neighbours import ANNA, BIRGER, Neighbours, carried
from builders.suspects import FAMILY, GIVEN, REVIEW, TOLD, asked, at_risk, draft, seeking
from builders.web import serving
from comity.agreements.permit import Denial
from comity.api import metrics, notices
from comity.api.application import console_application, exchange_application
from comity.casework.person import READERS
from comity.casework.person_draft import PersonDraft
from comity.exchange import inquiry_step, onward_step, outbox
from comity.exchange.partners import receipt as receipt_of
from comity.foundation.ledger import checkpoint as checkpoint_format
from comity.foundation.ledger.checkpoint import Checkpoint
from comity.foundation.store import checkpoints, ledger
from comity.foundation.store import export as exporting
from comity.foundation.store import outbox as kept_outbox
from comity.foundation.store.store import Store, Transaction
from comity.node.assemble import Node
from comity.node.flow_release import Released
from comity.node.holdings import hits
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Fault, Missing, Refused
from comity.vocabulary.inquiry import InquiryKind, InquiryStep, Question
from comity.vocabulary.inquiry import Step as InquiryMessage
from comity.vocabulary.instant import SECOND
from comity.vocabulary.message import MessageKind
from comity.vocabulary.officer import Officer, Role
from comity.vocabulary.onward import OnwardStep, Step, Wish
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import RecordKind
from comity.vocabulary.subject import SubjectKind

MARKS = ("protection", "asylum", "real risk", "seeks")
"""Words of the marks, that no partner and no entry may have."""
SEEKER = draft(protection=seeking("SE"), risks=at_risk("SE"), facts="Took pallets; hides a scar.")


@pytest.fixture
def both(make_store: Callable[[str], Store], tmp_path: Path) -> Iterator[Neighbours]:
    """Return Denmark, which holds somebody who fled Sweden and has given somebody else, and Sweden."""
    with suspects.two(make_store("dk.coord"), make_store("se.coord"), tmp_path) as made:
        for node in (made.dk, made.se):
            centre.staffed(node)
        yield made


def furnished(both: Neighbours) -> tuple[str, str, bytes]:
    """Let Denmark hold a protected person, and give Sweden another; return both ids and the message."""
    hidden = both.dk.persons.write(ANNA, SEEKER).person.id
    assert isinstance(both.dk.releases.release(ANNA, asked(hidden)), Denial)
    given_, message = suspects.given(both.dk)
    both.carry()
    return hidden, given_, message


def told_of(text: str) -> list[str]:
    """Return the words out of the records that a text has."""
    return [word for word in TOLD if word in text]


def paths(application: Litestar, ids: dict[str, str]) -> list[str]:
    """Return the path of every route that is got, with these ids in it."""
    found = []
    for route in application.routes:
        if "GET" in getattr(route, "methods", ()):
            path = route.path
            for name, value in ids.items():
                path = path.replace(f"{{{name}:str}}", value).replace(f"{{{name}:path}}", value)
            if "{" not in path:
                found.append(path)
    return found


@contextmanager
def statements(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Note every statement that transactions run within the block."""
    seen: list[str] = []
    with monkeypatch.context() as patch:
        for name in ("rows", "row", "run"):
            whole = getattr(Transaction, name)

            def noted(
                self: Transaction, statement: str, *values: object, whole: Callable[..., object] = whole
            ) -> object:
                seen.append(statement)
                return whole(self, statement, *values)

            patch.setattr(Transaction, name, noted)
        yield seen


def test_nothing_that_is_got_shows_a_person_but_to_the_few(both: Neighbours) -> None:
    """Every route of both nodes, asked by every role, and every route of partners: only three lists have a name.

    The document of all routes is made of types alone: one role asks for it, of one node.
    """
    hidden, given_, message = furnished(both)
    shown: dict[tuple[Role, str], list[str]] = {}
    for node in (both.dk, both.se):
        ids = {"person": hidden, "message": message.hex(), "partner": "se.coord", "report": given_}
        every = paths(console_application(node), {**ids, "alert": hidden, "track": hidden, "path": "index.html"})
        plain = [path for path in every if not path.startswith("/api/schema")]
        with centre.served(node) as address, ExitStack() as clients:
            for role in Role:
                client = clients.enter_context(centre.signed_in(node, address, role))
                for path in every if role is Role.AUDITOR and node is both.dk else plain:
                    answer = client.get(address + path)
                    shown.setdefault((role, path), []).extend(told_of(answer.text))
    seen = {(role, path.replace(hidden, "ID")) for (role, path), words in shown.items() if words}
    lists = ("/api/persons", "/api/persons/ID", "/api/persons/received")
    assert seen == {(role, path) for role in READERS for path in lists}
    assert set(Role) - {Role.ADMINISTRATOR, Role.AUDITOR} == READERS


def test_partners_and_anybody_get_nothing_of_a_person(both: Neighbours, tmp_path: Path) -> None:
    """What the exchange serves, and the whole exported log: no name, no mark, no id of a record."""
    hidden, given_, _ = furnished(both)
    for node in (both.dk, both.se):
        with node.store.upkeep() as transaction:
            ledger.integrate(transaction)
            size, root = ledger.head(transaction)
            note = checkpoint_format.sign(Checkpoint(node.own.card.origin, size, root), node.own.keys.log)
            checkpoints.put(transaction, size, note)
        application = exchange_application(node)
        every = paths(application, {"rest": f"entries/000.p/{size}", "digest": "00" * 32})
        with serving(application) as address:
            raw = {path: httpx.get(address + path, trust_env=False).content for path in every}
        assert len(raw[f"/log/tile/entries/000.p/{size}"]) == 34 * size, "the log itself was read"
        out = tmp_path / f"log of {node.own.card.name}"
        with node.store.reading() as transaction:
            exporting.export(transaction, out, lambda *_: None)
        raw |= {str(file): file.read_bytes() for file in out.rglob("*") if file.is_file()}
        for name, data in raw.items():
            assert not any(word.encode() in data for word in (*TOLD, *MARKS, hidden, given_)), name


def test_entries_have_ids_and_digests_that_nobody_can_try_names_on(both: Neighbours) -> None:
    """No entry of either log has a word of a record or of a mark; digests are salted: names cannot be tried on them."""
    hidden, given_, _ = furnished(both)
    both.dk.persons.correct(ANNA, given_, 1, replace(SEEKER, review=REVIEW))
    both.carry()
    both.dk.persons.erase(ANNA, hidden, "closed")
    for node in (both.dk, both.se):
        for entry in centre.acts(node):
            text = str(msgspec.to_builtins(entry, builtin_types=(bytes,)))
            assert told_of(text) == []
            assert not any(word in text for word in MARKS), text
            assert entry.basis not in {"safeguard 3", "safeguard 19"}
    first, second = (both.dk.persons.write(ANNA, SEEKER).person.id for _ in range(2))
    digests = {entry.digest for entry in centre.acts(both.dk) if entry.subject in {first, second}}
    assert len(digests) == 2, "the same words twice have two digests, as each is salted"
    assert all(len(one) == 32 and int(one, 16) >= 0 for one in (first, second)), "an id is random and tells nothing"


def test_what_is_counted_is_the_same_with_persons_and_without(
    both: Neighbours, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Metrics and the summary before and after: but for the length of the log nothing has changed."""
    monkeypatch.setattr(metrics, "_FRESH", 0.0)
    with ExitStack() as stack:
        at = {id(node): stack.enter_context(centre.served(node)) for node in (both.dk, both.se)}

        def counted(node: Node) -> list[str]:
            with centre.signed_in(node, at[id(node)], Role.ADMINISTRATOR) as client:
                summary = client.get("/summary").json()
            found = httpx.get(f"{at[id(node)]}/metrics", trust_env=False).text.splitlines()
            kept = [
                one for one in found if not one.startswith(("#", "comity_ledger_entries", "comity_request_seconds"))
            ]
            return [*kept, str({name: one for name, one in summary.items() if name not in ("entries", "now")})]

        before = [counted(node) for node in (both.dk, both.se)]
        hidden, _, _ = furnished(both)
        for node in (both.dk, both.se):
            with centre.signed_in(node, at[id(node)], Role.OFFICER) as client:
                for path in ("/persons", f"/persons/{hidden}", "/persons/received"):
                    client.get(path)
        assert [counted(node) for node in (both.dk, both.se)] == before
        durations = httpx.get(f"{at[id(both.dk)]}/metrics", trust_env=False).text
        assert "/api/summary" in durations
        assert "persons" not in durations


def test_no_bundle_carries_a_person(both: Neighbours) -> None:
    """Neither before nor after it is proven, nor under any place."""
    _, _, message = furnished(both)
    with pytest.raises(Refused, match="no bundle is made of a record about a person"):
        both.dk.proofs.bundle(message)


def test_no_other_kind_of_giving_takes_a_person(both: Neighbours) -> None:
    """Batches, other kinds, answers to inquiries and subscriptions find no record of this id, or refuse the kind."""
    _, given_, message = furnished(both)
    with pytest.raises(Refused, match="alerts"):
        both.dk.releases.release_many(ANNA, [asked(given_)])
    for kind in set(RecordKind) - {RecordKind.PERSON}:
        with pytest.raises(Missing):
            both.dk.releases.preview(ANNA, replace(asked(given_), kind=kind))
    wish = replace(informed.REPORTS, kind=RecordKind.PERSON, agreement="kattegat-persons")
    with pytest.raises(Refused, match="cannot be subscribed to"):
        both.se.subscriptions.ask(BIRGER, "dk.coord", replace(wish, clauses=("suspects-in-the-kattegat",)))
    onward = Wish(
        message=message, place=0, record=given_, recipient="de.coord", purpose=Purpose.SMUGGLING, reason="they ask"
    )
    with pytest.raises(Refused, match="only a report or notice can be passed on"):
        both.se.onwards.ask(BIRGER, "dk.coord", onward)
    with both.dk.store.reading() as transaction:
        found = list(hits(transaction, {(SubjectKind.PERSON, "name", FAMILY.casefold()): frozenset({b"x"})}))
    assert found == [], "what looks through all that is held finds no persons"


def _told(sender: Node, receiver: Node, kind: MessageKind, item: bytes) -> str:
    """Send an item past all that the sender would check, and return the code of the receipt."""
    with sender.store.acting() as act:
        message = outbox.tell(act, sender.own, receiver.own.card, kind, item, sender.clock.now())
        act.log(Entry(act=Act.INQUIRY, detail="forged"))
    carried(sender, receiver.own.card.name)
    with sender.store.reading() as transaction:
        kept = kept_outbox.get(transaction, message)
        assert kept is not None
        assert kept.receipt is not None
        return receipt_of(transaction, receiver.own.card.name, kept.receipt).reason


def _person_inquiry(number: int, name: str) -> bytes:
    question = Question(
        kind=InquiryKind.PERSON,
        name=name,
        purpose=Purpose.SMUGGLING,
        agreement="kattegat-persons",
        clause="vessel-inquiry",
    )
    made = InquiryMessage(step=InquiryStep.ASKED, inquiry=bytes([number]) * 32, question=question, salt=bytes(32))
    return inquiry_step.written(made)


def _onward_wish(number: int, record: str) -> bytes:
    wish = Wish(
        message=bytes(32), place=0, record=record, recipient="de.coord", purpose=Purpose.SMUGGLING, reason="they ask"
    )
    return onward_step.written(Step(step=OnwardStep.ASKED, onward=bytes([number]) * 32, wish=wish))


def test_whoever_asks_gets_one_answer_in_as_many_steps_whether_there_is_a_record_or_none(
    both: Neighbours, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A partner that asks after a person, or for leave, or after a ship of their name, learns and measures nothing."""
    counts: list[list[tuple[str, list[str]]]] = []
    for turn, present in enumerate((False, True, True)):
        record = "ab" * 16
        if present:
            record = both.dk.persons.write(ANNA, SEEKER if turn == 1 else draft()).person.id
        ship = replace(_VESSEL, name=f"{GIVEN} {FAMILY}")
        both.se.inquiries.ask(BIRGER, "dk.coord", ship, "seen at night")
        asking = [
            (MessageKind.INQUIRY, _person_inquiry(10 + turn, FAMILY)),
            (MessageKind.ONWARD, _onward_wish(20 + turn, record)),
        ]
        both.carry()
        found = []
        for kind, item in asking:
            with statements(monkeypatch) as seen:
                code = _told(both.se, both.dk, kind, item)
            found.append((code, list(seen)))
        with statements(monkeypatch) as seen:
            both.dk.answers.look_up()
            assert informed.at(both.dk, both.dk.clock.now() + 10 * SECOND).answers.tell_due() == 1
        found.append(("no-hit", list(seen)))
        counts.append(found)
    without, protected, plain = counts
    assert [code for code, _ in without] == ["not-permitted", "unacceptable", "no-hit"]
    assert (
        [len(seen) for _, seen in protected] == [len(seen) for _, seen in without] == [len(seen) for _, seen in plain]
    )
    assert protected == without == plain, "the very same statements, in the same order"


_VESSEL = Question(
    kind=InquiryKind.VESSEL,
    name="x",
    purpose=Purpose.SMUGGLING,
    agreement="kattegat-maritime",
    clause="vessel-inquiry",
)


COUNTRIES = st.sampled_from(["SE", "DE", "NO", "FI"])
SETS = st.lists(COUNTRIES, unique=True, max_size=2).map(tuple)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(origin=SETS, fled=SETS, risks=SETS, marked=st.booleans(), later=st.booleans())
def test_whatever_is_marked_and_when_nothing_arrives_where_it_must_not(
    *,
    both: Neighbours,
    origin: tuple[str, ...],
    fled: tuple[str, ...],
    risks: tuple[str, ...],
    marked: bool,
    later: bool,
) -> None:
    """Marks before, or after it was given: in the end Sweden holds it exactly where nothing is marked against that."""
    marks: dict[str, object] = {
        "protection": seeking(*origin, fled=fled) if marked else None,
        "risks": at_risk(*risks),
    }
    what: PersonDraft = draft() if later else draft(**marks)
    made = both.dk.persons.write(ANNA, what).person.id
    answer = both.dk.releases.release(ANNA, asked(made))
    if later:
        assert isinstance(answer, Released)
        both.carry()
        both.dk.persons.correct(ANNA, made, 1, draft(**marks))
    both.carry()
    both.carry()
    forbidden = (marked and (not origin or "SE" in (*origin, *fled))) or "SE" in risks
    arrived = [one for one in both.se.persons.received(BIRGER, 500) if one.given.id == made]
    assert [one.fields["version"] for one in arrived] == ([] if forbidden else [2 if later else 1])
    with both.se.store.reading() as transaction:
        items = [
            bytes(item) for (item,) in transaction.rows("SELECT item FROM inbox_item WHERE record = %s", made) if item
        ]
    assert len(items) == len(arrived)
    assert not any(word.encode() in item for item in items for word in MARKS)


def test_a_person_is_in_no_picture_and_no_notice(both: Neighbours) -> None:
    """Neither sightings nor tracks take one, and what consoles are told of by itself leaves them out."""
    _, _, message = furnished(both)
    with centre.served(both.se) as address, centre.signed_in(both.se, address, Role.AUDITOR) as client:
        assert client.get("/received").json() == []
        assert client.get("/received/tracks").json() == []
    with both.se.store.reading() as transaction:
        assert all(not found(transaction) for name, found in notices._FINDERS.items() if name != "release")
    with both.dk.store.reading() as transaction:
        (seen,) = notices._FINDERS["release"](transaction).values()
    assert seen[1] == {"release": message.hex(), "state": "accepted", "attempts": 1, "proven": False}


@pytest.mark.parametrize("role", sorted(set(Role) - READERS, key=lambda role: role.value))
def test_whoever_may_not_see_is_told_so_and_nothing_else(both: Neighbours, role: Role) -> None:
    """The answer to who may not is one, whether there is such a record or none."""
    hidden, _, _ = furnished(both)
    officer = Officer(name="x", role=role)
    words = set()
    for record in (hidden, "ab" * 16):
        with pytest.raises(Fault) as refused:
            both.dk.persons.read(officer, record)
        words.add(str(refused.value))
    assert len(words) == 1
