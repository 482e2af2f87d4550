"""The answer to a recall: what a holder does and says, and what the owner believes of it (docs/formats/recall.md)."""

from __future__ import annotations

from comity.agreements.admission import SKEW
from comity.exchange import outbox, partners, receipts
from comity.exchange.cards import Own
from comity.exchange.inbox import Arrived
from comity.foundation import canonical
from comity.foundation.canonical import digest
from comity.foundation.ledger.commitment import SALT_LENGTH
from comity.foundation.store import archiving, inbox, recalls
from comity.foundation.store import outbox as kept_outbox
from comity.foundation.store.inbox import KeptRecord
from comity.foundation.store.recalls import KeptRecall, RecalledHere
from comity.foundation.store.store import ActTransaction, Transaction
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Missing, Refused
from comity.vocabulary.instant import Instant
from comity.vocabulary.message import Given, MessageKind
from comity.vocabulary.recall import Recall, RecallAct, Recalled, RecallOutcome


def give(act: ActTransaction, own: Own, arrived: Arrived, now: Instant, onward: tuple[str, ...] = ()) -> None:
    """Do what the owner of a record asks, and answer: within the transaction that receives it.

    `onward` names those to whom it was passed on, from whom it is called back in the same transaction.

    Raises:
        Fault: the sender never sent such a record.
    """
    asked = canonical.read(arrived.item, Recall, where=arrived.sender)
    held = _held(act, arrived.sender, asked)
    outcome = _outcome(held)
    copies = inbox.erase(act, arrived.sender, asked.message, [asked.place])
    archiving.order(act, asked.record, own.card.name, f"recall by {arrived.sender}", arrived.sender)
    corrected = asked.corrected_by if asked.act is RecallAct.CORRECT else None
    recalls.add_here(
        act,
        RecalledHere(
            sender=arrived.sender,
            message=asked.message,
            place=asked.place,
            record=asked.record,
            act=asked.act,
            reason=asked.reason,
            corrected_by=corrected,
            time=now,
            outcome=outcome,
        ),
    )
    logged = act.log(
        Entry(
            act=Act.ERASED,
            basis=f"recall by {arrived.sender}",
            subject=asked.record,
            partner=arrived.sender,
            digest=digest(held.item) if held and held.item is not None else b"",
            count=copies,
            detail=_detail(arrived.id, outcome),
        )
    )
    answer = Recalled(
        recall=arrived.id,
        outcome=outcome,
        copies=copies,
        onward=onward,
        origin=own.card.origin,
        index=logged.index,
        entry=logged.entry,
        salt=logged.salt,
    )
    owner = partners.card(act, arrived.sender)
    outbox.tell(act, own, owner, MessageKind.RECALLED, canonical.written(answer), now)


def check(transaction: Transaction, own: Own, kept: KeptRecall, answer: Recalled, now: Instant) -> None:
    """Check that the holder's entry says what its answer does, of what we gave.

    Raises:
        Refused: it does not, or its receipt or the record's time says otherwise.
    """
    entry = canonical.read(answer.entry, Entry, where=kept.partner)
    item = kept_outbox.items(transaction, kept.message)[kept.place].item
    erased = answer.outcome is RecallOutcome.ERASED
    expected = digest(item) if erased and item is not None else entry.digest if erased else b""
    said = (entry.act, entry.node, entry.partner, entry.subject, entry.digest, entry.detail)
    ours = (Act.ERASED, kept.partner, own.card.name, kept.record, expected, _detail(kept.id, answer.outcome))
    origin = partners.card(transaction, kept.partner).origin
    if said != ours or answer.origin != origin or len(answer.salt) != SALT_LENGTH or (answer.copies > 0) != erased:
        raise Refused("the answer says otherwise than its entry", where=kept.partner)
    if not erased:
        _compare_with_receipt(transaction, kept, answer.outcome, item, now)


def _held(act: ActTransaction, sender: str, asked: Recall) -> KeptRecord | None:
    """Return the record meant, erased or not, None if it was never taken in."""
    if inbox.get(act, sender, asked.message) is None:
        raise Missing("no such message ever came", where=sender)
    found = next((one for one in inbox.records(act, sender, asked.message) if one.place == asked.place), None)
    if found is not None and found.record != asked.record:
        raise Refused("the message held another record there", where=sender)
    return found


def _compare_with_receipt(
    transaction: Transaction, kept: KeptRecall, outcome: RecallOutcome, item: bytes | None, now: Instant
) -> None:
    """Believe that there was nothing to erase only where the holder's receipt, or the record's time, says so."""
    message = kept_outbox.get(transaction, kept.message)
    took = message is not None and message.receipt is not None and receipts.took(message.receipt, kept.place)
    if outcome is RecallOutcome.NEVER_HELD and took:
        raise Refused("the holder says that it never held what its receipt took in", where=kept.partner)
    if outcome is RecallOutcome.GONE and item is not None:
        over = canonical.read(item, Given).keep_until <= now + SKEW
        if not over:
            raise Refused("the holder says that what it may still keep was gone before", where=kept.partner)


def _outcome(held: KeptRecord | None) -> RecallOutcome:
    if held is None:
        return RecallOutcome.NEVER_HELD
    return RecallOutcome.GONE if held.item is None else RecallOutcome.ERASED


def _detail(recall: bytes, outcome: RecallOutcome) -> str:
    return f"recall {recall.hex()} {outcome.value}"
