"""The story of an agreement: one party asks for it or signs and offers, the others accept, and it is in force.

    (request ->) sign -> offered to the others -> each accepts -> every node logs "all parties have signed": agreed
         -> a witnessed checkpoint covers that -> standing proof to the others: verified -> all proofs in: finalized

Safeguard 11: nothing is given under an agreement before each party's log, under a checkpoint witnessed as the
agreement itself demands, holds that all have signed. How it is stopped and ends: `node.flow_ending`.
"""

from __future__ import annotations

from contextlib import suppress

import structlog

from comity.agreements import signing, terms
from comity.agreements.standing import UNDER_WAY, State
from comity.agreements.terms import Terms
from comity.exchange import step
from comity.exchange.cards import Own
from comity.exchange.inbox import Arrived
from comity.exchange.partners import signed_agreement
from comity.exchange.step import Step, StepKind
from comity.foundation.clock import Clock
from comity.foundation.ledger.proof import LogProof
from comity.foundation.ledger.trust import TrustPolicy
from comity.foundation.store import agreements, checkpoints
from comity.foundation.store.agreements import KeptAgreement
from comity.foundation.store.store import ActTransaction, Store, Transaction, Unavailable
from comity.node import parties, standing_proof
from comity.node.flow_ending import Endings
from comity.node.standing_proof import ALL_SIGNED
from comity.vocabulary.fault import Fault, Missing, Refused
from comity.vocabulary.suite import Suite

_log = structlog.get_logger()
IN_FORCE = "in force"
_MOST_OFFERS = 200
"""Agreements asked for or on offer at once, so that no partner can fill the database with texts."""
_UNDER_WAY = frozenset(state.value for state in UNDER_WAY)
_UNSIGNED = frozenset({State.REQUESTED.value, State.OFFERED.value, State.ACCEPTED.value})
"""Not signed by all."""
_SIGNED = frozenset({State.AGREED.value, State.VERIFIED.value})
"""Signed by all, and not in force yet."""


class _Overtaken(Exception):  # noqa: N818 - never leaves this file
    """Another transaction has taken the step meanwhile."""


def _final(kept: KeptAgreement) -> bool:
    return kept.state not in _UNDER_WAY


