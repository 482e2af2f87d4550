"""The story of a proof: the partner's log is asked to show that it holds what its receipt says.

    receipt -> partner's witnessed checkpoint -> inclusion proof, checked here -> kept -> bundle, for anyone to verify

So it is with the answers to recalls. A partner that signs and cannot show its entry is not believed; it is asked again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import msgspec
import structlog
from msgspec import UNSET, UnsetType

from comity.agreements import terms
from comity.exchange import bundle, leaves, receipts, sent
from comity.exchange.answer import Unreachable
from comity.exchange.cards import Own
from comity.exchange.evidence import Bundle, Shown
from comity.exchange.partner_log import PartnerLog
from comity.exchange.partners import card
from comity.exchange.partners import receipt as receipt_of
from comity.foundation import canonical
from comity.foundation.clock import steady
from comity.foundation.ledger.commitment import commitment
from comity.foundation.ledger.cosignature import CosigningKey
from comity.foundation.ledger.policy import Quorum
from comity.foundation.ledger.proof import LogProof
from comity.foundation.ledger.trust import TrustPolicy
from comity.foundation.store import (
    agreements,
    checkpoints,
    ledger,
    onward,
    outbox,
    partner_cards,
    partners,
    persons,
    recalls,
    receipt_proofs,
)
from comity.foundation.store.agreements import KeptAgreement
from comity.foundation.store.outbox import KeptItem, KeptMessage
from comity.foundation.store.store import Store, Transaction, Unavailable
from comity.node import standings
from comity.node.trust import believe
from comity.node.witnesses import quorum, witness_keys
from comity.vocabulary.fault import Fault, Missing, Refused
from comity.vocabulary.message import Given, MessageKind, Receipt
from comity.vocabulary.partner import Card
from comity.vocabulary.recall import Recalled

_log = structlog.get_logger()
_AT_ONCE = 100
"""Receipts of one partner proven in one round."""
_LONGEST = 10.0
"""Seconds for one partner in one round: a log that drips holds nobody else up."""


class _Claim(msgspec.Struct, frozen=True, kw_only=True):
    """What a partner has signed about a message of ours: that an entry stands in its log."""

    partner: str
    message: KeptMessage
    stated: Callable[[Transaction, str], Receipt | Recalled]
    """Reads what the partner of that name has signed, with the cards that it has and had."""
    keep: Callable[[Transaction, bytes], None]
    """Keeps the proof of it."""


class _Stated(msgspec.Struct, frozen=True):
    """A claim, what it says, and whose cosignatures must vouch for it."""

    claim: _Claim
    said: Receipt | Recalled
    witnesses: tuple[CosigningKey, ...]
    quorum: Quorum


class Proofs:
    """Proving the node's releases."""

    def __init__(self, store: Store, own: Own, policy: TrustPolicy | None = None) -> None:
        self._policy = policy
        self._store = store
        self._own = own

    def prove_due(self) -> int:
        """Have partners' logs prove what they have signed and not proven yet, and return how much now is."""
        with self._store.reading() as transaction:
            claims = [*_receipts(transaction), *_recalls(transaction)]
        by_partner: dict[str, list[_Claim]] = {}
        for claim in claims:
            by_partner.setdefault(claim.partner, []).append(claim)
        return sum(self._prove(partner, found) for partner, found in by_partner.items())

    def _prove(self, partner: str, claims: Sequence[_Claim]) -> int:
        """Prove what one partner claims under its newest witnessed checkpoint; what cannot be proven yet waits.

        What the claims rest on is read at once, and what is proven is kept at once, also where the time is over.
        """
        try:
            with self._store.reading() as transaction:
                theirs = card(transaction, partner)
            with PartnerLog(theirs) as log:
                note, end = log.follow(), steady() + _LONGEST
                with self._store.reading() as transaction:
                    theirs, stated = card(transaction, partner), list(self._stated(transaction, partner, claims))
                proven = list(self._proven(log, theirs, note, stated, end))
        except Unavailable:
            raise
        except Fault as fault:
            _log.info("not proven yet", partner=partner, fault=str(fault))
            return 0
        if proven:
            with self._store.upkeep() as transaction:
                for claim, proof in proven:
                    claim.keep(transaction, proof.written())
        return len(proven)

    def _stated(self, transaction: Transaction, partner: str, claims: Sequence[_Claim]) -> Iterator[_Stated]:
        """Yield what each claim says and who must vouch for it; one that cannot be read does not hold up the others."""
        vouching: dict[bytes, tuple[tuple[CosigningKey, ...], Quorum]] = {}
        for claim in claims:
            try:
                if (under := sent.agreement(claim.message)) not in vouching:
                    agreed = standings.agreed(transaction, under)
                    keys = tuple(witness_keys(transaction, self._own, agreed, partner))
                    vouching[under] = keys, quorum(agreed)
                yield _Stated(claim, claim.stated(transaction, partner), *vouching[under])
            except Unavailable:
                raise
            except Fault as fault:
                _told_unproven(claim, fault)

    def _proven(
        self, log: PartnerLog, theirs: Card, note: bytes, stated: Sequence[_Stated], end: float
    ) -> Iterator[tuple[_Claim, LogProof]]:
        """Yield the proof of each claim that can be proven, until the log does not answer or the time is over."""
        for one in stated:
            if steady() >= end:
                return
            leaf = commitment(one.said.salt, one.said.entry)
            try:
                proof = log.prove(one.said.index, leaf, note, one.witnesses)
                believe(proof, leaf, theirs, one.witnesses, one.quorum, self._policy)
            except Unreachable as fault:
                _told_unproven(one.claim, fault)
                return
            except Fault as fault:
                _told_unproven(one.claim, fault)
            else:
                yield one.claim, proof

    def bundle(self, message: bytes, place: int = 0) -> bytes:
        """Return the proof bundle of the record at this place of a release.

        Raises:
            Missing: there is no such release, it is not proven by both logs yet, or the record was erased.
            Refused: it gave a record about a person, which would be in the bundle.
        """
        with self._store.reading() as transaction:
            kept = outbox.get(transaction, message)
            items = outbox.items(transaction, message)
            if kept is None or kept.kind != MessageKind.RELEASE.value or not 0 <= place < len(items):
                raise Missing("there is no such release", where=message.hex(), remedy="List them with the releases.")
            if persons.is_given(transaction, message):
                raise Refused(
                    "no bundle is made of a record about a person: it would carry what was given",
                    where=message.hex(),
                    remedy="Open the entries of both logs instead.",
                )
            parts = self._parts(transaction, kept, items, place)
        made = bundle.make(parts)
        with self._store.upkeep() as plain:
            checkpoints.refer(plain, parts.disclosed.checkpoint)
        return made

    def _parts(self, transaction: Transaction, kept: KeptMessage, items: Sequence[KeptItem], place: int) -> Bundle:
        agreement = _agreement(transaction, kept)
        agreed = terms.from_canonical(agreement.body)
        witnesses = witness_keys(transaction, self._own, agreed, self._own.card.name)
        item = items[place]
        if item.item is None:
            raise Missing("the record was erased, and its proof with it", where=kept.id.hex())
        entry = ledger.entry(transaction, item.entry)
        ours = ledger.witnessed_proof(transaction, item.entry, quorum(agreed), witnesses)
        theirs = receipt_proofs.get(transaction, kept.id)
        if kept.receipt is None or ours is None or theirs is None or entry is None or not entry.entry or not entry.salt:
            raise Missing(
                "the release is not proven by both logs yet",
                where=kept.id.hex(),
                remedy="Ask again once it has a receipt and both logs' checkpoints are witnessed: a few seconds.",
            )
        receipt_of(transaction, kept.partner, kept.receipt)  # a key cut off since proves nothing
        cover = sent.answered(outbox.covers(transaction, kept.id), receipts.envelope(kept.receipt)) or kept.cover
        return Bundle(
            cards=tuple(_cards(transaction, self._own)),
            agreement=agreement.body,
            signatures=agreements.signatures(transaction, agreement.digest),
            cover=cover,
            place=place,
            count=len(items),
            path=sent.path(cover, items, place),
            item=item.item,
            entry=entry.entry,
            salt=entry.salt,
            disclosed=LogProof.read(ours),
            receipt=kept.receipt,
            received=LogProof.read(theirs),
            onward=_shown(transaction, kept.id, item.item),
        )


