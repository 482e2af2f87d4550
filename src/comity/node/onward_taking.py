"""Taking an onward step: what a partner may say of a leave, and what is believed of it (docs/formats/onward.md)."""

from __future__ import annotations

from msgspec.structs import replace

from comity.agreements.onward import bound
from comity.exchange import leaves, onward_step
from comity.exchange.inbox import Arrived
from comity.foundation import canonical
from comity.foundation.store import onward, outbox
from comity.foundation.store.onward import KeptOnward
from comity.foundation.store.store import ActTransaction, Transaction
from comity.node.passing import original
from comity.vocabulary.fault import Missing, Refused
from comity.vocabulary.handling import Onward
from comity.vocabulary.instant import Instant
from comity.vocabulary.message import Given, MessageKind
from comity.vocabulary.onward import Leave, OnwardState, OnwardStep, Step, Wish
from comity.vocabulary.record import WRITTEN

MOST_WAITING = 200
"""Wishes of one holder that may wait for an answer."""


def take(act: ActTransaction, arrived: Arrived, own: str, now: Instant) -> KeptOnward:
    """Take in a partner's step, and return how it stands then.

    Raises:
        Fault: it is none that this partner may take now, or its leave is not believed.
    """
    step = onward_step.read(arrived.item, arrived.sender)
    if step.wish is not None:
        return _asked(act, arrived.sender, step.onward, step.wish, own, now)
    if step.step is OnwardStep.SHOWN:
        return _shown(act, arrived.sender, step, own, now)
    return _answered(act, arrived.sender, step, own, now)


def wished(id: bytes, originator: str, holder: str, wish: Wish, now: Instant) -> KeptOnward:  # noqa: A002
    """Return what is kept of a wish."""
    return KeptOnward(
        id=id,
        originator=originator,
        holder=holder,
        recipient=wish.recipient,
        message=wish.message,
        place=wish.place,
        record=wish.record,
        purpose=wish.purpose,
        reason=wish.reason,
        made=now,
    )


def gave(transaction: Transaction, holder: str, message: bytes, place: int) -> Given:
    """Return what this node gave the holder at this place of a message.

    Raises:
        Missing: it gave nothing there, or it is erased.
    """
    sent = outbox.get(transaction, message)
    if sent is not None and sent.partner == holder and sent.kind == MessageKind.RELEASE.value:
        for one in outbox.items(transaction, message):
            if one.place == place and one.item is not None and one.withdrawn is None:
                return canonical.read(one.item, Given, where=holder)
    raise Missing("no such record was given to this partner, or it is gone", where=holder)


def expect_passable(given: Given, wish: Wish, originator: str, holder: str) -> None:
    """Do nothing if such a record can be passed on at all, as it was given.

    Raises:
        Refused: it cannot.
    """
    if given.kind not in WRITTEN or given.owner != originator:
        raise Refused("only a report or notice can be passed on, and only its originator's", where=given.id)
    if given.id != wish.record:
        raise Refused("the message holds another record there", where=wish.record)
    if given.handling.onward is Onward.NO:
        raise Refused("it is marked to be passed on to nobody", where=given.id)
    if wish.recipient in {originator, holder}:
        raise Refused("it is passed on to a third node", where=wish.recipient)


def _asked(act: ActTransaction, sender: str, id: bytes, wish: Wish, own: str, now: Instant) -> KeptOnward:  # noqa: A002
    expect_passable(gave(act, sender, wish.message, wish.place), wish, own, sender)
    if onward.waiting(act, own, sender) >= MOST_WAITING:
        raise Refused(f"{MOST_WAITING} wishes of this partner wait already", where=sender)
    return _added(act, wished(id, own, sender, wish, now))


def _answered(act: ActTransaction, sender: str, step: Step, own: str, now: Instant) -> KeptOnward:
    kept = onward.hold(act, step.onward)
    if kept is None or (kept.originator, kept.holder) != (sender, own):
        raise Missing("this node asked for no such leave", where=sender)
    if kept.state is not OnwardState.ASKED:
        raise Refused("it was answered already", where=sender)
    if step.leave is None:
        done = replace(kept, state=OnwardState.DECLINED)
    else:
        _expect_same(step.leave, kept)
        leaves.believed(act, step.leave, step.signature)
        if step.leave.bound != bound(original(act, sender, kept.message, kept.place, now)):
            raise Refused("the leave is for another giving of the record", where=sender)
        leave = canonical.written(step.leave)
        done = replace(kept, state=OnwardState.LEFT, leave=leave, signature=step.signature)
    onward.change(act, done)
    return done


def _expect_same(leave: Leave, kept: KeptOnward) -> None:
    if leave.onward != kept.id:
        raise Refused("the leave has another name than was asked for", where=kept.originator)
    for name in ("originator", "holder", "recipient", "message", "place", "record", "purpose"):
        if getattr(leave, name) != getattr(kept, name):
            raise Refused(f"the leave is for another {name} than was asked for", where=kept.originator)


def _shown(act: ActTransaction, sender: str, step: Step, own: str, now: Instant) -> KeptOnward:
    leave = step.leave
    named = (leave.holder, leave.recipient, leave.onward) if leave is not None else ()
    if leave is None or named != (sender, own, step.onward) or leave.originator in {sender, own}:
        raise Refused("the leave is not for the sender to pass anything on to this node", where=sender)
    leaves.believed(act, leave, step.signature)
    kept = KeptOnward(
        id=step.onward,
        originator=leave.originator,
        holder=sender,
        recipient=own,
        message=leave.message,
        place=leave.place,
        record=leave.record,
        purpose=leave.purpose,
        state=OnwardState.SHOWN,
        made=now,
        leave=canonical.written(leave),
        signature=step.signature,
    )
    return _added(act, kept)


def _added(act: ActTransaction, kept: KeptOnward) -> KeptOnward:
    if not onward.add(act, kept):
        raise Refused("one of this id is there already", where=kept.holder)
    return kept
