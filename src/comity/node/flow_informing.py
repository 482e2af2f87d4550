"""The story of keeping a partner informed: what appears and matches a running subscription is given as it appears.

    tracks that moved -> permit for each -> newest positions, in batches, once in a while -> courier asks again
    alerts as officers confirm them, reports and notices as they write them -> permit -> release -> courier asks again

A subscription permits nothing: what the agreement does not give now is not given. Safeguard 9 holds at both looks: what
is suspended, expired or ended gives nothing from that instant. Positions wait for the partner to take those before, so
that a slow partner finds fresh ones and no backlog.
"""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from comity.agreements.permit import Permit
from comity.exchange import outbox, partners
from comity.exchange.cards import Own
from comity.exchange.outbox import Give
from comity.exchange.recheck import Waiting
from comity.foundation import canonical
from comity.foundation.clock import Clock
from comity.foundation.store import outbox as kept_outbox
from comity.foundation.store import subscriptions
from comity.foundation.store.store import Busy, Store, Transaction, Unavailable
from comity.foundation.store.subscriptions import Appeared, KeptSubscription
from comity.node.entitlement import Entitlement, Ground
from comity.node.flow_release import Asked, Releases, exceeds, version_of
from comity.node.holdings import Holdings
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Fault, Missing
from comity.vocabulary.instant import DAY, LATEST, MINUTE, Duration, Instant
from comity.vocabulary.message import Given
from comity.vocabulary.record import RecordKind
from comity.vocabulary.track import Track

STALE: Duration = 5 * MINUTE
"""A position older than this is not worth giving any more."""
BATCH = 250
"""Positions in one message: what is logged in one act keeps others waiting."""
MOST_AT_ONCE = 5_000
"""Positions looked through in one round; the latest go first."""
_log = structlog.get_logger()


class _Overtaken(Exception):  # noqa: N818 - never leaves this file
    """What was to be given may not be given any more."""


