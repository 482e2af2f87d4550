"""The outbox: what leaves is sealed, kept and entered in the ledger in one transaction, or does not leave.

Each envelope has one recipient, so that each partner's lane counts without gaps (docs/decisions/0040).
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from comity.agreements import redaction
from comity.agreements.permit import Permit
from comity.exchange import parcel as parcels
from comity.exchange import precedence
from comity.exchange.cards import Own
from comity.exchange.parcel import Item, Parcel
from comity.exchange.sealing import OF_RECORDS, PATIENCE
from comity.foundation import keys
from comity.foundation.alike import written_alike
from comity.foundation.canonical import digest
from comity.foundation.store import outbox, outbox_state
from comity.foundation.store.store import ActTransaction, Busy, Transaction
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Fault, Refused
from comity.vocabulary.instant import Instant
from comity.vocabulary.message import Given, Lane, MessageKind
from comity.vocabulary.partner import Card
from comity.vocabulary.purpose import Purpose

LARGEST_TOLD = 1024 * 1024
"""Bytes of what is no record."""
MOST_WAITING = 20_000
"""Records that may wait for one partner in the bulk lane: what comes after is older news by the time it would go."""


class Give(msgspec.Struct, frozen=True):
    """One record to give: the permit for it, and what the permit was asked, in the caller's words."""

    permit: Permit
    request: bytes
    detail: str = ""
    """For the entry: on what else it rests."""
    original: Given | None = None
    """Of another's record: as its originator gave it, which is passed on unchanged."""


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
    parcel = Parcel(
        kind=MessageKind.RELEASE,
        lane=lane,
        items=tuple(written_alike(given, ("id", "time", "keep_until", "disclosures", "digests"))),
        now=now,
        expires=max(one.keep_until for one in given),
        agreement=given[0].agreement,
        purpose=given[0].purpose,
        record=given[0].id if len(given) == 1 else None,
        suite=permits[0].suite,
    )
    asked = [Item(one.id, each.request, one.keep_until) for one, each in zip(given, gives, strict=True)]
    message = parcels.dispatch(act, own, partner, parcel, asked)
    logged = act.log_many(
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
                detail=each.detail,
            )
            for permit, one, item, each in zip(permits, given, parcel.items, gives, strict=True)
        ]
    )
    if lane is Lane.BULK:
        outbox.placed(act, message, logged[0].index)
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
    if kind in OF_RECORDS:
        raise Refused("a record leaves under a permit only", where=partner.name, remedy="Release it.")
    if len(item) > LARGEST_TOLD:
        raise Fault(f"{len(item)} bytes are too many for a message of kind {kind.value}", remedy="Shorten it.")
    parcel = Parcel(kind=kind, lane=lane, items=(item,), now=now, expires=now + PATIENCE)
    return parcels.dispatch(act, own, partner, parcel, [Item(None, request, None)])
