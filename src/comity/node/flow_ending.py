"""The story of an ending: what was given under an agreement goes in time, and each holder proves it.

agreement ends -> debts, and shorter times to keep, in that transaction (node.ending) -> retention erases
-> nothing that must go is left -> entry with the effect -> a witnessed checkpoint covers it -> proof to the owner
-> the owner checks it: met; or the time is over without it: overdue, and a person must answer
"""

from __future__ import annotations

import structlog
from msgspec.structs import replace

from comity.agreements import revocation, terms
from comity.agreements.revocation import Revocation
from comity.agreements.standing import ENDED, State
from comity.exchange import outbox, partners, step
from comity.exchange.cards import Own
from comity.exchange.step import MOST_RETURNED, Effect, Step, StepKind
from comity.foundation import canonical
from comity.foundation.canonical import digest
from comity.foundation.clock import Clock
from comity.foundation.ledger.commitment import commitment
from comity.foundation.ledger.proof import LogProof
from comity.foundation.ledger.trust import TrustPolicy
from comity.foundation.store import agreements, checkpoints, ledger, obligations
from comity.foundation.store.agreements import KeptAgreement, KeptEnd
from comity.foundation.store.obligations import KeptObligation
from comity.foundation.store.store import ActTransaction, Store, Transaction, Unavailable
from comity.node import ending, parties
from comity.node.ending import left_alone
from comity.node.standings import standings
from comity.node.trust import believe
from comity.node.witnesses import quorum, witness_keys
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Fault, Refused
from comity.vocabulary.message import MessageKind
from comity.vocabulary.partner import Card
from comity.vocabulary.suite import Suite

EFFECT = "after-effects of an ended agreement"
_AT_ONCE = 100
_log = structlog.get_logger()


