"""The node's trust policy: read from the file that the settings name, or derived from an agreement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from comity.agreements.terms import Terms
from comity.foundation.ledger import note as notes
from comity.foundation.ledger import trust
from comity.foundation.ledger.cosignature import WitnessKey
from comity.foundation.ledger.note import Ed25519Key
from comity.foundation.ledger.policy import Quorum
from comity.foundation.ledger.proof import LogProof
from comity.foundation.ledger.trust import Group, Log, TrustPolicy, Witness
from comity.vocabulary.fault import Fault, Missing
from comity.vocabulary.partner import Card


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
        if not policy.demands(WitnessKey(card.witness_name, card.witness)):
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
    witnesses = [
        Witness(name, WitnessKey(known[name].witness_name, known[name].witness), known[name].endpoint + "/witness")
        for name in (*required, *others)
    ]
    groups = [Group("every-required", len(required), tuple(required))] if required else []
    more = agreed.witnesses.quorum - len(required)
    if more > len(others):
        words = (
            f"the agreement asks for {agreed.witnesses.quorum} cosignatures, and {len(witnesses)} witnesses are known"
        )
        raise Missing(words, where=log.origin, remedy="Accept the cards of the others first.")
    if more > 0:
        groups.append(Group("others", more, tuple(others)))
    whole = tuple(group.name for group in groups)
    if len(whole) > 1:
        groups.append(Group("agreement", len(whole), whole))
    return TrustPolicy(
        groups[-1].name if groups else "none",
        (Log(Ed25519Key(log.origin, log.log), log.endpoint + "/log"),),
        tuple(witnesses),
        tuple(groups),
    )


def believe(
    proof: LogProof,
    leaf: bytes,
    log: Card,
    witnesses: Mapping[str, bytes],
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
