"""Acceptance: what is entered, kept and signed of a message that was taken in, or refused for good."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from comity.agreements.standing import Standing
from comity.exchange import receipts as receiving
from comity.exchange import wire
from comity.exchange.arrival import Message
from comity.exchange.cards import Own
from comity.foundation import canonical
from comity.foundation.canonical import digest
from comity.foundation.ledger.tree import leaf_hash
from comity.foundation.store import inbox
from comity.foundation.store.inbox import KeptArrival, KeptRecord
from comity.foundation.store.store import ActTransaction, Logged
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.instant import Instant
from comity.vocabulary.message import Lane, Outcome, Receipt


def basis(header: wire.Header, standings: tuple[Standing, ...]) -> str:
    """Return on what the message was received: the agreement that it names, in words."""
    for standing in standings:
        if standing.digest == header.agreement:
            return f"{standing.terms.agreement} {standing.terms.version}"
    return header.kind.value if header.agreement == wire.ZEROS else f"unknown agreement {header.agreement.hex()}"


def settle(
    own: Own, act: ActTransaction, messages: Sequence[Message], bases: Sequence[str], now: Instant
) -> list[bytes]:
    """Keep and enter what became of each message of one lane, and return the signed receipts.

    What came in bulk is kept before it is entered: so long as that takes, others can log (docs/decisions/0232).
    """
    first = messages[0].parsed.header
    early = len(messages) == 1 and first.lane is Lane.BULK
    if early:
        inbox.add(act, arrival(messages[0], now, b""), kept(messages[0], now))
    signed = receipts(own, act, messages, bases)
    if early:
        inbox.answer(act, first.sender, first.id, signed[0])
        return signed
    arrivals = [(arrival(one, now, receipt), kept(one, now)) for one, receipt in zip(messages, signed, strict=True)]
    inbox.add(act, *arrivals[0]) if len(arrivals) == 1 else inbox.add_many(act, arrivals)
    return signed


def receipts(own: Own, act: ActTransaction, messages: Sequence[Message], bases: Sequence[str]) -> list[bytes]:
    """Enter what became of each message, as part of the act, and return the signed receipts that name the entries."""
    entries = [[_received(one, basis), *_collected(one, basis)] for one, basis in zip(messages, bases, strict=True)]
    logged = act.log_many([each for several in entries for each in several])
    firsts = accumulate(map(len, entries[:-1]), initial=0)
    return [_receipt(own, one, logged[first]) for one, first in zip(messages, firsts, strict=True)]


def _received(message: Message, basis: str) -> Entry:
    header, sole = message.parsed.header, message.sole
    return Entry(
        act=Act.RECEIVED,
        basis=basis,
        clause=sole.clause if sole else "",
        purpose=header.purpose,
        subject=sole.id if sole else header.id.hex(),
        partner=header.sender,
        digest=header.payload if message.items is not None else b"",
        count=max(len(message.items or ()), 1),
        detail=receiving.detail(_outcome(message), message.reason, len(message.refused)),
    )


def _outcome(message: Message) -> Outcome:
    return Outcome.REFUSED if message.reason else Outcome.ACCEPTED


def _receipt(own: Own, message: Message, logged: Logged) -> bytes:
    header = message.parsed.header
    made = Receipt(
        message=header.id,
        envelope=message.parsed.digest,
        payload=header.payload if message.items is not None else receiving.UNOPENED,
        sender=header.sender,
        receiver=own.card.name,
        outcome=_outcome(message),
        reason=message.reason,
        refused=message.refused,
        time=canonical.read(logged.entry, Entry).time,
        origin=own.card.origin,
        index=logged.index,
        entry=logged.entry,
        salt=logged.salt,
    )
    return receiving.sign(made, own.keys.identity, own.keys.identity_pq if header.suite == wire.BOTH else None)


def _collected(message: Message, basis: str) -> list[Entry]:
    """Return an entry for each record of several by its own id: the log alone tells who gave what of whom."""
    if message.sole is not None:
        return []
    return [
        Entry(
            act=Act.COLLECTED,
            basis=basis,
            clause=one.given.clause,
            purpose=one.given.purpose,
            subject=one.given.id,
            partner=message.parsed.header.sender,
            digest=digest(one.item),
        )
        for _, one in message.taken
        if one.given is not None
    ]


def arrival(message: Message, now: Instant, receipt: bytes) -> KeptArrival:
    """Return what is kept of the message itself: of what was refused, no cover."""
    header = message.parsed.header
    return KeptArrival(
        sender=header.sender,
        id=header.id,
        kind=header.kind.value,
        lane=header.lane.value,
        sequence=header.sequence,
        received=now,
        cover=b"" if message.reason else message.parsed.cover.written(),
        count=len(message.taken),
        receipt=receipt,
        agreement=None if header.agreement == wire.ZEROS else header.agreement,
    )


def kept(message: Message, now: Instant) -> list[KeptRecord]:
    """Return what is kept of the items: the records and steps that were taken in."""
    header = message.parsed.header
    return [
        KeptRecord(
            sender=header.sender,
            message=header.id,
            place=place,
            leaf=leaf_hash(one.item),
            item=one.item,
            record=one.given.id if one.given else None,
            received=now,
            keep_until=one.given.keep_until if one.given else None,
            kind=one.given.kind.value if one.given else None,
        )
        for place, one in message.taken
    ]
