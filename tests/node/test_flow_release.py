"""What is proven: what waits goes only under the very leave it was given, however much else is permitted by then."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from builders import centre, pair
from comity.agreements import field, rescue, terms
from comity.agreements.permit import Permit
from comity.agreements.standing import State
from comity.agreements.terms import Terms
from comity.exchange.recheck import Waiting
from comity.foundation.store import agreements, alerts, outbox
from comity.foundation.store.store import Store
from comity.node.assemble import Node
from comity.node.flow_release import Asked, Released
from comity.review import decide
from comity.review.decide import Verdict
from comity.vocabulary.alert import AlertKind
from comity.vocabulary.decision import Judgement
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.officer import Officer, Role
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import RecordKind

OFFICER = Officer(name="anna", role=Role.OFFICER)


@pytest.fixture
def node(store: Store, tmp_path: Path) -> Node:
    """Return a node with an agreement in force and two alerts."""
    made = centre.node(store, tmp_path)
    centre.furnished(made)
    return made


def released(node: Node, alert: str, purpose: Purpose) -> Released:
    """Confirm the alert and release it to the partner."""
    decide.decide(node.store, node.clock, OFFICER, Verdict(alert=alert, judgement=Judgement.CONFIRMED, reason="seen"))
    answer = node.releases.release(
        OFFICER, Asked(kind=RecordKind.ALERT, record=alert, partner="se.coord", purpose=purpose, officer=OFFICER.name)
    )
    assert isinstance(answer, Released), answer
    return answer


def obstacle(node: Node, sent: Released) -> str | None:
    """Ask what the courier asks before it brings the release."""
    with node.store.reading() as transaction:
        (item,) = outbox.items(transaction, sent.message)
        return node.releases.obstacles(transaction, [Waiting(item.request or b"", item.item or b"")])[0]


def agreed(node: Node, text: Terms) -> None:
    """Bring one more agreement into force."""
    digest = terms.digest(text)
    with node.store.acting() as act:
        agreements.add(act, digest, text.agreement, text.version, terms.canonical(text))
        for party in text.between:
            agreements.add_signature(act, digest, party, b"signed")
            agreements.add_standing(act, digest, party, b"proven")
        for state in (State.AGREED, State.FINALIZED):
            agreements.set_state(act, digest, state.value)
        act.log(Entry(act=Act.AGREEMENT, subject=digest.hex()))


def suspended(node: Node, text: Terms = pair.TERMS) -> None:
    """Suspend an agreement."""
    with node.store.acting() as act:
        agreements.set_state(act, terms.digest(text), State.SUSPENDED.value)
        act.log(Entry(act=Act.AGREEMENT, detail="suspended"))


def test_what_is_still_permitted_as_it_was_given_goes(node: Node) -> None:
    assert obstacle(node, released(node, "alert-1", Purpose.SMUGGLING)) is None


def test_another_agreement_does_not_carry_what_a_suspended_one_gave(node: Node) -> None:
    """Safeguard 9: under a suspended agreement nothing goes, though another in force would permit the same record."""
    sent = released(node, "alert-1", Purpose.SMUGGLING)
    agreed(node, replace(pair.TERMS, agreement="second-treaty"))
    assert obstacle(node, sent) is None
    suspended(node)
    assert "second-treaty 1" in (obstacle(node, sent) or "")
    assert released(node, "alert-1", Purpose.SMUGGLING).permit.agreement == "second-treaty"


def test_a_narrower_version_stops_what_the_older_one_gave(node: Node) -> None:
    """What waits was sealed with fields that the version now in force withholds: it does not go."""
    sent = released(node, "alert-1", Purpose.SMUGGLING)
    clauses = tuple(
        replace(clause, fields=tuple(name for name in clause.fields if name in (*field.NEEDED, "position")))
        for clause in pair.TERMS.clauses
    )
    agreed(node, replace(pair.TERMS, version=pair.TERMS.version + 1, clauses=clauses))
    assert f"{pair.TERMS.agreement} {pair.TERMS.version + 1}" in (obstacle(node, sent) or "")


def test_rescue_does_not_carry_who_it_is(node: Node) -> None:
    """Safeguard 13 crosses a suspension with position and need; an identity sealed before does not ride along."""
    clauses = tuple(replace(clause, condition="") for clause in pair.TERMS.clauses)
    wide = replace(pair.TERMS, version=pair.TERMS.version + 1, clauses=clauses)
    agreed(node, wide)
    with node.store.acting() as act:
        alerts.add(act, replace(centre.alert("sos"), kind=AlertKind.DISTRESS), centre.BEGIN)
        act.log(Entry(act=Act.COMBINED, subject="sos"))
    sent = released(node, "sos", Purpose.SEARCH_AND_RESCUE)
    assert "name" in sent.permit.fields
    suspended(node, wide)
    asked = Asked(
        kind=RecordKind.ALERT, record="sos", partner="se.coord", purpose=Purpose.SEARCH_AND_RESCUE, officer=OFFICER.name
    )
    answer = node.releases.preview(OFFICER, asked).answer
    assert isinstance(answer, Permit)
    assert answer.clause == rescue.CLAUSE
    assert rescue.CLAUSE in (obstacle(node, sent) or "")
