"""What is receipted: receipts are held against what was sent, and kept with their entries in one transaction."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from comity.exchange import partners, receipts, sent, wire
from comity.exchange.cards import Own
from comity.exchange.receipts import Sent, WrongReceipt
from comity.foundation.canonical import digest
from comity.foundation.clock import wall
from comity.foundation.store import outbox, partner_cards
from comity.foundation.store.outbox import KeptMessage
from comity.foundation.store.partner_cards import KeptCard
from comity.foundation.store.store import Store, Transaction
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Fault
from comity.vocabulary.message import MessageKind, Outcome, Receipt
from comity.vocabulary.partner import Card


class Undelivered(Fault):
    """An attempt that brought no receipt: it is made again later."""


class Come(msgspec.Struct, frozen=True):
    """A message as it went once, and the signed receipt that came for it."""

    message: KeptMessage
    receipt: bytes


def keep(store: Store, own: Own, card: Card, come: Sequence[Come]) -> None:
    """Keep receipts of one partner, each of which answers its message, and log that they came: one transaction.

    Of a message that has its receipt the one that came is only looked at.

    Raises:
        Fault: one answers something else, is by somebody else, or was kept by somebody else just now; none is kept.
    """
    new = [one for one in come if one.message.receipt is None]
    if not new:
        with store.reading() as transaction:
            _read(transaction, own, card, come)
        return
    with store.acting() as act:
        found = [found for found in _read(act, own, card, come) if found[0].message.receipt is None]
        kept = outbox.receipted_many(act, [(one.message.id, state, one.receipt) for one, _, state in found], wall())
        if kept != len(found):
            where = new[0].message.id.hex()
            raise Undelivered("a receipt was kept by somebody else just now", where=where)
        act.log_many([_entry(card, one, receipt, state) for one, receipt, state in found])


def _entry(card: Card, come: Come, receipt: Receipt, state: str) -> Entry:
    return Entry(
        act=Act.RECEIPTED,
        subject=come.message.record or come.message.id.hex(),
        partner=card.name,
        digest=digest(come.receipt),
        count=come.message.count,
        detail=_worded(state, receipt),
    )


def _read(transaction: Transaction, own: Own, card: Card, come: Sequence[Come]) -> list[tuple[Come, Receipt, str]]:
    """Return each receipt and what became of its message: it counts for any envelope that went under its id."""
    had = partner_cards.of(transaction, card.name)
    covers = outbox.covers_of(transaction, [one.message.id for one in come])
    return [(one, *_checked(had, covers[one.message.id], own, card, one)) for one in come]


def _checked(had: Sequence[KeptCard], covers: Sequence[bytes], own: Own, card: Card, come: Come) -> tuple[Receipt, str]:
    """Return the receipt and what became of the message; it is signed by as many keys as the envelope was."""
    message, signed = come.message, come.receipt
    receipt = partners.receipt_under(had, card.name, signed)
    answered = wire.cover(sent.answered(covers, receipt.envelope) or message.cover)
    header = wire.head(answered.header)
    went = Sent(message.id, answered.digest, header.payload, message.count)
    receipts.check(receipt, went, own.card.name, card)
    if receipts.by_both(signed) != (header.suite == wire.BOTH):
        raise WrongReceipt("the receipt is signed by another suite than the message", where=card.name)
    if header.kind is MessageKind.WITHDRAWN:
        return receipt, "withdrawn"
    return receipt, "accepted" if receipt.outcome is Outcome.ACCEPTED else "refused"


def _worded(state: str, receipt: Receipt) -> str:
    if receipt.reason:
        return f"{state}: {receipt.reason}"
    return f"{state}: all but {len(receipt.refused)}" if receipt.refused else state
