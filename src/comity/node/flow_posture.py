"""The story of a posture: relations with a partner narrow or widen, by a named person's word, and at once.

    officer looks -> what would stop, and what would begin
    officer sets it, with a reason and a date of review -> counts from that instant, entry: one transaction
    each courier asks again before each attempt -> what may not go any more is withdrawn; subscriptions give nothing
    the date has come -> a finding reminds the officers; the posture stays until one of them sets another

A posture narrows what this node gives, answers and asks; what it receives is the partner's to narrow. Distress crosses
it as safeguard 13 says. To look at what would stop, the posture is set and undone again in one transaction, and the
couriers' own question is asked in between (docs/decisions/0131).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from comity.agreements import posture as narrowing
from comity.agreements.answering import Answering
from comity.agreements.clause import Clause
from comity.agreements.standing import current, obstacle
from comity.exchange import recheck
from comity.exchange.cards import Own
from comity.exchange.recheck import Recheck
from comity.foundation.clock import Clock
from comity.foundation.store import outbox, outbox_state, partners, postures, subscriptions
from comity.foundation.store.postures import KeptPosture
from comity.foundation.store.store import ActTransaction, News, Store, Transaction
from comity.node.entitlement import Entitlement
from comity.node.standings import standings
from comity.review.decide import DECIDERS
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Missing, Refused
from comity.vocabulary.instant import DAY, Duration, Instant, written
from comity.vocabulary.message import Lane
from comity.vocabulary.officer import Officer
from comity.vocabulary.partner import Station
from comity.vocabulary.posture import Posture
from comity.vocabulary.purpose import Purpose

LONGEST: Duration = 366 * DAY
"""How far away the date of review may be."""
LONGEST_REASON = 400
MOST_WAITING = 500
"""Messages of each lane that a preview looks at."""
_MOST_RECORDS = 5_000


class Flow(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that would stop or begin."""

    kind: str
    """`clause`, `subscription` or `message`."""
    id: str
    """The clause's; or in hexadecimal the subscription's, or the message's."""
    words: str


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What would happen if the posture were set."""

    partner: str
    now: Posture
    then: Posture
    stops: tuple[Flow, ...]
    begins: tuple[Flow, ...]
    unseen: int
    """Waiting messages that were not looked at, because there are so many."""


class _Seen(msgspec.Struct, frozen=True):
    """What goes while a posture counts."""

    purposes: Mapping[str, frozenset[Purpose]]
    """By agreement and clause, for what something is given or answered."""
    running: Mapping[bytes, str]
    """Subscriptions that give something, in words."""
    obstacles: Mapping[tuple[bytes, int], str]
    """Why what waits must not go, by message and place."""


class Postures:
    """The node's postures towards its partners."""

    def __init__(self, store: Store, own: Own, clock: Clock, asked_again: Recheck, entitlement: Entitlement) -> None:
        self._store = store
        self._own = own
        self._clock = clock
        self._recheck = asked_again
        self._entitlement = entitlement

    def set(self, officer: Officer, partner: str, posture: Posture, reason: str, review: Instant) -> KeptPosture:
        """Set the posture towards a partner from now on, to be looked at again by a date.

        Raises:
            Refused: the role does not decide on relations, no reason is given, or the date is past or too far away.
            Missing: there is no such partner.
        """
        _may(officer)
        made = self._made(officer, partner, posture, reason.strip(), review)
        _expect_sound(made)
        with self._store.acting() as act:
            before = self._before(act, partner)
            postures.add(act, made)
            act.announce(News.OUTBOX)
            act.log(
                Entry(
                    act=Act.POSTURE,
                    officer=officer.name,
                    basis=f"role {officer.role.value}",
                    subject=partner,
                    partner=partner,
                    detail=f"{before.value} to {posture.value}, review {written(review)}: {made.reason}",
                )
            )
        return made

    def preview(self, officer: Officer, partner: str, posture: Posture) -> Preview:
        """Return what would stop and what would begin: nothing is changed, and the look is logged.

        Raises:
            Refused: the officer's role does not decide on relations.
            Missing: there is no such partner.
        """
        _may(officer)
        trial = self._made(officer, partner, posture, "preview", self._clock.now() + DAY)
        with self._store.acting() as act:
            before = self._before(act, partner)
            seen = self._seen(act, partner, before)
            with postures.tried(act, trial):
                then = self._seen(act, partner, posture)
                flows = tuple(self._stopped(act, seen, then))
            unseen = self._unseen(act, partner)
            act.log(
                Entry(
                    act=Act.CONSULTED,
                    officer=officer.name,
                    basis=f"role {officer.role.value}",
                    subject=partner,
                    partner=partner,
                    detail=f"preview of {posture.value}",
                )
            )
        return Preview(
            partner=partner, now=before, then=posture, stops=flows, begins=tuple(_fewer(then, seen)), unseen=unseen
        )

    def _made(self, officer: Officer, partner: str, posture: Posture, reason: str, review: Instant) -> KeptPosture:
        return KeptPosture(
            sequence=0,
            partner=partner,
            posture=posture,
            officer=officer.name,
            reason=reason,
            since=self._clock.now(),
            review=review,
        )

    @staticmethod
    def _before(transaction: Transaction, partner: str) -> Posture:
        kept = partners.get(transaction, partner)
        if kept is None or kept.station is not Station.NODE:
            raise Missing("there is no such partner", where=partner, remedy="See: comity partner list.")
        counts = postures.current(transaction, partner)
        return counts.posture if counts else Posture.OPEN

    def _seen(self, transaction: ActTransaction, partner: str, posture: Posture) -> _Seen:
        """Return what goes while this posture counts, which it does in this transaction."""
        now, own = self._clock.now(), self._own.card.name
        running = {
            kept.id: f"{kept.wish.kind.value} records of {kept.wish.area or 'all areas'}, for {kept.wish.purpose.value}"
            for kept in subscriptions.running(transaction, own, now)
            if kept.subscriber == partner and self._entitlement.in_force(transaction, kept)
        }
        return _Seen(
            dict(self._purposes(transaction, partner, posture)),
            running,
            dict(self._obstacles(transaction, partner, now)),
        )

    def _purposes(
        self, transaction: Transaction, partner: str, posture: Posture
    ) -> Iterator[tuple[str, frozenset[Purpose]]]:
        now, own = self._clock.now(), self._own.card.name
        for standing in current(standings(transaction), now):
            terms = standing.terms
            if obstacle(standing, now) is not None or not {own, partner} <= set(terms.between):
                continue
            every: tuple[Clause | Answering, ...] = (*terms.clauses, *terms.answers)
            for clause in every:
                if own in clause.givers and partner in clause.to:
                    left = (
                        purpose
                        for purpose in clause.purposes
                        if narrowing.unmet(terms.postures, posture, clause.id, purpose) is None
                    )
                    yield f"{terms.agreement}: {clause.id}", frozenset(left)

    def _obstacles(
        self, transaction: Transaction, partner: str, now: Instant
    ) -> Iterator[tuple[tuple[bytes, int], str]]:
        for message in _waiting(transaction, partner):
            (found,) = recheck.obstacles(transaction, [message], self._recheck, now)
            for place, why in found.items():
                yield (message.id, place), why

    def _stopped(self, transaction: Transaction, before: _Seen, after: _Seen) -> Iterator[Flow]:
        yield from _fewer(before, after)
        for (message, place), why in after.obstacles.items():
            if (message, place) in before.obstacles:
                continue
            held = {item.place: item.record for item in outbox.items(transaction, message)}
            what = f"record {held[place]}" if held.get(place) else "step of an inquiry"
            yield Flow(kind="message", id=message.hex(), words=f"{what} waits, and is withdrawn: {why}")

    @staticmethod
    def _unseen(transaction: Transaction, partner: str) -> int:
        waits = outbox_state.counts(transaction, persons=True).get(partner, {}).get("queued", 0)
        return max(waits - sum(1 for _ in _waiting(transaction, partner)), 0)


