"""Posting: one message goes to its partner, if it still may, in an envelope by the keys of the day, and is answered.

No database transaction is open while it waits for the network.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile
from typing import Annotated

import httpx
import msgspec
import structlog

from comity.exchange import answer, partner_prekeys, partners, receipts, recheck, replacement, wire
from comity.exchange import stack as stacks
from comity.exchange.answer import Answer
from comity.exchange.cards import Own
from comity.exchange.prekeys import Prekey
from comity.exchange.receipted import Undelivered
from comity.exchange.recheck import Recheck
from comity.foundation import canonical, keys
from comity.foundation.canonical import digest
from comity.foundation.clock import Clock, steady
from comity.foundation.store import outbox
from comity.foundation.store.outbox import KeptMessage
from comity.foundation.store.store import Store, Transaction
from comity.vocabulary.fault import Fault
from comity.vocabulary.partner import Card

_LONGEST_STEP = 20.0
_LONGEST_EXCHANGE = 30.0
_SHORTEST_WAIT, _LONGEST_WAIT = 0.2, 60.0
_INBOX, _STACK = "/exchange/inbox", "/exchange/inbox/stack"
_UNKNOWN = frozenset({404, 405})
_ASK_AGAIN = 600.0
"""Seconds for which a partner that knows of no stacks, being of an earlier version, is brought messages one by one."""
_log = structlog.get_logger()


class _Asked(msgspec.Struct, frozen=True):
    """A partner's word that something before the message is missing (409)."""

    expected: Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)]


class Later(Undelivered):
    """The partner asks to wait so many seconds: nothing is brought in this lane before."""

    def __init__(self, seconds: float, where: str) -> None:
        super().__init__(f"the partner asks to wait {seconds:g} s", where=where)
        self.seconds = seconds


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """A message as one moment of the store shows it, with all that decides whether and how it goes."""

    card: Card
    message: KeptMessage
    obstacles: dict[int, str]
    """Why records must not go any more, by their places."""
    prekey: Prekey | None
    """The partner's newest that is known."""


class Posted(msgspec.Struct, frozen=True):
    """To whom a message went, and as what, and the answer."""

    card: Card
    message: KeptMessage
    answer: bytes | int
    """A signed receipt, or the sequence number that is missing."""


def missing(body: bytes, where: str = "") -> int:
    """Return which message a partner says it has not got, by the body of its answer 409.

    Raises:
        NotCanonical: it says nothing of the kind.
    """
    return canonical.read(body, _Asked, where=where).expected


def line() -> httpx.Client:
    """Return what couriers speak through; they may share it."""
    made = answer.client(_LONGEST_STEP)
    made.headers["Content-Type"] = "application/cbor"
    return made


