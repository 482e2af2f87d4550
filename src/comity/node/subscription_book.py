"""The book of subscriptions: what one must rest on to be open, how its state turns, with its word and entry."""

from __future__ import annotations

from msgspec.structs import replace

from comity.agreements import subscribing
from comity.exchange import outbox, partners, subscription_step
from comity.exchange.cards import Own
from comity.foundation.canonical import digest, written
from comity.foundation.clock import Clock
from comity.foundation.store import subscriptions
from comity.foundation.store.store import ActTransaction, Transaction
from comity.foundation.store.subscriptions import KeptSubscription
from comity.node.standings import standings
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Missing, Refused
from comity.vocabulary.instant import Instant
from comity.vocabulary.message import MessageKind
from comity.vocabulary.subscription import Step, SubscriptionState

MOST_OPEN = 100
"""Subscriptions of one partner that may wait or run, so that none can fill the database with them."""
_LONGEST_REASON = 400


class Book:
    """A node's subscriptions, as owner and as subscriber."""

    def __init__(self, own: Own, clock: Clock) -> None:
        self._own = own
        self._clock = clock

    def add(self, act: ActTransaction, made: KeptSubscription) -> None:
        """Take in a new one.

        Raises:
            Refused: it rests on nothing, as many are open as may be, or its id is there already.
        """
        self.expect_founded(act, made)
        if subscriptions.open_between(act, made.owner, made.subscriber, self._clock.now()) >= MOST_OPEN:
            raise Refused(f"{MOST_OPEN} subscriptions are open already", remedy="End one that is not needed.")
        if not subscriptions.add(act, made):
            raise Refused("a subscription of this id is there already", where=made.id.hex())

    def renewing(self, transaction: Transaction, kept: KeptSubscription, until: Instant) -> KeptSubscription:
        """Return it with a later end that waits for the owner's answer.

        Raises:
            Refused: it does not run, one waits already, the end is no later one, or it would rest on nothing.
        """
        if not kept.runs(self._clock.now()) or kept.renewal is not None or until <= kept.until:
            raise Refused(
                "it does not run, or a renewal waits already, or the end asked for is no later one",
                where=kept.id.hex(),
                remedy="Ask for a new subscription, or for a later end.",
            )
        self.expect_founded(transaction, replace(kept, wish=replace(kept.wish, until=until)))
        return replace(kept, renewal=until)

    def expect_founded(self, transaction: Transaction, asked: KeptSubscription) -> None:
        """Do nothing if agreements in force give what it asks for.

        Raises:
            Refused: none does.
        """
        now = self._clock.now()
        found = subscribing.flaw(asked.wish, asked.owner, asked.subscriber, standings(transaction), now)
        if found is not None:
            raise Refused(
                found, where=asked.partner(self._own.card.name), remedy="Name what an agreement in force gives."
            )

    def held(self, act: ActTransaction, id: bytes) -> KeptSubscription:  # noqa: A002
        """Return it as it is, and let no other act change it meanwhile.

        Raises:
            Missing: there is no such subscription.
        """
        kept = subscriptions.hold(act, id)
        if kept is None:
            raise Missing("there is no such subscription", where=id.hex(), remedy="See the list of subscriptions.")
        return kept

    def tell(self, act: ActTransaction, kept: KeptSubscription, step: Step) -> None:
        """Send the other side the step.

        Raises:
            Missing: it is no partner any more.
        """
        card = partners.card(act, kept.partner(self._own.card.name))
        told = subscription_step.written(step)
        outbox.tell(act, self._own, card, MessageKind.SUBSCRIPTION, told, self._clock.now())

    def enter(
        self, act: ActTransaction, kept: KeptSubscription, step: str, officer: str = "", reason: str = ""
    ) -> None:
        """Log the step with whom it is shared, on what it rests, and who took it for which reason."""
        act.log(
            Entry(
                act=Act.SUBSCRIPTION,
                officer=officer,
                basis=kept.wish.agreement,
                clause=" ".join(kept.wish.clauses),
                purpose=kept.wish.purpose.value,
                subject=kept.id.hex(),
                partner=kept.partner(self._own.card.name),
                digest=digest(written(kept.wish)),
                detail=f"{step}: {reason[:_LONGEST_REASON]}" if reason else step,
            )
        )


def accepted(kept: KeptSubscription) -> KeptSubscription:
    """Return it running.

    Raises:
        Refused: it does not wait for an answer.
    """
    if kept.state is not SubscriptionState.ASKED:
        raise Refused("the subscription does not wait for an answer", where=kept.owner)
    return replace(kept, state=SubscriptionState.RUNNING)


def declined(kept: KeptSubscription) -> KeptSubscription:
    """Return it declined, or running on to its end where its renewal was.

    Raises:
        Refused: nothing waits for an answer.
    """
    if kept.state is SubscriptionState.RUNNING and kept.renewal is not None:
        return replace(kept, renewal=None)
    if kept.state is not SubscriptionState.ASKED:
        raise Refused("nothing of the subscription waits for an answer", where=kept.owner)
    return replace(kept, state=SubscriptionState.DECLINED)


def renewed(kept: KeptSubscription, until: Instant) -> KeptSubscription:
    """Return it with the new end, also where the answer comes only once the old one is past.

    Raises:
        Refused: that end was not asked for.
    """
    over = kept.state not in {SubscriptionState.RUNNING, SubscriptionState.EXPIRED}
    if over or kept.renewal != until:
        raise Refused("no such renewal was asked for", where=kept.owner)
    return replace(kept, state=SubscriptionState.RUNNING, until=until, renewal=None)
