"""The outbox: what leaves is sealed, kept and entered in the ledger in one transaction, or does not leave.

Each envelope has one recipient, so that each partner's lane counts without gaps (docs/decisions/0040).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from msgspec.structs import replace

from comity.agreements import redaction
from comity.agreements.permit import Permit
from comity.exchange import partner_prekeys, precedence, wire
from comity.exchange.cards import Own
from comity.foundation import canonical, clock, keys
from comity.foundation.canonical import digest
from comity.foundation.ledger.tree import leaf_hash
from comity.foundation.store import ledger, outbox, outbox_state
from comity.foundation.store.outbox import KeptItem, KeptMessage
from comity.foundation.store.store import ActTransaction, Busy, Transaction
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Fault, Refused
from comity.vocabulary.instant import DAY, Duration, Instant
from comity.vocabulary.message import Given, Lane, MessageKind
from comity.vocabulary.partner import Card
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.suite import Suite

LARGEST_TOLD = 1024 * 1024
"""Bytes of what is no record."""
MOST_WAITING = 20_000
"""Records that may wait for one partner in the bulk lane: what comes after is older news by the time it would go."""

_OF_RECORDS = frozenset({MessageKind.RELEASE, MessageKind.WITHDRAWN})
_PATIENCE: Duration = 365 * DAY
"""How long a message that carries no record may be on its way."""


class Give(msgspec.Struct, frozen=True):
    """One record to give: the permit for it, and what the permit was asked, in the caller's words."""

    permit: Permit
    request: bytes
    detail: str = ""
    """For the entry: on what else it rests."""
    original: Given | None = None
    """Of another's record: as its originator gave it, which is passed on unchanged."""


class _Parcel(msgspec.Struct, frozen=True, kw_only=True):
    kind: MessageKind
    lane: Lane
    items: tuple[bytes, ...]
    now: Instant
    expires: Instant
    agreement: bytes = wire.ZEROS
    purpose: str = ""
    record: str | None = None
    suite: Suite = Suite.BOTH


def release(
    act: ActTransaction, own: Own, partner: Card, permit: Permit, *, officer: str, request: bytes, now: Instant
) -> bytes:
    """Give the partner what the permit gives, as part of the act, and return the message's id.

    `request` is what the permit was asked, in the caller's words: the courier shows it to the caller again before
    each attempt to deliver. A call in distress, given for rescue, goes in the lane of its own. The entry `disclosed` is
    logged here.

    Raises:
        Refused: the permit is for another partner, or none; or the partner is unknown, a witness, or cut off.
    """
    return release_one(act, own, partner, Give(permit, request), officer=officer, now=now)


def release_one(act: ActTransaction, own: Own, partner: Card, give: Give, *, officer: str, now: Instant) -> bytes:
    """Do what `release` does, with what else the record rests on in its entry."""
    permit = give.permit
    lane = Lane.DISTRESS if type(permit) is Permit and _calls(permit) else Lane.ORDINARY
    return _release(act, own, partner, (give,), lane, officer, now)


def _calls(permit: Permit) -> bool:
    """Whether it tells a rescue centre of a call in distress, by safeguard 13 or by a clause that gives more."""
    return permit.distress or (permit.record.distress and permit.purpose is Purpose.SEARCH_AND_RESCUE)


def release_many(
    act: ActTransaction, own: Own, partner: Card, gives: Sequence[Give], *, officer: str, now: Instant
) -> bytes:
    """Give the partner many records in one message of the bulk lane, as part of the act, and return its id.

    Each record has its own permit and its own entry `disclosed`; all are under one agreement and for one purpose.

    Raises:
        Refused: as `release` does, or the permits are of several agreements or purposes, or there are none.
        Busy: as `expect_room` does. Give again later what still matters then.
    """
    expect_room(act, partner.name, len(gives))
    return _release(act, own, partner, tuple(gives), Lane.BULK, officer, now)


def expect_room(transaction: Transaction, partner: str, count: int) -> None:
    """Do nothing if so many records more may be given to the partner in bulk.

    Raises:
        Busy: as much waits for it already as may, or what people sent waits and goes first.
    """
    waits = outbox_state.waits(transaction, partner, Lane.BULK.value)
    if waits + count > MOST_WAITING:
        raise Busy(f"{waits} records wait for the partner already", where=partner, remedy="Try again later.")
    if precedence.pressing(transaction):
        raise Busy("what people sent goes first", where=partner, remedy="Try again in a moment.")


