"""What a subscriber may have: the permit for a record under a subscription, and what it rests on at one moment."""

from __future__ import annotations

from functools import cached_property

from comity.agreements import index, narrowing, posture, subscribing
from comity.agreements.permit import Denial, Permit, Request, permit
from comity.agreements.standing import Standing, obstacle
from comity.exchange import partners
from comity.exchange.cards import Own
from comity.foundation.clock import Clock
from comity.foundation.store import decisions
from comity.foundation.store.store import Transaction
from comity.foundation.store.subscriptions import KeptSubscription
from comity.node.relations import Relations
from comity.node.standings import standings
from comity.vocabulary.instant import Instant
from comity.vocabulary.posture import Posture
from comity.vocabulary.record import Record, RecordKind


class Ground:
    """What every permit under one subscription rests on, as one transaction finds it: read when first asked for, once.

    To read and verify it anew for each record takes longer than all else that a position needs.
    """

    def __init__(self, transaction: Transaction, kept: KeptSubscription, now: Instant) -> None:
        self.kept = kept
        self._transaction = transaction
        self._now = now

    @cached_property
    def standing(self) -> Standing | None:
        """The agreement between the two under the name in the wish."""
        found = standings(self._transaction)
        parties = (self.kept.owner, self.kept.subscriber)
        return subscribing.standing_of(self.kept.wish.agreement, found, self._now, *parties)

    @cached_property
    def country(self) -> str:
        """The subscriber's.

        Raises:
            Missing: it was cut off.
        """
        return partners.card(self._transaction, self.kept.subscriber).country

    @cached_property
    def posture(self) -> Posture:
        """The node's, towards the subscriber."""
        return Relations.posture(self._transaction, self.kept.subscriber)


class Entitlement:
    """What subscribers may have of this node."""

    def __init__(self, own: Own, clock: Clock, relations: Relations) -> None:
        self._own = own
        self._clock = clock
        self._law = relations.law

    def ground(self, transaction: Transaction, kept: KeptSubscription) -> Ground:
        """Return what every permit under the subscription rests on now."""
        return Ground(transaction, kept, self._clock.now())

    def in_force(self, transaction: Transaction, kept: KeptSubscription) -> bool:
        """Whether it rests on something now: while it does not, what appears is looked at later."""
        ground, wish = self.ground(transaction, kept), kept.wish
        standing = ground.standing
        if standing is None or obstacle(standing, self._clock.now()) is not None:
            return False
        written = standing.terms.postures
        return any(posture.unmet(written, ground.posture, clause, wish.purpose) is None for clause in wish.clauses)

    def leave(self, transaction: Transaction, ground: Ground, record: Record) -> Permit | str:
        """Return the permit to give the record under the subscription, or why there is none."""
        now, kept = self._clock.now(), ground.kept
        if not kept.runs(now):
            return "the subscription is over"
        standing = ground.standing
        if standing is None:
            return f"there is no agreement {kept.wish.agreement} with {kept.subscriber}"
        if kept.wish.area and not _lies_in(record, kept.wish.area, standing):
            return f"it is outside of {kept.wish.area}"
        request = Request(
            record=record,
            partner=kept.subscriber,
            partner_country=ground.country,
            purpose=kept.wish.purpose,
            officer=self._own.card.name,
            decision=decisions.latest(transaction, record.id) if record.kind is RecordKind.ALERT else None,
            now=now,
            standings=(standing,),
            own=self._own.card.name,
            own_country=self._own.card.country,
            posture=ground.posture,
            law=self._law,
        )
        hidden = narrowing.masked(request, index.index(standing)) if kept.wish.area else None
        if hidden is not None:
            return f"that it lies in {kept.wish.area} would tell what is masked: {hidden}"
        answer = permit(request)
        if isinstance(answer, Denial):
            return answer.reason
        return answer if answer.clause in kept.wish.clauses else f"the subscription does not rest on {answer.clause}"


def _lies_in(record: Record, area: str, standing: Standing) -> bool:
    """Whether the record lies in the area; one without position names its area (docs/decisions/0072)."""
    if record.position is None:
        return record.area == area
    region = index.index(standing).regions.get(area)
    return region is not None and region.holds(record.position)
