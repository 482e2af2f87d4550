"""Delivery: one courier a partner brings what waits in the outbox, in order, until its receipt is in.

It tries through an outage of any length; nothing is taken from the outbox but by a receipt. No database transaction
is open while it waits for the network.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Annotated, TypeAlias

import httpx
import msgspec
import structlog

from comity.exchange import answer, partner_prekeys, partners, receipts, sent, wire
from comity.exchange import outbox as sending
from comity.exchange.answer import Answer
from comity.exchange.cards import Own
from comity.exchange.receipts import Sent, WrongReceipt
from comity.foundation import canonical, keys
from comity.foundation.canonical import digest
from comity.foundation.clock import Clock, wall
from comity.foundation.store import outbox, recalls
from comity.foundation.store.outbox import KeptItem, KeptMessage
from comity.foundation.store.store import Store, Transaction, Unavailable
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Fault
from comity.vocabulary.instant import Instant
from comity.vocabulary.message import Lane, MessageKind, Outcome, Receipt
from comity.vocabulary.partner import Card

Recheck: TypeAlias = Callable[[Transaction, "Sequence[Waiting]"], Sequence[str | None]]
"""For each record of a message why it must not go any more, or None."""

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 60.0
IDLE = 5.0
"""Seconds after which a courier looks into the outbox without being woken."""

_LONGEST_STEP = 20.0
_LONGEST_EXCHANGE = 30.0
_RESEND_AT_ONCE = 100
_ASKED_AGAIN = frozenset({MessageKind.RELEASE, MessageKind.INQUIRY})
_log = structlog.get_logger()


class Waiting(msgspec.Struct, frozen=True):
    """An item that waits: what was asked before it went into the outbox, and the item, a record as it was given."""

    request: bytes
    given: bytes
    kind: MessageKind = MessageKind.RELEASE


class _Kept(msgspec.Struct, frozen=True):
    """What the courier asks of a record that was given."""

    keep_until: Instant


class Undelivered(Fault):
    """An attempt that brought no receipt: it is made again later."""


class _Asked(msgspec.Struct, frozen=True):
    """A partner's word that something before the message is missing (409)."""

    expected: Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)]


