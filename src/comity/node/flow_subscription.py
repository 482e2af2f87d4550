"""The story of a subscription: a partner asks to be kept informed, an officer of the owner answers, either may end it.

    officer asks -> asked -> the owner's officer accepts (it runs) or declines, the partner learns which
    while it runs: renewal asked -> renewed, or declined; ended by either, or by its time

Each step is an act of its own node, with an entry there that names the officer and the reason; only its word travels.
What is given while it runs is another story: `flow_informing`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from msgspec.structs import replace

from comity.exchange import partners, subscription_step
from comity.exchange.cards import Own
from comity.exchange.inbox import Arrived
from comity.foundation.clock import Clock
from comity.foundation.keys import random_bytes
from comity.foundation.store import subscriptions
from comity.foundation.store.store import ActTransaction, Store, Transaction
from comity.foundation.store.subscriptions import KeptSubscription
from comity.node import subscription_book
from comity.node.subscription_book import Book
from comity.review.decide import DECIDERS
from comity.vocabulary.fault import Missing, Refused
from comity.vocabulary.instant import Instant
from comity.vocabulary.officer import Officer
from comity.vocabulary.subscription import Step, SubscriptionState, SubscriptionStep, Wish

_OPEN = frozenset({SubscriptionState.ASKED, SubscriptionState.RUNNING})


class _Overtaken(Exception):  # noqa: N818 - never leaves this file
    """Another transaction has taken the step meanwhile."""


class Subscriptions:
    """The node's part in the life of subscriptions, as owner and as subscriber."""

    def __init__(self, store: Store, own: Own, clock: Clock) -> None:
        self._store = store
        self._own = own
        self._clock = clock
        self._book = Book(own, clock)

    def ask(self, officer: Officer, owner: str, wish: Wish) -> bytes:
        """Ask a partner to be kept informed, and return the subscription's id.

        Raises:
            Refused: the officer's role does not ask, the wish rests on nothing, or as many are open as may be.
            Missing: there is no such partner.
        """
        _may(officer)
        wish = replace(wish, clauses=tuple(sorted(set(wish.clauses))))
        with self._store.acting() as act:
            made = KeptSubscription(
                id=random_bytes(32),
                owner=owner,
                subscriber=self._own.card.name,
                wish=wish,
                state=SubscriptionState.ASKED,
                until=wish.until,
                made=self._clock.now(),
                officer=officer.name,
            )
            partners.card(act, owner)
            self._book.add(act, made)
            self._book.tell(act, made, Step(step=SubscriptionStep.ASKED, subscription=made.id, wish=wish))
            self._book.enter(act, made, SubscriptionStep.ASKED.value, officer.name)
        return made.id

    def accept(self, officer: Officer, id: bytes, reason: str) -> None:  # noqa: A002 - what every record calls it
        """Accept the subscription that a partner asked for, or its renewal.

        Raises:
            Refused: the role does not decide, nothing waits for an answer, or it rests on nothing any more.
            Missing: no partner has asked for it.
        """
        _may(officer)
        with self._store.acting() as act:
            kept = self._waiting(act, id)
            renewed = kept.renewal is not None
            changed = replace(
                kept,
                state=SubscriptionState.RUNNING,
                until=kept.renewal or kept.until,
                renewal=None,
                officer=officer.name,
                accepted=kept.accepted if renewed else self._clock.now(),
                since=kept.since if renewed else subscriptions.last_decision(act),
            )
            self._book.expect_founded(act, replace(changed, wish=replace(kept.wish, until=changed.until)))
            subscriptions.change(act, changed)
            step = SubscriptionStep.RENEWED if renewed else SubscriptionStep.ACCEPTED
            self._book.tell(act, changed, Step(step=step, subscription=id, until=changed.until if renewed else 0))
            self._book.enter(act, changed, step.value, officer.name, reason)

    def decline(self, officer: Officer, id: bytes, reason: str) -> None:  # noqa: A002 - what every record calls it
        """Decline the subscription that a partner asked for, or its renewal: then it runs on to its end.

        Raises:
            Refused: the role does not decide, or nothing waits for an answer.
            Missing: no partner has asked for it.
        """
        _may(officer)
        with self._store.acting() as act:
            kept = self._waiting(act, id)
            changed = subscription_book.declined(kept)
            subscriptions.change(act, changed)
            self._book.tell(act, changed, Step(step=SubscriptionStep.DECLINED, subscription=id))
            self._book.enter(act, changed, SubscriptionStep.DECLINED.value, officer.name, reason)

    def renew(self, officer: Officer, id: bytes, until: Instant) -> None:  # noqa: A002 - what every record calls it
        """Ask the owner for a later end, while the subscription runs.

        Raises:
            Refused: the role does not ask, it does not run, a renewal waits already, or the end is none.
            Missing: this node has no such subscription with a partner.
        """
        _may(officer)
        with self._store.acting() as act:
            kept = self._book.held(act, id)
            if kept.subscriber != self._own.card.name:
                raise Refused("only the subscriber renews", where=id.hex(), remedy="The owner accepts or declines.")
            changed = self._book.renewing(act, kept, until)
            subscriptions.change(act, changed)
            self._book.tell(act, changed, Step(step=SubscriptionStep.RENEWAL, subscription=id, until=until))
            self._book.enter(act, changed, SubscriptionStep.RENEWAL.value, officer.name)

    def end(self, officer: Officer, id: bytes, reason: str) -> None:  # noqa: A002 - what every record calls it
        """End the subscription, at either side: here at once, and at the partner when it learns so.

        A partner that was cut off is not told: whatever has become of it, it keeps nobody from ending.

        Raises:
            Refused: the role does not end it, or it is over already.
            Missing: there is no such subscription.
        """
        _may(officer)
        with self._store.acting() as act:
            kept = self._book.held(act, id)
            if kept.state not in _OPEN:
                raise Refused(f"the subscription is {kept.state.value} already", where=id.hex())
            changed = replace(kept, state=SubscriptionState.ENDED, renewal=None)
            subscriptions.change(act, changed)
            with suppress(Missing):
                self._book.tell(act, changed, Step(step=SubscriptionStep.ENDED, subscription=id))
            self._book.enter(act, changed, SubscriptionStep.ENDED.value, officer.name, reason)

    def expire(self) -> None:
        """Enter in the log that the time of subscriptions is over; nothing was given from that instant on anyhow."""
        now = self._clock.now()
        with self._store.reading() as transaction:
            lapsed = subscriptions.lapsed(transaction, now, subscription_book.MOST_OPEN)
        for id in lapsed:  # noqa: A001 - what every record calls it
            with suppress(_Overtaken), self._store.acting() as act:
                kept = self._book.held(act, id)
                if kept.state not in _OPEN or now < kept.until:
                    raise _Overtaken
                subscriptions.change(act, replace(kept, state=SubscriptionState.EXPIRED))
                self._book.enter(act, kept, "expired")

    def take(self, act: ActTransaction, arrived: Arrived) -> None:
        """Take in a partner's step, within the transaction that receives it.

        Raises:
            Fault: the step is refused; nothing of it is kept.
        """
        taken = subscription_step.read(arrived.item, arrived.sender)
        if taken.step is SubscriptionStep.ASKED and taken.wish is not None:
            made = self._asked(arrived.sender, taken.subscription, taken.wish)
            self._book.add(act, made)
            self._book.enter(act, made, taken.step.value)
            return
        kept = self._book.held(act, taken.subscription)
        by_owner = arrived.sender == kept.owner
        if arrived.sender != kept.partner(self._own.card.name):
            raise Missing("there is no such subscription", where=arrived.sender)
        if taken.step is SubscriptionStep.ENDED and kept.state not in _OPEN:
            return
        changed = self._taken(by_owner)[taken.step](act, kept, taken)
        subscriptions.change(act, changed)
        self._book.enter(act, changed, taken.step.value)

    def _taken(
        self,
        by_owner: bool,  # noqa: FBT001 - which side a step may come from
    ) -> dict[SubscriptionStep, Callable[[Transaction, KeptSubscription, Step], KeptSubscription]]:
        """Return what each step does, refusing those that are the other side's."""

        def strange(_: Transaction, kept: KeptSubscription, taken: Step) -> KeptSubscription:
            raise Refused(f"the step {taken.step.value} is not theirs", where=kept.partner(self._own.card.name))

        def ended(_: Transaction, kept: KeptSubscription, __: Step) -> KeptSubscription:
            return replace(kept, state=SubscriptionState.ENDED, renewal=None)

        found = dict.fromkeys(SubscriptionStep, strange) | {SubscriptionStep.ENDED: ended}
        if not by_owner:
            return found | {
                SubscriptionStep.RENEWAL: lambda act, kept, told: self._book.renewing(act, kept, told.until)
            }
        return found | {
            SubscriptionStep.ACCEPTED: lambda _, kept, __: subscription_book.accepted(kept),
            SubscriptionStep.DECLINED: lambda _, kept, __: subscription_book.declined(kept),
            SubscriptionStep.RENEWED: lambda _, kept, told: subscription_book.renewed(kept, told.until),
        }

    def _asked(self, sender: str, id: bytes, wish: Wish) -> KeptSubscription:  # noqa: A002
        return KeptSubscription(
            id=id,
            owner=self._own.card.name,
            subscriber=sender,
            wish=wish,
            state=SubscriptionState.ASKED,
            until=wish.until,
            made=self._clock.now(),
        )

    def _waiting(self, act: ActTransaction, id: bytes) -> KeptSubscription:  # noqa: A002
        kept = self._book.held(act, id)
        if kept.owner != self._own.card.name:
            raise Missing("no partner has asked for it here", where=id.hex(), remedy="The owner accepts or declines.")
        now = self._clock.now()
        waits = kept.state is SubscriptionState.ASKED or (kept.renewal is not None and kept.runs(now))
        if not waits:
            raise Refused("nothing waits for an answer", where=id.hex(), remedy="See the list of subscriptions.")
        return kept


def _may(officer: Officer) -> None:
    if officer.role not in DECIDERS:
        raise Refused(f"the role {officer.role.value} decides on no subscriptions", remedy="Ask a duty officer.")