class Agreements:
    """The node's part in the life of its agreements."""

    def __init__(
        self, store: Store, own: Own, clock: Clock, endings: Endings, policy: TrustPolicy | None = None
    ) -> None:
        self._policy = policy
        self._endings = endings
        self._store = store
        self._own = own
        self._clock = clock

    def request(self, agreed: Terms, officer: str) -> bytes:
        """Ask the other parties to sign an agreement that this node has not signed yet; return its digest.

        Raises:
            Refused: this node is no party to it, or it is here already.
            Missing: a party's card is not known here.
        """
        self._party(agreed)
        body, digest = terms.canonical(agreed), terms.digest(agreed)
        with self._store.acting() as act:
            if not agreements.add(act, digest, agreed.agreement, agreed.version, body, State.REQUESTED.value):
                raise Refused("this agreement is here already", where=agreed.agreement, remedy="Sign or accept it.")
            kept = self._kept(act, digest)
            self._tell(act, kept, Step(step=StepKind.REQUESTED, agreement=digest, terms=body), officer, "requested")
        return digest

    def sign(self, agreed: Terms, officer: str) -> bytes:
        """Sign an agreement and offer it to the other parties; return its digest.

        Raises:
            Refused: this node is no party to it.
            Missing: a party's card is not known here.
        """
        self._party(agreed)
        body, digest = terms.canonical(agreed), terms.digest(agreed)
        with self._store.acting() as act:
            if agreements.get(act, digest) is None:
                agreements.add(act, digest, agreed.agreement, agreed.version, body)
            self._add_own_signature(act, agreed, digest, officer)
        return digest

    def offer(self, name: str, version: int, officer: str, digest: str = "") -> bytes:
        """Send the other parties once more the text that this node has signed, with all signatures; return its digest.

        For a party that has lost it, or was not a partner yet when it was signed.

        Raises:
            Missing: there is no such agreement that this node has signed and that is not in force yet.
        """
        with self._store.acting() as act:
            kept = parties.meant(act, name, version, digest, {State.ACCEPTED, State.AGREED, State.VERIFIED})
            self._tell(act, kept, self._offer(act, kept), officer, "offered again")
        return kept.digest

    def accept(self, name: str, version: int, officer: str, digest: str = "") -> bytes:
        """Sign an agreement that another party has offered or asked for, and return its digest.

        Of several texts `digest` begins that of the one that is meant.

        Raises:
            Missing: no such agreement has been offered.
            Refused: several have, or a version that is as new has been in force already.
        """
        with self._store.acting() as act:
            kept = parties.meant(act, name, version, digest, {State.REQUESTED, State.OFFERED})
            newest = max((one.version for one in agreements.all(act) if one.name == name and _final(one)), default=0)
            if newest >= version:
                raise Refused(f"version {newest} of {name} has been in force already", remedy="Offer a newer version.")
            self._add_own_signature(act, terms.from_canonical(kept.body), kept.digest, officer)
        return kept.digest

    def take(self, act: ActTransaction, arrived: Arrived) -> None:
        """Take in a step of a partner, within the transaction that receives it.

        Raises:
            Fault: the step is refused; nothing of it is kept.
        """
        sender, taken = arrived.sender, step.read(arrived.item)
        if taken.step in (StepKind.SIGNED, StepKind.REQUESTED):
            self._take_text(act, sender, taken)
            return
        kept = agreements.get(act, taken.agreement)
        if kept is None:
            raise Missing("the step is for an agreement not known here", where=sender)
        if sender not in terms.from_canonical(kept.body).between:
            raise Refused("the sender is no party to the agreement", where=sender)
        if taken.step is StepKind.STANDING:
            self._take_standing(act, sender, kept, taken)
        else:
            self._endings.take(act, parties.card(act, self._own, sender), kept, taken)

    def proceed(self) -> None:
        """Take the steps that have become possible: called again and again by the node's upkeep.

        An agreement whose step fails, as where a party is cut off, does not hold up the others.
        """
        with self._store.reading() as transaction:
            open_ones = [kept for kept in agreements.all(transaction) if kept.state in _UNDER_WAY]
            proved = {kept.digest: set(agreements.standings(transaction, kept.digest)) for kept in open_ones}
        for kept in open_ones:
            try:
                if kept.state == State.AGREED.value and self._own.card.name not in proved[kept.digest]:
                    self._stand(kept)
                else:
                    self._catch_up(kept)
            except Unavailable:
                raise
            except Fault as fault:
                _log.info("agreement does not proceed", agreement=kept.name, version=kept.version, fault=str(fault))

    def _stand(self, kept: KeptAgreement) -> None:
        """Send the standing proof to the other parties, once a witnessed checkpoint covers the entry."""
        agreed = terms.from_canonical(kept.body)
        with self._store.reading() as transaction:
            told = standing_proof.made(transaction, self._own, kept)
        if told is None:
            return
        with self._store.acting() as act:
            agreements.add_standing(act, kept.digest, self._own.card.name, step.written(told))
            checkpoints.refer(act, LogProof.read(told.proof).checkpoint)
            agreements.set_state(act, kept.digest, State.VERIFIED.value)
            self._finalize(act, kept, agreed)
            self._tell(act, kept, told, "", "standing proof")

    def _catch_up(self, kept: KeptAgreement) -> None:
        """Take the step that two transactions, each seeing half, have both left to the other."""
        agreed = terms.from_canonical(kept.body)
        with self._store.reading() as transaction:
            signed = set(agreements.signatures(transaction, kept.digest)) == set(agreed.between)
            proved = set(agreements.standings(transaction, kept.digest)) == set(agreed.between)
        if (kept.state in _UNSIGNED and signed) or (kept.state in _SIGNED and proved):
            with suppress(_Overtaken), self._store.acting() as act:
                self._complete(act, agreed, kept.digest)
                self._finalize(act, kept, agreed)
                if not act.logged:
                    raise _Overtaken

    def _take_text(self, act: ActTransaction, sender: str, taken: Step) -> None:
        agreed = terms.from_canonical(taken.terms)
        if terms.digest(agreed) != taken.agreement:
            raise Fault("the agreement's text and digest differ", where=sender)
        self._party(agreed)
        asked = taken.step is StepKind.REQUESTED
        if sender not in agreed.between or not (asked or sender in taken.signatures):
            raise Refused("the sender has not signed the agreement as a party", where=sender)
        if not taken.signatures.keys() <= set(agreed.between):
            raise Refused("somebody who is no party has signed the agreement", where=sender)
        if agreements.get(act, taken.agreement) is None:
            if agreements.offers(act) >= _MOST_OFFERS:
                raise Refused("too many agreements are on offer here already", where=sender)
            state = State.REQUESTED if asked else State.OFFERED
            agreements.add(act, taken.agreement, agreed.agreement, agreed.version, taken.terms, state.value)
        for party, signature in taken.signatures.items():
            signer = parties.card(act, self._own, party)
            signed_agreement(act, signer, taken.agreement, signature, agreed.suite)
            agreements.add_signature(act, taken.agreement, party, signature)
            agreements.set_state(act, taken.agreement, State.OFFERED.value)
        self._complete(act, agreed, taken.agreement)

    def _take_standing(self, act: ActTransaction, sender: str, kept: KeptAgreement, taken: Step) -> None:
        agreed = terms.from_canonical(kept.body)
        standing_proof.check(act, self._own, kept, taken, parties.card(act, self._own, sender), self._policy)
        agreements.add_standing(act, kept.digest, sender, step.written(taken))
        self._finalize(act, kept, agreed)

    def _add_own_signature(self, act: ActTransaction, agreed: Terms, digest: bytes, officer: str) -> None:
        second = self._own.keys.identity_pq if agreed.suite is Suite.BOTH else None
        signature = signing.sign(self._own.keys.identity, digest, second)
        agreements.add_signature(act, digest, self._own.card.name, signature)
        kept = self._kept(act, digest)
        agreements.set_state(act, digest, State.ACCEPTED.value)
        offer = self._offer(act, kept)
        self._complete(act, agreed, digest)
        self._tell(act, kept, offer, officer, "signed")

    def _offer(self, transaction: Transaction, kept: KeptAgreement) -> Step:
        signatures = agreements.signatures(transaction, kept.digest)
        return Step(step=StepKind.SIGNED, agreement=kept.digest, terms=kept.body, signatures=signatures)

    def _complete(self, act: ActTransaction, agreed: Terms, digest: bytes) -> None:
        kept = self._kept(act, digest)
        signed = set(agreements.signatures(act, digest)) == set(agreed.between)
        if kept.state in _UNSIGNED and signed and agreements.set_state(act, digest, State.AGREED.value):
            act.log(parties.entry(kept, ALL_SIGNED))

    def _finalize(self, act: ActTransaction, kept: KeptAgreement, agreed: Terms) -> None:
        now = self._kept(act, kept.digest)
        proved = set(agreements.standings(act, kept.digest)) == set(agreed.between)
        if now.state in _SIGNED and proved and agreements.set_state(act, kept.digest, State.FINALIZED.value):
            act.log(parties.entry(kept, IN_FORCE))
            _log.info("agreement in force", agreement=kept.name, version=kept.version)

    def _tell(self, act: ActTransaction, kept: KeptAgreement, told: Step, officer: str, detail: str) -> None:
        """Send the step to every other party, and write one entry for it."""
        parties.tell(act, self._own, kept, told, self._clock.now())
        act.log(parties.entry(kept, detail, officer))

    def _party(self, agreed: Terms) -> None:
        if self._own.card.name not in agreed.between:
            raise Refused(
                f"{self._own.card.name} is no party to {agreed.agreement}", remedy="Only a party can sign an agreement."
            )

    def _kept(self, transaction: Transaction, digest: bytes) -> KeptAgreement:
        kept = agreements.get(transaction, digest)
        if kept is None:
            raise Missing("there is no such agreement here", where=digest.hex())
        return kept
