"""The story of a proof of what was passed on: the holder's bundle shows the originator's leave, or there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from builders import pair
from comity.exchange import bundle, cards, partners, receipts
from comity.exchange.cards import Own
from comity.foundation.store import outbox as kept_outbox
from comity.foundation.store import receipt_proofs
from comity.foundation.store.store import Store
from comity.node.assemble import Node
from comity.vocabulary.fault import Fault, Missing
from exchange import test_bundle as bundles
from node import test_flow_onward as stories
from node.test_flow_onward import ANNA, Three

three = stories.three


@pytest.fixture
def make_store(borrow_database: Callable[[], str]) -> Iterator[Callable[[str], Store]]:
    """Return a maker of stores whose entries have the time of the nodes over them: a proof is held against it."""
    made: list[Store] = []

    def make(name: str) -> Store:
        made.append(Store(borrow_database(), node=name, clock=pair.clock(), connections=10))
        return made[-1]

    yield make
    for store in made:
        store.close()


def witnessed(node: Node) -> None:
    """Let the node know the oversight body, whose cosignature the agreement requires."""
    with node.store.acting() as act:
        typed = cards.fingerprint(bundles.OVERSIGHT.signed)
        partners.accept(act, node.own, bundles.OVERSIGHT.signed, typed, officer="anna", now=pair.NOW)


def proven(node: Node, partner: Node, message: bytes) -> None:
    """Have both logs cosigned, and keep the partner's proof of what it received."""
    with node.store.reading() as t:
        kept = kept_outbox.get(t, message)
    assert kept is not None
    assert kept.receipt is not None
    receipt = receipts.read(kept.receipt, partner.own.card.identity, "receipt", partner.own.card.identity_pq)
    bundles.proof(node, kept.entry, _witnesses(node))
    theirs = bundles.proof(partner, receipt.index, _witnesses(partner))
    with node.store.upkeep() as t:
        receipt_proofs.put(t, message, theirs.written())


def _witnesses(node: Node) -> tuple[Own, ...]:
    """Return all who may witness the node's log: nobody witnesses their own."""
    return (bundles.OVERSIGHT, *(own for own in bundles.PARTIES if own.card.name != node.own.card.name))


def test_what_was_passed_on_is_proven_with_its_leave(three: Three) -> None:
    witnessed(three.se)
    record, _, message = stories.passed(three)
    with pytest.raises(Missing, match="not proven by both logs yet"):
        three.se.proofs.bundle(message)
    proven(three.se, three.de, message)
    verdict = bundle.verify(three.se.proofs.bundle(message))
    assert verdict.ok, verdict.checks[-1]
    facts = verdict.facts
    assert facts is not None
    assert (facts.record, facts.originator, facts.leave_by) == (record, "dk.coord", "anna")
    assert (facts.sender, facts.receiver) == ("se.coord", "de.coord")


def test_what_the_originator_gave_itself_needs_no_leave(three: Three) -> None:
    witnessed(three.dk)
    _, message = stories.held(three)
    proven(three.dk, three.se, message)
    made = three.dk.proofs.bundle(message)
    facts = bundle.verify(made).facts
    assert facts is not None
    assert (facts.originator, facts.leave_by) == ("dk.coord", "")
    with three.dk.store.reading() as t:
        (kept,) = t.rows("SELECT note FROM ledger_checkpoint WHERE referred")
    assert kept[0] in made, "the checkpoint to which the bundle refers is kept for good"


def test_by_the_leave_of_an_originator_that_was_cut_off_no_bundle_is_made(three: Three) -> None:
    witnessed(three.se)
    _, _, message = stories.passed(three)
    proven(three.se, three.de, message)
    with three.se.store.acting() as act:
        partners.cut_off(act, "dk.coord", officer=ANNA.name, reason="key stolen", now=pair.NOW)
    with pytest.raises(Fault, match="there is no such partner"):
        three.se.proofs.bundle(message)