class Posting:
    """Posts messages to one partner."""

    def __init__(
        self, store: Store, own: Own, partner: str, clock: Clock, recheck: Recheck, line: httpx.Client
    ) -> None:
        self._store = store
        self._own = own
        self._partner = partner
        self._clock = clock
        self._recheck = recheck
        self._line = line
        self._one_by_one = 0.0
        """Until when the partner is not asked whether it takes stacks."""

    def look(self, transaction: Transaction, messages: Sequence[KeptMessage]) -> list[Seen]:
        """Return the messages with all that decides whether and how they go; the permits are asked again here.

        Raises:
            Missing: the partner was cut off.
        """
        card = partners.card(transaction, self._partner)
        prekey = partner_prekeys.known(transaction, card) if card.identity_pq else None
        found = recheck.obstacles(transaction, messages, self._recheck, self._clock.now())
        return [
            Seen(card=card, message=message, obstacles=obstacles, prekey=prekey)
            for message, obstacles in zip(messages, found, strict=True)
        ]

    def ready(self, seen: Seen) -> bool:
        """Whether nothing is to be done before the message leaves: no record is taken out, no key fetched."""
        if seen.obstacles:
            return False
        fresh = seen.prekey is not None and self._clock.now() < seen.prekey.halfway
        return not seen.card.identity_pq or (fresh and not _to_the_card(seen))

    def post_stack(self, stack: Sequence[Seen]) -> list[Posted]:
        """Post messages that come next in one lane, as they were seen this very moment, in one request.

        Returns what was receipted, from the first on; what was not is to be posted by itself, and its fault told then.

        Raises:
            Fault: there is no answer that tells anything.
        """
        card = stack[0].card
        body = stacks.written(tuple(one.message.envelope for one in stack))
        answered = self._spoken(card, body, _STACK, receipts.LARGEST * len(stack))
        if answered.status != 200:
            if answered.status in _UNKNOWN:
                self._one_by_one = steady() + _ASK_AGAIN
            return []
        told = stacks.answers_read(answered.body, card.name)
        receipted = takewhile(lambda each: each.status == 200, told)
        return [Posted(card, one.message, each.body) for one, each in zip(stack, receipted, strict=False)]

    @property
    def stacks(self) -> bool:
        """Whether the partner takes several messages in one request, as far as is known."""
        return steady() >= self._one_by_one

    def post(self, message: KeptMessage, seen: Seen | None = None) -> Posted:
        """Post the message, as it was seen this very moment or else as it is seen now.

        An envelope that is refused because its keys are used no more is made anew, and asked about anew.

        Raises:
            Fault: it may not go, or there is no answer that tells anything.
        """
        gone, answered = self._asked_and_spoken(seen or self._look(message))
        outdated = answered.status == 400 and not self._current(gone)
        if answered.status == 410:
            self._learn(gone.card, answered.body)
        if answered.status == 410 or outdated:
            self._sealed_anew(gone, both=outdated)
            gone, answered = self._asked_and_spoken(self._look(gone.message))
        name = gone.card.name
        if answered.status == 429:
            raise Later(min(max(answered.wait, _SHORTEST_WAIT), _LONGEST_WAIT), name)
        if answered.status == 409:
            return Posted(gone.card, gone.message, missing(answered.body, name))
        if answered.status != 200:
            raise Undelivered(f"the partner answers with status {answered.status}", where=name)
        return Posted(gone.card, gone.message, answered.body)

    def _look(self, message: KeptMessage) -> Seen:
        with self._store.reading() as transaction:
            return self.look(transaction, [outbox.get(transaction, message.id) or message])[0]

    def _asked_and_spoken(self, seen: Seen) -> tuple[Seen, Answer]:
        """Post the message once: the permit is asked last, when nothing more is waited for before it leaves."""
        seen = self._ready(seen)
        if self._sealed_to_a_prekey(seen):
            seen = self._ready(self._look(seen.message))
        if seen.card.identity_pq and _to_the_card(seen):
            raise Undelivered("the partner's prekey is over since just now", where=seen.card.name)
        return seen, self._spoken(seen.card, seen.message.envelope, _INBOX, receipts.LARGEST)

    def _ready(self, seen: Seen) -> Seen:
        """Return the message as it may go now: without the records that may not."""
        while seen.obstacles:  # ends: each time round there is a record less of which it can be asked whether it may go
            message, now = seen.message, self._clock.now()
            with self._store.acting() as act:
                if not replacement.withdraw(act, self._own, seen.card, message, seen.obstacles, now):
                    raise Undelivered("the message was withdrawn by somebody else just now", where=message.id.hex())
            _log.info("release withdrawn", partner=self._partner, message=message.id.hex(), records=len(seen.obstacles))
            seen = self._look(message)
        return seen

    def _current(self, seen: Seen) -> bool:
        """Whether the envelope is signed by the keys that this node has now, and by both where both sides have two."""
        cover = wire.cover(seen.message.cover)
        if wire.head(cover.header).suite != wire.BOTH and self._own.card.identity_pq and seen.card.identity_pq:
            return False
        try:
            wire.authenticate(cover, self._own.card.identity, self._own.card.identity_pq)
        except keys.BadSignature:
            return False
        return True

    def _sealed_to_a_prekey(self, seen: Seen) -> bool:
        """Seal the message to a prekey of the partner, wherever the partner has such; False if there was nothing to do.

        What was written before one was known is sealed to the card's key, and does not leave as it is.
        """
        card, known = seen.card, seen.prekey
        if not card.identity_pq:
            return False
        now = self._clock.now()
        fetching = known is None or now >= known.halfway
        if fetching:
            try:
                self._learn(card, partner_prekeys.fetch(self._line, card))
            except Fault:
                if known is None or now >= known.expires:
                    raise
        sealing = _to_the_card(seen)
        if sealing:
            self._sealed_anew(seen)
        return fetching or sealing

    def _learn(self, card: Card, signed: bytes) -> None:
        with self._store.upkeep() as transaction:
            partner_prekeys.learn(transaction, card, signed, self._clock.now())

    def _sealed_anew(self, seen: Seen, *, both: bool = False) -> None:
        with self._store.upkeep() as transaction:
            replacement.renew(transaction, self._own, seen.card, seen.message, self._clock.now(), both=both)
        _log.info("envelope made anew", partner=self._partner, message=seen.message.id.hex())

    def _spoken(self, card: Card, body: bytes, path: str, limit: int) -> Answer:
        return answer.ask(
            self._line, "POST", f"{card.endpoint}{path}", body=body, limit=limit, timeout=_LONGEST_EXCHANGE
        )


def _to_the_card(seen: Seen) -> bool:
    """Whether the message is sealed to the key on the card, and no prekey."""
    return wire.head(wire.cover(seen.message.cover).header).kem == digest(seen.card.sealing)
