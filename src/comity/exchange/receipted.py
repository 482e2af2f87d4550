"""What is receipted: a partner's receipt is held against what was sent, and kept with its entry in one transaction."""

from __future__ import annotations

from comity.exchange import partners, receipts, sent, wire
from comity.exchange.cards import Own
from comity.exchange.receipts import Sent, WrongReceipt
from comity.foundation.canonical import digest
from comity.foundation.clock import wall
from comity.foundation.store import outbox
from comity.foundation.store.outbox import KeptMessage
from comity.foundation.store.store import Store, Transaction
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Fault
from comity.vocabulary.message import MessageKind, Outcome, Receipt
from comity.vocabulary.partner import Card


class Undelivered(Fault):
    """An attempt that brought no receipt: it is made again later."""


def keep(store: Store, own: Own, card: Card, message: KeptMessage, signed: bytes) -> None:
    """Keep a receipt that answers the message as it went once, and log that it came: one transaction.

    Raises:
        Fault: it answers something else, is by somebody else, or was kept by somebody else just now.
    """
    if message.receipt is not None:
        with store.reading() as transaction:
            _read(transaction, own, card, message, signed)
        return
    with store.acting() as act:
        receipt, state = _read(act, own, card, message, signed)
        if not outbox.receipted(act, message.id, state, signed, wall()):
            raise Undelivered("the receipt was kept by somebody else just now", where=message.id.hex())
        act.log(
            Entry(
                act=Act.RECEIPTED,
                subject=message.record or message.id.hex(),
                partner=card.name,
                digest=digest(signed),
                count=message.count,
                detail=_worded(state, receipt),
            )
        )


def _read(transaction: Transaction, own: Own, card: Card, message: KeptMessage, signed: bytes) -> tuple[Receipt, str]:
    """Return the receipt and what became of the message: it counts for any envelope that went under its id.

    It is signed by as many keys as that envelope was.
    """
    receipt = partners.receipt(transaction, card.name, signed)
    covers = outbox.covers(transaction, message.id)
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
