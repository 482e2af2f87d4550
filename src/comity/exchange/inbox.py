"""The inbox: what enters is authenticated, checked, kept and answered with a signed receipt, all once.

Nothing is told to, and nothing kept of, a sender that is not certain (docs/formats/envelope.md, "Refused").
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TypeAlias

import msgspec
import structlog
from msgspec.structs import replace

from comity.agreements.standing import Standing
from comity.exchange import acceptance, arrival, cards, leaves, wire
from comity.exchange.arrival import Message
from comity.exchange.cards import Own
from comity.exchange.prekeys import Prekeys
from comity.foundation.canonical import digest
from comity.foundation.clock import Clock
from comity.foundation.keys import SealingKey
from comity.foundation.store import inbox, partners
from comity.foundation.store.partners import KeptPartner
from comity.foundation.store.store import ActTransaction, Store, Transaction, Unavailable
from comity.vocabulary.fault import Fault, Refused
from comity.vocabulary.instant import Instant
from comity.vocabulary.message import Given, MessageKind
from comity.vocabulary.partner import Card, Station
from comity.vocabulary.record import RecordKind

OnRelease: TypeAlias = Callable[[ActTransaction, str, Given], None]
Taker: TypeAlias = Callable[[ActTransaction, "Arrived"], None]

_log = structlog.get_logger()
_TRIES = 5
"""How often a delivery is looked at anew because another of the same lane came in between."""


class Reception(msgspec.Struct, frozen=True, kw_only=True):
    """What takes messages in.

    `standings` returns the agreements as they stand at that moment. `on_release` takes in, within the transaction that
    receives it, what a partner of that name gave; `takers` do so with messages of the other kinds, and a kind without
    one is refused. A Fault from them undoes what they did and refuses the message.
    """

    store: Store
    own: Own
    clock: Clock
    standings: Callable[[Transaction], tuple[Standing, ...]]
    on_release: OnRelease
    prekeys: Prekeys | None = None
    """The keys that messages are sealed to; without them only what is sealed to the card's key opens."""
    takers: Mapping[MessageKind, Taker]


class Arrived(msgspec.Struct, frozen=True):
    """A message of a partner that is no release, as who takes it in sees it: from whom, which, and what it holds."""

    sender: str
    id: bytes
    item: bytes
    cover: bytes
    """The envelope's signed outside: with the item it proves who said so."""


class Accepted(msgspec.Struct, frozen=True):
    """The message is durable, taken in or refused: the signed receipt says which."""

    receipt: bytes
    again: bool = False
    """It was taken in before: nothing was changed."""


class Gap(msgspec.Struct, frozen=True):
    """Something before this message has not arrived: nothing was kept."""

    expected: int


class Gone(msgspec.Struct, frozen=True):
    """The message is sealed to a key that is not here, or not any more: nothing was kept."""

    prekey: bytes
    """The present signed prekey."""


class _Overtaken(Exception):  # noqa: N818 - never leaves this file
    """Another delivery of the same lane was quicker."""


class Declined(Refused):
    """What takes a message in refuses it with a coarse code that its sender may learn."""

    def __init__(self, code: str, what: str, *, where: str = "") -> None:
        super().__init__(what, where=where)
        self.code = code


