"""Delivery: one courier a partner brings what waits in the outbox, in order, until its receipt is in.

It tries through an outage of any length; nothing is taken from the outbox but by a receipt.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

import httpx
import structlog

from comity.exchange import precedence, receipted
from comity.exchange.cards import Own
from comity.exchange.posting import Later, Posted, Posting, Seen
from comity.exchange.receipted import Undelivered
from comity.exchange.recheck import Recheck
from comity.foundation import keys
from comity.foundation.clock import Clock
from comity.foundation.store import outbox
from comity.foundation.store.outbox import KeptMessage
from comity.foundation.store.store import Store, Transaction, Unavailable
from comity.vocabulary.fault import Fault
from comity.vocabulary.message import Lane

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 60.0
IDLE = 5.0
"""Seconds after which a courier looks into the outbox without being woken."""

_RESEND_AT_ONCE = 100
_LOOK, _LOOKS = 0.05, 40
"""Seconds between two looks whether anything goes before what is in bulk, and how often it is looked: two seconds."""
_log = structlog.get_logger()


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
        while not (stop and self._ends(stop)) and (found := self._next(faults)) is not None:
            message, seen = found
            try:
                self._bring(message, seen)
            except Unavailable:
                raise
            except Fault as fault:
                self._note(message, fault)
                faults[Lane(message.lane)] = fault
            else:
                yield
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

    def _next(self, faults: dict[Lane, Fault]) -> tuple[KeptMessage, Seen | None] | None:
        """Return the first message that waits in a lane without fault, and how it goes, unless that is at fault."""
        with self._store.reading() as transaction:
            for lane in self._lanes:
                if lane not in faults:
                    found = outbox.waiting(transaction, self._partner, lane.value, 1)
                    if found:
                        return found[0], self._seen(transaction, found[0])
        return None

    def _seen(self, transaction: Transaction, message: KeptMessage) -> Seen | None:
        try:
            return self._posting.look(transaction, message)
        except Unavailable:
            raise
        except Fault:
            return None  # whoever posts it looks again, and is told

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
        receipted.keep(self._store, self._own, posted.card, posted.message, receipt)


def _jittered(pause: float) -> float:
    """Return the pause, between half and all of it, so that couriers do not come back all at once."""
    return pause * (0.5 + int.from_bytes(keys.random_bytes(2), "big") / 2**17)