def _release(
    act: ActTransaction, own: Own, partner: Card, gives: tuple[Give, ...], lane: Lane, officer: str, now: Instant
) -> bytes:
    permits = [one.permit for one in gives]
    if any(type(permit) is not Permit or permit.partner != partner.name for permit in permits):
        raise Refused("nothing leaves without a permit for this partner", where=partner.name, remedy="Ask the permit.")
    if len({(permit.digest, permit.purpose) for permit in permits}) != 1:
        raise Refused("one message is under one agreement and for one purpose", where=partner.name)
    given = [
        redaction.pass_on(one.permit, one.original) if one.original else redaction.give(one.permit, keys.random_bytes)
        for one in gives
    ]
    parcel = _Parcel(
        kind=MessageKind.RELEASE,
        lane=lane,
        items=tuple(map(canonical.written, given)),
        now=now,
        expires=max(one.keep_until for one in given),
        agreement=given[0].agreement,
        purpose=given[0].purpose,
        record=given[0].id if len(given) == 1 else None,
        suite=permits[0].suite,
    )
    message = _dispatch(
        act, own, partner, parcel, [(one.id, asked.request) for one, asked in zip(given, gives, strict=True)]
    )
    act.log_many(
        [
            Entry(
                act=Act.DISCLOSED,
                officer=officer,
                basis=f"{permit.agreement} {permit.version}",
                clause=one.clause,
                purpose=one.purpose,
                subject=one.id,
                partner=partner.name,
                digest=digest(item),
                detail=asked.detail,
            )
            for permit, one, item, asked in zip(permits, given, parcel.items, gives, strict=True)
        ]
    )
    return message


def tell(  # noqa: PLR0913 - the last two are seldom given
    act: ActTransaction,
    own: Own,
    partner: Card,
    kind: MessageKind,
    item: bytes,
    now: Instant,
    *,
    lane: Lane = Lane.ORDINARY,
    request: bytes | None = None,
) -> bytes:
    """Send the partner what is no record: a step of an agreement, a recall, an answer; and return the message's id.

    With a `request` the courier shows it to the caller again before each attempt to deliver. The caller logs the act
    next, once for all partners told; without that nothing is sent. What arrives in one lane arrives in the order in
    which it was sent.

    Raises:
        Refused: it is a release; or the partner is unknown, a witness, or cut off.
        Fault: the item is too large.
    """
    if kind in _OF_RECORDS:
        raise Refused("a record leaves under a permit only", where=partner.name, remedy="Release it.")
    if len(item) > LARGEST_TOLD:
        raise Fault(f"{len(item)} bytes are too many for a message of kind {kind.value}", remedy="Shorten it.")
    parcel = _Parcel(kind=kind, lane=lane, items=(item,), now=now, expires=now + _PATIENCE)
    return _dispatch(act, own, partner, parcel, [(None, request)])


def withdraw(
    act: ActTransaction, own: Own, partner: Card, message: KeptMessage, obstacles: Mapping[int, str], now: Instant
) -> bool:
    """Take records that must not go any more out of a waiting message; False if they are out already.

    `obstacles` says why, by their places. What is left goes in another envelope with the same id and sequence, so that
    the lane goes on without a gap, nothing at the places of the others; an empty one if nothing is left. The covers of
    earlier envelopes are kept: if one had arrived before, its receipt comes back and counts. An entry `withdrawn` is
    logged here for each record.
    """
    stopped = outbox.withdraw(act, message.id, list(obstacles))
    if not stopped:
        return False
    items, left = _left(act, message)
    header = wire.head(wire.cover(message.cover).header)
    renewed = replace(
        header,
        kind=header.kind if left else MessageKind.WITHDRAWN,
        created=now,
        expires=header.expires if left else max(header.expires, now + _PATIENCE),
    )
    envelope = _sealed(own, renewed, left, partner_prekeys.sealing(act, partner, now))
    outbox.supersede(act, message.id, envelope, wire.parse(envelope).cover.written())
    if not left:
        outbox.ended(act, message.id)
    for place in stopped:
        act.log(_withdrawn(act, items[place], partner, obstacles[place]))
    return True


