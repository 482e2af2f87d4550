"""A parcel: what leaves for one partner in one message, sealed and kept in the outbox.

Of records only the outbox makes one, under a permit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from comity.exchange import partner_prekeys, sealing, wire
from comity.exchange.cards import Own
from comity.foundation import clock, keys
from comity.foundation.ledger.tree import leaf_hash
from comity.foundation.store import outbox
from comity.foundation.store.outbox import KeptItem, KeptMessage
from comity.foundation.store.store import ActTransaction
from comity.vocabulary.fault import Refused
from comity.vocabulary.instant import Instant
from comity.vocabulary.message import Lane, MessageKind
from comity.vocabulary.partner import Card
from comity.vocabulary.suite import Suite


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """What goes to one partner in one message."""

    kind: MessageKind
    lane: Lane
    items: tuple[bytes, ...]
    now: Instant
    expires: Instant
    agreement: bytes = wire.ZEROS
    purpose: str = ""
    record: str | None = None
    suite: Suite = Suite.BOTH


class Item(NamedTuple):
    """What there is to an item beside its bytes: which record, what the permit was asked, until when it may be kept."""

    record: str | None
    request: bytes | None
    keep_until: Instant | None


def dispatch(act: ActTransaction, own: Own, partner: Card, parcel: Parcel, asked: Sequence[Item]) -> bytes:
    """Seal the parcel and keep it; `asked` says what there is to each item.

    The caller logs the act next: an entry for each record, or one for all. Of what goes in bulk it says then where they
    stand: so long as many are sealed and kept, others can log.
    """
    bulk = parcel.kind is MessageKind.RELEASE and parcel.lane is Lane.BULK
    place = outbox.next_in_bulk(act, partner.name) if bulk else outbox.next_place(act, partner.name, parcel.lane.value)
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
        suite=sealing.suite(own, partner, parcel.kind, parcel.suite),
    )
    key = partner_prekeys.sealing_by(place.prekey, partner, parcel.now)
    envelope = sealing.sealed(own, header, parcel.items, key)
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
        KeptItem(
            place=turn,
            leaf=leaf_hash(item),
            item=item,
            record=each.record,
            request=each.request,
            entry=place.entry + turn,
            keep_until=each.keep_until,
        )
        for turn, (item, each) in enumerate(zip(parcel.items, asked, strict=True))
    ]
    outbox.add(act, message, items)
    return header.id
