"""Giving between two nodes by hand: what `dk.coord` gives `se.coord`, what is brought there, and what comes back."""

from __future__ import annotations

from msgspec.structs import replace

from comity.exchange import inbox
from comity.exchange.inbox import Accepted, Reception
from comity.exchange.receipts import read
from comity.foundation.clock import wall
from comity.foundation.store import outbox as kept_outbox
from comity.node.assemble import Node
from comity.node.flow_release import Asked, Released
from comity.node.reception import reception
from comity.review import decide
from comity.review.decide import Verdict
from comity.vocabulary.decision import Judgement
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.message import Receipt
from comity.vocabulary.officer import Officer, Role
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import RecordKind

OFFICER = Officer(name="anna", role=Role.OFFICER)


def given(owner: Node, alert: str = "alert-1") -> bytes:
    """Confirm an alert and release it to the partner; return the message."""
    decide.decide(owner.store, owner.clock, OFFICER, Verdict(alert=alert, judgement=Judgement.CONFIRMED, reason="seen"))
    asked = Asked(
        kind=RecordKind.ALERT, record=alert, partner="se.coord", purpose=Purpose.SMUGGLING, officer=OFFICER.name
    )
    answer = owner.releases.release(OFFICER, asked)
    assert isinstance(answer, Released), answer
    return answer.message


def as_it_rests(takes: Reception) -> Reception:
    """Return what takes messages in as they rest in the outbox: no courier has sealed them to a prekey yet."""
    return replace(takes, prekeys=None)


def brought(owner: Node, holder: Reception) -> list[Receipt]:
    """Bring all that waits at the owner to the holder, and keep the receipts."""
    found: list[Receipt] = []
    with owner.store.reading() as transaction:
        waiting = kept_outbox.waiting(transaction, "se.coord", "ordinary", 100)
    for message in waiting:
        answer = inbox.accept(as_it_rests(holder), message.envelope)
        assert isinstance(answer, Accepted)
        receipt = read(answer.receipt, holder.own.card.identity)
        with owner.store.acting() as act:
            kept_outbox.receipted(act, message.id, receipt.outcome.value, answer.receipt, wall())
            act.log(Entry(act=Act.RECEIPTED, partner="se.coord"))
        found.append(receipt)
    return found


def answers(owner: Node, holder: Reception) -> list[Receipt]:
    """Bring the holder's answers back to the owner."""
    with holder.store.reading() as transaction:
        waiting = kept_outbox.waiting(transaction, "dk.coord", "ordinary", 100)
    found = []
    for message in waiting:
        answer = inbox.accept(as_it_rests(reception(owner)), message.envelope)
        assert isinstance(answer, Accepted)
        found.append(read(answer.receipt, owner.own.card.identity))
    return found