class Endings:
    """Stopping agreements, meeting what this node owes after one ended, and believing what others prove."""

    def __init__(self, store: Store, own: Own, clock: Clock, policy: TrustPolicy | None = None) -> None:
        self._store = store
        self._own = own
        self._clock = clock
        self._policy = policy

    def stop(self, name: str, version: int, kind: StepKind, officer: str, reason: str, digest: str = "") -> None:
        """Suspend, revoke or terminate an agreement, here at once and at the others as soon as it reaches them.

        Raises:
            Missing: there is no such agreement.
            Refused: it is stopped already.
        """
        with self._store.acting() as act:
            kept = parties.meant(act, name, version, digest)
            signed = self._revocation(kept, reason) if kind is StepKind.REVOKED else b""
            if not self._stopped(act, kept, State(kind.value), self._own.card.name, reason, signed):
                raise Refused(f"{name} version {version} is stopped already", remedy="See: comity agreement list.")
            told = Step(step=kind, agreement=kept.digest, revocation=signed)
            parties.tell(act, self._own, kept, told, self._clock.now())
            act.log(parties.entry(kept, f"{kind.value}: {reason}", officer))

    def expire(self) -> None:
        """End what has been in force and whose time is over: called again and again by the node's upkeep."""
        now = self._clock.now()
        with self._store.reading() as transaction:
            names = [one.digest for one in standings(transaction) if ending.over(one, now)]
            due = [kept for name in names if (kept := agreements.get(transaction, name)) is not None]
        for kept in due:
            with self._store.acting() as act:
                self._stopped(act, kept, State.EXPIRED, "", "its time is over", b"")
                act.log(parties.entry(kept, State.EXPIRED.value))

    def settle(self) -> None:
        """Take the steps that have become possible: called again and again by the node's upkeep."""
        with self._store.reading() as transaction:
            owed = obligations.open_ones(transaction, _AT_ONCE)
        for one in owed:
            try:
                if one.effect is None:
                    self._enter(one)
                else:
                    self._prove(one)
            except Unavailable:
                raise
            except Fault as fault:
                _log.info("debt is not met yet", agreement=one.agreement.hex(), partner=one.partner, fault=str(fault))

    def take(self, act: ActTransaction, sender: Card, kept: KeptAgreement, taken: Step) -> None:
        """Take in a party's stop, or its proof of what it has done after one: within the transaction that receives it.

        Raises:
            Fault: it does not hold.
        """
        if taken.step is StepKind.EFFECTED:
            self._believe(act, sender, kept, taken)
            return
        reason = ""
        if taken.step is StepKind.REVOKED:
            said = self._revoked(act, sender, kept, taken.revocation)
            reason = said.reason
        if self._stopped(act, kept, State(taken.step.value), sender.name, reason, taken.revocation):
            act.log(parties.entry(kept, f"{taken.step.value} by {sender.name}"))

    def _stopped(
        self, act: ActTransaction, kept: KeptAgreement, state: State, party: str, reason: str, signed: bytes
    ) -> bool:
        """Bring the agreement to its stop, with all that is owed from then on; False if it is there or beyond."""
        if not agreements.set_state(act, kept.digest, state.value):
            return False
        if state in ENDED:
            how = KeptEnd(
                agreement=kept.digest,
                state=state.value,
                party=party,
                time=self._clock.now(),
                reason=reason[:500],
                revocation=signed or None,
            )
            count = ending.begin(act, self._own.card.name, kept, how)
            _log.info("agreement ended", agreement=kept.name, version=kept.version, how=state.value, shortened=count)
        return True

    def _revocation(self, kept: KeptAgreement, reason: str) -> bytes:
        said = Revocation(agreement=kept.digest, party=self._own.card.name, time=self._clock.now(), reason=reason[:500])
        both = terms.from_canonical(kept.body).suite is Suite.BOTH
        return revocation.sign(said, self._own.keys.identity, self._own.keys.identity_pq if both else None)

    def _revoked(self, transaction: Transaction, sender: Card, kept: KeptAgreement, signed: bytes) -> Revocation:
        """Return what a revocation says, once it holds."""
        suite = terms.from_canonical(kept.body).suite
        said = partners.signed_revocation(transaction, sender, signed, suite)
        if (said.agreement, said.party) != (kept.digest, sender.name):
            raise Refused("the revocation is another's", where=sender.name)
        return said

    def _believe(self, act: ActTransaction, sender: Card, kept: KeptAgreement, taken: Step) -> None:
        """Check what a holder proves, and keep it."""
        owed = obligations.get(act, kept.digest, sender.name, ours=False)
        if owed is None:
            raise Refused("nothing is owed under this agreement", where=sender.name)
        agreed = terms.from_canonical(kept.body)
        canonical.read(taken.effect, Effect, where=sender.name)
        entry = canonical.read(taken.entry, Entry, where=sender.name)
        if (entry.node, entry.act, entry.subject, entry.digest, entry.detail) != (
            *(sender.name, Act.AGREEMENT, kept.digest.hex(), digest(taken.effect), EFFECT),
        ):
            raise Fault("the entry does not say what was done", where=sender.name)
        witnesses = witness_keys(act, self._own, agreed, sender.name)
        leaf = commitment(taken.salt, taken.entry)
        believe(LogProof.read(taken.proof, sender.name), leaf, sender, witnesses, quorum(agreed), self._policy)
        if obligations.met(act, owed, taken.effect, self._clock.now()):
            act.log(parties.entry(kept, "after-effects proven to us", partner=sender.name))

    def _enter(self, owed: KeptObligation) -> None:
        """Write the entry that says what was done, once nothing that must go is left."""
        with self._store.reading() as transaction:
            kept = self._agreement(transaction, owed)
            after = terms.from_canonical(kept.body).after
            held = obligations.held(transaction, owed.partner, owed.agreement, left_alone(after))
            if held.due:
                return
            gone = [kind.value for kind in after.account]
            listed = obligations.erased(transaction, owed.partner, owed.agreement, gone, MOST_RETURNED)
        returned = b"".join(message + place.to_bytes(4, "big") for message, place in listed)
        effect = canonical.written(Effect(erased=held.erased, kept=held.kept, returned=returned))
        with self._store.acting() as act:
            said = parties.entry(kept, EFFECT, partner=owed.partner)
            logged = act.log(replace(said, digest=digest(effect), count=held.erased))
            obligations.done(act, owed, effect, logged.index)

    def _prove(self, owed: KeptObligation) -> None:
        """Send the proof to whom it is owed, once a witnessed checkpoint covers the entry."""
        with self._store.reading() as transaction:
            kept = self._agreement(transaction, owed)
            proven = self._proven(transaction, kept, owed)
        if proven is None:
            return
        with self._store.acting() as act:
            if obligations.met(act, owed, proven.effect, self._clock.now()):
                checkpoints.refer(act, LogProof.read(proven.proof).checkpoint)
                card = partners.card(act, owed.partner)
                outbox.tell(act, self._own, card, MessageKind.AGREEMENT, step.written(proven), self._clock.now())
            act.log(parties.entry(kept, "after-effects proven", partner=owed.partner))

    def _proven(self, transaction: Transaction, kept: KeptAgreement, owed: KeptObligation) -> Step | None:
        agreed = terms.from_canonical(kept.body)
        entry = ledger.entry(transaction, owed.entry) if owed.entry is not None else None
        if entry is None or entry.entry is None or entry.salt is None or owed.effect is None:
            raise Fault("the entry that says what was done is gone", where=kept.digest.hex())
        witnesses = witness_keys(transaction, self._own, agreed, self._own.card.name)
        proof = ledger.witnessed_proof(transaction, entry.index, quorum(agreed), witnesses)
        if proof is None:
            return None
        return Step(
            step=StepKind.EFFECTED,
            agreement=kept.digest,
            entry=entry.entry,
            salt=entry.salt,
            proof=proof,
            effect=owed.effect,
        )

    def _agreement(self, transaction: Transaction, owed: KeptObligation) -> KeptAgreement:
        kept = agreements.get(transaction, owed.agreement)
        if kept is None:
            raise Fault("the agreement is not here any more", where=owed.agreement.hex())
        return kept
