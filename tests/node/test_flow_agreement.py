"""What is proven: an agreement can always be stopped, nothing undoes that, and no party can hold up the others."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from msgspec.structs import replace

from builders import centre, pair
from comity.agreements import signing, terms
from comity.agreements.standing import State
from comity.agreements.terms import Terms
from comity.exchange import cards, partners, step
from comity.exchange.inbox import Arrived
from comity.exchange.step import Step, StepKind
from comity.foundation.keys import BadSignature
from comity.foundation.store import agreements, outbox
from comity.foundation.store.store import Store, Transaction
from comity.node.assemble import Node
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Fault, Refused

GERMANY, SWEDEN = pair.own("de.coord", 3), pair.own("se.coord", 2)
DIGEST = terms.digest(pair.TERMS)


@pytest.fixture
def node(store: Store, tmp_path: Path) -> Node:
    """Return `dk.coord`, which knows both other parties and has the example agreement in force."""
    made = centre.node(store, tmp_path)
    centre.furnished(made)
    with store.acting() as act:
        typed = cards.fingerprint(GERMANY.signed)
        partners.accept(act, made.own, GERMANY.signed, typed, officer="anna", now=pair.NOW)
    return made


def state(node: Node, digest: bytes = DIGEST) -> str:
    """Return the state of the agreement."""
    with node.store.reading() as transaction:
        kept = agreements.get(transaction, digest)
    assert kept is not None
    return kept.state


def told(node: Node, partner: str) -> list[StepKind]:
    """Return the steps that wait for the partner."""
    with node.store.reading() as transaction:
        return [
            step.read(one.item or b"").step
            for kept in outbox.waiting(transaction, partner, "ordinary", 10)
            for one in outbox.items(transaction, kept.id)
        ]


def take(node: Node, taken: Step, sender: str = "se.coord") -> None:
    """Let the node take a step of a partner."""
    with node.store.acting() as act:
        node.agreements.take(act, Arrived(sender, bytes(32), step.written(taken), b""))
        act.log(Entry(act=Act.RECEIVED, partner=sender))


def offered(node: Node, text: Terms, *signers: str) -> bytes:
    """Keep an agreement with these signatures as one that all have yet to bring into force; return its digest."""
    digest = terms.digest(text)
    with node.store.acting() as act:
        agreements.add(act, digest, text.agreement, text.version, terms.canonical(text))
        for party in signers:
            agreements.add_signature(act, digest, party, b"signed")
        act.log(Entry(act=Act.AGREEMENT))
    return digest


def test_an_agreement_is_stopped_though_a_party_was_cut_off(node: Node) -> None:
    """A party whose key was stolen does not keep the others from suspending; they are told, and it is not."""
    with node.store.acting() as act:
        partners.cut_off(act, "de.coord", officer="anna", reason="key stolen", now=pair.NOW)
    node.endings.stop(pair.TERMS.agreement, 1, StepKind.SUSPENDED, "anna", "a court has asked")
    assert state(node) == "suspended"
    assert (told(node, "se.coord"), told(node, "de.coord")) == ([StepKind.SUSPENDED], [])


def test_what_is_stopped_is_stopped_once_and_for_all(node: Node) -> None:
    """Neither officer nor partner brings an agreement back, or from its end to a suspension."""
    node.endings.stop(pair.TERMS.agreement, 1, StepKind.TERMINATED, "anna", "the treaty ended")
    with pytest.raises(Refused, match="stopped already"):
        node.endings.stop(pair.TERMS.agreement, 1, StepKind.SUSPENDED, "anna", "again")
    take(node, Step(step=StepKind.SUSPENDED, agreement=DIGEST))
    signatures = {own.card.name: signing.sign(own.keys.identity, DIGEST) for own in (GERMANY, SWEDEN, node.own)}
    body = terms.canonical(pair.TERMS)
    take(node, Step(step=StepKind.SIGNED, agreement=DIGEST, terms=body, signatures=signatures))
    node.agreements.proceed()
    assert state(node) == "terminated"
    assert [entry.detail for entry in centre.acts(node) if entry.act is Act.AGREEMENT][1:] == [
        "terminated: the treaty ended"
    ]


def test_a_suspension_stands_though_the_last_proof_comes_at_the_same_moment(node: Node) -> None:
    """Two transactions, one of which saw the agreement agreed before the other suspended it: it stays suspended."""
    text = replace(pair.TERMS, version=2)
    digest = offered(node, text, *text.between)
    with node.store.acting() as act:
        agreements.set_state(act, digest, State.AGREED.value)
        act.log(Entry(act=Act.AGREEMENT))
    suspended, seen = threading.Event(), threading.Event()

    def suspend() -> None:
        seen.wait(20)
        node.endings.stop(text.agreement, 2, StepKind.SUSPENDED, "anna", "at once")
        suspended.set()

    class Slow(type(node.agreements)):  # type: ignore[misc]  # sees the state, and acts on it after the other has
        def _kept(self, transaction: Transaction, digest: bytes) -> agreements.KeptAgreement:
            kept: agreements.KeptAgreement = super()._kept(transaction, digest)
            seen.set()
            assert suspended.wait(20)
            return kept

    other = threading.Thread(target=suspend)
    other.start()
    slow = Slow(node.store, node.own, node.clock, node.endings)
    with node.store.acting() as act:
        for party in text.between:
            agreements.add_standing(act, digest, party, b"proven")
        kept = agreements.get(act, digest)
        assert kept is not None
        slow._finalize(act, kept, text)
        act.log(Entry(act=Act.AGREEMENT, detail="the last proof"))
    other.join(20)
    assert state(node, digest) == "suspended"


def test_an_agreement_that_cannot_proceed_does_not_hold_up_the_next(node: Node) -> None:
    """All have signed two agreements; a party of the first was cut off: the second comes as far as it can."""
    first = offered(node, replace(pair.TERMS, agreement="a-first"), *pair.TERMS.between)
    second = offered(node, replace(pair.TERMS, agreement="b-second"), *pair.TERMS.between)
    with node.store.upkeep() as transaction:
        transaction.run("UPDATE agreement SET body = 'torn' WHERE digest = %s", first)
    node.agreements.proceed()
    assert (state(node, first), state(node, second)) == ("offered", "agreed")


def test_who_is_no_party_cannot_sign(node: Node) -> None:
    """A signature too many, though it holds, is refused: with it the agreement would never be complete."""
    text = terms.read(pair.EXAMPLE.read_text("utf-8").replace("version: 1", "version: 2"), "example")
    digest = terms.digest(text)
    stranger = pair.own("no.coord", 7)
    signatures = {own.card.name: signing.sign(own.keys.identity, digest) for own in (SWEDEN, stranger)}
    with node.store.acting() as act:
        typed = cards.fingerprint(stranger.signed)
        partners.accept(act, node.own, stranger.signed, typed, officer="anna", now=pair.NOW)
    offer = Step(step=StepKind.SIGNED, agreement=digest, terms=terms.canonical(text), signatures=signatures)
    with pytest.raises(Refused, match="no party"):
        take(node, offer)
    take(node, replace(offer, signatures={"se.coord": signatures["se.coord"]}))
    assert state(node, digest) == "offered"


def test_a_partys_signature_under_its_earlier_card_counts_unless_its_keys_were_stolen(node: Node) -> None:
    """Rotation takes nothing back; a cut at a size of the log does: that signature could be a thief's."""
    text = terms.read(pair.EXAMPLE.read_text("utf-8").replace("version: 1", "version: 2"), "example")
    digest = terms.digest(text)
    with node.store.reading() as t:
        earlier = partners.card(t, "se.coord")
    assert earlier.identity == SWEDEN.card.identity
    signature = {"se.coord": signing.sign(SWEDEN.keys.identity, digest)}
    offer = Step(step=StepKind.SIGNED, agreement=digest, terms=terms.canonical(text), signatures=signature)
    with node.store.acting() as act:
        fresh = pair.successor(SWEDEN, 9)
        typed = cards.fingerprint(fresh.signed)
        partners.accept(act, node.own, fresh.signed, typed, officer="anna", now=pair.NOW)
    with node.store.upkeep() as t:
        t.run("UPDATE partner_card SET cut_off = 5 WHERE name = 'se.coord' AND serial = 1")
    with pytest.raises(BadSignature):
        take(node, offer)
    with node.store.upkeep() as t:
        t.run("UPDATE partner_card SET cut_off = NULL WHERE name = 'se.coord'")
    take(node, offer)
    assert state(node, digest) == "offered"


@pytest.mark.parametrize("part", ["terms", "entry", "salt", "proof"])
def test_a_step_has_no_room_for_anything_else(node: Node, part: str) -> None:
    """What a step of this kind does not have is refused: nothing can be passed to a partner in it."""
    covert = replace(Step(step=StepKind.SUSPENDED, agreement=DIGEST), **{part: b"a record"})
    with pytest.raises(Fault, match="holds more"):
        take(node, covert)
    assert state(node) == "finalized"