def _waiting(transaction: Transaction, partner: str) -> Iterator[outbox.KeptMessage]:
    """Yield what waits for the partner, as much as can be looked at."""
    records = 0
    for lane in Lane:
        for message in outbox.waiting(transaction, partner, lane.value, MOST_WAITING):
            records += message.count
            if records > _MOST_RECORDS:
                return
            if message.state == "queued":
                yield message


def _fewer(more: _Seen, less: _Seen) -> Iterator[Flow]:
    """Yield the clauses and subscriptions that go in one and not in the other."""
    for clause, purposes in more.purposes.items():
        gone = purposes - less.purposes.get(clause, frozenset())
        if gone:
            what = "for any purpose" if gone == purposes and not less.purposes.get(clause) else f"for {_words(gone)}"
            yield Flow(kind="clause", id=clause.split(": ")[1], words=f"{clause}, {what}")
    for subscription in sorted(more.running.keys() - less.running.keys()):
        words = f"subscription to {more.running[subscription]}"
        yield Flow(kind="subscription", id=subscription.hex(), words=words)


def _words(purposes: Iterable[Purpose]) -> str:
    return ", ".join(sorted(purpose.value for purpose in purposes))


def _may(officer: Officer) -> None:
    if officer.role not in DECIDERS:
        raise Refused(f"the role {officer.role.value} decides on no relations", remedy="Ask a duty officer.")


def _expect_sound(made: KeptPosture) -> None:
    if not 1 <= len(made.reason) <= LONGEST_REASON or not made.reason.isprintable():
        words = f"a posture needs a reason, in one line of at most {LONGEST_REASON} characters"
        raise Refused(words, where="reason", remedy="Say why.")
    if not made.since < made.review <= made.since + LONGEST:
        latest = written(made.since + LONGEST)
        raise Refused("the date of review is past or too far away", where="review", remedy=f"Name one until {latest}.")
