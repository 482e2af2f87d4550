"""The story of passing on, over three nodes: asked, left, passed, called back; and nothing without the originator."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from builders import centre, pair
from builders.neighbours import ANNA, BIRGER, carried
from builders.web import serving
from builders.writings import look_out, marks
from comity.agreements.onward import sign
from comity.agreements.permit import Denial
from comity.agreements.redaction import disclosed
from comity.api.application import exchange_application
from comity.casework.draft import Draft
from comity.casework.update import Revision
from comity.exchange import onward_step, outbox, partners
from comity.foundation import canonical
from comity.foundation.store import acknowledgements, inbox, onward, recalls
from comity.foundation.store import outbox as kept_outbox
from comity.foundation.store.onward import KeptOnward
from comity.foundation.store.store import Store
from comity.node import onward_taking
from comity.node.assemble import Node, assemble
from comity.node.flow_recall import Calling
from comity.node.flow_release import Asked, Released
from comity.node.inventory import Mark, Question
from comity.node.settings import RelationsSettings
from comity.vocabulary.entry import Act
from comity.vocabulary.fault import Fault, Missing, Refused
from comity.vocabulary.handling import Onward
from comity.vocabulary.instant import DAY
from comity.vocabulary.message import Given, MessageKind
from comity.vocabulary.officer import Officer, Role
from comity.vocabulary.onward import Leave, OnwardState, OnwardStep, Step, Wish
from comity.vocabulary.place import Position
from comity.vocabulary.posture import Posture
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.recall import RecallAct, RecallOutcome
from comity.vocabulary.record import RecordKind
from comity.vocabulary.writing import Ending

NAMES = {"dk.coord": 1, "se.coord": 2, "de.coord": 3}
BALTIC = Position(54.7, 11.5)


class Three(msgspec.Struct, frozen=True):
    """Denmark writes, Sweden holds, Germany is to have it."""

    dk: Node
    se: Node
    de: Node

    def carry(self) -> None:
        """Bring all that waits, everywhere, until nothing does, by real couriers."""
        every = {"dk.coord": self.dk, "se.coord": self.se, "de.coord": self.de}
        for _ in range(4):
            for name, node in every.items():
                for other in every.keys() - {name}:
                    carried(node, other)


@pytest.fixture
def three(make_store: Callable[[str], Store], tmp_path: Path) -> Iterator[Three]:
    """Return the three nodes, each known to the others, with the example agreement in force."""
    with ExitStack() as stack:
        nodes = {name: centre.node(make_store(name), tmp_path, name, number) for name, number in NAMES.items()}
        at = {name: stack.enter_context(serving(exchange_application(node))) for name, node in nodes.items()}
        for name, node in nodes.items():
            for other in NAMES.keys() - {name}:
                centre.known(node, other, NAMES[other], at[other])
            centre.agreed(node)
        yield Three(*nodes.values())


def draft(**changes: object) -> Draft:
    return look_out(**{"position": BALTIC, **changes})


def held(three: Three, **changes: object) -> tuple[str, bytes]:
    """Let Denmark write a look-out and give it to Sweden; return its id, and the message."""
    made = three.dk.casework.write(ANNA, draft(**changes))
    asked = Asked(
        kind=RecordKind.NOTICE, record=made.id, partner="se.coord", purpose=Purpose.SMUGGLING, officer=ANNA.name
    )
    released = three.dk.releases.release(ANNA, asked)
    assert isinstance(released, Released), released
    three.carry()
    return made.id, released.message


def wish(record: str, message: bytes, **changes: object) -> Wish:
    sound: dict[str, object] = {
        "message": message,
        "place": 0,
        "record": record,
        "recipient": "de.coord",
        "purpose": Purpose.SMUGGLING,
        "reason": "it turns south",
    }
    return Wish(**{**sound, **changes})  # type: ignore[arg-type]


def standing(node: Node, id: bytes) -> KeptOnward:  # noqa: A002 - what it is
    with node.store.reading() as transaction:
        found = onward.get(transaction, id)
    assert found is not None
    return found


def left(three: Three, record: str, message: bytes) -> bytes:
    """Let Sweden ask, and Denmark give leave; return the id."""
    made = three.se.onwards.ask(BIRGER, "dk.coord", wish(record, message))
    three.carry()
    assert standing(three.dk, made).reason == "it turns south"
    three.dk.onwards.give(ANNA, made, 7 * DAY)
    three.carry()
    assert standing(three.se, made).state is OnwardState.LEFT
    return made


def passed(three: Three) -> tuple[str, bytes, bytes]:
    """Let a look-out come from Denmark by Sweden to Germany; return its id, the leave's, and the last message."""
    record, message = held(three)
    made = left(three, record, message)
    released = three.se.onwards.pass_on(BIRGER, made)
    assert isinstance(released, Released), released
    three.carry()
    return record, made, released.message


