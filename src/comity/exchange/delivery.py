"""Delivery: one courier a partner brings what waits in the outbox, in order, until its receipt is in.

It tries through an outage of any length; nothing is taken from the outbox but by a receipt.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from itertools import accumulate, takewhile

import httpx
import msgspec
import structlog

from comity.exchange import precedence, receipted, stack
from comity.exchange.cards import Own
from comity.exchange.posting import Later, Posted, Posting, Seen
from comity.exchange.receipted import Come, Undelivered
from comity.exchange.recheck import Recheck
from comity.foundation import keys
from comity.foundation.clock import Clock
from comity.foundation.store import outbox
from comity.foundation.store.outbox import KeptMessage
from comity.foundation.store.store import Store, Transaction, Unavailable
from comity.vocabulary.fault import Fault
from comity.vocabulary.message import Lane, MessageKind

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 60.0
IDLE = 5.0
"""Seconds after which a courier looks into the outbox without being woken."""

_RESEND_AT_ONCE = 100
_LOOK, _LOOKS = 0.05, 40
"""Seconds between two looks whether anything goes before what is in bulk, and how often it is looked: two seconds."""
_log = structlog.get_logger()


class _Found(msgspec.Struct, frozen=True):
    """What waits first, and how it goes, alone or with what comes next: nothing where that is at fault."""

    message: KeptMessage
    seen: tuple[Seen, ...]
    last: bool
    """Whether nothing else waited at that moment: for what was added since this courier is woken."""


class Courier:
    """Brings one partner's messages, those of the first of its lanes before those of the next."""

    def __init__(
        self,
        store: Store,
        own: Own,
        partner: str,
        clock: Clock,
        recheck: Recheck,
        line: httpx.Client,
        lanes: Sequence[Lane] = tuple(Lane),
    ) -> None:
        self._store = store
        self._own = own
        self._partner = partner
        self._posting = Posting(store, own, partner, clock, recheck, line)
        self._lanes = lanes

    def run(self, stop: threading.Event, wake: threading.Event) -> None:
        """Deliver until told to stop. Set `wake` when a message was put into the outbox, and after `stop`."""
        pause = 0.0
        while not stop.is_set():
            wake.clear()
            pause = self._round(stop, pause)
            if pause:
                stop.wait(min(pause, FIRST_PAUSE))
            wake.wait(_jittered(pause) if pause else IDLE)

    def _round(self, stop: threading.Event, pause: float) -> float:
        """Deliver what is due and return how long to pause before the next attempt; 0: nothing is left."""
        delivered = 0
        try:
            for _ in self._delivering(stop):
                delivered += 1
        except Later as asked:
            _log.info("partner asks to wait", partner=self._partner, seconds=asked.seconds)
            stop.wait(asked.seconds)
            return FIRST_PAUSE
        except Fault as fault:
            _log.warning("not delivered", partner=self._partner, fault=str(fault), pause=pause)
            return FIRST_PAUSE if delivered else min(max(2 * pause, FIRST_PAUSE), LONGEST_PAUSE)
        return 0.0

    def deliver_due(self, stop: threading.Event | None = None) -> int:
        """Bring all that waits, distress before all else, and return how many receipts came; break off at `stop`.

        Raises:
            Fault: an attempt brought no receipt; those in its lane still wait.
        """
        return sum(1 for _ in self._delivering(stop))

    def _delivering(self, stop: threading.Event | None) -> Iterator[None]:
        """Do what `deliver_due` does, step by step: one for each receipt."""
        faults: dict[Lane, Fault] = {}
        alone = 0  # messages that are brought one by one, because a stack of them was not taken in
        while not (stop and self._ends(stop)) and (found := self._next(faults, together=not alone)):
            if len(found.seen) > 1:
                brought = self._bring_stack(found.seen)
                alone = len(found.seen) - brought
                yield from [None] * brought
            else:
                alone = max(0, alone - 1)
                try:
                    self._bring(found.message, found.seen[0] if found.seen else None)
                except Unavailable:
                    raise
                except Fault as fault:
                    self._note(found.message, fault)
                    faults[Lane(found.message.lane)] = fault
                    continue
                yield
            if found.last and not alone:
                return
        if faults:
            raise next(iter(faults.values()))

    def _ends(self, stop: threading.Event) -> bool:
        """Whether to stop. What goes in bulk waits here while what people sent does: for a moment, then it goes too.

        It is before the permits are asked again, as then nothing more is to be waited for.
        """
        for _ in range(_LOOKS if self._lanes == (Lane.BULK,) else 0):
            with self._store.glancing() as transaction:
                if not precedence.pressing(transaction):
                    break
            if stop.wait(_LOOK):
                break
        return stop.is_set()

    def _next(self, faults: dict[Lane, Fault], *, together: bool) -> _Found | None:
        """Return what waits first in a lane without fault, and how it goes; with `together` what goes with it."""
        with self._store.reading() as transaction:
            for lane in self._lanes:
                if lane not in faults:
                    most = stack.MOST if together and lane is not Lane.BULK and self._posting.stacks else 1
                    found = outbox.waiting(transaction, self._partner, lane.value, most)
                    if found:
                        first = found[: _stacked(found)]
                        last = len(first) == len(found) < most and len(self._lanes) == 1
                        return self._seen(transaction, first, last=last)
        return None

    def _seen(self, transaction: Transaction, messages: list[KeptMessage], *, last: bool) -> _Found:
        """Return the messages as they go, up to the first for which something is to be done before it does."""
        first = messages[0]
        try:
            seen = self._posting.look(transaction, messages)
        except Unavailable:
            raise
        except Fault:
            return _Found(first, (), last=False)  # whoever posts it looks again, and is told
        ready = tuple(takewhile(self._posting.ready, seen))
        return _Found(first, ready or tuple(seen[:1]), last=last and len(ready) == len(seen))

    def _bring_stack(self, seen: Sequence[Seen]) -> int:
        """Bring messages in one request, and return how many receipts came; the others are brought one by one."""
        try:
            posted = self._posting.post_stack(seen)
            if posted:
                come = [Come(one.message, one.answer) for one in posted if isinstance(one.answer, bytes)]
                receipted.keep(self._store, self._own, posted[0].card, come)
        except Unavailable:
            raise
        except Fault as fault:
            _log.info("brought one by one", partner=self._partner, fault=str(fault))
            return 0
        return len(posted)

    def _note(self, message: KeptMessage, fault: Fault) -> None:
        with self._store.upkeep() as transaction:
            outbox.attempted(transaction, message.id, str(fault))

    def _bring(self, message: KeptMessage, seen: Seen | None) -> None:
        posted = self._posting.post(message, seen)
        reached = 0
        while isinstance(posted.answer, int) and posted.answer > reached:
            reached = posted.answer
            self._bring_again(posted.message, reached)
            posted = self._posting.post(posted.message)
        if isinstance(posted.answer, int):
            raise Undelivered(
                f"the partner still waits for message {posted.answer} of this lane", where=posted.card.name
            )
        self._keep(posted, posted.answer)

    def _bring_again(self, message: KeptMessage, expected: int) -> None:
        """Bring what the partner says it has not got, though it gave receipts: it has lost its state."""
        with self._store.reading() as transaction:
            lost = outbox.between(transaction, self._partner, message.lane, expected, message.sequence, _RESEND_AT_ONCE)
        if not lost or lost[0].sequence != expected:
            raise Undelivered(
                f"the partner waits for message {expected} of the {message.lane} lane, which is not before this one",
                where=self._partner,
                remedy="Compare both nodes' backups: one of them has lost its state.",
            )
        _log.warning("partner lost messages", partner=self._partner, lane=message.lane, expected=expected)
        for earlier in lost:
            posted = self._posting.post(earlier)
            if isinstance(posted.answer, bytes):
                self._keep(posted, posted.answer)

    def _keep(self, posted: Posted, receipt: bytes) -> None:
        receipted.keep(self._store, self._own, posted.card, [Come(posted.message, receipt)])


def _stacked(waiting: Sequence[KeptMessage]) -> int:
    """Return how many of these go in one request: releases that were not tried yet, of no more bytes than may."""
    bytes_ = accumulate(len(one.envelope) for one in waiting)
    able = (
        one.kind == MessageKind.RELEASE.value and one.attempts == 0 and size <= stack.LARGEST
        for one, size in zip(waiting, bytes_, strict=True)
    )
    return max(1, sum(1 for _ in takewhile(bool, able)))


def _jittered(pause: float) -> float:
    """Return the pause, between half and all of it, so that couriers do not come back all at once."""
    return pause * (0.5 + int.from_bytes(keys.random_bytes(2), "big") / 2**17)
