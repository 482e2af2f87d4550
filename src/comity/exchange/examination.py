"""An examination: what each part of a bundle must say for the whole to prove a release (docs/formats/bundle.md)."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from comity.agreements import admission, signing, terms
from comity.agreements.denial import NOT_PERMITTED
from comity.agreements.standing import Standing, State
from comity.exchange import cards, receipts, wire
from comity.exchange.evidence import Bundle, Evidence, NotProven
from comity.exchange.receipts import Sent
from comity.foundation.canonical import digest
from comity.foundation.ledger import note as notes
from comity.foundation.ledger.commitment import commitment
from comity.foundation.ledger.note import Ed25519Key
from comity.foundation.ledger.policy import Quorum
from comity.foundation.ledger.proof import LogProof
from comity.foundation.ledger.tree import leaf_hash, root_from_path
from comity.foundation.ledger.trust import TrustPolicy
from comity.vocabulary.entry import Act
from comity.vocabulary.message import MessageKind, Outcome, Receipt
from comity.vocabulary.partner import Card, Station
from comity.vocabulary.record import RecordKind
from comity.vocabulary.suite import Suite


def examined(
    evidence: Evidence, trusted: Collection[str], policy: TrustPolicy | None = None, *, spare: bool = False
) -> Iterator[str]:
    """Check the parts one after another and yield, after each check that holds, what it has shown.

    With `spare`, cards under which nothing was signed are passed over, for whoever still chooses among them.

    Raises:
        Fault: a check does not hold.
    """
    yield _cards(evidence, trusted)
    yield _agreement(evidence)
    yield _envelope(evidence)
    yield _item(evidence)
    yield _clause(evidence)
    yield _entry(evidence)
    sender, receiver = evidence.header.sender, evidence.header.recipient
    leaf = commitment(evidence.bundle.salt, evidence.bundle.entry)
    yield _stands(evidence, evidence.bundle.disclosed, leaf, sender)
    yield _receipt(evidence)
    answer = evidence.receipt
    if evidence.bundle.received.index != answer.index:
        raise NotProven("the receipt names another place in the log than its proof", where=receiver)
    yield _stands(evidence, evidence.bundle.received, commitment(answer.salt, answer.entry), receiver)
    if policy is not None:
        yield _meets(evidence, policy)
    if evidence.cut_offs:
        yield _not_cut_off(evidence)
    idle = {(card.name, card.serial) for found in evidence.cards.values() for card in found} - evidence.used
    if idle and not spare:
        raise NotProven("there is a card under which nothing was signed", where=min(idle)[0])


def _not_cut_off(evidence: Evidence) -> str:
    """Believe no entry at or beyond the size at which its log's keys were cut off, and no leave by such keys."""
    sides = ((evidence.header.sender, evidence.bundle.disclosed), (evidence.header.recipient, evidence.bundle.received))
    for name, proof in sides:
        if name in evidence.cut_offs and proof.index >= evidence.cut_offs[name]:
            raise NotProven(f"the keys were cut off at {evidence.cut_offs[name]} entries of the log", where=name)
    leave = evidence.leave
    if leave is not None and leave.originator in evidence.cut_offs:
        words = "the keys were cut off, and nothing shows that they signed the leave before"
        raise NotProven(words, where=leave.originator)
    return "no entry stands beyond the size at which keys were cut off"


def _cards(evidence: Evidence, trusted: Collection[str]) -> str:
    every = [card for found in evidence.cards.values() for card in found]
    needed = set(evidence.terms.between) | cosigners(evidence.bundle, every) | originators(evidence)
    if needed != evidence.cards.keys():
        odd = ", ".join(sorted(needed ^ evidence.cards.keys()))
        raise NotProven("the cards are not exactly those of the parties and the witnesses", where=odd)
    if not trusted:
        return f"{len(every)} cards are signed by the keys they name"
    for signed in evidence.bundle.cards:
        if cards.fingerprint(signed) not in trusted:
            name = cards.read(signed).name
            raise NotProven(f"{cards.fingerprint(signed)} is none of the fingerprints that you trust", where=name)
    return f"{len(every)} cards are signed by the keys they name, and have fingerprints that you trust"


