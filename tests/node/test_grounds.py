"""What is proven: while a permit's grounds stand, asking again gives the same; what changes the answer changes them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from agreements import cases
from builders import centre, pair
from builders.informed import at
from comity.agreements import national, terms
from comity.agreements.national import Law
from comity.agreements.permit import Denial, Permit, Request, permit
from comity.agreements.posture import Remaining
from comity.agreements.standing import Standing, State
from comity.exchange.recheck import Waiting
from comity.foundation import canonical
from comity.foundation.store import agreements, outbox, partners
from comity.foundation.store.store import Store
from comity.node import grounds
from comity.node.assemble import Node
from comity.node.flow_release import Asked
from comity.review import decide
from comity.review.decide import Verdict
from comity.vocabulary.decision import Judgement
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Refused
from comity.vocabulary.instant import DAY
from comity.vocabulary.message import Lane
from comity.vocabulary.officer import Officer, Role
from comity.vocabulary.posture import Posture
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import RecordKind

OFFICER = Officer(name="anna", role=Role.OFFICER)
_TERMS = terms.read(cases.EXAMPLE.read_text("utf-8"), cases.EXAMPLE.name)
_OWN = pair.own("dk.coord", 1)


@st.composite
def standings(draw: st.DrawFn) -> tuple[Standing, ...]:
    """Return some versions of one or two agreements, in any state, of any time around now, proven or not."""
    made = []
    for name, version in draw(
        st.lists(st.tuples(st.sampled_from([_TERMS.agreement, "second"]), st.integers(1, 3)), max_size=4, unique=True)
    ):
        start = cases.NOW + draw(st.sampled_from([-DAY, -1, 0, 1]))
        text = replace(_TERMS, agreement=name, version=version, in_force=replace(_TERMS.in_force, start=start))
        if draw(st.booleans()):
            text = replace(text, clauses=text.clauses[1:])
        if draw(st.booleans()):
            kept = Remaining(posture=Posture.RESTRICTED, only=(text.clauses[0].id,), purposes=text.purposes)
            text = replace(text, postures=(kept,))
        standing = cases.in_force(text, draw(st.sampled_from([State.FINALIZED, State.FINALIZED, *State])))
        made.append(standing if draw(st.booleans()) else replace(standing, standing_at=frozenset({"dk.coord"})))
    return tuple(made)


_LAWS = [
    None,
    national.read(
        "law: a\nof: DK\nversion: 1\nbasis: [{instrument: Act}]\nforbid: [{id: n, to: SE, fields: [name]}]\n", "a"
    ),
    national.read("law: a\nof: DK\nversion: 1\nbasis: [{instrument: Act}]\nforbid: [{id: n, to: SE}]\n", "a"),
]
ABOVE = st.tuples(st.sampled_from(Posture), st.sampled_from(_LAWS))


@given(standings(), standings(), st.integers(0, 2), st.booleans(), st.lists(ABOVE, min_size=2, max_size=2))
def test_the_same_grounds_give_the_same_answer(
    before: tuple[Standing, ...],
    after: tuple[Standing, ...],
    passed: int,
    same: bool,  # noqa: FBT001 - drawn
    above: list[tuple[Posture, Law | None]],
) -> None:
    """Of any two moments with any agreements: if the grounds are equal, so are clause, agreement and fields."""
    after = before if same else after
    later = cases.NOW + passed
    above = above[:1] * 2 if same else above
    first = permit(_question(before, cases.NOW, above[0]))
    shared = [
        grounds.common(_OWN, b"card", {}, found, now, posture=posture, law=law)
        for found, now, (posture, law) in ((before, cases.NOW, above[0]), (after, later, above[1]))
    ]
    if shared[0] != shared[1]:
        return
    second = permit(_question(after, later, above[1]))
    assert isinstance(second, type(first))
    if isinstance(first, Permit) and isinstance(second, Permit):
        assert (first.digest, first.clause, first.fields) == (second.digest, second.clause, second.fields)


def _question(found: tuple[Standing, ...], now: int, above: tuple[Posture, Law | None]) -> Request:
    return cases.asked(cases.alert(), cases.in_force(_TERMS), standings=found, now=now, posture=above[0], law=above[1])


@pytest.fixture
def node(store: Store, tmp_path: Path) -> Node:
    """Return a node with an agreement in force and two alerts, both confirmed."""
    made = centre.node(store, tmp_path)
    centre.furnished(made)
    for alert in ("alert-1", "alert-2"):
        judged(made, alert, Judgement.CONFIRMED)
    return made


def judged(node: Node, alert: str, judgement: Judgement) -> None:
    decide.decide(node.store, node.clock, OFFICER, Verdict(alert=alert, judgement=judgement, reason="seen"))


def asked(*alerts: str) -> list[Asked]:
    return [
        Asked(kind=RecordKind.ALERT, record=alert, partner="se.coord", purpose=Purpose.SMUGGLING, officer=OFFICER.name)
        for alert in alerts
    ]


def stopped(node: Node, message: bytes) -> list[str | None]:
    """Ask what the courier asks, and hold it against the full question about each."""
    with node.store.reading() as transaction:
        waiting = [Waiting(one.request or b"", one.item or b"") for one in outbox.items(transaction, message)]
        found = node.releases.obstacles(transaction, waiting)
        assert all(canonical.read(one.request, Asked).grounds for one in waiting)
        assert found == [node.releases.obstacle(transaction, one.request, one.given) for one in waiting]
    return found


def test_many_are_given_in_one_message_each_with_its_entry_and_those_denied_are_logged(node: Node) -> None:
    judged(node, "alert-2", Judgement.REJECTED)
    done = node.releases.release_many(OFFICER, asked("alert-1", "alert-2"))
    (message,) = done.messages
    assert list(done.denied) == ["alert-2"]
    assert isinstance(done.denied["alert-2"], Denial)
    with node.store.reading() as transaction:
        kept = outbox.get(transaction, message)
        acts = [canonical.read(row[0], Entry) for row in transaction.rows("SELECT entry FROM ledger_entry")]
    assert kept is not None
    assert (kept.lane, kept.count) == (Lane.BULK.value, 1)
    assert {(one.act, one.subject) for one in acts} >= {(Act.DISCLOSED, "alert-1"), (Act.DENIED, "alert-2")}


def test_many_are_for_one_partner_and_of_alerts(node: Node) -> None:
    other = replace(asked("alert-2")[0], partner="de.coord")
    for wrong in ([*asked("alert-1"), other], [replace(asked("alert-1")[0], kind=RecordKind.REPORT)], []):
        with pytest.raises(Refused):
            node.releases.release_many(OFFICER, wrong)


def suspended(node: Node) -> None:
    with node.store.acting() as act:
        agreements.set_state(act, terms.digest(pair.TERMS), State.SUSPENDED.value)
        act.log(Entry(act=Act.AGREEMENT, detail="suspended"))


def narrowed(node: Node) -> None:
    node.postures.set(OFFICER, "se.coord", Posture.GUARDED, "relations are strained", node.clock.now() + DAY)


def rejected(node: Node) -> None:
    judged(node, "alert-1", Judgement.REJECTED)


def confirmed_anew(node: Node) -> None:
    judged(node, "alert-1", Judgement.CONFIRMED)


def cut_off(node: Node) -> None:
    with node.store.acting() as act:
        partners.cut_off(act, "se.coord", node.clock.now())
        act.log(Entry(act=Act.PARTNER, detail="cut off"))


def gone(node: Node) -> None:
    with node.store.upkeep() as transaction:
        transaction.run("DELETE FROM decision WHERE alert = 'alert-1'")
        transaction.run("DELETE FROM alert WHERE id = 'alert-1'")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (None, []),
        (suspended, ["alert-1", "alert-2"]),
        (narrowed, ["alert-1", "alert-2"]),
        (rejected, ["alert-1"]),
        (confirmed_anew, []),
    ],
)
def test_whatever_changes_the_shortcut_says_what_the_permit_says(
    node: Node, change: Callable[[Node], None] | None, expected: list[str]
) -> None:
    (message,) = node.releases.release_many(OFFICER, asked("alert-1", "alert-2")).messages
    if change:
        change(node)
    found = zip(("alert-1", "alert-2"), stopped(node, message), strict=True)
    assert [alert for alert, why in found if why is not None] == expected


def test_when_the_clock_goes_back_the_permit_is_asked_anew(node: Node) -> None:
    """A confirmation that is yet to come confirms nothing, though nothing but the time has changed."""
    (message,) = node.releases.release_many(OFFICER, asked("alert-1")).messages
    assert stopped(node, message) == [None]
    (why,) = stopped(at(node, pair.NOW - DAY), message)
    assert "no named officer has confirmed it" in (why or "")


def test_of_distress_no_grounds_are_kept() -> None:
    """What the time alone may change is asked each time; of any other alert they are."""
    standing = cases.in_force(_TERMS)
    for distress in (False, True):
        leave = permit(cases.asked(cases.alert(distress=distress), standing))
        assert isinstance(leave, Permit)
        assert grounds.lasting(leave, b"found") == (b"" if distress else b"found")


def test_what_cannot_be_asked_again_is_stopped_by_itself(node: Node) -> None:
    (message,) = node.releases.release_many(OFFICER, asked("alert-1", "alert-2")).messages
    gone(node)
    with node.store.reading() as transaction:
        waiting = [Waiting(one.request or b"", one.item or b"") for one in outbox.items(transaction, message)]
        found = node.releases.obstacles(transaction, waiting)
    assert "no such alert" in (found[0] or "")
    assert found[1] is None
    cut_off(node)
    with node.store.reading() as transaction:
        assert all("no such partner" in (one or "") for one in node.releases.obstacles(transaction, waiting[1:]))