class _Unacceptable(Exception):  # noqa: N818 - never leaves this file
    """What takes the message in refused it."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.code = fault.code if isinstance(fault, Declined) else "unacceptable"


def accept(reception: Reception, envelope: bytes) -> Accepted | Gap | Gone:
    """Take in one envelope.

    Raises:
        Fault: the bytes are no envelope to this node by a partner of it, or signed by less than it must be. Nothing
            was kept.
        Unavailable: nothing was kept; the sender should try again.
    """
    return taken(reception, wire.parse(envelope))


def taken(reception: Reception, parsed: wire.Parsed) -> Accepted | Gap | Gone:
    """Do what `accept` does with an envelope that has been read."""
    message: Message | None = None
    for _ in range(_TRIES):
        answered = _glance(reception, parsed)
        if answered is not None:
            return answered
        key = _key(reception, parsed.header)
        if isinstance(key, Gone):
            return key
        message = message or arrival.opened(Message(parsed), key, reception.clock.now())
        try:
            return Accepted(_settle(reception, [message])[0])
        except _Overtaken:
            continue
        except _Unacceptable as refusal:
            _log.warning("message refused", sender=parsed.header.sender, fault=str(refusal.__cause__))
            message = replace(message, reason=refusal.code)
    raise Unavailable("too many deliveries of one lane at once", where=parsed.header.sender)


def _glance(reception: Reception, parsed: wire.Parsed) -> Accepted | Gap | None:
    """Return the answer if there is one without taking anything in: the message is authentic in any case."""
    header = parsed.header
    with reception.store.glancing() as transaction:
        seen = inbox.glance(transaction, *_lane(header), header.id)
    card = _card(seen.partner, reception.own, header)
    wire.authenticate(parsed.cover, card.identity, card.identity_pq)
    return _answer(seen.receipt, header, seen.expected)


def _answer(receipt: bytes | None, header: wire.Header, expected: int) -> Accepted | Gap | None:
    if receipt is not None:
        return Accepted(receipt, again=True)
    return Gap(expected) if header.sequence > expected else None


def _lane(header: wire.Header) -> tuple[str, str]:
    return header.sender, header.lane.value


def _sender(transaction: Transaction, own: Own, header: wire.Header) -> Card:
    return _card(partners.get(transaction, header.sender), own, header)


def _card(kept: KeptPartner | None, own: Own, header: wire.Header) -> Card:
    if header.recipient != own.card.name:
        raise Refused("the envelope is for somebody else", where=header.sender)
    if kept is None or kept.cut_off is not None or kept.station is not Station.NODE:
        raise Refused("the envelope is by nobody that this node takes messages from", where=header.sender)
    return cards.read(kept.card, header.sender)


def _key(reception: Reception, header: wire.Header) -> SealingKey | Gone:
    """Return the private key that the message is sealed to.

    That on the card counts only for a partner whose card is by the first version, which knows of no prekeys.
    """
    own, prekeys = reception.own, reception.prekeys
    if prekeys is None:
        return own.keys.sealing
    if found := prekeys.key(header.kem):
        return found
    with reception.store.reading() as transaction:
        early = not _sender(transaction, own, header).identity_pq
    if early and header.kem in (wire.ZEROS, digest(own.card.sealing)):
        return own.keys.sealing
    return Gone(prekeys.present())


def together(reception: Reception, stack: Sequence[wire.Parsed]) -> list[bytes] | None:
    """Take in releases of one sender that come next in one lane, one after another, all in one transaction.

    Returns a signed receipt for each; None, and nothing was kept, wherever one of them needs an answer of its own: then
    each is to be taken in by itself.

    Raises:
        Fault, Unavailable: as `accept` does.
    """
    first = stack[0].header
    if len({one.header.id for one in stack}) != len(stack) or not all(
        one.header.kind is MessageKind.RELEASE
        and _lane(one.header) == _lane(first)
        and one.header.sequence == first.sequence + place
        for place, one in enumerate(stack)
    ):
        return None
    with reception.store.glancing() as transaction:
        seen = inbox.glance(transaction, *_lane(first), first.id)
    for one in stack:
        card = _card(seen.partner, reception.own, one.header)
        wire.authenticate(one.cover, card.identity, card.identity_pq)
        if seen.expected != first.sequence:
            return None  # once the first is known to be the partner's: the others cost nothing
    found = [_key(reception, one.header) for one in stack]
    now, keyed = reception.clock.now(), [key for key in found if not isinstance(key, Gone)]
    if len(keyed) != len(stack):
        return None
    try:
        messages = [arrival.opened(Message(one), key, now) for one, key in zip(stack, keyed, strict=True)]
        return _settle(reception, messages)
    except (_Overtaken, _Unacceptable):
        return None


def _settle(reception: Reception, messages: Sequence[Message]) -> list[bytes]:
    """Take the messages of one lane in, or refuse them, for good, and return the signed receipts: one transaction."""
    first, count = messages[0].parsed.header, len(messages)
    with reception.store.acting() as act:
        expected = inbox.claim(act, *_lane(first))
        seen = inbox.glance(act, *_lane(first), first.id)  # anew: what was seen before may be over
        card = _card(seen.partner, reception.own, first)
        more = [one.parsed.header.id for one in messages[1:]]
        if _answer(seen.receipt, first, expected) is not None or (
            more and (first.sequence != expected or inbox.among(act, first.sender, more))
        ):
            raise _Overtaken
        now = reception.clock.now()
        standings = reception.standings(act)
        settled = [_judged(reception, act, card, standings, one, expected, now) for one in messages]
        bases = [acceptance.basis(one.parsed.header, standings) for one in settled]
        receipts = acceptance.settle(reception.own, act, settled, bases, now)
        if first.sequence == expected:
            inbox.advance(act, *_lane(first), count)
    return receipts


def _judged(
    reception: Reception,
    act: ActTransaction,
    card: Card,
    standings: tuple[Standing, ...],
    message: Message,
    expected: int,
    now: Instant,
) -> Message:
    """Return the message with what is refused of it; what is not was taken in by whoever takes such."""
    header = message.parsed.header
    arrival.expect_both(header, standings, card)
    if header.sequence < expected:
        message = replace(message, reason="replayed")
    leave = partial(leaves.shown, act, reception.own, header.sender)
    message = arrival.judged(message, reception.own.card.name, standings, now, leave)
    _take(reception, act, message)
    return message


def _take(reception: Reception, act: ActTransaction, message: Message) -> None:
    header = message.parsed.header
    given = [one.given for _, one in message.taken if one.given is not None]
    tracks = [one.id for one in given if one.kind is RecordKind.TRACK]
    if tracks:
        inbox.supersede(act, header.sender, tracks)
    try:
        for _, one in message.taken:
            if one.given is not None:
                reception.on_release(act, header.sender, one.given)
            elif (taker := reception.takers.get(header.kind)) is not None:
                taker(act, Arrived(header.sender, header.id, one.item, message.parsed.cover.written()))
            else:
                raise Refused(f"nobody here takes a message of kind {header.kind.value}", where=header.sender)
    except Unavailable:
        raise
    except Fault as fault:
        raise _Unacceptable(fault) from fault
