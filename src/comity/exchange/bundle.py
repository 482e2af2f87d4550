"""Bundles: one file that proves one release to anyone, offline (docs/formats/bundle.md)."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import msgspec
from msgspec.structs import replace

from comity.agreements import terms
from comity.exchange import cards
from comity.exchange.evidence import Bundle, Evidence, NotProven, read
from comity.exchange.examination import answered, cosigners, examined, originators
from comity.foundation import canonical
from comity.foundation.ledger.trust import TrustPolicy
from comity.vocabulary.fault import Fault
from comity.vocabulary.handling import Handling
from comity.vocabulary.instant import Instant
from comity.vocabulary.record import RecordKind, Value


class Check(msgspec.Struct, frozen=True):
    """One thing that was checked, in words, and whether it holds."""

    words: str
    holds: bool


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What a bundle that holds has proven."""

    sender: str
    receiver: str
    officer: str
    given: Instant
    """By the sender's clock."""
    answered: Instant
    """By the receiver's clock."""
    outcome: str
    reason: str
    agreement: str
    version: int
    clause: str
    purpose: str
    kind: RecordKind
    record: str
    originator: str
    """The sender itself, or whose leave let it pass the record on."""
    leave_by: str
    """The originator's officer who gave that leave; empty where there is none."""
    handling: Handling
    keep_until: Instant
    fields: dict[str, Value]
    simulated: bool


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What was checked, in order, up to the first that does not hold."""

    checks: tuple[Check, ...]
    facts: Facts | None
    """None where something does not hold."""
    fingerprints: dict[str, str]
    """Of each card, by name: for a person to compare. Without that the bundle proves only that it is of one piece."""

    @property
    def ok(self) -> bool:
        """Whether everything holds."""
        return self.facts is not None


def make(bundle: Bundle) -> bytes:
    """Return the file. Of the cards given, those of parties, originator and the witnesses that cosigned go in.

    Raises:
        NotProven: it would not be believed; the words say why.
        Fault: a card or the agreement cannot be read.
    """
    known: dict[tuple[str, int], bytes] = {}
    for signed in bundle.cards:
        card = cards.read(signed, "card")
        known[card.name, card.serial] = signed
    read_cards = [cards.read(signed) for signed in known.values()]
    parties = terms.from_canonical(bundle.agreement).between
    needed = cosigners(bundle, read_cards) | {*parties, *originators(Evidence(bundle))}
    candidates = [place for place in sorted(known) if place[0] in needed]
    used = _used(replace(bundle, cards=tuple(known[place] for place in candidates)))
    data = canonical.written(replace(bundle, cards=tuple(known[place] for place in candidates if place in used)))
    verdict = verify(data)
    if not verdict.ok:
        raise NotProven(f"this proves no release: {verdict.checks[-1].words}")
    return data


def _used(bundle: Bundle) -> set[tuple[str, int]]:
    """Return name and serial number of the cards under which something in the bundle was signed."""
    evidence = Evidence(bundle)
    try:
        for _ in examined(evidence, (), spare=True):
            pass
    except Fault as fault:
        raise NotProven(f"this proves no release: {fault}") from fault
    return evidence.used


def verify(
    data: bytes,
    trusted: Collection[str] = (),
    *,
    policy: TrustPolicy | None = None,
    cut_offs: Mapping[str, int] | None = None,
) -> Verdict:
    """Check a bundle from its bytes alone. Never raises a Fault: what is wrong stands in the verdict.

    `trusted` are fingerprints that the verifier has from the agencies themselves; if there are any, every card in the
    bundle must have one of them. `cut_offs` says for a node whose keys were stolen at which size of its log.
    """
    checks: list[Check] = []
    evidence: Evidence | None = None
    try:
        evidence = Evidence(read(data), cut_offs)
        wanted = {fingerprint.strip().upper() for fingerprint in trusted}
        for words in examined(evidence, wanted, policy):
            checks.append(Check(words, holds=True))  # noqa: PERF401 - those before a fault must stay
        return Verdict(checks=tuple(checks), facts=_facts(evidence), fingerprints=_fingerprints(evidence))
    except Fault as fault:
        failed = (*checks, Check(str(fault), holds=False))
        return Verdict(checks=failed, facts=None, fingerprints=_fingerprints(evidence) if evidence else {})


def _fingerprints(evidence: Evidence) -> dict[str, str]:
    try:
        newest = {found[0].name: found[0].serial for found in evidence.cards.values()}
        read_cards = [(cards.read(signed), cards.fingerprint(signed)) for signed in evidence.bundle.cards]
        return {
            card.name if card.serial == newest[card.name] else f"{card.name} card {card.serial}": fingerprint
            for card, fingerprint in read_cards
        }
    except Fault:
        return {}


def _facts(evidence: Evidence) -> Facts:
    header, given, receipt = evidence.header, evidence.given, evidence.receipt
    outcome, reason = answered(receipt, evidence.bundle.place)
    return Facts(
        sender=header.sender,
        receiver=header.recipient,
        officer=evidence.entry.officer,
        given=evidence.entry.time,
        answered=receipt.time,
        outcome=outcome.value,
        reason=reason,
        agreement=evidence.terms.agreement,
        version=evidence.terms.version,
        clause=given.clause,
        purpose=given.purpose,
        kind=given.kind,
        record=given.id,
        originator=given.owner,
        leave_by=evidence.leave.officer if evidence.leave is not None else "",
        handling=given.handling,
        keep_until=given.keep_until,
        fields=evidence.fields,
        simulated=given.simulated,
    )