def arrived(node: Node, sender: str, message: bytes) -> Given | None:
    with node.store.reading() as transaction:
        found = [one.item for one in inbox.records(transaction, sender, message) if one.item is not None]
    return canonical.read(found[0], Given) if found else None


def entered(node: Node, act: Act) -> list[str]:
    return [one.detail for one in centre.acts(node) if one.act is act]


def test_it_comes_to_the_third_as_the_first_wrote_it(three: Three) -> None:
    """Word for word, marked no wider, with the originator's name on it, and each step in each log."""
    record, made, message = passed(three)
    given = arrived(three.de, "se.coord", message)
    assert given is not None
    assert (given.id, given.owner, given.handling.onward) == (record, "dk.coord", Onward.ASK)
    assert disclosed(given)["title"] == draft().title
    assert standing(three.de, made).state is OnwardState.SHOWN
    assert standing(three.se, made).passed == message
    assert [one.split()[0] for one in entered(three.se, Act.ONWARD)] == ["asked", "left", "passed"]
    assert [one.split()[0] for one in entered(three.dk, Act.ONWARD)] == ["asked", "left"]
    assert [one.split()[0] for one in entered(three.de, Act.ONWARD)] == ["shown"]
    assert entered(three.se, Act.DISCLOSED) == [f"leave {made.hex()} of dk.coord"]
    leave = canonical.read(standing(three.de, made).leave or b"", Leave)
    assert (leave.officer, leave.purpose, leave.recipient) == ("anna", Purpose.SMUGGLING, "de.coord")


def test_a_recall_reaches_the_onward_copy_and_each_proves_it(three: Three) -> None:
    record, _, message = passed(three)
    (recall,) = three.dk.recalls.recall_record(ANNA, record, Calling(act=RecallAct.ERASE, reason="mistaken"))
    three.carry()
    assert arrived(three.de, "se.coord", message) is None
    with three.dk.store.reading() as transaction:
        answered = recalls.get(transaction, recall)
    assert answered is not None
    assert answered.outcome is RecallOutcome.ERASED
    assert entered(three.dk, Act.RECALLED)[-1] == "answered: erased, and called back from de.coord"
    with three.se.store.reading() as transaction:
        (onwards,) = recalls.recent(transaction, 10)
        (copy,) = kept_outbox.items(transaction, message)
    assert (onwards.partner, onwards.outcome, onwards.reason) == ("de.coord", RecallOutcome.ERASED, "mistaken")
    assert onwards.due == answered.due
    assert copy.item is None


def test_what_waits_to_be_passed_on_is_not_given_once_it_is_recalled(three: Three) -> None:
    record, message = held(three)
    made = left(three, record, message)
    three.dk.recalls.recall_record(ANNA, record, Calling(act=RecallAct.ERASE, reason="mistaken"))
    released = three.se.onwards.pass_on(BIRGER, made)
    assert isinstance(released, Released)
    carried(three.dk, "se.coord")  # the recall comes before what waits has gone
    three.carry()
    assert arrived(three.de, "se.coord", released.message) is None
    with three.se.store.reading() as transaction:
        kept = kept_outbox.get(transaction, released.message)
    assert kept is not None
    assert kept.state == "withdrawn"
    with pytest.raises(Refused, match="passed"):
        three.se.onwards.pass_on(BIRGER, made)


def test_that_it_is_cancelled_is_told_onward(three: Three) -> None:
    record, _, _ = passed(three)
    three.dk.casework.cancel(ANNA, record, Ending.MISTAKEN, "in port")
    three.carry()
    with three.de.store.reading() as transaction:
        (ended,) = acknowledgements.cancelled(transaction, [record]).items()
    assert (ended[0], ended[1].ending) == (("se.coord", record), Ending.MISTAKEN)


