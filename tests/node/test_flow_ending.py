"""What is proven: an end takes effect at once, what is owed after it is kept in books, and only a proof meets it."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from builders import centre, pair
from comity.agreements import revocation, terms
from comity.agreements.frame import After
from comity.agreements.revocation import Revocation
from comity.agreements.standing import State
from comity.agreements.terms import Terms
from comity.exchange import cards, partners, step
from comity.exchange.inbox import Arrived
from comity.exchange.step import Effect, Step, StepKind
from comity.foundation import canonical
from comity.foundation.canonical import digest
from comity.foundation.keys import BadSignature
from comity.foundation.store import agreements, findings, inbox, obligations, outbox
from comity.foundation.store.inbox import KeptArrival, KeptRecord
from comity.foundation.store.obligations import KeptObligation
from comity.foundation.store.store import Store
from comity.node.assemble import Node
from comity.node.flow_ending import EFFECT
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Fault, Refused
from comity.vocabulary.finding import FindingKind
from comity.vocabulary.instant import DAY, Instant
from comity.vocabulary.record import RecordKind

GERMANY, SWEDEN = pair.own("de.coord", 3), pair.own("se.coord", 2)
DIGEST = terms.digest(pair.TERMS)
NAME = pair.TERMS.agreement
ERASE = pair.TERMS.after.erase
WHY = "the treaty ended"


@pytest.fixture
def node(store: Store, tmp_path: Path) -> Node:
    """Return `dk.coord`, which knows both other parties and has the example agreement in force."""
    made = centre.node(store, tmp_path)
    centre.furnished(made)
    with store.acting() as act:
        typed = cards.fingerprint(GERMANY.signed)
        partners.accept(act, made.own, GERMANY.signed, typed, officer="anna", now=pair.NOW)
    return made


def in_force(node: Node, text: Terms) -> bytes:
    """Bring one more agreement into force, and return its digest."""
    name = terms.digest(text)
    with node.store.acting() as act:
        agreements.add(act, name, text.agreement, text.version, terms.canonical(text))
        for party in text.between:
            agreements.add_signature(act, name, party, b"signed")
            agreements.add_standing(act, name, party, b"proven")
        agreements.set_state(act, name, State.FINALIZED.value)
        act.log(Entry(act=Act.AGREEMENT, detail="in force"))
    return name


def hold(node: Node, number: int, kind: RecordKind, agreement: bytes | None, keep_until: Instant) -> bytes:
    """Keep a record that Sweden gave, and return its message's id."""
    message = bytes([number]) * 32
    with node.store.acting() as act:
        arrival = KeptArrival(
            sender="se.coord",
            id=message,
            kind="release",
            lane="ordinary",
            sequence=number,
            received=pair.NOW,
            count=1,
            receipt=b"receipt",
            agreement=agreement,
        )
        record = KeptRecord(
            sender="se.coord",
            message=message,
            place=0,
            leaf=bytes(32),
            item=b"given",
            record=f"record-{number}",
            received=pair.NOW,
            keep_until=keep_until,
            kind=kind.value,
        )
        inbox.add(act, arrival, [record])
        act.log(Entry(act=Act.RECEIVED, partner="se.coord"))
    return message


def kept_until(node: Node, message: bytes) -> Instant | None:
    with node.store.reading() as transaction:
        return inbox.records(transaction, "se.coord", message)[0].keep_until


def owed(node: Node) -> list[KeptObligation]:
    with node.store.reading() as transaction:
        return obligations.recent(transaction, 100)


def state(node: Node, name: bytes = DIGEST) -> str:
    with node.store.reading() as transaction:
        kept = agreements.get(transaction, name)
    assert kept is not None
    return kept.state


def told(node: Node, partner: str) -> list[Step]:
    """Return the steps that wait for the partner."""
    with node.store.reading() as transaction:
        return [
            step.read(one.item or b"")
            for kept in outbox.waiting(transaction, partner, "ordinary", 10)
            for one in outbox.items(transaction, kept.id)
        ]


def take(node: Node, taken: Step, sender: str = "se.coord") -> None:
    """Let the node take a step of a partner."""
    with node.store.acting() as act:
        node.agreements.take(act, Arrived(sender, bytes(32), step.written(taken), b""))
        act.log(Entry(act=Act.RECEIVED, partner=sender))


def withdrawal(party: str = "se.coord", name: bytes = DIGEST) -> Revocation:
    return Revocation(agreement=name, party=party, time=pair.NOW, reason=WHY)


