"""The standing proof: a party's log holds, under a witnessed checkpoint, that all have signed (safeguard 11)."""

from __future__ import annotations

from comity.agreements import terms
from comity.exchange.cards import Own
from comity.exchange.step import Step, StepKind
from comity.foundation import canonical
from comity.foundation.ledger.commitment import commitment
from comity.foundation.ledger.proof import LogProof
from comity.foundation.ledger.trust import TrustPolicy
from comity.foundation.store import ledger
from comity.foundation.store.agreements import KeptAgreement
from comity.foundation.store.store import Transaction
from comity.node.trust import believe
from comity.node.witnesses import quorum, witness_keys
from comity.vocabulary.entry import Entry
from comity.vocabulary.fault import Fault
from comity.vocabulary.partner import Card

ALL_SIGNED = "all parties have signed"


def made(transaction: Transaction, own: Own, kept: KeptAgreement) -> Step | None:
    """Return the proof from our own log, None while no witnessed checkpoint covers the entry."""
    agreed = terms.from_canonical(kept.body)
    entry = ledger.find(transaction, kept.digest.hex(), ALL_SIGNED)
    witnesses = witness_keys(transaction, own, agreed, own.card.name)
    proof = ledger.witnessed_proof(transaction, entry.index, quorum(agreed), witnesses) if entry else None
    if entry is None or entry.entry is None or entry.salt is None or proof is None:
        return None
    return Step(step=StepKind.STANDING, agreement=kept.digest, entry=entry.entry, salt=entry.salt, proof=proof)


def check(
    transaction: Transaction, own: Own, kept: KeptAgreement, taken: Step, sender: Card, policy: TrustPolicy | None
) -> None:
    """Check the proof that another party sent, from its log.

    Raises:
        Fault: its entry does not say that all have signed, or its log is not shown to hold it.
    """
    agreed = terms.from_canonical(kept.body)
    entry = canonical.read(taken.entry, Entry, where="standing")
    if (entry.node, entry.digest, entry.detail) != (sender.name, kept.digest, ALL_SIGNED):
        raise Fault("the entry does not say that all parties have signed", where=sender.name)
    leaf = commitment(taken.salt, taken.entry)
    witnesses = witness_keys(transaction, own, agreed, sender.name)
    believe(LogProof.read(taken.proof, sender.name), leaf, sender, witnesses, quorum(agreed), policy)