def _shown(transaction: Transaction, message: bytes, item: bytes) -> Shown | UnsetType:
    """Return the leave by which the message passes its record on, if another originated that.

    Raises:
        Fault: the originator's keys do not count any more.
    """
    given = canonical.own(item, Given)
    found = onward.passing(transaction, given.owner, given.id, message)
    if found is None or found.leave is None or found.signature is None:
        return UNSET
    leaves.kept(transaction, found)
    return Shown(leave=found.leave, signature=found.signature)


def _cards(transaction: Transaction, own: Own) -> Iterator[bytes]:
    """Return every card that this node and its partners have and had: a bundle takes those that it needs."""
    yield own.signed
    for name in (own.card.name, *(partner.name for partner in partners.all(transaction))):
        yield from (kept.card for kept in partner_cards.of(transaction, name) if kept.card != own.signed)


def _told_unproven(claim: _Claim, fault: Fault) -> None:
    _log.info("not proven yet", partner=claim.partner, message=claim.message.id.hex(), fault=str(fault))


def _receipts(transaction: Transaction) -> Iterator[_Claim]:
    for message in receipt_proofs.missing(transaction, _AT_ONCE):
        kept = outbox.get(transaction, message)
        if kept is not None:
            yield _Claim(
                partner=kept.partner,
                message=kept,
                stated=partial(_receipt, kept.receipt or b""),
                keep=partial(_keep_receipt, message),
            )


def _receipt(signed: bytes, transaction: Transaction, partner: str) -> Receipt:
    return receipt_of(transaction, partner, signed)


def _keep_receipt(message: bytes, transaction: Transaction, proof: bytes) -> None:
    receipt_proofs.put(transaction, message, proof)


def _recalls(transaction: Transaction) -> Iterator[_Claim]:
    for recall in recalls.unproven(transaction, _AT_ONCE):
        kept = outbox.get(transaction, recall.message)
        if kept is not None:
            yield _Claim(
                partner=recall.partner,
                message=kept,
                stated=partial(_answer, recall.answer or b""),
                keep=partial(_keep_answer, recall.id),
            )


def _answer(item: bytes, transaction: Transaction, partner: str) -> Recalled:
    del transaction
    return canonical.read(item, Recalled, where=partner)


def _keep_answer(recall: bytes, transaction: Transaction, proof: bytes) -> None:
    recalls.prove(transaction, recall, proof)


def _agreement(transaction: Transaction, message: KeptMessage) -> KeptAgreement:
    digest = sent.agreement(message)
    kept = agreements.get(transaction, digest)
    if kept is None:
        raise Missing("the agreement of this release is not here any more", where=digest.hex())
    return kept
