"""The story of an agreement: one party signs and offers, the others accept, all logs hold it, and it is in force.

    sign -> offered to the others -> each accepts -> every node logs "all parties have signed"
         -> a witnessed checkpoint covers that -> standing proof to the others -> all proofs in: in force

Safeguard 11: nothing is given under an agreement before each party's log, under a checkpoint witnessed as the
agreement itself demands, holds that all have signed. Safeguard 9: suspension and termination take effect at once.
"""

from __future__ import annotations

from contextlib import suppress

import structlog

from comity.agreements import signing, terms
from comity.agreements.standing import State
from comity.agreements.terms import Terms
from comity.exchange import cards, outbox, step
from comity.exchange.cards import Own
from comity.exchange.inbox import Arrived
from comity.exchange.partners import signed_agreement
from comity.exchange.step import Step, StepKind
from comity.foundation.clock import Clock
from comity.foundation.ledger.trust import TrustPolicy
from comity.foundation.store import agreements, partners
from comity.foundation.store.agreements import KeptAgreement
from comity.foundation.store.store import ActTransaction, Store, Transaction, Unavailable
from comity.node import standing_proof
from comity.node.standing_proof import ALL_SIGNED
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Fault, Missing, Refused
from comity.vocabulary.message import MessageKind
from comity.vocabulary.partner import Card, Station
from comity.vocabulary.suite import Suite

_log = structlog.get_logger()
IN_FORCE = "in force"
_STOPS = frozenset({StepKind.SUSPENDED, StepKind.TERMINATED})
_MOST_OFFERS = 200
"""Agreements on offer at once, so that no partner can fill the database with texts."""
_UNDER_WAY = frozenset({State.OFFERED.value, State.AGREED.value})


class _Overtaken(Exception):  # noqa: N818 - never leaves this file
    """Another transaction has taken the step meanwhile."""


def _final(kept: KeptAgreement) -> bool:
    return kept.state not in _UNDER_WAY