def cosigners(bundle: Bundle, known: Collection[Card]) -> set[str]:
    """Return the names of the cards whose witness keys have put their name below either checkpoint."""
    below = [
        signature.name
        for proof in (bundle.disclosed, bundle.received)
        for signature in notes.read(proof.checkpoint).signatures
    ]
    return {card.name for card in known if card.witness_name in below}


def originators(evidence: Evidence) -> set[str]:
    """Return the name of the node whose leave lets the sender pass the record on, if one does."""
    return {evidence.leave.originator} if evidence.leave is not None else set()


def _agreement(evidence: Evidence) -> str:
    agreed = evidence.terms
    if set(evidence.bundle.signatures) != set(agreed.between):
        raise NotProven("the agreement does not have exactly the signatures of its parties", where=agreed.agreement)
    for party, signature in evidence.bundle.signatures.items():
        if evidence.card(party).station is not Station.NODE:
            raise NotProven("a party to the agreement is no node", where=party)
        _agreed(evidence, party, signature)
    return f"{agreed.agreement} {agreed.version} is signed by {_listed(agreed.between)}"


def _agreed(evidence: Evidence, party: str, signature: bytes) -> None:
    agreed = terms.digest(evidence.terms)
    both = evidence.terms.suite is Suite.BOTH
    evidence.signed(
        party, lambda card: signing.verify(card.identity, agreed, signature, card.identity_pq if both else None)
    )


def _envelope(evidence: Evidence) -> str:
    header = evidence.header
    parties = evidence.terms.between
    if header.kind is not MessageKind.RELEASE or header.agreement != terms.digest(evidence.terms):
        raise NotProven("the envelope holds no release under this agreement", where=header.sender)
    if header.sender not in parties or header.recipient not in parties or header.sender == header.recipient:
        raise NotProven("the envelope is not from one party to another", where=header.sender)
    if evidence.terms.suite is Suite.BOTH and header.suite != wire.BOTH:
        raise NotProven("the agreement demands two signatures, and the envelope has one", where=header.sender)
    evidence.signed(header.sender, lambda card: wire.authenticate(evidence.cover, card.identity, card.identity_pq))
    return f"the envelope is signed by {header.sender} and addressed to {header.recipient}"


def _item(evidence: Evidence) -> str:
    header, given, bundle = evidence.header, evidence.given, evidence.bundle
    root = root_from_path(bundle.place, bundle.count, leaf_hash(bundle.item), bundle.path)
    if wire.rooted(bundle.count, root) != header.payload:
        raise NotProven("the record is none of those that the envelope binds", where=given.id)
    if (given.agreement, given.purpose) != (header.agreement, header.purpose):
        raise NotProven("the record names another agreement or purpose than the envelope", where=given.id)
    among = f", record {bundle.place + 1} of {bundle.count}" if bundle.count > 1 else ""
    whose = _whose(evidence)
    fields = f"binds the {len(evidence.fields)} fields that were given"
    return f"the record is the one sealed in it{among}{whose}, and {fields}"


def _whose(evidence: Evidence) -> str:
    """Return in words on whose leave the sender gave it; empty where it is the sender's own."""
    given, sender, granted = evidence.given, evidence.header.sender, evidence.granted
    if granted is None:
        if given.owner != sender:
            raise NotProven("another originated the record, and no leave of it is shown", where=given.owner)
        return ""
    if given.owner == sender or given.owner != granted.leave.originator:
        raise NotProven("the leave is not by the originator of the record", where=granted.leave.originator)
    if evidence.card(given.owner).station is not Station.NODE:
        raise NotProven("the originator of the record is no node", where=given.owner)
    return f", passed on by leave that {given.owner} signed"


