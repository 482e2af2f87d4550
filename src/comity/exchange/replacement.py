"""The replacement: another envelope that goes in the place of one that waits, as the same message.

Its id and its place in the lane stay, so that the lane goes on without a gap (docs/decisions/0043).
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from comity.exchange import partner_prekeys, sealing, wire
from comity.exchange.cards import Own
from comity.foundation.store import ledger, outbox
from comity.foundation.store.outbox import KeptItem, KeptMessage
from comity.foundation.store.store import ActTransaction, Transaction
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.instant import Instant
from comity.vocabulary.message import MessageKind
from comity.vocabulary.partner import Card
from comity.vocabulary.suite import Suite


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
        expires=header.expires if left else max(header.expires, now + sealing.PATIENCE),
    )
    envelope = sealing.sealed(own, renewed, left, partner_prekeys.sealing(act, partner, now))
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
    more = header.kind not in sealing.OF_RECORDS or (both and own.card.identity_pq and partner.identity_pq)
    demanded = Suite.BOTH if header.suite == wire.BOTH or more else Suite.ED25519
    header = replace(header, suite=sealing.suite(own, partner, header.kind, demanded))
    envelope = sealing.sealed(own, header, left, partner_prekeys.sealing(transaction, partner, now))
    outbox.supersede(transaction, message.id, envelope, wire.parse(envelope).cover.written())


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