def test_that_a_newer_version_came_is_told_onward(three: Three) -> None:
    """Germany learns that what it has was replaced; the newer one needs a leave of its own."""
    record, _, _ = passed(three)
    three.dk.casework.update(
        ANNA, Revision(id=record, version=1, reason="more is known", draft=draft(title="Two boats"))
    )
    three.carry()
    with three.de.store.reading() as transaction:
        (ended,) = acknowledgements.cancelled(transaction, [record]).values()
    assert ended.ending is Ending.REPLACED
    assert ended.covers(pair.NOW)


def test_a_cancelled_record_is_not_passed_on(three: Three) -> None:
    record, message = held(three)
    made = left(three, record, message)
    three.dk.casework.cancel(ANNA, record, Ending.OVER, "in port")
    three.carry()
    answer = three.se.onwards.pass_on(BIRGER, made)
    assert isinstance(answer, Denial)
    assert answer.reason == "it is cancelled"
    assert standing(three.se, made).state is OnwardState.LEFT
    with three.de.store.reading() as transaction:
        assert onward.get(transaction, made) is None, "what is denied shows the recipient nothing"


def test_declined_is_declined(three: Three) -> None:
    record, message = held(three)
    made = three.se.onwards.ask(BIRGER, "dk.coord", wish(record, message))
    three.carry()
    three.dk.onwards.decline(ANNA, made, "an operation runs there")
    three.carry()
    assert standing(three.se, made).state is OnwardState.DECLINED
    assert "operation" not in " ".join(entered(three.se, Act.ONWARD))
    with pytest.raises(Refused, match="declined already"):
        three.dk.onwards.give(ANNA, made, DAY)
    with pytest.raises(Refused, match="no leave to use"):
        three.se.onwards.pass_on(BIRGER, made)


def test_what_cannot_be_asked_for(three: Three) -> None:
    record, message = held(three)
    for other, told in (
        (wish(record, message, recipient="dk.coord"), "third node"),
        (wish(record, message, recipient="se.coord"), "third node"),
        (wish("another", message), "another record"),
    ):
        with pytest.raises(Refused, match=told):
            three.se.onwards.ask(BIRGER, "dk.coord", other)
    for other in (wish(record, bytes(32)), wish(record, message, place=1), wish(record, message, recipient="fi.coord")):
        with pytest.raises(Missing):
            three.se.onwards.ask(BIRGER, "dk.coord", other)
    with pytest.raises(Refused, match="does not release"):
        three.se.onwards.ask(Officer(name="eva", role=Role.AUDITOR), "dk.coord", wish(record, message))


def test_what_is_marked_no_is_not_asked_for(three: Three) -> None:
    kept = replace(marks(), onward=Onward.NO)
    record, message = held(three, marks=kept)
    with pytest.raises(Refused, match="to nobody"):
        three.se.onwards.ask(BIRGER, "dk.coord", wish(record, message))


def test_leave_is_given_only_for_what_the_originator_holds_it_for(three: Three) -> None:
    """Trafficking is a purpose of the clause, and none of this record; an older version counts no more."""
    record, message = held(three)
    made = three.se.onwards.ask(BIRGER, "dk.coord", wish(record, message, purpose=Purpose.TRAFFICKING))
    three.carry()
    with pytest.raises(Refused, match="safeguard 1"):
        three.dk.onwards.give(ANNA, made, DAY)
    older = three.se.onwards.ask(BIRGER, "dk.coord", wish(record, message))
    three.carry()
    three.dk.casework.update(ANNA, Revision(id=record, version=1, reason="more", draft=draft(title="Two boats")))
    with pytest.raises(Refused, match="counts no more"):
        three.dk.onwards.give(ANNA, older, DAY)


def test_no_leave_leads_round_our_own_law_and_relations(three: Three) -> None:
    """Nor to somebody whom we do not know; what may go is left once nothing is in the way."""
    made = three.se.onwards.ask(BIRGER, "dk.coord", wish(*held(three)))
    three.carry()
    (three.dk.folder / "law.yaml").write_text(
        "law: quiet\nof: DK\nversion: 1\nbasis: [{instrument: Act}]\nforbid:\n  - {id: stay, to: DE}\n", "utf-8"
    )
    settings = replace(three.dk.settings, relations=RelationsSettings(law="law.yaml"))
    with pytest.raises(Refused, match="quiet 1, stay, forbids it"):
        assemble(three.dk.folder, settings, three.dk.own, three.dk.store).onwards.give(ANNA, made, DAY)
    until = three.dk.clock.now() + DAY
    three.dk.postures.set(ANNA, "de.coord", Posture.SUSPENDED, "a test", until)
    with pytest.raises(Refused, match="relations are suspended"):
        three.dk.onwards.give(ANNA, made, DAY)
    three.dk.postures.set(ANNA, "de.coord", Posture.OPEN, "it is over", until)
    assert three.dk.onwards.give(ANNA, made, DAY).recipient == "de.coord"
    record, message = held(three, title="Another boat")
    second = three.se.onwards.ask(BIRGER, "dk.coord", wish(record, message))
    three.carry()
    with three.dk.store.acting() as act:
        partners.cut_off(act, "de.coord", officer="anna", reason="key stolen", now=three.dk.clock.now())
    with pytest.raises(Missing, match="no such partner"):
        three.dk.onwards.give(ANNA, second, DAY)


