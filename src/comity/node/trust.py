"""The node's trust policy: read from the file that the settings name, or derived from an agreement."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from comity.agreements.terms import Terms
from comity.exchange.cards import cosigning_keys
from comity.foundation.ledger import note as notes
from comity.foundation.ledger import trust
from comity.foundation.ledger.cosignature import CosigningKey, LatticeWitnessKey, WitnessKey
from comity.foundation.ledger.note import Ed25519Key
from comity.foundation.ledger.policy import Quorum
from comity.foundation.ledger.proof import LogProof
from comity.foundation.ledger.trust import Group, Log, TrustPolicy, Witness
from comity.vocabulary.fault import Fault, Missing
from comity.vocabulary.partner import Card
from comity.vocabulary.suite import Suite

_KINDS = {WitnessKey: "ed25519", LatticeWitnessKey: "ml-dsa-44"}
"""What the keys of a witness are called in a policy that names both."""


def load(folder: Path, file: str) -> TrustPolicy | None:
    """Return the policy in this file of the node's folder; None where no file is named.

    Raises:
        Missing: there is no such file.
        Fault: it holds no policy.
    """
    if not file:
        return None
    path = folder / file
    try:
        with path.open("rb") as opened:
            return trust.read(opened.read(trust.LARGEST + 1), file)
    except OSError as error:
        raise Missing(
            "the policy cannot be read", where=str(path), remedy="Put it there or correct exchange.policy."
        ) from error


def expect_required(policy: TrustPolicy, required: Sequence[Card], where: str) -> None:
    """Refuse a policy that could be met without one of the witnesses that are required.

    Raises:
        Fault: it could.
    """
    for card in required:
        if not policy.demands(cosigning_keys(card)):
            raise Fault(
                f"the policy could be met without {card.name}, which must cosign",
                where=where,
                remedy="Make its line a member of a group that asks for all, up to the quorum.",
            )


def derived(agreed: Terms, log: Card, cards: Sequence[Card]) -> TrustPolicy:
    """Return what an agreement asks of a checkpoint of one party's log, as a policy: the cards name the keys.

    Raises:
        Missing: the card of a required witness is not here, or fewer witnesses are known than must cosign.
    """
    known = {card.name: card for card in cards}
    required = [name for name in agreed.witnesses.required if name != log.name]
    lacking = [name for name in required if name not in known]
    if lacking:
        raise Missing("the card of a required witness is not here", where=", ".join(lacking))
    others = [name for name in agreed.between if name in known and name not in {log.name, *required}]
    more = agreed.witnesses.quorum - len(required)
    if more > len(others):
        count = len(required) + len(others)
        words = f"the agreement asks for {agreed.witnesses.quorum} cosignatures, and {count} witnesses are known"
        raise Missing(words, where=log.origin, remedy="Accept the cards of the others first.")
    witnesses, each_by_both = _lines([known[name] for name in (*required, *others)], agreed.suite)
    groups = _groups(required, others, more)
    return TrustPolicy(
        groups[-1].name if groups else "none",
        (Log(Ed25519Key(log.origin, log.log), log.endpoint + "/log"),),
        tuple(witnesses),
        (*each_by_both, *groups),
    )


def _lines(cards: Sequence[Card], suite: Suite) -> tuple[list[Witness], list[Group]]:
    """Return a line for each witness; under the suite of two signatures one for each key, and a group that asks both.

    Raises:
        Missing: a witness has not both keys.
    """
    if suite is not Suite.BOTH:
        return [_line(card.name, WitnessKey(card.witness_name, card.witness), card) for card in cards], []
    old = [card.name for card in cards if not card.witness_pq]
    if old:
        raise Missing("the witness has no ML-DSA-44 key", where=", ".join(old), remedy="Ask for a new card.")
    lines = [_line(f"{card.name}/{_KINDS[type(key)]}", key, card) for card in cards for key in cosigning_keys(card)]
    members = {card.name: tuple(f"{card.name}/{kind}" for kind in _KINDS.values()) for card in cards}
    return lines, [Group(name, 2, each) for name, each in members.items()]


def _line(name: str, key: CosigningKey, card: Card) -> Witness:
    return Witness(name, key, card.endpoint + "/witness")


def _groups(required: Sequence[str], others: Sequence[str], more: int) -> list[Group]:
    """Return the groups that ask for all who are required, and for so many more of the others."""
    groups = [Group("every-required", len(required), tuple(required))] if required else []
    if more > 0:
        groups.append(Group("others", more, tuple(others)))
    if len(groups) > 1:
        groups.append(Group("agreement", 2, ("every-required", "others")))
    return groups


def believe(
    proof: LogProof,
    leaf: bytes,
    log: Card,
    witnesses: Sequence[CosigningKey],
    quorum: Quorum,
    policy: TrustPolicy | None,
) -> None:
    """Check a proof from a partner's log against what the agreement asks and, besides, what the node's policy does.

    Raises:
        Fault: something does not hold.
    """
    proof.verify(leaf, log.origin, log.log, witnesses, quorum)
    if policy is not None:
        policy.check(notes.read(proof.checkpoint, log.origin), log.origin)