class Agreements:
    """The node's part in the life of its agreements."""

    def __init__(self, store: Store, own: Own, clock: Clock, policy: TrustPolicy | None = None) -> None:
        self._policy = policy
        self._store = store
        self._own = own
        self._clock = clock

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

    def accept(self, name: str, version: int, officer: str, digest: str = "") -> bytes:
        """Sign an agreement that another party has offered; return its digest, whose first digits may be asked for.

        Raises:
            Missing: no such agreement has been offered.
            Refused: several have, or a version that is as new has been in force already.
        """
        with self._store.acting() as act:
            kept = self._one(act, name, version, digest, {State.OFFERED})
            newest = max((one.version for one in agreements.all(act) if one.name == name and _final(one)), default=0)
            if newest >= version:
                raise Refused(f"version {newest} of {name} has been in force already", remedy="Offer a newer version.")
            self._add_own_signature(act, terms.from_canonical(kept.body), kept.digest, officer)
        return kept.digest

    def stop(self, name: str, version: int, kind: StepKind, officer: str, reason: str, digest: str = "") -> None:
        """Suspend or terminate an agreement, here at once and at the other parties as soon as it reaches them.

        Parties that are unknown here or cut off are not told: whatever has become of them, it must not keep the others
        from stopping.

        Raises:
            Missing: there is no such agreement.
            Refused: it is stopped already.
        """
        with self._store.acting() as act:
            kept = self._one(act, name, version, digest, set(State))
            if not agreements.set_state(act, kept.digest, State(kind.value).value):
                raise Refused(f"{name} version {version} is stopped already", remedy="See: comity agreement list.")
            self._tell(act, kept, Step(step=kind, agreement=kept.digest), officer, f"{kind.value}: {reason}")

    def take(self, act: ActTransaction, arrived: Arrived) -> None:
        """Take in a step of a partner, within the transaction that receives it.

        Raises:
            Fault: the step is refused; nothing of it is kept.
        """
        sender, taken = arrived.sender, step.read(arrived.item)
        if taken.step is StepKind.SIGNED:
            self._take_signed(act, sender, taken)
            return
        kept = agreements.get(act, taken.agreement)
        if kept is None:
            raise Missing("the step is for an agreement not known here", where=sender)
        if sender not in terms.from_canonical(kept.body).between:
            raise Refused("the sender is no party to the agreement", where=sender)
        if taken.step is StepKind.STANDING:
            self._take_standing(act, sender, kept, taken)
        elif agreements.set_state(act, kept.digest, taken.step.value):
            self._enter(act, kept, f"{taken.step.value} by {sender}")

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
            self._finalize(act, kept, agreed)
            self._tell(act, kept, told, "", "standing proof")

    def _catch_up(self, kept: KeptAgreement) -> None:
        """Take the step that two transactions, each seeing half, have both left to the other."""
        agreed = terms.from_canonical(kept.body)
        with self._store.reading() as transaction:
            signed = set(agreements.signatures(transaction, kept.digest)) == set(agreed.between)
            proved = set(agreements.standings(transaction, kept.digest)) == set(agreed.between)
        if (kept.state == State.OFFERED.value and signed) or (kept.state == State.AGREED.value and proved):
            with suppress(_Overtaken), self._store.acting() as act:
                self._complete(act, agreed, kept.digest)
                self._finalize(act, kept, agreed)
                if not act.logged:
                    raise _Overtaken

    def _take_signed(self, act: ActTransaction, sender: str, taken: Step) -> None:
        agreed = terms.from_canonical(taken.terms)
        if terms.digest(agreed) != taken.agreement:
            raise Fault("the agreement's text and digest differ", where=sender)
        self._party(agreed)
        if sender not in agreed.between or sender not in taken.signatures:
            raise Refused("the sender has not signed the agreement as a party", where=sender)
        if not taken.signatures.keys() <= set(agreed.between):
            raise Refused("somebody who is no party has signed the agreement", where=sender)
        if agreements.get(act, taken.agreement) is None:
            if agreements.offers(act) >= _MOST_OFFERS:
                raise Refused("too many agreements are on offer here already", where=sender)
            agreements.add(act, taken.agreement, agreed.agreement, agreed.version, taken.terms)
        for party, signature in taken.signatures.items():
            signed_agreement(act, self._card(act, party), taken.agreement, signature, agreed.suite)
            agreements.add_signature(act, taken.agreement, party, signature)
        self._complete(act, agreed, taken.agreement)

    def _take_standing(self, act: ActTransaction, sender: str, kept: KeptAgreement, taken: Step) -> None:
        agreed = terms.from_canonical(kept.body)
        standing_proof.check(act, self._own, kept, taken, self._card(act, sender), self._policy)
        agreements.add_standing(act, kept.digest, sender, step.written(taken))
        self._finalize(act, kept, agreed)

    def _add_own_signature(self, act: ActTransaction, agreed: Terms, digest: bytes, officer: str) -> None:
        second = self._own.keys.identity_pq if agreed.suite is Suite.BOTH else None
        signature = signing.sign(self._own.keys.identity, digest, second)
        agreements.add_signature(act, digest, self._own.card.name, signature)
        kept = self._kept(act, digest)
        signatures = agreements.signatures(act, digest)
        offer = Step(step=StepKind.SIGNED, agreement=digest, terms=kept.body, signatures=signatures)
        self._complete(act, agreed, digest)
        self._tell(act, kept, offer, officer, "signed")

    def _complete(self, act: ActTransaction, agreed: Terms, digest: bytes) -> None:
        kept = self._kept(act, digest)
        signed = set(agreements.signatures(act, digest)) == set(agreed.between)
        if kept.state == State.OFFERED.value and signed and agreements.set_state(act, digest, State.AGREED.value):
            self._enter(act, kept, ALL_SIGNED)

    def _finalize(self, act: ActTransaction, kept: KeptAgreement, agreed: Terms) -> None:
        now = self._kept(act, kept.digest)
        proved = set(agreements.standings(act, kept.digest)) == set(agreed.between)
        if now.state == State.AGREED.value and proved and agreements.set_state(act, kept.digest, State.FINALIZED.value):
            self._enter(act, kept, IN_FORCE)
            _log.info("agreement in force", agreement=kept.name, version=kept.version)

    def _tell(self, act: ActTransaction, kept: KeptAgreement, told: Step, officer: str, detail: str) -> None:
        """Send the step to every other party, and write one entry for it.

        Comes last in its act: rows are locked before the log's head everywhere, so that acts never wait crosswise.
        """
        for party in terms.from_canonical(kept.body).between:
            if party != self._own.card.name and (told.step not in _STOPS or self._reachable(act, party)):
                outbox.tell(
                    *(act, self._own, self._card(act, party), MessageKind.AGREEMENT, step.written(told)),
                    self._clock.now(),
                )
        self._enter(act, kept, detail, officer)

    def _reachable(self, transaction: Transaction, party: str) -> bool:
        """Whether the party is a partner to whom anything may go."""
        known = partners.get(transaction, party)
        return known is not None and known.cut_off is None and known.station is Station.NODE

    def _enter(self, act: ActTransaction, kept: KeptAgreement, detail: str, officer: str = "") -> None:
        act.log(
            Entry(
                act=Act.AGREEMENT,
                officer=officer,
                basis=f"{kept.name} {kept.version}",
                subject=kept.digest.hex(),
                digest=kept.digest,
                detail=detail,
            )
        )

    def _party(self, agreed: Terms) -> None:
        if self._own.card.name not in agreed.between:
            raise Refused(
                f"{self._own.card.name} is no party to {agreed.agreement}", remedy="Only a party can sign an agreement."
            )

    def _one(self, transaction: Transaction, name: str, version: int, digest: str, states: set[State]) -> KeptAgreement:
        """Return the one text that is meant: people must never sign or stop another than they think."""
        texts = agreements.named(transaction, name, version)
        found = [kept for kept in texts if State(kept.state) in states and kept.digest.hex().startswith(digest.lower())]
        if not found:
            raise Missing(
                f"there is no agreement {name} version {version} here for that", remedy="See: comity agreement list."
            )
        if len(found) > 1:
            several = ", ".join(kept.digest.hex()[:16] for kept in found)
            raise Refused(
                f"there are {len(found)} texts of {name} version {version}: {several}",
                remedy="Compare them with the other parties, and name the one meant with --digest.",
            )
        return found[0]

    def _kept(self, transaction: Transaction, digest: bytes) -> KeptAgreement:
        kept = agreements.get(transaction, digest)
        if kept is None:
            raise Missing("there is no such agreement here", where=digest.hex())
        return kept

    def _card(self, transaction: Transaction, name: str) -> Card:
        if name == self._own.card.name:
            return self._own.card
        kept = partners.get(transaction, name)
        if kept is None:
            raise Missing(
                f"the party {name} is not a partner here", remedy="Accept its card first: comity partner add."
            )
        return cards.read(kept.card, name)