def told(sender: Node, receiver: Node, step: Step) -> str:
    """Let one node send another a step, whatever it holds, and return what its receipt says."""
    with sender.store.acting() as act:
        card = partners.card(act, receiver.own.card.name)
        item = onward_step.written(step)
        message = outbox.tell(act, sender.own, card, MessageKind.ONWARD, item, sender.clock.now())
        act.log(centre.Entry(act=Act.ONWARD))
    carried(sender, receiver.own.card.name)
    with sender.store.reading() as transaction:
        kept = kept_outbox.get(transaction, message)
        assert kept is not None
        assert kept.receipt is not None
        return partners.receipt(transaction, receiver.own.card.name, kept.receipt).reason


def test_a_partner_that_lies_gets_nowhere(three: Three) -> None:
    """Leaves forged, meant for others, changed, unasked or repeated: each is refused, and nothing of it is kept."""
    record, message = held(three)
    made = left(three, record, message)
    true = canonical.read(standing(three.se, made).leave or b"", Leave)
    signature = standing(three.se, made).signature or b""
    keys = three.se.own.keys

    def shown(leave: Leave, signed: bytes, id: bytes = bytes(32)) -> Step:  # noqa: A002
        return Step(step=OnwardStep.SHOWN, onward=id, leave=leave, signature=signed)

    assert told(three.se, three.de, shown(true, sign(keys.identity, true, keys.identity_pq), made)) == "unacceptable"
    assert told(three.se, three.de, shown(replace(true, version=2), signature, made)) == "unacceptable"
    assert told(three.se, three.de, shown(true, signature, bytes(32))) == "unacceptable"
    assert told(three.se, three.de, shown(replace(true, originator="se.coord"), signature, made)) == "unacceptable"
    assert told(three.dk, three.de, shown(true, signature, made)) == "unacceptable"
    assert told(three.se, three.dk, shown(true, signature, made)) == "unacceptable"
    again = Step(step=OnwardStep.LEFT, onward=made, leave=true, signature=signature)
    assert told(three.dk, three.se, again) == "unacceptable"
    assert told(three.de, three.se, again) == "unacceptable"
    assert told(three.de, three.dk, Step(step=OnwardStep.ASKED, onward=bytes(32), wish=wish(record, message))) != ""
    first = Step(step=OnwardStep.ASKED, onward=made, wish=wish(record, message))
    assert told(three.se, three.dk, first) == "unacceptable"
    with three.de.store.reading() as transaction:
        assert onward.recent(transaction, 10) == []
    assert told(three.se, three.de, shown(true, signature, made)) == ""
    assert told(three.se, three.de, shown(true, signature, made)) == "unacceptable"


def test_once_the_originator_is_cut_off_its_leave_lifts_nothing(three: Three) -> None:
    record, message = held(three)
    made = left(three, record, message)
    with three.se.store.acting() as act:
        partners.cut_off(act, "dk.coord", officer="bo", reason="key stolen", now=three.se.clock.now())
    with pytest.raises(Fault):
        three.se.onwards.pass_on(BIRGER, made)


def test_17_who_got_it_from_the_holder_is_told_at_each_node(three: Three) -> None:
    """The originator tells to whom it gave it, the holder to whom it passed it on, the recipient of nobody."""
    record, message = held(three)
    assert isinstance(three.se.onwards.pass_on(BIRGER, left(three, record, message)), Released)
    three.carry()
    dora = Officer(name="dora", role=Role.DATA_PROTECTION)
    asked = Question(reference="DSR-1", mark=Mark.RECORD, value=record)
    told_by = {name: one.rights.answer(dora, asked).held for name, one in msgspec.structs.asdict(three).items()}
    assert {name: [one.recipients for one in held] for name, held in told_by.items()} == {
        "dk": [("se.coord",)],
        "se": [("de.coord",)],
        "de": [()],
    }


