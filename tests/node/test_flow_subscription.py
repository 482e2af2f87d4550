"""What is proven: each step of a subscription is one act at each side, and only the side whose it is takes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from builders import centre, informed, pair
from builders.informed import TRACKS, Two, at, suspended
from builders.neighbours import ANNA, BIRGER, carried
from comity.exchange import outbox, partners, subscription_step
from comity.exchange.inbox import Arrived
from comity.foundation.store import inbox, outbox_state, subscriptions
from comity.foundation.store.store import Store
from comity.foundation.store.subscriptions import KeptSubscription
from comity.node import subscription_book
from comity.node.assemble import Node
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Missing, Refused
from comity.vocabulary.instant import DAY
from comity.vocabulary.message import MessageKind
from comity.vocabulary.officer import Officer, Role
from comity.vocabulary.record import RecordKind
from comity.vocabulary.subscription import Step, SubscriptionState, SubscriptionStep

LATER = TRACKS.until + 7 * DAY


@pytest.fixture
def nodes(borrow_database: Callable[[], str], tmp_path: Path) -> Iterator[Two]:
    """Return an owner and a subscriber."""
    stores = [Store(borrow_database(), node=name, clock=pair.clock()) for name in ("dk.coord", "se.coord")]
    with informed.two(stores[0], stores[1], tmp_path) as made:
        yield made
    for store in stores:
        store.close()


def kept(node: Node, id: bytes) -> KeptSubscription:  # noqa: A002
    with node.store.reading() as transaction:
        found = subscriptions.get(transaction, id)
    assert found is not None
    return found


def states(nodes: Two, id: bytes) -> tuple[str, str]:  # noqa: A002
    """Return the state at the owner and at the subscriber."""
    return kept(nodes.dk, id).state.value, kept(nodes.se, id).state.value


def steps(node: Node) -> list[tuple[str, str]]:
    """Return officer and detail of each step in the node's log."""
    return [(entry.officer, entry.detail) for entry in centre.acts(node) if entry.act is Act.SUBSCRIPTION]


def sent(sender: Node, receiver: Node, step: Step) -> str:
    """Send a step past all that the sender itself would check, and return what the receiver's receipt says."""
    with sender.store.acting() as act:
        card = receiver.own.card
        item = subscription_step.written(step)
        outbox.tell(act, sender.own, card, MessageKind.SUBSCRIPTION, item, sender.clock.now())
        act.log(Entry(act=Act.SUBSCRIPTION, detail="forged"))
    carried(sender, receiver.own.card.name)
    with receiver.store.reading() as transaction:
        newest = transaction.rows("SELECT count FROM inbox ORDER BY received DESC, sequence DESC LIMIT 1")
        assert inbox.recent(transaction, 1)
    return "accepted" if newest[0][0] else "refused"


def test_asked_accepted_renewed_and_ended(nodes: Two) -> None:
    """Both sides know each step, each with its own officer; the reasons stay where they were given."""
    made = nodes.running()
    assert states(nodes, made) == ("running", "running")
    nodes.se.subscriptions.renew(BIRGER, made, LATER)
    nodes.carry()
    assert kept(nodes.dk, made).until == TRACKS.until
    nodes.dk.subscriptions.accept(ANNA, made, "still needed")
    nodes.carry()
    assert (kept(nodes.dk, made).until, kept(nodes.se, made).until) == (LATER, LATER)
    nodes.se.subscriptions.end(BIRGER, made, "the operation is over")
    nodes.carry()
    assert states(nodes, made) == ("ended", "ended")
    assert steps(nodes.dk) == [
        ("dk.coord", "asked"),
        ("anna", "accepted: they watch the same strait"),
        ("dk.coord", "renewal"),
        ("anna", "renewed: still needed"),
        ("dk.coord", "ended"),
    ]
    assert steps(nodes.se) == [
        ("birger", "asked"),
        ("se.coord", "accepted"),
        ("birger", "renewal"),
        ("se.coord", "renewed"),
        ("birger", "ended: the operation is over"),
    ]
    entry = next(entry for entry in centre.acts(nodes.dk) if entry.act is Act.SUBSCRIPTION)
    assert (entry.basis, entry.clause, entry.purpose) == ("kattegat-maritime", TRACKS.clauses[0], "smuggling")
    assert (entry.subject, entry.partner) == (made.hex(), "se.coord")


