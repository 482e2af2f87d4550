"""The inbox: what enters is authenticated, checked, kept and answered with a signed receipt, all once.

Nothing is told to, and nothing kept of, a sender that is not certain (docs/formats/envelope.md, "Refused").
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

import msgspec
import structlog
from msgspec.structs import replace

from comity.agreements.admission import admit
from comity.agreements.standing import Standing
from comity.exchange import cards, receipts, wire
from comity.exchange.cards import Own
from comity.exchange.prekeys import Prekeys
from comity.foundation import canonical
from comity.foundation.canonical import digest
from comity.foundation.clock import Clock
from comity.foundation.keys import SealingKey
from comity.foundation.ledger.tree import leaf_hash
from comity.foundation.store import inbox, partners
from comity.foundation.store.inbox import KeptArrival, KeptRecord
from comity.foundation.store.store import ActTransaction, Store, Transaction, Unavailable
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Fault, Refused
from comity.vocabulary.instant import Instant
from comity.vocabulary.message import Given, MessageKind, Outcome, Receipt, Refusal
from comity.vocabulary.partner import Card, Station
from comity.vocabulary.record import RecordKind
from comity.vocabulary.suite import Suite

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


class OneKey(Refused):
    """An envelope is signed by one key of its sender where both are demanded."""


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


class _Item(msgspec.Struct, frozen=True):
    """One thing inside a message, and why it is refused, if it is."""

    item: bytes
    given: Given | None = None
    reason: str = ""


class _Message(msgspec.Struct, frozen=True):
    """An authentic message: its content as far as it could be read, and why all of it is refused, if it is."""

    parsed: wire.Parsed
    items: tuple[_Item, ...] | None = None
    """None where it could not be opened."""
    reason: str = ""

    @property
    def sole(self) -> Given | None:
        """The one record that it holds, if it holds one."""
        return self.items[0].given if self.items and len(self.items) == 1 else None

    @property
    def taken(self) -> list[tuple[int, _Item]]:
        """The items that are taken in, with their places."""
        items = () if self.reason or self.items is None else self.items
        return [(place, one) for place, one in enumerate(items) if not one.reason]

    @property
    def refused(self) -> tuple[Refusal, ...]:
        """The items that are not, where others are."""
        items = () if self.reason or self.items is None else self.items
        return tuple(Refusal(place, one.reason) for place, one in enumerate(items) if one.reason)


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
    message: _Message | None = None
    for _ in range(_TRIES):
        answered = _glance(reception, parsed)
        if answered is not None:
            return answered
        key = _key(reception, parsed.header)
        if isinstance(key, Gone):
            return key
        message = message or _opened(reception, _Message(parsed), key)
        try:
            return Accepted(_settle(reception, message))
        except _Overtaken:
            continue
        except _Unacceptable as refusal:
            _log.warning("message refused", sender=parsed.header.sender, fault=str(refusal.__cause__))
            message = replace(message, reason=refusal.code)
    raise Unavailable("too many deliveries of one lane at once", where=parsed.header.sender)


def _glance(reception: Reception, parsed: wire.Parsed) -> Accepted | Gap | None:
    """Return the answer if there is one without taking anything in: the message is authentic in any case."""
    with reception.store.reading() as transaction:
        card = _sender(transaction, reception.own, parsed.header)
        wire.authenticate(parsed.cover, card.identity, card.identity_pq)
        return _answered(transaction, parsed.header, inbox.expected(transaction, *_lane(parsed.header)))


def _answered(transaction: Transaction, header: wire.Header, expected: int) -> Accepted | Gap | None:
    kept = inbox.get(transaction, header.sender, header.id)
    if kept is not None:
        return Accepted(kept.receipt, again=True)
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


def _opened(reception: Reception, message: _Message, key: SealingKey) -> _Message:
    """Return the message with its content, or with the reason why it has none."""
    header = message.parsed.header
    if reception.clock.now() >= header.expires:
        return replace(message, reason="expired")
    try:
        items = wire.open(message.parsed, key)
    except wire.Unreadable:
        return replace(message, reason="unreadable")
    if header.kind is MessageKind.RELEASE:
        return _whole(replace(message, items=tuple(_record(header, item) for item in items)))
    expected = {MessageKind.WITHDRAWN: 0}.get(header.kind, 1)
    return replace(
        message,
        items=tuple(_Item(item) for item in items),
        reason="" if len(items) == expected else "malformed",
    )


def _record(header: wire.Header, item: bytes) -> _Item:
    """Return the record that an item of a release is, or why it is none."""
    if not item:
        return _Item(item, reason="withdrawn")
    try:
        given = canonical.read(item, Given, where=header.sender)
    except canonical.NotCanonical:
        return _Item(item, reason="malformed")
    same = (given.agreement, given.purpose) == (header.agreement, header.purpose)
    return _Item(item, given, "" if same else "malformed")


def _whole(message: _Message) -> _Message:
    """Return the message as refused where nothing of it is taken in, by the first reason that there is."""
    reasons = [one.reason for one in message.items or ()]
    if message.reason or not all(reasons):
        return message
    return replace(message, reason=next((reason for reason in reasons if reason != "withdrawn"), "malformed"))


def _settle(reception: Reception, message: _Message) -> bytes:
    """Take the message in, or refuse it, for good, and return the signed receipt: one transaction."""
    header = message.parsed.header
    with reception.store.acting() as act:
        expected = inbox.claim(act, *_lane(header))
        card = _sender(act, reception.own, header)
        if _answered(act, header, expected) is not None:
            raise _Overtaken
        now = reception.clock.now()
        standings = reception.standings(act)
        _expect_both(header, standings, card)
        if header.sequence < expected:
            message = replace(message, reason="replayed")
        message = _judged(reception, message, standings, now)
        _take(reception, act, message)
        receipt = _receipt(reception, act, message, _basis(header, standings))
        inbox.add(act, _arrival(message, now, receipt), _kept(message, now))
        if header.sequence == expected:
            inbox.advance(act, *_lane(header))
    return receipt


def _expect_both(header: wire.Header, standings: tuple[Standing, ...], card: Card) -> None:
    """Refuse what is signed by one key where both are demanded: its sender is not certain.

    Were there a receipt for it, and its place in the lane taken, whoever broke the one key could put something else in
    the place of a true message.
    """
    if header.suite != wire.BOTH and _demands_both(header, standings, card):
        raise OneKey("the envelope is signed by one key where both are demanded", where=header.sender)


def _demands_both(header: wire.Header, standings: tuple[Standing, ...], card: Card) -> bool:
    """Whether both keys must sign: of records as the agreement says; without one, whoever has two keys."""
    if header.kind in {MessageKind.RELEASE, MessageKind.WITHDRAWN}:
        for one in standings:
            if one.digest == header.agreement:
                return one.terms.suite is Suite.BOTH
    return bool(card.identity_pq)


def _judged(reception: Reception, message: _Message, standings: tuple[Standing, ...], now: Instant) -> _Message:
    """Return the message with each record that the agreement does not admit refused."""
    if message.reason or message.items is None:
        return message
    sender, own = message.parsed.header.sender, reception.own.card.name
    items = tuple(
        one
        if one.given is None or one.reason
        else replace(one, reason=admit(one.given, sender, own, standings, now) or "")
        for one in message.items
    )
    judged = replace(message, items=items)
    return _whole(judged) if message.parsed.header.kind is MessageKind.RELEASE else judged


def _take(reception: Reception, act: ActTransaction, message: _Message) -> None:
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


def _basis(header: wire.Header, standings: tuple[Standing, ...]) -> str:
    for standing in standings:
        if standing.digest == header.agreement:
            return f"{standing.terms.agreement} {standing.terms.version}"
    return header.kind.value if header.agreement == wire.ZEROS else f"unknown agreement {header.agreement.hex()}"


def _receipt(reception: Reception, act: ActTransaction, message: _Message, basis: str) -> bytes:
    header, own, sole = message.parsed.header, reception.own, message.sole
    outcome = Outcome.REFUSED if message.reason else Outcome.ACCEPTED
    opened = message.items is not None
    logged = act.log(
        Entry(
            act=Act.RECEIVED,
            basis=basis,
            clause=sole.clause if sole else "",
            purpose=header.purpose,
            subject=sole.id if sole else header.id.hex(),
            partner=header.sender,
            digest=header.payload if opened else b"",
            count=max(len(message.items or ()), 1),
            detail=receipts.detail(outcome, message.reason, len(message.refused)),
        )
    )
    _collect(act, message, basis)
    receipt = Receipt(
        message=header.id,
        envelope=message.parsed.digest,
        payload=header.payload if opened else receipts.UNOPENED,
        sender=header.sender,
        receiver=own.card.name,
        outcome=outcome,
        reason=message.reason,
        refused=message.refused,
        time=canonical.read(logged.entry, Entry).time,
        origin=own.card.origin,
        index=logged.index,
        entry=logged.entry,
        salt=logged.salt,
    )
    return receipts.sign(receipt, own.keys.identity, own.keys.identity_pq if header.suite == wire.BOTH else None)


def _collect(act: ActTransaction, message: _Message, basis: str) -> None:
    """Enter each record of several by its own id, so that the log alone tells who gave what of whom."""
    if message.sole is not None:
        return
    act.log_many(
        [
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
    )


def _arrival(message: _Message, now: Instant, receipt: bytes) -> KeptArrival:
    """Return what is kept: of what was refused, no cover."""
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
    )


def _kept(message: _Message, now: Instant) -> list[KeptRecord]:
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