def test_a_recipient_that_has_cut_the_originator_off_takes_nothing(three: Three) -> None:
    record, message = held(three)
    made = left(three, record, message)
    with three.de.store.acting() as act:
        partners.cut_off(act, "dk.coord", officer="bo", reason="key stolen", now=three.de.clock.now())
    released = three.se.onwards.pass_on(BIRGER, made)
    assert isinstance(released, Released)
    carried(three.se, "de.coord")
    assert arrived(three.de, "se.coord", released.message) is None
    with three.se.store.reading() as transaction:
        kept = kept_outbox.get(transaction, released.message)
        assert kept is not None
        assert kept.receipt is not None
        assert partners.receipt(transaction, "de.coord", kept.receipt).reason == "not-permitted"


def test_nobody_passes_on_what_was_passed_on(three: Three) -> None:
    """One step far: Germany cannot ask Denmark for leave of what Sweden gave it."""
    record, _, message = passed(three)
    with pytest.raises(Missing):
        three.de.onwards.ask(BIRGER, "dk.coord", wish(record, message, recipient="se.coord"))
    with pytest.raises(Refused, match="only its originator's"):
        three.de.onwards.ask(BIRGER, "se.coord", wish(record, message, recipient="dk.coord"))


def test_no_partner_fills_the_list_of_wishes(three: Three, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onward_taking, "MOST_WAITING", 2)
    record, message = held(three)
    steps = [Step(step=OnwardStep.ASKED, onward=bytes([n]) * 32, wish=wish(record, message)) for n in range(3)]
    assert [told(three.se, three.dk, one) for one in steps] == ["", "", "unacceptable"]
    three.dk.onwards.decline(ANNA, bytes(32), "no")
    again = Step(step=OnwardStep.ASKED, onward=bytes([9]) * 32, wish=wish(record, message))
    assert told(three.se, three.dk, again) == ""


def test_what_was_asked_before_there_were_leaves_is_still_read() -> None:
    """The bytes that an older version kept with a release are the one form of what they say."""
    asked = Asked(kind=RecordKind.NOTICE, record="n", partner="se.coord", purpose=Purpose.SMUGGLING, officer="anna")
    older = canonical.written(
        {
            "kind": "notice",
            "record": "n",
            "partner": "se.coord",
            "purpose": "smuggling",
            "officer": "anna",
            "version": 0,
            "at": 0,
            "grounds": b"",
            "subscription": b"",
        }
    )
    assert canonical.written(asked) == older
    assert canonical.read(older, Asked) == asked


def test_over_the_api_as_over_the_command(three: Three) -> None:
    """Asked, left and passed on by people signed in at their consoles; each sees how it stands."""
    record, message = held(three)
    with ExitStack() as stack:
        at = {}
        for name, node in (("dk", three.dk), ("se", three.se)):
            centre.staffed(node)
            address = stack.enter_context(centre.served(node))
            at[name] = stack.enter_context(centre.signed_in(node, address, Role.OFFICER))
        sent = {"originator": "dk.coord", "message": message.hex(), "record": record, "recipient": "de.coord"}
        asked = at["se"].post("/onward", json={**sent, "purpose": "smuggling", "reason": "it turns south"})
        assert asked.status_code == 201, asked.text
        made = asked.json()["onward"]
        early = at["se"].post(f"/onward/{made}/pass")
        assert early.status_code == 403
        three.carry()
        (waiting,) = at["dk"].get("/onward").json()
        assert (waiting["state"], waiting["holder"], waiting["reason"]) == ("asked", "se.coord", "it turns south")
        left = at["dk"].post(f"/onward/{made}/give", json={"days": 7})
        assert left.status_code == 201, left.text
        again = at["dk"].post(f"/onward/{made}/decline", json={"reason": "too late"})
        assert again.status_code == 403
        three.carry()
        done = at["se"].post(f"/onward/{made}/pass")
        assert done.status_code == 201, done.text
        three.carry()
        assert arrived(three.de, "se.coord", bytes.fromhex(done.json()["message"])) is not None
        (listed,) = at["se"].get("/onward").json()
        assert (listed["state"], listed["passed"]) == ("passed", done.json()["message"])