def test_declined_at_once_or_when_renewed(nodes: Two) -> None:
    """The first is over; the second runs on to its end, and can be asked for again."""
    first = nodes.se.subscriptions.ask(BIRGER, "dk.coord", TRACKS)
    nodes.carry()
    nodes.dk.subscriptions.decline(ANNA, first, "not now")
    nodes.carry()
    assert states(nodes, first) == ("declined", "declined")
    second = nodes.running()
    for _ in range(2):
        nodes.se.subscriptions.renew(BIRGER, second, LATER)
        nodes.carry()
        nodes.dk.subscriptions.decline(ANNA, second, "once is enough")
        nodes.carry()
        assert states(nodes, second) == ("running", "running")
        assert (kept(nodes.se, second).renewal, kept(nodes.se, second).until) == (None, TRACKS.until)


def test_each_side_enters_that_the_time_is_over(nodes: Two) -> None:
    """Once; and a renewal whose answer was late still counts."""
    made = nodes.running()
    nodes.se.subscriptions.renew(BIRGER, made, LATER)
    nodes.carry()
    nodes.dk.subscriptions.accept(ANNA, made, "still needed")
    nodes.se.subscriptions.expire()
    assert kept(nodes.se, made).state is SubscriptionState.RUNNING
    late = at(nodes.se, TRACKS.until)
    for _ in range(2):
        late.subscriptions.expire()
    assert kept(nodes.se, made).state is SubscriptionState.EXPIRED
    assert [detail for _, detail in steps(nodes.se)].count("expired") == 1
    nodes.carry()
    assert states(nodes, made) == ("running", "running")
    at(nodes.dk, LATER).subscriptions.expire()
    at(nodes.se, LATER).subscriptions.expire()
    assert states(nodes, made) == ("expired", "expired")
    with pytest.raises(Refused, match="expired already"):
        nodes.se.subscriptions.end(BIRGER, made, "over")


def test_both_may_end_it_at_once(nodes: Two) -> None:
    """The two messages cross, and both are accepted."""
    made = nodes.running()
    nodes.dk.subscriptions.end(ANNA, made, "enough")
    nodes.se.subscriptions.end(BIRGER, made, "enough")
    assert nodes.carry() == 2
    assert states(nodes, made) == ("ended", "ended")


def test_only_deciders_ask_and_answer(nodes: Two) -> None:
    made = nodes.se.subscriptions.ask(BIRGER, "dk.coord", TRACKS)
    nodes.carry()
    auditor = Officer(name="eva", role=Role.AUDITOR)
    doing: list[Callable[[], object]] = [
        lambda: nodes.se.subscriptions.ask(auditor, "dk.coord", TRACKS),
        lambda: nodes.dk.subscriptions.accept(auditor, made, "why"),
        lambda: nodes.dk.subscriptions.decline(auditor, made, "why"),
        lambda: nodes.se.subscriptions.renew(auditor, made, LATER),
        lambda: nodes.se.subscriptions.end(auditor, made, "why"),
    ]
    for act in doing:
        with pytest.raises(Refused, match="auditor"):
            act()
    assert states(nodes, made) == ("asked", "asked")


def test_what_is_not_theirs_or_not_the_time_is_refused(nodes: Two) -> None:
    """The subscriber does not accept; the owner does not renew; nobody answers twice, or renews what is over."""
    made = nodes.se.subscriptions.ask(BIRGER, "dk.coord", TRACKS)
    nodes.carry()
    with pytest.raises(Missing):
        nodes.se.subscriptions.accept(BIRGER, made, "mine")
    with pytest.raises(Refused):
        nodes.se.subscriptions.renew(BIRGER, made, LATER)
    nodes.dk.subscriptions.accept(ANNA, made, "why")
    nodes.carry()
    with pytest.raises(Refused, match="nothing waits"):
        nodes.dk.subscriptions.accept(ANNA, made, "again")
    with pytest.raises(Refused, match="only the subscriber"):
        nodes.dk.subscriptions.renew(ANNA, made, LATER)
    with pytest.raises(Refused, match="later"):
        nodes.se.subscriptions.renew(BIRGER, made, TRACKS.until)
    with pytest.raises(Refused):
        at(nodes.se, TRACKS.until).subscriptions.renew(BIRGER, made, LATER)
    nodes.se.subscriptions.end(BIRGER, made, "over")
    with pytest.raises(Refused, match="ended already"):
        nodes.se.subscriptions.end(BIRGER, made, "over")
    with pytest.raises(Missing):
        nodes.dk.subscriptions.end(ANNA, bytes(32), "none")
    with pytest.raises(Missing):
        nodes.se.subscriptions.ask(BIRGER, "no.coord", TRACKS)


def test_a_wish_that_rests_on_nothing_is_not_sent_and_not_taken(nodes: Two) -> None:
    """Each side looks for itself: a subscriber who does not is refused by the owner."""
    wrong = replace(TRACKS, kind=RecordKind.ALERT)
    with pytest.raises(Refused, match="gives no alert"):
        nodes.se.subscriptions.ask(BIRGER, "dk.coord", wrong)
    step = Step(step=SubscriptionStep.ASKED, subscription=bytes([7] * 32), wish=wrong)
    assert sent(nodes.se, nodes.dk, step) == "refused"
    assert steps(nodes.dk) == []