def _clause(evidence: Evidence) -> str:
    header, given = evidence.header, evidence.given
    parties = frozenset(evidence.terms.between)
    standing = Standing(
        terms=evidence.terms,
        digest=header.agreement,
        state=State.FINALIZED,
        signed=parties,
        standing_at=parties,
    )
    if given.kind is RecordKind.PERSON:  # no bundle is made of one, as it would carry what was given
        raise NotProven(f"the agreement did not allow it ({NOT_PERMITTED})", where=given.clause)
    sides = (header.sender, header.recipient)
    refusal = admission.admit(given, *sides, (standing,), evidence.entry.time, evidence.granted)
    if refusal is not None:
        raise NotProven(f"the agreement did not allow it ({refusal})", where=given.clause)
    return f"the clause {given.clause} gives these fields for {given.purpose}"


def _entry(evidence: Evidence) -> str:
    header, given, entry = evidence.header, evidence.given, evidence.entry
    said = (entry.act, entry.node, entry.partner, entry.subject, entry.clause, entry.purpose, entry.digest, entry.basis)
    agreed = f"{evidence.terms.agreement} {evidence.terms.version}"
    sides = (header.sender, header.recipient)
    if said != (Act.DISCLOSED, *sides, given.id, given.clause, given.purpose, digest(evidence.bundle.item), agreed):
        raise NotProven("the sender's entry says something else than the envelope", where=header.sender)
    return f"{entry.officer} gave it at {header.sender}, as its log says"


def _stands(evidence: Evidence, proof: LogProof, leaf: bytes, name: str) -> str:
    demanded = evidence.terms.witnesses
    logs = evidence.below(name, proof.checkpoint, lambda card: [Ed25519Key(card.origin, card.log)])
    if len(logs) != 1:
        raise NotProven(f"{len(logs)} keys of the log have signed the checkpoint, and one must", where=name)
    (log,) = logs
    count = {*evidence.terms.between, *demanded.required} - {name}  # those whom every party knows, as at the nodes
    witnesses = [
        key
        for other in sorted(count & evidence.cards.keys())
        for key in evidence.below(other, proof.checkpoint, cards.cosigning_keys)
    ]
    required = frozenset(f"{required}/witness" for required in demanded.required)
    quorum = Quorum(demanded.quorum, required, evidence.terms.suite is Suite.BOTH)
    checkpoint = proof.verify(leaf, log.name, log.public, witnesses, quorum)
    below = [signature.name for signature in notes.read(proof.checkpoint).signatures]
    names = {witness.name for witness in witnesses if witness.name in below}
    cosigned = _listed(sorted(witness.removesuffix("/witness") for witness in names))
    return f"entry {proof.index} of {log.name} stands under its checkpoint of {checkpoint.size}, cosigned by {cosigned}"


def _meets(evidence: Evidence, policy: TrustPolicy) -> str:
    """Hold both checkpoints against the verifier's own policy."""
    sides = ((evidence.bundle.disclosed, evidence.header.sender), (evidence.bundle.received, evidence.header.recipient))
    for proof, name in sides:
        origin = evidence.card(name).origin
        policy.check(notes.read(proof.checkpoint, origin), origin)
    return f"both checkpoints meet your policy, which asks for {policy.quorum}"


def _receipt(evidence: Evidence) -> str:
    header, receipt = evidence.header, evidence.receipt
    sent = Sent(header.id, evidence.cover.digest, header.payload, evidence.bundle.count)
    receipts.check(receipt, sent, header.sender, evidence.card(header.recipient))
    if receipts.by_both(evidence.bundle.receipt) != (header.suite == wire.BOTH):
        raise NotProven("the receipt is signed by another suite than the envelope", where=header.recipient)
    return f"{header.recipient} signed its receipt: {receipts.detail(*answered(receipt, evidence.bundle.place))}"


def answered(receipt: Receipt, place: int) -> tuple[Outcome, str]:
    """Return what became of the item at this place, by the receipt."""
    refused = next((each.reason for each in receipt.refused if each.place == place), "")
    return (Outcome.REFUSED, refused) if refused else (receipt.outcome, receipt.reason)


def _listed(names: Collection[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