def test_a_revocation_is_signed_told_and_owed_for(node: Node) -> None:
    """At once nothing is in force; each other party is told, owes and is owed; anyone can check the signature."""
    node.endings.stop(NAME, 1, StepKind.REVOKED, "anna", WHY)
    assert state(node) == "revoked"
    for party in ("se.coord", "de.coord"):
        (sent,) = told(node, party)
        said = revocation.read(sent.revocation, node.own.card.identity)
        assert (said.agreement, said.party, said.reason) == (DIGEST, "dk.coord", WHY)
    books = {(one.partner, one.ours): one for one in owed(node)}
    assert set(books) == {(party, ours) for party in ("se.coord", "de.coord") for ours in (True, False)}
    assert all(one.due - one.made == ERASE and one.met is None for one in books.values())
    with pytest.raises(Refused, match="stopped already"):
        node.endings.stop(NAME, 1, StepKind.REVOKED, "anna", WHY)


def test_a_partners_revocation_must_be_its_own(node: Node) -> None:
    """One signed by another key, of another party, or of another agreement stops nothing."""
    signed = revocation.sign(withdrawal(), SWEDEN.keys.identity)
    forged = revocation.sign(withdrawal(), GERMANY.keys.identity)
    for wrong, fault in (
        (forged, BadSignature),
        (revocation.sign(withdrawal("de.coord"), SWEDEN.keys.identity), Refused),
        (revocation.sign(withdrawal(name=bytes(32)), SWEDEN.keys.identity), Refused),
        (revocation.sign(withdrawal(), SWEDEN.keys.identity, SWEDEN.keys.identity_pq), Refused),
        (signed[:-1], Fault),
        (b"", Fault),
    ):
        with pytest.raises(fault):
            take(node, Step(step=StepKind.REVOKED, agreement=DIGEST, revocation=wrong))
        assert (state(node), owed(node)) == ("finalized", [])
    take(node, Step(step=StepKind.REVOKED, agreement=DIGEST, revocation=signed))
    assert state(node) == "revoked"
    with node.store.reading() as transaction:
        ended = agreements.ended(transaction, DIGEST)
    assert ended is not None
    assert (ended.party, ended.reason, ended.revocation) == ("se.coord", WHY, signed)


def test_what_was_given_must_go_sooner_but_for_what_may_stay(node: Node) -> None:
    """Only records under this agreement, or one not known, are shortened; kinds that may stay are not."""
    text = replace(
        pair.TERMS, agreement="other", after=After(erase=10 * DAY, prove="receipt", keep=(RecordKind.REPORT,))
    )
    name, late = in_force(node, text), pair.NOW + 90 * DAY
    alert, unknown = hold(node, 1, RecordKind.ALERT, name, late), hold(node, 2, RecordKind.ALERT, None, late)
    report, elsewhere = hold(node, 3, RecordKind.REPORT, name, late), hold(node, 4, RecordKind.ALERT, DIGEST, late)
    soon = hold(node, 5, RecordKind.ALERT, name, pair.NOW + DAY)
    node.endings.stop("other", 1, StepKind.TERMINATED, "anna", WHY)
    made = next(one.made for one in owed(node))
    assert {kept_until(node, alert), kept_until(node, unknown)} == {made + 9 * DAY}
    assert (kept_until(node, report), kept_until(node, elsewhere)) == (late, late)
    assert kept_until(node, soon) == pair.NOW + DAY


def test_a_debt_is_entered_once_nothing_that_must_go_is_left(node: Node) -> None:
    """While a record is left nothing is claimed; then the entry binds the numbers and the account, once."""
    text = replace(pair.TERMS, agreement="other", after=replace(pair.TERMS.after, account=(RecordKind.ALERT,)))
    name = in_force(node, text)
    message = hold(node, 1, RecordKind.ALERT, name, pair.NOW + DAY)
    node.endings.stop("other", 1, StepKind.TERMINATED, "anna", WHY)

    def entered() -> list[Entry]:
        return [entry for entry in centre.acts(node) if entry.detail == EFFECT and entry.partner == "se.coord"]

    node.endings.settle()
    assert entered() == []
    with node.store.acting() as act:
        inbox.erase(act, "se.coord", message, [0])
        act.log(Entry(act=Act.ERASED, partner="se.coord"))
    node.endings.settle()
    node.endings.settle()
    (entry,) = entered()
    (kept,) = [one for one in owed(node) if one.ours and one.partner == "se.coord"]
    assert kept.effect is not None
    assert entry.digest == digest(kept.effect)
    assert canonical.read(kept.effect, Effect) == Effect(erased=1, kept=0, returned=message + bytes(4))
    assert kept.met is None, "no witness has seen it yet"
    assert [one.step for one in told(node, "se.coord")] == [StepKind.TERMINATED]