def renew(
    transaction: Transaction, own: Own, partner: Card, message: KeptMessage, now: Instant, *, both: bool = False
) -> None:
    """Let the same message go in another envelope, signed by the keys and sealed to the key that are in use now.

    With `both` it is signed by both keys, whatever it was before, if both sides have two. Id, sequence, items and times
    stay. The covers of earlier envelopes are kept: if one had arrived before, its receipt counts.
    """
    _, left = _left(transaction, message)
    header = wire.head(wire.cover(message.cover).header)
    more = header.kind not in _OF_RECORDS or (both and own.card.identity_pq and partner.identity_pq)
    demanded = Suite.BOTH if header.suite == wire.BOTH or more else Suite.ED25519
    header = replace(header, suite=_suite(own, partner, header.kind, demanded))
    envelope = _sealed(own, header, left, partner_prekeys.sealing(transaction, partner, now))
    outbox.supersede(transaction, message.id, envelope, wire.parse(envelope).cover.written())


def _suite(own: Own, partner: Card, kind: MessageKind, demanded: Suite) -> str:
    """Return the suite that goes on the envelope; without an agreement that demands two, both sides must have two."""
    able = kind in _OF_RECORDS or (own.card.identity_pq and partner.identity_pq)
    return wire.BOTH if demanded is Suite.BOTH and able else wire.SUITE


def _sealed(own: Own, header: wire.Header, items: Sequence[bytes], key: bytes) -> bytes:
    """Return the envelope, signed as the header's suite says and sealed to this key of the partner's."""
    second = own.keys.identity_pq if header.suite == wire.BOTH else None
    return wire.seal(header, items, own.keys.identity, key, second)


def _left(transaction: Transaction, message: KeptMessage) -> tuple[list[KeptItem], tuple[bytes, ...]]:
    """Return what was put into a message, and what of it may still go: nothing, or each in its place."""
    items = outbox.items(transaction, message.id)
    left = tuple((one.item or b"") if one.withdrawn is None else b"" for one in items)
    return items, left if any(left) else ()


def _withdrawn(act: ActTransaction, item: KeptItem, partner: Card, obstacle: str) -> Entry:
    kept = ledger.entry(act, item.entry)
    disclosed = kept.read() if kept else None
    entry = disclosed or Entry(act=Act.DISCLOSED, subject=item.record or "", partner=partner.name)
    return replace(entry, act=Act.WITHDRAWN, officer="", detail=obstacle[:500])


def _dispatch(
    act: ActTransaction, own: Own, partner: Card, parcel: _Parcel, asked: Sequence[tuple[str | None, bytes | None]]
) -> bytes:
    """Seal the parcel and keep it; `asked` says of each item which record it is and what the permit was asked.

    The caller logs the act next: an entry for each record, or one for all.
    """
    place = outbox.next_place(act, partner.name, parcel.lane.value)
    if not place.known:
        raise Refused("this is no partner to whom anything may go", where=partner.name, remedy="Accept its card first.")
    header = wire.Header(
        kind=parcel.kind,
        sender=own.card.name,
        recipient=partner.name,
        id=keys.random_bytes(32),
        lane=parcel.lane,
        sequence=place.sequence,
        agreement=parcel.agreement,
        purpose=parcel.purpose,
        created=parcel.now,
        expires=parcel.expires,
        suite=_suite(own, partner, parcel.kind, parcel.suite),
    )
    key = partner_prekeys.sealing_by(place.prekey, partner, parcel.now)
    envelope = _sealed(own, header, parcel.items, key)
    message = KeptMessage(
        id=header.id,
        partner=partner.name,
        kind=parcel.kind.value,
        lane=parcel.lane.value,
        sequence=header.sequence,
        created=parcel.now,
        decided_wall=clock.wall(),
        envelope=envelope,
        cover=wire.parse(envelope).cover.written(),
        count=len(parcel.items),
        record=parcel.record,
        entry=place.entry,
    )
    items = [
        KeptItem(place=turn, leaf=leaf_hash(item), item=item, record=record, request=request, entry=place.entry + turn)
        for turn, (item, (record, request)) in enumerate(zip(parcel.items, asked, strict=True))
    ]
    outbox.add(act, message, items)
    return header.id
