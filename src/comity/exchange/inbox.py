"""The inbox: what enters is authenticated, checked, kept and answered with a signed receipt, all once.

Nothing is told to, and nothing kept of, a sender that is not certain (docs/formats/envelope.md, "Refused").
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import msgspec
import structlog
from msgspec.structs import replace

from comity.agreements.admission import admit
from comity.agreements.standing import Standing
from comity.exchange import cards, receipts, wire
from comity.exchange.cards import Own
from comity.foundation import canonical
from comity.foundation.clock import Clock
from comity.foundation.store import inbox, partners
from comity.foundation.store.inbox import KeptArrival
from comity.foundation.store.store import ActTransaction, Store, Transaction, Unavailable
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Fault, Refused
from comity.vocabulary.instant import Instant
from comity.vocabulary.message import Given, MessageKind, Outcome, Receipt
from comity.vocabulary.partner import Card, Station

OnRelease: TypeAlias = Callable[[ActTransaction, str, Given], None]
OnAgreement: TypeAlias = Callable[[ActTransaction, str, bytes], None]

_log = structlog.get_logger()
_TRIES = 5
"""How often a delivery is looked at anew because another of the same lane came in between."""


class Reception(msgspec.Struct, frozen=True, kw_only=True):
    """What takes messages in.

    `standings` returns the agreements as they stand at that moment. `on_release` and `on_agreement` take in, within
    the transaction that receives it, what a partner of that name gave or which step it took; a Fault from them
    undoes what they did and refuses the message.
    """

    store: Store
    own: Own
    clock: Clock
    standings: Callable[[Transaction], tuple[Standing, ...]]
    on_release: OnRelease
    on_agreement: OnAgreement


class Accepted(msgspec.Struct, frozen=True):
    """The message is durable, taken in or refused: the signed receipt says which."""

    receipt: bytes


class Gap(msgspec.Struct, frozen=True):
    """Something before this message has not arrived: nothing was kept."""

    expected: int


class _Overtaken(Exception):  # noqa: N818 - never leaves this file
    """Another delivery of the same lane was quicker."""


class _Unacceptable(Exception):  # noqa: N818 - never leaves this file
    """What takes the message in refused it."""


class _Message(msgspec.Struct, frozen=True):
    """An authentic message: its content as far as it could be read, and why it is refused, if it is."""

    envelope: bytes
    parsed: wire.Parsed
    payload: bytes | None = None
    given: Given | None = None
    reason: str = ""


def accept(reception: Reception, envelope: bytes) -> Accepted | Gap:
    """Take in one envelope.

    Raises:
        Fault: the bytes are no envelope to this node by a partner of it. Nothing was kept.
        Unavailable: nothing was kept; the sender should try again.
    """
    parsed = wire.parse(envelope)
    message: _Message | None = None
    for _ in range(_TRIES):
        answered = _glance(reception, parsed)
        if answered is not None:
            return answered
        message = message or _opened(reception, _Message(envelope, parsed))
        try:
            return Accepted(_settle(reception, message))
        except _Overtaken:
            continue
        except _Unacceptable as refusal:
            _log.warning("message refused", sender=parsed.header.sender, fault=str(refusal.__cause__))
            message = replace(message, reason="unacceptable")
    raise Unavailable("too many deliveries of one lane at once", where=parsed.header.sender)


def _glance(reception: Reception, parsed: wire.Parsed) -> Accepted | Gap | None:
    """Return the answer if there is one without taking anything in: the message is authentic in any case."""
    with reception.store.reading() as transaction:
        wire.authenticate(parsed, _sender(transaction, reception.own, parsed.header).identity)
        return _answered(transaction, parsed.header, inbox.expected(transaction, *_lane(parsed.header)))


def _answered(transaction: Transaction, header: wire.Header, expected: int) -> Accepted | Gap | None:
    kept = inbox.get(transaction, header.sender, header.id)
    if kept is not None:
        return Accepted(kept.receipt)
    return Gap(expected) if header.sequence > expected else None


def _lane(header: wire.Header) -> tuple[str, str]:
    return header.sender, header.lane.value


def _sender(transaction: Transaction, own: Own, header: wire.Header) -> Card:
    if header.recipient != own.card.name:
        raise Refused("the envelope is for somebody else", where=header.sender)
    kept = partners.get(transaction, header.sender)
    if kept is None or kept.cut_off is not None or kept.station is not Station.NODE:
        raise Refused("the envelope is by nobody that this node takes messages from", where=header.sender)
    return cards.read(kept.card, header.sender)


def _opened(reception: Reception, message: _Message) -> _Message:
    """Return the message with its content, or with the reason why it has none."""
    header = message.parsed.header
    if reception.clock.now() >= header.expires:
        return replace(message, reason="expired")
    try:
        payload = wire.open(message.parsed, reception.own.keys.sealing)
    except wire.Unreadable:
        return replace(message, reason="unreadable")
    message = replace(message, payload=payload)
    if header.kind is MessageKind.RELEASE:
        return _with_record(message, payload)
    malformed = header.kind is MessageKind.WITHDRAWN and payload != b""
    return replace(message, reason="malformed" if malformed else "")


def _with_record(message: _Message, payload: bytes) -> _Message:
    header = message.parsed.header
    try:
        given = canonical.read(payload, Given, where=header.sender)
    except canonical.NotCanonical:
        return replace(message, reason="malformed")
    same = (given.agreement, given.purpose) == (header.agreement, header.purpose)
    return replace(message, given=given, reason="" if same else "malformed")


def _settle(reception: Reception, message: _Message) -> bytes:
    """Take the message in, or refuse it, for good, and return the signed receipt: one transaction."""
    header = message.parsed.header
    with reception.store.acting() as act:
        expected = inbox.claim(act, *_lane(header))
        _sender(act, reception.own, header)
        if _answered(act, header, expected) is not None:
            raise _Overtaken
        now = reception.clock.now()
        standings = reception.standings(act)
        reason = "replayed" if header.sequence < expected else _objection(reception, message, standings, now)
        if not reason:
            _take(reception, act, message)
        receipt = _receipt(reception, act, message, reason, _basis(header, standings))
        inbox.add(act, _arrival(message, reason, now, receipt))
        if header.sequence == expected:
            inbox.advance(act, *_lane(header))
    return receipt


def _objection(reception: Reception, message: _Message, standings: tuple[Standing, ...], now: Instant) -> str:
    if message.reason or message.given is None:
        return message.reason
    return admit(message.given, message.parsed.header.sender, reception.own.card.name, standings, now) or ""


def _take(reception: Reception, act: ActTransaction, message: _Message) -> None:
    header = message.parsed.header
    try:
        if message.given is not None:
            reception.on_release(act, header.sender, message.given)
        elif header.kind is MessageKind.AGREEMENT and message.payload is not None:
            reception.on_agreement(act, header.sender, message.payload)
    except Unavailable:
        raise
    except Fault as fault:
        raise _Unacceptable from fault


def _basis(header: wire.Header, standings: tuple[Standing, ...]) -> str:
    for standing in standings:
        if standing.digest == header.agreement:
            return f"{standing.terms.agreement} {standing.terms.version}"
    return "negotiation" if header.agreement == wire.ZEROS else f"unknown agreement {header.agreement.hex()}"


def _receipt(reception: Reception, act: ActTransaction, message: _Message, reason: str, basis: str) -> bytes:
    header, own = message.parsed.header, reception.own
    outcome = Outcome.REFUSED if reason else Outcome.ACCEPTED
    payload = receipts.opened(message.payload)
    logged = act.log(
        Entry(
            act=Act.RECEIVED,
            basis=basis,
            clause=message.given.clause if message.given else "",
            purpose=header.purpose,
            subject=message.given.id if message.given else header.id.hex(),
            partner=header.sender,
            digest=b"" if message.payload is None else payload,
            detail=receipts.detail(outcome, reason),
        )
    )
    receipt = Receipt(
        message=header.id,
        envelope=message.parsed.digest,
        payload=payload,
        sender=header.sender,
        receiver=own.card.name,
        outcome=outcome,
        reason=reason,
        time=canonical.read(logged.entry, Entry).time,
        origin=own.card.origin,
        index=logged.index,
        entry=logged.entry,
        salt=logged.salt,
    )
    return receipts.sign(receipt, own.keys.identity)


def _arrival(message: _Message, reason: str, now: Instant, receipt: bytes) -> KeptArrival:
    """Return what is kept: of what was refused, neither the content nor the envelope that holds it."""
    header, given = message.parsed.header, message.given
    arrival = KeptArrival(
        sender=header.sender,
        id=header.id,
        kind=header.kind.value,
        lane=header.lane.value,
        sequence=header.sequence,
        received=now,
        receipt=receipt,
    )
    if reason:
        return arrival
    return replace(
        arrival,
        envelope=message.envelope,
        payload=message.payload,
        record=given.id if given else None,
        keep_until=given.keep_until if given else None,
    )