def _claim(node: Node, entry: Entry, effect: bytes) -> None:
    body = canonical.written(entry)
    take(
        node,
        Step(step=StepKind.EFFECTED, agreement=DIGEST, entry=body, salt=bytes(32), proof=b"proof", effect=effect),
    )


def test_nothing_but_a_proof_meets_a_debt(node: Node) -> None:
    """What nobody owes, an entry that says otherwise, and one that no log is shown to hold are refused."""
    effect = canonical.written(Effect(erased=3, kept=0))
    entry = Entry(
        act=Act.AGREEMENT,
        node="se.coord",
        subject=DIGEST.hex(),
        partner="dk.coord",
        digest=digest(effect),
        detail=EFFECT,
    )
    with pytest.raises(Refused, match="nothing is owed"):
        _claim(node, entry, effect)
    node.endings.stop(NAME, 1, StepKind.REVOKED, "anna", WHY)
    for changed in (
        replace(entry, node="de.coord"),
        replace(entry, act=Act.ERASED),
        replace(entry, subject=bytes(32).hex()),
        replace(entry, digest=bytes(32)),
        replace(entry, detail="something else"),
    ):
        with pytest.raises(Fault, match="does not say what was done"):
            _claim(node, changed, effect)
    with pytest.raises(Fault):
        _claim(node, entry, b"no effect")
    with pytest.raises(Fault):
        _claim(node, entry, effect)
    assert all(one.met is None for one in owed(node))


@pytest.mark.parametrize("followed", [False, True])
def test_what_expires_is_owed_for_unless_a_newer_version_is_in_force(node: Node, *, followed: bool) -> None:
    """An agreement that goes on under its next version owes nothing; the one that has gone is expired in any case."""
    past = replace(pair.TERMS.in_force, end=pair.NOW - DAY)
    name = in_force(node, replace(pair.TERMS, agreement="other", in_force=past))
    if followed:
        in_force(node, replace(pair.TERMS, agreement="other", version=2))
    node.endings.expire()
    node.endings.expire()
    assert (state(node, name), state(node)) == ("expired", "finalized")
    assert bool(owed(node)) is not followed
    assert [entry.detail for entry in centre.acts(node)].count("expired") == 1


def test_what_was_never_in_force_is_not_owed_for(node: Node) -> None:
    """An offer that is terminated ends, and nobody owes anything."""
    text = replace(pair.TERMS, agreement="other")
    name = node.agreements.request(text, "anna")
    assert (state(node, name), [one.step for one in told(node, "se.coord")]) == ("requested", [StepKind.REQUESTED])
    node.endings.stop("other", 1, StepKind.TERMINATED, "anna", "a mistake")
    assert (state(node, name), owed(node)) == ("terminated", [])


def test_an_overdue_debt_is_a_finding_once(node: Node) -> None:
    """For what a partner has not proven in time a person must answer; of what this node owes there is none."""
    node.endings.stop(NAME, 1, StepKind.REVOKED, "anna", WHY)
    with node.store.upkeep() as transaction:
        transaction.run("UPDATE obligation SET due = %s", pair.NOW - DAY)
    assert (node.recalls.find_overdue(), node.recalls.find_overdue()) == (2, 0)
    with node.store.reading() as transaction:
        found = [kept.finding for kept in findings.newest(transaction, 10)]
    assert {(one.kind, one.partner) for one in found} == {
        (FindingKind.OVERDUE, "se.coord"),
        (FindingKind.OVERDUE, "de.coord"),
    }


def test_an_agreement_is_asked_for_offered_and_accepted(node: Node) -> None:
    """A partner asks, an officer signs: accepted. The text that this node has signed can be offered once more."""
    text = replace(pair.TERMS, agreement="other")
    asked = Step(step=StepKind.REQUESTED, agreement=terms.digest(text), terms=terms.canonical(text))
    with pytest.raises(Refused, match="as a party"):
        take(node, asked, "no.coord")
    take(node, asked)
    assert state(node, terms.digest(text)) == "requested"
    with pytest.raises(Fault, match="no text of other"):
        node.agreements.offer("other", 1, "anna")
    node.agreements.accept("other", 1, "anna")
    assert state(node, terms.digest(text)) == "accepted"
    node.agreements.offer("other", 1, "anna")
    assert [one.step for one in told(node, "se.coord")] == [StepKind.SIGNED, StepKind.SIGNED]
    with pytest.raises(Refused, match="here already"):
        node.agreements.request(text, "anna")