class Informing:
    """Giving subscribers what appears."""

    def __init__(
        self,
        store: Store,
        own: Own,
        clock: Clock,
        releases: Releases,
        holdings: Holdings,
        refresh: Duration,
    ) -> None:
        self._store = store
        self._own = own
        self._clock = clock
        self._releases = releases
        self._holdings = holdings
        self._entitlement = Entitlement(own, clock, releases.relations)
        self._refresh = refresh
        self._forgotten: Instant = 0

    def inform(self) -> int:
        """Give every subscriber what is due, and return how many records that were; called again and again.

        A subscription that fails does not hold up the others, and no alert, report or notice waits behind positions.
        """
        with self._store.reading() as transaction:
            due = subscriptions.running(transaction, self._own.card.name, self._clock.now())
        given = 0
        for kept in sorted(due, key=lambda one: one.wish.kind is RecordKind.TRACK):
            try:
                given += self._tracks(kept) if kept.wish.kind is RecordKind.TRACK else self._events(kept)
            except (Busy, _Overtaken) as wait:
                _log.info("subscriber waits", subscription=kept.id.hex(), why=str(wait))
            except Unavailable:
                raise
            except Fault as fault:
                _log.warning("subscriber is not informed", subscription=kept.id.hex(), fault=str(fault))
        return given

    def forget(self) -> None:
        """Forget what was given under subscriptions that are over, and positions of yesterday."""
        now = self._clock.now()
        if now < self._forgotten + MINUTE:
            return
        with self._store.upkeep() as transaction:
            subscriptions.forget(transaction, now, now - DAY)
        self._forgotten = now

    def erase(self) -> int:
        """Erase our own copies of positions that must be gone at partners by now, and return how many those were."""
        with self._store.reading() as transaction:
            overdue = subscriptions.overdue(transaction, self._clock.now(), BATCH)
        if not overdue:
            return 0
        with self._store.acting() as act:
            count = subscriptions.erase(act, overdue)
            act.log(
                Entry(act=Act.ERASED, basis="retention", count=max(count, 1), detail="our copies of positions given")
            )
        return count

    def obstacles(self, transaction: Transaction, waiting: Sequence[Waiting]) -> list[str | None]:
        """Return of each of these why it must not go any more, or None: asked before each attempt to deliver.

        What an officer released is asked of the releases; what the node gave by itself, here.
        """
        asked = [_asked(one.request) for one in waiting]
        own = [one for one, question in zip(waiting, asked, strict=True) if question is None]
        others = iter(self._releases.obstacles(transaction, own))
        grounds = self._grounds(transaction, {one.subscription for one in asked if one is not None})
        return [
            next(others)
            if question is None
            else self._obstacle(transaction, question, one.given, grounds.get(question.subscription))
            for one, question in zip(waiting, asked, strict=True)
        ]

    def _grounds(self, transaction: Transaction, ids: set[bytes]) -> dict[bytes, Ground]:
        found = (subscriptions.get(transaction, id) for id in ids)  # noqa: A001
        return {kept.id: self._entitlement.ground(transaction, kept) for kept in found if kept is not None}

    def _obstacle(self, transaction: Transaction, asked: Asked, payload: bytes, ground: Ground | None) -> str | None:
        if ground is None:
            return "there is no such subscription"
        kept = ground.kept
        given = canonical.read(payload, Given)
        if given.kind is RecordKind.TRACK and given.time + STALE <= self._clock.now():
            return "the position is old by now"
        try:
            record = self._holdings.record(transaction, kept.wish.kind, asked.record)
            if asked.version != version_of(record):
                return f"version {version_of(record)} has taken its place"
            if subscriptions.recalled(transaction, kept.subscriber, [record.id]):
                return "it was recalled from this partner"
            leave = self._entitlement.leave(transaction, ground, record)
        except Missing as fault:
            return f"the permit cannot be asked again: {fault.what}"
        return leave if isinstance(leave, str) else exceeds(given, leave)

    def _tracks(self, kept: KeptSubscription) -> int:
        now = self._clock.now()
        if now < kept.informed + self._refresh or self._undelivered(kept):
            return 0
        given, before = 0, (LATEST, "")
        for _ in range(MOST_AT_ONCE // BATCH):
            with self._store.reading() as transaction:
                page = subscriptions.moved(transaction, kept.id, now - STALE, before, BATCH)
                ground = self._entitlement.ground(transaction, kept)
                due = [track for track in page if self._may_go(transaction, ground, track)]
            if due:
                given += self._batch(kept, due)
            if len(page) < BATCH:
                break
            before = (page[-1].last, page[-1].id)
        with self._store.upkeep() as transaction:
            subscriptions.informed(transaction, kept.id, now)
        return given

    def _undelivered(self, kept: KeptSubscription) -> bool:
        """Whether the last batch waits still: the next one would wait behind it and grow old."""
        if kept.message is None:
            return False
        with self._store.reading() as transaction:
            last = kept_outbox.get(transaction, kept.message)
        return last is not None and last.receipt is None

    def _may_go(self, transaction: Transaction, ground: Ground, track: Track) -> bool:
        return isinstance(self._entitlement.leave(transaction, ground, self._holdings.track(track)), Permit)

    def _batch(self, kept: KeptSubscription, found: list[Track]) -> int:
        """Give these positions in one message: permits, envelope, entries and what was given, in one transaction."""
        with self._store.acting() as act:
            outbox.expect_room(act, kept.subscriber, len(found))
            kept = subscriptions.hold(act, kept.id) or kept
            named = {track.id: self._holdings.track(track) for track in found}
            called_back = subscriptions.recalled(act, kept.subscriber, [record.id for record in named.values()])
            gives, ground = [], self._entitlement.ground(act, kept)
            for track in found:
                leave = self._entitlement.leave(act, ground, named[track.id])
                if isinstance(leave, Permit) and leave.record.id not in called_back:
                    gives.append((track, self._give(kept, leave, track.id)))
            gives = [one for one in gives if one[1].permit.digest == gives[0][1].permit.digest]
            if not gives:
                raise _Overtaken("nothing may go any more")
            subscriptions.note(act, kept.id, [(track.id, track.last) for track, _ in gives])
            card = partners.card(act, kept.subscriber)
            message = outbox.release_many(
                *(act, self._own, card, [give for _, give in gives]),
                officer=self._own.card.name,
                now=self._clock.now(),
            )
            subscriptions.streamed(act, message, max(give.permit.keep_until for _, give in gives))
            subscriptions.informed(act, kept.id, self._clock.now(), message)
        return len(gives)

    def _events(self, kept: KeptSubscription) -> int:
        """Give what an officer has confirmed or written since: one by one, as an officer would."""
        find = subscriptions.confirmed if kept.wish.kind is RecordKind.ALERT else subscriptions.written_since
        with self._store.reading() as transaction:
            if not self._entitlement.in_force(transaction, kept):
                return 0
            due = find(transaction, kept, BATCH)
        return sum(self._event(kept, one) for one in due)

    def _event(self, kept: KeptSubscription, due: Appeared) -> int:
        """Give one of them; what is not given is looked at again when it changes."""
        with self._store.reading() as transaction:
            gone = subscriptions.went(transaction, kept.subscriber, due.record, due.time)
            record = self._holdings.record(transaction, kept.wish.kind, due.record)
            leave = self._entitlement.leave(transaction, self._entitlement.ground(transaction, kept), record)
            held_back = bool(subscriptions.recalled(transaction, kept.subscriber, [due.record]))
        if gone or held_back or not isinstance(leave, Permit):
            with self._store.upkeep() as transaction:
                subscriptions.note(transaction, kept.id, [(due.record, due.version)], gone)
            return 0
        with self._store.acting() as act:
            kept = subscriptions.hold(act, kept.id) or kept
            leave = self._entitlement.leave(
                act, self._entitlement.ground(act, kept), self._holdings.record(act, kept.wish.kind, due.record)
            )
            if not isinstance(leave, Permit):
                raise _Overtaken(leave)
            message = outbox.release_one(
                *(act, self._own, partners.card(act, kept.subscriber), self._give(kept, leave, due.record)),
                officer=self._own.card.name,
                now=self._clock.now(),
            )
            subscriptions.note(act, kept.id, [(due.record, due.version)], message)
        return 1

    def _give(self, kept: KeptSubscription, leave: Permit, own_id: str) -> Give:
        asked = Asked(
            kind=kept.wish.kind,
            record=own_id,
            partner=kept.subscriber,
            purpose=kept.wish.purpose,
            officer=self._own.card.name,
            version=version_of(leave.record),
            subscription=kept.id,
        )
        return Give(leave, canonical.written(asked), _detail(kept))


def _asked(request: bytes) -> Asked | None:
    """Return what was asked by a subscription, None where an officer asked."""
    try:
        asked = canonical.own(request, Asked)
    except canonical.NotCanonical:
        return None
    return asked if asked.subscription else None


def _detail(kept: KeptSubscription) -> str:
    return f"subscription {kept.id.hex()}, accepted by {kept.officer}"