def line() -> httpx.Client:
    """Return what couriers speak through; they may share it."""
    made = answer.client(_LONGEST_STEP)
    made.headers["Content-Type"] = "application/cbor"
    return made


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
        self._clock = clock
        self._recheck = recheck
        self._line = line
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
        while not (stop and stop.is_set()) and (message := self._next(faults)) is not None:
            try:
                self._bring(message)
            except Unavailable:
                raise
            except Fault as fault:
                self._note(message, fault)
                faults[Lane(message.lane)] = fault
            else:
                yield
        if faults:
            raise next(iter(faults.values()))

    def _next(self, faults: dict[Lane, Fault]) -> KeptMessage | None:
        """Return the first message that waits in a lane without fault."""
        with self._store.reading() as transaction:
            for lane in self._lanes:
                if lane not in faults:
                    found = outbox.waiting(transaction, self._partner, lane.value, 1)
                    if found:
                        return found[0]
        return None

    def _note(self, message: KeptMessage, fault: Fault) -> None:
        with self._store.upkeep() as transaction:
            outbox.attempted(transaction, message.id, str(fault))

    def _bring(self, message: KeptMessage) -> None:
        card, message, got = self._post(message)
        reached = 0
        while isinstance(got, int) and got > reached:
            reached = got
            self._bring_again(message, got)
            card, message, got = self._post(message)
        if isinstance(got, int):
            raise Undelivered(f"the partner still waits for message {got} of this lane", where=card.name)
        self._keep(card, message, got)

    def _ready(self, message: KeptMessage) -> tuple[Card, KeptMessage]:
        """Return the partner's card and the message as it may go now: without the records that may not."""
        while True:  # ends: each time round there is a record less of which it can be asked whether it may go
            with self._store.reading() as transaction:
                card = partners.card(transaction, self._partner)
                obstacles = self._obstacles(transaction, message)
                message = outbox.get(transaction, message.id) or message
            if not obstacles:
                return card, message
            with self._store.acting() as act:
                if not sending.withdraw(act, self._own, card, message, obstacles, self._clock.now()):
                    raise Undelivered("the message was withdrawn by somebody else just now", where=message.id.hex())
            _log.info("release withdrawn", partner=self._partner, message=message.id.hex(), records=len(obstacles))

    def _current(self, card: Card, message: KeptMessage) -> bool:
        """Whether the envelope is signed by the keys that this node has now, and by both where both sides have two."""
        cover = wire.cover(message.cover)
        if wire.head(cover.header).suite != wire.BOTH and self._own.card.identity_pq and card.identity_pq:
            return False
        try:
            wire.authenticate(cover, self._own.card.identity, self._own.card.identity_pq)
        except keys.BadSignature:
            return False
        return True

    def _sealed_to_a_prekey(self, card: Card, message: KeptMessage) -> bool:
        """Seal the message to a prekey of the partner, wherever the partner has such; False if there was nothing to do.

        What was written before one was known is sealed to the card's key, and does not leave as it is.
        """
        if not card.identity_pq:
            return False
        with self._store.reading() as transaction:
            known = partner_prekeys.known(transaction, card)
        now = self._clock.now()
        fetching = known is None or now >= known.halfway
        if fetching:
            try:
                self._learn(card, partner_prekeys.fetch(self._line, card))
            except Fault:
                if known is None or now >= known.expires:
                    raise
        sealing = _to_the_card(card, message)
        if sealing:
            self._sealed_anew(card, message)
        return fetching or sealing

    def _learn(self, card: Card, signed: bytes) -> None:
        with self._store.upkeep() as transaction:
            partner_prekeys.learn(transaction, card, signed, self._clock.now())

    def _sealed_anew(self, card: Card, message: KeptMessage, *, both: bool = False) -> None:
        with self._store.upkeep() as transaction:
            sending.renew(transaction, self._own, card, message, self._clock.now(), both=both)
        _log.info("envelope made anew", partner=self._partner, message=message.id.hex())

    def _obstacles(self, transaction: Transaction, message: KeptMessage) -> dict[int, str]:
        """Ask the permits again, and return why records must not go any more, by their places."""
        kind = MessageKind(message.kind)
        if kind not in _ASKED_AGAIN:
            return {}
        waiting = [one for one in outbox.items(transaction, message.id) if one.withdrawn is None]
        recalled = recalls.pending_places(transaction, message.id)
        now = self._clock.now()
        if kind is MessageKind.RELEASE:
            obstacles = {one.place: why for one in waiting if (why := _unasked(one, recalled, now)) is not None}
        else:
            obstacles = {}
            waiting = [one for one in waiting if one.request is not None]
        asked = {
            one.place: Waiting(one.request or b"", one.item or b"", kind)
            for one in waiting
            if one.place not in obstacles
        }
        found = self._asked_again(transaction, list(asked.values()))
        return obstacles | {place: why for place, why in zip(asked, found, strict=True) if why is not None}

    def _asked_again(self, transaction: Transaction, waiting: Sequence[Waiting]) -> Sequence[str | None]:
        """Ask the permits again. What cannot be asked must not go: missing data is a denial."""
        try:
            return self._recheck(transaction, waiting)
        except Unavailable:
            raise
        except Fault as fault:
            return [f"the permit cannot be asked again: {fault.what}"] * len(waiting)

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
            card, ready, got = self._post(earlier)
            if isinstance(got, bytes):
                self._keep(card, ready, got)

    def _post(self, message: KeptMessage) -> tuple[Card, KeptMessage, bytes | int]:
        """Return to whom the message went, and as what, and the answer: a signed receipt, or which sequence is missing.

        An envelope that is refused because its keys are used no more is made anew, and asked about anew.
        """
        card, message, answered = self._asked_and_spoken(message)
        outdated = answered.status == 400 and not self._current(card, message)
        if answered.status == 410:
            self._learn(card, answered.body)
        if answered.status == 410 or outdated:
            self._sealed_anew(card, message, both=outdated)
            card, message, answered = self._asked_and_spoken(message)
        if answered.status == 409:
            return card, message, canonical.read(answered.body, _Asked, where=card.name).expected
        if answered.status != 200:
            raise Undelivered(f"the partner answers with status {answered.status}", where=card.name)
        return card, message, answered.body

    def _asked_and_spoken(self, message: KeptMessage) -> tuple[Card, KeptMessage, Answer]:
        """Post the message once: the permit is asked last, when nothing more is waited for before it leaves."""
        card, message = self._ready(message)
        if self._sealed_to_a_prekey(card, message):
            card, message = self._ready(message)
        if card.identity_pq and _to_the_card(card, message):
            raise Undelivered("the partner's prekey is over since just now", where=card.name)
        return card, message, self._spoken(card, message.envelope)

    def _spoken(self, card: Card, envelope: bytes) -> Answer:
        address = f"{card.endpoint}/exchange/inbox"
        try:
            return answer.ask(
                self._line, "POST", address, body=envelope, limit=receipts.LARGEST, timeout=_LONGEST_EXCHANGE
            )
        except httpx.InvalidURL as error:
            raise Undelivered("the endpoint on the card is no address", where=card.name) from error

    def _keep(self, card: Card, message: KeptMessage, signed: bytes) -> None:
        """Keep a receipt that answers the message as it went once, and log that it came: one transaction."""
        with self._store.reading() as transaction:
            receipt = partners.receipt(transaction, card.name, signed)
        state = self._state(card, message, receipt, both=receipts.by_both(signed))
        if message.receipt is not None:
            return
        with self._store.acting() as act:
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

    def _state(self, card: Card, message: KeptMessage, receipt: Receipt, *, both: bool) -> str:
        """Return what became of the message: a receipt counts for any envelope that went under its id.

        It is signed by as many keys as that envelope was.
        """
        with self._store.reading() as transaction:
            covers = outbox.covers(transaction, message.id)
        answered = wire.cover(sent.answered(covers, receipt.envelope) or message.cover)
        header = wire.head(answered.header)
        went = Sent(message.id, answered.digest, header.payload, message.count)
        receipts.check(receipt, went, self._own.card.name, card)
        if both != (header.suite == wire.BOTH):
            raise WrongReceipt("the receipt is signed by another suite than the message", where=card.name)
        if header.kind is MessageKind.WITHDRAWN:
            return "withdrawn"
        return "accepted" if receipt.outcome is Outcome.ACCEPTED else "refused"


def _to_the_card(card: Card, message: KeptMessage) -> bool:
    """Whether the message is sealed to the key on the card, and no prekey."""
    return wire.head(wire.cover(message.cover).header).kem == digest(card.sealing)


def _unasked(item: KeptItem, recalled: frozenset[int], now: Instant) -> str | None:
    """Return why an item must not go, whatever the permit would say; None if that is to be asked."""
    if item.place in recalled:
        return "it was recalled"
    if item.request is None or item.item is None:
        return "it is not known what the permit was asked"
    try:
        over = canonical.own(item.item, _Kept).keep_until <= now
    except canonical.NotCanonical as fault:
        return f"the permit cannot be asked again: {fault.what}"
    return "the time for which it was given is over" if over else None


def _worded(state: str, receipt: Receipt) -> str:
    if receipt.reason:
        return f"{state}: {receipt.reason}"
    return f"{state}: all but {len(receipt.refused)}" if receipt.refused else state


def _jittered(pause: float) -> float:
    """Return the pause, between half and all of it, so that couriers do not come back all at once."""
    return pause * (0.5 + int.from_bytes(keys.random_bytes(2), "big") / 2**17)