def test_what_was_asked_before_a_suspension_cannot_be_accepted_after_it(nodes: Two) -> None:
    made = nodes.se.subscriptions.ask(BIRGER, "dk.coord", TRACKS)
    nodes.carry()
    suspended(nodes.dk)
    with pytest.raises(Refused, match="suspended"):
        nodes.dk.subscriptions.accept(ANNA, made, "why")
    nodes.dk.subscriptions.decline(ANNA, made, "not while suspended")
    assert kept(nodes.dk, made).state is SubscriptionState.DECLINED


@pytest.mark.parametrize(
    "kind",
    [SubscriptionStep.ACCEPTED, SubscriptionStep.DECLINED, SubscriptionStep.RENEWED],
    ids=lambda kind: kind.value,
)
def test_a_subscriber_cannot_answer_for_the_owner(nodes: Two, kind: SubscriptionStep) -> None:
    """Nothing runs but by an officer of the owner, whatever a partner's node sends."""
    made = nodes.se.subscriptions.ask(BIRGER, "dk.coord", TRACKS)
    nodes.carry()
    until = LATER if kind is SubscriptionStep.RENEWED else 0
    assert sent(nodes.se, nodes.dk, Step(step=kind, subscription=made, until=until)) == "refused"
    assert kept(nodes.dk, made).state is SubscriptionState.ASKED


def test_an_owner_cannot_renew_to_what_was_not_asked(nodes: Two) -> None:
    """Nor ask to be renewed, nor accept what runs already, nor speak of what there is not."""
    made = nodes.running()
    for step in (
        Step(step=SubscriptionStep.RENEWED, subscription=made, until=LATER),
        Step(step=SubscriptionStep.RENEWAL, subscription=made, until=LATER),
        Step(step=SubscriptionStep.ACCEPTED, subscription=made),
        Step(step=SubscriptionStep.DECLINED, subscription=made),
        Step(step=SubscriptionStep.ENDED, subscription=bytes(32)),
    ):
        assert sent(nodes.dk, nodes.se, step) == "refused"
    assert kept(nodes.se, made).until == TRACKS.until


def test_an_id_is_taken_once(nodes: Two) -> None:
    """A partner cannot ask anew under the id of a subscription that is there."""
    made = nodes.running()
    again = Step(step=SubscriptionStep.ASKED, subscription=made, wish=replace(TRACKS, area=""))
    assert sent(nodes.se, nodes.dk, again) == "refused"
    assert kept(nodes.dk, made).wish.area == "kattegat"


def test_a_partner_cannot_touch_anothers_subscription(nodes: Two) -> None:
    """To a third node that knows its id, there is no such subscription."""
    made = nodes.running()
    third = subscription_step.written(Step(step=SubscriptionStep.ENDED, subscription=made))
    with pytest.raises(Missing), nodes.dk.store.acting() as act:
        nodes.dk.subscriptions.take(act, Arrived("de.coord", bytes(32), third, b""))
    assert kept(nodes.dk, made).state is SubscriptionState.RUNNING


def test_no_partner_fills_the_database(nodes: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    """So many may wait or run, and no more; one that is over makes room."""
    monkeypatch.setattr(subscription_book, "MOST_OPEN", 2)
    made = nodes.running()
    nodes.se.subscriptions.ask(BIRGER, "dk.coord", TRACKS)
    nodes.carry()
    with pytest.raises(Refused, match="open already"):
        nodes.se.subscriptions.ask(BIRGER, "dk.coord", TRACKS)
    step = Step(step=SubscriptionStep.ASKED, subscription=bytes([7] * 32), wish=TRACKS)
    assert sent(nodes.se, nodes.dk, step) == "refused"
    nodes.dk.subscriptions.end(ANNA, made, "no need")
    assert sent(nodes.se, nodes.dk, step) == "accepted"


def test_a_subscription_with_a_partner_that_is_cut_off_can_be_ended(nodes: Two) -> None:
    """Whatever has become of a partner, it keeps nobody from ending; it is asked and told nothing."""
    made = nodes.running()
    with nodes.dk.store.acting() as act:
        partners.cut_off(act, "se.coord", officer="anna", reason="key stolen", now=pair.NOW)
    nodes.dk.subscriptions.end(ANNA, made, "cut off")
    assert kept(nodes.dk, made).state is SubscriptionState.ENDED
    with nodes.dk.store.reading() as transaction:
        assert outbox_state.waits(transaction, "se.coord", "ordinary") == 0
    with pytest.raises(Missing):
        nodes.dk.subscriptions.ask(ANNA, "se.coord", TRACKS)
